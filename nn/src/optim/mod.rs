//! Optimisers: rules that say how a parameter changes, and the step that applies them.

mod adam;
mod diagnose;
mod error;
mod optimizer;
mod rule;
mod sgd;
mod step;
mod update;

pub use adam::{Adam, AdamRule, AdamW, AdamWRule};
pub use error::StepError;
pub use optimizer::Optimizer;
pub use rule::{AnyRule, Rule};
pub use sgd::{Sgd, SgdRule};
pub(crate) use update::gradients;
