//! `CheckpointError`: why a checkpoint cannot be written, read or used.

use super::HistoryError;
use crate::io::FileError;
use crate::optim::StepError;

/// Why a checkpoint cannot be written, read or used. Whoever asked to go on from one is as before.
///
/// ```
/// use nn::prelude::*;
/// use nn::train::{Checkpoint, CheckpointError};
///
/// let (small, adam) = (Linear::new(2, 1, &mut nn::rng(1)), Adam::new(1e-3));
/// let saved = Checkpoint::new(&small, &adam)?;
/// let (mut wide, mut other) = (Linear::new(3, 1, &mut nn::rng(1)), Adam::new(1e-3));
/// let error = saved.restore(&mut wide, &mut other).unwrap_err();
/// assert!(error.to_string().contains("\"weight\" ([1, 2] in the file, [1, 3] in the model)"), "{error}");
/// # Ok::<(), CheckpointError>(())
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CheckpointError {
    /// Something wrong in a file.
    #[error("checkpoint {file}: {error}")]
    InFile {
        /// Path of the file.
        file: String,
        /// What is wrong.
        error: Box<CheckpointError>,
    },
    /// The file cannot be read or written, or the tensors of a model do not fit.
    #[error(transparent)]
    File(#[from] FileError),
    /// The optimiser's state does not fit.
    #[error(transparent)]
    Optimizer(#[from] StepError),
    /// The file is one of tensors, but not a checkpoint, or of another version.
    #[error("it is not a checkpoint that can be read here: {name} is {found}, where {wanted} is needed")]
    Form {
        /// The entry of the metadata.
        name: String,
        /// What it is.
        found: String,
        /// What it must be.
        wanted: &'static str,
    },
    /// An entry of the metadata is missing.
    #[error("its entry {name:?} is missing")]
    Missing {
        /// The entry.
        name: String,
    },
    /// An entry of the metadata is no number.
    #[error("its entry {name:?} is {found:?}, which is no number")]
    Number {
        /// The entry.
        name: String,
        /// What it is.
        found: String,
    },
    /// A count in it is none that a run comes to.
    #[error("its count of {name} is {count}, where a run that came so far has {most} at the most")]
    Count {
        /// What is counted.
        name: String,
        /// The count.
        count: u64,
        /// What it can be.
        most: u64,
    },
    /// The history in it cannot be read.
    #[error(transparent)]
    History(#[from] HistoryError),
    /// The run that was saved was configured otherwise, so going on would give other bits.
    #[error(
        "it is of another run: its {what} is {saved}, here it is {here}; configure the same, or begin a new run"
    )]
    OtherRun {
        /// What differs.
        what: String,
        /// In the checkpoint.
        saved: String,
        /// In the trainer.
        here: String,
    },
}

impl CheckpointError {
    /// This error, found in `file`; errors of files name it already.
    pub(super) fn in_file(self, file: &std::path::Path) -> CheckpointError {
        match self {
            CheckpointError::File(FileError::InFile { .. }) => self,
            error => CheckpointError::InFile { file: file.display().to_string(), error: Box::new(error) },
        }
    }
}
