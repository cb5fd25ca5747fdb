//! Measures of labels, scores, probabilities and numbers: against counting by hand, and what must hold of each.

use autograd::Tensor;
use nn::data::Labels;
use nn::metrics::*;
use proptest::prelude::*;

fn labels<const N: usize>(values: [usize; N], classes: usize) -> Labels {
    Labels::new(values, classes).unwrap()
}

#[track_caller]
fn assert_close(found: f64, expected: f64) {
    assert!((found - expected).abs() < 1e-14, "{found}, but {expected} is right");
}

/// Actual and predicted labels of some classes.
fn pairs() -> impl Strategy<Value = (Labels, Labels)> {
    (1_usize..6).prop_flat_map(|classes| {
        prop::collection::vec((0..classes, 0..classes), 1..60).prop_map(move |pairs| {
            let of =
                |which: fn(&(usize, usize)) -> usize| Labels::new(pairs.iter().map(which), classes).unwrap();
            (of(|pair| pair.0), of(|pair| pair.1))
        })
    })
}

/// Scores with many ties, and labels of two classes, of which both occur.
fn ranked() -> impl Strategy<Value = (Vec<f64>, Labels)> {
    prop::collection::vec((-4_i32..5, 0_usize..2), 2..40)
        .prop_filter("both classes", |rows| rows.iter().any(|r| r.1 == 0) && rows.iter().any(|r| r.1 == 1))
        .prop_map(|rows| {
            let labels = Labels::new(rows.iter().map(|row| row.1), 2).unwrap();
            (rows.iter().map(|row| f64::from(row.0) / 4.0).collect(), labels)
        })
}

/// Rows of probabilities of three classes, and their labels.
fn distributions() -> impl Strategy<Value = (Tensor<f64>, Labels)> {
    prop::collection::vec((0.01_f64..1.0, 0.01_f64..1.0, 0.01_f64..1.0, 0_usize..3), 1..40).prop_map(|rows| {
        let p = rows.iter().flat_map(|&(a, b, c, _)| [a, b, c].map(|x| x / (a + b + c))).collect();
        let labels = Labels::new(rows.iter().map(|row| row.3), 3).unwrap();
        (Tensor::from_vec([rows.len(), 3], p).unwrap(), labels)
    })
}

fn or_zero(share: f64) -> f64 {
    if share.is_nan() { 0.0 } else { share }
}

