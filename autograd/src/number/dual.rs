//! `Dual`: a value with its tangent, which is forward mode. It nests: the second derivative is the tangent of a tangent.

use super::scalar::{operators, scalar_traits};
use super::{Real, Scalar};
use crate::ops::{BinaryRow, UnaryRow};

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
///
/// Two of them are compared by value.
#[derive(Clone, Copy, Debug)]
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
    #[inline(always)]
    fn lit(self, c: f64) -> Self {
        Dual::constant(self.value.lit(c))
    }
    #[inline(always)]
    fn map<O: UnaryRow>(self, op: O) -> Self {
        let y = self.value.map(op);
        Dual { value: y, tangent: op.slope(self.value, y) * self.tangent }
    }
    #[inline(always)]
    fn zip<O: BinaryRow>(self, op: O, other: Self) -> Self {
        let (a, b) = (self.value, other.value);
        let y = a.zip(op, b);
        Dual { value: y, tangent: op.slope_a(a, b, y) * self.tangent + op.slope_b(a, b, y) * other.tangent }
    }
    #[inline(always)]
    fn where_(self, then: Self, other: Self) -> Self {
        Dual {
            value: self.value.where_(then.value, other.value),
            tangent: self.value.where_(then.tangent, other.tangent),
        }
    }
}

operators! { [R: Real] Dual<R> }
scalar_traits! { [R: Scalar] Dual<R> }

impl<R: Scalar> From<f64> for Dual<R> {
    #[inline(always)]
    fn from(number: f64) -> Self {
        Dual { value: R::from(number), tangent: R::from(0.0) }
    }
}

impl<R: Scalar> Scalar for Dual<R> {
    type Local<const N: usize> = Dual<R>;

    #[inline(always)]
    #[track_caller]
    fn to_f64(self) -> f64 {
        self.value.to_f64()
    }
    #[inline(always)]
    fn peek(self) -> f64 {
        self.value.peek()
    }
    #[inline(always)]
    fn vanishes(self) -> bool {
        self.value.vanishes() && self.tangent.vanishes()
    }
    #[track_caller]
    #[inline(always)]
    fn zip_number<O: BinaryRow>(self, op: O, number: f64) -> Self {
        let (a, b) = (self.value, R::from(number));
        let y = a.zip_number(op, number);
        Dual { value: y, tangent: op.slope_a(a, b, y) * self.tangent }
    }
    #[track_caller]
    #[inline(always)]
    fn number_zip<O: BinaryRow>(number: f64, op: O, other: Self) -> Self {
        let (a, b) = (R::from(number), other.value);
        let y = R::number_zip(number, op, b);
        Dual { value: y, tangent: op.slope_b(a, b, y) * other.tangent }
    }
    #[track_caller]
    #[inline(always)]
    fn statement<const N: usize>(inputs: [Self; N], body: impl FnOnce([Self; N]) -> Self) -> Self {
        body(inputs)
    }
}
