//! Optimisers: rules that say how a parameter changes, and the step that applies them.

mod accumulate;
mod any_rule;
mod binding;
pub(crate) mod check;
mod clip;
mod diagnose;
mod ema;
mod error;
mod evaluate;
mod groups;
mod lbfgs;
mod optimizer;
mod rule;
mod rules;
mod run;
mod snapshot;
mod step;
mod update;

pub use accumulate::Accumulate;
pub use any_rule::AnyRule;
pub use clip::{Clip, clip_norm, clip_value};
pub use ema::{Ema, EmaStart};
pub use error::StepError;
pub(crate) use evaluate::gradients;
pub use lbfgs::{End, Lbfgs, LbfgsRule, Minimised};
pub use optimizer::Optimizer;
pub use rule::{Decay, Rule};
pub use rules::*;
pub use snapshot::OptimizerState;
