//! `Table`: rows of texts with names for the columns, as files hold them.

use std::fmt;
use std::sync::Arc;

use rand::Rng;

use super::{Categories, DataError, shown, split};

/// Rows of texts, and a name for each column: what [`csv::table`](super::csv::table) reads. A
/// [`Recipe`](super::Recipe) makes a [`Dataset`](super::Dataset) of it.
///
/// Which columns hold numbers is asked only when numbers are. Parts share the memory of the whole.
///
/// ```
/// use nn::data::Table;
/// let table = Table::new(["kind", "width"], [["a", "0.5"], ["b", "2"], ["a", ""]])?;
/// assert_eq!(table.len(), 3);
/// assert_eq!(table.texts("kind")?, [Some("a"), Some("b"), Some("a")]);
/// assert!(table.numbers("width")?[2].is_nan());
/// let error = table.numbers("kind").unwrap_err();
/// assert_eq!(error.to_string(), "row 0 (from 0), column kind: a finite number expected, \"a\" found");
/// # Ok::<(), nn::data::DataError>(())
/// ```
#[derive(Clone)]
pub struct Table {
    source: Arc<Source>,
    rows: Vec<usize>,
}

/// All rows that were read.
struct Source {
    /// The file, if there is one.
    file: Option<String>,
    names: Arc<[String]>,
    missing: Arc<[String]>,
    /// All fields, row by row, and where each ends.
    text: String,
    ends: Vec<usize>,
    /// The line of each row, if they are of a file.
    lines: Vec<u64>,
}

impl Table {
    /// A table from its rows; an empty field is a missing value.
    ///
    /// # Errors
    /// [`DataError::Ragged`] for a row that has not one field for each name, [`DataError::Empty`] for no rows.
    pub fn new<R, S>(
        names: impl IntoIterator<Item = impl Into<String>>,
        rows: impl IntoIterator<Item = R>,
    ) -> Result<Table, DataError>
    where
        R: IntoIterator<Item = S>,
        S: AsRef<str>,
    {
        let names = names.into_iter().map(Into::into).collect();
        let mut builder = Builder::new(None, names, &[String::new()]);
        for (line, row) in (1..).zip(rows) {
            builder.push(line, row)?;
        }
        builder.build("a table")
    }

    /// Number of rows, at least 1.
    #[expect(clippy::len_without_is_empty, reason = "a table always has a row")]
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// The names of the columns.
    pub fn names(&self) -> &[String] {
        &self.source.names
    }

    /// The texts of a column; `None` where the value is missing.
    ///
    /// # Errors
    /// [`DataError::Named`] unless there is exactly one column of this name.
    pub fn texts(&self, name: &str) -> Result<Vec<Option<&str>>, DataError> {
        let column = self.column(name)?;
        Ok((0..self.len()).map(|row| self.cell(row, column)).collect())
    }

    /// The numbers of a column; NaN where the value is missing.
    ///
    /// # Errors
    /// As [`texts`](Table::texts); [`DataError::Cell`] for a text that is no finite number.
    pub fn numbers(&self, name: &str) -> Result<Vec<f32>, DataError> {
        let column = self.column(name)?;
        (0..self.len()).map(|row| Ok(self.number(row, column)?.unwrap_or(f32::NAN))).collect()
    }

    /// The table of these rows, in this order; a row may be named more than once.
    ///
    /// # Errors
    /// [`DataError::Row`] for a row that does not exist, [`DataError::Empty`] for no rows.
    pub fn select(&self, rows: &[usize]) -> Result<Table, DataError> {
        if rows.is_empty() {
            return Err(DataError::Empty { what: "a selection" });
        }
        let at = |&row: &usize| self.rows.get(row).copied().ok_or(DataError::Row { row, rows: self.len() });
        Ok(Table { source: Arc::clone(&self.source), rows: rows.iter().map(at).collect::<Result<_, _>>()? })
    }

    /// Parts of these shares, as [`Dataset::split`](super::Dataset::split) gives them: before anything is fitted.
    ///
    /// # Errors
    /// As [`split::shares`].
    ///
    /// ```
    /// # use nn::data::Table;
    /// let table = Table::new(["x"], (0..10).map(|x| [x.to_string()]))?;
    /// let [train, test] = table.split([0.8, 0.2], &mut nn::rng(7))?;
    /// assert_eq!((train.len(), test.len()), (8, 2));
    /// # Ok::<(), nn::data::DataError>(())
    /// ```
    pub fn split<const N: usize>(
        &self,
        shares: [f64; N],
        rng: &mut impl Rng,
    ) -> Result<[Table; N], DataError> {
        Ok(self.parts(split::shares(self.len(), shares, rng)?))
    }

    /// Parts of these shares with nearly the same mixture of the texts of column `name`, a missing one being its own.
    ///
    /// # Errors
    /// As [`texts`](Table::texts) and [`split::stratified_shares`]; classes are numbered as by [`Categories::fit`].
    pub fn stratified_split<const N: usize>(
        &self,
        name: &str,
        shares: [f64; N],
        rng: &mut impl Rng,
    ) -> Result<[Table; N], DataError> {
        let texts: Vec<&str> = self.texts(name)?.into_iter().map(|text| text.unwrap_or_default()).collect();
        let labels = Categories::fit(&texts).labels(&texts)?;
        Ok(self.parts(split::stratified_shares(&labels, shares, rng)?))
    }

