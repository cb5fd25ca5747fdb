//! What went wrong in a computation: where a number stopped being finite, where a gradient was lost, how gradients and
//! activations are spread.

mod birth;
mod flow;
mod probe;
mod search;
mod source;
mod tape;

pub use birth::{BecameNan, Birth, BirthOperand};
pub use flow::{Flow, GradientFlow, Lost, VariableFlow};
pub use probe::{Activity, EXPLODING, MOSTLY, Probe, SATURATED, Statistics, VANISHING, VariableStatistics};
