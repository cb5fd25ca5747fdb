//! What can be run, and how: plans, kernels, SIMD levels, matrix products, denormals.

mod clock;
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
mod peak;
pub(crate) mod plan;
pub(crate) mod reduce;
pub(crate) mod rows;
mod run;
mod simd;
pub(crate) mod slices;
mod vector;

pub(crate) use clock::ticks;
pub(crate) use custom::{Custom, forward};
pub(crate) use given::{Given, Lent};
pub(crate) use peak::{multiply_adds_per_second, streamed_bytes_per_second};
pub(crate) use run::{Ready, Watch, run};

#[cfg(test)]
mod tests;
