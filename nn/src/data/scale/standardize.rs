//! `Standardize`: mean 0, deviation 1.

use autograd::{Element, Tensor};

use super::{DataError, by_column, check, column, divisor};

/// Columns of mean 0 and standard deviation 1: (x - mean) / deviation.
///
/// The deviation is that of all rows, the root of the mean square, not of a sample. A constant column has deviation 0 and is not
/// divided: it becomes 0, and a number that differs from it later keeps its difference.
///
/// The fields are all there is, so a fitted scale is saved by saving them.
///
/// ```
/// use autograd::Tensor;
/// use nn::data::Standardize;
///
/// let train = Tensor::from([[1.0_f32, 5.0], [3.0, 5.0]]);
/// let scale = Standardize::fit(&train)?;
/// assert_eq!(scale, Standardize { mean: vec![2.0, 5.0], deviation: vec![1.0, 0.0] });
/// assert_eq!(scale.apply(&train).data(), [-1.0, 0.0, 1.0, 0.0]);
///
/// // Rows that come later are measured by the training rows.
/// let new = Tensor::from([[4.0_f32, 6.0]]);
/// assert_eq!(scale.apply(&new).data(), [2.0, 1.0]);
/// assert_eq!(scale.invert(&scale.apply(&new)), new);
/// # Ok::<(), nn::data::DataError>(())
/// ```
#[derive(Clone, PartialEq, Debug)]
pub struct Standardize {
    /// The mean of each column.
    pub mean: Vec<f64>,
    /// The standard deviation of each column; 0 if it is constant.
    pub deviation: Vec<f64>,
}

impl Standardize {
    /// Means and deviations of the columns of the training rows, `[rows, ...]`; a column is a place in a row.
    ///
    /// # Errors
    /// [`DataError::NoRows`], [`DataError::Empty`], [`DataError::NotFinite`].
    pub fn fit<T: Element>(x: &Tensor<T>) -> Result<Standardize, DataError> {
        let width = check(x)?;
        let rows = x.shape()[0] as f64;
        let moments = |at| {
            let numbers = column(x, width, at);
            // Counted from the first number: a constant column has a mean without rounding, and deviation 0.
            let first = numbers.clone().next().expect("there is a row");
            let mean = first + numbers.clone().map(|x| x - first).sum::<f64>() / rows;
            let square = numbers.map(|x| (x - mean).powi(2)).sum::<f64>() / rows;
            (mean, square.sqrt())
        };
        let (mean, deviation) = (0..width).map(moments).unzip();
        Ok(Standardize { mean, deviation })
    }

    /// (x - mean) / deviation in each column.
    ///
    /// # Panics
    /// If rows have another count of numbers than those that were fitted.
    #[track_caller]
    pub fn apply<T: Element>(&self, x: &Tensor<T>) -> Tensor<T> {
        by_column("Standardize", x, self.mean.len(), |x, at| {
            (x - self.mean[at]) / divisor(self.deviation[at])
        })
    }

    /// What [`apply`](Standardize::apply) came from: mean + deviation x.
    ///
    /// # Panics
    /// If rows have another count of numbers than those that were fitted.
    #[track_caller]
    pub fn invert<T: Element>(&self, x: &Tensor<T>) -> Tensor<T> {
        by_column("Standardize", x, self.mean.len(), |x, at| x * divisor(self.deviation[at]) + self.mean[at])
    }
}
