//! `Dual`: a value with its tangent, which is forward mode. It nests: the second derivative is the tangent of a tangent.

use std::ops::{Add, Div, Mul, Neg, Sub};

use super::Real;
use crate::ops::{self, BinaryRow, UnaryRow};

/// A number with its derivative along one direction.
///
/// It has no derivative formula of its own: each operation asks the row of the rule book for its slope.
///
/// ```
/// use autograd::number::{Dual, Real};
/// use autograd::ops::Elementary;
/// fn f<R: Real>(x: R) -> R { x * x.sin() }
/// let y = f(Dual::variable(2.0));
/// assert_eq!(y.value, 2.0 * 2f64.sin());
/// assert!((y.tangent - (2f64.sin() + 2.0 * 2f64.cos())).abs() < 1e-15);
/// // Nested for the second derivative, 2 cos x - x sin x.
/// let y = f(Dual::variable(Dual::variable(2.0)));
/// assert!((y.tangent.tangent - (2.0 * 2f64.cos() - 2.0 * 2f64.sin())).abs() < 1e-15);
/// ```
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Dual<R> {
    /// The number itself.
    pub value: R,
    /// Its derivative along the direction.
    pub tangent: R,
}

impl<R: Real> Dual<R> {
    /// A number with this tangent.
    pub fn new(value: R, tangent: R) -> Dual<R> {
        Dual { value, tangent }
    }
    /// The variable that is differentiated by: tangent 1.
    pub fn variable(value: R) -> Dual<R> {
        Dual { value, tangent: value.lit(1.0) }
    }
    /// A number that does not depend on the variable: tangent 0.
    pub fn constant(value: R) -> Dual<R> {
        Dual { value, tangent: value.lit(0.0) }
    }
}

impl<R: Real> Real for Dual<R> {
    #[inline]
    fn lit(self, c: f64) -> Self {
        Dual::constant(self.value.lit(c))
    }
    #[inline]
    fn map<O: UnaryRow>(self, op: O) -> Self {
        let y = self.value.map(op);
        Dual { value: y, tangent: op.slope(self.value, y) * self.tangent }
    }
    #[inline]
    fn zip<O: BinaryRow>(self, op: O, other: Self) -> Self {
        let (a, b) = (self.value, other.value);
        let y = a.zip(op, b);
        Dual { value: y, tangent: op.slope_a(a, b, y) * self.tangent + op.slope_b(a, b, y) * other.tangent }
    }
    #[inline]
    fn where_(self, then: Self, other: Self) -> Self {
        Dual {
            value: self.value.where_(then.value, other.value),
            tangent: self.value.where_(then.tangent, other.tangent),
        }
    }
}

macro_rules! operators {
    ($($Op:ident $method:ident)*) => {$(
        impl<R: Real> $Op for Dual<R> {
            type Output = Self;
            #[inline]
            #[track_caller]
            fn $method(self, other: Self) -> Self {
                self.zip(ops::$Op, other)
            }
        }
    )*};
}
operators!(Add add Sub sub Mul mul Div div);

impl<R: Real> Neg for Dual<R> {
    type Output = Self;
    #[inline]
    #[track_caller]
    fn neg(self) -> Self {
        self.map(ops::Neg)
    }
}
