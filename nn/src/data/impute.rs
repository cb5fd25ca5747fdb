//! Missing values: what is done about them, and values to fill them with, fitted to training rows.

use autograd::{Element, Tensor};

use super::DataError;
use super::scale::{by_column, column, quantile, width};

/// What is to stand for a missing value.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Fill {
    /// The mean of the column's training rows.
    Mean,
    /// Their median: as [`Mean`](Fill::Mean), but a few wild numbers do not move it.
    Median,
    /// The most frequent of them; of several, the smallest.
    MostFrequent,
    /// This number.
    Constant(f64),
}

/// Fills missing numbers, which are NaN, with one number for each column.
///
/// It is fitted to the training rows, and then fills those that come later too. To leave rows out instead, select
/// [`complete_rows`]; to be told of them, do nothing: a [`Dataset`](super::Dataset) refuses NaN and names its place.
///
/// ```
/// use autograd::Tensor;
/// use nn::data::{Fill, Impute};
///
/// let train = Tensor::from([[1.0_f32, f32::NAN], [2.0, 7.0], [6.0, 7.0]]);
/// let impute = Impute::fit(&train, Fill::Median)?;
/// assert_eq!(impute, Impute { values: vec![2.0, 7.0] });
/// assert_eq!(impute.apply(&Tensor::from([[f32::NAN, 3.0]])).data(), [2.0, 3.0]);
/// # Ok::<(), nn::data::DataError>(())
/// ```
#[derive(Clone, PartialEq, Debug)]
pub struct Impute {
    /// What stands for a missing number of each column.
    pub values: Vec<f64>,
}

impl Impute {
    /// Values for the columns of training rows `[rows, ...]`, from their numbers that are not NaN.
    ///
    /// # Errors
    /// [`DataError::NoRows`], [`DataError::Empty`]; [`DataError::NotFinite`] for an infinite number;
    /// [`DataError::AllMissing`] for a column without a number, unless the fill is constant.
    pub fn fit<T: Element>(x: &Tensor<T>, fill: Fill) -> Result<Impute, DataError> {
        let width = width(x)?;
        if let Some(at) = x.data().iter().position(|number| number.to_f64().is_infinite()) {
            let value = x.data()[at].to_f64() as f32;
            return Err(DataError::NotFinite { row: at / width, column: at % width, value });
        }
        let value = |at: usize| {
            let known: Vec<f64> = column(x, width, at).filter(|number| !number.is_nan()).collect();
            fill.of(known).ok_or(DataError::AllMissing { column: at.to_string() })
        };
        Ok(Impute { values: (0..width).map(value).collect::<Result<_, _>>()? })
    }

    /// The numbers with a value in place of each NaN.
    ///
    /// # Panics
    /// If rows have another count of numbers than those that were fitted.
    #[track_caller]
    pub fn apply<T: Element>(&self, x: &Tensor<T>) -> Tensor<T> {
        by_column("Impute", x, self.values.len(), |x, at| if x.is_nan() { self.values[at] } else { x })
    }
}

impl Fill {
    /// What fills a column with these numbers known; none if that cannot be told.
    pub(super) fn of(self, mut known: Vec<f64>) -> Option<f64> {
        if let Fill::Constant(value) = self {
            return Some(value);
        }
        known.sort_by(f64::total_cmp);
        let (&first, count) = (known.first()?, known.len() as f64);
        match self {
            Fill::Mean => Some(first + known.iter().map(|x| x - first).sum::<f64>() / count),
            Fill::Median => Some(quantile(&known, 0.5)),
            Fill::MostFrequent => {
                let runs = known.chunk_by(|a, b| a == b);
                // Of equally long runs the first is to win, and `max_by_key` gives the last.
                runs.rev().max_by_key(|run| run.len()).map(|run| run[0])
            }
            Fill::Constant(value) => Some(value),
        }
    }
}

/// The rows of `x`, `[rows, ...]`, without a NaN: for [`Dataset::select`](super::Dataset::select),
/// [`Labels::select`](super::Labels::select) and [`Tensor::select_rows`].
///
/// ```
/// use autograd::Tensor;
/// let x = Tensor::from([[1.0_f32, 2.0], [f32::NAN, 3.0], [4.0, 5.0]]);
/// assert_eq!(nn::data::complete_rows(&x), [0, 2]);
/// ```
///
/// # Panics
/// If `x` is a single number.
#[track_caller]
pub fn complete_rows<T: Element>(x: &Tensor<T>) -> Vec<usize> {
    let shape = x.shape();
    assert!(shape.rank() > 0, "complete_rows: a single number has no rows");
    let width: usize = shape[1..].iter().product();
    let row = |row: usize| &x.data()[row * width..][..width];
    (0..shape[0]).filter(|&at| !row(at).iter().any(|number| number.to_f64().is_nan())).collect()
}
