//! `Npz`: several arrays in a zip archive.

use std::fmt;
use std::fs::File;
use std::io::{self, BufReader, Cursor, Read, Seek};
use std::path::Path;

use autograd::{Element, Tensor};
use zip::ZipArchive;

use super::super::{DataError, shown};
use super::parse;

/// A `.npz` file: arrays with names, as `numpy.savez` and `savez_compressed` write them. Each is read when it is asked for.
///
/// ```
/// use autograd::Tensor;
/// use nn::data::{Dataset, Labels, npy::Npz};
///
/// # let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/stored.npz");
/// // numpy.savez(path, x=numpy.arange(6).reshape(2, 3) / 4, flag=[True, False], s=numpy.float32(2.5))
/// let mut file = Npz::open(path)?;
/// assert_eq!(file.names(), ["flag", "s", "x"]);
/// let x: Tensor = file.tensor("x")?;
/// let labels = Labels::from_tensor(&file.tensor::<f64>("flag")?, 2)?;
/// let data = Dataset::new(x, labels)?;
/// assert_eq!((data.row(1), data.labels().as_slice()), (&[0.75, 1.0, 1.25][..], &[1, 0][..]));
/// # Ok::<(), nn::data::DataError>(())
/// ```
pub struct Npz {
    file: String,
    archive: ZipArchive<Box<dyn Source>>,
}

trait Source: Read + Seek {}
impl<R: Read + Seek> Source for R {}

impl Npz {
    /// Opens a file and reads its table of contents.
    ///
    /// # Errors
    /// [`DataError::InFile`] with the name of the file and [`Missing`](DataError::Missing) or
    /// [`Read`](DataError::Read).
    pub fn open(path: impl AsRef<Path>) -> Result<Npz, DataError> {
        let name = path.as_ref().display().to_string();
        match File::open(path) {
            Ok(file) => Npz::new(&name, Box::new(BufReader::new(file))),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Err(DataError::Missing.in_file(&name)),
            Err(error) => Err(DataError::Read(error).in_file(&name)),
        }
    }

    /// As [`open`](Npz::open), from the bytes of a file; `name` is for error messages.
    ///
    /// # Errors
    /// As [`open`](Npz::open).
    pub fn from_bytes(name: &str, bytes: impl Into<Vec<u8>>) -> Result<Npz, DataError> {
        Npz::new(name, Box::new(Cursor::new(bytes.into())))
    }

    fn new(name: &str, source: Box<dyn Source>) -> Result<Npz, DataError> {
        match ZipArchive::new(source) {
            Ok(archive) => Ok(Npz { file: name.to_owned(), archive }),
            Err(error) => Err(DataError::Read(error.into()).in_file(name)),
        }
    }

    /// The names of the arrays, in order.
    pub fn names(&self) -> Vec<String> {
        let names = self.archive.file_names().flatten();
        let mut names: Vec<String> =
            names.filter_map(|name| name.strip_suffix(".npy").map(str::to_owned)).collect();
        names.sort_unstable();
        names
    }

    /// The array with this name.
    ///
    /// # Errors
    /// As [`npy::read`](super::read), with the name of the array; [`DataError::Array`] if there is none of this name.
    pub fn tensor<T: Element>(&mut self, name: &str) -> Result<Tensor<T>, DataError> {
        let Some(index) = self.archive.index_for_name(&format!("{name}.npy")) else {
            const SHOWN: usize = 20;
            let known =
                self.names().into_iter().take(SHOWN).map(|name| shown(&name)).collect::<Vec<_>>().join(", ");
            return Err(DataError::Array { name: shown(name), known }.in_file(&self.file));
        };
        let entry = self.archive.by_index(index).map_err(|error| DataError::Read(error.into()));
        entry.and_then(parse).map_err(|error| error.in_file(&format!("{}, array {}", self.file, shown(name))))
    }
}

impl fmt::Debug for Npz {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Npz({}: {:?})", self.file, self.names())
    }
}
