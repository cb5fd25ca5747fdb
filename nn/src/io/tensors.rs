//! `NamedTensors`: tensors with names, and text beside them: what a safetensors file holds.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{self, BufReader, Read, Write};
use std::path::Path;

use autograd::{Element, Tensor};
use safetensors::tensor::TensorInfo;

use super::header::{self, Header};
use super::{FileError, number, write_atomic};

/// Tensors with names, and text beside them: what a [safetensors](https://github.com/huggingface/safetensors) file holds.
///
/// Made [of a model](NamedTensors::of), from a file, or by hand for anything else that is to be kept. The same content gives the same
/// bytes.
///
/// ```
/// use nn::io::NamedTensors;
/// use nn::prelude::*;
///
/// let mut kept = NamedTensors::default();
/// kept.push("mean", Tensor::from([0.5_f32, -1.0]));
/// kept.metadata.insert("unit".into(), "metres".into());
///
/// let bytes = kept.to_bytes()?;
/// let read = NamedTensors::<f32>::from_bytes(&bytes)?;
/// assert_eq!(read.get("mean").unwrap().data(), [0.5, -1.0]);
/// assert_eq!(read.metadata["unit"], "metres");
/// # Ok::<(), nn::io::FileError>(())
/// ```
#[derive(Clone, Debug)]
pub struct NamedTensors<T: Element = f32> {
    /// Names and tensors, in the order in which they are written.
    pub tensors: Vec<(String, Tensor<T>)>,
    /// Text under names of its own, such as where the data came from.
    pub metadata: BTreeMap<String, String>,
    /// The file that this was read from, for messages.
    pub(super) file: Option<String>,
}

impl<T: Element> Default for NamedTensors<T> {
    fn default() -> Self {
        NamedTensors { tensors: Vec::new(), metadata: BTreeMap::new(), file: None }
    }
}

impl<T: Element> NamedTensors<T> {
    /// Appends a tensor.
    pub fn push(&mut self, name: impl Into<String>, tensor: Tensor<T>) {
        self.tensors.push((name.into(), tensor));
    }

    /// The tensor of this name.
    pub fn get(&self, name: &str) -> Option<&Tensor<T>> {
        self.tensors.iter().find(|(other, _)| other == name).map(|(_, tensor)| tensor)
    }

    /// The same tensors under other names; a tensor for which `f` has no name is left out.
    ///
    /// ```
    /// use nn::io::NamedTensors;
    /// use nn::prelude::*;
    ///
    /// // A network that was saved as a part of another one.
    /// let mut saved = NamedTensors::default();
    /// saved.push("encoder.weight", Tensor::from([[1.0_f32, 2.0]]));
    /// saved.push("encoder.bias", Tensor::from([3.0]));
    /// saved.push("decoder.weight", Tensor::from([[4.0], [5.0]]));
    ///
    /// let mut net = Linear::new(2, 1, &mut nn::rng(1));
    /// saved.rename(|name| name.strip_prefix("encoder.").map(str::to_owned)).load_into(&mut net)?;
    /// assert_eq!(net.weight.data(), [1.0, 2.0]);
    /// # Ok::<(), nn::io::FileError>(())
    /// ```
    pub fn rename(self, mut f: impl FnMut(&str) -> Option<String>) -> NamedTensors<T> {
        let named = self.tensors.into_iter().filter_map(|(name, tensor)| Some((f(&name)?, tensor)));
        NamedTensors { tensors: named.collect(), ..self }
    }

    /// The content of a safetensors file; `f32` is written as `F32`, `f64` as `F64`.
    ///
    /// # Errors
    /// [`FileError::Duplicate`] for two tensors of one name, [`FileError::Reserved`] for the name `__metadata__`,
    /// [`FileError::HeaderLength`] for names and metadata of more than 100 MB.
    pub fn to_bytes(&self) -> Result<Vec<u8>, FileError> {
        let mut bytes = Vec::new();
        self.to_writer(&mut bytes)?;
        Ok(bytes)
    }

    /// Writes [`to_bytes`](NamedTensors::to_bytes) piece by piece, without a copy of the whole.
    ///
    /// # Errors
    /// As [`to_bytes`](NamedTensors::to_bytes), and [`FileError::Write`].
    pub fn to_writer(&self, out: impl Write) -> Result<(), FileError> {
        let header = self.header().to_bytes()?;
        self.write_with(&header, out).map_err(FileError::Write)
    }

    /// Writes a file, which is there whole or is what it was before ([`write_atomic`]).
    ///
    /// # Errors
    /// As [`to_bytes`](NamedTensors::to_bytes), and [`FileError::Write`]; the message names the file.
    ///
    /// ```
    /// use nn::io::NamedTensors;
    /// use nn::prelude::*;
    ///
    /// let dir = tempfile::tempdir().unwrap();
    /// let path = dir.path().join("net.safetensors");
    /// let net = Linear::new(2, 1, &mut nn::rng(1));
    /// let mut saved = NamedTensors::of(&net);
    /// saved.metadata.insert("trained on".into(), "xor".into());
    /// saved.save(&path)?;
    ///
    /// let read: NamedTensors = NamedTensors::open(&path)?;
    /// assert_eq!(read.get("weight"), Some(&net.weight));
    /// # Ok::<(), nn::io::FileError>(())
    /// ```
    pub fn save(&self, path: impl AsRef<Path>) -> Result<(), FileError> {
        let path = path.as_ref();
        let written = self.header().to_bytes().and_then(|header| {
            write_atomic(path, |out| self.write_with(&header, out)).map_err(FileError::Write)
        });
        written.map_err(|error| error.in_file(&path.display().to_string()))
    }

