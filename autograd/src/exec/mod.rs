//! Runs plans: SIMD levels, kernels, matmul, denormals.

mod functions;
mod kernels;
mod lane;
pub(crate) mod level;
mod narrow;
mod part;
mod simd;
pub(crate) mod slices;

pub(crate) use kernels::Kernels;

#[cfg(test)]
mod tests;
