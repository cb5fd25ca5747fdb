//! NumPy's files: `.npy`, one array, and `.npz`, several in a zip archive. Needs the feature `npy`.
//!
//! Format: <https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html>.

mod archive;
mod header;
mod numbers;

pub use archive::Npz;

use std::io::Read;
use std::path::Path;

use autograd::ops::MAX_RANK;
use autograd::{Element, Tensor};

use super::{DataError, source};
use header::Header;

/// Reads a `.npy` file as a tensor, plain or gzip. If there is no file `path`, `path` with `.gz` is read.
///
/// Arrays may hold booleans, integers of 8 to 64 bits, `float32` or `float64`, of either byte order, in C or Fortran order. Numbers are
/// rounded to the tensor's type: above 2^24 an `f32` does not hold every integer. Labels come from
/// [`Labels::from_tensor`](super::Labels::from_tensor).
///
/// # Errors
/// [`DataError::InFile`] with the name of the file and one of [`Missing`](DataError::Missing),
/// [`Read`](DataError::Read), [`Format`](DataError::Format) with the place in the file,
/// [`Huge`](DataError::Huge), [`Truncated`](DataError::Truncated), [`Trailing`](DataError::Trailing).
///
/// ```
/// use autograd::Tensor;
///
/// # let dir = tempfile::tempdir()?;
/// # let path = dir.path().join("x_train.npy");
/// # let header = "{'descr': '<f4', 'fortran_order': False, 'shape': (1, 2), }\n";
/// # let numbers = [0.5_f32.to_le_bytes(), 2.0_f32.to_le_bytes()].concat();
/// # std::fs::write(&path, [b"\x93NUMPY\x01\x00", &[header.len() as u8, 0][..], header.as_bytes(), &numbers].concat())?;
/// // numpy.save(path, numpy.array([[0.5, 2]], dtype="float32"))
/// let x: Tensor = nn::data::npy::read(&path)?;
/// assert_eq!(x, Tensor::from([[0.5, 2.0]]));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn read<T: Element>(path: impl AsRef<Path>) -> Result<Tensor<T>, DataError> {
    let (name, reader) = source::open(path.as_ref())?;
    parse(reader).map_err(|error| error.in_file(&name))
}

/// As [`read`], from any reader of plain or gzip bytes; `name` is for error messages.
///
/// # Errors
/// As [`read`].
///
/// ```
/// use autograd::Tensor;
/// let header = "{'descr': '<i2', 'fortran_order': False, 'shape': (2,), }\n";
/// let bytes = [b"\x93NUMPY\x01\x00", &[header.len() as u8, 0][..], header.as_bytes(), &[7, 0, 1, 1]].concat();
/// let x: Tensor = nn::data::npy::from_reader("x", &bytes[..])?;
/// assert_eq!(x, Tensor::from([7.0, 257.0]));
/// # Ok::<(), nn::data::DataError>(())
/// ```
pub fn from_reader<T: Element>(name: &str, reader: impl Read) -> Result<Tensor<T>, DataError> {
    source::unpack(reader).map_err(DataError::Read).and_then(parse).map_err(|error| error.in_file(name))
}

fn parse<T: Element>(mut reader: impl Read) -> Result<Tensor<T>, DataError> {
    let Header { numbers, fortran, extents, start } = header::parse(&mut reader)?;
    if extents.len() > MAX_RANK {
        let problem = format!("{} axes, but a tensor has at most {MAX_RANK}", extents.len());
        return Err(DataError::Format { format: "npy", offset: start, problem });
    }
    // An extent of 0 must not hide others that are too large to be multiplied.
    let product = extents.iter().map(|&extent| extent.max(1)).try_fold(numbers.bytes(), usize::checked_mul);
    let addressable = product.is_some_and(|bytes| bytes < isize::MAX as usize);
    if !addressable || extents.iter().any(|&extent| u32::try_from(extent).is_err()) {
        return Err(DataError::Huge { extents });
    }
    let expected = extents.iter().product::<usize>() * numbers.bytes();
    let bytes = source::take(&mut reader, expected + 1)?;
    match bytes.len() {
        found if found < expected => return Err(DataError::Truncated { part: "data", expected, found }),
        found if found > expected => return Err(DataError::Trailing { expected }),
        _ => {}
    }
    let data = numbers.read(&bytes);
    drop(bytes);
    let data = if fortran { to_c_order(&data, &extents) } else { data };
    Ok(Tensor::from_vec(extents, data).expect("the bytes were counted"))
}

/// Numbers whose first axis runs fastest, as they are when the last does.
fn to_c_order<T: Element>(data: &[T], extents: &[usize]) -> Vec<T> {
    let mut strides = Vec::with_capacity(extents.len());
    let mut stride = 1;
    for extent in extents {
        strides.push(stride);
        stride *= extent;
    }
    let mut at = vec![0; extents.len()];
    let mut place = 0;
    let mut out = Vec::with_capacity(data.len());
    for _ in 0..data.len() {
        out.push(data[place]);
        // One further in C order: the last axis that is not at its end goes on, those after it begin again.
        for axis in (0..extents.len()).rev() {
            at[axis] += 1;
            place += strides[axis];
            if at[axis] < extents[axis] {
                break;
            }
            place -= strides[axis] * extents[axis];
            at[axis] = 0;
        }
    }
    out
}
