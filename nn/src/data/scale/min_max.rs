//! `MinMax`: columns from 0 to 1.

use autograd::{Element, Tensor};

use super::{DataError, by_column, check, column, divisor};

/// Columns from 0 to 1: (x - low) / (high - low).
///
/// Rows that come later may lie outside; nothing is cut off. A constant column is not divided: it becomes 0, and a number that
/// differs from it later keeps its difference. For -1 to 1, map the result: `2 y - 1`.
///
/// ```
/// use autograd::Tensor;
/// use nn::data::MinMax;
///
/// let scale = MinMax::fit(&Tensor::from([[10.0_f32], [20.0], [30.0]]))?;
/// assert_eq!(scale, MinMax { low: vec![10.0], high: vec![30.0] });
/// assert_eq!(scale.apply(&Tensor::from([[15.0_f32], [40.0]])).data(), [0.25, 1.5]);
/// assert_eq!(scale.invert(&Tensor::from([[0.25_f32]])).data(), [15.0]);
/// # Ok::<(), nn::data::DataError>(())
/// ```
#[derive(Clone, PartialEq, Debug)]
pub struct MinMax {
    /// The smallest number of each column.
    pub low: Vec<f64>,
    /// The largest number of each column.
    pub high: Vec<f64>,
}

impl MinMax {
    /// Smallest and largest number of the columns of the training rows, `[rows, ...]`.
    ///
    /// # Errors
    /// [`DataError::NoRows`], [`DataError::Empty`], [`DataError::NotFinite`].
    pub fn fit<T: Element>(x: &Tensor<T>) -> Result<MinMax, DataError> {
        let width = check(x)?;
        let range = |at| {
            let numbers = column(x, width, at);
            (numbers.clone().fold(f64::INFINITY, f64::min), numbers.fold(f64::NEG_INFINITY, f64::max))
        };
        let (low, high) = (0..width).map(range).unzip();
        Ok(MinMax { low, high })
    }

    /// (x - low) / (high - low) in each column.
    ///
    /// # Panics
    /// If rows have another count of numbers than those that were fitted.
    #[track_caller]
    pub fn apply<T: Element>(&self, x: &Tensor<T>) -> Tensor<T> {
        by_column("MinMax", x, self.low.len(), |x, at| {
            (x - self.low[at]) / divisor(self.high[at] - self.low[at])
        })
    }

    /// What [`apply`](MinMax::apply) came from: low + (high - low) x.
    ///
    /// # Panics
    /// If rows have another count of numbers than those that were fitted.
    #[track_caller]
    pub fn invert<T: Element>(&self, x: &Tensor<T>) -> Tensor<T> {
        by_column("MinMax", x, self.low.len(), |x, at| {
            x * divisor(self.high[at] - self.low[at]) + self.low[at]
        })
    }
}
