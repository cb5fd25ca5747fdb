//! Errors found in five decks of lecture slides on neural networks, called A to E: each has a test that shows the printed
//! formula to be wrong and the mended one to be right. docs/ERRATA.md is generated from this file and fails when it is stale:
//! `UPDATE_DOCS=1 cargo test --test errata` rewrites it. Over 400 lines because the table of errors is one.

mod by_hand;

use std::fmt::Write as _;
use std::path::Path;

use autograd::ops::{LeakyRelu, Relu, UnaryRow};
use autograd::prelude::*;
use by_hand::{Matrix, derivation, incremental, matrix_form};
use nn::data::Labels;
use nn::{Mlp, Model, Sgd, cross_entropy};

/// An error of a deck: what it prints, what is right, and the test that shows both.
struct Erratum {
    deck: &'static str,
    topic: &'static str,
    printed: &'static str,
    right: &'static str,
    test: &'static str,
}

macro_rules! errata {
    ($($deck:literal, $topic:literal: $printed:literal => $right:literal, $test:ident $body:block)+) => {
        const ERRATA: &[Erratum] = &[$(Erratum {
            deck: $deck, topic: $topic, printed: $printed, right: $right, test: stringify!($test),
        }),+];
        $(#[test] fn $test() $body)+
    };
}

/// The derivative of `f` at `x`, by central differences.
fn slope(f: impl Fn(f64) -> f64, x: f64) -> f64 {
    let h = 1e-5;
    (f(x + h) - f(x - h)) / (2.0 * h)
}

#[track_caller]
fn assert_close(found: f64, expected: f64) {
    assert!((found - expected).abs() <= 1e-8 * (1.0 + expected.abs()), "{found}, but {expected} is right");
}

#[track_caller]
fn assert_differ(wrong: f64, right: f64) {
    assert!(
        (wrong - right).abs() > 1e-3 * (1.0 + right.abs()),
        "the printed formula gives {wrong}, as does the right one"
    );
}

/// s(z) = 1 / (1 + e^-αz).
fn sigmoid<S: Scalar>(z: S, alpha: f64) -> S {
    ((z * -alpha).exp() + 1.0).recip()
}

/// A linear neuron's data: x, and y = 2x + 1 with disturbances that add up to 0.
const LINE: [(f64, f64); 4] = [(-1.0, -0.9), (0.0, 0.8), (1.0, 3.3), (2.0, 4.8)];

/// The mean square error of y = a x + b over [`LINE`].
fn line_error<S: Scalar>(a: S, b: S) -> S {
    let mut sum = S::from(0.0);
    for (x, y) in LINE {
        let error = (a * x + b - y).powi(2);
        sum += error;
    }
    sum * 0.25
}

errata! {
    "A", "perceptron": "w has w₀, but x has no x₀" => "x₀ = 1, so that w₀ shifts the boundary away from the origin",
    the_constant_input_belongs_to_x {
        // Without it, the origin is on every boundary: AND's (0, 0) could not be told from a point beside it.
        let boundary = |w: [f64; 3], x: [f64; 2]| w[0] + w[1] * x[0] + w[2] * x[1];
        assert_eq!(boundary([0.0, 2.0, 2.0], [0.0, 0.0]), 0.0);
        assert!(boundary([-3.0, 2.0, 2.0], [0.0, 0.0]) < 0.0 && boundary([-3.0, 2.0, 2.0], [1.0, 1.0]) > 0.0);
    }

    "D", "perceptron's threshold": "x₀ = T" => "x₀ = 1 with weight w₀ = -T (or x₀ = -1 with weight T)",
    the_threshold_is_a_weight {
        let (w, x, threshold) = ([0.5, -2.0], [3.0, 0.25], 0.75);
        let wanted = w[0] * x[0] + w[1] * x[1] - threshold;
        let (w0, x0) = (-threshold, 1.0);
        assert_close(w0 * x0 + w[0] * x[0] + w[1] * x[1], wanted);
        // As printed the constant input would be T, times a weight that is learned: right for one weight only.
        assert_differ(1.0 * threshold + w[0] * x[0] + w[1] * x[1], wanted);
    }

    "D", "sigmoid with slope α": "s′ = s (1 - s)" => "s′ = α s (1 - s)",
    the_slope_of_a_sigmoid_has_its_factor {
        let (alpha, z) = (2.5, 0.3);
        let s = sigmoid(z, alpha);
        let right = alpha * s * (1.0 - s);
        assert_close(slope(|z| sigmoid(z, alpha), z), right);
        assert_close(sigmoid(Dual::variable(z), alpha).tangent, right);
        assert_differ(s * (1.0 - s), right);
    }

    "B", "leaky ReLU": "x for x > 0, 0 otherwise; range [0, ∞)" => "0.01 x otherwise; all real numbers",
    leaky_relu_leaks {
        let leaky = LeakyRelu(0.01);
        assert_eq!((leaky.value(-3.0), leaky.slope(-3.0, -0.03)), (-0.03, 0.01));
        assert!(leaky.value(-1e6) < 0.0);
    }

    "D", "activations": "must have a continuous derivative" => "almost everywhere is enough: the deck's own table has ReLU",
    relu_trains_without_a_continuous_derivative {
        assert_eq!((Relu.slope(-1e-12, 0.0), Relu.slope(1e-12, 1e-12)), (0.0, 1.0));
        let x = Tensor::from([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]);
        let labels = Labels::new([0, 1, 1, 0], 2).unwrap();
        let mut net = Mlp::new(&[2, 8, 2], nn::Relu, &mut nn::rng(3));
        let mut sgd = Sgd::new(0.5);
        let mut loss = f32::INFINITY;
        for _ in 0..500 {
            loss = sgd.step(&mut net, |g, net| cross_entropy(net.forward(g.constant(&x)), &labels)).unwrap();
        }
        assert!(loss < 0.05, "{loss}");
    }

    "D", "universal approximation": "six ReLU units have learned x³ + x² - x - 1" =>
        "their weights represent it, on [-1.5, 1.5]: at most 0.3 off there (at x = 1), and further off the further outside",
    six_units_represent_a_cubic_on_an_interval {
        let relu = |z: f64| z.max(0.0);
        let z = |x: f64| {
            -relu(-5.0 * x - 7.7) - relu(-1.2 * x - 1.3) - relu(1.2 * x + 1.0)
                + relu(1.2 * x - 0.2) + relu(2.0 * x - 1.1) + relu(5.0 * x - 5.0)
        };
        let off = |x: f64| (z(x) - (x.powi(3) + x * x - x - 1.0)).abs();
        let points = (0..=300_000).map(|i| -1.5 + f64::from(i) * 1e-5);
        let (at, worst) = points.clone().map(|x| (x, off(x))).max_by(|a, b| a.1.total_cmp(&b.1)).unwrap();
        assert!((worst - 0.3).abs() < 1e-12 && (at - 1.0).abs() < 1e-9, "{worst} at {at}");
        let square = points.map(|x| off(x).powi(2)).sum::<f64>() / 300_001.0;
        assert!((square.sqrt() - 0.0872).abs() < 1e-4, "{}", square.sqrt());
        assert!(off(3.0) > 10.0 && off(6.0) > 10.0 * off(3.0));
    }

    "E", "first weights": "cannot start at zeros" => "they can for the deck's own example, a linear neuron: its error is convex",
    a_linear_neuron_learns_from_zeros {
        let (mut a, mut b) = (0.0, 0.0);
        for _ in 0..2000 {
            let (_, g) = value_and_grad(|w| line_error(w[0], w[1]), &[a, b]);
            (a, b) = (a - 0.1 * g[0], b - 0.1 * g[1]);
        }
        // The normal equations.
        let n = LINE.len() as f64;
        let (mx, my) = (LINE.iter().map(|p| p.0).sum::<f64>() / n, LINE.iter().map(|p| p.1).sum::<f64>() / n);
        let covariance: f64 = LINE.iter().map(|p| (p.0 - mx) * (p.1 - my)).sum();
        let best = covariance / LINE.iter().map(|p| (p.0 - mx).powi(2)).sum::<f64>();
        assert_close(a, best);
        assert_close(b, my - best * mx);
    }

    "C", "chain rule": "dz/dv = dz/dy · dy/dx" => "dz/dv = dz/dy · dy/dx · dx/dv, for x = 5v - 2, y = 3x - 2, z = y²: 30 (15v - 8), 210 at v = 1",
    the_chain_has_three_factors {
        let tape = Tape::new();
        let v = tape.var(1.0);
        let x = v * 5.0 - 2.0;
        let y = x * 3.0 - 2.0;
        let z = y * y;
        let grads = z.backward();
        assert_eq!((x.value(), y.value(), z.value(), grads[v]), (3.0, 7.0, 49.0, 210.0));
        assert_eq!(2.0 * y.value() * 3.0, 42.0); // as printed
    }

    "B", "backpropagation": "δ⁽ˡ⁾ = (Θ⁽ˡ⁾)ᵀ δ⁽ˡ⁺¹⁾ on one slide" => "δ⁽ˡ⁾ = (Θ⁽ˡ⁾)ᵀ δ⁽ˡ⁺¹⁾ .* g′(z⁽ˡ⁾)",
    a_hidden_delta_has_the_slope_of_its_unit {
        // 1-1-1: one hidden unit.
        let thetas: Vec<Matrix> = vec![vec![vec![0.3, -1.2]], vec![vec![-0.4, 0.9]]];
        let examples = [(vec![0.7], vec![1.0])];
        let cost = |w: f64| matrix_form::cost(&[vec![vec![0.3, w]], thetas[1].clone()], &examples);
        let a = matrix_form::forward(&thetas, &examples[0].0);
        let back = 0.9 * (a[2][0] - 1.0);
        let right = slope(cost, -1.2);
        assert_close(matrix_form::gradient(&thetas, &examples)[0][0][1], right);
        assert_close(back * a[1][0] * (1.0 - a[1][0]) * 0.7, right);
        assert_differ(back * 0.7, right);
    }

    "D", "incremental backpropagation": "changes the weights of a layer, then uses them for δ of the layer below" =>
        "δ of all layers is computed with the weights before the step",
    deltas_use_the_weights_before_the_step {
        let weights: Vec<Matrix> = vec![vec![vec![0.5, 0.1]], vec![vec![1.5, -0.3]]];
        let (x, d, eta) = (0.8, 0.0, 2.0);
        let error = |w: f64| {
            let out = incremental::forward(&[vec![vec![w, 0.1]], weights[1].clone()], &[x], 1.0);
            0.5 * (d - out[2][0]) * (d - out[2][0])
        };
        let mut trained = weights.clone();
        let settings = incremental::Settings { slope: 1.0, eta, threshold: 0.0, epochs: 1 };
        incremental::train(&mut trained, &[(vec![x], vec![d])], settings);
        let right = 0.5 - eta * slope(error, 0.5);
        assert_close(trained[0][0][0], right);
        let out = incremental::forward(&weights, &[x], 1.0);
        let (h, o) = (out[1][0], out[2][0]);
        let delta = (d - o) * o * (1.0 - o);
        let changed = 1.5 + eta * delta * h;
        let printed = 0.5 + eta * (changed * delta * h * (1.0 - h)) * x;
        assert!((printed - right).abs() > 1e-3, "{printed} {right}");
    }

    "D", "incremental backpropagation": "computes δ for the input layer" => "no weight is before it, so it has none: the result is the same without",
    the_input_layer_needs_no_delta {
        // δ of the first weights' layer is all that its weights need: differences agree.
        let weights: Vec<Matrix> = vec![vec![vec![0.5, -0.7, 0.1]], vec![vec![1.5, -0.3]]];
        let (x, d) = ([0.8, -0.4], 0.2);
        for i in 0..3 {
            let error = |w: f64| {
                let mut moved = weights.clone();
                moved[0][0][i] = w;
                let out = incremental::forward(&moved, &x, 1.0)[2][0];
                0.5 * (d - out) * (d - out)
            };
            let out = incremental::forward(&weights, &x, 1.0);
            let (h, o) = (out[1][0], out[2][0]);
            let delta = 1.5 * (o - d) * o * (1.0 - o) * h * (1.0 - h);
            assert_close(delta * [0.8, -0.4, 1.0][i], slope(error, weights[0][0][i]));
        }
    }

    "C", "mean risk": "R = 1/N Σ from n = 1 to N - 1" => "R = 1/N Σ from n = 1 to N",
    the_risk_has_all_examples {
        let net = small_network();
        let data = [(vec![0.3], vec![1.0]), (vec![-0.9], vec![0.2]), (vec![0.5], vec![-2.0])];
        let (risk, _) = derivation::gradient(&net, &data);
        let each: Vec<f64> = data.iter().map(|one| derivation::gradient(&net, std::slice::from_ref(one)).0).collect();
        assert_close(risk, each.iter().sum::<f64>() / 3.0);
        assert_differ(each[..2].iter().sum::<f64>() / 3.0, risk);
    }

    "C", "derivative by a weight": "δ n z, with the number n of the example as a factor" => "δₙ zₙ: n is an index",
    the_number_of_an_example_is_an_index {
        let net = small_network();
        let one = [(vec![0.3], vec![1.0])];
        let risk = |w: f64| derivation::gradient(&derivation::Network { w_kl: vec![vec![w, -0.2]], ..net.clone() }, &one).0;
        let right = slope(risk, 0.8);
        let (_, slopes) = derivation::gradient(&net, &one);
        assert_close(slopes.w_kl[0][0], right);
        assert_differ(2.0 * slopes.w_kl[0][0], right); // were it example number 2
    }

    "C", "update of w_jk": "w_jk ← w_jk - η ∂R/∂w_kl" => "w_jk ← w_jk - η ∂R/∂w_jk",
    each_weight_moves_by_its_own_derivative {
        let net = small_network();
        let data = [(vec![0.3], vec![1.0]), (vec![-0.9], vec![0.2])];
        let risk = |w: f64| derivation::gradient(&derivation::Network { w_jk: vec![vec![w, 0.4]], ..net.clone() }, &data).0;
        let (_, slopes) = derivation::gradient(&net, &data);
        let right = slope(risk, -1.1);
        assert_close(slopes.w_jk[0][0], right);
        assert_differ(slopes.w_kl[0][0], right);
    }

    "E", "δ of the output": "2 (y - a) f′" => "-2 (y - a) f′ (and 1/m for a mean over m examples): with the printed sign the error rises",
    the_output_delta_has_a_minus {
        let (x, y, w, eta) = (1.5, 0.2, 0.4, 0.1);
        let error = |w: f64| (y - sigmoid(w * x, 1.0)).powi(2);
        let a = sigmoid(w * x, 1.0);
        let right = -2.0 * (y - a) * a * (1.0 - a) * x;
        assert_close(slope(error, w), right);
        assert!(error(w - eta * right) < error(w), "downhill");
        assert!(error(w + eta * right) > error(w), "as printed: the error rises");
    }

    "A", "delta rule": "Δw = -η δ f(z) with δ = f′ (y - f)" => "Δw = +η δ f(z) with that δ: with the printed sign the error rises",
    the_delta_rule_has_a_plus {
        let (x, y, w, eta) = (1.5, 0.2, 0.4, 0.1);
        let error = |w: f64| 0.5 * (y - sigmoid(w * x, 1.0)).powi(2);
        let f = sigmoid(w * x, 1.0);
        let delta = f * (1.0 - f) * (y - f);
        assert_close(-slope(error, w), delta * x);
        assert!(error(w + eta * delta * x) < error(w));
        assert!(error(w - eta * delta * x) > error(w), "as printed: the error rises");
    }

    "A", "δ of a hidden unit": "δ = Σ δ w f" => "δ = f′ Σ δ w: the unit's slope, not its output",
    a_hidden_delta_has_the_slope_not_the_output {
        let (x, y, w, v) = (1.5, 0.2, 0.4, -1.3);
        let error = |w: f64| 0.5 * (y - sigmoid(v * sigmoid(w * x, 1.0), 1.0)).powi(2);
        let h = sigmoid(w * x, 1.0);
        let f = sigmoid(v * h, 1.0);
        let delta = f * (1.0 - f) * (y - f);
        let right = -slope(error, w);
        assert_close(h * (1.0 - h) * delta * v * x, right);
        assert_differ(delta * v * h * x, right);
    }

    "A", "784-15-10": "178·15 + 15·10 = 11,935 weights, and 25 biases besides" =>
        "784·15 + 15·10 = 11,910 weights, with 25 biases 11,935 parameters",
    the_biases_are_in_the_sum {
        let net = Mlp::new(&[784, 15, 10], nn::Sigmoid, &mut nn::rng(1));
        let weights: usize = net.layers.iter().map(|layer| layer.weight.count()).sum();
        assert_eq!((weights, net.parameter_count()), (11_910, 11_935));
        assert_eq!(178 * 15 + 15 * 10, 2_820); // as printed
    }

    "E", "multinomial log loss": "-1/m Σ Σ_k [y_k ln p_k + (1 - y_k) ln(1 - p_k)]" =>
        "that is the binary cross-entropy of K outputs; the multinomial one is -1/m Σ Σ_c y_c ln softmax_c",
    multinomial_loss_looks_at_the_true_class {
        let g = Graph::f64();
        let logits = g.constant([[0.5, -1.0, 2.0]]);
        let p = logits.softmax(-1).value();
        let right = -p.data()[2].ln();
        assert_close(cross_entropy(logits, &Labels::new([2], 3).unwrap()).item(), right);
        let printed: f64 = -p.data()[2].ln() - (1.0 - p.data()[0]).ln() - (1.0 - p.data()[1]).ln();
        assert_differ(printed, right);
    }

    "E", "mean square error of several outputs": "1/m Σᵢ (yᵢ - aᵢ)², without the index of the output" =>
        "1/m Σᵢ Σ_c (y_ic - a_ic)²; `mse` divides by the number of all elements, m k, as PyTorch does",
    the_mean_square_error_sums_over_outputs {
        let (y, a) = ([[1.0, 2.0], [0.5, -1.0], [3.0, 0.0]], [[0.5, 2.5], [0.0, 1.0], [2.0, 0.5]]);
        let g = Graph::f64();
        let found = nn::mse(g.constant(a), g.constant(y)).item();
        let sum: f64 = y.iter().flatten().zip(a.iter().flatten()).map(|(y, a)| (y - a) * (y - a)).sum();
        assert_close(found, sum / 6.0);
        assert_close(2.0 * found, sum / 3.0); // the deck's divisor m, with the sum over c
    }

    "A", "linear regression": "∂J/∂a = 2/n Σ x (y - (ax + b)), ∂J/∂b = 2/n Σ (y - (ax + b))" => "both with a minus: -2/n Σ …",
    the_slopes_of_the_squared_error_have_a_minus {
        let (a, b) = (0.52, -0.1);
        let printed = |factor: fn(f64) -> f64| {
            2.0 / 4.0 * LINE.iter().map(|&(x, y)| factor(x) * (y - (a * x + b))).sum::<f64>()
        };
        let (da, db) = (printed(|x| x), printed(|_| 1.0));
        let (_, g) = value_and_grad(|w| line_error(w[0], w[1]), &[a, b]);
        assert_close(g[0], -da);
        assert_close(g[1], -db);
        assert_close(slope(|a| line_error(a, b), a), -da);
        assert!(line_error(a - 0.01 * da, b - 0.01 * db) > line_error(a, b), "as printed: the error rises");
    }

    "A", "gradient": "the direction of steepest descent" => "the direction of steepest ascent; descent goes against it",
    the_gradient_points_uphill {
        let (a, b) = (0.11, 2.5);
        let (value, g) = value_and_grad(|w| line_error(w[0], w[1]), &[a, b]);
        let length = g[0].hypot(g[1]);
        let along = |angle: f64| {
            let (sin, cos) = angle.sin_cos();
            let h = 1e-4;
            line_error(a + h * (cos * g[0] - sin * g[1]) / length, b + h * (sin * g[0] + cos * g[1]) / length)
        };
        assert!(along(0.0) > value);
        let steepest = (0..360).map(|degree| along(f64::from(degree).to_radians())).fold(f64::MIN, f64::max);
        assert_close(along(0.0), steepest);
    }

    "E", "learning": "the cost must fall at every update" => "only for small steps along the whole gradient: neither with large ones nor with those of single examples",
    the_cost_may_rise {
        // Twice as long as the curvature allows: every step climbs.
        let h = hessian(|w| line_error(w[0], w[1]), &[0.0, 0.0]).to_vec();
        let (trace, determinant) = (h[0] + h[3], h[0] * h[3] - h[1] * h[2]);
        let largest = 0.5 * (trace + (trace * trace - 4.0 * determinant).sqrt());
        let descend = |eta: f64, a: f64, b: f64| {
            let (_, g) = value_and_grad(|w| line_error(w[0], w[1]), &[a, b]);
            (a - eta * g[0], b - eta * g[1])
        };
        let (a, b) = descend(2.0 * 2.0 / largest, 0.0, 0.0);
        assert!(line_error(a, b) > line_error(0.0, 0.0));
        // Near the minimum, a step for one example alone is away from it for the others.
        let (mut a, mut b) = (0.0, 0.0);
        (0..2000).for_each(|_| (a, b) = descend(0.1, a, b));
        let (x, y) = LINE[1];
        let error = a * x + b - y;
        let (single_a, single_b) = (a - 0.1 * 2.0 * error * x, b - 0.1 * 2.0 * error);
        assert!(line_error(single_a, single_b) > line_error(a, b));
    }
}

/// One unit in each layer.
fn small_network() -> derivation::Network {
    derivation::Network {
        w_ij: vec![vec![0.7, 0.1]],
        w_jk: vec![vec![-1.1, 0.4]],
        w_kl: vec![vec![0.8, -0.2]],
    }
}

const INTRODUCTION: &str = "\
# Errata of five decks

Five decks of slides on neural networks, here called A to E, are what the lessons of this project go through. These are
their errors: what a slide prints, what is right, and the test that shows both.

Generated from `tests/errata.rs` by `UPDATE_DOCS=1 cargo test --test errata`; do not edit.

| deck | topic | printed | right | test |
|---|---|---|---|---|
";

#[test]
fn the_page_is_current() {
    let source = include_str!("errata.rs");
    let mut expected = INTRODUCTION.to_owned();
    for Erratum { deck, topic, printed, right, test } in ERRATA {
        let place = source.lines().position(|line| line.trim() == format!("{test} {{"));
        let line = 1 + place.unwrap_or_else(|| panic!("{test} stands on a line of its own"));
        writeln!(
            expected,
            "| {deck} | {topic} | {printed} | {right} | [{test}](../tests/errata.rs#L{line}) |"
        )
        .unwrap();
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/ERRATA.md");
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&path, &expected).expect("docs/ERRATA.md can be written");
    }
    let found = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(found == expected, "docs/ERRATA.md is stale: run `UPDATE_DOCS=1 cargo test --test errata`");
}
