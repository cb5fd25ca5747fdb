//! Neural networks as plain data on the `autograd` engine.
//!
//! So far: data sets and their files ([`data`]), measures of a classifier ([`metrics`]),
//! and the seeded generator that everything random takes ([`rng`]).

#![forbid(unsafe_code)]

pub mod data;
pub mod metrics;
mod random;

pub use random::{Rng, rng};
