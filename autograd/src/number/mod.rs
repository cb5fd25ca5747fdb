//! What a number can do: machine numbers, what derivative rules may say, and the readings of a rule
//! that need no engine: forward mode, text, and which arguments it reads.

mod dual;
mod float;
mod formula;
mod mentions;
mod real;

pub use dual::Dual;
pub use float::Float;
pub use formula::{Formula, Formulas};
pub use mentions::Mentions;
pub use real::Real;
