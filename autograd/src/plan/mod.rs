//! How a recorded graph is run: requests become programs, programs become plans, plans are found again.

mod program;
mod run;

pub(crate) use program::{Cone, Program, Source, Step};
pub(crate) use run::run;
