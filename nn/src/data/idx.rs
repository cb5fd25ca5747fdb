//! IDX files, the format of MNIST: a header with the extents, then bytes.
//!
//! Format: <https://yann.lecun.com/exdb/mnist/>, "the IDX file format".

use std::io::Read;
use std::path::Path;

use autograd::Tensor;

use super::{DataError, Dataset, Labels, source};

/// An array of bytes as an IDX file holds it.
///
/// ```
/// let idx = nn::data::idx::from_reader("two by three", &[0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 0, 3, 1, 2, 3, 4, 5, 6][..])?;
/// assert_eq!((idx.extents, idx.data), (vec![2, 3], vec![1, 2, 3, 4, 5, 6]));
/// # Ok::<(), nn::data::DataError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Idx {
    /// The extents, outermost first; they multiply to the number of bytes.
    pub extents: Vec<usize>,
    /// The bytes in row-major order.
    pub data: Vec<u8>,
}

/// Reads an IDX file of bytes, plain or gzip. If there is no file `path`, `path` with `.gz` is read.
///
/// # Errors
/// [`DataError::InFile`] with the name of the file and one of [`Missing`](DataError::Missing),
/// [`Read`](DataError::Read), [`Magic`](DataError::Magic), [`NumberType`](DataError::NumberType),
/// [`Huge`](DataError::Huge), [`Truncated`](DataError::Truncated), [`Trailing`](DataError::Trailing).
///
/// ```
/// let error = nn::data::idx::read("no/such-file").unwrap_err();
/// assert_eq!(error.to_string(), "no/such-file: no such file, with or without .gz: check the path");
/// ```
pub fn read(path: impl AsRef<Path>) -> Result<Idx, DataError> {
    let (name, reader) = source::open(path.as_ref())?;
    parse(reader).map_err(|error| error.in_file(&name))
}

/// As [`read`], from any reader of plain or gzip bytes; `name` is for error messages.
///
/// # Errors
/// As [`read`].
///
/// ```
/// let error = nn::data::idx::from_reader("downloaded", &b"<html>"[..]).unwrap_err();
/// assert!(error.to_string().starts_with("downloaded: not an IDX file"));
/// ```
pub fn from_reader(name: &str, reader: impl Read) -> Result<Idx, DataError> {
    source::unpack(reader).map_err(DataError::Read).and_then(parse).map_err(|error| error.in_file(name))
}

/// The number type of unsigned bytes, and all types that the format knows.
const BYTES: u8 = 0x08;
const TYPES: [u8; 6] = [BYTES, 0x09, 0x0b, 0x0c, 0x0d, 0x0e];

fn parse(mut reader: impl Read) -> Result<Idx, DataError> {
    let magic = source::take(&mut reader, 4)?;
    let &[0, 0, number_type, axes] = &magic[..] else {
        return Err(DataError::Magic { found: magic });
    };
    if !TYPES.contains(&number_type) {
        return Err(DataError::Magic { found: magic });
    }
    if number_type != BYTES {
        return Err(DataError::NumberType { found: number_type });
    }

    let header = source::take(&mut reader, 4 * axes as usize)?;
    if header.len() < 4 * axes as usize {
        let (expected, found) = (4 * axes as usize, header.len());
        return Err(DataError::Truncated { part: "header", expected, found });
    }
    let (words, _) = header.as_chunks();
    let extents: Vec<usize> = words.iter().map(|&word| u32::from_be_bytes(word) as usize).collect();
    let product = extents.iter().try_fold(1_usize, |count, &extent| count.checked_mul(extent));
    let Some(expected) = product.filter(|&count| count < isize::MAX as usize) else {
        return Err(DataError::Huge { extents });
    };

    let mut data = source::take(&mut reader, expected + 1)?;
    match data.len() {
        found if found < expected => Err(DataError::Truncated { part: "data", expected, found }),
        found if found > expected => Err(DataError::Trailing { expected }),
        _ => {
            data.shrink_to_fit();
            Ok(Idx { extents, data })
        }
    }
}

/// Classes of MNIST: the digits.
const DIGITS: usize = 10;

/// MNIST as `(train, test)` from a directory with its four files, plain or gzip: images as
/// `[rows, 784]` with pixels scaled from 0..255 to 0..1, and labels of 10 classes.
///
/// The files keep their usual names: `train-images-idx3-ubyte`, `train-labels-idx1-ubyte`,
/// `t10k-images-idx3-ubyte`, `t10k-labels-idx1-ubyte`, each with or without `.gz`.
/// Sets of the same format, like Fashion-MNIST, can be read as well.
///
/// # Errors
/// Those of [`read`]; [`DataError::Axes`] if a file has images for labels or the like,
/// [`DataError::Count`] if there is not one label per image, [`DataError::Label`] if one is
/// above 9, [`DataError::Empty`] if there are no images; all with the name of the file.
///
/// ```
/// # let dir = tempfile::tempdir()?;
/// # let dir = dir.path();
/// // Two images of 2 x 2 pixels; MNIST has 60,000 and 10,000 of 28 x 28.
/// let images = [0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 2, 0, 51, 255, 0, 1, 2, 3, 4];
/// let labels = [0, 0, 8, 1, 0, 0, 0, 2, 7, 4];
/// for part in ["train", "t10k"] {
///     std::fs::write(dir.join(format!("{part}-images-idx3-ubyte")), images)?;
///     std::fs::write(dir.join(format!("{part}-labels-idx1-ubyte")), labels)?;
/// }
/// let (train, test) = nn::data::idx::mnist(dir)?;
/// assert_eq!((train.len(), test.len(), train.features(), train.classes()), (2, 2, 4, 10));
/// assert_eq!((train.row(0), train.labels().as_slice()), (&[0.0, 0.2, 1.0, 0.0][..], &[7, 4][..]));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn mnist(dir: impl AsRef<Path>) -> Result<(Dataset, Dataset), DataError> {
    let pair = |part| images_and_labels(dir.as_ref(), part);
    Ok((pair("train")?, pair("t10k")?))
}

fn images_and_labels(dir: &Path, part: &str) -> Result<Dataset, DataError> {
    let images_path = dir.join(format!("{part}-images-idx3-ubyte"));
    let labels_path = dir.join(format!("{part}-labels-idx1-ubyte"));
    let images_name = images_path.display().to_string();
    let labels_name = labels_path.display().to_string();

    let images = read(&images_path)?;
    let &[rows, height, width] = &images.extents[..] else {
        return Err(
            DataError::Axes { role: "images", expected: 3, found: images.extents }.in_file(&images_name)
        );
    };
    let labels = read(&labels_path)?;
    if labels.extents.len() != 1 {
        return Err(
            DataError::Axes { role: "labels", expected: 1, found: labels.extents }.in_file(&labels_name)
        );
    }

    let labels = Labels::new(labels.data.iter().map(|&label| label.into()), DIGITS)
        .map_err(|error| error.in_file(&labels_name))?;
    // Without rows nothing in the file confirms the other extents, and no tensor may be that wide.
    let pixels = if rows == 0 { 0 } else { height * width };
    let x = Tensor::from_fn([rows, pixels], |i| f32::from(images.data[i]) / 255.0);
    Dataset::new(x, labels).map_err(|error| error.in_file(&images_name))
}
