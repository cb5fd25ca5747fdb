//! The highest scores of each row.

use autograd::{Element, Tensor};

use super::error::MetricError;
use crate::config::ConfigError;
use crate::data::{DataError, Labels};

/// The class with the highest score in each row of `scores`, `[rows, classes]`: logits or
/// probabilities. Of equal scores the first counts.
///
/// # Errors
/// [`DataError::NotFinite`] for a NaN: such a row predicts nothing.
///
/// # Panics
/// If `scores` is not a matrix.
///
/// ```
/// use autograd::Tensor;
/// let predicted = nn::metrics::predictions(&Tensor::from([[0.1, 0.7, 0.2], [2.0, -1.0, 2.0]]))?;
/// assert_eq!(predicted.as_slice(), [1, 0]);
/// # Ok::<(), nn::data::DataError>(())
/// ```
#[track_caller]
pub fn predictions(scores: &Tensor) -> Result<Labels, DataError> {
    let shape = scores.shape();
    let &[rows, classes] = &shape[..] else {
        panic!("predictions need scores of shape [rows, classes], but these have shape {shape}");
    };
    if let Some(at) = scores.data().iter().position(|score| score.is_nan()) {
        return Err(DataError::NotFinite {
            row: at / classes,
            column: at % classes,
            value: scores.data()[at],
        });
    }
    let best = |row: usize| {
        let row = &scores.data()[row * classes..][..classes];
        (1..classes).fold(0, |best, class| if row[class] > row[best] { class } else { best })
    };
    Labels::new((0..rows).map(best), classes)
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
    match scores.data().iter().position(|score| score.to_f64().is_nan()) {
        Some(at) => Err(MetricError::Score { metric, row: at / classes, column: at % classes }),
        None => Ok(()),
    }
}
