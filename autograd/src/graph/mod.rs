//! Tensors: the computational graph. Records operations, has them planned and run, walks backward.

mod backward;
mod compute;
mod custom;
mod einsum;
mod elementwise;
mod gradients;
mod local;
mod look;
mod matmul;
mod movement;
mod opened;
mod operators;
mod pick;
mod recorder;
mod reduce;
mod request;
mod scope;
mod scratch;
mod var;

pub use custom::{CustomOp, FnOp};
pub use elementwise::Operand;
pub use gradients::{GradientError, Gradients};
pub(crate) use look::Look;
pub(crate) use opened::Opened;
pub use recorder::{Graph, Mode};
pub use reduce::Axes;
pub use request::Continuation;
pub use scope::Scope;
pub use var::Var;
