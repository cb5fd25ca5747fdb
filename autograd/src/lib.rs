//! Reverse-mode automatic differentiation.

mod buffer;
mod check;
mod element;
mod exec;
mod graph;
mod indices;
mod local;
pub mod number;
pub mod ops;
mod plan;
mod tensor;

pub use buffer::{clear_pool, pooled_bytes};
pub use check::{Comparison, GradientCheck, GradientMismatch, GradientReport, check_gradients};
pub use element::Element;
pub use exec::level::{Level, with_level};
pub use graph::{
    Axes, Continuation, CustomOp, FnOp, GradientError, Gradients, Graph, Key, Mode, Operand, Var,
};
pub use indices::Indices;
pub use local::{Executor, PlanStats, clear_plans, plan_stats, with_executor};
pub use ops::{Shape, ShapeError};
pub use tensor::{IntoTensor, Tensor, TensorError};

/// The names that most programs need: `use autograd::prelude::*;`.
pub mod prelude {
    pub use crate::{GradientCheck, Graph, Indices, IntoTensor, Tensor, Var, check_gradients};
}
