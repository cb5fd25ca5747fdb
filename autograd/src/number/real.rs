//! `Real`: what a derivative rule may say.

use std::ops::{Add, Div, Mul, Neg, Sub};

use super::Float;
use crate::ops::{BinaryRow, UnaryRow};

/// The language of derivative rules: arithmetic, literals and rows of the rule book.
///
/// Rules have no order and no branches, so that one rule can be read over numbers, dual
/// numbers, graph nodes and text alike.
///
/// ```
/// use autograd::number::{Dual, Formulas, Real};
/// fn slope<R: Real>(y: R) -> R { y.lit(1.0) - y * y }
/// assert_eq!(slope(0.5), 0.75);
/// assert_eq!(slope(Dual::variable(0.5)).tangent, -1.0);
/// assert_eq!(slope(Formulas::new().name("y")).to_string(), "1 - y*y");
/// ```
pub trait Real:
    Copy + Add<Output = Self> + Sub<Output = Self> + Mul<Output = Self> + Div<Output = Self> + Neg<Output = Self>
{
    /// The literal `c` in the same world as `self`.
    #[track_caller]
    fn lit(self, c: f64) -> Self;
    /// The unary row `op` applied to `self`.
    #[track_caller]
    fn map<O: UnaryRow>(self, op: O) -> Self;
    /// The binary row `op` applied to `self` and `other`.
    #[track_caller]
    fn zip<O: BinaryRow>(self, op: O, other: Self) -> Self;
    /// `then` where `self` (a mask of 0 and 1) is not 0, else `other`; nothing of the branch not taken is seen,
    /// NaN included, and the mask has no derivative.
    #[track_caller]
    fn where_(self, then: Self, other: Self) -> Self;
}

macro_rules! machine {
    ($($t:ident)*) => {$(
        impl Real for $t {
            #[inline(always)]
            fn lit(self, c: f64) -> Self {
                <$t as Float>::lit(c)
            }
            #[inline(always)]
            fn map<O: UnaryRow>(self, op: O) -> Self {
                op.value(self)
            }
            #[inline(always)]
            fn zip<O: BinaryRow>(self, op: O, other: Self) -> Self {
                op.value(self, other)
            }
            #[inline(always)]
            fn where_(self, then: Self, other: Self) -> Self {
                Float::select(self != 0.0, then, other)
            }
        }
    )*};
}
machine!(f32 f64);
