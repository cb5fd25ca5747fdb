//! What a number can do: machine numbers, what derivative rules may say, and forward mode.

mod float;
mod real;

pub use float::Float;
pub use real::Real;
