//! The usual causes of values and slopes that are not finite, and what is written instead.

use super::{Binary, Op, Unary, UnaryKind};

const LN_OF_ZERO: &str = "the logarithm of 0 is -inf: add a small number to the argument, or take log_softmax(-1), log_sigmoid() \
    or cross_entropy of the values before the softmax or sigmoid";
const LN_OF_NEGATIVE: &str =
    "a logarithm has no value below 0: clamp the argument, or check where it becomes negative";
const EXP: &str = "exp overflows above 88 in f32 and above 709 in f64: subtract the largest argument first, as logsumexp(-1), \
    softmax(-1) and log_softmax(-1) do; ln(1 + eˣ) is softplus()";
const ROOT_OF_NEGATIVE: &str =
    "a root has no value below 0, where rounding may lead a difference of squares: clamp with relu() first";
const DIVISION: &str =
    "a division by 0: add a small number to the divisor, or take recip_or_zero(), which is 0 there";
const ZERO_BY_ZERO: &str = "0 / 0 has no value: add a small number to the divisor, or take recip_or_zero(), which is 0 there; \
    where_ keeps such elements out of value and gradient";
const OUTSIDE: &str =
    "the argument is outside the interval on which the function is defined, perhaps by rounding: clamp it";
const POWER: &str =
    "a negative number has no power that is not whole, and 0 none below 0: clamp the base, or take powi";
const OVERFLOW: &str = "the numbers have become too large for their type: lower the learning rate, scale the data, clip \
    gradients, or compute in f64";
const DIFFERENCE: &str = "inf - inf has no value: see where the infinities come from";
const ZERO_TIMES: &str = "0 times an infinity has no value: see where the infinity comes from";

impl Op {
    /// Why the value `y` at these operands is not finite, in the usual case, and what helps.
    pub fn value_hazard(&self, operands: &[f64], y: f64) -> Option<&'static str> {
        match (*self, operands) {
            (Op::Unary(row), &[x, ..]) => unary_value(row, x),
            (Op::Binary(row), &[a, b, ..]) => binary_value(row, a, b),
            (Op::MatMul { .. } | Op::Reduce { .. } | Op::CumSum { .. }, _) => Some(match y.is_nan() {
                true if operands.iter().all(|x| x.is_finite()) => OVERFLOW,
                true => DIFFERENCE,
                false => OVERFLOW,
            }),
            _ => None,
        }
    }

    /// Why the derivative at these operands is not finite though the value is, in the usual case, and what helps.
    pub fn slope_hazard(&self, operands: &[f64]) -> Option<&'static str> {
        match (*self, operands) {
            (Op::Unary(row), &[x, ..]) => unary_slope(row, x),
            (Op::Binary(Binary::Div), &[_, b, ..]) if b.abs() < 1e-15 => Some(DIVISION),
            (Op::Binary(Binary::Pow), &[a, ..]) if a <= 0.0 => Some(
                "the slope of a power at 0 is infinite for exponents below 1, and none exists below 0: add a small number to the base",
            ),
            (Op::Unary(_) | Op::Binary(_) | Op::MatMul { .. } | Op::Reduce { .. }, _) => Some(OVERFLOW),
            _ => None,
        }
    }
}

fn unary_value(row: Unary, x: f64) -> Option<&'static str> {
    use UnaryKind::*;
    Some(match row.kind {
        Ln | Log2 | Log10 if x == 0.0 => LN_OF_ZERO,
        Ln1p if x == -1.0 => LN_OF_ZERO,
        Ln | Log2 | Log10 | Ln1p => LN_OF_NEGATIVE,
        Exp | ExpM1 | Exp2 | Sinh | Cosh => EXP,
        Recip | Rsqrt if x == 0.0 => DIVISION,
        Sqrt | SqrtFlatAtZero | Rsqrt => ROOT_OF_NEGATIVE,
        Asin | Acos | Acosh | Atanh => OUTSIDE,
        Powf | Powi if x <= 0.0 => POWER,
        _ => OVERFLOW,
    })
}

fn binary_value(row: Binary, a: f64, b: f64) -> Option<&'static str> {
    Some(match row {
        Binary::Div | Binary::Rem if a == 0.0 && b == 0.0 => ZERO_BY_ZERO,
        Binary::Div | Binary::Rem if b == 0.0 => DIVISION,
        Binary::Pow if a <= 0.0 => POWER,
        Binary::Add | Binary::Sub if a.is_infinite() && b.is_infinite() => DIFFERENCE,
        Binary::Mul if a == 0.0 || b == 0.0 => ZERO_TIMES,
        _ => OVERFLOW,
    })
}

fn unary_slope(row: Unary, x: f64) -> Option<&'static str> {
    use UnaryKind::*;
    Some(match row.kind {
        Sqrt | Rsqrt | Cbrt if x.abs() < 1e-30 => {
            "the slope of a root at 0 is infinite: take sqrt_flat_at_zero(), whose slope there is 0, or norm(), which uses it, \
             or add a small number to the argument"
        }
        Ln | Log2 | Log10 | Ln1p => LN_OF_ZERO,
        Recip => DIVISION,
        Asin | Acos | Atanh | Acosh => {
            "the slope is infinite at the end of the interval on which the function is defined: clamp the argument inside it"
        }
        Powf | Powi if x <= 0.0 => {
            "the slope of a power at 0 is infinite for exponents below 1, and none exists below 0: add a small number to the base"
        }
        Exp | ExpM1 | Exp2 | Sinh | Cosh => EXP,
        _ => OVERFLOW,
    })
}

impl Op {
    /// Whether input `which` counts for the element whose operands these are: a branch that is not taken does not.
    pub fn counts(&self, which: usize, operands: &[f64]) -> bool {
        match self {
            Op::Where => which == 0 || (which == 1) == (operands[0] != 0.0),
            Op::Substitute => which == 0,
            _ => true,
        }
    }

    /// For an activation that flattens out: the values that it tends to, below and above.
    pub fn saturates(&self) -> Option<(f64, f64)> {
        let Op::Unary(row) = self else { return None };
        match row.kind {
            UnaryKind::Sigmoid | UnaryKind::SigmoidWith | UnaryKind::HardSigmoid => Some((0.0, 1.0)),
            UnaryKind::PiecewiseLinear | UnaryKind::ThresholdLogic => Some((0.0, 1.0)),
            UnaryKind::Tanh | UnaryKind::HardTanh | UnaryKind::Erf => Some((-1.0, 1.0)),
            _ => None,
        }
    }

    /// Whether this is an activation whose value and slope are both 0 on one side, so that a unit can be dead.
    pub fn rectifies(&self) -> bool {
        matches!(self, Op::Unary(row) if row.kind == UnaryKind::Relu)
    }
}
