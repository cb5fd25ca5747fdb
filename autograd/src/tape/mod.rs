//! Scalars: a list of operations with their partial derivatives, as fast as a number can be differentiated.
//!
//! A [`Tape`] gives [`Var`]s, `Copy` handles that know their value. There are three ways to write on it, each faster
//! than the one before where it fits:
//!
//! 1. **Operators and methods** of `Var`, also through functions that are generic over [`Scalar`](crate::number::Scalar).
//!    An operation is a record of its parents and partials.
//! 2. **Statements**: [`Scalar::statement`](crate::number::Scalar::statement) encloses a piece of a formula of few inputs, which
//!    becomes one record.
//! 3. **Many at once**: sums, dots, norms and matrix-vector products of slices of `Var`s
//!    ([`Scalar::dot`](crate::number::Scalar::dot) and its like), or of [`Vars`], are one record each.
//!
//! ```
//! use autograd::prelude::*;
//!
//! let mut tape = Tape::new();
//! let mut x = [1.5, 2.0];
//! for _ in 0..2000 {
//!     tape.reset(); // keeps the memory
//!     let v = tape.vars(&x);
//!     let (a, b) = (v.at(0), v.at(1));
//!     let loss = (1.0 - a).square() + 4.0 * (b - a * a).square();
//!     let grads = loss.backward();
//!     x[0] -= 0.02 * grads[a];
//!     x[1] -= 0.02 * grads[b];
//! }
//! assert!((x[0] - 1.0).abs() < 1e-3 && (x[1] - 1.0).abs() < 1e-3);
//! ```
//!
//! Slopes come from the rule book; the list holds their values, and the sweep never asks which operation a number came from.
//! Conventions at kinks are those of [`ops`](crate::ops).

mod arena;
mod backward;
mod builders;
mod cost;
mod gradients;
mod journal;
mod look;
mod ranges;
mod recorder;
mod rows;
mod slow;
mod var;
mod vars;

pub use backward::NonFinite;
pub use cost::TapeCost;
pub use gradients::{GradientError, Gradients};
pub(crate) use journal::{Entry, Known, What};
pub(crate) use look::{Look, look};
pub use recorder::Tape;
pub use var::Var;
pub use vars::Vars;
