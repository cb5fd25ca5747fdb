//! Every loss: values against plain loops and gradients against differences, for every reduction, with weights and without.

use autograd::{GradientCheck, Graph, Tensor, Var, check_gradients};
use nn::data::Labels;
use nn::losses::*;

/// A loss of some inputs, perhaps with weights.
type Loss = for<'g> fn(&[Var<'g, f64>], Reduction, Option<Var<'g, f64>>) -> Var<'g, f64>;

/// The loss with these options, of these arguments.
macro_rules! loss {
    (|$v:ident, $reduction:ident| $options:expr, $($argument:expr),+) => {{
        let loss: Loss = |$v, $reduction, weights| match weights {
            None => $options.forward($($argument),+),
            Some(weights) => $options.forward_weighted($($argument,)+ weights),
        };
        loss
    }};
}

/// How a loss is tested.
struct Case {
    loss: Loss,
    /// All inputs, those with a derivative first.
    inputs: Vec<Tensor<f64>>,
    differentiable: usize,
    smooth: bool,
    /// Each loss by itself, row by row.
    each: Vec<Vec<f64>>,
}

const WEIGHTS: [[f64; 3]; 4] = [[1.0, 2.0, 0.5], [0.0, 1.5, 1.0], [3.0, 0.25, 1.0], [1.0, 1.0, 2.0]];

impl Case {
    fn value(&self, reduction: Reduction, weights: Option<Tensor<f64>>) -> Tensor<f64> {
        let g = Graph::f64();
        let mut inputs = Vec::new();
        for input in &self.inputs {
            inputs.push(g.var(input));
        }
        (self.loss)(&inputs, reduction, weights.map(|weights| g.constant(weights))).value()
    }

    fn check(&self, name: &str) {
        let (rows, columns) = (self.each.len(), self.each[0].len());
        let all: Vec<f64> = self.each.concat();
        let count = all.len() as f64;
        let sum: f64 = all.iter().sum();
        let each = self.value(Reduction::None, None);
        assert_eq!(each.shape(), [rows, columns], "{name}");
        assert_close(name, each.data(), &all);
        assert_close(name, self.value(Reduction::Sum, None).data(), &[sum]);
        assert_close(name, self.value(Reduction::Mean, None).data(), &[sum / count]);
        assert_close(name, self.value(Reduction::BatchMean, None).data(), &[sum / rows as f64]);

        // A weight for each, for each row, for each column, and one for all: `at` is the one of a row and column.
        let weight_shapes: [[usize; 2]; 4] = [[rows, columns], [rows, 1], [1, columns], [1, 1]];
        for shape in weight_shapes {
            let at = |row: usize, column: usize| WEIGHTS[row.min(shape[0] - 1)][column.min(shape[1] - 1)];
            let weights = Tensor::from_fn(shape, |i| at(i / shape[1], i % shape[1]));
            let (mut weighted, mut total) = (Vec::new(), 0.0);
            for (row, losses) in self.each.iter().enumerate() {
                for (column, loss) in losses.iter().enumerate() {
                    weighted.push(loss * at(row, column));
                    total += at(row, column);
                }
            }
            let sum: f64 = weighted.iter().sum();
            let value = |reduction| self.value(reduction, Some(weights.clone()));
            assert_close(name, value(Reduction::None).data(), &weighted);
            assert_close(name, value(Reduction::Sum).data(), &[sum]);
            assert_close(name, value(Reduction::Mean).data(), &[sum / total]);
            assert_close(name, value(Reduction::BatchMean).data(), &[sum / total * columns as f64]);
        }
        self.check_gradients(name);
    }

