//! How what was recorded is run: requests become programs, programs become plans, plans are found
//! again by structure.

mod access;
mod blend;
mod build;
mod cache;
mod cut;
mod emit;
mod executor;
mod fuse;
mod local;
mod memory;
mod outline;
mod program;
mod recorded;
mod reference;
mod registers;
mod replace;
mod run;
mod simplify;
mod timing;

pub use executor::{Executor, with_executor};
pub use local::{PlanStats, clear_plans, plan_stats};
pub(crate) use outline::Outline;
pub use program::Pass;
pub(crate) use program::{Output, Program, Provenance, Source, Step};
pub(crate) use reference::{Value as StepValue, evaluate};
pub(crate) use run::{run, values_of_steps};
pub use timing::JobKind;
pub(crate) use timing::{JobOutline, PlanTimes, StepOutline, timed};
