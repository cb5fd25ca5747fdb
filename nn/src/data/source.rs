//! Opening a file of data: plain or gzip, with or without `.gz` in its name.

use std::fs::File;
use std::io::{self, BufReader, Cursor, Read};
use std::path::{Path, PathBuf};

use flate2::read::MultiGzDecoder;

use super::DataError;

/// The first two bytes of every gzip file (RFC 1952, section 2.3.1).
const GZIP: [u8; 2] = [0x1f, 0x8b];

/// Opens `path`, else its neighbour with `.gz` appended, and unpacks gzip. The name is for errors.
pub(super) fn open(path: &Path) -> Result<(String, impl Read + use<>), DataError> {
    let mut packed = path.as_os_str().to_owned();
    packed.push(".gz");
    let packed = PathBuf::from(packed);

    let found = [path, &packed].into_iter().find_map(|candidate| match File::open(candidate) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        opened => Some((candidate.display().to_string(), opened)),
    });
    let Some((name, opened)) = found else {
        return Err(DataError::Missing.in_file(&path.display().to_string()));
    };
    match opened.and_then(|file| unpack(BufReader::new(file))) {
        Ok(reader) => Ok((name, reader)),
        Err(error) => Err(DataError::Read(error).in_file(&name)),
    }
}

/// The bytes of `reader`, unpacked if they are gzip; told by the first bytes, never by a name.
pub(super) fn unpack(mut reader: impl Read) -> io::Result<impl Read> {
    let mut start = Vec::new();
    reader.by_ref().take(GZIP.len() as u64).read_to_end(&mut start)?;
    let packed = start == GZIP;
    let whole = Cursor::new(start).chain(reader);
    Ok(if packed { Bytes::Gzip(MultiGzDecoder::new(whole)) } else { Bytes::Plain(whole) })
}

/// The next bytes, at most `count`. Memory grows with what is there, whatever a header claims.
pub(super) fn take(reader: &mut impl Read, count: usize) -> Result<Vec<u8>, DataError> {
    let mut bytes = Vec::new();
    reader.take(count as u64).read_to_end(&mut bytes).map_err(DataError::Read)?;
    Ok(bytes)
}

enum Bytes<R> {
    Plain(R),
    Gzip(MultiGzDecoder<R>),
}

impl<R: Read> Read for Bytes<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        match self {
            Bytes::Plain(reader) => reader.read(out),
            Bytes::Gzip(reader) => reader.read(out),
        }
    }
}
