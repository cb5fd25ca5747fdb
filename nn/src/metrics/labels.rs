//! Measures of predicted labels, as functions.

use super::confusion::ConfusionMatrix;
use super::scores::Average;
use crate::data::Labels;

/// The share of predictions that are right, from 0 to 1; NaN if there are none.
///
/// # Panics
/// If the numbers of labels or classes differ.
///
/// ```
/// use nn::data::Labels;
/// let actual = Labels::new([0, 1, 2, 2], 3)?;
/// let predicted = Labels::new([0, 1, 2, 0], 3)?;
/// assert_eq!(nn::metrics::accuracy(&predicted, &actual), 0.75);
/// # Ok::<(), nn::data::DataError>(())
/// ```
#[track_caller]
pub fn accuracy(predicted: &Labels, actual: &Labels) -> f64 {
    check(predicted, actual);
    let right = predicted.as_slice().iter().zip(actual.as_slice()).filter(|(p, a)| p == a).count();
    right as f64 / actual.len() as f64
}

/// The precision, from 0 to 1: of the rows predicted as a class, the share that is of it (van Rijsbergen 1979,
/// chapter 7). What a class counts, and what it is if nothing was predicted as it, says [`Average`].
///
/// # Panics
/// If the numbers of labels or classes differ, or there is no such class.
///
/// ```
/// use nn::data::Labels;
/// use nn::metrics::{Average, precision};
/// let actual = Labels::new([0, 0, 1, 1, 1], 2)?;
/// let predicted = Labels::new([0, 1, 1, 1, 0], 2)?;
/// assert_eq!(precision(&predicted, &actual, Average::Class(1)), 2.0 / 3.0);
/// assert_eq!(precision(&predicted, &actual, Average::Macro), (0.5 + 2.0 / 3.0) / 2.0);
/// # Ok::<(), nn::data::DataError>(())
/// ```
#[track_caller]
pub fn precision(predicted: &Labels, actual: &Labels, average: Average) -> f64 {
    ConfusionMatrix::from_predictions(predicted, actual).average(average).precision
}

/// The recall, from 0 to 1: of the rows of a class, the share that was predicted as it. Also called sensitivity and true
/// positive rate (van Rijsbergen 1979, chapter 7). What a class counts says [`Average`].
///
/// # Panics
/// If the numbers of labels or classes differ, or there is no such class.
///
/// ```
/// use nn::data::Labels;
/// use nn::metrics::{Average, recall};
/// let actual = Labels::new([0, 0, 1, 1, 1, 1], 2)?;
/// let predicted = Labels::new([0, 1, 1, 1, 1, 0], 2)?;
/// assert_eq!(recall(&predicted, &actual, Average::Class(1)), 0.75);
/// assert_eq!(recall(&predicted, &actual, Average::Weighted), 4.0 / 6.0); // as the accuracy
/// # Ok::<(), nn::data::DataError>(())
/// ```
#[track_caller]
pub fn recall(predicted: &Labels, actual: &Labels, average: Average) -> f64 {
    ConfusionMatrix::from_predictions(predicted, actual).average(average).recall
}

/// The F1 score, from 0 to 1: the harmonic mean of precision and recall of a class, 2 right / (occurred + predicted)
/// (van Rijsbergen 1979, chapter 7). What a class counts says [`Average`].
///
/// # Panics
/// If the numbers of labels or classes differ, or there is no such class.
///
/// ```
/// use nn::data::Labels;
/// use nn::metrics::{Average, f1};
/// let actual = Labels::new([0, 0, 1, 1, 1], 2)?;
/// let predicted = Labels::new([0, 1, 1, 1, 0], 2)?;
/// assert_eq!(f1(&predicted, &actual, Average::Class(1)), 4.0 / 6.0);
/// # Ok::<(), nn::data::DataError>(())
/// ```
#[track_caller]
pub fn f1(predicted: &Labels, actual: &Labels, average: Average) -> f64 {
    ConfusionMatrix::from_predictions(predicted, actual).average(average).f1
}

/// The correlation of predicted and actual classes, from -1 to 1: 1 for all right, 0 for no better than chance; also 0 if all
/// rows are, or were predicted as, one class (Matthews 1975; Gorodkin 2004 for several classes).
///
/// Unlike the accuracy it is not high for always predicting the most frequent class.
///
/// # Panics
/// If the numbers of labels or classes differ.
///
/// ```
/// use nn::data::Labels;
/// use nn::metrics::{accuracy, matthews_correlation};
/// let actual = Labels::new([0, 0, 0, 0, 0, 0, 0, 0, 0, 1], 2)?;
/// let never = Labels::new([0; 10], 2)?;
/// assert_eq!((accuracy(&never, &actual), matthews_correlation(&never, &actual)), (0.9, 0.0));
/// # Ok::<(), nn::data::DataError>(())
/// ```
#[track_caller]
pub fn matthews_correlation(predicted: &Labels, actual: &Labels) -> f64 {
    ConfusionMatrix::from_predictions(predicted, actual).matthews_correlation()
}

/// Panics unless there is one prediction for each label, of the same classes.
#[track_caller]
pub(super) fn check(predicted: &Labels, actual: &Labels) {
    assert!(
        (predicted.len(), predicted.classes()) == (actual.len(), actual.classes()),
        "{} predictions of {} classes do not fit {} labels of {} classes: predict for the same rows",
        predicted.len(),
        predicted.classes(),
        actual.len(),
        actual.classes(),
    );
}