    /// Reads a file. What a file of the wrong form claims is checked before memory is taken for it.
    ///
    /// Numbers become `T`: `F32`, `F16` and `BF16` exactly, `F64` rounded to the nearest `f32`, whole numbers and `BOOL` exactly.
    ///
    /// # Errors
    /// A [`FileError`] with the name of the file, the tensor and the place. [`FileError::Number`] for a number that `T` cannot hold: a
    /// whole number that would be rounded, an `F64` too large for `f32`. [`FileError::NumberType`] for numbers of 8 and fewer
    /// bits other than whole ones, and for complex numbers.
    pub fn open(path: impl AsRef<Path>) -> Result<NamedTensors<T>, FileError> {
        let name = path.as_ref().display().to_string();
        let file = File::open(path).map_err(|error| FileError::Read(error).in_file(&name))?;
        let read = NamedTensors::from_reader(BufReader::new(file)).map_err(|error| error.in_file(&name))?;
        Ok(NamedTensors { file: Some(name), ..read })
    }

    /// As [`open`](NamedTensors::open), from the content of a file.
    ///
    /// # Errors
    /// As [`open`](NamedTensors::open), without the name of a file.
    pub fn from_bytes(bytes: &[u8]) -> Result<NamedTensors<T>, FileError> {
        NamedTensors::from_reader(bytes)
    }

    /// As [`open`](NamedTensors::open), from anything that gives bytes; it is read to its end. Memory is taken only for
    /// bytes that have come.
    ///
    /// # Errors
    /// As [`open`](NamedTensors::open), without the name of a file.
    pub fn from_reader(mut reader: impl Read) -> Result<NamedTensors<T>, FileError> {
        let mut bytes = Vec::new();
        read_exactly(&mut reader, 8, &mut bytes, || "the length of its header".to_owned())?;
        let length = u64::from_le_bytes(bytes[..].try_into().expect("8 bytes were read"));
        if length > header::LONGEST {
            return Err(FileError::HeaderLength { length, limit: header::LONGEST });
        }
        read_exactly(&mut reader, length, &mut bytes, || "its header".to_owned())?;
        let header = Header::from_text(&bytes, T::NAME)?;
        let mut tensors = Vec::with_capacity(header.entries.len());
        let mut end = 8 + length;
        for (name, info) in header.entries {
            let count = (info.data_offsets.1 - info.data_offsets.0) as u64;
            read_exactly(&mut reader, count, &mut bytes, || {
                format!("tensor {:?}, which begins at byte {end}", super::report::shown(&name))
            })?;
            end += count;
            let tensor = number::read(&name, info.dtype, header::shape(&info), &bytes)?;
            tensors.push((name, tensor));
        }
        bytes.clear();
        match reader.take(1).read_to_end(&mut bytes).map_err(FileError::Read)? {
            0 => Ok(NamedTensors { tensors, metadata: header.metadata, file: None }),
            _ => Err(FileError::Trailing { end }),
        }
    }

    fn header(&self) -> Header {
        let dtype = number::dtype::<T>();
        let mut end = 0;
        let entries = self.tensors.iter().map(|(name, tensor)| {
            let start = end;
            end += tensor.count() * dtype.bitsize() / 8;
            let info = TensorInfo { dtype, shape: tensor.shape().to_vec(), data_offsets: (start, end) };
            (name.clone(), info)
        });
        Header { entries: entries.collect(), metadata: self.metadata.clone() }
    }

    fn write_with(&self, header: &[u8], mut out: impl Write) -> io::Result<()> {
        out.write_all(header)?;
        let mut bytes = Vec::new();
        for (_, tensor) in &self.tensors {
            for numbers in tensor.data().chunks(8192) {
                bytes.clear();
                number::append(numbers, &mut bytes);
                out.write_all(&bytes)?;
            }
        }
        Ok(())
    }

    /// Fails if two tensors have one name, as after a renaming.
    pub(super) fn check_names(&self) -> Result<(), FileError> {
        let mut names = BTreeSet::new();
        match self.tensors.iter().find(|(name, _)| !names.insert(name)) {
            Some((name, _)) => Err(FileError::Duplicate { name: name.clone() }),
            None => Ok(()),
        }
    }
}

/// Reads `count` bytes into `bytes`, which was something else before; memory grows with what has come.
fn read_exactly(
    reader: &mut impl Read,
    count: u64,
    bytes: &mut Vec<u8>,
    part: impl FnOnce() -> String,
) -> Result<(), FileError> {
    bytes.clear();
    let found = reader.take(count).read_to_end(bytes).map_err(FileError::Read)? as u64;
    if found == count {
        return Ok(());
    }
    Err(FileError::Truncated { part: part(), expected: count, found })
}
