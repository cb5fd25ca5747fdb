//! Measures of predicted numbers.

use std::fmt;

use autograd::Element;

use super::error::MetricError;

/// The mean squared error 1/n Σ (prediction - target)², in squared units of the targets.
///
/// # Errors
/// If there are not as many predictions as targets, none, or one is not finite.
///
/// ```
/// assert_eq!(nn::metrics::mse(&[1.0, 4.0], &[1.0, 2.0])?, 2.0);
/// # Ok::<(), nn::metrics::MetricError>(())
/// ```
pub fn mse<T: Element>(prediction: &[T], target: &[T]) -> Result<f64, MetricError> {
    Ok(RegressionReport::of("mse", prediction, target)?.mse)
}

/// The root of the mean squared error, in units of the targets.
///
/// # Errors
/// If there are not as many predictions as targets, none, or one is not finite.
///
/// ```
/// assert_eq!(nn::metrics::rmse(&[1.0, 4.0, 0.0, 3.0], &[1.0, 2.0, 0.0, 3.0])?, 1.0);
/// # Ok::<(), nn::metrics::MetricError>(())
/// ```
pub fn rmse<T: Element>(prediction: &[T], target: &[T]) -> Result<f64, MetricError> {
    Ok(RegressionReport::of("rmse", prediction, target)?.rmse)
}

/// The mean absolute error 1/n Σ |prediction - target|, in units of the targets.
///
/// # Errors
/// If there are not as many predictions as targets, none, or one is not finite.
///
/// ```
/// assert_eq!(nn::metrics::mae(&[1.0, 4.0], &[2.0, 2.0])?, 1.5);
/// # Ok::<(), nn::metrics::MetricError>(())
/// ```
pub fn mae<T: Element>(prediction: &[T], target: &[T]) -> Result<f64, MetricError> {
    Ok(RegressionReport::of("mae", prediction, target)?.mae)
}

/// The coefficient of determination R² = 1 - Σ (target - prediction)² / Σ (target - their mean)²: 1 for exact predictions, 0 for
/// ones that are no better than the mean of the targets, below 0 for worse ones (Wright 1921).
///
/// NaN if all targets are equal, also for exact predictions: then there is nothing to explain. Of rows of several targets, take
/// each column by itself.
///
/// # Errors
/// If there are not as many predictions as targets, none, or one is not finite.
///
/// ```
/// use nn::metrics::r2;
/// assert_eq!(r2(&[1.0, 2.0, 4.0], &[1.0, 2.0, 3.0])?, 0.5);
/// assert_eq!(r2(&[2.0, 2.0, 2.0], &[1.0, 2.0, 3.0])?, 0.0);
/// assert!(r2(&[5.0, 5.0], &[5.0, 5.0])?.is_nan());
/// # Ok::<(), nn::metrics::MetricError>(())
/// ```
pub fn r2<T: Element>(prediction: &[T], target: &[T]) -> Result<f64, MetricError> {
    Ok(RegressionReport::of("r2", prediction, target)?.r2)
}

/// The explained variance 1 - var(target - prediction) / var(target): [`r2`] without the part that a constant added
/// to all predictions would mend. NaN if all targets are equal.
///
/// # Errors
/// If there are not as many predictions as targets, none, or one is not finite.
///
/// ```
/// use nn::metrics::{explained_variance, r2};
/// let (prediction, target) = ([2.0, 3.0, 4.0], [1.0, 2.0, 3.0]);
/// assert_eq!((explained_variance(&prediction, &target)?, r2(&prediction, &target)?), (1.0, -0.5));
/// # Ok::<(), nn::metrics::MetricError>(())
/// ```
pub fn explained_variance<T: Element>(prediction: &[T], target: &[T]) -> Result<f64, MetricError> {
    Ok(RegressionReport::of("explained_variance", prediction, target)?.explained_variance)
}

