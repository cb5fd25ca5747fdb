//! `MetricError`: why something cannot be measured.

use autograd::Shape;

use crate::config::ConfigError;

/// Why something cannot be measured, where, and what to do. Positions count from 0.
///
/// ```
/// use nn::metrics::{MetricError, rmse};
/// let error = rmse(&[0.5, 1.0], &[0.5, f32::NAN]).unwrap_err();
/// assert!(matches!(error, MetricError::NotFinite { position: 1, .. }));
/// assert_eq!(error.to_string(), "rmse: target 1 (from 0) is NaN: clean or drop this row first");
/// ```
#[derive(Clone, PartialEq, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum MetricError {
    /// No rows, of which there is nothing to say.
    #[error("{metric}: there are no rows: it takes at least one")]
    Empty {
        /// What was to be measured.
        metric: &'static str,
    },
    /// Not as many predictions as targets.
    #[error("{metric}: {predictions} predictions for {targets} targets: there must be one for each")]
    Lengths {
        /// What was to be measured.
        metric: &'static str,
        /// Number of predictions.
        predictions: usize,
        /// Number of targets or labels.
        targets: usize,
    },
    /// A number that is NaN or, where that is of no use, infinite.
    #[error("{metric}: {what} {position} (from 0) is {value}: clean or drop this row first")]
    NotFinite {
        /// What was to be measured.
        metric: &'static str,
        /// What the number is.
        what: &'static str,
        /// Its position, from 0.
        position: usize,
        /// The number.
        value: f64,
    },
    /// A score that is NaN, so that it has no place in an order.
    #[error(
        "{metric}: the score in row {row}, column {column} (both from 0) is NaN: clean or drop this row first"
    )]
    Score {
        /// What was to be measured.
        metric: &'static str,
        /// The row, from 0.
        row: usize,
        /// The class, from 0.
        column: usize,
    },
    /// Scores or probabilities that do not belong to the labels.
    #[error("{metric}: shape {shape} for {rows} labels of {classes} classes: it takes {wanted}")]
    Shape {
        /// What was to be measured.
        metric: &'static str,
        /// The shape.
        shape: Shape,
        /// Number of labels.
        rows: usize,
        /// Number of classes.
        classes: usize,
        /// Which shapes fit.
        wanted: &'static str,
    },
    /// A number that is no probability.
    #[error(
        "{metric}: {value} in row {row}, column {column} (both from 0) is no probability: pass numbers from 0 to 1, \
         such as the softmax or the sigmoid of logits"
    )]
    Probability {
        /// What was to be measured.
        metric: &'static str,
        /// The row, from 0.
        row: usize,
        /// The class, from 0.
        column: usize,
        /// The number.
        value: f64,
    },
    /// Probabilities of the classes that do not add up to 1.
    #[error(
        "{metric}: the probabilities of row {row} (from 0) add up to {sum}, not to 1: \
         divide each row by its sum, or pass the softmax of logits"
    )]
    Sum {
        /// What was to be measured.
        metric: &'static str,
        /// The row, from 0.
        row: usize,
        /// Their sum.
        sum: f64,
    },
    /// All rows in a class, or none, where it takes both.
    #[error(
        "{metric}: {count} of {rows} rows are of class {class}: it takes some, and some of another class"
    )]
    OneClass {
        /// What was to be measured.
        metric: &'static str,
        /// The class, from 0.
        class: usize,
        /// How many rows are of this class.
        count: usize,
        /// Number of rows.
        rows: usize,
    },
    /// Another number of classes than two.
    #[error(
        "{metric}: labels of {classes} classes: it takes 2, and scores of class 1; for more there is {instead}"
    )]
    Classes {
        /// What was to be measured.
        metric: &'static str,
        /// Number of classes.
        classes: usize,
        /// What measures more than two.
        instead: &'static str,
    },
    /// Not one name for each class.
    #[error("{names} names for {classes} classes: there must be one for each")]
    Names {
        /// Number of names.
        names: usize,
        /// Number of classes.
        classes: usize,
    },
    /// A setting that cannot be.
    #[error(transparent)]
    Config(#[from] ConfigError),
}