proptest! {
    #[test]
    fn precision_recall_and_f1_agree_with_counting((actual, predicted) in pairs()) {
        let (a, p) = (actual.as_slice(), predicted.as_slice());
        let rows = a.len() as f64;
        let matrix = ConfusionMatrix::from_predictions(&predicted, &actual);
        let (mut sums, mut weighted, mut present) = ([0.0; 3], [0.0; 3], 0.0);
        for class in 0..actual.classes() {
            let c = class as u32;
            let count = |of: &dyn Fn(u32, u32) -> bool| {
                a.iter().zip(p).filter(|&(&a, &p)| of(a, p)).count() as f64
            };
            let (hits, misses) = (count(&|a, p| a == c && p == c), count(&|a, p| a == c && p != c));
            let alarms = count(&|a, p| a != c && p == c);
            let (precision, recall) = (hits / (hits + alarms), hits / (hits + misses));
            let found = matrix.average(Average::Class(class));
            prop_assert_eq!(found.precision.to_bits(), precision.to_bits());
            prop_assert_eq!(found.recall.to_bits(), recall.to_bits());
            prop_assert_eq!(found.rows as f64, hits + misses);
            if hits + misses + alarms == 0.0 {
                prop_assert!(found.f1.is_nan());
                continue;
            }
            let harmonic = if hits == 0.0 { 0.0 } else { 2.0 / (1.0 / precision + 1.0 / recall) };
            assert_close(found.f1, harmonic);
            present += 1.0;
            for (k, share) in [or_zero(precision), or_zero(recall), harmonic].into_iter().enumerate() {
                sums[k] += share;
                weighted[k] += share * (hits + misses);
            }
        }
        for (k, of) in [precision, recall, f1].into_iter().enumerate() {
            assert_close(of(&predicted, &actual, Average::Macro), sums[k] / present);
            assert_close(of(&predicted, &actual, Average::Weighted), weighted[k] / rows);
            prop_assert_eq!(of(&predicted, &actual, Average::Micro), accuracy(&predicted, &actual));
        }
        assert_close(recall(&predicted, &actual, Average::Weighted), accuracy(&predicted, &actual));
    }

    /// The correlation coefficient of indicators, summed over the classes.
    #[test]
    fn matthews_correlation_is_a_correlation((actual, predicted) in pairs()) {
        let rows = actual.len() as f64;
        let (mut both, mut of_actual, mut of_predicted) = (0.0, 0.0, 0.0);
        for class in 0..actual.classes() as u32 {
            let is = |labels: &Labels| -> Vec<f64> {
                labels.as_slice().iter().map(|&label| f64::from(u8::from(label == class))).collect()
            };
            let (a, p) = (is(&actual), is(&predicted));
            let (mean_a, mean_p) = (a.iter().sum::<f64>() / rows, p.iter().sum::<f64>() / rows);
            for (a, p) in a.iter().zip(&p) {
                both += (a - mean_a) * (p - mean_p);
                of_actual += (a - mean_a).powi(2);
                of_predicted += (p - mean_p).powi(2);
            }
        }
        let expected = if of_actual * of_predicted < 1e-12 { 0.0 } else { both / (of_actual * of_predicted).sqrt() };
        let found = matthews_correlation(&predicted, &actual);
        prop_assert!((found - expected).abs() < 1e-12, "{found} {expected}");
        prop_assert_eq!(found, matthews_correlation(&actual, &predicted));
    }

    #[test]
    fn the_area_is_the_share_of_pairs_in_order((scores, actual) in ranked()) {
        let (mut wins, mut count) = (0.0, 0.0);
        for (i, &label) in actual.as_slice().iter().enumerate() {
            for (j, &other) in actual.as_slice().iter().enumerate() {
                if label == 1 && other == 0 {
                    count += 1.0;
                    wins += if scores[i] > scores[j] { 1.0 } else if scores[i] == scores[j] { 0.5 } else { 0.0 };
                }
            }
        }
        let area = roc_auc(&scores, &actual).unwrap();
        prop_assert_eq!(area, wins / count);

        // Only the order counts, and turning it round turns the area round.
        let mapped: Vec<f64> = scores.iter().map(|score| score.exp() + score.powi(3)).collect();
        prop_assert_eq!(roc_auc(&mapped, &actual).unwrap(), area);
        let turned: Vec<f64> = scores.iter().map(|score| -score).collect();
        assert_close(roc_auc(&turned, &actual).unwrap(), 1.0 - area);
        let single: Vec<f32> = scores.iter().map(|&score| score as f32).collect();
        prop_assert_eq!(roc_auc(&single, &actual).unwrap(), area);

        let curve = RocCurve::new(&scores, &actual).unwrap();
        let points = curve.points();
        let (first, last) = (points[0], points[points.len() - 1]);
        prop_assert_eq!((first.false_positive_rate, first.true_positive_rate), (0.0, 0.0));
        prop_assert_eq!((last.false_positive_rate, last.true_positive_rate), (1.0, 1.0));
        let mut trapezoids = 0.0;
        for pair in points.windows(2) {
            prop_assert!(pair[0].threshold > pair[1].threshold);
            let width = pair[1].false_positive_rate - pair[0].false_positive_rate;
            trapezoids += width * (pair[0].true_positive_rate + pair[1].true_positive_rate) / 2.0;
        }
        assert_close(trapezoids, area);
        for point in points {
            let taken = |class: u32| {
                let rows = scores.iter().zip(actual.as_slice()).filter(|&(_, &label)| label == class);
                let all = rows.clone().count() as f64;
                rows.filter(|&(&score, _)| score >= point.threshold).count() as f64 / all
            };
            prop_assert_eq!((point.false_positive_rate, point.true_positive_rate), (taken(0), taken(1)));
        }

        // Two columns are two classes against the rest, with one area.
        let both = Tensor::from_fn([scores.len(), 2], |i| if i % 2 == 1 { scores[i / 2] } else { -scores[i / 2] });
        assert_close(roc_auc_one_vs_rest(&both, &actual).unwrap(), area);
    }

    #[test]
    fn top_k_accuracy_agrees_with_sorting((p, actual) in distributions(), coarse in any::<bool>()) {
        // Rounded scores have ties, which fall to the first class.
        let scores = if coarse { p.map(|p| (p * 4.0).round()) } else { p };
        for k in 1..=3 {
            let mut hits = 0.0;
            for (row, &label) in scores.data().chunks(3).zip(actual.as_slice()) {
                let mut order = [0, 1, 2];
                order.sort_by(|&a, &b| row[b].total_cmp(&row[a])); // stable
                hits += f64::from(u8::from(order[..k].contains(&(label as usize))));
            }
            prop_assert_eq!(top_k_accuracy(&scores, &actual, k).unwrap(), hits / actual.len() as f64);
        }
        let predicted = predictions(&scores).unwrap();
        prop_assert_eq!(top_k_accuracy(&scores, &actual, 1).unwrap(), accuracy(&predicted, &actual));
        prop_assert_eq!(top_k_accuracy(&scores, &actual, 3).unwrap(), 1.0);
    }

    #[test]
    fn probabilities_agree_with_plain_loops((p, actual) in distributions(), bins in 1_usize..20) {
        let rows = actual.len() as f64;
        let (mut ln, mut squares) = (0.0, 0.0);
        // Sum of confidence, right rows, rows; by bin.
        let mut by_bin = vec![(0.0, 0.0, 0.0); bins];
        for (row, &label) in p.data().chunks(3).zip(actual.as_slice()) {
            ln -= row[label as usize].ln() / rows;
            for (class, p) in row.iter().enumerate() {
                squares += (p - if class == label as usize { 1.0 } else { 0.0 }).powi(2) / rows;
            }
            let best = row.iter().copied().fold(0.0, f64::max);
            let bin = (0..bins).find(|&bin| best <= (bin + 1) as f64 / bins as f64).unwrap_or(bins - 1);
            by_bin[bin].0 += best;
            by_bin[bin].1 += f64::from(u8::from(row[label as usize] == best));
            by_bin[bin].2 += 1.0;
        }
        assert_close(log_loss(&p, &actual).unwrap(), ln);
        assert_close(brier_score(&p, &actual).unwrap(), squares);

        let calibration = Calibration::new(&p, &actual, bins).unwrap();
        let (mut expected, mut largest) = (0.0, 0.0_f64);
        for (bin, (confidence, right, count)) in calibration.bins().iter().zip(by_bin) {
            prop_assert_eq!(bin.rows as f64, count);
            if count > 0.0 {
                assert_close(bin.confidence, confidence / count);
                assert_close(bin.accuracy, right / count);
                expected += (right - confidence).abs() / rows;
                largest = largest.max((right - confidence).abs() / count);
            }
        }
        assert_close(calibration.expected_error(), expected);
        assert_close(calibration.largest_error(), largest);
        prop_assert_eq!(expected_calibration_error(&p, &actual, bins).unwrap(), calibration.expected_error());
    }

    #[test]
    fn errors_of_numbers_agree_with_plain_loops(
        rows in prop::collection::vec((-9.0_f64..9.0, -9.0_f64..9.0), 2..50),
    ) {
        let (prediction, target): (Vec<f64>, Vec<f64>) = rows.iter().copied().unzip();
        let n = rows.len() as f64;
        let (mut square, mut absolute, mut largest, mut bias, mut sum) = (0.0, 0.0, 0.0_f64, 0.0, 0.0);
        for (y, t) in &rows {
            square += (y - t) * (y - t);
            absolute += (y - t).abs();
            largest = largest.max((y - t).abs());
            bias += y - t;
            sum += t;
        }
        let spread: f64 = target.iter().map(|t| (t - sum / n).powi(2)).sum();
        let report = RegressionReport::new(&prediction, &target).unwrap();
        let near = |a: f64, b: f64| (a - b).abs() <= 1e-11 * (1.0 + b.abs());
        prop_assert!(near(report.mse, square / n) && near(report.rmse, (square / n).sqrt()));
        prop_assert!(near(report.mae, absolute / n) && report.largest == largest);
        prop_assert!(near(report.r2, 1.0 - square / spread));
        prop_assert!(near(report.explained_variance, 1.0 - (square - bias * bias / n) / spread));
        prop_assert_eq!(mse(&prediction, &target).unwrap(), report.mse);
        prop_assert_eq!(r2(&prediction, &target).unwrap(), report.r2);
    }
}

