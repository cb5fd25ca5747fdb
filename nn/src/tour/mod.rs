//! A guided tour: each page goes through one part of the crate, with code that runs.
//!
//! Pages read from top to bottom, and each stands for itself.

#[cfg(feature = "safetensors")]
#[doc = include_str!("files.md")]
pub mod files {}
