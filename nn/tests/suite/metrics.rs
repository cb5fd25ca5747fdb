//! Metrics: against counting by hand, and what is refused.

use autograd::Tensor;
use nn::data::Labels;
use nn::metrics::{ConfusionMatrix, accuracy, binary_predictions, predictions};
use proptest::prelude::*;

fn labels<const N: usize>(values: [usize; N], classes: usize) -> Labels {
    Labels::new(values, classes).unwrap()
}

#[test]
fn a_nan_score_predicts_nothing() {
    let error = predictions(&Tensor::from([[0.0, 1.0], [f32::NAN, 1.0]])).unwrap_err();
    assert_eq!(error.to_string(), "NaN in row 1, column 0 (both from 0): clean or drop this row first");
    let infinite = predictions(&Tensor::from([[f32::NEG_INFINITY, 0.0], [f32::INFINITY, 0.0]])).unwrap();
    assert_eq!(infinite, labels([1, 0], 2));
}

#[test]
#[should_panic(expected = "predictions need scores of shape [rows, classes], but these have shape [3]")]
fn scores_are_a_matrix() {
    let _ = predictions(&Tensor::<f32>::zeros([3]));
}

#[test]
#[should_panic(
    expected = "by binary_predictions(scores, 0.0) for logits and (scores, 0.5) for probabilities"
)]
fn one_column_has_no_highest() {
    let _ = predictions(&Tensor::<f64>::zeros([3, 1]));
}

#[test]
fn one_score_a_row_tells_two_classes() {
    let logits = [-3.0, -1e-9, 0.0, 1e-9, 2.5, f64::INFINITY, f64::NEG_INFINITY];
    let expected = labels([0, 0, 1, 1, 1, 1, 0], 2);
    let row = Tensor::from(logits);
    assert_eq!(binary_predictions(&row, 0.0).unwrap(), expected);
    let column = row.reshaped([7, 1]).unwrap();
    assert_eq!(binary_predictions(&column, 0.0).unwrap(), expected);
    let probabilities = column.map(|z: f64| 1.0 / (1.0 + (-z).exp()));
    assert_eq!(binary_predictions(&probabilities, 0.5).unwrap(), expected);
    // In single precision too, and the same as of two columns, where no score is equal.
    let single = Tensor::from([0.3_f32, -0.2, 1.0]);
    let two = Tensor::from([[0.0, 0.3], [0.0, -0.2], [0.0, 1.0_f32]]);
    assert_eq!(binary_predictions(&single, 0.0).unwrap(), predictions(&two).unwrap());
    assert_eq!(predictions(&two.cast::<f64>()).unwrap(), predictions(&two).unwrap());

    let error = binary_predictions(&Tensor::from([[0.0], [f64::NAN]]), 0.0).unwrap_err();
    assert_eq!(error.to_string(), "NaN in row 1, column 0 (both from 0): clean or drop this row first");
    let error = binary_predictions(&row, f64::NAN).unwrap_err();
    assert_eq!(error.to_string(), "binary_predictions: threshold is NaN, but must be a number");
}

/// The rows that a point of a ROC curve takes for class 1 are those of its threshold.
#[test]
fn a_threshold_means_what_it_means_on_a_curve() {
    let scores = [0.1, 0.4, 0.35, 0.8, 0.4];
    let actual = labels([0, 0, 1, 1, 1], 2);
    let curve = nn::metrics::RocCurve::new(&scores, &actual).unwrap();
    for point in curve.points() {
        let predicted = binary_predictions(&Tensor::from(scores), point.threshold).unwrap();
        let matrix = ConfusionMatrix::from_predictions(&predicted, &actual);
        assert_eq!(matrix.count(1, 1) as f64 / 3.0, point.true_positive_rate);
        assert_eq!(matrix.count(0, 1) as f64 / 2.0, point.false_positive_rate);
    }
}

#[test]
#[should_panic(expected = "need one score a row, shape [rows] or [rows, 1], but these have shape [2, 3]")]
fn several_scores_a_row_have_no_threshold() {
    let _ = binary_predictions(&Tensor::<f32>::zeros([2, 3]), 0.0);
}

#[test]
#[should_panic(
    expected = "2 predictions of 3 classes do not fit 1 labels of 3 classes: predict for the same rows"
)]
fn predictions_and_labels_are_as_many() {
    accuracy(&labels([0, 1], 3), &labels([0], 3));
}

#[test]
#[should_panic(expected = "labels of 3 classes do not fit a confusion matrix of 2")]
fn labels_fit_the_matrix() {
    ConfusionMatrix::new(2).add(&labels([0], 3), &labels([0], 3));
}

#[test]
#[should_panic(expected = "classes 1 and 2 were asked for, but there are only 2")]
fn a_class_that_is_none_is_refused() {
    ConfusionMatrix::new(2).count(1, 2);
}

#[test]
fn nothing_has_no_share() {
    assert!(accuracy(&labels([], 3), &labels([], 3)).is_nan());
    let matrix = ConfusionMatrix::from_predictions(&labels([0], 2), &labels([0], 2));
    assert!(matrix.recall(1).is_nan());
    assert_eq!(matrix.recall(0), 1.0);
    assert_eq!(
        matrix.to_string(),
        "actual | predicted as\n       \
         |   0   1 | total  recall\n\
         -------+---------+--------------\n     \
         0 |   1   . |     1  100.0%\n     \
         1 |   .   . |     0       -\n\
         -------+---------+--------------\n \
         total |   1   . |     1  100.0%"
    );
}

#[test]
fn a_table_stays_in_line_whatever_its_counts() {
    let mut matrix = ConfusionMatrix::new(12);
    let all = Labels::new((0..120_000).map(|i| i % 12 * (i % 7) / 6), 12).unwrap();
    matrix.add(&all, &all);
    let table = matrix.to_string();
    let bars = |line: &str| {
        line.char_indices().filter(|&(_, c)| c == '|' || c == '+').map(|(i, _)| i).collect::<Vec<_>>()
    };
    let lines: Vec<&str> = table.lines().skip(1).collect();
    assert_eq!(lines.len(), 1 + 1 + 12 + 1 + 1);
    assert!(lines.iter().all(|line| bars(line) == bars(lines[0]) && line.len() == lines[0].len()), "{table}");
}

proptest! {
    #[test]
    fn the_matrix_agrees_with_counting(
        (classes, pairs) in (1_usize..6).prop_flat_map(|n| (Just(n), prop::collection::vec((0..n, 0..n), 1..80))),
        cut in 0_usize..80,
    ) {
        let actual = Labels::new(pairs.iter().map(|&(a, _)| a), classes).unwrap();
        let predicted = Labels::new(pairs.iter().map(|&(_, p)| p), classes).unwrap();
        let whole = ConfusionMatrix::from_predictions(&predicted, &actual);
        for a in 0..classes {
            for p in 0..classes {
                prop_assert_eq!(whole.count(a, p), pairs.iter().filter(|&&pair| pair == (a, p)).count() as u64);
            }
        }
        prop_assert_eq!(whole.total(), pairs.len() as u64);
        prop_assert_eq!(whole.accuracy(), accuracy(&predicted, &actual));

        let cut = cut.min(pairs.len());
        let (first, rest): (Vec<usize>, Vec<usize>) = (0..pairs.len()).partition(|&row| row < cut);
        let mut parts = ConfusionMatrix::new(classes);
        for rows in [first, rest] {
            parts.add(&predicted.select(&rows), &actual.select(&rows));
        }
        prop_assert_eq!(parts, whole);
    }
}
