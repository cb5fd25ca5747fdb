//! Options of losses: smoothing, weights of classes, rows that are left out, and what is refused.

use autograd::{Graph, Tensor, Var};
use nn::data::Labels;
use nn::losses::*;

use super::losses::{LOGITS, Loss, assert_close, differentiate, labels, smoothed, weighted};

#[test]
fn smoothing_spreads_the_label() {
    let (loss, _) = differentiate(&Tensor::from(LOGITS), |x| smoothed(x, Reduction::Sum));
    let mut expected = 0.0;
    for (row, &label) in LOGITS.iter().zip(labels().as_slice()) {
        let sum: f64 = row.iter().map(|x| x.exp()).sum();
        for (k, x) in row.iter().enumerate() {
            let wanted = 0.2 / 3.0 + if k == label as usize { 0.8 } else { 0.0 };
            expected -= wanted * (x.exp() / sum).ln();
        }
    }
    assert_close(&[loss], &[expected], 1e-14);
}

/// Rows of class c count with its weight, smoothed terms with the weights of their own classes; label 1 is left out.
#[test]
fn weights_of_classes_and_labels_that_are_left_out() {
    let class_weights = [0.5, 2.0, 3.0];
    let (mut rows, mut total) = (Vec::new(), 0.0);
    for (row, &label) in LOGITS.iter().zip(labels().as_slice()) {
        let label = label as usize;
        let sum: f64 = row.iter().map(|x| x.exp()).sum();
        let mut loss = 0.0;
        for (k, x) in row.iter().enumerate() {
            let wanted = 0.2 / 3.0 + if k == label { 0.8 } else { 0.0 };
            loss -= class_weights[k] * wanted * (x.exp() / sum).ln();
        }
        rows.push(if label == 1 { 0.0 } else { loss });
        total += if label == 1 { 0.0 } else { class_weights[label] };
    }
    let g = Graph::f64();
    let value = |reduction| weighted(g.constant(LOGITS), reduction).value();
    assert_close(value(Reduction::None).data(), &rows, 1e-14);
    let sum: f64 = rows.iter().sum();
    assert_close(value(Reduction::Mean).data(), &[sum / total], 1e-14);

    // Weights of rows multiply those of classes, in the mean too.
    let row_weights = [2.0, 1.0, 5.0, 0.5];
    let loss = CrossEntropy {
        smoothing: 0.2,
        class_weights: class_weights.to_vec(),
        ignore: Some(1),
        ..CrossEntropy::default()
    };
    let column = g.constant(row_weights.map(|weight| [weight]));
    let (mut sum, mut total) = (0.0, 0.0);
    for (row, &label) in labels().as_slice().iter().enumerate() {
        sum += row_weights[row] * rows[row];
        total += if label == 1 { 0.0 } else { row_weights[row] * class_weights[label as usize] };
    }
    let found = loss.forward_weighted(g.constant(LOGITS), &labels(), column).item();
    assert_close(&[found], &[sum / total], 1e-14);
}

#[test]
fn a_certain_distribution_is_its_label() {
    let g = Graph::f64();
    let certain = g.one_hot(labels().indices(), 3);
    for smoothing in [0.0, 0.2] {
        for class_weights in [vec![], vec![0.5, 2.0, 3.0]] {
            for reduction in [Reduction::Mean, Reduction::BatchMean, Reduction::Sum, Reduction::None] {
                let class_weights = class_weights.clone();
                let loss = CrossEntropy { reduction, smoothing, class_weights, ignore: None };
                let (hard, soft) = (
                    loss.forward(g.constant(LOGITS), &labels()),
                    loss.forward_soft(g.constant(LOGITS), certain),
                );
                assert_close(soft.value().data(), hard.value().data(), 1e-14);
            }
        }
    }
    let class_weights = vec![0.5, 2.0, 3.0];
    let likelihood = Nll { class_weights: class_weights.clone(), ignore: Some(0), ..Nll::default() };
    let both = CrossEntropy { class_weights, ignore: Some(0), ..CrossEntropy::default() };
    let x = g.constant(LOGITS);
    let found = likelihood.forward(x.log_softmax(-1), &labels()).item();
    assert_close(&[found], &[both.forward(x, &labels()).item()], 1e-14);
}

