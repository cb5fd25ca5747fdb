//! Reverse-mode automatic differentiation.
//!
//! Ordinary expressions are recorded in a graph; nothing is computed before a value is asked for.
//!
//! ```
//! use autograd::prelude::*;
//!
//! let g = Graph::new(); // f32; Graph::f64() for checking
//! let w = g.var([[1.0, 2.0], [3.0, 4.0]]).named("w");
//! let x = g.constant([[0.5, -1.0]]);
//! let loss = x.matmul(w).tanh().sum();
//! let grads = loss.backward();
//! println!("{} {:?}", loss.item(), grads[w]);
//! # let by_hand = (-2.5_f32).tanh() + (-3.0_f32).tanh();
//! # assert!((loss.item() - by_hand).abs() < 1e-5, "{}", loss.item());
//!
//! // A derivative can be a node of the graph again, and differentiated once more.
//! let dw = loss.grad(&[w])[0];
//! assert_eq!(dw.value(), grads[w]);
//! let curvature = dw.sum().backward();
//! assert_eq!(curvature[w].shape(), w.shape());
//! ```

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