/// Two classes as the probabilities of class 1 are what two columns are.
#[test]
fn one_column_of_probabilities_is_two() {
    let (p, actual) = ([0.125, 0.5, 0.75, 1.0], labels([0, 0, 1, 1], 2));
    let both = Tensor::from(p.map(|p| [1.0 - p, p]));
    for one in [Tensor::from(p), Tensor::from(p.map(|p| [p]))] {
        assert_eq!(log_loss(&one, &actual), log_loss(&both, &actual));
        assert_eq!(brier_score(&one, &actual), brier_score(&both, &actual));
        let calibration = Calibration::new(&one, &actual, 4).unwrap();
        assert_eq!(calibration.bins()[1..], Calibration::new(&both, &actual, 4).unwrap().bins()[1..]);
    }
    assert_close(brier_score(&both, &actual).unwrap(), (0.015625 + 0.25 + 0.0625) / 4.0);
    assert_close(log_loss(&both, &actual).unwrap(), -(0.875_f64 * 0.5 * 0.75).ln() / 4.0);
    let missed = log_loss(&Tensor::from([[1.0_f32, 0.0]]), &labels([1], 2)).unwrap();
    assert_close(missed, 1e15_f64.ln());
}

#[test]
fn matthews_correlation_of_a_known_table() {
    // 6 hits, 3 correct rejections, 1 false alarm, 2 misses: (6·3 - 1·2) / √(7·8·4·5).
    let mut pairs = vec![(1, 1); 6];
    pairs.extend([(0, 0), (0, 0), (0, 0), (0, 1), (1, 0), (1, 0)]);
    let actual = Labels::new(pairs.iter().map(|pair| pair.0), 2).unwrap();
    let predicted = Labels::new(pairs.iter().map(|pair| pair.1), 2).unwrap();
    assert_close(matthews_correlation(&predicted, &actual), 16.0 / 1120.0_f64.sqrt());
    assert_eq!(matthews_correlation(&actual, &actual), 1.0);
    let turned = Labels::new(pairs.iter().map(|pair| 1 - pair.0), 2).unwrap();
    assert_eq!(matthews_correlation(&turned, &actual), -1.0);
}

