//! A guided tour: each page goes through one part of the crate, with code that runs.
//!
//! Pages read from top to bottom, and each stands for itself.

#[doc = include_str!("data.md")]
pub mod data {}
