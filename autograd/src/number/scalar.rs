//! `Scalar`: what users' functions are generic over: `f64`, dual numbers, variables of a tape, and these in one another.

use std::fmt::Debug;
use std::iter::{Product, Sum};
use std::ops::{Add, AddAssign, Div, DivAssign, Mul, MulAssign, Rem, RemAssign, Sub, SubAssign};

use crate::ops::{BinaryRow, Elementary, ranges};

/// A number that formulas are written on: one body runs as plain `f64`, in forward mode ([`Dual`](super::Dual),
/// [`DualN`](super::DualN)), on a tape, and on tapes of tapes.
///
/// The bound `S: Scalar` is all that a function needs: operators with numbers on the right (`x * 2.0`, for Rust does
/// not let a generic type stand on the right of an `f64`), assignment (`sum += x`), comparison by value (`x < y`,
/// `x > 0.0`), `S::from(2.0)`, sums and products of iterators, and every row of the rule book as a method
/// ([`Elementary`]).
///
/// ```
/// use autograd::prelude::*;
///
/// fn rosenbrock<S: Scalar>(x: &[S]) -> S {
///     x.windows(2).map(|x| (x[1] - x[0].powi(2)).powi(2) * 100.0 + (x[0] - 1.0).powi(2)).sum()
/// }
/// assert_eq!(rosenbrock(&[1.0, 1.0, 1.0]), 0.0); // at full speed
/// let y = rosenbrock(&[Dual::variable(2.0), Dual::from(1.0)]);
/// assert_eq!((y.value, y.tangent), (901.0, 2402.0));
/// ```
///
/// `f32` is not a `Scalar`, because Rust has no `f32 * f64`.
///
/// # Many numbers at once
///
/// [`sum_of`](Scalar::sum_of), [`dot`](Scalar::dot) and their like do what a loop does, and on a tape they are one
/// record instead of many; so is what [`statement`](Scalar::statement) encloses.
pub trait Scalar:
    Elementary
    + PartialOrd
    + PartialOrd<f64>
    + From<f64>
    + Debug
    + Rem<Output = Self>
    + Add<f64, Output = Self>
    + Sub<f64, Output = Self>
    + Mul<f64, Output = Self>
    + Div<f64, Output = Self>
    + Rem<f64, Output = Self>
    + AddAssign
    + SubAssign
    + MulAssign
    + DivAssign
    + RemAssign
    + AddAssign<f64>
    + SubAssign<f64>
    + MulAssign<f64>
    + DivAssign<f64>
    + RemAssign<f64>
    + Sum
    + Product
    + for<'a> Sum<&'a Self>
    + for<'a> Product<&'a Self>
{
    /// What the body of a [`statement`](Scalar::statement) of `N` inputs computes with.
    type Local<const N: usize>: Scalar;

    /// The plain number, without its derivatives.
    fn to_f64(self) -> f64;

    /// The plain number for a look that decides nothing, such as an error's text. A
    /// [`Recording`](crate::functions::Recording) is not told of it, as it is of [`to_f64`](Scalar::to_f64).
    #[inline(always)]
    fn peek(self) -> f64 {
        self.to_f64()
    }

    /// Whether this is 0 and has no derivatives that are not.
    fn vanishes(self) -> bool;

    /// `op` applied to `self` and a number.
    #[track_caller]
    #[inline(always)]
    fn zip_number<O: BinaryRow>(self, op: O, number: f64) -> Self {
        self.zip(op, Self::from(number))
    }

    /// `op` applied to a number and `self`.
    #[track_caller]
    #[inline(always)]
    fn number_zip<O: BinaryRow>(number: f64, op: O, other: Self) -> Self {
        Self::from(number).zip(op, other)
    }

    /// A piece of a formula of few inputs. On a tape it is one record with `N` partial derivatives, found in
    /// forward mode, whatever the number of operations in it; elsewhere it is just the piece.
    ///
    /// The body must not use other variables than its inputs (their types differ, so it cannot).
    ///
    /// ```
    /// use autograd::prelude::*;
    ///
    /// fn rosenbrock<S: Scalar>(x: &[S]) -> S {
    ///     let term = |x: &[S]| S::statement([x[0], x[1]], |[x, y]| (y - x * x).square() * 100.0 + (x - 1.0).square());
    ///     x.windows(2).map(term).sum()
    /// }
    /// assert_eq!(rosenbrock(&[2.0, 1.0]), 901.0);
    /// assert_eq!(rosenbrock(&[Dual::variable(2.0), Dual::from(1.0)]).tangent, 2402.0);
    /// ```
    #[track_caller]
    fn statement<const N: usize>(
        inputs: [Self; N],
        body: impl FnOnce([Self::Local<N>; N]) -> Self::Local<N>,
    ) -> Self;

    /// Σ xᵢ.
    ///
    /// ```
    /// use autograd::prelude::*;
    /// assert_eq!(f64::sum_of(&[1.0, 2.0, 4.0]), 7.0);
    /// ```
    #[track_caller]
    fn sum_of(xs: &[Self]) -> Self {
        ranges::sum(xs)
    }

    /// Σ aᵢ bᵢ.
    ///
    /// ```
    /// use autograd::prelude::*;
    /// assert_eq!(f64::dot(&[1.0, 2.0], &[3.0, 4.0]), 11.0);
    /// ```
    ///
    /// # Panics
    /// If the lengths differ.
    #[track_caller]
    fn dot(a: &[Self], b: &[Self]) -> Self {
        ranges::dot(a, b)
    }

    /// Σ xᵢ wᵢ with plain numbers as weights.
    ///
    /// ```
    /// use autograd::prelude::*;
    /// assert_eq!(f64::linear_combination(&[1.0, 2.0], &[0.5, -1.0]), -1.5);
    /// ```
    ///
    /// # Panics
    /// If the lengths differ.
    #[track_caller]
    fn linear_combination(xs: &[Self], weights: &[f64]) -> Self {
        ranges::linear_combination(xs, weights)
    }

    /// The Euclidean length √(Σ xᵢ²); its slopes at 0 are 0.
    ///
    /// ```
    /// use autograd::prelude::*;
    /// assert_eq!(f64::norm(&[3.0, 4.0]), 5.0);
    /// ```
    #[track_caller]
    fn norm(xs: &[Self]) -> Self {
        ranges::norm(xs)
    }

    /// ln Σ e^xᵢ, without overflow; -∞ of no numbers.
    ///
    /// ```
    /// use autograd::prelude::*;
    /// assert_eq!(f64::logsumexp(&[1e3, 1e3]), 1e3 + 2f64.ln());
    /// ```
    #[track_caller]
    fn logsumexp(xs: &[Self]) -> Self {
        ranges::logsumexp(xs)
    }

    /// The product of a matrix, given row after row, and a vector: `[rows, columns] . [columns] -> [rows]`, the rows being
    /// as many as `out` has places.
    ///
    /// ```
    /// use autograd::prelude::*;
    /// let mut y = [0.0; 2];
    /// f64::matvec(&[1.0, 2.0, 3.0, 4.0, 5.0, 6.0], &[1.0, 0.0, -1.0], &mut y);
    /// assert_eq!(y, [-2.0, -2.0]);
    /// ```
    ///
    /// # Panics
    /// If the matrix does not have `out.len() * x.len()` numbers.
    #[track_caller]
    fn matvec(matrix: &[Self], x: &[Self], out: &mut [Self]) {
        ranges::matvec(matrix, x, out);
    }
}

