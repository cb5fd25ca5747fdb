//! `Lane`: a machine number as a level computes it. Row values are instantiated over lanes, and
//! the compiler turns loops over lanes into vectors.

use std::cmp::Ordering;
use std::marker::PhantomData;
use std::ops::{Add, Div, Mul, Neg, Rem, Sub};

use super::kernels::Kernels;
use super::simd::Simd;
use crate::number::Float;

/// A number that is computed with the instructions of level `L`.
#[repr(transparent)]
pub(super) struct Lane<L, T>(pub(super) T, PhantomData<L>);

impl<L, T> Lane<L, T> {
    #[inline(always)]
    pub(super) fn new(value: T) -> Self {
        Lane(value, PhantomData)
    }
}

impl<L: Simd, T: Copy> Copy for Lane<L, T> {}
impl<L: Simd, T: Copy> Clone for Lane<L, T> {
    #[inline(always)]
    fn clone(&self) -> Self {
        *self
    }
}

impl<L: Simd, T: PartialOrd> PartialEq for Lane<L, T> {
    #[inline(always)]
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}

// Each comparison is passed on by itself: through `partial_cmp` they would branch.
impl<L: Simd, T: PartialOrd> PartialOrd for Lane<L, T> {
    #[inline(always)]
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        self.0.partial_cmp(&other.0)
    }
    #[inline(always)]
    fn lt(&self, other: &Self) -> bool {
        self.0 < other.0
    }
    #[inline(always)]
    fn le(&self, other: &Self) -> bool {
        self.0 <= other.0
    }
    #[inline(always)]
    fn gt(&self, other: &Self) -> bool {
        self.0 > other.0
    }
    #[inline(always)]
    fn ge(&self, other: &Self) -> bool {
        self.0 >= other.0
    }
}

macro_rules! operators {
    ($($op:ident $method:ident),*) => {$(
        impl<L: Simd, T: $op<Output = T>> $op for Lane<L, T> {
            type Output = Self;
            #[inline(always)]
            fn $method(self, other: Self) -> Self {
                Lane::new(self.0.$method(other.0))
            }
        }
    )*};
}
operators!(Add add, Sub sub, Mul mul, Div div, Rem rem);

impl<L: Simd, T: Neg<Output = T>> Neg for Lane<L, T> {
    type Output = Self;
    #[inline(always)]
    fn neg(self) -> Self {
        Lane::new(-self.0)
    }
}

/// What a level computes otherwise than the standard library does: a fused multiply-add and
/// rounding without library calls, and for `f32` polynomials in place of scalar functions.
///
/// The polynomials pass NaN on, know ±∞ and keep the sign of 0. Results below the smallest normal
/// number may be 0.
pub(super) trait Functions: Float {
    /// `self * a + b`.
    fn fused<L: Simd>(self, a: Self, b: Self) -> Self;
    /// The nearest integer, ties to even.
    fn nearest<L: Simd>(self) -> Self;
    /// The nearest integer not above.
    fn below<L: Simd>(self) -> Self;
    /// eˣ.
    fn exp_at<L: Simd>(self) -> Self;
    /// 2ˣ.
    fn exp2_at<L: Simd>(self) -> Self;
    /// eˣ - 1.
    fn exp_m1_at<L: Simd>(self) -> Self;
    /// Natural logarithm.
    fn ln_at<L: Simd>(self) -> Self;
    /// ln(1 + x).
    fn ln_1p_at<L: Simd>(self) -> Self;
    /// Logarithm to base 2.
    fn log2_at<L: Simd>(self) -> Self;
    /// Logarithm to base 10.
    fn log10_at<L: Simd>(self) -> Self;
    /// Hyperbolic tangent.
    fn tanh_at<L: Simd>(self) -> Self;
    /// The error function.
    fn erf_at<L: Simd>(self) -> Self;
}

macro_rules! lane_float {
    (at { $($at:ident = $to:ident),* } scalar { $($name:ident($($arg:ident)?)),* }) => {
        impl<L: Simd, T: Kernels> Float for Lane<L, T> {
            #[inline(always)]
            fn lit(c: f64) -> Self {
                Lane::new(T::lit(c))
            }
            #[inline(always)]
            fn select(condition: bool, then: Self, other: Self) -> Self {
                if condition { then } else { other }
            }
            #[inline(always)]
            fn mul_add(self, a: Self, b: Self) -> Self {
                Lane::new(self.0.fused::<L>(a.0, b.0))
            }
            #[inline(always)]
            fn powi(self, n: i32) -> Self {
                Lane::new(self.0.powi(n))
            }
            #[inline(always)]
            fn ceil(self) -> Self {
                -(-self).floor()
            }
            $(#[inline(always)]
            fn $at(self) -> Self {
                Lane::new(self.0.$to::<L>())
            })*
            $(#[inline(always)]
            fn $name(self $(, $arg: Self)?) -> Self {
                Lane::new(self.0.$name($($arg.0)?))
            })*
        }
    };
}
lane_float! {
    at {
        round = nearest, floor = below, exp = exp_at, exp2 = exp2_at, exp_m1 = exp_m1_at, ln = ln_at,
        ln_1p = ln_1p_at, log2 = log2_at, log10 = log10_at, tanh = tanh_at, erf = erf_at
    }
    scalar {
        abs(), max(other), min(other), copysign(sign), sqrt(), cbrt(), powf(exponent), sin(), cos(), tan(), asin(),
        acos(), atan(), atan2(other), sinh(), cosh(), asinh(), acosh(), atanh(), hypot(other)
    }
}

macro_rules! rounding {
    ($t:ident, $integers:literal) => {
        #[inline(always)]
        fn fused<L: Simd>(self, a: Self, b: Self) -> Self {
            if L::FMA { $t::mul_add(self, a, b) } else { self * a + b }
        }
        #[inline(always)]
        fn nearest<L: Simd>(self) -> Self {
            if L::FMA {
                return self.round_ties_even();
            }
            // Adding a number whose unit is 1 rounds to an integer. Numbers that large are integers.
            let large: $t = $integers;
            let magnitude = $t::abs(self);
            let rounded = $t::copysign((magnitude + large) - large, self);
            if magnitude < large { rounded } else { self }
        }
        #[inline(always)]
        fn below<L: Simd>(self) -> Self {
            if L::FMA {
                return $t::floor(self);
            }
            let rounded = self.nearest::<L>();
            let lower = rounded - if rounded > self { 1.0 } else { 0.0 };
            $t::copysign(lower, self)
        }
    };
}
pub(super) use rounding;

impl Functions for f64 {
    rounding!(f64, 4503599627370496.0);
    #[inline(always)]
    fn exp_at<L: Simd>(self) -> Self {
        self.exp()
    }
    #[inline(always)]
    fn exp2_at<L: Simd>(self) -> Self {
        self.exp2()
    }
    #[inline(always)]
    fn exp_m1_at<L: Simd>(self) -> Self {
        self.exp_m1()
    }
    #[inline(always)]
    fn ln_at<L: Simd>(self) -> Self {
        self.ln()
    }
    #[inline(always)]
    fn ln_1p_at<L: Simd>(self) -> Self {
        self.ln_1p()
    }
    #[inline(always)]
    fn log2_at<L: Simd>(self) -> Self {
        self.log2()
    }
    #[inline(always)]
    fn log10_at<L: Simd>(self) -> Self {
        self.log10()
    }
    #[inline(always)]
    fn tanh_at<L: Simd>(self) -> Self {
        self.tanh()
    }
    #[inline(always)]
    fn erf_at<L: Simd>(self) -> Self {
        Float::erf(self)
    }
}
