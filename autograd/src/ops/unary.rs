//! Elementwise operations of one argument, one row each: the columns are explained in `table.rs`.
//!
//! Over 250 lines because it is the whole table, and reading it in one place is its purpose.

use std::f64::consts::{FRAC_1_SQRT_2, FRAC_2_SQRT_PI, LN_2, LOG2_E, LOG10_E};

use super::table::{UnaryRow, UnaryVisitor, example, pad, points, unary};
use super::{Elementary, Unary};
use crate::number::{Float, Real};

/// The fixed point constants of SELU, from Klambauer et al. 2017, "Self-Normalizing Neural Networks".
const SELU_ALPHA: f64 = 1.673_263_242_354_377_2;
const SELU_SCALE: f64 = 1.050_700_987_355_480_5;

/// 1/√(2π), the density of the normal distribution at 0.
const FRAC_1_SQRT_TAU: f64 = 0.398_942_280_401_432_7;

/// The tanh form of GELU is x · sigmoid(x (`GELU_1` + `GELU_3` x²)), since (1 + tanh u) / 2 = sigmoid(2u):
/// 2√(2/π), and 0.044715 times that (Hendrycks and Gimpel 2016).
const GELU_1: f64 = 1.595_769_121_605_731;
const GELU_3: f64 = 0.044_715 * GELU_1;

/// Below this every gate (erf, tanh or sigmoid) is 0 in f64: values beyond are cut here, so that -∞ · 0 does not occur.
const GATE_CLOSED: f64 = -1e3;

