//! Tensors: the computational graph. Records operations, asks the plan for values, walks backward.

mod backward;
mod custom;
mod einsum;
mod elementwise;
mod gradients;
mod hash;
mod matmul;
mod movement;
mod operators;
mod pick;
mod recorder;
mod reduce;
mod request;
mod scratch;
mod script;
mod store;
mod var;

pub use custom::{CustomOp, FnOp};
pub use elementwise::Operand;
pub use gradients::{GradientError, Gradients};
pub(crate) use hash::Mixer;
pub use recorder::{Graph, Mode};
pub use reduce::Axes;
pub use request::{Continuation, Key};
pub(crate) use scratch::Scratch;
pub(crate) use script::Script;
pub(crate) use store::{Data, Inputs, Node, Store};
pub use var::Var;
