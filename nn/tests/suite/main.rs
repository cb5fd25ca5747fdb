//! Tests of the public API, one file a duty; one program, because each would compile the engine's generics anew.

mod allocations;
mod datasets;
mod diagnose;
#[cfg(feature = "files")]
mod files;
mod losses;
mod metrics;
mod modules;
mod origins;
mod steps;
mod trajectories;
