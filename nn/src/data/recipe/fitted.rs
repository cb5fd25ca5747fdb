//! `FittedRecipe`: makes data sets of tables.

use autograd::{Indices, Tensor};

use super::super::{Categories, DataError, Dataset, Labels, Table, shown};
use super::column::{Encoding, FittedColumn, OnMissing, no_value};
use super::target::TargetColumn;
use crate::ConfigError;

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

    /// The categories of a column, in the order of their codes.
    ///
    /// # Errors
    /// [`DataError::Named`] if nothing is learned from a column of this name, [`DataError::Config`] if it holds numbers.
    pub fn categories(&self, column: &str) -> Result<&Categories, DataError> {
        match &self.columns[self.find(column)?].encoding {
            Encoding::OneHot(categories) | Encoding::Codes(categories) => Ok(categories),
            Encoding::Number => {
                let wanted = "a column of categories: say one_hot or codes in the recipe";
                Err(ConfigError::new("Recipe", "column", column, wanted).into())
            }
        }
    }

    /// The codes of a column in examples `[rows, features]` that this recipe made, as the places `[rows]` that an
    /// [`Embedding`](crate::Embedding) looks up.
    ///
    /// ```
    /// use nn::data::Table;
    /// use nn::prelude::*;
    ///
    /// let table = Table::new(["city", "rooms", "price"], [["Rome", "3", "300"], ["Bonn", "2", "250"], ["Oslo", "4", "500"]])?;
    /// let recipe = Recipe::regress("price").codes("city").fit(&table)?;
    /// let homes = recipe.apply(&table)?;
    /// assert_eq!(homes.row(0), [2.0, 3.0]); // Rome comes after Bonn and Oslo
    ///
    /// // Two numbers for each city, which are learned.
    /// let cities = Embedding::new(recipe.categories("city")?.len(), 2, &mut nn::rng(1));
    /// let codes = recipe.codes("city", homes.x())?;
    /// let rows = cities.predict(|_, cities| cities.forward(&codes));
    /// assert_eq!((rows.shape(), rows.at(&[0, 1])), ([3, 2].into(), cities.weight.at(&[2, 1])));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`DataError::Named`] if nothing is learned from a column of this name, [`DataError::Config`] if it does not become codes,
    /// [`DataError::Code`] for a number that is none, as of columns that were scaled.
    ///
    /// # Panics
    /// If the examples have another number of features.
    #[track_caller]
    pub fn codes(&self, column: &str, x: &Tensor) -> Result<Indices, DataError> {
        let (shape, width) = (x.shape(), self.width());
        assert!(
            shape.rank() == 2 && shape[1] == width,
            "codes: examples of shape {shape} are not of this recipe, which makes {width} features of each row"
        );
        let at = self.find(column)?;
        let Encoding::Codes(categories) = &self.columns[at].encoding else {
            let wanted = "a column that becomes codes: say codes or ordered in the recipe";
            return Err(ConfigError::new("Recipe", "column", column, wanted).into());
        };
        let (place, count) =
            (self.columns[..at].iter().map(FittedColumn::width).sum::<usize>(), categories.len());
        let code = |(row, numbers): (usize, &[f32])| {
            let value = numbers[place];
            let is_code = value.fract() == 0.0 && value >= 0.0 && (value as usize) < count;
            let error = || DataError::Code { column: shown(column), row, value, count };
            if is_code { Ok(value as usize) } else { Err(error()) }
        };
        let codes = x.data().chunks_exact(width).enumerate().map(code).collect::<Result<Vec<_>, _>>()?;
        Ok(Indices::new([codes.len()], &codes, count).expect("each code is below their count"))
    }

    /// The place of a column among those that something is learned from.
    fn find(&self, name: &str) -> Result<usize, DataError> {
        self.columns.iter().position(|column| column.name == name).ok_or_else(|| {
            let known = self.columns.iter().map(|column| shown(&column.name)).collect::<Vec<_>>().join(", ");
            DataError::Named { name: shown(name), found: 0, known }
        })
    }

    /// How many numbers a row becomes.
    fn width(&self) -> usize {
        self.columns.iter().map(FittedColumn::width).sum()
    }

    /// Where the columns are.
    fn places(&self, table: &Table) -> Result<Vec<usize>, DataError> {
        self.columns.iter().map(|column| table.column(&column.name)).collect()
    }

    fn encode(&self, table: &Table, places: &[usize], rows: &[usize]) -> Result<Tensor, DataError> {
        let width = self.width();
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
