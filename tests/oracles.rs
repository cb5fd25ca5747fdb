//! The engine against backpropagation written by hand, on random networks and data: equal to 1e-12 in double precision.

mod by_hand;

use autograd::{Graph, Tensor, Var};
use by_hand::{Matrix, derivation, incremental, matrix_form, thresholds};
use nn::{Sgd, module};
use rand::{Rng, RngExt};

/// Cases for each algorithm.
const CASES: u64 = 40;
const TOLERANCE: f64 = 1e-12;

type Examples = Vec<(Vec<f64>, Vec<f64>)>;

fn uniform(rng: &mut impl Rng, length: usize, from: f64, to: f64) -> Vec<f64> {
    (0..length).map(|_| from + (to - from) * rng.random::<f64>()).collect()
}

fn matrix(rng: &mut impl Rng, rows: usize, columns: usize) -> Matrix {
    (0..rows).map(|_| uniform(rng, columns, -1.5, 1.5)).collect()
}

/// Inputs between -2 and 2, targets between 0 and 1.
fn examples(rng: &mut impl Rng, count: usize, inputs: usize, outputs: usize) -> Examples {
    (0..count).map(|_| (uniform(rng, inputs, -2.0, 2.0), uniform(rng, outputs, 0.0, 1.0))).collect()
}

/// Two to five widths from 1 to 6.
fn widths(rng: &mut impl Rng) -> Vec<usize> {
    (0..rng.random_range(2..=5)).map(|_| rng.random_range(1..=6)).collect()
}

fn tensor(matrix: &Matrix) -> Tensor<f64> {
    Tensor::from_rows(matrix).expect("rows of one length")
}

/// Inputs and targets as `[count, width]` each.
fn tensors(examples: &Examples) -> (Tensor<f64>, Tensor<f64>) {
    let (x, y): (Matrix, Matrix) = examples.iter().cloned().unzip();
    (tensor(&x), tensor(&y))
}

#[track_caller]
fn assert_equal(found: &Tensor<f64>, expected: &Matrix, what: &str) {
    let expected = expected.concat();
    assert_eq!(found.count(), expected.len(), "{what}");
    for (found, expected) in found.data().iter().zip(expected) {
        let error = (found - expected).abs() / (1.0 + expected.abs());
        assert!(error <= TOLERANCE, "{what}: {found}, by hand {expected}");
    }
}

