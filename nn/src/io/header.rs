//! The header of a safetensors file: which tensors lie where. What is read is not believed before it is checked.
//!
//! Entries and number types are those of the `safetensors` crate. Its own reader keeps the last of two entries with one name, and does
//! not say which tensor is wrong; its writer puts metadata in another order in each run.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use autograd::Shape;
use autograd::ops::MAX_RANK;
use safetensors::tensor::TensorInfo;
use serde::de::{Deserialize, Deserializer, Error, MapAccess, Visitor};
use serde::ser::{Serialize, SerializeMap, Serializer};

use super::{FileError, number};

/// The longest header that the format's readers take, in bytes.
pub(super) const LONGEST: u64 = 100_000_000;

/// Under this name the header has text instead of a tensor.
const METADATA: &str = "__metadata__";

/// What the header says: text, and of each tensor its type, its shape, and where it begins and ends in the data.
pub(super) struct Header {
    pub(super) metadata: BTreeMap<String, String>,
    pub(super) entries: Vec<(String, TensorInfo)>,
}

impl Header {
    /// The bytes of a header: its length, its text, and spaces up to a multiple of 8.
    pub(super) fn to_bytes(&self) -> Result<Vec<u8>, FileError> {
        let mut names = BTreeSet::new();
        for (name, _) in &self.entries {
            if name == METADATA {
                return Err(FileError::Reserved { name: name.clone() });
            }
            if !names.insert(name) {
                return Err(FileError::Duplicate { name: name.clone() });
            }
        }
        let mut text = serde_json::to_vec(self).expect("maps with text as keys can be written");
        text.resize(text.len().next_multiple_of(8), b' ');
        let length = text.len() as u64;
        if length > LONGEST {
            return Err(FileError::HeaderLength { length, limit: LONGEST });
        }
        Ok([&length.to_le_bytes()[..], &text].concat())
    }

    /// The header with this text, its entries in the order of their data, which lies one behind the other.
    pub(super) fn from_text(text: &[u8], wanted: &'static str) -> Result<Header, FileError> {
        let mut header: Header = serde_json::from_slice(text).map_err(|error| in_header(text, &error))?;
        // First of all: the other checks name a tensor.
        let mut names = BTreeSet::new();
        if let Some((name, _)) = header.entries.iter().find(|(name, _)| !names.insert(name)) {
            return Err(FileError::Duplicate { name: name.clone() });
        }
        header.entries.sort_by_key(|(_, info)| info.data_offsets);
        let mut next = 0;
        for (name, info) in &header.entries {
            next = check(name, info, next, wanted)?;
        }
        Ok(header)
    }
}

/// What is wrong with the text of a header, with its place in the file.
fn in_header(text: &[u8], error: &serde_json::Error) -> FileError {
    let lines = text.split_inclusive(|&byte| byte == b'\n');
    let before: usize = lines.take(error.line().saturating_sub(1)).map(<[u8]>::len).sum();
    let offset = 8 + before + error.column().saturating_sub(1);
    // The place in the header, which would only be taken for the place in the file.
    let reason = error.to_string();
    let reason = reason.rsplit_once(" at line ").map_or(&*reason, |(reason, _)| reason);
    FileError::Header { offset: offset as u64, reason: reason.to_owned() }
}

/// Checks one entry, whose data should begin at `next`, and tells where it ends.
fn check(name: &str, info: &TensorInfo, next: usize, wanted: &'static str) -> Result<usize, FileError> {
    let name = || name.to_owned();
    let (start, end) = info.data_offsets;
    if !number::is_read(info.dtype) {
        return Err(FileError::NumberType { name: name(), dtype: info.dtype.to_string(), wanted });
    }
    if info.shape.len() > MAX_RANK || info.shape.iter().any(|&extent| extent > u32::MAX as usize) {
        return Err(FileError::Shape { name: name(), shape: info.shape.clone() });
    }
    if start != next || end < start {
        return Err(FileError::Offsets {
            name: name(),
            start: start as u64,
            end: end as u64,
            next: next as u64,
        });
    }
    let size = info.dtype.bitsize() / 8;
    let bytes = info.shape.iter().try_fold(size, |product, &extent| product.checked_mul(extent));
    if bytes != Some(end - start) {
        let bytes = (end - start) as u64;
        let (dtype, shape) = (info.dtype.to_string(), info.shape.clone());
        return Err(FileError::Size { name: name(), dtype, shape, bytes });
    }
    Ok(end)
}

/// The shape of a checked entry.
pub(super) fn shape(info: &TensorInfo) -> Shape {
    Shape::new(&info.shape)
}

impl Serialize for Header {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        if !self.metadata.is_empty() {
            map.serialize_entry(METADATA, &self.metadata)?;
        }
        for (name, info) in &self.entries {
            map.serialize_entry(name, info)?;
        }
        map.end()
    }
}

impl<'de> Deserialize<'de> for Header {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Header, D::Error> {
        deserializer.deserialize_map(Entries)
    }
}

/// Reads entries one by one, so that two with one name are both seen.
struct Entries;

impl<'de> Visitor<'de> for Entries {
    type Value = Header;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object with an entry for each tensor")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Header, A::Error> {
        let mut header = Header { metadata: BTreeMap::new(), entries: Vec::new() };
        while let Some(name) = map.next_key::<String>()? {
            let named =
                |error: A::Error| A::Error::custom(format!("{:?}: {error}", super::report::shown(&name)));
            if name == METADATA {
                header.metadata = map.next_value().map_err(named)?;
            } else {
                let info = map.next_value().map_err(named)?;
                header.entries.push((name, info));
            }
        }
        Ok(header)
    }
}
