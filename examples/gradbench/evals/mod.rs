//! The modules of the suite, one file each: the objective, its derivative by this engine, the form of its input.

use crate::protocol::{Call, Evaluation, Failure};

/// What evaluates the functions of a module.
pub(crate) type Eval = fn(Call) -> Result<Evaluation, Failure>;

mod modes;

macro_rules! modules {
    ($($name:ident)*) => {
        $(mod $name;)*

        /// The names of the modules that are offered.
        pub(crate) const NAMES: &[&str] = &[$(stringify!($name)),*];

        /// The module of this name.
        pub(crate) fn find(name: &str) -> Option<Eval> {
            match name {
                $(stringify!($name) => Some($name::evaluate),)*
                _ => None,
            }
        }
    };
}
modules! { ba det gmm hello ht kmeans llsq lse lstm ode particle saddle }

/// More than this, of things that an input names by number only, would be memory or time that no machine has.
const MOST: usize = 1 << 26;

/// An error reply unless `fits`.
fn require(fits: bool, what: &str) -> Result<(), Failure> {
    if fits { Ok(()) } else { Err(Failure(format!("this input does not fit: {what}"))) }
}

/// A matrix from its rows, each of `columns` numbers.
fn matrix(name: &str, rows: &[Vec<f64>], columns: usize) -> Result<Vec<f64>, Failure> {
    require(
        rows.iter().all(|row| row.len() == columns),
        &format!("a row of {name} has not {columns} numbers"),
    )?;
    Ok(rows.concat())
}

/// The rows of a matrix.
fn rows(matrix: &[f64], columns: usize) -> Vec<&[f64]> {
    matrix.chunks(columns.max(1)).collect()
}