    fn check_gradients(&self, name: &str) {
        let (given, constant) = self.inputs.split_at(self.differentiable);
        let (rows, columns) = (self.each.len(), self.each[0].len());
        for reduction in [Reduction::Mean, Reduction::BatchMean, Reduction::Sum, Reduction::None] {
            for weighted in [false, true] {
                let mut check = GradientCheck::new();
                if self.smooth && reduction == Reduction::Mean {
                    check = check.second_order();
                }
                let checked = check.check(
                    |g, v| {
                        let mut inputs = v.to_vec();
                        for input in constant {
                            inputs.push(g.constant(input));
                        }
                        let weights = Tensor::from_fn([rows, columns], |i| WEIGHTS[i / columns][i % columns]);
                        let weights = if weighted { Some(g.constant(weights)) } else { None };
                        (self.loss)(&inputs, reduction, weights)
                    },
                    given,
                );
                if let Err(error) = checked {
                    panic!("{name}, {reduction:?}, weighted: {weighted}: {error}");
                }
            }
        }
    }
}

#[track_caller]
fn assert_close(name: &str, found: &[f64], expected: &[f64]) {
    assert_eq!(found.len(), expected.len(), "{name}");
    for (i, (found, expected)) in found.iter().zip(expected).enumerate() {
        let near = (found - expected).abs() <= 1e-13 * (1.0 + expected.abs());
        assert!(near, "{name}, number {i}: {found}, but {expected} is right");
    }
}

type Matrix = [[f64; 3]; 4];

const SCORES: Matrix = [[0.3, -1.2, 2.0], [0.1, -0.2, 0.4], [-3.0, 4.0, 0.5], [1.5, 1.4, -0.1]];
const OTHERS: Matrix = [[0.5, -1.0, -0.7], [2.4, 0.3, 0.6], [-2.5, 1.5, 0.1], [-1.1, 1.9, 0.8]];
const BITS: Matrix = [[1.0, 0.0, 1.0], [0.0, 1.0, 0.0], [1.0, 0.0, 0.0], [0.0, 0.0, 1.0]];
const SIGNS: Matrix = [[1.0, -1.0, 1.0], [-1.0, 1.0, -1.0], [1.0, -1.0, -1.0], [-1.0, -1.0, 1.0]];
const SHARES: Matrix = [[0.2, 0.3, 0.5], [0.9, 0.05, 0.05], [0.1, 0.6, 0.3], [0.4, 0.4, 0.2]];
const FLAGS: [[f64; 1]; 4] = [[1.0], [-1.0], [-1.0], [1.0]];
const LABELS: [usize; 4] = [2, 0, 1, 2];

fn labels() -> Labels {
    Labels::new(LABELS, 3).unwrap()
}

/// A loss per element of two matrices.
#[track_caller]
fn elements(name: &str, smooth: bool, a: Matrix, b: Matrix, loss: Loss, each: impl Fn(f64, f64) -> f64) {
    let mut expected = Vec::new();
    for (a, b) in a.iter().zip(&b) {
        expected.push(a.iter().zip(b).map(|(&a, &b)| each(a, b)).collect());
    }
    let inputs = vec![Tensor::from(a), Tensor::from(b)];
    Case { loss, inputs, differentiable: 2, smooth, each: expected }.check(name);
}

fn sigmoid(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}

#[test]
fn errors() {
    elements("mse", true, SCORES, OTHERS, loss!(|v, reduction| Mse { reduction }, v[0], v[1]), |a, b| {
        (a - b) * (a - b)
    });
    elements(
        "half_sum_of_squares",
        true,
        SCORES,
        OTHERS,
        loss!(|v, reduction| HalfSquares { reduction }, v[0], v[1]),
        |a, b| (a - b) * (a - b) / 2.0,
    );
    elements("mae", false, SCORES, OTHERS, loss!(|v, reduction| Mae { reduction }, v[0], v[1]), |a, b| {
        (a - b).abs()
    });
    let huber = |bound: f64, error: f64| {
        if error.abs() <= bound { error * error / 2.0 } else { bound * (error.abs() - bound / 2.0) }
    };
    let loss = loss!(|v, reduction| Huber { delta: 0.7, reduction }, v[0], v[1]);
    elements("huber", false, SCORES, OTHERS, loss, |a, b| huber(0.7, a - b));
    let loss = loss!(|v, reduction| SmoothL1 { beta: 0.7, reduction }, v[0], v[1]);
    elements("smooth_l1", false, SCORES, OTHERS, loss, |a, b| huber(0.7, a - b) / 0.7);
    elements(
        "log_cosh",
        true,
        SCORES,
        OTHERS,
        loss!(|v, reduction| LogCosh { reduction }, v[0], v[1]),
        |a, b| (a - b).cosh().ln(),
    );
}

