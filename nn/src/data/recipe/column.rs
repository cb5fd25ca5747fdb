//! `FittedColumn`: what one column of a table becomes.

use super::super::{Categories, DataError, Fill, Table, shown, table};
use super::{Missing, categories};
use crate::ConfigError;

/// The most categories that become columns: a column of names would otherwise become a matrix of zeros larger than any memory.
const MOST_ONE_HOT: usize = 1000;

/// What a user said about a column.
#[derive(Clone, PartialEq, Debug)]
pub(super) enum Choice {
    Number,
    OneHot,
    Codes,
    Ordered(Vec<String>),
}

/// What a column of a table becomes, as fitted to training rows.
#[derive(Clone, PartialEq, Debug)]
pub struct FittedColumn {
    /// Its name.
    pub name: String,
    /// How its fields become numbers.
    pub encoding: Encoding,
    /// What is done about a missing value.
    pub missing: OnMissing,
}

/// How the fields of a column become numbers.
#[derive(Clone, PartialEq, Debug)]
pub enum Encoding {
    /// They are numbers.
    Number,
    /// A category becomes a column of zeros and ones.
    OneHot(Categories),
    /// A category becomes its number.
    Codes(Categories),
}

/// What a fitted recipe does about a missing value.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum OnMissing {
    /// It is an error that names its place.
    Error,
    /// Its row is left out.
    DropRow,
    /// This number stands for it; for categories, the number of one.
    Fill(f64),
}

impl FittedColumn {
    pub(super) fn fit(
        train: &Table,
        column: usize,
        choice: Option<&Choice>,
        missing: Missing,
    ) -> Result<FittedColumn, DataError> {
        let name = train.names()[column].clone();
        let detected;
        let choice = match choice {
            Some(choice) => choice,
            None => {
                detected = detect(train, column)?;
                &detected
            }
        };
        let gap = (0..train.len()).find(|&row| train.cell(row, column).is_none());
        if let (Missing::Error, Some(row)) = (missing, gap) {
            return Err(no_value(train, row, column));
        }
        let texts = || (0..train.len()).filter_map(|row| train.cell(row, column));
        let (encoding, fill) = match choice {
            Choice::Number => (Encoding::Number, fill_number(train, column, missing)?),
            Choice::OneHot | Choice::Codes | Choice::Ordered(_) => {
                let said = if let Choice::Ordered(names) = choice { Some(&names[..]) } else { None };
                let categories = categories(said, texts()).map_err(|error| train.in_file(error))?;
                if *choice == Choice::OneHot && categories.len() > MOST_ONE_HOT {
                    let (name, count) = (shown(&name), categories.len());
                    return Err(train.in_file(DataError::ManyCategories { name, count, most: MOST_ONE_HOT }));
                }
                let fill = fill_category(train, column, &categories, gap, missing)?;
                let encoding = match choice {
                    Choice::OneHot => Encoding::OneHot(categories),
                    _ => Encoding::Codes(categories),
                };
                (encoding, fill)
            }
        };
        let missing = match (missing, fill) {
            (_, Some(fill)) => OnMissing::Fill(fill),
            (Missing::DropRow, None) => OnMissing::DropRow,
            (_, None) => OnMissing::Error,
        };
        Ok(FittedColumn { name, encoding, missing })
    }

    /// Numbers that a field becomes.
    pub(super) fn width(&self) -> usize {
        match &self.encoding {
            Encoding::OneHot(categories) => categories.len(),
            Encoding::Number | Encoding::Codes(_) => 1,
        }
    }

    /// Writes the numbers of a field to `out`, which has zeros for them.
    pub(super) fn write(
        &self,
        table: &Table,
        row: usize,
        column: usize,
        out: &mut [f32],
    ) -> Result<(), DataError> {
        let number = match (&self.encoding, self.missing) {
            (_, OnMissing::Fill(fill)) if table.cell(row, column).is_none() => fill as f32,
            (Encoding::Number, _) => {
                table.number(row, column)?.ok_or_else(|| no_value(table, row, column))?
            }
            (Encoding::OneHot(categories) | Encoding::Codes(categories), _) => {
                category(table, row, column, categories)? as f32
            }
        };
        match self.encoding {
            Encoding::OneHot(_) => out[number as usize] = 1.0,
            Encoding::Number | Encoding::Codes(_) => out[0] = number,
        }
        Ok(())
    }
}

/// The number of the category in a field.
pub(super) fn category(
    table: &Table,
    row: usize,
    column: usize,
    categories: &Categories,
) -> Result<usize, DataError> {
    let text = table.cell(row, column).ok_or_else(|| no_value(table, row, column))?;
    let number = categories.number(text);
    number.ok_or_else(|| table.in_file(categories.unseen(table.place(row, column), text)))
}

/// The error that a field is empty.
pub(super) fn no_value(table: &Table, row: usize, column: usize) -> DataError {
    table.in_file(DataError::NoValue { place: table.place(row, column) })
}

/// What a column holds, by the looks of its fields.
fn detect(train: &Table, column: usize) -> Result<Choice, DataError> {
    let rows = || (0..train.len()).filter(|&row| train.cell(row, column).is_some());
    let is_number = |row: &usize| train.cell(*row, column).is_some_and(|text| table::number(text).is_some());
    let text = rows().find(|row| !is_number(row));
    match (rows().find(is_number), text) {
        (None, None) => Err(all_missing(train, column)),
        (Some(_), None) => Ok(Choice::Number),
        (None, Some(_)) => Ok(Choice::OneHot),
        (Some(number), Some(text)) => {
            let cell = |row| shown(train.cell(row, column).unwrap_or_default());
            let error = DataError::Mixed {
                name: shown(&train.names()[column]),
                number: cell(number),
                text: cell(text),
                place: train.place(text, column),
            };
            Err(train.in_file(error))
        }
    }
}

fn all_missing(train: &Table, column: usize) -> DataError {
    train.in_file(DataError::AllMissing { column: shown(&train.names()[column]) })
}

fn fill_number(train: &Table, column: usize, missing: Missing) -> Result<Option<f64>, DataError> {
    let mut known = Vec::new();
    for row in 0..train.len() {
        known.extend(train.number(row, column)?.map(f64::from));
    }
    let Missing::Fill(fill) = missing else { return Ok(None) };
    fill.of(known).map(Some).ok_or_else(|| all_missing(train, column))
}

fn fill_category(
    train: &Table,
    column: usize,
    categories: &Categories,
    gap: Option<usize>,
    missing: Missing,
) -> Result<Option<f64>, DataError> {
    let mut counts = vec![0_usize; categories.len()];
    for row in 0..train.len() {
        if train.cell(row, column).is_some() {
            counts[category(train, row, column, categories)?] += 1;
        }
    }
    match missing {
        Missing::Fill(Fill::MostFrequent) => {
            let most = counts.iter().enumerate().rev().max_by_key(|(_, count)| **count);
            let (number, _) = most.ok_or_else(|| all_missing(train, column))?;
            Ok(Some(number as f64))
        }
        // A rule for all columns is not wrong while the texts have no gap.
        Missing::Fill(fill) if gap.is_some() => {
            let wanted = "MostFrequent for a column of categories, or not Fill but DropRow or Error";
            let error = ConfigError::new("Missing", "Fill", format!("{fill:?}"), wanted);
            Err(train.in_file(error.into()))
        }
        _ => Ok(None),
    }
}