#[test]
fn a_row_that_is_left_out_may_hold_anything() {
    let g = Graph::new();
    let labels = Labels::new([0, 2, 1], 3).unwrap();
    let x = g.var([[0.0, 0.0, 0.0], [f32::NAN, f32::INFINITY, 0.0], [0.0, 0.0, 0.0]]);
    let loss = CrossEntropy { ignore: Some(2), ..CrossEntropy::default() }.forward(x, &labels);
    assert!((loss.item() - 3.0_f32.ln()).abs() < 1e-6);
    let grads = loss.backward();
    assert!(grads[x].data().iter().all(|slope| slope.is_finite()), "{:?}", grads[x]);
    assert_eq!(grads[x].data()[3..6], [0.0; 3]);

    let none = CrossEntropy { ignore: Some(2), ..CrossEntropy::default() };
    assert!(none.forward(x, &Labels::new([2, 2, 2], 3).unwrap()).item().is_nan());
}

/// A label that is left out needs no column: the same as without its rows, and as with a column that nothing looks at.
#[test]
fn labels_without_a_column_are_left_out() {
    let (kept, weights) = ([Some(2), None, Some(0), None, Some(1)], [0.5, 2.0, 3.0]);
    let logits =
        [[0.5, -1.0, 2.0], [f64::NAN, f64::INFINITY, 0.0], [3.0, 0.1, -0.7], [9.0; 3], [-0.2, 0.4, 0.0]];
    for (ignored, class_weights, smoothing) in
        [(3, vec![], 0.0), (3, weights.to_vec(), 0.0), (255, vec![], 0.3), (7, weights.to_vec(), 0.3)]
    {
        let labels = Labels::new(kept.map(|label| label.unwrap_or(ignored)), ignored + 1).unwrap();
        let (mut sum, mut total, mut slopes) = (0.0, 0.0, [[0.0; 3]; 5]);
        let weight = |class: usize| class_weights.get(class).copied().unwrap_or(1.0);
        for (row, label) in kept.iter().enumerate() {
            let Some(label) = *label else { continue };
            total += weight(label);
            let all: f64 = logits[row].iter().map(|x| x.exp()).sum();
            for class in 0..3 {
                let wanted = smoothing / 3.0 + if class == label { 1.0 - smoothing } else { 0.0 };
                let p = logits[row][class].exp() / all;
                sum -= weight(class) * wanted * p.ln();
                for (other, slope) in slopes[row].iter_mut().enumerate() {
                    let q = logits[row][other].exp() / all;
                    *slope -= weight(class) * wanted * (f64::from(u8::from(class == other)) - q);
                }
            }
        }
        let g = Graph::f64();
        let x = g.var(logits);
        let options = CrossEntropy {
            class_weights: class_weights.clone(),
            ignore: Some(ignored),
            smoothing,
            ..Default::default()
        };
        let loss = options.forward(x, &labels);
        assert_close(&[loss.item()], &[sum / total], 1e-14);
        let expected: Vec<f64> = slopes.iter().flatten().map(|slope| slope / total).collect();
        assert_close(loss.backward()[x].data(), &expected, 1e-14);
        if smoothing == 0.0 {
            let likelihood =
                Nll { class_weights: class_weights.clone(), ignore: Some(ignored), ..Nll::default() };
            assert_close(&[likelihood.forward(x.log_softmax(-1), &labels).item()], &[sum / total], 1e-14);
        }
        let rows = CrossEntropy { reduction: Reduction::None, ..options };
        let rows = rows.forward(x, &labels).value();
        assert_eq!((rows.data()[1], rows.data()[3]), (0.0, 0.0));
    }
}

