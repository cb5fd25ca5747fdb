//! Tests of the public API, one file a duty; one program, because each would compile the engine's generics anew.

mod allocations;
mod datasets;
#[cfg(feature = "files")]
mod files;
mod loss_options;
mod loss_values;
mod losses;
mod measures;
mod metrics;
mod modules;
mod origins;
mod steps;
mod trajectories;
