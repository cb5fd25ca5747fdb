//! A guided tour: each page goes through one part of the crate, with code that runs.
//!
//! Pages read from top to bottom, and each stands for itself.

#[doc = include_str!("optimisers.md")]
pub mod optimisers {}

#[doc = include_str!("schedules.md")]
pub mod schedules {}
