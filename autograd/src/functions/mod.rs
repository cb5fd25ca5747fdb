//! Derivatives of functions: gradients, products with Jacobian and Hessian matrices, and the matrices themselves.
//!
//! A function of numbers is written once, generic over [`Scalar`](crate::number::Scalar), and handed over as a closure. A closure
//! has one type of argument, and that of a tape's variable holds for all lifetimes, for which the name of a generic
//! function cannot stand: write `|x| f(x)`, not `f`.
//!
//! ```
//! use autograd::prelude::*;
//!
//! fn rosenbrock<S: Scalar>(x: &[S]) -> S {
//!     (x[1] - x[0] * x[0]).square() * 100.0 + (x[0] - 1.0).square()
//! }
//! let (value, gradient) = value_and_grad(|x| rosenbrock(x), &[2.0, 1.0]);
//! assert_eq!((value, gradient), (901.0, vec![2402.0, -600.0]));
//! let h = hessian(|x| rosenbrock(x), &[2.0, 1.0]);
//! assert_eq!(h, Tensor::from([[4402.0, -800.0], [-800.0, 200.0]]));
//! ```
//!
//! | function of `inputs` numbers | gives | method | costs about |
//! |---|---|---|---|
//! | [`value_and_grad`], [`grad`] | f, ∇f | reverse: a tape | 1 evaluation and its sweep |
//! | [`vjp`] | f, uᵀJ | reverse: a tape | 1 evaluation and its sweep |
//! | [`jvp`] | f, J v | forward: [`Dual`](crate::number::Dual) | 1 evaluation, twice the arithmetic |
//! | [`jacobian`] | J | recorded once, then swept forward or backward | min(inputs, outputs) / 8 sweeps |
//! | [`hvp`] | H v | forward over reverse | 2 gradients |
//! | [`hessian`] | H | forward over reverse | inputs / 4 gradients of numbers with 4 tangents |
//!
//! Beyond single calls: a [`Recording`] evaluates a function again and again without running its code, and
//! [`checkpointed`] differentiates long chains of steps in little memory. [`tensors`] has the same functions for graphs.

mod chain;
mod jacobian;
mod program;
mod recorded;
mod recording;
mod replay_error;
mod scalars;
mod schedule;
pub mod tensors;

pub use chain::{Chain, ChainGradient, checkpointed};
pub use jacobian::jacobian;
pub use recorded::Recorded;
pub use recording::Recording;
pub use replay_error::{Outcome, ReplayError};
pub use scalars::{grad, hessian, hvp, jvp, value_and_grad, vjp};
pub use schedule::step_evaluations;
