//! Runs plans: SIMD levels, kernels, matmul, denormals.

pub(crate) mod custom;
mod functions;
pub(crate) mod gemm;
mod kernels;
mod lane;
pub(crate) mod level;
pub(crate) mod memory;
mod moves;
mod narrow;
mod part;
pub(crate) mod reduce;
pub(crate) mod reference;
pub(crate) mod rows;
pub(crate) mod run;
mod simd;
pub(crate) mod slices;
mod vector;

pub(crate) use kernels::Kernels;

#[cfg(test)]
mod tests;
