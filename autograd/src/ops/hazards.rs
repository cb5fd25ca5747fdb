//! The usual causes of values and slopes that are not finite, and what is written instead.

use super::{Binary, Op, Unary, UnaryKind};

const LN_OF_ZERO: &str = "the logarithm of 0 is -inf: add a small number to the argument, or take log_softmax(-1), log_sigmoid() \
    or cross_entropy of the values before the softmax or sigmoid";
const LN_OF_NEGATIVE: &str =
    "a logarithm has no value below 0: clamp the argument, or check where it becomes negative";
const EXP: &str = "exp overflows above 88 in f32 and above 709 in f64: subtract the largest argument first, as logsumexp(), \
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
const ROOT_AT_ZERO: &str = "the slope of a root at 0 is infinite: take sqrt_flat_at_zero(), whose slope there is 0, or norm(), which \
    uses it, or add a small number to the argument";
const END_OF_INTERVAL: &str = "the slope is infinite at the end of the interval on which the function is defined: clamp the argument inside it";
const POWER_AT_ZERO: &str = "the slope of a power at 0 is infinite for exponents below 1, and none exists below 0: add a small \
    number to the base";
const OVERFLOW: &str = "the numbers have become too large for their type: lower the learning rate, scale the data, clip \
    gradients, or compute in f64";

impl Op {
    /// Why the value at these operands, which are finite, is not, in the usual case, and what helps.
    pub fn value_hazard(&self, operands: &[f64]) -> Option<&'static str> {
        match (*self, operands) {
            (Op::Unary(row), &[x, ..]) => unary_value(row, x),
            (Op::Binary(row), &[a, b, ..]) => binary_value(row, a, b),
            (Op::MatMul { .. } | Op::Reduce { .. } | Op::CumSum { .. }, _) => Some(OVERFLOW),
            _ => None,
        }
    }

    /// Why the derivative at these operands is not finite though the value is, in the usual case, and what helps.
    pub fn slope_hazard(&self, operands: &[f64]) -> Option<&'static str> {
        match (*self, operands) {
            (Op::Unary(row), &[x, ..]) => unary_slope(row, x),
            (Op::Binary(Binary::Div), &[_, b, ..]) if b.abs() < 1e-15 => Some(DIVISION),
            (Op::Binary(Binary::Pow), &[a, ..]) if a <= 0.0 => Some(POWER_AT_ZERO),
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
        _ => OVERFLOW,
    })
}

fn unary_slope(row: Unary, x: f64) -> Option<&'static str> {
    use UnaryKind::*;
    Some(match row.kind {
        Sqrt | Rsqrt | Cbrt if x.abs() < 1e-30 => ROOT_AT_ZERO,
        Ln | Log2 | Log10 | Ln1p => LN_OF_ZERO,
        Recip => DIVISION,
        Asin | Acos | Atanh | Acosh => END_OF_INTERVAL,
        Powf | Powi if x <= 0.0 => POWER_AT_ZERO,
        Exp | ExpM1 | Exp2 | Sinh | Cosh => EXP,
        _ => OVERFLOW,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ops::{BinaryRow, BinaryVisitor, UnaryRow, UnaryVisitor};

    /// Small numbers, at which only poles and ends of intervals can be to blame.
    const SMALL: [f64; 9] = [-3.0, -2.0, -1.0, -0.5, 0.0, 0.5, 1.0, 2.0, 3.0];

    /// Whether value and slopes are finite.
    type Finite = (bool, bool);

    struct AtOne(f64);
    impl UnaryVisitor for AtOne {
        type Out = Finite;
        fn visit<O: UnaryRow>(self, row: O) -> Finite {
            let y: f64 = row.value(self.0);
            (y.is_finite(), row.slope(self.0, y).is_finite())
        }
    }

    struct AtTwo(f64, f64);
    impl BinaryVisitor for AtTwo {
        type Out = Finite;
        fn visit<O: BinaryRow>(self, row: O) -> Finite {
            let y: f64 = row.value(self.0, self.1);
            let slopes = [row.slope_a(self.0, self.1, y), row.slope_b(self.0, self.1, y)];
            (y.is_finite(), slopes.iter().all(|slope| slope.is_finite()))
        }
    }

    /// Checks that what breaks at these operands has a cause of its own.
    fn check(op: Op, operands: &[f64], (value, slope): Finite) {
        let cause = match (value, slope) {
            (true, true) => return,
            (true, false) => op.slope_hazard(operands),
            (false, _) => op.value_hazard(operands),
        };
        assert!(cause.is_some_and(|cause| cause != OVERFLOW), "{} at {operands:?}: {cause:?}", op.name());
    }

    #[test]
    fn every_pole_of_every_row_has_a_cause() {
        for &row in Unary::examples() {
            SMALL.iter().for_each(|&x| check(Op::Unary(row), &[x], row.dispatch(AtOne(x))));
        }
        for &row in Binary::ALL {
            for (a, b) in SMALL.iter().flat_map(|&a| SMALL.map(|b| (a, b))) {
                check(Op::Binary(row), &[a, b], row.dispatch(AtTwo(a, b)));
            }
        }
    }
}