#[test]
fn each_column_may_have_its_own_weight_of_a_yes() {
    let g = Graph::f64();
    let pos_weight = vec![1.0, 2.0, 4.0];
    let loss = BceWithLogits { reduction: Reduction::None, pos_weight };
    let found = loss.forward(g.constant([[0.0, 0.0, 0.0]]), g.constant([[1.0, 1.0, 0.25]])).value();
    let ln_2 = 2.0_f64.ln();
    assert_close(found.data(), &[ln_2, 2.0 * ln_2, (4.0 * 0.25 + 0.75) * ln_2], 1e-15);
}

#[test]
fn weights_of_zero_leave_nothing_to_average() {
    let g = Graph::new();
    let (a, b) = (g.constant([[1.0, 3.0]]), g.constant([[0.0, 0.0]]));
    let mean = |weights: [[f32; 2]; 1]| Mse::default().forward_weighted(a, b, g.constant(weights)).item();
    assert_eq!((mean([[1.0, 0.0]]), mean([[0.0, 5.0]])), (1.0, 9.0));
    assert!(mean([[0.0, 0.0]]).is_nan());
    let one = Mse::default().forward_weighted(a, b, g.number(2.0)).item();
    assert_eq!(one, 5.0);
}

/// Options that are not used cost nothing: the short functions record what their formula records.
#[test]
fn short_losses_record_no_more_than_their_formula() {
    let nodes = |loss: Loss| {
        let g = Graph::f64();
        loss(g.constant(LOGITS));
        g.len()
    };
    fn targets<'g>(x: Var<'g, f64>) -> Var<'g, f64> {
        x.graph().constant(LOGITS)
    }
    assert_eq!(nodes(|x| mse(x, targets(x))), nodes(|x| (x - targets(x)).square().mean()));
    let bce = nodes(|x| bce_with_logits(x, targets(x)));
    assert_eq!(bce, nodes(|x| (x.softplus() - x * targets(x)).mean()));
    let by_hand = nodes(|x| {
        let shifted = x - x.detach().max_keepdim(-1);
        (shifted.exp().sum_keepdim(-1).ln() - shifted.pick(labels().indices())).mean()
    });
    assert_eq!(nodes(|x| cross_entropy(x, &labels())), by_hand);
}

#[test]
fn options_that_cannot_be_are_errors() {
    let text = |check: Result<(), nn::ConfigError>| check.unwrap_err().to_string();
    assert_eq!(
        text(Huber { delta: -1.0, ..Huber::default() }.check()),
        "Huber: delta is -1, but must be greater than 0"
    );
    assert_eq!(
        text(Focal { alpha: Some(f64::NAN), ..Focal::default() }.check()),
        "Focal: alpha is NaN, but must be from 0 to 1"
    );
    assert_eq!(
        text(CrossEntropy { class_weights: vec![1.0, -2.0], ..CrossEntropy::default() }.check()),
        "CrossEntropy: class_weights is -2, but must be finite and at least 0"
    );
    assert!(CrossEntropy { smoothing: 1.01, ..CrossEntropy::default() }.check().is_err());
    assert!(SmoothL1 { beta: 0.0, ..SmoothL1::default() }.check().is_err());
    assert!(Bce { epsilon: 0.0, ..Bce::default() }.check().is_err());
    assert!(BceWithLogits { pos_weight: vec![-1.0], ..BceWithLogits::default() }.check().is_err());
    assert!(Nll { class_weights: vec![f64::INFINITY], ..Nll::default() }.check().is_err());
    assert!(Hinge { margin: f64::INFINITY, ..Hinge::default() }.check().is_err());
    assert!(MultiMargin { margin: -0.5, ..MultiMargin::default() }.check().is_err());
    assert!(PoissonNll { epsilon: 0.0, ..PoissonNll::default() }.check().is_err());
    assert!(GaussianNll { epsilon: f64::NAN, ..GaussianNll::default() }.check().is_err());
    assert!(CosineEmbedding { margin: 1.5, ..CosineEmbedding::default() }.check().is_err());
    assert!(Contrastive { margin: 0.0, ..Contrastive::default() }.check().is_err());
    assert!(Triplet { margin: -1.0, ..Triplet::default() }.check().is_err());
    assert!(Focal { gamma: -1.0, ..Focal::default() }.check().is_err());
}
