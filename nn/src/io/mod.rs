//! Models and tensors in files: [safetensors](https://github.com/huggingface/safetensors) to save, load and exchange with PyTorch, and
//! ONNX to run a model elsewhere.
//!
//! ```
//! # #[cfg(feature = "safetensors")] {
//! use nn::prelude::*;
//!
//! let dir = tempfile::tempdir().unwrap();
//! let path = dir.path().join("net.safetensors");
//! let net = Linear::new(2, 1, &mut nn::rng(1));
//! nn::io::save(&net, &path)?;
//!
//! let mut again = Linear::new(2, 1, &mut nn::rng(2));
//! nn::io::load(&mut again, &path)?;
//! assert_eq!(again.weight, net.weight);
//! # }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod atomic;
#[cfg(feature = "safetensors")]
mod error;
#[cfg(feature = "safetensors")]
mod header;
#[cfg(feature = "safetensors")]
mod models;
#[cfg(feature = "safetensors")]
mod number;
#[cfg(feature = "onnx")]
pub mod onnx;
#[cfg(feature = "safetensors")]
mod report;
#[cfg(feature = "safetensors")]
mod tensors;

pub use atomic::write_atomic;
#[cfg(feature = "safetensors")]
pub use error::FileError;
#[cfg(feature = "safetensors")]
pub use models::{load, load_partial, save};
#[cfg(feature = "safetensors")]
pub use report::{LoadReport, MisShaped};
#[cfg(feature = "safetensors")]
pub use tensors::NamedTensors;