/// `x` with a column of ones before or after it.
fn with_ones(x: Var<'_, f64>, before: bool) -> Var<'_, f64> {
    let ones = x.graph().ones([x.shape()[0], 1]);
    if before { Var::concat(&[ones, x], 1) } else { Var::concat(&[x, ones], 1) }
}

#[test]
fn matrix_form() {
    for case in 0..CASES {
        let rng = &mut nn::rng(case);
        let widths = widths(rng);
        let thetas: Vec<Matrix> = widths.windows(2).map(|pair| matrix(rng, pair[1], pair[0] + 1)).collect();
        let count = rng.random_range(1..=8);
        let data = examples(rng, count, widths[0], widths[widths.len() - 1]);

        let g = Graph::f64();
        let (x, y) = tensors(&data);
        let (mut a, y) = (g.constant(x), g.constant(y));
        let params: Vec<Var<f64>> = thetas.iter().map(|theta| g.var(tensor(theta))).collect();
        for &theta in &params {
            a = with_ones(a, true).matmul_t(theta).sigmoid();
        }
        let cost = -(y * a.ln() + (1.0 - y) * (1.0 - a).ln()).sum() / count as f64;
        let grads = cost.backward();

        assert!((cost.item() - matrix_form::cost(&thetas, &data)).abs() < 1e-12 * (1.0 + cost.item()));
        for ((&param, expected), layer) in params.iter().zip(matrix_form::gradient(&thetas, &data)).zip(1..) {
            assert_equal(&grads[param], &expected, &format!("case {case}, layer {layer} of {widths:?}"));
        }
    }
}

/// Layers with thresholds: V = g(V' wᵀ - θ).
struct Units<P = Tensor<f64>> {
    weights: Vec<Unit<P>>,
}
struct Unit<P> {
    weight: P,
    threshold: P,
}
module!(Units { child weights });
module!(Unit { param weight, param threshold });

impl<'g> Units<Var<'g, f64>> {
    fn forward(&self, mut v: Var<'g, f64>) -> Var<'g, f64> {
        for layer in &self.weights {
            v = (v.matmul_t(layer.weight) - layer.threshold).sigmoid();
        }
        v
    }
}

#[test]
fn descent_with_thresholds() {
    for case in 0..CASES {
        let rng = &mut nn::rng(1000 + case);
        let widths = widths(rng);
        let mut layers: Vec<thresholds::Layer> = widths
            .windows(2)
            .map(|pair| thresholds::Layer {
                weights: matrix(rng, pair[1], pair[0]),
                thresholds: uniform(rng, pair[1], -1.0, 1.0),
            })
            .collect();
        let eta = 0.1 + rng.random::<f64>();
        let unit = |layer: &thresholds::Layer| Unit {
            weight: tensor(&layer.weights),
            threshold: Tensor::from_vec([layer.thresholds.len()], layer.thresholds.clone())
                .expect("one each"),
        };
        let mut units = Units { weights: layers.iter().map(unit).collect() };
        let mut sgd: Sgd<f64> = Sgd::new(eta);
        // Several steps: an error in one would be carried into the next.
        for (x, target) in examples(rng, 10, widths[0], widths[widths.len() - 1]) {
            let (row, wanted) = (tensor(&vec![x.clone()]), tensor(&vec![target.clone()]));
            sgd.step(&mut units, |g, units| {
                0.5 * (g.constant(&wanted) - units.forward(g.constant(&row))).square().sum()
            })
            .expect("a step");
            thresholds::step(&mut layers, &x, &target, eta);
        }
        for (unit, layer) in units.weights.iter().zip(&layers) {
            assert_equal(&unit.weight, &layer.weights, &format!("case {case}, weights of {widths:?}"));
            assert_equal(
                &unit.threshold,
                &vec![layer.thresholds.clone()],
                &format!("case {case}, thresholds"),
            );
        }
    }
}

/// Layers whose last column of weights belongs to a constant 1.
struct Stack<P = Tensor<f64>> {
    matrices: Vec<One<P>>,
}
struct One<P> {
    matrix: P,
}
module!(Stack { child matrices });
module!(One { param matrix });

#[test]
fn incremental_training_in_stages() {
    for case in 0..CASES {
        let rng = &mut nn::rng(2000 + case);
        let widths = widths(rng);
        let mut weights: Vec<Matrix> =
            widths.windows(2).map(|pair| matrix(rng, pair[1], pair[0] + 1)).collect();
        let patterns = examples(rng, 4, widths[0], widths[widths.len() - 1]);
        let slope = 0.5 + rng.random::<f64>();
        let settings = incremental::Settings { slope, eta: 0.4, threshold: 1e-3, epochs: 5 };

        let mut stack = Stack { matrices: weights.iter().map(|w| One { matrix: tensor(w) }).collect() };
        let mut sgd: Sgd<f64> = Sgd::new(settings.eta);
        let mut errors = Vec::new();
        for _ in 0..settings.epochs {
            let mut error = 0.0;
            for (x, desired) in &patterns {
                let (row, wanted) = (tensor(&vec![x.clone()]), tensor(&vec![desired.clone()]));
                error += sgd
                    .step(&mut stack, |g, stack| {
                        let mut out = g.constant(&row);
                        for layer in &stack.matrices {
                            out = (slope * with_ones(out, false).matmul_t(layer.matrix)).sigmoid();
                        }
                        0.5 * (g.constant(&wanted) - out).square().sum()
                    })
                    .expect("a step");
            }
            errors.push(error);
        }
        let ending = incremental::train(&mut weights, &patterns, settings);
        assert_eq!(
            ending.errors.len(),
            errors.len(),
            "targets inside (0, 1) at random are not met in five epochs"
        );
        for (found, expected) in errors.iter().zip(&ending.errors) {
            assert!(
                (found - expected).abs() <= TOLERANCE * (1.0 + expected),
                "case {case}: {found} {expected}"
            );
        }
        for (layer, expected) in stack.matrices.iter().zip(&weights) {
            assert_equal(&layer.matrix, expected, &format!("case {case}, {widths:?}"));
        }
    }
}

#[test]
fn incremental_training_stops_below_its_threshold() {
    let rng = &mut nn::rng(7);
    let mut weights = vec![matrix(rng, 4, 3), matrix(rng, 1, 5)];
    let xor: Examples = [(0.0, 0.0, 0.0), (0.0, 1.0, 1.0), (1.0, 0.0, 1.0), (1.0, 1.0, 0.0)]
        .map(|(a, b, t)| (vec![a, b], vec![t]))
        .to_vec();
    let settings = incremental::Settings { slope: 1.0, eta: 1.0, threshold: 0.01, epochs: 20_000 };
    let ending = incremental::train(&mut weights, &xor, settings);
    assert!(ending.reached && ending.errors.len() < settings.epochs, "{} epochs", ending.errors.len());
    for (x, t) in &xor {
        let out = incremental::forward(&weights, x, 1.0)[2][0];
        assert_eq!(out > 0.5, t[0] > 0.5, "{x:?}: {out}");
    }
}

#[test]
fn derivation_with_two_hidden_layers() {
    for case in 0..CASES {
        let rng = &mut nn::rng(3000 + case);
        let [i, j, k, l]: [usize; 4] = std::array::from_fn(|_| rng.random_range(1..=6));
        let net = derivation::Network {
            w_ij: matrix(rng, j, i + 1),
            w_jk: matrix(rng, k, j + 1),
            w_kl: matrix(rng, l, k + 1),
        };
        let count = rng.random_range(1..=8);
        let data = examples(rng, count, i, l);

        let g = Graph::f64();
        let (x, y) = tensors(&data);
        let [w_ij, w_jk, w_kl] = [&net.w_ij, &net.w_jk, &net.w_kl].map(|w| g.var(tensor(w)));
        let z_j = with_ones(g.constant(x), false).matmul_t(w_ij).sigmoid();
        let z_k = with_ones(z_j, false).matmul_t(w_jk).sigmoid();
        let f = with_ones(z_k, false).matmul_t(w_kl);
        let risk = 0.5 * (g.constant(y) - f).square().sum() / count as f64;
        let grads = risk.backward();

        let (expected, slopes) = derivation::gradient(&net, &data);
        assert!((risk.item() - expected).abs() <= TOLERANCE * (1.0 + expected));
        for (var, slopes) in [(w_ij, slopes.w_ij), (w_jk, slopes.w_jk), (w_kl, slopes.w_kl)] {
            assert_equal(&grads[var], &slopes, &format!("case {case}"));
        }
    }
}
