//! Tests of the public API, one file a duty; one program, because each would compile the engine's generics anew.

mod activations;
mod allocations;
mod datasets;
#[cfg(feature = "files")]
mod files;
mod inits;
mod layers;
mod loss_options;
mod loss_values;
mod losses;
mod measures;
mod metrics;
mod modules;
mod norms;
mod origins;
mod steps;
mod summaries;
mod trajectories;
mod units;
