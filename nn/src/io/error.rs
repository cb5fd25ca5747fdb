//! `FileError`: what can be wrong with a file of tensors, where, and what to do.

use super::report::{LoadReport, shown};

/// Why tensors cannot be written to a file, or read from it into a model.
///
/// What was found in a file is in [`FileError::InFile`], so every message about a file begins with its name. Offsets are bytes from the
/// start of the file.
///
/// ```
/// use nn::io::{FileError, NamedTensors};
/// let error = NamedTensors::<f32>::from_bytes(b"\x80\x02}q\0.").unwrap_err();
/// assert!(matches!(error, FileError::Truncated { expected: 8, found: 6, .. }));
/// assert_eq!(
///     error.to_string(),
///     "the file ends too early, in the length of its header: 8 bytes expected, 6 found; copy or save it again"
/// );
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FileError {
    /// Something wrong with a file.
    #[error("{file}: {error}")]
    InFile {
        /// Path of the file.
        file: String,
        /// What is wrong there.
        error: Box<FileError>,
    },
    /// The file cannot be opened or read.
    #[error("cannot be read: {0}")]
    Read(std::io::Error),
    /// The file cannot be written; what was under its name before is still there.
    #[error("cannot be written: {0}; what was there before is unchanged")]
    Write(std::io::Error),
    /// The file ends before what its header announces.
    #[error(
        "the file ends too early, in {part}: {expected} bytes expected, {found} found; copy or save it again"
    )]
    Truncated {
        /// The part that is cut.
        part: String,
        /// Bytes that this part should have.
        expected: u64,
        /// Bytes that it has.
        found: u64,
    },
    /// The file goes on after its last tensor.
    #[error("the file goes on after byte {end}, where its last tensor ends: it is damaged")]
    Trailing {
        /// Where the last tensor ends.
        end: u64,
    },
    /// The header is longer than the format allows, so the file begins with something else.
    #[error(
        "the first 8 bytes announce a header of {length} bytes, and {limit} are the most: is this a safetensors file?"
    )]
    HeaderLength {
        /// The announced length.
        length: u64,
        /// The longest header that is read.
        limit: u64,
    },
    /// The header is not the JSON that the format describes.
    #[error("the header is wrong at byte {offset}: {reason}")]
    Header {
        /// The byte where reading stopped.
        offset: u64,
        /// What is wrong there.
        reason: String,
    },
    /// Two tensors with one name.
    #[error("two tensors are named {:?}: each name may occur once", shown(.name))]
    Duplicate {
        /// The name.
        name: String,
    },
    /// A name that means something else in the format.
    #[error("a tensor cannot be named {name:?}: the format keeps this name for its metadata")]
    Reserved {
        /// The name.
        name: String,
    },
    /// Data that overlaps other data, leaves a gap, or ends before it begins.
    #[error(
        "tensor {:?} is said to be in bytes {start} to {end} of the data, but the next byte is {next}: \
         tensors lie one behind the other, without gaps",
        shown(.name)
    )]
    Offsets {
        /// The tensor.
        name: String,
        /// Where its data is said to begin, in the data.
        start: u64,
        /// Where it is said to end.
        end: u64,
        /// Where the data before it ends.
        next: u64,
    },
    /// The shape and the length of the data contradict each other.
    #[error("tensor {:?}: {dtype} numbers of shape {shape:?} do not fill {bytes} bytes", shown(.name))]
    Size {
        /// The tensor.
        name: String,
        /// Its number type, as the format names it.
        dtype: String,
        /// Its shape.
        shape: Vec<usize>,
        /// The length of its data.
        bytes: u64,
    },
    /// A shape that no tensor can have here.
    #[error(
        "tensor {:?} has the shape {:?}: a tensor has at most {} axes of less than 2^32 indices each",
        shown(.name),
        &.shape[..shape.len().min(16)],
        autograd::ops::MAX_RANK
    )]
    Shape {
        /// The tensor.
        name: String,
        /// Its shape.
        shape: Vec<usize>,
    },
    /// Numbers of a type that cannot be read.
    #[error(
        "tensor {:?} has {dtype} numbers, and {wanted} are wanted: F64, F32, F16, BF16, whole numbers and BOOL can be read",
        shown(.name)
    )]
    NumberType {
        /// The tensor.
        name: String,
        /// Its number type, as the format names it.
        dtype: String,
        /// The number type of the model.
        wanted: &'static str,
    },
    /// A number that the wanted type cannot hold.
    #[error(
        "tensor {:?}: {value} ({dtype}) at position {position} is no {wanted}: read the file as f64, or leave this tensor out",
        shown(.name)
    )]
    Number {
        /// The tensor.
        name: String,
        /// Position in row-major order.
        position: usize,
        /// The number.
        value: String,
        /// Its type, as the format names it.
        dtype: String,
        /// The number type of the model.
        wanted: &'static str,
    },
    /// Names or shapes of a file are not those of the model; nothing was loaded.
    #[error("{0}; to load what fits, use load_partial; to change names, NamedTensors::rename")]
    Mismatch(LoadReport),
}

impl FileError {
    /// This error, found in `file`.
    pub(super) fn in_file(self, file: &str) -> FileError {
        FileError::InFile { file: file.to_owned(), error: Box::new(self) }
    }
}
