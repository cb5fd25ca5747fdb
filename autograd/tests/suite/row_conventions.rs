//! The conventions of the rule book, one by one: ties, kinks, limits, and the accuracy of the machine functions.

use autograd::number::{Dual, Float, Formulas, Real};
use autograd::ops::*;

fn slope<O: UnaryRow>(row: O, x: f64) -> f64 {
    row.slope(x, row.value(x))
}

fn slopes<O: BinaryRow>(row: O, a: f64, b: f64) -> [f64; 2] {
    let y = row.value(a, b);
    [row.slope_a(a, b, y), row.slope_b(a, b, y)]
}

#[test]
fn ties_share_equally() {
    for tie in [0.0, 2.5, f64::INFINITY] {
        assert_eq!(slopes(Max, tie, tie), [0.5, 0.5]);
        assert_eq!(slopes(Min, tie, tie), [0.5, 0.5]);
    }
    assert_eq!((slopes(Max, 1.0, 2.0), slopes(Min, 1.0, 2.0)), ([0.0, 1.0], [1.0, 0.0]));
    assert_eq!(slopes(Max, -0.0, 0.0), [0.5, 0.5]);
}

#[test]
fn slopes_at_kinks() {
    for zero in [0.0, -0.0] {
        assert_eq!(slope(Relu, zero), 0.0);
        assert_eq!(slope(Abs, zero), 0.0);
        assert_eq!(slope(LeakyRelu(0.1), zero), 0.1);
        assert_eq!(slope(Elu(0.7), zero), 0.7);
        assert_eq!(slope(Celu(0.7), zero), 1.0);
        assert!((slope(Selu, zero) - 1.758_099_340_847_376_6).abs() < 1e-15);
        assert_eq!(slope(Sqrt, zero).abs(), f64::INFINITY);
        assert_eq!(slope(SqrtFlatAtZero, zero), 0.0);
        assert_eq!((RecipOrZero.value(zero), slope(RecipOrZero, zero)), (0.0, 0.0));
    }
    for (bound, inside) in [(-0.8, -0.5), (1.5, 1.0)] {
        assert_eq!((slope(Clamp(-0.8, 1.5), bound), slope(Clamp(-0.8, 1.5), inside)), (1.0, 1.0));
    }
    assert_eq!((slope(Clamp(-0.8, 1.5), 1.6), slope(Clamp(-0.8, 1.5), -0.9)), (0.0, 0.0));
    for sign in [-1.0, 1.0] {
        assert_eq!((slope(HardTanh, sign), slope(HardTanh, 1.1 * sign)), (1.0, 0.0));
        assert_eq!((slope(HardSigmoid, 3.0 * sign), slope(HardSigmoid, 3.1 * sign)), (1.0 / 6.0, 0.0));
        assert_eq!((slope(PiecewiseLinear, 0.5 * sign), slope(PiecewiseLinear, 0.6 * sign)), (1.0, 0.0));
        assert_eq!(
            (slope(ThresholdLogic(0.5, 0.0), 1.0 + sign), slope(ThresholdLogic(0.5, 0.0), 4.0 * sign)),
            (0.5, 0.0)
        );
    }
}

#[test]
fn steps_have_slope_zero_and_the_value_that_was_asked_for_at_zero() {
    for x in [-2.0, -0.5, 0.0, 0.5, 1.0, 2.0, f64::INFINITY] {
        let stepped = [slope(Step, x), slope(Heaviside(0.5), x), slope(Sign, x), slope(SignWith(1.0), x)];
        let rounded = [slope(Floor, x), slope(Ceil, x), slope(Round, x), slope(IsFinite, x)];
        assert_eq!((stepped, rounded), ([0.0; 4], [0.0; 4]));
    }
    for zero in [0.0, -0.0] {
        assert_eq!((Step.value(zero), Sign.value(zero)), (0.0, 0.0));
        assert_eq!((Heaviside(0.25).value(zero), SignWith(-1.0).value(zero)), (0.25, -1.0));
    }
    assert_eq!([-3.0, 3.0].map(|x| Heaviside(0.25).value(x)), [0.0, 1.0]);
    assert_eq!([-3.0, 3.0].map(|x| SignWith(0.25).value(x)), [-1.0, 1.0]);
    assert_eq!([-3.0, 3.0].map(|x| Sign.value(x)), [-1.0, 1.0]);
    assert_eq!([-1.5, -0.5, 0.5, 1.5, 2.5].map(|x| Round.value(x)), [-2.0, -0.0, 0.0, 2.0, 2.0]);
}

