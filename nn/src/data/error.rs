//! `DataError`: what can be wrong with data, where, and what to do.

/// Why data cannot be used.
///
/// A reader of files puts what it found into [`DataError::InFile`], so every message about a
/// file begins with its name. Positions in memory count from 0, lines and columns of a text
/// file from 1, as editors show them.
///
/// ```
/// use nn::data::{DataError, Labels};
/// let error = Labels::new([1, 0, 3], 3).unwrap_err();
/// assert!(matches!(error, DataError::Label { position: 2, value: 3, classes: 3 }));
/// assert_eq!(
///     error.to_string(),
///     "label 3 at position 2 is no class: with 3 classes, labels are at least 0 and less than 3"
/// );
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DataError {
    /// A label that is not below the number of classes.
    #[error(
        "label {value} at position {position} is no class: \
         with {classes} classes, labels are at least 0 and less than {classes}"
    )]
    Label {
        /// Where in the list, from 0.
        position: usize,
        /// The label.
        value: usize,
        /// The number of classes.
        classes: usize,
    },
    /// More classes than 32 bits can number.
    #[error(
        "{classes} classes are too many: labels are kept in 32 bits, so at most {} are possible",
        u32::MAX
    )]
    Classes {
        /// The number of classes.
        classes: usize,
    },
    /// The tensor has no axis that counts rows.
    #[error(
        "a data set holds one example per row, but this tensor is a single number: give it the shape [rows, features]"
    )]
    NoRows,
    /// Not one label per row.
    #[error("{rows} rows have {labels} labels: there must be one label for each row")]
    Count {
        /// Rows of the tensor.
        rows: usize,
        /// Labels.
        labels: usize,
    },
    /// No rows at all, so a batch of them would be empty and its mean loss undefined.
    #[error("no rows: {what} must have at least one")]
    Empty {
        /// What has no rows.
        what: &'static str,
    },
    /// A number that is NaN or infinite.
    #[error("{value} in row {row}, column {column} (both from 0): clean or drop this row first")]
    NotFinite {
        /// The row, from 0.
        row: usize,
        /// The position in the row, from 0.
        column: usize,
        /// The number.
        value: f32,
    },
    /// A row that the data set does not have.
    #[error("row {row} was asked for, but there are only {rows} rows (counted from 0)")]
    Row {
        /// The wanted row.
        row: usize,
        /// Rows of the data set.
        rows: usize,
    },
    /// A fold that does not split the rows in two parts with at least one row each.
    #[error(
        "fold {fold} of {of} does not split {rows} rows in two: \
         take at least 2 folds, at most as many as rows, numbered from 0"
    )]
    Fold {
        /// The fold held out, from 0.
        fold: usize,
        /// The number of folds.
        of: usize,
        /// Rows of the data set.
        rows: usize,
    },
    /// Something wrong in a file.
    #[error("{file}: {error}")]
    InFile {
        /// Path of the file, or the name given to a reader.
        file: String,
        /// What is wrong there.
        error: Box<DataError>,
    },
    /// A file that is not there.
    #[error("no such file, with or without .gz: check the path")]
    Missing,
    /// The file cannot be opened or read, or its compression is damaged.
    #[error("cannot be read: {0}")]
    Read(std::io::Error),
    /// The file does not begin as an IDX file does.
    #[error(
        "not an IDX file: it begins with bytes {found:02x?}, where IDX has two zeros, \
         the number type (08 for bytes) and the number of axes"
    )]
    Magic {
        /// The first bytes, four if there are so many.
        found: Vec<u8>,
    },
    /// An IDX file of numbers other than bytes.
    #[error("an IDX file of number type {found:#04x} is not supported: only 0x08 (unsigned bytes) is")]
    NumberType {
        /// The number type of the file.
        found: u8,
    },
    /// The extents in an IDX header multiply to more than a machine can address.
    #[error("the header claims the extents {extents:?}, more than memory can hold: the file is damaged")]
    Huge {
        /// The claimed extents.
        extents: Vec<usize>,
    },
    /// The file ends too early.
    #[error(
        "the file ends too early, in its {part}: {expected} bytes expected, {found} found; download it again"
    )]
    Truncated {
        /// `header` or `data`.
        part: &'static str,
        /// Bytes that this part should have.
        expected: usize,
        /// Bytes that it has.
        found: usize,
    },
    /// The file goes on after its data.
    #[error("the file goes on after the {expected} bytes of data that its header announces: it is damaged")]
    Trailing {
        /// Bytes of data that the header announces.
        expected: usize,
    },
    /// An IDX file with another number of axes than its role needs.
    #[error("{role} have {expected} axes, but this file has the extents {found:?}: is it the right file?")]
    Axes {
        /// What the file should hold.
        role: &'static str,
        /// Axes that this has.
        expected: usize,
        /// The extents in the file.
        found: Vec<usize>,
    },
    /// A text field that does not say what it should.
    #[error("line {line}, column {column}: {expected} expected, {text:?} found")]
    Field {
        /// The line, from 1.
        line: u64,
        /// The column, from 1.
        column: usize,
        /// The field, shortened if it is very long.
        text: String,
        /// What it should say.
        expected: String,
    },
    /// A line with another number of columns than the first.
    #[error("line {line} has {found} columns, but the lines before it have {expected}")]
    Ragged {
        /// The line, from 1.
        line: u64,
        /// Columns of the lines before.
        expected: usize,
        /// Columns of this line.
        found: usize,
    },
    /// No column for the labels, or none besides them.
    #[error(
        "line {line} has {found} columns, too few for the label in column {label} and at least one number \
         beside it: are the fields separated by commas?"
    )]
    Columns {
        /// The line, from 1.
        line: u64,
        /// The column of the labels, from 1.
        label: usize,
        /// Columns of the line.
        found: usize,
    },
}

impl DataError {
    /// This error, found in `file`.
    #[cfg(feature = "files")]
    pub(crate) fn in_file(self, file: &str) -> DataError {
        DataError::InFile { file: file.to_owned(), error: Box::new(self) }
    }
}