#[test]
fn equal_targets_have_nothing_to_explain() {
    // The mean of three times 0.1 is not 0.1 in floating point.
    let target = [0.1; 3];
    for prediction in [[0.1; 3], [0.3, 0.1, 0.2]] {
        let report = RegressionReport::new(&prediction, &target).unwrap();
        assert!(report.r2.is_nan() && report.explained_variance.is_nan());
        assert!(report.to_string().contains("R² | -"), "{report}");
    }
    let report = RegressionReport::new(&[1.5e7_f32, -2.0], &[0.0, -2.0]).unwrap();
    assert!(report.to_string().contains("mean absolute error | 7.50000e6"), "{report}");
}

#[test]
fn names_of_classes_keep_the_report_in_line() {
    let actual = labels([0, 1, 2, 1], 3);
    let report =
        ClassificationReport::new(&actual, &actual).names(["Käse", "a very long name", "x"]).unwrap();
    let table = report.to_string();
    let bar = |line: &str| line.chars().position(|c| c == '|' || c == '+');
    let lines: Vec<&str> = table.lines().collect();
    assert_eq!(lines.len(), 1 + 1 + 3 + 1 + 3);
    let counts = |line: &str| line.chars().count();
    assert!(lines.iter().all(|line| bar(line) == Some(17) && counts(line) == counts(lines[0])), "{table}");
}