    fn parts<const N: usize>(&self, parts: [Vec<usize>; N]) -> [Table; N] {
        parts.map(|rows| self.select(&rows).expect("each part of a split has a row"))
    }

    /// The column with this name.
    pub(super) fn column(&self, name: &str) -> Result<usize, DataError> {
        let mut columns = (0..self.names().len()).filter(|&column| self.names()[column] == name);
        match (columns.next(), columns.count()) {
            (Some(column), 0) => Ok(column),
            (first, more) => {
                const SHOWN: usize = 20;
                let names = self.names();
                let mut known =
                    names.iter().take(SHOWN).map(|name| shown(name)).collect::<Vec<_>>().join(", ");
                if names.len() > SHOWN {
                    known.push_str(", ...");
                }
                let found = usize::from(first.is_some()) + more;
                Err(self.in_file(DataError::Named { name: shown(name), found, known }))
            }
        }
    }

    /// A field; none if the value is missing.
    pub(super) fn cell(&self, row: usize, column: usize) -> Option<&str> {
        let source = &*self.source;
        let at = self.rows[row] * source.names.len() + column;
        let start = if at == 0 { 0 } else { source.ends[at - 1] };
        let text = &source.text[start..source.ends[at]];
        (!source.missing.iter().any(|missing| missing == text)).then_some(text)
    }

    /// A field as a number.
    pub(super) fn number(&self, row: usize, column: usize) -> Result<Option<f32>, DataError> {
        let Some(text) = self.cell(row, column) else { return Ok(None) };
        match number(text) {
            None => Err(self.expected(row, column, "a finite number")),
            number => Ok(number),
        }
    }

    /// The error that something else was expected in a field.
    pub(super) fn expected(&self, row: usize, column: usize, expected: &str) -> DataError {
        let text = shown(self.cell(row, column).unwrap_or_default());
        let place = self.place(row, column);
        self.in_file(DataError::Cell { place, text, expected: expected.to_owned() })
    }

    /// Where a field stands: lines of a file count from 1, rows of a table in memory from 0.
    pub(super) fn place(&self, row: usize, column: usize) -> String {
        let (row, name) = (self.rows[row], shown(&self.names()[column]));
        match self.source.file {
            Some(_) => format!("line {}, column {} ({name})", self.source.lines[row], column + 1),
            None => format!("row {row} (from 0), column {name}"),
        }
    }

    /// An error with the name of the file.
    pub(super) fn in_file(&self, error: DataError) -> DataError {
        match &self.source.file {
            Some(file) => DataError::InFile { file: file.clone(), error: Box::new(error) },
            None => error,
        }
    }
}

/// A text as a finite number.
pub(super) fn number(text: &str) -> Option<f32> {
    text.trim().parse().ok().filter(|number: &f32| number.is_finite())
}

impl fmt::Debug for Table {
    /// Sizes and names only.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Table({} rows of {:?})", self.len(), self.names())
    }
}

/// Gathers the rows of a table.
pub(super) struct Builder {
    source: Source,
}

impl Builder {
    pub(super) fn new(file: Option<&str>, names: Vec<String>, missing: &[String]) -> Builder {
        let source = Source {
            file: file.map(str::to_owned),
            names: names.into(),
            missing: missing.into(),
            text: String::new(),
            ends: Vec::new(),
            lines: Vec::new(),
        };
        Builder { source }
    }

    /// An empty one with the same names.
    #[cfg(feature = "files")]
    pub(super) fn another(&self) -> Builder {
        let Source { file, names, missing, .. } = &self.source;
        let (file, names, missing) = (file.clone(), Arc::clone(names), Arc::clone(missing));
        let (text, ends, lines) = (String::new(), Vec::new(), Vec::new());
        Builder { source: Source { file, names, missing, text, ends, lines } }
    }

    pub(super) fn rows(&self) -> usize {
        self.source.lines.len()
    }

    /// Adds a row; one of another length changes nothing.
    pub(super) fn push<S: AsRef<str>>(
        &mut self,
        line: u64,
        row: impl IntoIterator<Item = S>,
    ) -> Result<(), DataError> {
        let source = &mut self.source;
        let (text, ends) = (source.text.len(), source.ends.len());
        for field in row {
            source.text.push_str(field.as_ref());
            source.ends.push(source.text.len());
        }
        let (expected, found) = (source.names.len(), source.ends.len() - ends);
        if found != expected {
            source.text.truncate(text);
            source.ends.truncate(ends);
            return Err(DataError::Ragged { line, expected, found });
        }
        source.lines.push(line);
        Ok(())
    }

    pub(super) fn build(self, what: &'static str) -> Result<Table, DataError> {
        match self.rows() {
            0 => Err(DataError::Empty { what }),
            rows => Ok(Table { source: Arc::new(self.source), rows: (0..rows).collect() }),
        }
    }
}
