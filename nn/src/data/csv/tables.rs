//! Tables and chunks of tables from CSV files.

use std::io::{BufRead, BufReader, Read};

use csv::ByteRecord;

use super::super::table::Builder;
use super::super::{DataError, Table};
use super::Csv;
use super::records::Records;

/// The whole file as one table.
pub(super) fn read(csv: &Csv, name: &str, reader: impl Read) -> Result<Table, DataError> {
    let mut lines = Lines::new(csv, name, BufReader::new(reader))?;
    while let Some((line, record)) = lines.next()? {
        lines.builder.push(line, texts(&record))?;
    }
    lines.builder.build("a CSV file")
}

#[track_caller]
pub(super) fn check_rows(rows: usize) {
    assert!(rows > 0, "a chunk of 0 rows is no data set: ask for chunks of at least 1 row");
}

fn texts(record: &ByteRecord) -> impl Iterator<Item = std::borrow::Cow<'_, str>> {
    record.iter().map(String::from_utf8_lossy)
}

/// The records of a file after its names, and what gathers them.
struct Lines<R> {
    records: Records<R>,
    /// The first record if it is not names.
    first: Option<(u64, ByteRecord)>,
    builder: Builder,
}

impl<R: BufRead> Lines<R> {
    fn new(csv: &Csv, name: &str, reader: R) -> Result<Lines<R>, DataError> {
        let mut records = Records::new(reader, csv.separator);
        let Some(first) = records.next()? else {
            return Err(DataError::Empty { what: "a CSV file" });
        };
        let names = match csv.header {
            true => texts(&first.1).map(std::borrow::Cow::into_owned).collect(),
            false => (0..first.1.len()).map(|column| column.to_string()).collect(),
        };
        let builder = Builder::new(Some(name), names, &csv.missing);
        Ok(Lines { records, first: (!csv.header).then_some(first), builder })
    }

    fn next(&mut self) -> Result<Option<(u64, ByteRecord)>, DataError> {
        match self.first.take() {
            None => self.records.next(),
            first => Ok(first),
        }
    }
}

/// Tables of some rows each, from [`Csv::chunks`].
pub struct Chunks<'a> {
    lines: Lines<Box<dyn BufRead + 'a>>,
    name: String,
    rows: usize,
}

impl<'a> Chunks<'a> {
    pub(super) fn new(
        csv: &Csv,
        name: &str,
        reader: Box<dyn BufRead + 'a>,
        rows: usize,
    ) -> Result<Chunks<'a>, DataError> {
        Ok(Chunks { lines: Lines::new(csv, name, reader)?, name: name.to_owned(), rows })
    }

    fn chunk(&mut self) -> Result<Option<Table>, DataError> {
        // Rows of a chunk that an error interrupted are still in the builder.
        while self.lines.builder.rows() < self.rows
            && let Some((line, record)) = self.lines.next()?
        {
            self.lines.builder.push(line, texts(&record))?;
        }
        let rest = self.lines.builder.another();
        let full = std::mem::replace(&mut self.lines.builder, rest);
        if full.rows() == 0 { Ok(None) } else { full.build("a chunk").map(Some) }
    }
}

impl Iterator for Chunks<'_> {
    type Item = Result<Table, DataError>;

    fn next(&mut self) -> Option<Self::Item> {
        self.chunk().map_err(|error| error.in_file(&self.name)).transpose()
    }
}

impl std::fmt::Debug for Chunks<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Chunks({} rows at a time of {})", self.rows, self.name)
    }
}
