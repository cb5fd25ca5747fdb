//! Losses: values and gradients against closed forms and finite differences, and at extreme logits.

use autograd::{Graph, Tensor, Var};
use nn::data::Labels;
use nn::{CrossEntropy, Reduction, bce_with_logits, cross_entropy, mse};

const LOGITS: [[f64; 3]; 4] = [[0.3, -1.2, 2.0], [0.0, 0.0, 0.0], [-3.0, 4.0, 0.5], [1.5, 1.4, -0.1]];

fn labels() -> Labels {
    Labels::new([2, 0, 1, 2], 3).unwrap()
}

/// A loss of one matrix.
type Loss = for<'g> fn(Var<'g, f64>) -> Var<'g, f64>;

/// Value and gradient.
fn differentiate(x: &Tensor<f64>, loss: Loss) -> (f64, Tensor<f64>) {
    let g = Graph::f64();
    let x = g.var(x);
    let loss = loss(x);
    (loss.item(), loss.backward()[x].clone())
}

#[track_caller]
fn assert_close(found: &[f64], expected: &[f64], tolerance: f64) {
    assert_eq!(found.len(), expected.len());
    for (i, (found, expected)) in found.iter().zip(expected).enumerate() {
        let scale = 1.0 + expected.abs();
        assert!(
            (found - expected).abs() <= tolerance * scale,
            "number {i}: {found}, but {expected} is right"
        );
    }
}

/// Central differences; their error is about h² and 1e-16 / h.
fn assert_gradient(x: &Tensor<f64>, loss: Loss) {
    let (_, gradient) = differentiate(x, loss);
    let h = 1e-5;
    let moved = |i: usize, by: f64| {
        let x = Tensor::from_fn(x.shape(), |k| x.data()[k] + if k == i { by } else { 0.0 });
        differentiate(&x, loss).0
    };
    let differences: Vec<f64> = (0..x.count()).map(|i| (moved(i, h) - moved(i, -h)) / (2.0 * h)).collect();
    assert_close(gradient.data(), &differences, 1e-8);
}

fn smoothed<'g>(x: Var<'g, f64>, reduction: Reduction) -> Var<'g, f64> {
    CrossEntropy { reduction, smoothing: 0.2 }.forward(x, &labels())
}

fn binary_targets<'g>(g: &'g Graph<f64>) -> Var<'g, f64> {
    g.constant([[1.0, 0.0, 1.0], [0.0, 1.0, 0.5], [1.0, 0.0, 0.25], [0.0, 0.0, 1.0]])
}

#[test]
fn gradients_agree_with_finite_differences() {
    let x = Tensor::from(LOGITS);
    assert_gradient(&x, |x| mse(x, binary_targets(x.graph())));
    assert_gradient(&x, |x| bce_with_logits(x, binary_targets(x.graph())));
    assert_gradient(&x, |x| cross_entropy(x, &labels()));
    assert_gradient(&x, |x| smoothed(x, Reduction::Mean));
    assert_gradient(&x, |x| smoothed(x, Reduction::Sum));
    assert_gradient(&x, |x| (smoothed(x, Reduction::None) * 0.3).square().sum());
}

#[test]
fn mse_is_the_mean_square_and_its_gradient_twice_the_error() {
    let x = Tensor::from([[1.0], [4.0]]);
    let (loss, gradient) = differentiate(&x, |x| mse(x, x.graph().constant([[2.0], [1.0]])));
    assert_eq!((loss, gradient.data()), (5.0, &[-1.0, 3.0][..]));
}

#[test]
fn cross_entropy_is_minus_the_mean_log_probability_and_its_gradient_p_minus_y() {
    let (loss, gradient) = differentiate(&Tensor::from(LOGITS), |x| cross_entropy(x, &labels()));
    let (mut expected, mut slopes) = (0.0, Vec::new());
    for (row, &label) in LOGITS.iter().zip(labels().as_slice()) {
        let sum: f64 = row.iter().map(|x| x.exp()).sum();
        expected -= (row[label as usize].exp() / sum).ln() / 4.0;
        slopes.extend((0..3).map(|k| (row[k].exp() / sum - f64::from(u8::from(k == label as usize))) / 4.0));
    }
    assert_close(&[loss], &[expected], 1e-15);
    assert_close(gradient.data(), &slopes, 1e-15);
}

#[test]
fn bce_is_the_mean_over_elements_and_its_gradient_sigmoid_minus_target() {
    let (loss, gradient) =
        differentiate(&Tensor::from(LOGITS), |x| bce_with_logits(x, binary_targets(x.graph())));
    let g = Graph::f64();
    let targets = binary_targets(&g).value();
    let (mut expected, mut slopes) = (0.0, Vec::new());
    for (&x, &t) in LOGITS.as_flattened().iter().zip(targets.data()) {
        let p = 1.0 / (1.0 + (-x).exp());
        expected -= (t * p.ln() + (1.0 - t) * (1.0 - p).ln()) / 12.0;
        slopes.push((p - t) / 12.0);
    }
    assert_close(&[loss], &[expected], 1e-15);
    assert_close(gradient.data(), &slopes, 1e-15);
}

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

#[test]
fn logits_of_a_thousand_give_finite_losses_and_gradients() {
    let g = Graph::new();
    let labels = Labels::new([0, 1, 0], 2).unwrap();
    let x = g.var([[1000.0, -1000.0], [1000.0, -1000.0], [-1000.0, -1000.0]]);
    let rows = CrossEntropy { reduction: Reduction::None, ..CrossEntropy::default() }.forward(x, &labels);
    assert_eq!(rows.value().data(), [0.0, 2000.0, 2.0_f32.ln()]);
    let grads = rows.sum().backward();
    assert_eq!(grads[x].data(), [0.0, 0.0, 1.0, -1.0, -0.5, 0.5]);

    let x = g.var([[1000.0, 1000.0], [-1000.0, -1000.0]]);
    let loss = bce_with_logits(x, g.constant([[1.0, 0.0], [1.0, 0.0]]));
    assert_eq!(loss.item(), 500.0);
    assert_eq!(loss.backward()[x].data(), [0.0, 0.25, -0.25, 0.0]);
}

#[test]
fn a_loss_that_is_not_a_number_stays_so() {
    let g = Graph::new();
    let labels = Labels::new([0], 2).unwrap();
    assert!(cross_entropy(g.constant([[f32::NAN, 0.0]]), &labels).item().is_nan());
    assert!(bce_with_logits(g.constant([f32::NAN]), g.constant([1.0])).item().is_nan());
    assert!(mse(g.constant([f32::NAN]), g.constant([1.0])).item().is_nan());
}

#[test]
fn one_class_has_no_loss() {
    let g = Graph::new();
    let x = g.var([[3.0], [-5.0]]);
    let loss = cross_entropy(x, &Labels::new([0, 0], 1).unwrap());
    assert_eq!((loss.item(), loss.backward()[x].data()), (0.0, &[0.0, 0.0][..]));
}
