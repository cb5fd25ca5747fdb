//! `TargetColumn`: what a recipe can learn: classes, or numbers.

use std::fmt;

use autograd::Tensor;

use super::super::{Categories, DataError, Labels, Table, Targets};
use super::column::category;
use super::{categories, fitted};

/// What a column can be learned as: [`Labels`] or a [`Tensor`] of numbers. No other type has this trait.
pub trait TargetColumn: Targets + sealed::Sealed {
    /// What is learned of the column in the training rows.
    type Fitted: Clone + PartialEq + fmt::Debug;

    #[doc(hidden)]
    fn fit(train: &Table, column: usize, classes: Option<&[String]>) -> Result<Self::Fitted, DataError>;

    #[doc(hidden)]
    fn apply(fitted: &Self::Fitted, table: &Table, column: usize, rows: &[usize]) -> Result<Self, DataError>;

    #[doc(hidden)]
    fn names(fitted: &Self::Fitted) -> Option<&[String]>;

    #[doc(hidden)]
    fn from_names(kind: &str, names: Vec<String>) -> Result<Self::Fitted, String>;
}

mod sealed {
    pub trait Sealed {}
    impl Sealed for super::Labels {}
    impl Sealed for super::Tensor {}
}

impl TargetColumn for Labels {
    /// The names of the classes.
    type Fitted = Categories;

    fn fit(train: &Table, column: usize, classes: Option<&[String]>) -> Result<Categories, DataError> {
        let texts = (0..train.len()).filter_map(|row| train.cell(row, column));
        let classes = categories(classes, texts).map_err(|error| train.in_file(error))?;
        let rows: Vec<usize> = (0..train.len()).collect();
        Self::apply(&classes, train, column, &rows)?;
        Ok(classes)
    }

    fn apply(
        classes: &Categories,
        table: &Table,
        column: usize,
        rows: &[usize],
    ) -> Result<Labels, DataError> {
        let label = |&row: &usize| category(table, row, column, classes);
        Labels::new(rows.iter().map(label).collect::<Result<Vec<_>, _>>()?, classes.len())
    }

    fn names(classes: &Categories) -> Option<&[String]> {
        Some(classes.names())
    }

    fn from_names(kind: &str, names: Vec<String>) -> Result<Categories, String> {
        match kind {
            "classes" => Categories::new(names).map_err(|error| error.to_string()),
            _ => Err(format!("classes are to be learned, and these are {kind:?}")),
        }
    }
}

impl TargetColumn for Tensor {
    /// Numbers are taken as they are.
    type Fitted = ();

    fn fit(train: &Table, column: usize, _: Option<&[String]>) -> Result<(), DataError> {
        let rows: Vec<usize> = (0..train.len()).collect();
        fitted::numbers(train, column, &rows).map(drop)
    }

    fn apply((): &(), table: &Table, column: usize, rows: &[usize]) -> Result<Tensor, DataError> {
        fitted::numbers(table, column, rows)
    }

    fn names((): &()) -> Option<&[String]> {
        None
    }

    fn from_names(kind: &str, _: Vec<String>) -> Result<(), String> {
        match kind {
            "numbers" => Ok(()),
            _ => Err(format!("numbers are to be learned, and these are {kind:?}")),
        }
    }
}