#[test]
fn powers_of_zero() {
    assert_eq!(slopes(Pow, 0.0, 2.0), [0.0, 0.0]);
    assert_eq!(slopes(Pow, 0.0, 1.0), [1.0, 0.0]);
    assert_eq!(slopes(Pow, 0.0, 0.0), [0.0, 0.0]);
    assert_eq!(slopes(Pow, 0.0, 0.5), [f64::INFINITY, 0.0]);
    assert_eq!(slopes(Pow, 0.0, -1.0)[1], 0.0);
    // The mixed second slope of aᵇ at b = 0 is 1/a, although the slope in a is 0 there.
    let y = Dual::new(Dual::constant(4.0), Dual::constant(1.0)).zip(Pow, Dual::constant(Dual::variable(0.0)));
    assert_eq!(y.tangent.tangent, 0.25);
    assert_eq!((slope(Powi(0), 0.0), slope(Powf(0.0), 0.0)), (0.0, 0.0));
    assert_eq!((slope(Powi(1), 0.0), slope(Powf(1.0), 0.0)), (1.0, 1.0));
}

#[test]
fn lengths_and_angles_at_the_origin_have_slope_zero() {
    assert_eq!((slopes(Hypot, 0.0, 0.0), slopes(Atan2, 0.0, 0.0)), ([0.0; 2], [0.0; 2]));
    assert_eq!(slopes(Hypot, 3.0, 4.0), [3.0 * 0.2, 4.0 * 0.2]);
    assert!((Hypot.value(3e200, 4e200) / 5e200 - 1.0_f64).abs() < 1e-15);
}

#[test]
fn where_passes_nothing_from_the_branch_not_taken() {
    let x = Dual::variable(0.0);
    let y = x.where_(x.ln(), x.lit(2.0));
    assert_eq!((y.value, y.tangent), (2.0, 0.0));
    let y = x.lit(1.0).where_(x, x.sqrt());
    assert_eq!((y.value, y.tangent), (0.0, 1.0));
}

#[test]
fn values_are_their_limits() {
    const INF: f64 = f64::INFINITY;
    /// The value in f64 and f32 must be this one.
    #[track_caller]
    fn is<O: UnaryRow>(row: O, x: f64, expected: f64) {
        assert_eq!(row.value(x), expected, "{}({x}) in f64", row.op());
        assert_eq!(row.value(x as f32), expected as f32, "{}({x}) in f32", row.op());
    }
    is(Exp, -INF, 0.0);
    is(Exp, INF, INF);
    is(ExpM1, -INF, -1.0);
    is(Ln, 0.0, -INF);
    is(Recip, INF, 0.0);
    is(Rsqrt, 0.0, INF);
    is(IsFinite, INF, 0.0);
    is(IsFinite, 1e30, 1.0);
    is(Atan, INF, std::f64::consts::FRAC_PI_2);
    for big in [INF, 1e30] {
        for (row, low, high) in [(Erf.op(), -1.0, 1.0), (Tanh.op(), -1.0, 1.0), (Sigmoid.op(), 0.0, 1.0)] {
            struct At(f64, f64);
            impl UnaryVisitor for At {
                type Out = ();
                fn visit<O: UnaryRow>(self, row: O) {
                    is(row, self.0, self.1);
                }
            }
            row.dispatch(At(-big, low));
            row.dispatch(At(big, high));
        }
        is(Softplus, -big, 0.0);
        is(Softplus, big, big);
        is(LogSigmoid, -big, -big);
        is(LogSigmoid, big, 0.0);
        is(Gelu, -big, 0.0);
        is(Gelu, big, big);
        is(GeluTanh, -big, 0.0);
        is(GeluTanh, big, big);
        is(Silu, -big, 0.0);
        is(Silu, big, big);
        is(Mish, -big, 0.0);
        is(Mish, big, big);
        is(Relu, -big, 0.0);
        is(Relu, big, big);
        is(Elu(0.5), -big, -0.5);
        is(Elu(0.5), big, big);
        is(Celu(0.5), -big, -0.5);
        is(Selu, big, 1.050_700_987_355_480_5 * big);
        is(HardSigmoid, -big, 0.0);
        is(HardSigmoid, big, 1.0);
        is(Clamp(-2.0, 3.0), -big, -2.0);
        is(Clamp(-2.0, 3.0), big, 3.0);
    }
    is(LogSigmoid, -1000.0, -1000.0);
    is(Softplus, 1000.0, 1000.0);
    assert!(Sigmoid.value(-700.0) > 0.0 && Softplus.value(-700.0) > 0.0 && Mish.value(-700.0) < 0.0);
}

