//! The ROC curve and the area under it.

use autograd::{Element, Tensor};

use super::error::MetricError;
use super::top::check_scores;
use crate::data::Labels;

/// The ROC curve of a classifier of two classes: which part of class 1 is found, and which part of class 0 is taken for it, at
/// every threshold (Fawcett 2006).
///
/// ```
/// use nn::{data::Labels, metrics::RocCurve};
/// let actual = Labels::new([0, 0, 1, 1], 2)?;
/// let curve = RocCurve::new(&[0.1, 0.4, 0.35, 0.8], &actual)?;
/// let points: Vec<_> = curve.points().iter().map(|p| (p.false_positive_rate, p.true_positive_rate)).collect();
/// assert_eq!(points, [(0.0, 0.0), (0.0, 0.5), (0.5, 0.5), (0.5, 1.0), (1.0, 1.0)]);
/// assert_eq!(curve.area(), 0.75);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Debug)]
pub struct RocCurve {
    points: Vec<RocPoint>,
    area: f64,
}

/// A point of a [`RocCurve`].
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct RocPoint {
    /// Rows with this score or a higher one are taken for class 1; ∞ at the first point, where none is.
    pub threshold: f64,
    /// The share of class 0 that is taken for class 1: 1 - specificity.
    pub false_positive_rate: f64,
    /// The share of class 1 that is found: sensitivity, or recall.
    pub true_positive_rate: f64,
}

impl RocCurve {
    /// The curve of scores, one for each row, higher for class 1; labels are of two classes.
    ///
    /// Any numbers of which only the order counts: probabilities, logits, infinities too.
    ///
    /// # Errors
    /// If there is not one score per label, one is NaN, there are other than two classes, or rows of only one of them.
    pub fn new<T: Element>(scores: &[T], actual: &Labels) -> Result<RocCurve, MetricError> {
        RocCurve::of("RocCurve", scores, actual)
    }

    /// The points, from (0, 0) to (1, 1), one for each different score.
    pub fn points(&self) -> &[RocPoint] {
        &self.points
    }

    /// The area under the curve, from 0 to 1: see [`roc_auc`].
    pub fn area(&self) -> f64 {
        self.area
    }

    fn of<T: Element>(metric: &'static str, scores: &[T], actual: &Labels) -> Result<RocCurve, MetricError> {
        if actual.classes() != 2 {
            let instead = "roc_auc_one_vs_rest";
            return Err(MetricError::Classes { metric, classes: actual.classes(), instead });
        }
        if scores.len() != actual.len() {
            return Err(MetricError::Lengths { metric, predictions: scores.len(), targets: actual.len() });
        }
        if scores.is_empty() {
            return Err(MetricError::Empty { metric });
        }
        let scores: Vec<f64> = scores.iter().map(|score| score.to_f64()).collect();
        if let Some(position) = scores.iter().position(|score| score.is_nan()) {
            return Err(MetricError::NotFinite { metric, what: "score", position, value: f64::NAN });
        }
        RocCurve::sweep(metric, &scores, actual, 1)
    }

    /// Lowers the threshold from score to score; none is NaN, and there are some.
    fn sweep(
        metric: &'static str,
        scores: &[f64],
        actual: &Labels,
        class: usize,
    ) -> Result<RocCurve, MetricError> {
        let is_positive = |row: usize| actual.as_slice()[row] as usize == class;
        let rows = scores.len();
        let count = (0..rows).filter(|&row| is_positive(row)).count();
        if count == 0 || count == rows {
            return Err(MetricError::OneClass { metric, class, count, rows });
        }
        let mut order: Vec<usize> = (0..rows).collect();
        order.sort_by(|&a, &b| scores[b].partial_cmp(&scores[a]).expect("no score is NaN"));

        let (positives, negatives) = (count as f64, (rows - count) as f64);
        let mut points =
            vec![RocPoint { threshold: f64::INFINITY, false_positive_rate: 0.0, true_positive_rate: 0.0 }];
        // Twice the area in units of pairs, which are whole numbers: rows of equal scores are a slanted line.
        let (mut hits, mut alarms, mut area) = (0_u128, 0_u128, 0_u128);
        for equal in order.chunk_by(|&a, &b| scores[a] == scores[b]) {
            let found = equal.iter().filter(|&&row| is_positive(row)).count() as u128;
            let alarmed = equal.len() as u128 - found;
            area += alarmed * (2 * hits + found);
            hits += found;
            alarms += alarmed;
            points.push(RocPoint {
                threshold: scores[equal[0]],
                false_positive_rate: alarms as f64 / negatives,
                true_positive_rate: hits as f64 / positives,
            });
        }
        Ok(RocCurve { points, area: area as f64 / (2.0 * positives * negatives) })
    }
}

/// The area under the ROC curve: the probability that a row of class 1 has a higher score than one of class 0, with
/// equal scores counted half (Hanley, McNeil 1982); from 0 to 1, and 1/2 for scores that say nothing.
///
/// Scores are one for each row, labels of two classes; see [`RocCurve::new`].
///
/// # Errors
/// If there is not one score per label, one is NaN, there are other than two classes, or rows of only one of them.
///
/// ```
/// use nn::{data::Labels, metrics::roc_auc};
/// let actual = Labels::new([0, 1, 1], 2)?;
/// // Of the two pairs, one is in the right order, and one is a tie.
/// assert_eq!(roc_auc(&[0.5, 0.5, 0.9], &actual)?, 0.75);
/// let error = roc_auc(&[0.5, 0.9], &Labels::new([1, 1], 2)?).unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "roc_auc: 2 of 2 rows are of class 1: it takes some, and some of another class"
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn roc_auc<T: Element>(scores: &[T], actual: &Labels) -> Result<f64, MetricError> {
    Ok(RocCurve::of("roc_auc", scores, actual)?.area)
}

/// The mean over the classes of the area under the ROC curve of each class against all others; scores are `[rows, classes]`.
///
/// Scores of a column are compared with each other, so they should be probabilities, not logits, whose rows have no common scale.
///
/// # Errors
/// If the shape of the scores does not fit, one is NaN, there are no rows, or a class has none or all of them.
///
/// ```
/// use nn::{data::Labels, metrics::roc_auc_one_vs_rest};
/// let p = autograd::Tensor::from([[0.7, 0.2, 0.1], [0.3, 0.6, 0.1], [0.2, 0.5, 0.3], [0.4, 0.4, 0.2]]);
/// let actual = Labels::new([0, 1, 2, 2], 3)?;
/// assert_eq!(roc_auc_one_vs_rest(&p, &actual)?, 1.0);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn roc_auc_one_vs_rest<T: Element>(scores: &Tensor<T>, actual: &Labels) -> Result<f64, MetricError> {
    const NAME: &str = "roc_auc_one_vs_rest";
    check_scores(NAME, scores, actual)?;
    let classes = actual.classes();
    let mut sum = 0.0;
    for class in 0..classes {
        let column: Vec<f64> =
            scores.data().iter().skip(class).step_by(classes).map(|score| score.to_f64()).collect();
        sum += RocCurve::sweep(NAME, &column, actual, class)?.area;
    }
    Ok(sum / classes as f64)
}
