//! Runs plans: SIMD levels, kernels, matmul, denormals.