impl Scalar for f64 {
    type Local<const N: usize> = f64;

    #[inline(always)]
    fn to_f64(self) -> f64 {
        self
    }
    #[inline(always)]
    fn vanishes(self) -> bool {
        self == 0.0
    }
    #[inline(always)]
    fn statement<const N: usize>(inputs: [f64; N], body: impl FnOnce([f64; N]) -> f64) -> f64 {
        body(inputs)
    }
}

/// `+ - * / %` and unary minus on a number type that has `Real`, with itself.
macro_rules! operators {
    ([$($generics:tt)*] $Number:ty) => {
        $crate::number::scalar::operators!(@each [$($generics)*] $Number: Add add Sub sub Mul mul Div div Rem rem);

        impl<$($generics)*> std::ops::Neg for $Number {
            type Output = Self;
            #[inline(always)]
            #[track_caller]
            fn neg(self) -> Self {
                $crate::number::Real::map(self, $crate::ops::Neg)
            }
        }
    };
    (@each $generics:tt $Number:ty: $($Op:ident $method:ident)*) => {
        $($crate::number::scalar::operators!(@one $generics $Number, $Op $method);)*
    };
    (@one [$($generics:tt)*] $Number:ty, $Op:ident $method:ident) => {
        impl<$($generics)*> std::ops::$Op for $Number {
            type Output = Self;
            #[inline(always)]
            #[track_caller]
            fn $method(self, other: Self) -> Self {
                $crate::number::Real::zip(self, $crate::ops::$Op, other)
            }
        }
    };
}
pub(crate) use operators;

