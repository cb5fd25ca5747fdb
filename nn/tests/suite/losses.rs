//! Losses: values and gradients against closed forms and finite differences, and at extreme logits.

use autograd::{Graph, Tensor, Var};
use nn::data::Labels;
use nn::losses::*;
use nn::prelude::{Linear, Sgd};

pub(super) const LOGITS: [[f64; 3]; 4] =
    [[0.3, -1.2, 2.0], [0.0, 0.0, 0.0], [-3.0, 4.0, 0.5], [1.5, 1.4, -0.1]];

pub(super) fn labels() -> Labels {
    Labels::new([2, 0, 1, 2], 3).unwrap()
}

/// A loss of one matrix.
pub(super) type Loss = for<'g> fn(Var<'g, f64>) -> Var<'g, f64>;

/// Value and gradient.
pub(super) fn differentiate(x: &Tensor<f64>, loss: Loss) -> (f64, Tensor<f64>) {
    let g = Graph::f64();
    let x = g.var(x);
    let loss = loss(x);
    (loss.item(), loss.backward()[x].clone())
}

#[track_caller]
pub(super) fn assert_close(found: &[f64], expected: &[f64], tolerance: f64) {
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

pub(super) fn weighted<'g>(x: Var<'g, f64>, reduction: Reduction) -> Var<'g, f64> {
    let class_weights = vec![0.5, 2.0, 3.0];
    CrossEntropy { reduction, smoothing: 0.2, class_weights, ignore: Some(1) }.forward(x, &labels())
}

pub(super) fn smoothed<'g>(x: Var<'g, f64>, reduction: Reduction) -> Var<'g, f64> {
    CrossEntropy { reduction, smoothing: 0.2, ..CrossEntropy::default() }.forward(x, &labels())
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
    assert_gradient(&x, |x| weighted(x, Reduction::Mean));
    assert_gradient(&x, |x| (weighted(x, Reduction::None) * 0.3).square().sum());
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

