//! The rule book: what each operation is and how it differentiates. It knows no engine.
//!
//! # How to add an elementwise operation
//!
//! Write one row in `unary.rs` or `binary.rs`; that is all. The row is a type ([`UnaryRow`]), a member of the closed
//! set ([`Unary`], [`Binary`]), a method of every number and graph variable ([`Elementary`]), a line of
//! docs/OPS.md, and it is tested against differences, in first and second order, because tests walk the table.
//!
//! # Conventions
//!
//! | where | convention |
//! |---|---|
//! | NaN | in → out, for every row (`relu`, `max`, `min`, `clamp`, `sign`, `step` included); stated exceptions: comparisons and `is_finite` give 0 or 1 |
//! | ±∞ | values are their limits: `exp(-∞) = 0`, `silu(-∞) = 0`, `softplus(∞) = ∞`; `relu(∞) = ∞` |
//! | `max`, `min` at a = b | slope 1/2 each |
//! | `relu`, `abs` at 0 | slope 0 |
//! | `leaky_relu`, `elu`, `selu`, `celu` at 0 | the slope from the left |
//! | `clamp`, `hard_tanh`, `hard_sigmoid`, `threshold_logic`, `piecewise_linear` | on the bounds, the slope from inside |
//! | `step`, `sign`, `heaviside`, `floor`, `ceil`, `round`, `is_finite`, comparisons | slope 0 everywhere |
//! | `step`, `sign` at 0 | value 0; `heaviside(v)` and `sign_with(v)` take the value as a parameter because textbooks differ |
//! | `sqrt` at 0 | slope ∞, as it is; `sqrt_flat_at_zero` has slope 0 there (for norms) |
//! | `pow(a, b)` | slope in b at a = 0 is 0; slope in a at a = b = 0 is 0 |
//! | `hypot`, `atan2` at (0, 0) | both slopes 0 |
//! | `round` | ties to even |

mod binary;
mod elementary;
mod elements;
mod hazards;
pub(crate) mod infer;
pub(crate) mod ranges;
mod reading;
mod row;
mod rules;
mod shape;
mod structure;
mod table;
#[cfg(test)]
mod tests;
mod unary;
mod work;

pub use binary::*;
pub use elementary::Elementary;
pub use reading::Rule;
pub use row::Unary;
pub use rules::{Structural, cotangent};
pub(crate) use shape::Extents;
pub use shape::{MAX_RANK, Shape, ShapeError};
pub use structure::{Leaf, Op, Reduction};
pub use table::{BinaryRow, BinaryVisitor, UnaryRow, UnaryVisitor};
pub use unary::*;

// The lists of rows, from which engines make their methods.
pub(crate) use binary::for_each_binary;
pub(crate) use unary::for_each_unary;
