//! What can be run, and how: plans, kernels, SIMD levels, matrix products, denormals.

mod custom;
mod frame;
mod functions;
pub(crate) mod gemm;
mod given;
mod kernels;
mod lane;
pub(crate) mod level;
pub(crate) mod memory;
mod moves;
mod narrow;
mod part;
pub(crate) mod plan;
pub(crate) mod reduce;
pub(crate) mod rows;
mod run;
mod simd;
pub(crate) mod slices;
mod vector;

pub(crate) use custom::{Custom, forward};
pub(crate) use given::{Given, Lent};
pub(crate) use run::run;

#[cfg(test)]
mod tests;