#[test]
fn yes_or_no() {
    let loss = loss!(|v, reduction| Bce { reduction, ..Bce::default() }, v[0], v[1]);
    elements("bce", true, SHARES, SHARES, loss, |p, t| -t * p.ln() - (1.0 - t) * (1.0 - p).ln());
    let bce =
        |positive: f64, x: f64, t: f64| -positive * t * sigmoid(x).ln() - (1.0 - t) * (1.0 - sigmoid(x)).ln();
    let loss = loss!(|v, reduction| BceWithLogits { reduction, ..BceWithLogits::default() }, v[0], v[1]);
    elements("bce_with_logits", true, SCORES, SHARES, loss, |x, t| bce(1.0, x, t));
    let loss = loss!(|v, reduction| BceWithLogits { reduction, pos_weight: vec![2.5] }, v[0], v[1]);
    elements("bce_with_logits, pos_weight", true, SCORES, SHARES, loss, |x, t| bce(2.5, x, t));

    let focal = |gamma: f64, x: f64, t: f64| {
        let p = if t == 1.0 { sigmoid(x) } else { 1.0 - sigmoid(x) };
        -(1.0 - p).powf(gamma) * p.ln()
    };
    let loss = loss!(|v, reduction| Focal { reduction, ..Focal::default() }, v[0], v[1]);
    elements("focal", true, SCORES, BITS, loss, |x, t| {
        (if t == 1.0 { 0.25 } else { 0.75 }) * focal(2.0, x, t)
    });
    let loss = loss!(|v, reduction| Focal { gamma: 0.5, alpha: None, reduction }, v[0], v[1]);
    elements("focal, gamma 0.5", true, SCORES, BITS, loss, |x, t| focal(0.5, x, t));
}

#[test]
fn signs() {
    let hinge = |margin: f64, a: f64, t: f64| (margin - t * a).max(0.0);
    let loss = loss!(|v, reduction| Hinge { reduction, ..Hinge::default() }, v[0], v[1]);
    elements("hinge", false, SCORES, SIGNS, loss, |a, t| hinge(1.0, a, t));
    let loss = loss!(|v, reduction| Hinge { margin: 0.75, squared: true, reduction }, v[0], v[1]);
    elements("squared_hinge", false, SCORES, SIGNS, loss, |a, t| hinge(0.75, a, t).powi(2));
    let loss = loss!(|v, reduction| PerceptronCriterion { reduction }, v[0], v[1]);
    elements("perceptron_criterion", false, SCORES, SIGNS, loss, |a, t| hinge(0.0, a, t));
}

#[test]
fn likelihoods_of_numbers() {
    let loss = loss!(|v, reduction| PoissonNll { reduction, ..PoissonNll::default() }, v[0], v[1]);
    elements("poisson_nll", true, SCORES, SHARES, loss, |x, t| x.exp() - t * x);
    const COUNTS: Matrix = [[0.5, 3.0, 2.0], [7.0, 0.9, 4.0], [1.1, 2.5, 6.0], [0.2, 12.0, 1.5]];
    let stirling = |t: f64| {
        if t > 1.0 { t * t.ln() - t + 0.5 * (2.0 * std::f64::consts::PI * t).ln() } else { 0.0 }
    };
    let loss = loss!(
        |v, reduction| PoissonNll { log_input: false, full: true, epsilon: 1e-3, reduction },
        v[0],
        v[1]
    );
    elements("poisson_nll, full", true, SHARES, COUNTS, loss, |x, t| x - t * (x + 1e-3).ln() + stirling(t));

    // One variance for each element, and one for each row.
    for shared in [false, true] {
        let at = |row: usize, column: usize| SHARES[row][if shared { 0 } else { column }];
        let columns = if shared { 1 } else { 3 };
        let full = 0.5 * (2.0 * std::f64::consts::PI).ln();
        let mut each = Vec::new();
        for row in 0..4 {
            let square = |column: usize| (SCORES[row][column] - OTHERS[row][column]).powi(2);
            let nll = |column| full + 0.5 * (at(row, column).ln() + square(column) / at(row, column));
            each.push((0..3).map(nll).collect());
        }
        Case {
            loss: loss!(
                |v, reduction| GaussianNll { full: true, reduction, ..GaussianNll::default() },
                v[0],
                v[1],
                v[2]
            ),
            inputs: vec![
                Tensor::from(SCORES),
                Tensor::from_fn([4, columns], |i| at(i / columns, i % columns)),
                Tensor::from(OTHERS),
            ],
            differentiable: 3,
            smooth: true,
            each,
        }
        .check("gaussian_nll");
    }
}

