//! Tests of the public API, one file a duty; one program, because each would compile the engine's generics anew.

mod allocations;
mod datasets;
#[cfg(feature = "files")]
mod files;
mod generators;
mod losses;
mod metrics;
mod modules;
#[cfg(feature = "files")]
mod mutations;
#[cfg(feature = "npy")]
mod npy;
mod origins;
mod scaling;
mod splits;
mod steps;
mod streams;
#[cfg(feature = "files")]
mod tables;
mod trajectories;
