//! Data in memory, in batches, and from files.
//!
//! ```
//! use autograd::Tensor;
//! use nn::data::{Dataset, Labels};
//!
//! let xor = Dataset::new(
//!     Tensor::from([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]),
//!     Labels::new([0, 1, 1, 0], 2)?,
//! )?;
//! for (x, labels) in xor.batches(2, &mut nn::rng(7)) {
//!     assert_eq!((x.shape(), labels.len()), ([2, 2].into(), 2));
//! }
//! # Ok::<(), nn::data::DataError>(())
//! ```

mod batches;
#[cfg(feature = "files")]
pub mod csv;
mod dataset;
mod error;
#[cfg(feature = "files")]
pub mod idx;
mod labels;
#[cfg(feature = "files")]
mod source;

pub use batches::Batches;
pub use dataset::Dataset;
pub use error::DataError;
pub use labels::Labels;
