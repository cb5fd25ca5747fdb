//! Tests of the public API, one file a duty; one program, because each would compile the engine's generics anew.

mod allocations;
mod averaging;
mod clipping;
mod datasets;
#[cfg(feature = "files")]
mod files;
mod groups;
mod lbfgs;
mod losses;
mod metrics;
mod minimising;
mod modules;
mod origins;
mod schedules;
mod snapshots;
mod steps;
mod trajectories;
mod trajectories_adaptive;
