//! The header of a `.npy` file: a Python dictionary with three keys.

use std::io::Read;

use super::super::{DataError, shown, source};
use super::numbers::Numbers;

const MAGIC: &[u8] = b"\x93NUMPY";
/// Longer headers belong to structured arrays, which are not read here. NumPy itself refuses them above 10,000.
const LONGEST: usize = 65_535;

/// What a header says.
pub(super) struct Header {
    pub(super) numbers: Numbers,
    /// Whether the first axis runs fastest.
    pub(super) fortran: bool,
    pub(super) extents: Vec<usize>,
    /// Where the data begin.
    pub(super) start: u64,
}

fn error(offset: usize, problem: impl Into<String>) -> DataError {
    DataError::Format { format: "npy", offset: offset as u64, problem: problem.into() }
}

pub(super) fn parse(reader: &mut impl Read) -> Result<Header, DataError> {
    let start = source::take(reader, 8)?;
    if !start.starts_with(MAGIC) || start.len() < 8 {
        return Err(error(0, "it does not begin with \\x93NUMPY and a version"));
    }
    // The length of the header has 2 bytes in version 1, and 4 since.
    let bytes = match start[6] {
        1 => 2,
        2 | 3 => 4,
        version => return Err(error(6, format!("version {version} is not known: 1, 2 and 3 are"))),
    };
    let length = source::take(reader, bytes)?;
    let found = length.len();
    if found < bytes {
        return Err(DataError::Truncated { part: "header", expected: bytes, found });
    }
    let expected = length.iter().rev().fold(0, |length, &byte| length << 8 | usize::from(byte));
    if expected > LONGEST {
        return Err(error(8, format!("a header of {expected} bytes is not plausible")));
    }
    let text = source::take(reader, expected)?;
    if text.len() < expected {
        return Err(DataError::Truncated { part: "header", expected, found: text.len() });
    }
    let begin = 8 + bytes;
    let mut literal = Literal { text: &text, at: 0, begin };
    let mut header = literal.header()?;
    header.start = (begin + expected) as u64;
    Ok(header)
}

/// A reader of the Python literals that a header may hold.
struct Literal<'a> {
    text: &'a [u8],
    at: usize,
    /// Where the text begins in the file.
    begin: usize,
}

impl Literal<'_> {
    fn header(&mut self) -> Result<Header, DataError> {
        let (mut numbers, mut fortran, mut extents) = (None, None, None);
        self.expect(b'{')?;
        while !self.eats(b'}') {
            let (place, key) = (self.at, self.string()?);
            self.expect(b':')?;
            match key.as_str() {
                "descr" => numbers = Some(self.numbers()?),
                "fortran_order" => fortran = Some(self.boolean()?),
                "shape" => extents = Some(self.extents()?),
                _ => return Err(self.error(place, format!("the key {:?} is not known", shown(&key)))),
            }
            if !self.eats(b',') {
                self.expect(b'}')?;
                break;
            }
        }
        match (numbers, fortran, extents) {
            (Some(numbers), Some(fortran), Some(extents)) => {
                Ok(Header { numbers, fortran, extents, start: 0 })
            }
            _ => Err(self.error(self.at, "the header lacks one of 'descr', 'fortran_order' and 'shape'")),
        }
    }

    fn error(&self, at: usize, problem: impl Into<String>) -> DataError {
        error(self.begin + at, problem)
    }

    fn next(&mut self) -> Option<u8> {
        while self.text.get(self.at).is_some_and(u8::is_ascii_whitespace) {
            self.at += 1;
        }
        self.text.get(self.at).copied()
    }

    fn eats(&mut self, byte: u8) -> bool {
        let eats = self.next() == Some(byte);
        self.at += usize::from(eats);
        eats
    }

    fn expect(&mut self, byte: u8) -> Result<(), DataError> {
        if self.eats(byte) {
            Ok(())
        } else {
            Err(self.error(self.at, format!("{:?} expected", byte as char)))
        }
    }

    fn string(&mut self) -> Result<String, DataError> {
        let place = self.at;
        let quote = self.next().filter(|byte| b"'\"".contains(byte));
        let Some(quote) = quote else { return Err(self.error(self.at, "a text in quotes expected")) };
        let rest = &self.text[self.at + 1..];
        let Some(length) = rest.iter().position(|&byte| byte == quote) else {
            return Err(self.error(place, "a text without an end"));
        };
        self.at += length + 2;
        Ok(String::from_utf8_lossy(&rest[..length]).into_owned())
    }

    fn numbers(&mut self) -> Result<Numbers, DataError> {
        if self.next() == Some(b'[') {
            return Err(self.error(self.at, "arrays of records cannot be read: save each field by itself"));
        }
        let (place, code) = (self.at, self.string()?);
        Numbers::new(&code).ok_or_else(|| {
            let problem = format!(
                "numbers of type {:?} cannot be read, only bool, int8 to int64, uint8 to uint64, float32, float64: \
                 convert the array first (`x.astype(\"float32\")`)",
                shown(&code)
            );
            self.error(place, problem)
        })
    }

    fn boolean(&mut self) -> Result<bool, DataError> {
        self.next();
        for (word, value) in [("True", true), ("False", false)] {
            if self.text[self.at..].starts_with(word.as_bytes()) {
                self.at += word.len();
                return Ok(value);
            }
        }
        Err(self.error(self.at, "True or False expected"))
    }

    fn extents(&mut self) -> Result<Vec<usize>, DataError> {
        let mut extents = Vec::new();
        self.expect(b'(')?;
        while !self.eats(b')') {
            self.next();
            let digits = self.text[self.at..].iter().take_while(|byte| byte.is_ascii_digit()).count();
            let number = str::from_utf8(&self.text[self.at..self.at + digits]).ok();
            let Some(extent) = number.and_then(|number| number.parse().ok()) else {
                return Err(self.error(self.at, "an extent expected"));
            };
            extents.push(extent);
            self.at += digits;
            // Python 2 wrote long integers so.
            self.eats(b'L');
            if !self.eats(b',') {
                self.expect(b')')?;
                break;
            }
        }
        Ok(extents)
    }
}
