//! `Robust`: median 0, interquartile range 1.

use autograd::{Element, Tensor};

use super::{DataError, by_column, check, column, divisor, quantile};

/// Columns of median 0 and interquartile range 1: (x - median) / range. A few wild numbers change neither.
///
/// The range is the third quartile less the first, both interpolated between neighbours (type 7 of Hyndman and Fan 1996). A column
/// whose middle half is one number has range 0 and is not divided.
///
/// ```
/// use autograd::Tensor;
/// use nn::data::Robust;
///
/// let scale = Robust::fit(&Tensor::from([[1.0_f32], [2.0], [3.0], [4.0], [1e6]]))?;
/// assert_eq!(scale, Robust { median: vec![3.0], range: vec![2.0] });
/// assert_eq!(scale.apply(&Tensor::from([[5.0_f32]])).data(), [1.0]);
/// # Ok::<(), nn::data::DataError>(())
/// ```
#[derive(Clone, PartialEq, Debug)]
pub struct Robust {
    /// The median of each column.
    pub median: Vec<f64>,
    /// The interquartile range of each column; 0 if its middle half is constant.
    pub range: Vec<f64>,
}

impl Robust {
    /// Medians and interquartile ranges of the columns of the training rows, `[rows, ...]`.
    ///
    /// # Errors
    /// [`DataError::NoRows`], [`DataError::Empty`], [`DataError::NotFinite`].
    pub fn fit<T: Element>(x: &Tensor<T>) -> Result<Robust, DataError> {
        let width = check(x)?;
        let mut sorted = Vec::new();
        let quartiles = |at| {
            sorted.clear();
            sorted.extend(column(x, width, at));
            sorted.sort_by(f64::total_cmp);
            (quantile(&sorted, 0.5), quantile(&sorted, 0.75) - quantile(&sorted, 0.25))
        };
        let (median, range) = (0..width).map(quartiles).unzip();
        Ok(Robust { median, range })
    }

    /// (x - median) / range in each column.
    ///
    /// # Panics
    /// If rows have another count of numbers than those that were fitted.
    #[track_caller]
    pub fn apply<T: Element>(&self, x: &Tensor<T>) -> Tensor<T> {
        by_column("Robust", x, self.median.len(), |x, at| (x - self.median[at]) / divisor(self.range[at]))
    }

    /// What [`apply`](Robust::apply) came from: median + range x.
    ///
    /// # Panics
    /// If rows have another count of numbers than those that were fitted.
    #[track_caller]
    pub fn invert<T: Element>(&self, x: &Tensor<T>) -> Tensor<T> {
        by_column("Robust", x, self.median.len(), |x, at| x * divisor(self.range[at]) + self.median[at])
    }
}
