//! A guided tour: each page goes through one part of the crate, with code that runs.
//!
//! Pages read from top to bottom, and each stands for itself.

#[doc = include_str!("data.md")]
pub mod data {}

#[doc = include_str!("layers.md")]
pub mod layers {}

#[doc = include_str!("losses.md")]
pub mod losses {}

#[doc = include_str!("optimisers.md")]
pub mod optimisers {}

#[doc = include_str!("schedules.md")]
pub mod schedules {}

#[doc = include_str!("training.md")]
pub mod training {}

#[doc = include_str!("metrics.md")]
pub mod metrics {}

#[cfg(feature = "safetensors")]
#[doc = include_str!("files.md")]
pub mod files {}

#[cfg(feature = "plot")]
#[doc = include_str!("plots.md")]
pub mod plots {}
