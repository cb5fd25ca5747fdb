//! `DataError`: what can be wrong with data, where, and what to do.

use autograd::Shape;

use crate::ConfigError;

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
    /// Not one target per row.
    #[error(
        "{rows} rows have targets of shape {shape}: there must be one target for each row, as [{rows}, ...]"
    )]
    TargetRows {
        /// Rows of the examples.
        rows: usize,
        /// The shape of the targets.
        shape: Shape,
    },
    /// A target that is NaN or infinite.
    #[error(
        "{value} in the target of row {row}, column {column} (both from 0): clean or drop this row first"
    )]
    Target {
        /// The row, from 0.
        row: usize,
        /// The position in its target, from 0.
        column: usize,
        /// The number.
        value: f64,
    },
    /// Parts that cannot be put together.
    #[error(
        "part {part} (from 0) has {found}, but the parts before it have {expected}: they must have one form"
    )]
    Parts {
        /// The part that differs, from 0.
        part: usize,
        /// The form of the parts before it.
        expected: String,
        /// Its form.
        found: String,
    },
    /// A number that was configured and cannot be.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// A class that has too few rows to be in every part of a stratified split.
    #[error(
        "class {class} has {rows} rows, too few to be in each of {parts} parts of these sizes: \
         take fewer or larger parts, join rare classes, or split without regard to classes"
    )]
    Stratum {
        /// The class.
        class: usize,
        /// Its rows.
        rows: usize,
        /// The parts.
        parts: usize,
    },
    /// A text that is none of the categories.
    #[error("{value:?} in {place} is none of the {count} categories {known}")]
    Unseen {
        /// Where it stands.
        place: String,
        /// The text, shortened if it is very long.
        value: String,
        /// The number of categories.
        count: usize,
        /// The first of them.
        known: String,
    },
    /// A field of a table that does not say what it should.
    #[error("{place}: {expected} expected, {text:?} found")]
    Cell {
        /// Where it stands.
        place: String,
        /// The field, shortened if it is very long.
        text: String,
        /// What it should say.
        expected: String,
    },
    /// A missing value that nothing was to be done about.
    #[error("{place} has no value: drop such rows, or fill them (`Recipe::missing`)")]
    NoValue {
        /// Where it stands.
        place: String,
    },
    /// A column that holds numbers and texts.
    #[error(
        "column {name} has numbers such as {number:?} and texts such as {text:?} ({place}): mark such a text as a \
         missing value, or say what the column is (`Recipe::number`, `Recipe::one_hot`)"
    )]
    Mixed {
        /// The column.
        name: String,
        /// The first number.
        number: String,
        /// The first text.
        text: String,
        /// Where that stands.
        place: String,
    },
    /// A column with so many categories that one-hot columns make no sense.
    #[error(
        "column {name} has {count} different texts, too many for one-hot columns (at most {most}): \
         leave it out (`Recipe::without`), or take their numbers (`Recipe::codes`)"
    )]
    ManyCategories {
        /// The column.
        name: String,
        /// Its categories.
        count: usize,
        /// How many there may be.
        most: usize,
    },
    /// Not exactly one column of this name.
    #[error("{found} columns are called {name:?}, where one should be: the columns are {known}")]
    Named {
        /// The wanted name.
        name: String,
        /// How many columns have it.
        found: usize,
        /// The names of the first columns.
        known: String,
    },
    /// A number that is no label.
    #[error(
        "{value} at position {position} is no label: with {classes} classes, labels are whole numbers from 0 and less than {classes}"
    )]
    NoLabel {
        /// Where in the tensor, from 0.
        position: usize,
        /// The number.
        value: f64,
        /// The number of classes.
        classes: usize,
    },
    /// A number that is no code of a category.
    #[error(
        "{value} in row {row} (from 0) of column {column} is no code: with {count} categories, codes are whole numbers from 0 \
         and less than {count}; look them up before columns are scaled"
    )]
    Code {
        /// The column.
        column: String,
        /// The row, from 0.
        row: usize,
        /// The number.
        value: f32,
        /// The number of categories.
        count: usize,
    },
    /// A name that comes twice where each may come once.
    #[error("the name {name:?} comes twice: each must be another")]
    Repeated {
        /// The name.
        name: String,
    },
    /// A column without a single value, so that nothing can be learned of it.
    #[error("column {column} has no value at all: leave it out, or fill it with a constant")]
    AllMissing {
        /// The column: its name, or its number from 0.
        column: String,
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
    /// The extents in a header multiply to more than a machine can address.
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
    /// Bytes that are not of the format.
    #[error("not a file of the format {format} that can be read: at byte {offset}: {problem}")]
    Format {
        /// The format.
        format: &'static str,
        /// Where in the file, from 0.
        offset: u64,
        /// What is wrong there.
        problem: String,
    },
    /// An array that an archive does not have.
    #[error("no array is called {name:?}: there are {known}")]
    Array {
        /// The wanted name.
        name: String,
        /// The names of the first arrays.
        known: String,
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
    /// A text that is no saved recipe.
    #[error("a saved recipe, line {line}: {problem}")]
    SavedRecipe {
        /// The line, from 1.
        line: usize,
        /// What is wrong there.
        problem: String,
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