#[test]
fn definitions_with_parameters() {
    let sigmoid = |x: f64| 1.0 / (1.0 + (-x).exp());
    assert!((SigmoidWith(2.0, -0.5).value(1.25) - sigmoid(2.0 * (1.25 - 0.5))).abs() < 1e-15);
    assert_eq!([-2.0, 0.5, 3.0].map(|x| ThresholdLogic(0.5, 0.5).value(x)), [0.0, 0.5, 1.0]);
    assert_eq!([-2.0, -0.25, 3.0].map(|x| PiecewiseLinear.value(x)), [0.0, 0.25, 1.0]);
    assert_eq!([-2.0, 3.0].map(|x| LeakyRelu(0.1).value(x)), [-0.2, 3.0]);
    assert_eq!((Powi(-2).value(4.0), Powf(0.5).value(4.0)), (1.0 / 16.0, 2.0));
}

#[test]
fn machine_functions_are_accurate_and_pass_nan() {
    // Reference values to 20 digits: Abramowitz and Stegun table 7.1, recomputed with arbitrary precision.
    for (x, erf) in [
        (0.1_f64, 0.112_462_916_018_284_89_f64),
        (0.5, 0.520_499_877_813_046_5),
        (1.0, 0.842_700_792_949_714_9),
        (2.0, 0.995_322_265_018_952_7),
        (3.0, 0.999_977_909_503_001_4),
    ] {
        assert!((Float::erf(x) - erf).abs() < 3e-16 && (Float::erf(-x) + erf).abs() < 3e-16, "erf({x})");
        assert!(
            (f64::from(Float::erf(x as f32)) - libm::erf(f64::from(x as f32))).abs() < 4e-8,
            "erf({x}) in f32"
        );
    }
    for (x, nan) in [(1.0, f64::NAN), (f64::NAN, 1.0)] {
        assert!(Float::max(x, nan).is_nan() && Float::min(x, nan).is_nan());
    }
    assert_eq!((Float::round(2.5), Float::round(3.5)), (2.0, 4.0));
    // The standard library's formulas give ∞ here.
    assert!((Float::asinh(f64::MAX) - 710.475_860_073_943_9).abs() < 1e-12);
    assert!((Float::acosh(f32::MAX) - 89.415_985).abs() < 1e-4);
}

#[test]
fn formulas_read_like_a_textbook() {
    let formulas = Formulas::new();
    let (x, y) = (formulas.name("x"), formulas.name("y"));
    let shown = |f: autograd::number::Formula| f.to_string();
    assert_eq!(shown(Tanh.slope(x, y)), "1 - y*y");
    assert_eq!(shown(Sigmoid.slope(x, y)), "y*(1 - y)");
    assert_eq!(shown(Recip.slope(x, y)), "-y*y");
    assert_eq!(shown(Atan.slope(x, y)), "1/(1 + x*x)");
    assert_eq!(shown(Cos.slope(x, y)), "-sin(x)");
    assert_eq!(shown(Powi(3).slope(x, y)), "3*powi(x, 2)");
    assert_eq!(shown(LeakyRelu(0.01).slope(x, y)), "where(step(x), 1, 0.01)");
    assert_eq!(shown(Clamp(0.0, 1.0).slope(x, y)), "x == y");
    assert_eq!(shown(Max.slope_a(x, y, y)), "((x >= y) + (x > y))*0.5");
    assert_eq!(shown(x - (y - x)), "x - (y - x)");
    assert_eq!(shown(x - y - x), "x - y - x");
    assert_eq!(shown(x / (y * x) * -y), "x/(y*x)*(-y)");
    assert_eq!(shown(-(x + y)), "-(x + y)");
    assert_eq!(shown(-(-x)), "-(-x)");
    assert_eq!(shown(x.lit(-0.5) * x + x.lit(2.0)), "-0.5*x + 2");
    // A part that is used twice gets a name, and a long chain of such parts stays short.
    let s = formulas.name("s");
    assert_eq!(shown((0..2).fold(s, |f, _| f + f)), "t + t, t = s + s");
    assert!(shown((0..30).fold(s, |f, _| f + f)).len() < 600);
}