/// One element: loss, prediction, target, value, slope.
type Extreme = (&'static str, for<'g> fn(Var<'g>, Var<'g>) -> Var<'g>, f32, f32, f32, f32);

#[test]
fn extreme_numbers_have_their_limits() {
    let ln_2 = 2.0_f32.ln();
    let table: [Extreme; 30] = [
        ("mse", mse, -1000.0, 1000.0, 4e6, -4000.0),
        ("half_sum_of_squares", half_sum_of_squares, 1000.0, 0.0, 5e5, 1000.0),
        ("mae", mae, -1000.0, 0.0, 1000.0, -1.0),
        ("mae", mae, 0.0, 0.0, 0.0, 0.0),
        ("huber", huber, 1000.0, 0.0, 999.5, 1.0),
        ("huber", huber, 1.0, 0.0, 0.5, 1.0),
        ("huber", huber, 0.0, 0.0, 0.0, 0.0),
        ("smooth_l1", smooth_l1, -1000.0, 0.0, 999.5, -1.0),
        ("log_cosh", log_cosh, 1000.0, 0.0, 1000.0 - ln_2, 1.0),
        ("log_cosh", log_cosh, -1000.0, 0.0, 1000.0 - ln_2, -1.0),
        ("log_cosh", log_cosh, 0.0, 0.0, 0.0, 0.0),
        ("bce", bce, 1.0, 1.0, 0.0, -1.0),
        ("bce", bce, 0.0, 0.0, 0.0, 1.0),
        ("bce", bce, 1.0, 0.0, 27.631021, 1e12),
        ("bce", bce, 0.0, 1.0, 27.631021, -1e12),
        ("bce_with_logits", bce_with_logits, 1000.0, 0.0, 1000.0, 1.0),
        ("bce_with_logits", bce_with_logits, -1000.0, 0.0, 0.0, 0.0),
        ("multilabel_bce_with_logits", multilabel_bce_with_logits, -1000.0, 1.0, 1000.0, -1.0),
        ("focal", focal, -1000.0, 1.0, 250.0, -0.25),
        ("focal", focal, 1000.0, 1.0, 0.0, 0.0),
        ("focal", focal, 1000.0, 0.0, 750.0, 0.75),
        ("focal", focal, -1000.0, 0.0, 0.0, 0.0),
        ("hinge", hinge, -1000.0, 1.0, 1001.0, -1.0),
        ("hinge", hinge, 1000.0, 1.0, 0.0, 0.0),
        ("squared_hinge", squared_hinge, 1000.0, -1.0, 1_002_001.0, 2002.0),
        ("perceptron_criterion", perceptron_criterion, 1000.0, -1.0, 1000.0, 1.0),
        ("perceptron_criterion", perceptron_criterion, 0.0, 1.0, 0.0, -1.0),
        ("poisson_nll", poisson_nll, -1000.0, 0.0, 0.0, 0.0),
        ("poisson_nll", poisson_nll, -1000.0, 2.0, 2000.0, -2.0),
        ("poisson_nll", poisson_nll, 1000.0, 2.0, f32::INFINITY, f32::INFINITY),
    ];
    for (name, loss, prediction, target, value, slope) in table {
        let g = Graph::new();
        let x = g.var([[prediction]]);
        let found = loss(x, g.constant([[target]]));
        let near = |a: f32, b: f32| a == b || (a - b).abs() <= 1e-6 * b.abs();
        let found = (found.item(), found.backward()[x].item());
        assert!(near(found.0, value) && near(found.1, slope), "{name}({prediction}, {target}): {found:?}");
    }
}

#[test]
fn rows_of_extreme_numbers_have_their_limits() {
    let g = Graph::new();
    let one = |label| Labels::new([label], 2).unwrap();
    let x = g.var([[1000.0, -1000.0]]);
    assert_eq!(multi_margin(x, &one(0)).item(), 0.0);
    let miss = multi_margin(x, &one(1));
    assert_eq!((miss.item(), miss.backward()[x].data()), (1000.5, &[0.5, -0.5][..]));
    let far = g.var([[1e8, -1e8]]);
    assert_eq!(multi_margin(far, &one(0)).item(), 0.0);

    // A target of 0 adds nothing, whatever was predicted, and takes no slope.
    let ln_q = g.var([[0.0, f32::NEG_INFINITY]]);
    let certain = kl_div(ln_q, g.constant([[1.0, 0.0]]));
    assert_eq!((certain.item(), certain.backward()[ln_q].data()), (0.0, &[-1.0, 0.0][..]));
    assert_eq!(kl_div(ln_q, g.constant([[0.5, 0.5]])).item(), f32::INFINITY);

    let (zero, b) = (g.var([[0.0, 0.0]]), g.var([[3.0, 4.0]]));
    let cosine = cosine_embedding(zero, b, g.constant([[1.0]]));
    assert_eq!((cosine.item(), cosine.backward()[zero].data()), (1.0, &[0.0, 0.0][..]));
    let apart = contrastive(zero, zero * 1.0, g.constant([[1.0]]));
    assert_eq!((apart.item(), apart.backward()[zero].data()), (0.5, &[0.0, 0.0][..]));
    let same = triplet(zero, zero * 1.0, b);
    assert_eq!((same.item(), same.backward()[zero].data()), (0.0, &[0.0, 0.0][..]));

    // A variance of 0 counts as 1e-6, and can grow again.
    let variance = g.var([0.0]);
    let sure = gaussian_nll(g.constant([1.0]), variance, g.constant([0.0]));
    assert!((sure.item() - 0.5 * (1e-6_f32.ln() + 1e6)).abs() < 0.1);
    assert!(sure.backward()[variance].item() < 0.0);
}

/// Logistic units that compute XOR, with known outputs and loss; and the sum over several outputs.
#[test]
fn binary_cross_entropies_of_the_textbooks() {
    let g = Graph::f64();
    let x = g.constant([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]);
    let hidden = (x.matmul(g.constant([[20.0, -20.0], [20.0, -20.0]])) + g.constant([-10.0, 30.0])).sigmoid();
    let logits = hidden.matmul(g.constant([[20.0], [20.0]])) - 30.0;
    let targets = g.constant([[0.0], [1.0], [1.0], [0.0]]);
    assert_close(&[bce_with_logits(logits, targets).item()], &[4.5461e-5], 1e-9);
    assert_close(&[bce(logits.sigmoid(), targets).item()], &[4.5461e-5], 1e-9);

    // Two rows of three outputs: -1/m times the sum over rows and outputs.
    let (h, y) = ([[0.8, 0.3, 0.5], [0.1, 0.6, 0.9]], [[1.0, 0.0, 1.0], [0.0, 0.0, 1.0]]);
    let mut sum = 0.0;
    for (h, y) in h.as_flattened().iter().zip(y.as_flattened()) {
        sum -= y * f64::ln(*h) + (1.0 - y) * f64::ln(1.0 - h);
    }
    let (h, y) = (g.constant(h), g.constant(y));
    let loss = Bce { reduction: Reduction::BatchMean, ..Bce::default() };
    assert_close(&[loss.forward(h, y).item()], &[sum / 2.0], 1e-14);
    let logits = h.ln() - (1.0 - h).ln();
    assert_close(&[multilabel_bce_with_logits(logits, y).item()], &[sum / 2.0], 1e-14);
}

/// Steps on the perceptron criterion are Rosenblatt's rule, from weights of 0: whoever is not on the right side adds its input.
#[test]
fn the_perceptron_criterion_is_rosenblatts_rule() {
    let rows = [[1.0, 0.0, 0.0], [1.0, 0.0, 1.0], [1.0, 1.0, 0.0], [1.0, 1.0, 1.0_f32]];
    let wanted = [-1.0, -1.0, -1.0, 1.0_f32]; // and
    let mut net = Linear { weight: Tensor::zeros([1, 3]), bias: None };
    let mut sgd = Sgd::new(1.0);
    let mut weights = [0.0_f32; 3];
    let mut mistakes = 0;
    for step in 0..40 {
        let (x, t) = (rows[step % 4], wanted[step % 4]);
        sgd.step(&mut net, |g, net| perceptron_criterion(net.forward(g.constant([x])), g.constant([[t]])))
            .unwrap();
        let score: f32 = (0..3).map(|k| weights[k] * x[k]).sum();
        if t * score <= 0.0 {
            mistakes += 1;
            for k in 0..3 {
                weights[k] += t * x[k];
            }
        }
        assert_eq!(net.weight.data(), weights, "step {step}");
    }
    assert!(mistakes > 2);
    let right = |(x, t): (&[f32; 3], &f32)| t * (0..3).map(|k| weights[k] * x[k]).sum::<f32>() > 0.0;
    assert!(rows.iter().zip(&wanted).all(right));
}
