//! What scores say of each row: the class with the highest, or of two classes the one on its side of a threshold.

use autograd::{Element, Tensor};

use super::error::MetricError;
use crate::config::ConfigError;
use crate::data::{DataError, Labels};

/// The class with the highest score in each row of `scores`, `[rows, classes]`: logits or
/// probabilities. Of equal scores the first counts. For one score a row there is [`binary_predictions`].
///
/// # Errors
/// [`DataError::NotFinite`] for a NaN: such a row predicts nothing.
///
/// # Panics
/// If `scores` is not a matrix, or has one column, of which the first is always the highest.
///
/// ```
/// use autograd::Tensor;
/// let predicted = nn::metrics::predictions(&Tensor::from([[0.1, 0.7, 0.2], [2.0, -1.0, 2.0]]))?;
/// assert_eq!(predicted.as_slice(), [1, 0]);
/// # Ok::<(), nn::data::DataError>(())
/// ```
#[track_caller]
pub fn predictions<T: Element>(scores: &Tensor<T>) -> Result<Labels, DataError> {
    let shape = scores.shape();
    let &[rows, classes] = &shape[..] else {
        panic!("predictions need scores of shape [rows, classes], but these have shape {shape}");
    };
    assert!(
        classes != 1,
        "predictions need a score for each class, but these have shape {shape}: one logit or probability a row says two \
         classes, by binary_predictions(scores, 0.0) for logits and (scores, 0.5) for probabilities"
    );
    check_nan(scores, classes)?;
    let best = |row: usize| {
        let row = &scores.data()[row * classes..][..classes];
        (1..classes).fold(0, |best, class| if row[class] > row[best] { class } else { best })
    };
    Labels::new((0..rows).map(best), classes)
}

/// Class 1 for each row whose score is at least the threshold, else class 0: for models with one output, trained by
/// [`bce_with_logits`](crate::bce_with_logits) or on -1 and 1. Scores are `[rows]` or `[rows, 1]`.
///
/// The threshold is 0 for logits and 0.5 for probabilities, which is the same; the
/// [`threshold`](super::RocPoint::threshold) of a point of a ROC curve means the same rows.
///
/// ```
/// use autograd::Tensor;
/// use nn::metrics::{accuracy, binary_predictions};
/// let logits = Tensor::from([[-1.5], [0.2], [3.0]]);
/// let predicted = binary_predictions(&logits, 0.0)?;
/// assert_eq!((predicted.as_slice(), predicted.classes()), (&[0, 1, 1][..], 2));
/// assert_eq!(accuracy(&predicted, &nn::data::Labels::new([0, 0, 1], 2)?), 2.0 / 3.0);
///
/// // Class 1 only where its probability, 0.18, 0.55 and 0.95, is high.
/// let probabilities = logits.map(|z: f32| 1.0 / (1.0 + (-z).exp()));
/// assert_eq!(binary_predictions(&probabilities, 0.9)?.as_slice(), [0, 0, 1]);
/// # Ok::<(), nn::data::DataError>(())
/// ```
///
/// # Errors
/// [`DataError::NotFinite`] for a NaN: such a row predicts nothing. [`DataError::Config`] for a threshold that is NaN.
///
/// # Panics
/// If there is not one score a row.
#[track_caller]
pub fn binary_predictions<T: Element>(scores: &Tensor<T>, threshold: f64) -> Result<Labels, DataError> {
    let shape = scores.shape();
    assert!(
        matches!(shape[..], [_] | [_, 1]),
        "binary_predictions need one score a row, shape [rows] or [rows, 1], but these have shape {shape}: of several \
         columns predictions(scores) takes the highest"
    );
    if threshold.is_nan() {
        return Err(ConfigError::new("binary_predictions", "threshold", threshold, "a number").into());
    }
    check_nan(scores, 1)?;
    Labels::new(scores.data().iter().map(|score| usize::from(score.to_f64() >= threshold)), 2)
}

/// An error for the first score that is NaN, of rows with so many columns.
fn check_nan<T: Element>(scores: &Tensor<T>, columns: usize) -> Result<(), DataError> {
    match first_nan(scores, columns) {
        Some((row, column)) => Err(DataError::NotFinite { row, column, value: f32::NAN }),
        None => Ok(()),
    }
}

/// Row and column of the first score that is NaN, of rows with so many columns.
fn first_nan<T: Element>(scores: &Tensor<T>, columns: usize) -> Option<(usize, usize)> {
    let at = scores.data().iter().position(|score| score.to_f64().is_nan())?;
    Some((at / columns, at % columns))
}

/// The share of rows whose label is among the `k` highest of their scores `[rows, classes]`, from 0 to 1. Of equal scores the
/// first counts as higher, so that `k` = 1 is the accuracy of [`predictions`] (Russakovsky et al. 2015, arXiv 1409.0575, with 5).
///
/// # Errors
/// If the shape of the scores does not fit, there are no rows, a score is NaN, or `k` is 0 or more than there are classes.
///
/// ```
/// use nn::{data::Labels, metrics::top_k_accuracy};
/// let scores = autograd::Tensor::from([[0.5, 0.3, 0.2], [0.5, 0.3, 0.2], [0.1, 0.2, 0.7]]);
/// let actual = Labels::new([0, 1, 0], 3)?;
/// assert_eq!(top_k_accuracy(&scores, &actual, 1)?, 1.0 / 3.0);
/// assert_eq!(top_k_accuracy(&scores, &actual, 2)?, 2.0 / 3.0);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn top_k_accuracy<T: Element>(scores: &Tensor<T>, actual: &Labels, k: usize) -> Result<f64, MetricError> {
    const NAME: &str = "top_k_accuracy";
    let classes = actual.classes();
    check_scores(NAME, scores, actual)?;
    if k == 0 || k > classes {
        return Err(ConfigError::new(NAME, "k", k, "at least 1, and at most the number of classes").into());
    }
    let mut hits = 0_usize;
    for (row, &label) in scores.data().chunks(classes).zip(actual.as_slice()) {
        let label = label as usize;
        let higher = |class: usize| row[class] > row[label] || (row[class] == row[label] && class < label);
        if (0..classes).filter(|&class| higher(class)).count() < k {
            hits += 1;
        }
    }
    Ok(hits as f64 / actual.len() as f64)
}

/// An error unless scores are `[rows, classes]` for these labels, at least one row, and none is NaN.
pub(super) fn check_scores<T: Element>(
    metric: &'static str,
    scores: &Tensor<T>,
    actual: &Labels,
) -> Result<(), MetricError> {
    let (shape, rows, classes) = (scores.shape(), actual.len(), actual.classes());
    if shape != [rows, classes] {
        return Err(MetricError::Shape { metric, shape, rows, classes, wanted: "[rows, classes]" });
    }
    if rows == 0 {
        return Err(MetricError::Empty { metric });
    }
    match first_nan(scores, classes) {
        Some((row, column)) => Err(MetricError::Score { metric, row, column }),
        None => Ok(()),
    }
}
