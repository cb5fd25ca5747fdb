//! CSV files of numbers with a label in one column. A row is one line.

use std::io::{BufRead, BufReader, Read};
use std::path::Path;

use autograd::Tensor;

use super::{DataError, Dataset, Labels, source};

/// The column that holds the labels.
///
/// ```
/// use nn::data::csv::Column;
/// assert_eq!(Column::default(), Column::Last);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Column {
    /// The last one.
    #[default]
    Last,
    /// The one with this number, from 0.
    At(usize),
}

/// How a CSV file is to be read; the default is what [`read`] and [`from_reader`] do.
///
/// ```
/// use nn::data::csv::{Column, Csv};
///
/// let file = "kind,width,height\n1,0.5,2\n0,1.5,3\n";
/// let csv = Csv { label: Column::At(0), classes: Some(3), header: true };
/// let data = csv.from_reader("flowers", file.as_bytes())?;
/// assert_eq!(data.x().data(), [0.5, 2.0, 1.5, 3.0]);
/// assert_eq!((data.labels().as_slice(), data.classes()), (&[1, 0][..], 3));
/// # Ok::<(), nn::data::DataError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Csv {
    /// The column of the labels.
    pub label: Column,
    /// The number of classes; `None` takes the largest label plus one. Say it when a file
    /// might lack the last class.
    pub classes: Option<usize>,
    /// Whether the first line holds names and is to be skipped.
    pub header: bool,
}

/// Reads a CSV file, plain or gzip: in each line numbers, then the label. No header; the number
/// of classes is the largest label plus one; for other files see [`Csv`].
/// If there is no file `path`, `path` with `.gz` is read.
///
/// # Errors
/// [`DataError::InFile`] with the name of the file and one of [`Missing`](DataError::Missing),
/// [`Read`](DataError::Read), [`Empty`](DataError::Empty), [`Columns`](DataError::Columns),
/// [`Ragged`](DataError::Ragged), and [`Field`](DataError::Field) for text, NaN or infinity
/// where a number should be and for a label that is no class.
///
/// ```no_run
/// let digits = nn::data::csv::read("examples/data/digits.csv.gz")?;
/// assert_eq!((digits.len(), digits.features(), digits.classes()), (1797, 64, 10));
/// # Ok::<(), nn::data::DataError>(())
/// ```
pub fn read(path: impl AsRef<Path>) -> Result<Dataset, DataError> {
    Csv::default().read(path)
}

/// As [`read`], from any reader of plain or gzip bytes; `name` is for error messages.
///
/// # Errors
/// As [`read`].
///
/// ```
/// let data = nn::data::csv::from_reader("and", "0,0,0\n0,1,0\n1,0,0\n1,1,1\n".as_bytes())?;
/// assert_eq!((data.len(), data.features(), data.classes()), (4, 2, 2));
///
/// let error = nn::data::csv::from_reader("and", "0,0,0\n0,one,0\n".as_bytes()).unwrap_err();
/// assert_eq!(error.to_string(), "and: line 2, column 2: a finite number expected, \"one\" found");
/// # Ok::<(), nn::data::DataError>(())
/// ```
pub fn from_reader(name: &str, reader: impl Read) -> Result<Dataset, DataError> {
    Csv::default().from_reader(name, reader)
}

impl Csv {
    /// As [`read`], in this manner.
    ///
    /// # Errors
    /// As [`read`].
    pub fn read(&self, path: impl AsRef<Path>) -> Result<Dataset, DataError> {
        let (name, reader) = source::open(path.as_ref())?;
        self.parse(reader).map_err(|error| error.in_file(&name))
    }

    /// As [`from_reader`], in this manner.
    ///
    /// # Errors
    /// As [`read`].
    pub fn from_reader(&self, name: &str, reader: impl Read) -> Result<Dataset, DataError> {
        let plain = source::unpack(reader).map_err(DataError::Read);
        plain.and_then(|plain| self.parse(plain)).map_err(|error| error.in_file(name))
    }

