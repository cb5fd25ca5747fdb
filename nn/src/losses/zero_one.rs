//! The zero-one loss, a number.

use crate::data::Labels;
use crate::metrics::accuracy;

/// The zero-one loss, the share of predictions that are wrong, from 0 to 1: 1 less the accuracy; NaN if there are none
/// (Hastie, Tibshirani, Friedman 2009, section 2.4).
///
/// It is what a classifier is for, but no gradient can lower it: it is flat wherever it does not jump. So it is a plain number
/// of predicted labels, and the other losses stand in for it while training.
///
/// ```
/// use nn::{losses::zero_one, prelude::*};
/// let (predicted, actual) = (Labels::new([0, 1, 1, 0], 2)?, Labels::new([0, 1, 0, 0], 2)?);
/// assert_eq!(zero_one(&predicted, &actual), 0.25);
/// # Ok::<(), nn::data::DataError>(())
/// ```
///
/// # Panics
/// If the numbers of labels or classes differ.
#[track_caller]
pub fn zero_one(predicted: &Labels, actual: &Labels) -> f64 {
    1.0 - accuracy(predicted, actual)
}
