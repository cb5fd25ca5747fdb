//! Tests of the public API, one file a duty; one program, because each would compile the engine's generics anew.

mod allocations;
mod atomic_files;
mod datasets;
#[cfg(feature = "files")]
mod files;
#[cfg(feature = "safetensors")]
mod hostile_files;
mod losses;
mod metrics;
mod modules;
#[cfg(all(feature = "onnx", feature = "safetensors"))]
mod onnx;
mod origins;
#[cfg(feature = "safetensors")]
mod saving;
mod steps;
#[cfg(feature = "safetensors")]
mod torch;
mod trajectories;
