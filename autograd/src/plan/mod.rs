//! How a recorded graph is run: requests become programs, programs become plans, plans are found
//! again by the structure of what was recorded.

mod access;
mod build;
mod cache;
mod emit;
mod fuse;
mod memory;
#[allow(clippy::module_inception)]
mod plan;
mod program;
mod registers;
mod run;
mod simplify;

pub(crate) use cache::Cache;
pub(crate) use fuse::spans;
pub(crate) use plan::{Binding, CustomJob, Job, Move, Output, Plan, Product};
pub(crate) use program::{Cone, Program, Source, Step};
pub(crate) use run::run;
