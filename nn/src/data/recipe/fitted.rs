//! `FittedRecipe`: makes data sets of tables.

use autograd::Tensor;

use super::super::{Categories, DataError, Dataset, Labels, Table};
use super::column::{Encoding, FittedColumn, OnMissing, no_value};
use super::target::TargetColumn;

/// A recipe with what it learned from training rows, from [`Recipe::fit`](super::Recipe::fit).
///
/// [`columns`](FittedRecipe::columns) and [`classes`](FittedRecipe::classes) show all of it; [`to_text`](FittedRecipe::to_text)
/// saves it.
#[derive(Clone, PartialEq, Debug)]
pub struct FittedRecipe<Y: TargetColumn> {
    pub(super) target: String,
    pub(super) drops_without_target: bool,
    pub(super) columns: Vec<FittedColumn>,
    pub(super) kind: Y::Fitted,
}

impl FittedRecipe<Labels> {
    /// The names of the classes, by label.
    pub fn classes(&self) -> &Categories {
        &self.kind
    }
}

impl<Y: TargetColumn> FittedRecipe<Y> {
    /// What each column becomes.
    pub fn columns(&self) -> &[FittedColumn] {
        &self.columns
    }

    /// A name for each number of a row: that of its column, with `=category` for one of a one-hot column.
    pub fn features(&self) -> Vec<String> {
        let names = |column: &FittedColumn| match &column.encoding {
            Encoding::OneHot(categories) => {
                categories.names().iter().map(|category| format!("{}={category}", column.name)).collect()
            }
            Encoding::Number | Encoding::Codes(_) => vec![column.name.clone()],
        };
        self.columns.iter().flat_map(names).collect()
    }

    /// The data set of a table, which has columns of the same names in any order. Columns without a use are passed over, and
    /// rows with a missing value left out where the recipe says so.
    ///
    /// # Errors
    /// [`DataError::Named`] for a column that is not there, [`DataError::Cell`] for a text that is no number,
    /// [`DataError::Unseen`] for a category that the training rows did not have, [`DataError::NoValue`] for a missing value,
    /// [`DataError::Empty`] if no row is left.
    pub fn apply(&self, table: &Table) -> Result<Dataset<Y>, DataError> {
        let (places, target) = (self.places(table)?, table.column(&self.target)?);
        let stays = |row: &usize| {
            let gap = |(column, &place): (&FittedColumn, &usize)| {
                column.missing == OnMissing::DropRow && table.cell(*row, place).is_none()
            };
            let no_target = self.drops_without_target && table.cell(*row, target).is_none();
            !no_target && !self.columns.iter().zip(&places).any(gap)
        };
        let rows: Vec<usize> = (0..table.len()).filter(stays).collect();
        if rows.is_empty() {
            return Err(table.in_file(DataError::Empty { what: "a table without the rows that are dropped" }));
        }
        let x = self.encode(table, &places, &rows)?;
        Dataset::new(x, Y::apply(&self.kind, table, target, &rows)?).map_err(|error| table.in_file(error))
    }

    /// The examples of a table that need not have a target, to predict it: `[rows, features]`. No row is left out, because its
    /// prediction would be missing: a missing value that is not filled is an error.
    ///
    /// # Errors
    /// As [`apply`](FittedRecipe::apply).
    pub fn examples(&self, table: &Table) -> Result<Tensor, DataError> {
        let rows: Vec<usize> = (0..table.len()).collect();
        self.encode(table, &self.places(table)?, &rows)
    }

    /// Where the columns are.
    fn places(&self, table: &Table) -> Result<Vec<usize>, DataError> {
        self.columns.iter().map(|column| table.column(&column.name)).collect()
    }

    fn encode(&self, table: &Table, places: &[usize], rows: &[usize]) -> Result<Tensor, DataError> {
        let width = self.columns.iter().map(FittedColumn::width).sum();
        let mut numbers = vec![0.0; rows.len() * width];
        for (&row, mut out) in rows.iter().zip(numbers.chunks_exact_mut(width)) {
            for (column, &place) in self.columns.iter().zip(places) {
                let (own, rest) = out.split_at_mut(column.width());
                column.write(table, row, place, own)?;
                out = rest;
            }
        }
        Ok(Tensor::from_vec([rows.len(), width], numbers).expect("each row has its numbers"))
    }
}

/// The numbers of a target column, `[rows, 1]`.
pub(super) fn numbers(table: &Table, column: usize, rows: &[usize]) -> Result<Tensor, DataError> {
    let number = |&row: &usize| table.number(row, column)?.ok_or_else(|| no_value(table, row, column));
    let numbers = rows.iter().map(number).collect::<Result<Vec<f32>, DataError>>()?;
    Ok(Tensor::from_vec([rows.len(), 1], numbers).expect("one number for each row"))
}
