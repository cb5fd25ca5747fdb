//! Activations against their formulas, and gains against integrals.

use autograd::Graph;
use nn::{
    Activation, Celu, ConfigError, Elu, Fan, Gelu, GeluTanh, HardSigmoid, HardTanh, Identity, Init,
    LeakyRelu, LogSigmoid, LogSoftmax, Mish, PiecewiseLinear, Relu, Selu, Sigmoid, SigmoidWith, Sign, Silu,
    Softmax, Softplus, Softsign, Step, Tanh, ThresholdLogic,
};

fn sigmoid(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}

/// Φ(x) from the series of the error function, 2/√π Σ (-1)ⁿ z²ⁿ⁺¹ / (n! (2n + 1)).
fn normal(x: f64) -> f64 {
    let z = x / 2.0_f64.sqrt();
    let (mut term, mut sum) = (z, z);
    for n in 1..200 {
        term *= -z * z / f64::from(n);
        sum += term / f64::from(2 * n + 1);
    }
    0.5 * (1.0 + 2.0 / std::f64::consts::PI.sqrt() * sum)
}

/// A function of a number.
type Formula = fn(f64) -> f64;

/// Each elementwise activation, and what it is.
fn formulas() -> Vec<(Activation, Formula)> {
    vec![
        (Identity, |x| x),
        (Relu, |x| if x > 0.0 { x } else { 0.0 }),
        (LeakyRelu(0.2), |x| if x > 0.0 { x } else { 0.2 * x }),
        (Elu(0.5), |x| if x > 0.0 { x } else { 0.5 * (x.exp() - 1.0) }),
        (Selu, |x| 1.0507009873554805 * if x > 0.0 { x } else { 1.6732632423543772 * (x.exp() - 1.0) }),
        (Celu(2.0), |x| if x > 0.0 { x } else { 2.0 * ((x / 2.0).exp() - 1.0) }),
        (Gelu, |x| x * normal(x)),
        (GeluTanh, |x| {
            0.5 * x * (1.0 + ((2.0 / std::f64::consts::PI).sqrt() * (x + 0.044715 * x.powi(3))).tanh())
        }),
        (Silu, |x| x * sigmoid(x)),
        (Mish, |x| x * (1.0 + x.exp()).ln().tanh()),
        (Softplus, |x| (1.0 + x.exp()).ln()),
        (Softsign, |x| x / (1.0 + x.abs())),
        (Tanh, |x| 2.0 * sigmoid(2.0 * x) - 1.0),
        (HardTanh, |x| x.clamp(-1.0, 1.0)),
        (Sigmoid, sigmoid),
        (SigmoidWith { slope: 3.0, shift: -0.5 }, |x| sigmoid(3.0 * (x - 0.5))),
        (LogSigmoid, |x| sigmoid(x).ln()),
        (HardSigmoid, |x| (x / 6.0 + 0.5).clamp(0.0, 1.0)),
        (ThresholdLogic { alpha: 0.5, theta: 1.0 }, |x| (0.5 * (x + 1.0)).clamp(0.0, 1.0)),
        (PiecewiseLinear, |x| (x + 0.5).clamp(0.0, 1.0)),
        (Step(0.5), |x| {
            if x > 0.0 {
                1.0
            } else if x < 0.0 {
                0.0
            } else {
                0.5
            }
        }),
        (Sign(-1.0), |x| if x > 0.0 { 1.0 } else { -1.0 }),
    ]
}

#[test]
fn activations_are_their_formulas() {
    let x: [f64; 9] = [-3.5, -1.2, -0.5, -0.1, 0.0, 0.3, 0.8, 1.7, 4.0];
    for (activation, formula) in formulas() {
        let g = Graph::f64();
        let y = activation.forward(g.constant(x)).value();
        for (x, &y) in x.into_iter().zip(y.data()) {
            let (expected, scale) = (formula(x), 1.0 + formula(x).abs());
            assert!((y - expected).abs() < 1e-14 * scale, "{activation:?} of {x}: {y} instead of {expected}");
        }
    }
}

