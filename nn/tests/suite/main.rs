//! Tests of the public API, one file a duty; one program, because each would compile the engine's generics anew.

mod activations;
mod allocations;
mod atomic_files;
mod averaging;
#[cfg(feature = "safetensors")]
mod checkpoint_errors;
#[cfg(feature = "safetensors")]
mod checkpoints;
mod clipping;
#[cfg(feature = "files")]
mod codes;
mod datasets;
mod diagnose;
mod divergence;
#[cfg(feature = "files")]
mod files;
mod generators;
mod groups;
#[cfg(feature = "safetensors")]
mod hostile_files;
mod in_place;
mod inits;
mod layers;
mod lbfgs;
mod loss_options;
mod loss_values;
mod losses;
mod measures;
mod metrics;
mod minimising;
mod modules;
#[cfg(feature = "files")]
mod mutations;
mod norms;
#[cfg(feature = "npy")]
mod npy;
#[cfg(all(feature = "onnx", feature = "safetensors"))]
mod onnx;
mod origins;
#[cfg(feature = "plot")]
mod pictures;
#[cfg(feature = "plot")]
mod plots;
#[cfg(feature = "safetensors")]
mod saving;
mod scaling;
mod schedules;
mod snapshots;
mod splits;
mod steps;
mod stopping;
mod streams;
mod summaries;
#[cfg(feature = "files")]
mod tables;
#[cfg(feature = "safetensors")]
mod torch;
mod trainer;
mod trainer_options;
mod trajectories;
mod trajectories_adaptive;
mod units;
