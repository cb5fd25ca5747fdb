//! Whether a model is as sure as it is right.

use std::fmt;

use autograd::{Element, Tensor};

use super::error::MetricError;
use super::probabilities::Probabilities;
use crate::config::ConfigError;
use crate::data::Labels;

/// How often a model is right, by how sure it is: its rows in bins of equal width by the probability of the class that it
/// predicts (Guo et al. 2017, arXiv 1706.04599).
///
/// `Display` writes a table of the bins that have rows.
///
/// ```
/// use nn::{data::Labels, metrics::Calibration};
/// let p = autograd::Tensor::from([[0.75, 0.25], [0.75, 0.25], [0.75, 0.25], [0.75, 0.25], [0.0, 1.0]]);
/// let calibration = Calibration::new(&p, &Labels::new([0, 0, 0, 1, 0], 2)?, 2)?;
/// // Of four rows at 75 % three are right, and the row at 100 % is wrong.
/// assert_eq!(calibration.bins()[1].accuracy, 0.6);
/// assert_eq!(format!("\n{calibration}"), "
///        bin | confidence  accuracy    rows
/// -----------+-----------------------------
/// 0.50..1.00 |      0.800     0.600       5
/// -----------+-----------------------------
/// expected calibration error 0.200, largest 0.200");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Debug)]
pub struct Calibration {
    bins: Vec<CalibrationBin>,
}

/// A bin of a [`Calibration`].
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct CalibrationBin {
    /// Probabilities greater than this are in the bin; in the first one also 0.
    pub above: f64,
    /// Probabilities up to this are in the bin.
    pub up_to: f64,
    /// Number of rows.
    pub rows: u64,
    /// The mean probability of the class that was predicted; NaN without rows.
    pub confidence: f64,
    /// The share of rows that are right; NaN without rows.
    pub accuracy: f64,
}

impl Calibration {
    /// The calibration of probabilities `[rows, classes]`, for two classes also `[rows, 1]` or `[rows]`, those of class 1. Of
    /// equal probabilities the first class is predicted. 10 or 15 bins are usual.
    ///
    /// # Errors
    /// If the shape does not fit, there are no rows, a number is not from 0 to 1, a row does not add up to 1, or there are no
    /// bins.
    pub fn new<T: Element>(
        probabilities: &Tensor<T>,
        actual: &Labels,
        bins: usize,
    ) -> Result<Calibration, MetricError> {
        Calibration::of("Calibration", probabilities, actual, bins)
    }

    fn of<T: Element>(
        metric: &'static str,
        probabilities: &Tensor<T>,
        actual: &Labels,
        bins: usize,
    ) -> Result<Calibration, MetricError> {
        let p = Probabilities::new(metric, probabilities, actual)?;
        if bins == 0 {
            return Err(ConfigError::new(metric, "bins", bins, "at least 1").into());
        }
        let edge = |number: usize| number as f64 / bins as f64;
        let empty = |bin| CalibrationBin {
            above: edge(bin),
            up_to: edge(bin + 1),
            rows: 0,
            confidence: 0.0,
            accuracy: 0.0,
        };
        let mut bins: Vec<CalibrationBin> = (0..bins).map(empty).collect();
        for (row, &label) in actual.as_slice().iter().enumerate() {
            let mut predicted = 0;
            for class in 1..p.classes() {
                if p.at(row, class) > p.at(row, predicted) {
                    predicted = class;
                }
            }
            let confidence = p.at(row, predicted);
            let place = bins.partition_point(|bin| bin.up_to < confidence);
            let bin = &mut bins[place];
            bin.rows += 1;
            // Sums, until all rows are counted.
            bin.confidence += confidence;
            bin.accuracy += if predicted == label as usize { 1.0 } else { 0.0 };
        }
        for bin in &mut bins {
            bin.confidence /= bin.rows as f64;
            bin.accuracy /= bin.rows as f64;
        }
        Ok(Calibration { bins })
    }

    /// The bins, from 0 to 1, also those without rows.
    pub fn bins(&self) -> &[CalibrationBin] {
        &self.bins
    }

    /// The expected calibration error: the mean over all rows of |accuracy - confidence| of their bins, from 0 to 1.
    pub fn expected_error(&self) -> f64 {
        let (mut sum, mut rows) = (0.0, 0.0);
        for bin in self.used() {
            sum += bin.rows as f64 * (bin.accuracy - bin.confidence).abs();
            rows += bin.rows as f64;
        }
        sum / rows
    }

    /// The largest |accuracy - confidence| of a bin, from 0 to 1.
    pub fn largest_error(&self) -> f64 {
        self.used().map(|bin| (bin.accuracy - bin.confidence).abs()).fold(0.0, f64::max)
    }

    fn used(&self) -> impl Iterator<Item = &CalibrationBin> {
        self.bins.iter().filter(|bin| bin.rows > 0)
    }
}

impl fmt::Display for Calibration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{:>10} | {:>10} {:>9} {:>7}", "bin", "confidence", "accuracy", "rows")?;
        let rule = format!("{:-<11}+{:-<29}", "", "");
        writeln!(f, "{rule}")?;
        for CalibrationBin { above, up_to, rows, confidence, accuracy } in self.used() {
            writeln!(f, "{above:.2}..{up_to:.2} | {confidence:>10.3} {accuracy:>9.3} {rows:>7}")?;
        }
        writeln!(f, "{rule}")?;
        let (expected, largest) = (self.expected_error(), self.largest_error());
        write!(f, "expected calibration error {expected:.3}, largest {largest:.3}")
    }
}

/// The expected calibration error: how far a model is from being as sure as it is right, from 0 to 1; 0 is best. See
/// [`Calibration`] for the bins; 10 or 15 of them are usual.
///
/// # Errors
/// As [`Calibration::new`].
///
/// ```
/// use nn::{data::Labels, metrics::expected_calibration_error};
/// let p = autograd::Tensor::from([0.9, 0.9, 0.9, 0.9_f64]); // of class 1
/// let error = expected_calibration_error(&p, &Labels::new([1, 1, 0, 0], 2)?, 10)?;
/// assert!((error - 0.4).abs() < 1e-15); // 90 % sure, 50 % right
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn expected_calibration_error<T: Element>(
    probabilities: &Tensor<T>,
    actual: &Labels,
    bins: usize,
) -> Result<f64, MetricError> {
    Ok(Calibration::of("expected_calibration_error", probabilities, actual, bins)?.expected_error())
}
