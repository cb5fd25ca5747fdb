//! `UnitError`: why a unit cannot learn what it was given.

use crate::config::ConfigError;

/// Why a unit cannot learn what it was given. Rows and columns count from 0.
///
/// ```
/// use nn::units::Examples;
/// let error = Examples::new([[1.0, 2.0]], [1.0, 0.0]).unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "inputs of shape [1, 2] with targets of shape [2]: examples are [rows, inputs] with one target for each row, [rows]"
/// );
/// ```
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum UnitError {
    /// Not one row of inputs for each target, or none at all.
    #[error(
        "inputs of shape {x:?} with targets of shape {targets:?}: examples are [rows, inputs] with one target for \
         each row, [rows]"
    )]
    Shapes {
        /// Shape of the inputs.
        x: Vec<usize>,
        /// Shape of the targets.
        targets: Vec<usize>,
    },
    /// No examples.
    #[error("no examples: a unit learns from at least one row")]
    Empty,
    /// An input that is NaN or infinite.
    #[error("{value} in row {row}, column {column} (both from 0): clean or drop this row first")]
    Input {
        /// The row.
        row: usize,
        /// The column.
        column: usize,
        /// The number.
        value: f64,
    },
    /// A target that the unit cannot have as its output.
    #[error("the target of row {row} (from 0) is {value}, but must be {wanted}")]
    Target {
        /// The row.
        row: usize,
        /// The target.
        value: f64,
        /// What targets must be.
        wanted: &'static str,
    },
    /// Classes that cannot be coded by two numbers.
    #[error(
        "labels of {classes} classes: one unit tells 2 apart; make labels of two classes, or use one unit for each"
    )]
    Classes {
        /// The number of classes.
        classes: usize,
    },
    /// Examples that are wider or narrower than the unit.
    #[error(
        "examples of {found} inputs for a unit of {inputs}: make a unit with as many inputs as the examples have"
    )]
    Inputs {
        /// Inputs of the unit.
        inputs: usize,
        /// Inputs of the examples.
        found: usize,
    },
    /// A number of the training that cannot be.
    #[error(transparent)]
    Config(#[from] ConfigError),
}