#[test]
fn what_cannot_be_measured_is_named() {
    let (two, none) = (labels([0, 1], 2), labels([], 2));
    let text = |error: MetricError| error.to_string();
    for (error, expected) in [
        (
            rmse(&[1.0], &[1.0, 2.0]).unwrap_err(),
            "rmse: 1 predictions for 2 targets: there must be one for each",
        ),
        (mae::<f32>(&[], &[]).unwrap_err(), "mae: there are no rows: it takes at least one"),
        (
            r2(&[1.0, f32::INFINITY], &[1.0, 2.0]).unwrap_err(),
            "r2: prediction 1 (from 0) is inf: clean or drop this row first",
        ),
        (roc_auc::<f32>(&[], &none).unwrap_err(), "roc_auc: there are no rows: it takes at least one"),
        (
            roc_auc(&[0.5], &two).unwrap_err(),
            "roc_auc: 1 predictions for 2 targets: there must be one for each",
        ),
        (
            roc_auc(&[0.5, f64::NAN], &two).unwrap_err(),
            "roc_auc: score 1 (from 0) is NaN: clean or drop this row first",
        ),
        (
            roc_auc(&[0.5, 0.5], &labels([0, 1], 3)).unwrap_err(),
            "roc_auc: labels of 3 classes: it takes 2, and scores of class 1; for more there is roc_auc_one_vs_rest",
        ),
        (
            roc_auc(&[0.5, 0.5], &labels([0, 0], 2)).unwrap_err(),
            "roc_auc: 0 of 2 rows are of class 1: it takes some, and some of another class",
        ),
        (
            roc_auc_one_vs_rest(&Tensor::from([[0.5, 0.5, 0.0], [0.5, 0.5, 0.0]]), &labels([0, 1], 3))
                .unwrap_err(),
            "roc_auc_one_vs_rest: 0 of 2 rows are of class 2: it takes some, and some of another class",
        ),
        (
            roc_auc_one_vs_rest(&Tensor::from([[0.5, 0.5], [f32::NAN, 0.5]]), &two).unwrap_err(),
            "roc_auc_one_vs_rest: the score in row 1, column 0 (both from 0) is NaN: clean or drop this row first",
        ),
        (
            top_k_accuracy(&Tensor::from([[0.5, 0.5]]), &two, 1).unwrap_err(),
            "top_k_accuracy: shape [1, 2] for 2 labels of 2 classes: it takes [rows, classes]",
        ),
        (
            top_k_accuracy(&Tensor::from([[0.5, 0.5], [0.5, 0.5]]), &two, 3).unwrap_err(),
            "top_k_accuracy: k is 3, but must be at least 1, and at most the number of classes",
        ),
        (
            top_k_accuracy(&Tensor::<f32>::zeros([0, 2]), &none, 1).unwrap_err(),
            "top_k_accuracy: there are no rows: it takes at least one",
        ),
        (
            log_loss(&Tensor::from([0.5, 1.5]), &two).unwrap_err(),
            "log_loss: 1.5 in row 1, column 0 (both from 0) is no probability: pass numbers from 0 to 1, \
             such as the softmax or the sigmoid of logits",
        ),
        (
            log_loss(&Tensor::from([0.5, f32::NAN]), &two).unwrap_err(),
            "log_loss: NaN in row 1, column 0 (both from 0) is no probability: pass numbers from 0 to 1, \
             such as the softmax or the sigmoid of logits",
        ),
        (
            brier_score(&Tensor::from([[0.5, 0.5], [0.5, 0.25]]), &two).unwrap_err(),
            "brier_score: the probabilities of row 1 (from 0) add up to 0.75, not to 1: \
             divide each row by its sum, or pass the softmax of logits",
        ),
        (
            log_loss(&Tensor::from([0.5, 0.5]), &labels([0, 1], 3)).unwrap_err(),
            "log_loss: shape [2] for 2 labels of 3 classes: it takes [rows, classes], \
             or [rows, 1] or [rows] for the probabilities of class 1 of two",
        ),
        (
            expected_calibration_error(&Tensor::from([0.5, 0.5]), &two, 0).unwrap_err(),
            "expected_calibration_error: bins is 0, but must be at least 1",
        ),
        (
            ClassificationReport::new(&two, &two).names(["a"]).unwrap_err(),
            "1 names for 2 classes: there must be one for each",
        ),
    ] {
        assert_eq!(text(error), expected);
    }
}

#[test]
#[should_panic(expected = "class 2 was asked for, but there are only 2 (counted from 0)")]
fn an_average_of_no_class_is_refused() {
    let two = labels([0, 1], 2);
    ConfusionMatrix::from_predictions(&two, &two).occurred(2);
}

#[test]
fn infinite_scores_have_an_order() {
    let scores = [f32::NEG_INFINITY, 0.0, f32::INFINITY, f32::INFINITY];
    assert_eq!(roc_auc(&scores, &labels([0, 0, 1, 1], 2)), Ok(1.0));
}
