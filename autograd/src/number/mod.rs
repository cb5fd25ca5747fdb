//! What a number can do: machine numbers, what derivative rules may say, and the readings of a rule
//! that need no engine: forward mode, text, and which arguments it reads.

mod dual;
mod dual_n;
mod float;
mod formula;
mod mentions;
mod real;
pub(crate) mod scalar;

pub use dual::Dual;
pub use dual_n::DualN;
pub use float::Float;
pub use formula::{Formula, Formulas};
pub use mentions::Mentions;
pub use real::Real;
pub use scalar::Scalar;