    fn parse(&self, reader: impl Read) -> Result<Dataset, DataError> {
        let mut reader = BufReader::new(reader);
        let mut rows = Rows::default();
        let mut header = self.header;
        let mut bytes = Vec::new();
        // Lines are counted here because the csv crate is one behind after "\r\n" and blank lines.
        for line in 1.. {
            bytes.clear();
            if reader.read_until(b'\n', &mut bytes).map_err(DataError::Read)? == 0 {
                break;
            }
            let text = bytes.strip_prefix(BYTE_ORDER_MARK).unwrap_or(&bytes);
            if !text.trim_ascii().is_empty() && !std::mem::take(&mut header) {
                self.parse_line(line, text, &mut rows)?;
            }
        }
        let Rows { columns, numbers, labels } = rows;
        if labels.is_empty() {
            return Err(DataError::Empty { what: "a CSV file" });
        }
        let classes = self.classes.unwrap_or_else(|| labels.iter().max().map_or(0, |label| label + 1));
        let x =
            Tensor::from_vec([labels.len(), columns - 1], numbers).expect("all rows have `columns` fields");
        Dataset::new(x, Labels::new(labels, classes)?)
    }

    fn parse_line(&self, line: u64, text: &[u8], rows: &mut Rows) -> Result<(), DataError> {
        let reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true) // Lengths are compared below, where the error can name the line.
            .trim(csv::Trim::All)
            .buffer_capacity(text.len())
            .from_reader(text);
        for record in reader.into_byte_records() {
            let record = record.map_err(|error| DataError::Read(error.into()))?;
            let found = record.len();
            let label = match self.label {
                Column::Last => found - 1,
                Column::At(label) => label,
            };
            let first = rows.labels.is_empty();
            if first {
                rows.columns = found;
            }
            if found != rows.columns {
                return Err(DataError::Ragged { line, expected: rows.columns, found });
            }
            if found < 2 || label >= found {
                return Err(DataError::Columns { line, label: label + 1, found });
            }
            let hint = if first && !self.header { " (or, for a line of names, `header: true`)" } else { "" };
            for (column, field) in record.iter().enumerate() {
                let field = Field { line, column: column + 1, text: &String::from_utf8_lossy(field), hint };
                if column == label {
                    rows.labels.push(field.label(self.classes)?);
                } else {
                    rows.numbers.push(field.number()?);
                }
            }
        }
        Ok(())
    }
}

/// What some programs put before UTF-8 text.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// The rows read so far.
#[derive(Default)]
struct Rows {
    columns: usize,
    numbers: Vec<f32>,
    labels: Vec<usize>,
}

/// One field, its place, and what else may explain it.
struct Field<'a> {
    line: u64,
    column: usize,
    text: &'a str,
    hint: &'static str,
}

impl Field<'_> {
    fn number(&self) -> Result<f32, DataError> {
        let number = self.text.parse().ok().filter(|number: &f32| number.is_finite());
        number.ok_or_else(|| self.error("a finite number"))
    }

    /// Numerical programs write whole numbers as `3.0` or `3.0e0` too.
    fn label(&self, classes: Option<usize>) -> Result<usize, DataError> {
        let limit = classes.unwrap_or(u32::MAX as usize);
        let label = self
            .text
            .parse()
            .ok()
            .filter(|label: &f64| label.fract() == 0.0 && *label >= 0.0 && *label < limit as f64);
        label.map(|label| label as usize).ok_or_else(|| match classes {
            Some(classes) => self.error(&format!("a label less than {classes}")),
            None => self.error("a label (a whole number from 0)"),
        })
    }

    fn error(&self, expected: &str) -> DataError {
        const SHOWN: usize = 40;
        let mut text: String = self.text.chars().take(SHOWN).collect();
        if text.len() < self.text.len() {
            text.push_str("...");
        }
        DataError::Field {
            line: self.line,
            column: self.column,
            text,
            expected: format!("{expected}{}", self.hint),
        }
    }
}
