//! Runs plans: SIMD levels, kernels, matmul, denormals.

pub(crate) mod custom;
pub(crate) mod denormals;
mod functions;
pub(crate) mod gemm;
mod kernels;
mod lane;
pub(crate) mod level;
mod narrow;
mod part;
pub(crate) mod reference;
pub(crate) mod reduce;
mod simd;
pub(crate) mod slices;
mod vector;

pub(crate) use kernels::Kernels;

#[cfg(test)]
mod tests;
