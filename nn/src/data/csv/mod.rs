//! CSV files.
//!
//! [`read`] is for files of numbers with a label in one column. [`table`] is for all others: columns with names, of numbers
//! or texts, with values missing; a [`Recipe`](super::Recipe) makes numbers of them.

mod numbers;
mod records;
mod tables;

pub use tables::Chunks;

use std::io::{BufReader, Read};
use std::path::Path;

use super::{DataError, Dataset, Table, source};

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
/// let csv = Csv { label: Column::At(0), classes: Some(3), header: true, ..Csv::default() };
/// let data = csv.from_reader("flowers", file.as_bytes())?;
/// assert_eq!(data.x().data(), [0.5, 2.0, 1.5, 3.0]);
/// assert_eq!((data.labels().as_slice(), data.classes()), (&[1, 0][..], 3));
/// # Ok::<(), nn::data::DataError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Csv {
    /// The column of the labels, for [`read`](Csv::read).
    pub label: Column,
    /// The number of classes, for [`read`](Csv::read); `None` takes the largest label plus one. Say it when a file
    /// might lack the last class.
    pub classes: Option<usize>,
    /// Whether the first line holds the names of the columns.
    pub header: bool,
    /// What stands between fields; a comma by default. A tabulator is `b'\t'`.
    pub separator: u8,
    /// Fields that stand for a missing value in a table; by default an empty one, `?`, and `NA`, `N/A`, `NaN`, `nan`,
    /// `null`, `None`.
    pub missing: Vec<String>,
}

impl Default for Csv {
    fn default() -> Csv {
        let missing = ["", "?", "NA", "N/A", "NaN", "nan", "null", "None"];
        Csv {
            label: Column::Last,
            classes: None,
            header: false,
            separator: b',',
            missing: missing.map(str::to_owned).to_vec(),
        }
    }
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
/// ```
/// # let dir = tempfile::tempdir()?;
/// # let path = dir.path().join("flowers.csv");
/// std::fs::write(&path, "5.1,3.5,0\n7.0,3.2,1\n6.3,3.3,2\n")?;
/// let flowers = nn::data::csv::read(&path)?;
/// assert_eq!((flowers.len(), flowers.features(), flowers.classes()), (3, 2, 3));
/// # Ok::<(), Box<dyn std::error::Error>>(())
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

/// Reads a CSV file, plain or gzip, with names of its columns in the first line, as a table of texts. For other
/// separators, marks of missing values, or a file without names see [`Csv`]; for one that does not fit into memory,
/// [`Csv::chunks`]. If there is no file `path`, `path` with `.gz` is read.
///
/// # Errors
/// [`DataError::InFile`] with the name of the file and one of [`Missing`](DataError::Missing),
/// [`Read`](DataError::Read), [`Empty`](DataError::Empty) if there is no row, [`Ragged`](DataError::Ragged).
///
/// ```
/// use nn::data::{Recipe, csv};
///
/// # let dir = tempfile::tempdir()?;
/// # let path = dir.path().join("houses.csv");
/// std::fs::write(&path, "rooms,price\n3,300\n5,420\n4,480\n2,250\n6,510\n")?;
/// let table = csv::table(&path)?;
/// let [train, test] = table.split([0.8, 0.2], &mut nn::rng(7))?;
/// let recipe = Recipe::regress("price").fit(&train)?;
/// let (train, test) = (recipe.apply(&train)?, recipe.apply(&test)?);
/// assert_eq!((train.len(), test.targets().shape()), (4, [1, 1].into()));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn table(path: impl AsRef<Path>) -> Result<Table, DataError> {
    Csv::with_names().table(path)
}

impl Csv {
    /// The default, with names of the columns in the first line.
    pub fn with_names() -> Csv {
        Csv { header: true, ..Csv::default() }
    }

    /// As [`read`], in this manner.
    ///
    /// # Errors
    /// As [`read`].
    pub fn read(&self, path: impl AsRef<Path>) -> Result<Dataset, DataError> {
        let (name, reader) = source::open(path.as_ref())?;
        numbers::parse(self, reader).map_err(|error| error.in_file(&name))
    }

