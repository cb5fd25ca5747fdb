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
mod categories;
#[cfg(feature = "files")]
pub mod csv;
mod dataset;
mod error;
mod generate;
#[cfg(feature = "files")]
pub mod idx;
mod impute;
mod labels;
#[cfg(feature = "npy")]
pub mod npy;
mod recipe;
mod scale;
#[cfg(feature = "files")]
mod source;
pub mod split;
mod stream;
mod table;
mod targets;

pub use batches::Batches;
pub use categories::Categories;
pub use dataset::Dataset;
pub use error::DataError;
pub use generate::{Gate, blobs, circles, friedman1, linear, moons, spirals, xor_clouds};
pub use impute::{Fill, Impute, complete_rows};
pub use labels::Labels;
pub use recipe::{Encoding, FittedColumn, FittedRecipe, Missing, OnMissing, Recipe, TargetColumn};
pub use scale::{MinMax, Robust, Standardize};
pub use split::Folds;
pub use stream::Stream;
pub use table::Table;
pub use targets::Targets;

/// The beginning of a text, for messages: files may hold very long ones.
fn shown(text: &str) -> String {
    const SHOWN: usize = 40;
    let mut start: String = text.chars().take(SHOWN).collect();
    if start.len() < text.len() {
        start.push_str("...");
    }
    start
}
