//! `Float`: a machine number with the elementary functions that row values are written in.

use std::ops::{Add, Div, Mul, Neg, Rem, Sub};

macro_rules! functions {
    ($($(#[$doc:meta])* $name:ident($($arg:ident),*);)*) => {
        /// A machine number: `f32`, `f64`, or one of them as computed at a SIMD level.
        ///
        /// ```
        /// use autograd::number::Float;
        /// fn softplus<F: Float>(x: F) -> F { x.max(F::lit(0.0)) + (-x.abs()).exp().ln_1p() }
        /// assert_eq!((softplus(1e3_f32), softplus(-1e3_f64)), (1e3, 0.0));
        /// assert!(softplus(f64::NAN).is_nan());
        /// ```
        ///
        /// Row values are generic over this trait. Implementations are branch-free where a
        /// vectoriser has to see through them; every function passes NaN on, `max` and `min` included.
        pub trait Float:
            Copy
            + PartialOrd
            + Add<Output = Self>
            + Sub<Output = Self>
            + Mul<Output = Self>
            + Div<Output = Self>
            + Rem<Output = Self>
            + Neg<Output = Self>
            + 'static
        {
            /// The number nearest to `c`.
            fn lit(c: f64) -> Self;
            /// `then` where `condition` holds, else `other`; both are evaluated.
            fn select(condition: bool, then: Self, other: Self) -> Self;
            /// `self * a + b`: one rounding where the level has a fused multiply-add, two elsewhere.
            fn mul_add(self, a: Self, b: Self) -> Self;
            /// `self` to an integer power, by repeated squaring: the standard library leaves the order of the
            /// products, so the last bits, to the compiler.
            #[inline(always)]
            fn powi(self, n: i32) -> Self {
                let (mut power, mut square, mut rest) = (Self::lit(1.0), self, n.unsigned_abs());
                while rest > 0 {
                    if rest & 1 == 1 {
                        power = power * square;
                    }
                    square = square * square;
                    rest >>= 1;
                }
                if n < 0 { Self::lit(1.0) / power } else { power }
            }
            /// `value`, or NaN if `self` is NaN: for functions that would forget it, such as NaN⁰ = 1.
            #[inline(always)]
            fn pass_nan(self, value: Self) -> Self {
                Self::select(self <= Self::lit(f64::INFINITY), value, self)
            }
            $($(#[$doc])* fn $name(self $(, $arg: Self)*) -> Self;)*
        }
    };
}

functions! {
    /// |x|.
    abs();
    /// The larger of two numbers; NaN if either is.
    max(other);
    /// The smaller of two numbers; NaN if either is.
    min(other);
    /// The magnitude of `self` with the sign of the other.
    copysign(sign);
    /// The nearest integer not above.
    floor();
    /// The nearest integer not below.
    ceil();
    /// The nearest integer, ties to even.
    round();
    /// Square root.
    sqrt();
    /// Cube root.
    cbrt();
    /// eˣ.
    exp();
    /// 2ˣ.
    exp2();
    /// eˣ - 1, accurate near 0.
    exp_m1();
    /// Natural logarithm.
    ln();
    /// ln(1 + x), accurate near 0.
    ln_1p();
    /// Logarithm to base 2.
    log2();
    /// Logarithm to base 10.
    log10();
    /// `self` to a power.
    powf(exponent);
    /// Sine.
    sin();
    /// Cosine.
    cos();
    /// Tangent.
    tan();
    /// Inverse sine.
    asin();
    /// Inverse cosine.
    acos();
    /// Inverse tangent.
    atan();
    /// Angle of the point (x = other, y = self).
    atan2(other);
    /// Hyperbolic sine.
    sinh();
    /// Hyperbolic cosine.
    cosh();
    /// Hyperbolic tangent.
    tanh();
    /// Inverse hyperbolic sine.
    asinh();
    /// Inverse hyperbolic cosine.
    acosh();
    /// Inverse hyperbolic tangent.
    atanh();
    /// √(a² + b²) without overflow.
    hypot(other);
    /// The error function 2/√π ∫₀ˣ e^(-t²) dt.
    erf();
}

macro_rules! machine {
    ($t:ident, $erf:expr, $asinh:path, $acosh:path, $atanh:path) => {
        impl Float for $t {
            #[inline(always)]
            fn lit(c: f64) -> Self {
                c as $t
            }
            #[inline(always)]
            fn select(condition: bool, then: Self, other: Self) -> Self {
                if condition { then } else { other }
            }
            #[inline(always)]
            fn mul_add(self, a: Self, b: Self) -> Self {
                self * a + b
            }
            #[inline(always)]
            fn max(self, other: Self) -> Self {
                if self > other || self.is_nan() { self } else { other }
            }
            #[inline(always)]
            fn min(self, other: Self) -> Self {
                if self < other || self.is_nan() { self } else { other }
            }
            #[inline(always)]
            fn round(self) -> Self {
                self.round_ties_even()
            }
            fn erf(self) -> Self {
                $erf(self)
            }
            // The standard library's inverse hyperbolic functions overflow for large numbers.
            fn asinh(self) -> Self {
                $asinh(self)
            }
            fn acosh(self) -> Self {
                $acosh(self)
            }
            fn atanh(self) -> Self {
                $atanh(self)
            }
            machine!(@std $t abs() copysign(a) floor() ceil() sqrt() cbrt() exp() exp2() exp_m1() ln() ln_1p() log2() log10() powf(a)
                sin() cos() tan() asin() acos() atan() atan2(a) sinh() cosh() tanh() hypot(a));
        }
    };
    (@std $t:ident $($name:ident($($arg:ident)?))*) => {$(
        #[inline(always)]
        fn $name(self $(, $arg: Self)?) -> Self {
            $t::$name(self $(, $arg)?)
        }
    )*};
}
machine!(f32, |x| libm::erf(f64::from(x)) as f32, libm::asinhf, libm::acoshf, libm::atanhf);
machine!(f64, libm::erf, libm::asinh, libm::acosh, libm::atanh);
