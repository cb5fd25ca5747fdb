//! Runs plans: SIMD levels, kernels, matmul, denormals.

pub(crate) mod custom;
pub(crate) mod reference;