/// A loss per row of scores and labels.
fn rows(name: &str, smooth: bool, loss: Loss, each: impl Fn(&[f64; 3], usize) -> f64) {
    let each = SCORES.iter().zip(LABELS).map(|(row, label)| vec![each(row, label)]).collect();
    Case { loss, inputs: vec![Tensor::from(SCORES)], differentiable: 1, smooth, each }.check(name);
}

fn log_softmax(row: &[f64; 3]) -> [f64; 3] {
    let sum: f64 = row.iter().map(|x| x.exp()).sum();
    row.map(|x| (x.exp() / sum).ln())
}

#[test]
fn classes() {
    let loss = loss!(|v, reduction| CrossEntropy { reduction, ..CrossEntropy::default() }, v[0], &labels());
    rows("cross_entropy", true, loss, |row, label| -log_softmax(row)[label]);
    let loss = loss!(
        |v, reduction| CrossEntropy { reduction, smoothing: 0.3, ..CrossEntropy::default() },
        v[0],
        &labels()
    );
    rows("cross_entropy, smoothed", true, loss, |row, label| {
        let ln_p = log_softmax(row);
        -0.7 * ln_p[label] - 0.1 * (ln_p[0] + ln_p[1] + ln_p[2])
    });
    let loss = loss!(|v, reduction| Nll { reduction, ..Nll::default() }, v[0], &labels());
    rows("nll", true, loss, |row, label| -row[label]);

    let margin = |margin: f64, power: i32, row: &[f64; 3], label: usize| {
        let mut sum = 0.0;
        for other in (0..3).filter(|&other| other != label) {
            sum += (margin - row[label] + row[other]).max(0.0).powi(power);
        }
        sum / 3.0
    };
    let loss = loss!(|v, reduction| MultiMargin { reduction, ..MultiMargin::default() }, v[0], &labels());
    rows("multi_margin", false, loss, |row, label| margin(1.0, 1, row, label));
    let loss = loss!(|v, reduction| MultiMargin { margin: 0.6, squared: true, reduction }, v[0], &labels());
    rows("multi_margin, squared", false, loss, |row, label| margin(0.6, 2, row, label));
}

#[test]
fn distributions() {
    let case = |loss: Loss, differentiable, a: Matrix, each: fn(&[f64; 3], &[f64; 3]) -> f64| Case {
        loss,
        inputs: vec![Tensor::from(a), Tensor::from(SHARES)],
        differentiable,
        smooth: true,
        each: a.iter().zip(&SHARES).map(|(a, b)| vec![each(a, b)]).collect(),
    };
    fn kl(q: &[f64; 3], p: &[f64; 3]) -> f64 {
        (0..3).map(|k| p[k] * (p[k].ln() - q[k])).sum()
    }
    case(loss!(|v, reduction| KlDiv { reduction, log_target: false }, v[0], v[1]), 2, SCORES, kl)
        .check("kl_div");
    let log_target: Loss = |v, reduction, weights| {
        let (loss, log_target) = (KlDiv { reduction, log_target: true }, v[1].ln());
        match weights {
            None => loss.forward(v[0], log_target),
            Some(weights) => loss.forward_weighted(v[0], log_target, weights),
        }
    };
    case(log_target, 2, SCORES, kl).check("kl_div, log_target");

    let soft: Loss = |v, reduction, weights| {
        let loss = CrossEntropy { reduction, smoothing: 0.3, ..CrossEntropy::default() };
        match weights {
            None => loss.forward_soft(v[0], v[1]),
            Some(weights) => loss.forward_soft_weighted(v[0], v[1], weights),
        }
    };
    case(soft, 2, SCORES, |row, targets| {
        let ln_p = log_softmax(row);
        -(0..3).map(|k| (0.7 * targets[k] + 0.1) * ln_p[k]).sum::<f64>()
    })
    .check("soft_cross_entropy");
}

