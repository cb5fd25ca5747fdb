//! Tests of the public API, one file a duty; one program, because each would compile the engine's generics anew.

mod allocations;
mod datasets;
#[cfg(feature = "files")]
mod files;
mod losses;
mod metrics;
mod modules;
mod origins;
#[cfg(feature = "plot")]
mod plots;
mod steps;
mod trajectories;
