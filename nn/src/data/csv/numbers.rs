//! Files of numbers with a label in one column.

use std::io::{BufReader, Read};

use autograd::Tensor;
use csv::ByteRecord;

use super::super::{DataError, Dataset, Labels, shown};
use super::records::Records;
use super::{Column, Csv};

pub(super) fn parse(csv: &Csv, reader: impl Read) -> Result<Dataset, DataError> {
    let mut records = Records::new(BufReader::new(reader), csv.separator);
    let mut rows = Rows::default();
    if csv.header {
        records.next()?;
    }
    while let Some((line, record)) = records.next()? {
        rows.push(csv, line, &record)?;
    }
    let Rows { columns, numbers, labels } = rows;
    if labels.is_empty() {
        return Err(DataError::Empty { what: "a CSV file" });
    }
    let classes = csv.classes.unwrap_or_else(|| labels.iter().max().map_or(0, |label| label + 1));
    let x = Tensor::from_vec([labels.len(), columns - 1], numbers).expect("all rows have `columns` fields");
    Dataset::new(x, Labels::new(labels, classes)?)
}

/// The rows read so far.
#[derive(Default)]
struct Rows {
    columns: usize,
    numbers: Vec<f32>,
    labels: Vec<usize>,
}

impl Rows {
    fn push(&mut self, csv: &Csv, line: u64, record: &ByteRecord) -> Result<(), DataError> {
        let found = record.len();
        let label = match csv.label {
            Column::Last => found - 1,
            Column::At(label) => label,
        };
        let first = self.labels.is_empty();
        if first {
            self.columns = found;
        }
        if found != self.columns {
            return Err(DataError::Ragged { line, expected: self.columns, found });
        }
        if found < 2 || label >= found {
            return Err(DataError::Columns { line, label: label.saturating_add(1), found });
        }
        let hint = if first && !csv.header { " (or, for a line of names, `header: true`)" } else { "" };
        for (column, field) in record.iter().enumerate() {
            let field = Field { line, column: column + 1, text: &String::from_utf8_lossy(field), hint };
            if column == label {
                self.labels.push(field.label(csv.classes)?);
            } else {
                self.numbers.push(field.number()?);
            }
        }
        Ok(())
    }
}
/// One field, its place, and what else may explain it.
struct Field<'a> {
    line: u64,
    column: usize,
    text: &'a str,
    hint: &'static str,
}

impl Field<'_> {
    fn number(&self) -> Result<f32, DataError> {
        let number = self.text.parse().ok().filter(|number: &f32| number.is_finite());
        number.ok_or_else(|| self.error("a finite number"))
    }

    /// Numerical programs write whole numbers as `3.0` or `3.0e0` too.
    fn label(&self, classes: Option<usize>) -> Result<usize, DataError> {
        let limit = classes.unwrap_or(u32::MAX as usize);
        let label = self
            .text
            .parse()
            .ok()
            .filter(|label: &f64| label.fract() == 0.0 && *label >= 0.0 && *label < limit as f64);
        label.map(|label| label as usize).ok_or_else(|| match classes {
            Some(classes) => self.error(&format!("a label less than {classes}")),
            None => self.error("a label (a whole number from 0)"),
        })
    }

    fn error(&self, expected: &str) -> DataError {
        DataError::Field {
            line: self.line,
            column: self.column,
            text: shown(self.text),
            expected: format!("{expected}{}", self.hint),
        }
    }
}