#[test]
fn vectors() {
    let dot = |a: &[f64; 3], b: &[f64; 3]| (0..3).map(|k| a[k] * b[k]).sum::<f64>();
    let distance = |a: &[f64; 3], b: &[f64; 3]| (0..3).map(|k| (a[k] - b[k]).powi(2)).sum::<f64>().sqrt();
    let each = |of: &dyn Fn(usize) -> f64| (0..4).map(|row| vec![of(row)]).collect::<Vec<_>>();
    let inputs = vec![Tensor::from(SCORES), Tensor::from(OTHERS), Tensor::from(FLAGS)];

    let cosine = each(&|row| {
        let (a, b) = (&SCORES[row], &OTHERS[row]);
        let cosine = dot(a, b) / (dot(a, a) * dot(b, b)).sqrt();
        if FLAGS[row][0] > 0.0 { 1.0 - cosine } else { (cosine - 0.2).max(0.0) }
    });
    let loss = loss!(|v, reduction| CosineEmbedding { margin: 0.2, reduction }, v[0], v[1], v[2]);
    Case { loss, inputs: inputs.clone(), differentiable: 2, smooth: false, each: cosine }
        .check("cosine_embedding");

    let contrastive = each(&|row| {
        let d = distance(&SCORES[row], &OTHERS[row]);
        if FLAGS[row][0] > 0.0 { (3.5 - d).max(0.0).powi(2) / 2.0 } else { d * d / 2.0 }
    });
    let loss = loss!(|v, reduction| Contrastive { margin: 3.5, reduction }, v[0], v[1], v[2]);
    let differ = Tensor::from(FLAGS.map(|[flag]| [if flag > 0.0 { 1.0 } else { 0.0 }]));
    let pairs = vec![Tensor::from(SCORES), Tensor::from(OTHERS), differ];
    Case { loss, inputs: pairs, differentiable: 2, smooth: false, each: contrastive }.check("contrastive");

    let triples = vec![Tensor::from(SCORES), Tensor::from(OTHERS), Tensor::from(SHARES)];
    for squared in [false, true] {
        let to = |a: &[f64; 3], b: &[f64; 3]| distance(a, b).powi(if squared { 2 } else { 1 });
        let triplet = each(&|row| {
            let anchor = &SCORES[row];
            (to(anchor, &OTHERS[row]) - to(anchor, &SHARES[row]) + 0.6).max(0.0)
        });
        let loss: Loss = if squared {
            loss!(|v, reduction| Triplet { margin: 0.6, squared: true, reduction }, v[0], v[1], v[2])
        } else {
            loss!(|v, reduction| Triplet { margin: 0.6, squared: false, reduction }, v[0], v[1], v[2])
        };
        Case { loss, inputs: triples.clone(), differentiable: 3, smooth: false, each: triplet }
            .check("triplet");
    }
}

/// What the gradients above are compared with is told from a wrong gradient.
#[test]
fn a_wrong_gradient_is_found() {
    let wrong = check_gradients(
        |g, v| mse(v[0], g.constant(OTHERS)).with_derivative_of(v[0].square().mean()),
        &[Tensor::from(SCORES)],
    );
    assert!(wrong.is_err());
}