/// What else a [`Scalar`] needs, given its methods: operators with `f64` on either side, assignment, comparison by
/// value, sums and products.
macro_rules! scalar_traits {
    ([$($generics:tt)*] $Number:ty) => {
        $crate::number::scalar::scalar_traits!(but comparison [$($generics)*] $Number);

        /// By value: derivatives take no part, so a formula takes the same branches as on plain numbers.
        impl<$($generics)*> PartialEq for $Number {
            #[inline(always)]
            #[track_caller]
            fn eq(&self, other: &Self) -> bool {
                self.value == other.value
            }
        }
        impl<$($generics)*> PartialEq<f64> for $Number {
            #[inline(always)]
            #[track_caller]
            fn eq(&self, other: &f64) -> bool {
                self.value == *other
            }
        }
        impl<$($generics)*> PartialOrd for $Number {
            #[inline(always)]
            #[track_caller]
            fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
                self.value.partial_cmp(&other.value)
            }
            #[inline(always)]
            #[track_caller]
            fn lt(&self, other: &Self) -> bool {
                self.value < other.value
            }
            #[inline(always)]
            #[track_caller]
            fn le(&self, other: &Self) -> bool {
                self.value <= other.value
            }
            #[inline(always)]
            #[track_caller]
            fn gt(&self, other: &Self) -> bool {
                self.value > other.value
            }
            #[inline(always)]
            #[track_caller]
            fn ge(&self, other: &Self) -> bool {
                self.value >= other.value
            }
        }
        impl<$($generics)*> PartialOrd<f64> for $Number {
            #[inline(always)]
            #[track_caller]
            fn partial_cmp(&self, other: &f64) -> Option<std::cmp::Ordering> {
                self.value.partial_cmp(other)
            }
        }
    };
    (but comparison [$($generics:tt)*] $Number:ty) => {
        $crate::number::scalar::scalar_traits!(@each [$($generics)*] $Number:
            Add add AddAssign add_assign, Sub sub SubAssign sub_assign, Mul mul MulAssign mul_assign,
            Div div DivAssign div_assign, Rem rem RemAssign rem_assign,);
        $crate::number::scalar::scalar_traits!(@fold [$($generics)*] $Number: Sum sum 0.0 +=, Product product 1.0 *=,);
    };
    (@each $generics:tt $Number:ty: $($Op:ident $method:ident $Assign:ident $assign:ident,)*) => {
        $($crate::number::scalar::scalar_traits!(@one $generics $Number, $Op $method $Assign $assign);)*
    };
    (@one [$($generics:tt)*] $Number:ty, $Op:ident $method:ident $Assign:ident $assign:ident) => {
        impl<$($generics)*> std::ops::$Op<f64> for $Number {
            type Output = Self;
            #[inline(always)]
            #[track_caller]
            fn $method(self, other: f64) -> Self {
                $crate::number::Scalar::zip_number(self, $crate::ops::$Op, other)
            }
        }
        impl<$($generics)*> std::ops::$Op<$Number> for f64 {
            type Output = $Number;
            #[inline(always)]
            #[track_caller]
            fn $method(self, other: $Number) -> $Number {
                $crate::number::Scalar::number_zip(self, $crate::ops::$Op, other)
            }
        }
        impl<$($generics)*> std::ops::$Assign for $Number {
            #[inline(always)]
            #[track_caller]
            fn $assign(&mut self, other: Self) {
                *self = std::ops::$Op::$method(*self, other);
            }
        }
        impl<$($generics)*> std::ops::$Assign<f64> for $Number {
            #[inline(always)]
            #[track_caller]
            fn $assign(&mut self, other: f64) {
                *self = std::ops::$Op::$method(*self, other);
            }
        }
    };
    (@fold $generics:tt $Number:ty: $($Fold:ident $fold:ident $neutral:literal $sign:tt,)*) => {
        $($crate::number::scalar::scalar_traits!(@folds $generics $Number, $Fold $fold $neutral $sign);)*
    };
    (@folds [$($generics:tt)*] $Number:ty, $Fold:ident $fold:ident $neutral:literal $sign:tt) => {
        impl<$($generics)*> std::iter::$Fold for $Number {
            #[inline]
            #[track_caller]
            fn $fold<I: Iterator<Item = Self>>(mut numbers: I) -> Self {
                let Some(mut folded) = numbers.next() else { return <$Number>::from($neutral) };
                for number in numbers {
                    folded $sign number;
                }
                folded
            }
        }
        impl<'number, $($generics)*> std::iter::$Fold<&'number $Number> for $Number {
            #[inline]
            #[track_caller]
            fn $fold<I: Iterator<Item = &'number Self>>(numbers: I) -> Self {
                <Self as std::iter::$Fold>::$fold(numbers.copied())
            }
        }
    };
}
pub(crate) use scalar_traits;