/// All measures of predicted numbers at once. `Display` writes a table for the terminal.
///
/// ```
/// use nn::metrics::RegressionReport;
/// let report = RegressionReport::new(&[2.5, 0.0, 2.0, 8.0], &[3.0, -0.5, 2.0, 7.0])?;
/// assert_eq!((report.mse, report.mae, report.largest), (0.375, 0.5, 1.0));
/// assert_eq!(format!("\n{report}"), "
///                       rows | 4
///         mean squared error | 0.375000
///                   its root | 0.612372
///        mean absolute error | 0.500000
///     largest absolute error | 1.00000
///                         R² | 0.948608
///         explained variance | 0.957173");
/// # Ok::<(), nn::metrics::MetricError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct RegressionReport {
    /// Number of predictions.
    pub rows: usize,
    /// The mean squared error: see [`mse`].
    pub mse: f64,
    /// Its root: see [`rmse`].
    pub rmse: f64,
    /// The mean absolute error: see [`mae`].
    pub mae: f64,
    /// The largest absolute error.
    pub largest: f64,
    /// The coefficient of determination: see [`r2`].
    pub r2: f64,
    /// The explained variance: see [`explained_variance`].
    pub explained_variance: f64,
}

impl RegressionReport {
    /// Compares predictions with targets, number by number.
    ///
    /// # Errors
    /// If there are not as many predictions as targets, none, or one is not finite.
    pub fn new<T: Element>(prediction: &[T], target: &[T]) -> Result<RegressionReport, MetricError> {
        RegressionReport::of("RegressionReport", prediction, target)
    }

    fn of<T: Element>(
        metric: &'static str,
        prediction: &[T],
        target: &[T],
    ) -> Result<RegressionReport, MetricError> {
        let rows = target.len();
        if prediction.len() != rows {
            return Err(MetricError::Lengths { metric, predictions: prediction.len(), targets: rows });
        }
        if rows == 0 {
            return Err(MetricError::Empty { metric });
        }
        for (what, numbers) in [("prediction", prediction), ("target", target)] {
            if let Some(position) = numbers.iter().position(|number| !number.is_finite()) {
                let value = numbers[position].to_f64();
                return Err(MetricError::NotFinite { metric, what, position, value });
            }
        }
        let mean = |of: &dyn Fn(usize) -> f64| (0..rows).map(of).sum::<f64>() / rows as f64;
        let error = |row: usize| target[row].to_f64() - prediction[row].to_f64();
        let mse = mean(&|row| error(row).powi(2));
        // Equal targets, told by the numbers: the mean of equal numbers may be another by rounding.
        let is_constant = target.iter().all(|number| *number == target[0]);
        let centre = mean(&|row| target[row].to_f64());
        let spread = mean(&|row| (target[row].to_f64() - centre).powi(2));
        let bias = mean(&error);
        let unexplained = mean(&|row| (error(row) - bias).powi(2));
        let explained = |rest: f64| if is_constant { f64::NAN } else { 1.0 - rest / spread };
        Ok(RegressionReport {
            rows,
            mse,
            rmse: mse.sqrt(),
            mae: mean(&|row| error(row).abs()),
            largest: (0..rows).map(|row| error(row).abs()).fold(0.0, f64::max),
            r2: explained(mse),
            explained_variance: explained(unexplained),
        })
    }
}

impl fmt::Display for RegressionReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:>26} | {}", "rows", self.rows)?;
        for (name, value) in [
            ("mean squared error", self.mse),
            ("its root", self.rmse),
            ("mean absolute error", self.mae),
            ("largest absolute error", self.largest),
            ("R²", self.r2),
            ("explained variance", self.explained_variance),
        ] {
            write!(f, "\n{name:>26} | {}", six_digits(value))?;
        }
        Ok(())
    }
}

/// A number with six significant digits; `-` for NaN.
fn six_digits(value: f64) -> String {
    let size = value.abs();
    if value.is_nan() {
        "-".to_owned()
    } else if size == 0.0 || (1e-4..1e6).contains(&size) {
        let whole = if size < 1.0 { 0 } else { size.log10().floor() as usize + 1 };
        format!("{value:.*}", 6 - whole)
    } else {
        format!("{value:.5e}")
    }
}