unary! {
operators {
    /// -x.
    Neg neg {
        value(x) = -x;
        slope(x, y) = x.lit(-1.0);
        on -3.0..3.0; flops 1; prefix "-";
    }
}
methods {
    /// |x|; the slope at 0 is 0.
    Abs abs {
        value(x) = x.abs();
        slope(x, y) = x.sign();
        on -3.0..3.0; kinks 0.0; flops 1;
    }
    /// -1, 0 or 1: the sign of x, 0 at 0. Slope 0.
    Sign sign {
        value(x) = F::select(x > F::lit(0.0), F::lit(1.0), F::select(x < F::lit(0.0), F::lit(-1.0), x));
        slope(x, y) = x.lit(0.0);
        on -3.0..3.0; kinks 0.0; flops 2;
    }
    /// The sign of x, -1 or 1, and `at_zero` at 0. Slope 0.
    SignWith(at_zero: f64 = 1.0) sign_with {
        value(x) = F::select(x > F::lit(0.0), F::lit(1.0),
            F::select(x < F::lit(0.0), F::lit(-1.0), x.pass_nan(F::lit(at_zero))));
        slope(x, y) = x.lit(0.0);
        on -3.0..3.0; kinks 0.0; flops 3; also (-1.0);
    }
    /// 1 / x.
    Recip recip {
        value(x) = F::lit(1.0) / x;
        slope(x, y) = -(y * y);
        on 0.3..3.0; flops 1; prefix "1/";
    }
    /// 1 / x, and 0 at x = 0, where the slope is 0 too: for dividing by a length that may be 0.
    RecipOrZero recip_or_zero {
        value(x) = F::select(x == F::lit(0.0), F::lit(0.0), F::lit(1.0) / x);
        slope(x, y) = -(y * y);
        on 0.3..3.0; kinks 0.0; flops 2;
    }
    /// x².
    Square square {
        value(x) = x * x;
        slope(x, y) = x.lit(2.0) * x;
        on -3.0..3.0; flops 1;
    }
    /// √x; the slope at 0 is ∞.
    Sqrt sqrt {
        value(x) = x.sqrt();
        slope(x, y) = x.lit(0.5) / y;
        on 0.2..4.0; kinks 0.0; flops 1;
    }
    /// √x, whose slope at 0 is taken as 0: for lengths and deviations that may be 0.
    SqrtFlatAtZero sqrt_flat_at_zero {
        value(x) = x.sqrt();
        slope(x, y) = x.lit(0.5) * y.recip_or_zero();
        on 0.2..4.0; kinks 0.0; flops 1;
    }
    /// 1 / √x.
    Rsqrt rsqrt {
        value(x) = F::lit(1.0) / x.sqrt();
        slope(x, y) = x.lit(-0.5) * y * y * y;
        on 0.3..4.0; flops 2;
    }
    /// The cube root of x, also of a negative x; the slope at 0 is ∞.
    Cbrt cbrt {
        value(x) = x.cbrt();
        slope(x, y) = (x.lit(3.0) * y * y).recip();
        on 0.2..4.0; kinks 0.0; flops 8;
    }
    /// eˣ.
    Exp exp {
        value(x) = x.exp();
        slope(x, y) = y;
        on -3.0..3.0; flops 8;
    }
    /// eˣ - 1, accurate near 0.
    ExpM1 exp_m1 {
        value(x) = x.exp_m1();
        slope(x, y) = y + x.lit(1.0);
        on -3.0..3.0; flops 8;
    }
    /// 2ˣ.
    Exp2 exp2 {
        value(x) = x.exp2();
        slope(x, y) = y * x.lit(LN_2);
        on -3.0..3.0; flops 8;
    }
    /// The natural logarithm of x.
    Ln ln {
        value(x) = x.ln();
        slope(x, y) = x.recip();
        on 0.2..5.0; flops 8;
    }
    /// ln(1 + x), accurate near 0.
    Ln1p ln_1p {
        value(x) = x.ln_1p();
        slope(x, y) = (x + x.lit(1.0)).recip();
        on -0.7..4.0; flops 8;
    }
    /// The logarithm of x to base 2.
    Log2 log2 {
        value(x) = x.log2();
        slope(x, y) = x.lit(LOG2_E) / x;
        on 0.2..5.0; flops 8;
    }
    /// The logarithm of x to base 10.
    Log10 log10 {
        value(x) = x.log10();
        slope(x, y) = x.lit(LOG10_E) / x;
        on 0.2..5.0; flops 8;
    }
    /// xⁿ for an integer n; x⁰ is 1 with slope 0, at 0 too.
    Powi(n: i32 = 3) powi {
        value(x) = x.pass_nan(x.powi(n));
        slope(x, y) = match n {
            0 => x.lit(0.0),
            1 => x.lit(1.0),
            2 => x.lit(2.0) * x,
            _ => x.lit(n.into()) * x.powi(n.saturating_sub(1)),
        };
        on 0.4..2.0; flops 4; also (0), (1), (2), (-1), (-3), (7);
    }
    /// x to the constant power `exponent`; x⁰ is 1 with slope 0, at 0 too.
    Powf(exponent: f64 = 2.5) powf {
        value(x) = x.pass_nan(x.powf(F::lit(exponent)));
        slope(x, y) = if exponent == 0.0 {
            x.lit(0.0)
        } else if exponent == 1.0 {
            x.lit(1.0)
        } else if exponent == 2.0 {
            x.lit(2.0) * x
        } else {
            x.lit(exponent) * x.powf(exponent - 1.0)
        };
        on 0.3..3.0; flops 16; also (0.0), (1.0), (2.0), (-0.5), (0.3);
    }
    /// The sine of x, in radians.
    Sin sin {
        value(x) = x.sin();
        slope(x, y) = x.cos();
        on -3.0..3.0; flops 8;
    }
    /// The cosine of x, in radians.
    Cos cos {
        value(x) = x.cos();
        slope(x, y) = -x.sin();
        on -3.0..3.0; flops 8;
    }
    /// The tangent of x, in radians.
    Tan tan {
        value(x) = x.tan();
        slope(x, y) = x.lit(1.0) + y * y;
        on -1.2..1.2; flops 10;
    }
    /// The angle in [-π/2, π/2] whose sine is x.
    Asin asin {
        value(x) = x.asin();
        slope(x, y) = (x.lit(1.0) - x * x).rsqrt();
        on -0.9..0.9; flops 10;
    }
    /// The angle in [0, π] whose cosine is x.
    Acos acos {
        value(x) = x.acos();
        slope(x, y) = -(x.lit(1.0) - x * x).rsqrt();
        on -0.9..0.9; flops 10;
    }
    /// The angle in [-π/2, π/2] whose tangent is x.
    Atan atan {
        value(x) = x.atan();
        slope(x, y) = (x.lit(1.0) + x * x).recip();
        on -3.0..3.0; flops 10;
    }
    /// The hyperbolic sine of x.
    Sinh sinh {
        value(x) = x.sinh();
        slope(x, y) = x.cosh();
        on -3.0..3.0; flops 12;
    }
    /// The hyperbolic cosine of x.
    Cosh cosh {
        value(x) = x.cosh();
        slope(x, y) = x.sinh();
        on -3.0..3.0; flops 12;
    }
    /// The hyperbolic tangent of x.
    Tanh tanh {
        value(x) = x.tanh();
        slope(x, y) = x.lit(1.0) - y * y;
        on -3.0..3.0; flops 10;
    }
    /// The inverse hyperbolic sine of x.
    Asinh asinh {
        value(x) = x.asinh();
        slope(x, y) = (x * x + x.lit(1.0)).rsqrt();
        on -3.0..3.0; flops 12;
    }
    /// The inverse hyperbolic cosine of x ≥ 1.
    Acosh acosh {
        value(x) = x.acosh();
        slope(x, y) = (x * x - x.lit(1.0)).rsqrt();
        on 1.3..4.0; flops 12;
    }
    /// The inverse hyperbolic tangent of x.
    Atanh atanh {
        value(x) = x.atanh();
        slope(x, y) = (x.lit(1.0) - x * x).recip();
        on -0.8..0.8; flops 12;
    }
    /// The error function 2/√π ∫₀ˣ e^(-t²) dt.
    Erf erf {
        value(x) = x.erf();
        slope(x, y) = x.lit(FRAC_2_SQRT_PI) * (-(x * x)).exp();
        on -2.5..2.5; flops 12;
    }
    /// The logistic function 1 / (1 + e⁻ˣ).
    Sigmoid sigmoid {
        // e⁻ˣ = ∞ for a very negative x gives 0, which is right.
        value(x) = F::lit(1.0) / (F::lit(1.0) + (-x).exp());
        slope(x, y) = y * (x.lit(1.0) - y);
        on -4.0..4.0; flops 11;
    }
    /// The logistic function of `slope` · (x + `shift`).
    SigmoidWith(slope: f64 = 2.0, shift: f64 = -0.5) sigmoid_with {
        value(x) = F::lit(1.0) / (F::lit(1.0) + (F::lit(-slope) * (x + F::lit(shift))).exp());
        slope(x, y) = x.lit(slope) * y * (x.lit(1.0) - y);
        on -3.0..3.0; flops 12; also (-0.7, 1.0);
    }
    /// ln sigmoid(x) = -ln(1 + e⁻ˣ), without overflow.
    LogSigmoid log_sigmoid {
        value(x) = x.min(F::lit(0.0)) - (-x.abs()).exp().ln_1p();
        slope(x, y) = (-x).sigmoid();
        on -4.0..4.0; flops 20;
    }
    /// Smooth `relu`: ln(1 + eˣ), without overflow.
    Softplus softplus {
        value(x) = x.max(F::lit(0.0)) + (-x.abs()).exp().ln_1p();
        slope(x, y) = x.sigmoid();
        on -4.0..4.0; flops 20;
    }
    /// The rectifier max(x, 0); the slope at 0 is 0.
    Relu relu {
        value(x) = x.max(F::lit(0.0));
        slope(x, y) = y.step();
        on -3.0..3.0; kinks 0.0; flops 1;
    }
    /// x for x > 0, else `slope` · x; the slope at 0 is `slope`.
    LeakyRelu(slope: f64 = 0.01) leaky_relu {
        value(x) = F::select(x > F::lit(0.0), x, F::lit(slope) * x);
        slope(x, y) = x.step().where_(x.lit(1.0), x.lit(slope));
        on -3.0..3.0; kinks 0.0; flops 2; also (0.3);
    }
    /// x for x > 0, else `alpha` · (eˣ - 1); the slope at 0 is `alpha`.
    Elu(alpha: f64 = 0.7) elu {
        value(x) = F::select(x > F::lit(0.0), x, F::lit(alpha) * x.exp_m1());
        slope(x, y) = x.step().where_(x.lit(1.0), y + x.lit(alpha));
        on -3.0..3.0; kinks 0.0; flops 10; also (1.0);
    }
    /// The self-normalising `elu`: 1.0507 · x for x > 0, else 1.0507 · 1.6733 · (eˣ - 1); the slope at 0 is 1.7581.
    Selu selu {
        value(x) = F::lit(SELU_SCALE) * F::select(x > F::lit(0.0), x, F::lit(SELU_ALPHA) * x.exp_m1());
        slope(x, y) = x.step().where_(x.lit(SELU_SCALE), y + x.lit(SELU_SCALE * SELU_ALPHA));
        on -3.0..3.0; kinks 0.0; flops 11;
    }
    /// x for x > 0, else `alpha` · (e^(x / `alpha`) - 1): `elu` with slope 1 at 0.
    Celu(alpha: f64 = 0.7) celu {
        value(x) = F::select(x > F::lit(0.0), x, F::lit(alpha) * (x / F::lit(alpha)).exp_m1());
        slope(x, y) = x.step().where_(x.lit(1.0), y / x.lit(alpha) + x.lit(1.0));
        on -3.0..3.0; kinks 0.0; flops 11; also (2.0);
    }
    /// The Gaussian error linear unit x · Φ(x), exact: x/2 · (1 + erf(x/√2)).
    Gelu gelu {
        value(x) = F::lit(0.5) * x.max(F::lit(GATE_CLOSED)) * (F::lit(1.0) + (x * F::lit(FRAC_1_SQRT_2)).erf());
        slope(x, y) = x.lit(0.5) * ((x * x.lit(FRAC_1_SQRT_2)).erf() + x.lit(1.0))
            + x * x.lit(FRAC_1_SQRT_TAU) * (x.lit(-0.5) * x * x).exp();
        on -3.0..3.0; flops 17;
    }
    /// The Gaussian error linear unit by its tanh approximation: x/2 · (1 + tanh(√(2/π) (x + 0.044715 x³))).
    GeluTanh gelu_tanh {
        value(x) = x.max(F::lit(GATE_CLOSED))
            / (F::lit(1.0) + (-x * (F::lit(GELU_1) + F::lit(GELU_3) * x * x)).exp());
        // Far out the gate is 0 or 1 and x² may overflow: the cut keeps 0 · ∞ away.
        slope(x, y) = {
            let x = x.clamp(GATE_CLOSED, -GATE_CLOSED);
            let square = x * x;
            let gate = (x * (x.lit(GELU_1) + x.lit(GELU_3) * square)).sigmoid();
            gate + x * gate * (x.lit(1.0) - gate) * (x.lit(GELU_1) + x.lit(3.0 * GELU_3) * square)
        };
        on -3.0..3.0; flops 16;
    }
    /// The sigmoid linear unit x · sigmoid(x), also called swish.
    Silu silu {
        value(x) = x.max(F::lit(GATE_CLOSED)) / (F::lit(1.0) + (-x).exp());
        slope(x, y) = {
            let gate = x.sigmoid();
            gate + y * (x.lit(1.0) - gate)
        };
        on -4.0..4.0; flops 12;
    }
    /// x · tanh(softplus(x)) (Misra 2019).
    Mish mish {
        // tanh(ln(1 + e)) = n / (n + 2) with n = e (e + 2): one exponential. It is 1 beyond x = 20, before e² overflows.
        value(x) = {
            let e = x.min(F::lit(20.0)).exp();
            let n = e * (e + F::lit(2.0));
            x.max(F::lit(GATE_CLOSED)) * (n / (n + F::lit(2.0)))
        };
        slope(x, y) = {
            let gate = x.softplus().tanh();
            gate + x * (x.lit(1.0) - gate * gate) * x.sigmoid()
        };
        on -4.0..4.0; flops 15;
    }
    /// `sigmoid` in straight lines: x/6 + 1/2 between -3 and 3, 0 below, 1 above; slope 1/6 on the bounds.
    HardSigmoid hard_sigmoid {
        value(x) = (x / F::lit(6.0) + F::lit(0.5)).max(F::lit(0.0)).min(F::lit(1.0));
        slope(x, y) = x.abs().le(x.lit(3.0)) / x.lit(6.0);
        on -5.0..5.0; kinks -3.0, 3.0; flops 4;
    }
    /// `tanh` in straight lines: x between -1 and 1, -1 below, 1 above; slope 1 on the bounds.
    HardTanh hard_tanh {
        value(x) = x.max(F::lit(-1.0)).min(F::lit(1.0));
        slope(x, y) = x.eq(y);
        on -3.0..3.0; kinks -1.0, 1.0; flops 2;
    }
    /// The threshold-logic unit max(0, min(1, `alpha` · (x + `theta`))); slope `alpha` on the bounds.
    ThresholdLogic(alpha: f64 = 0.5, theta: f64 = 0.3) threshold_logic {
        value(x) = (F::lit(alpha) * (x + F::lit(theta))).min(F::lit(1.0)).max(F::lit(0.0));
        // Inside and on the bounds the line is y, bit for bit.
        slope(x, y) = (x.lit(alpha) * (x + x.lit(theta))).eq(y) * x.lit(alpha);
        on -3.0..3.0; kinks -theta, 1.0 / alpha - theta; flops 4; also (-2.0, 0.1);
    }
    /// 0 below -1/2, x + 1/2 between, 1 above 1/2; slope 1 on the bounds.
    PiecewiseLinear piecewise_linear {
        value(x) = (x + F::lit(0.5)).max(F::lit(0.0)).min(F::lit(1.0));
        slope(x, y) = x.abs().le(x.lit(0.5));
        on -2.0..2.0; kinks -0.5, 0.5; flops 3;
    }
    /// 1 for x > 0, else 0, also at 0. Slope 0.
    Step step {
        value(x) = F::select(x > F::lit(0.0), F::lit(1.0), x.pass_nan(F::lit(0.0)));
        slope(x, y) = x.lit(0.0);
        on -3.0..3.0; kinks 0.0; flops 1;
    }
    /// 1 for x > 0, 0 for x < 0, and `at_zero` at 0. Slope 0.
    Heaviside(at_zero: f64 = 0.5) heaviside {
        value(x) = F::select(x > F::lit(0.0), F::lit(1.0),
            F::select(x < F::lit(0.0), F::lit(0.0), x.pass_nan(F::lit(at_zero))));
        slope(x, y) = x.lit(0.0);
        on -3.0..3.0; kinks 0.0; flops 2; also (1.0);
    }
    /// The largest integer not above x. Slope 0.
    Floor floor {
        value(x) = x.floor();
        slope(x, y) = x.lit(0.0);
        on -0.9..1.9; kinks 0.0, 1.0; flops 1;
    }
    /// The smallest integer not below x. Slope 0.
    Ceil ceil {
        value(x) = x.ceil();
        slope(x, y) = x.lit(0.0);
        on -0.9..1.9; kinks 0.0, 1.0; flops 1;
    }
    /// The integer nearest to x, ties to even. Slope 0.
    Round round {
        value(x) = x.round();
        slope(x, y) = x.lit(0.0);
        on -1.4..1.4; kinks -0.5, 0.5; flops 1;
    }
    /// x cut to `lo` ≤ x ≤ `hi` (`hi` wins if they cross); slope 1 on the bounds.
    Clamp(lo: f64 = -0.8, hi: f64 = 1.5) clamp {
        value(x) = x.max(F::lit(lo)).min(F::lit(hi));
        slope(x, y) = x.eq(y);
        on -3.0..3.0; kinks lo, hi; flops 2; also (0.0, 6.0);
    }
    /// 1 where x is neither infinite nor NaN, else 0. Slope 0.
    IsFinite is_finite {
        value(x) = F::select(x.abs() < F::lit(f64::INFINITY), F::lit(1.0), F::lit(0.0));
        slope(x, y) = x.lit(0.0);
        on -3.0..3.0; flops 1;
    }
}
}
