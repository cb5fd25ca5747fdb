//! How good probabilities are: the log loss and Brier's score.

use autograd::{Element, Tensor};

use super::error::MetricError;
use crate::data::Labels;

/// Probabilities that were checked once: `[rows, classes]`, or for two classes those of class 1 alone.
pub(super) struct Probabilities<'a, T> {
    data: &'a [T],
    classes: usize,
    /// Whether there is a column for each class.
    complete: bool,
}

/// How far the probabilities of a row may be from adding up to 1: far more than rounding makes of them in `f32`, and less
/// than mistakes do.
const TOLERANCE: f64 = 1e-3;

impl<'a, T: Element> Probabilities<'a, T> {
    pub(super) fn new(
        metric: &'static str,
        probabilities: &'a Tensor<T>,
        actual: &Labels,
    ) -> Result<Self, MetricError> {
        let (shape, rows, classes) = (probabilities.shape(), actual.len(), actual.classes());
        let complete = shape == [rows, classes];
        if !complete && !(classes == 2 && (shape == [rows, 1] || shape == [rows])) {
            let wanted = "[rows, classes], or [rows, 1] or [rows] for the probabilities of class 1 of two";
            return Err(MetricError::Shape { metric, shape, rows, classes, wanted });
        }
        if rows == 0 {
            return Err(MetricError::Empty { metric });
        }
        let (data, columns) = (probabilities.data(), if complete { classes } else { 1 });
        for (row, numbers) in data.chunks(columns).enumerate() {
            let mut sum = 0.0;
            for (column, number) in numbers.iter().enumerate() {
                let value = number.to_f64();
                if !(0.0..=1.0).contains(&value) {
                    return Err(MetricError::Probability { metric, row, column, value });
                }
                sum += value;
            }
            if complete && (sum - 1.0).abs() > TOLERANCE {
                return Err(MetricError::Sum { metric, row, sum });
            }
        }
        Ok(Probabilities { data, classes, complete })
    }

    pub(super) fn classes(&self) -> usize {
        self.classes
    }

    pub(super) fn at(&self, row: usize, class: usize) -> f64 {
        if self.complete {
            return self.data[row * self.classes + class].to_f64();
        }
        let of_one = self.data[row].to_f64();
        if class == 1 { of_one } else { 1.0 - of_one }
    }
}

/// The log loss -ln p\[label\] in nats, as mean over the rows: the cross-entropy of probabilities that are known already
/// (Good 1952).
///
/// Probabilities are `[rows, classes]`, and for two classes also `[rows, 1]` or `[rows]`, those of class 1. Less
/// than 10⁻¹⁵ counts as that, so that a sure miss costs 34.5 and not infinity.
///
/// # Errors
/// If the shape does not fit, there are no rows, a number is not from 0 to 1, or a row does not add up to 1.
///
/// ```
/// use nn::{data::Labels, metrics::log_loss};
/// let p = autograd::Tensor::from([[0.5, 0.25, 0.25], [0.0, 1.0, 0.0]]);
/// let loss = log_loss(&p, &Labels::new([1, 1], 3)?)?;
/// assert!((loss - 4.0_f64.ln() / 2.0).abs() < 1e-15);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn log_loss<T: Element>(probabilities: &Tensor<T>, actual: &Labels) -> Result<f64, MetricError> {
    const LEAST: f64 = 1e-15;
    let p = Probabilities::new("log_loss", probabilities, actual)?;
    let mut sum = 0.0;
    for (row, &label) in actual.as_slice().iter().enumerate() {
        sum -= p.at(row, label as usize).max(LEAST).ln();
    }
    Ok(sum / actual.len() as f64)
}

/// Brier's score, the squared error of probabilities as mean over the rows (Brier 1950): (p - y)² for the probability p of class
/// 1 of two, from 0 to 1; for more classes Σ (p - y)² over them, from 0 to 2. y is 1 for the label, else 0; less is better.
///
/// Probabilities are `[rows, classes]`, and for two classes also `[rows, 1]` or `[rows]`, those of class 1.
///
/// # Errors
/// If the shape does not fit, there are no rows, a number is not from 0 to 1, or a row does not add up to 1.
///
/// ```
/// use nn::{data::Labels, metrics::brier_score};
/// let p = autograd::Tensor::from([0.75, 0.5]);
/// assert_eq!(brier_score(&p, &Labels::new([1, 0], 2)?)?, (0.0625 + 0.25) / 2.0);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn brier_score<T: Element>(probabilities: &Tensor<T>, actual: &Labels) -> Result<f64, MetricError> {
    let p = Probabilities::new("brier_score", probabilities, actual)?;
    // Of two classes the errors are equal, and one of them is the score.
    let first = if p.classes() == 2 { 1 } else { 0 };
    let mut sum = 0.0;
    for (row, &label) in actual.as_slice().iter().enumerate() {
        for class in first..p.classes() {
            let wanted = if label as usize == class { 1.0 } else { 0.0 };
            sum += (p.at(row, class) - wanted).powi(2);
        }
    }
    Ok(sum / actual.len() as f64)
}
