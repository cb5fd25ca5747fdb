//! Tests of the public API, one file a duty; one program, because each would compile the engine's generics anew.

mod activations;
mod allocations;
mod averaging;
mod clipping;
mod datasets;
#[cfg(feature = "files")]
mod files;
mod groups;
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
mod norms;
mod origins;
mod schedules;
mod snapshots;
mod steps;
mod summaries;
mod trajectories;
mod trajectories_adaptive;
mod units;