#[test]
fn softmax_is_along_its_axis() {
    let g = Graph::f64();
    let x = [[1.0_f64, 2.0], [3.0, 5.0]];
    for axis in [0, 1] {
        let (p, ln) =
            (Softmax(axis).forward(g.constant(x)).value(), LogSoftmax(axis).forward(g.constant(x)).value());
        for row in 0..2 {
            for column in 0..2 {
                let other = if axis == 0 { x[1 - row][column] } else { x[row][1 - column] };
                let expected = x[row][column].exp() / (x[row][column].exp() + other.exp());
                assert!((p.at(&[row, column]) - expected).abs() < 1e-15);
                assert!((ln.at(&[row, column]) - expected.ln()).abs() < 1e-15);
            }
        }
    }
}

/// E[f(z)²] of a standard normal z by Simpson's rule on both sides of 0, where kinks are.
fn second_moment(f: Formula) -> f64 {
    let side = |sign: f64| {
        let (steps, width) = (20_000, 12.0);
        let h = width / f64::from(steps);
        let at = |i: i32| {
            let z = sign * (h * f64::from(i)).max(1e-300); // the limit at 0
            f(z).powi(2) * (-0.5 * z * z).exp() / (2.0 * std::f64::consts::PI).sqrt()
        };
        (0..steps / 2).map(|i| h / 3.0 * (at(2 * i) + 4.0 * at(2 * i + 1) + at(2 * i + 2))).sum::<f64>()
    };
    side(1.0) + side(-1.0)
}

#[test]
fn gains_keep_the_size_of_signals() {
    let conventions = [Tanh, Sigmoid, SigmoidWith { slope: 3.0, shift: -0.5 }, LogSigmoid, HardSigmoid];
    for (activation, formula) in formulas() {
        let bounded = matches!(activation, ThresholdLogic { .. } | PiecewiseLinear | Step(_) | Sign(_));
        if bounded || conventions.contains(&activation) {
            continue;
        }
        // The density is cut at ten, and HardTanh has kinks elsewhere than at 0.
        let size = activation.gain().powi(2) * second_moment(formula);
        assert!((size - 1.0).abs() < 1e-4, "{activation:?}: {size}");
    }
    assert_eq!(
        (Tanh.gain(), Sigmoid.gain(), Step(0.0).gain(), Softmax(-1).gain()),
        (5.0 / 3.0, 1.0, 1.0, 1.0)
    );
}

#[test]
fn signals_keep_their_size_through_forty_layers() {
    // Each layer draws new weights; with a gain of 1 rectified signals would fade to 1e-12. Other functions keep the
    // size of signals of size 1 only, and chance leads away from it.
    let mut rng = nn::rng(4);
    for activation in [Relu, LeakyRelu(0.3), Selu] {
        let init = Init::Scaled { gain: activation.gain(), fan: Fan::In, draw: nn::Draw::Normal };
        let g = Graph::f64();
        let mut x = g.constant(Init::Normal(1.0).draw::<f64>([8, 256], 1, 1, &mut rng));
        for _ in 0..40 {
            let weight = g.constant(init.draw::<f64>([256, 256], 256, 256, &mut rng));
            x = activation.forward(x).matmul_t(weight);
        }
        let size = x.square().mean().item();
        assert!((0.05..20.0).contains(&size), "{activation:?}: {size}");
    }
}

#[test]
fn numbers_of_activations_are_checked() {
    let text = |checked: Result<(), ConfigError>| checked.unwrap_err().to_string();
    assert_eq!(text(Elu(f64::INFINITY).check()), "Elu: alpha is inf, but must be a finite number");
    assert_eq!(text(Celu(-1.0).check()), "Celu: alpha is -1.0, but must be a finite number above 0");
    assert_eq!(
        text(SigmoidWith { slope: 0.0, shift: 0.0 }.check()),
        "SigmoidWith: slope is 0.0, but must be a finite number other than 0"
    );
    assert!(text(ThresholdLogic { alpha: 1.0, theta: f64::NAN }.check()).contains("theta is NaN"));
    assert!(text(Step(f64::NAN).check()).contains("the value at 0 is NaN"));
    assert!(text(Sign(f64::NAN).check()).contains("Sign"));
    for (activation, _) in formulas() {
        assert_eq!(activation.check(), Ok(()));
    }
}
