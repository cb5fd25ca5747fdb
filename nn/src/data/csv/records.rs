//! Records of a CSV file with the lines on which they begin.

use std::collections::VecDeque;
use std::io::BufRead;

use csv::ByteRecord;

use super::super::DataError;

/// What some programs put before UTF-8 text.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// The records of a file, one after the other; blank lines are none. After an error of reading there are no more.
pub(super) struct Records<R> {
    reader: R,
    separator: u8,
    /// Lines read so far.
    lines: u64,
    bytes: Vec<u8>,
    /// Records of the lines that were read together.
    ready: VecDeque<(u64, ByteRecord)>,
    ended: bool,
}

impl<R: BufRead> Records<R> {
    pub(super) fn new(reader: R, separator: u8) -> Records<R> {
        Records { reader, separator, lines: 0, bytes: Vec::new(), ready: VecDeque::new(), ended: false }
    }

    /// The next record, and the line on which it begins, from 1.
    pub(super) fn next(&mut self) -> Result<Option<(u64, ByteRecord)>, DataError> {
        while self.ready.is_empty() && !self.ended {
            self.read().inspect_err(|_| self.ended = true)?;
        }
        Ok(self.ready.pop_front())
    }

    /// Reads one line, and as many more as its quotation marks ask for: an odd number of them leaves one open.
    fn read(&mut self) -> Result<(), DataError> {
        let first = self.lines + 1;
        self.bytes.clear();
        let mut open = false;
        loop {
            let before = self.bytes.len();
            if self.reader.read_until(b'\n', &mut self.bytes).map_err(DataError::Read)? == 0 {
                self.ended = true;
                break;
            }
            self.lines += 1;
            let marks = self.bytes[before..].iter().filter(|&&byte| byte == b'"').count();
            open ^= marks % 2 == 1;
            if !open {
                break;
            }
        }
        let text = self.bytes.strip_prefix(BYTE_ORDER_MARK).unwrap_or(&self.bytes);
        if text.trim_ascii().is_empty() {
            return Ok(());
        }
        let reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true) // Lengths are compared by who asks, whose error can name the line.
            .delimiter(self.separator)
            .trim(csv::Trim::All)
            .buffer_capacity(text.len())
            .from_reader(text);
        // A mark in the middle of a field opens nothing: then these lines are several records after all. Lines are
        // counted here because the csv crate is one behind after "\r\n" and blank lines.
        let (mut line, mut counted) = (first, 0);
        for record in reader.into_byte_records() {
            let record = record.map_err(|error| DataError::Read(error.into()))?;
            let start = record.position().map_or(counted, |position| position.byte() as usize);
            let blank = text[start..].iter().take_while(|byte| byte.is_ascii_whitespace()).count();
            let begin = (start + blank).min(text.len());
            line += text[counted..begin].iter().filter(|&&byte| byte == b'\n').count() as u64;
            counted = begin;
            self.ready.push_back((line, record));
        }
        Ok(())
    }
}
