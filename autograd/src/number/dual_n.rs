//! `DualN`: a value with `N` tangents, which is forward mode along `N` directions at once.

use super::scalar::{operators, scalar_traits};
use super::{Real, Scalar};
use crate::ops::{BinaryRow, UnaryRow};

/// A number with its derivatives along `N` directions: a gradient of few variables in one go.
///
/// A tangent of 0 means no dependence: it stays 0 where a slope is infinite.
///
/// ```
/// use autograd::prelude::*;
///
/// let [x, y] = DualN::variables([3.0, 4.0]);
/// let area = x * y / 2.0;
/// assert_eq!((area.value, area.tangents), (6.0, [2.0, 1.5]));
/// // Nested for the Hessian of x²y: [[2y, 2x], [2x, 0]].
/// let [x, y] = DualN::variables(DualN::variables([3.0, 4.0]));
/// let second = (x * x * y).tangents.map(|row| row.tangents);
/// assert_eq!(second, [[8.0, 6.0], [6.0, 0.0]]);
/// ```
///
/// Two of them are compared by value.
#[derive(Clone, Copy, Debug)]
pub struct DualN<R, const N: usize> {
    /// The number itself.
    pub value: R,
    /// Its derivatives along the directions.
    pub tangents: [R; N],
}

impl<R: Scalar, const N: usize> DualN<R, N> {
    /// A number with these tangents.
    #[inline(always)]
    pub fn new(value: R, tangents: [R; N]) -> Self {
        DualN { value, tangents }
    }
    /// The variable of this place among the directions: tangent 1 there, 0 elsewhere.
    ///
    /// # Panics
    /// If there is no such place.
    #[inline(always)]
    pub fn variable(value: R, place: usize) -> Self {
        assert!(place < N, "a dual number of {N} directions has no direction {place}");
        let mut variable = DualN::constant(value);
        variable.tangents[place] = R::from(1.0);
        variable
    }
    /// All variables, one for each direction.
    #[inline(always)]
    pub fn variables(values: [R; N]) -> [Self; N] {
        let mut variables = [DualN::from(0.0); N];
        for place in 0..N {
            variables[place] = DualN::variable(values[place], place);
        }
        variables
    }
    /// A number that does not depend on the variables.
    #[inline(always)]
    pub fn constant(value: R) -> Self {
        DualN { value, tangents: [R::from(0.0); N] }
    }
}

/// `slope * tangent`, and 0 of no dependence, for each tangent.
///
/// The loop is over an array in place: `array::map` compiles to calls and is not vectorised. Zeros need care only if
/// the slope is infinite or NaN, which is asked once, not for each tangent.
#[inline(always)]
fn scaled<R: Scalar, const N: usize>(slope: R, mut tangents: [R; N]) -> [R; N] {
    if is_finite(slope) {
        for tangent in &mut tangents {
            *tangent = slope * *tangent;
        }
    } else {
        tangents = scaled_but_for_zeros(slope, tangents);
    }
    tangents
}

/// Of two slopes: the tangents of a result of two numbers.
#[inline(always)]
fn combined<R: Scalar, const N: usize>(slope_a: R, mut a: [R; N], slope_b: R, b: &[R; N]) -> [R; N] {
    if is_finite(slope_a) && is_finite(slope_b) {
        for (a, b) in a.iter_mut().zip(b) {
            *a = slope_a * *a + slope_b * *b;
        }
    } else {
        let b = scaled_but_for_zeros(slope_b, *b);
        a = scaled_but_for_zeros(slope_a, a);
        for (a, b) in a.iter_mut().zip(&b) {
            *a += *b;
        }
    }
    a
}

/// Neither infinite nor NaN, in the derivatives too: otherwise the difference is NaN.
#[expect(clippy::eq_op, reason = "∞ - ∞ and NaN - NaN are NaN")]
#[inline(always)]
fn is_finite<R: Scalar>(slope: R) -> bool {
    (slope - slope).vanishes()
}

// By value, so that the numbers of the usual path need not be in memory.
#[cold]
#[inline(never)]
fn scaled_but_for_zeros<R: Scalar, const N: usize>(slope: R, mut tangents: [R; N]) -> [R; N] {
    for tangent in tangents.iter_mut().filter(|tangent| !tangent.vanishes()) {
        *tangent = slope * *tangent;
    }
    tangents
}

impl<R: Scalar, const N: usize> Real for DualN<R, N> {
    #[inline(always)]
    fn lit(self, c: f64) -> Self {
        DualN::from(c)
    }
    #[inline(always)]
    fn map<O: UnaryRow>(self, op: O) -> Self {
        let y = self.value.map(op);
        let slope = op.slope(self.value, y);
        DualN { value: y, tangents: scaled(slope, self.tangents) }
    }
    #[inline(always)]
    fn zip<O: BinaryRow>(self, op: O, other: Self) -> Self {
        let (a, b) = (self.value, other.value);
        let y = a.zip(op, b);
        let (slope_a, slope_b) = (op.slope_a(a, b, y), op.slope_b(a, b, y));
        DualN { value: y, tangents: combined(slope_a, self.tangents, slope_b, &other.tangents) }
    }
    #[inline(always)]
    fn where_(self, then: Self, other: Self) -> Self {
        if self.value != 0.0 { then } else { other }
    }
}

operators! { [R: Scalar, const N: usize] DualN<R, N> }
scalar_traits! { [R: Scalar, const N: usize] DualN<R, N> }

impl<R: Scalar, const N: usize> From<f64> for DualN<R, N> {
    #[inline(always)]
    fn from(number: f64) -> Self {
        DualN::constant(R::from(number))
    }
}

impl<R: Scalar, const N: usize> Scalar for DualN<R, N> {
    type Local<const M: usize> = DualN<R, N>;

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
        self.value.vanishes() && self.tangents.iter().all(|tangent| tangent.vanishes())
    }
    #[track_caller]
    #[inline(always)]
    fn zip_number<O: BinaryRow>(self, op: O, number: f64) -> Self {
        let (a, b) = (self.value, R::from(number));
        let y = a.zip_number(op, number);
        let slope = op.slope_a(a, b, y);
        DualN { value: y, tangents: scaled(slope, self.tangents) }
    }
    #[track_caller]
    #[inline(always)]
    fn number_zip<O: BinaryRow>(number: f64, op: O, other: Self) -> Self {
        let (a, b) = (R::from(number), other.value);
        let y = R::number_zip(number, op, b);
        let slope = op.slope_b(a, b, y);
        DualN { value: y, tangents: scaled(slope, other.tangents) }
    }
    #[track_caller]
    #[inline(always)]
    fn statement<const M: usize>(inputs: [Self; M], body: impl FnOnce([Self; M]) -> Self) -> Self {
        body(inputs)
    }
}