    /// As [`from_reader`], in this manner.
    ///
    /// # Errors
    /// As [`read`].
    pub fn from_reader(&self, name: &str, reader: impl Read) -> Result<Dataset, DataError> {
        let plain = source::unpack(reader).map_err(DataError::Read);
        plain.and_then(|plain| numbers::parse(self, plain)).map_err(|error| error.in_file(name))
    }

    /// As [`table`](table()), in this manner. Without a line of names, columns are called by their numbers from 0.
    ///
    /// # Errors
    /// As [`table`](table()).
    pub fn table(&self, path: impl AsRef<Path>) -> Result<Table, DataError> {
        let (name, reader) = source::open(path.as_ref())?;
        tables::read(self, &name, reader).map_err(|error| error.in_file(&name))
    }

    /// As [`table`](Csv::table), from any reader of plain or gzip bytes; `name` is for error messages.
    ///
    /// # Errors
    /// As [`table`](table()).
    ///
    /// ```
    /// use nn::data::csv::Csv;
    /// let text = "name;age\nAda;36\nAlan;NA\n";
    /// let table = Csv { separator: b';', ..Csv::with_names() }.table_from_reader("people", text.as_bytes())?;
    /// assert_eq!((table.names(), table.len()), (&["name".into(), "age".into()][..], 2));
    /// assert_eq!(table.texts("name")?, [Some("Ada"), Some("Alan")]);
    /// assert!(table.numbers("age")?[1].is_nan());
    /// # Ok::<(), nn::data::DataError>(())
    /// ```
    pub fn table_from_reader(&self, name: &str, reader: impl Read) -> Result<Table, DataError> {
        let plain = source::unpack(reader).map_err(DataError::Read);
        plain.and_then(|plain| tables::read(self, name, plain)).map_err(|error| error.in_file(name))
    }

    /// The rows of a file as tables of `rows` rows each, read as they are asked for: for files that do not fit into
    /// memory. A row of the wrong length is an error in its place, and the next chunk begins after it.
    ///
    /// # Errors
    /// As [`table`](table()), here for a file that cannot be opened or has no line of names, as items for the rest.
    ///
    /// # Panics
    /// If `rows` is 0.
    #[track_caller]
    pub fn chunks(&self, path: impl AsRef<Path>, rows: usize) -> Result<Chunks<'static>, DataError> {
        tables::check_rows(rows);
        let (name, reader) = source::open(path.as_ref())?;
        Chunks::new(self, &name, Box::new(BufReader::new(reader)), rows).map_err(|error| error.in_file(&name))
    }

    /// As [`chunks`](Csv::chunks), from any reader of plain or gzip bytes; `name` is for error messages.
    ///
    /// # Errors
    /// As [`chunks`](Csv::chunks).
    ///
    /// # Panics
    /// If `rows` is 0.
    ///
    /// ```
    /// use nn::data::{Recipe, Stream, csv::Csv};
    /// let text = "x,y\n1,2\n2,4\n3,6\n4,8\n5,10\n";
    ///
    /// // Fitted to the first chunk, or to any table that stands for the whole.
    /// let first = Csv::with_names().chunks_from_reader("lines", text.as_bytes(), 3)?.next().expect("a chunk")?;
    /// let recipe = Recipe::regress("y").fit(&first)?;
    ///
    /// let chunks = Csv::with_names().chunks_from_reader("lines", text.as_bytes(), 2)?;
    /// let chunks = chunks.map(|table| recipe.apply(&table?));
    /// let mut sum = 0.0;
    /// for batch in Stream::new(chunks, 4).shuffle(3, &mut nn::rng(7)) {
    ///     let (x, y) = batch?;
    ///     assert_eq!(x.shape(), y.shape());
    ///     sum += y.data().iter().sum::<f32>();
    /// }
    /// assert_eq!(sum, 30.0);
    /// # Ok::<(), nn::data::DataError>(())
    /// ```
    #[track_caller]
    pub fn chunks_from_reader<'a>(
        &self,
        name: &str,
        reader: impl Read + 'a,
        rows: usize,
    ) -> Result<Chunks<'a>, DataError> {
        tables::check_rows(rows);
        let plain = source::unpack(reader).map_err(|error| DataError::Read(error).in_file(name))?;
        Chunks::new(self, name, Box::new(BufReader::new(plain)), rows).map_err(|error| error.in_file(name))
    }
}
