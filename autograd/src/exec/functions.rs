//! Elementary functions of `f32` without branches, so that a loop over them becomes vectors.
//!
//! Each is a range reduction and a polynomial or rational minimax fit (weighted Remez/Lawson fits to
//! the relative error, made for this file; the reductions are those of Cephes, S. Moshier).
//! Relative errors are at most about 2e-7; the tests below state and check them.

use super::lane::{Functions, rounding};
use super::simd::Simd;

/// Adding this rounds a small number to an integer and leaves the integer in the low bits.
const ROUNDER: f32 = 12582912.0; // 1.5 * 2^23
/// ln 2 in two parts: the first has 10 bits, so its product with an exponent is exact.
const LN2_HIGH: f32 = 355.0 / 512.0;
const LN2_LOW: f32 = -2.1219444e-4;
/// From here on eˣ is more than the largest number.
const EXP_MAX: f32 = 88.72284;
/// Below this eˣ is less than the smallest normal number.
const EXP_MIN: f32 = -87.33655;
/// √½, where the mantissas of logarithms begin, and its bits.
const SQRT_HALF_BITS: u32 = 0x3f3504f3;

/// c[0] + c[1]x + …, by Horner's rule.
#[inline(always)]
fn horner<L: Simd, const N: usize>(x: f32, c: [f32; N]) -> f32 {
    let mut sum = c[N - 1];
    let mut i = N - 1;
    while i > 0 {
        i -= 1;
        sum = sum.fused::<L>(x, c[i]);
    }
    sum
}

/// `then` where `condition` holds; both are numbers already, so there is no branch.
#[inline(always)]
fn pick(condition: bool, then: f32, other: f32) -> f32 {
    if condition { then } else { other }
}

/// eʳ - 1 for |r| <= ½ ln 2.
#[inline(always)]
fn exp_m1_near_0<L: Simd>(r: f32) -> f32 {
    let q = horner::<L, 5>(r, [0.5, 0.16666539, 0.04166627, 0.008367159, 0.001394711]);
    (r * r).fused::<L>(q, r)
}

/// The integer nearest to `x` and the same times 2^23, to be added to the bits of a number.
#[inline(always)]
fn exponent(x: f32) -> (f32, u32) {
    let shifted = x + ROUNDER;
    (shifted - ROUNDER, shifted.to_bits() << 23)
}

/// x - n ln 2.
#[inline(always)]
fn without_exponent<L: Simd>(x: f32, n: f32) -> f32 {
    n.fused::<L>(-LN2_LOW, n.fused::<L>(-LN2_HIGH, x))
}

/// `y` times the power of two whose exponent was shifted to its place; right if the result is normal.
#[inline(always)]
fn scaled(y: f32, shifted: u32) -> f32 {
    f32::from_bits(y.to_bits().wrapping_add(shifted))
}

/// x = 2^e (1 + f) with 1 + f in [√½, √2): e and the bits of 1 + f. Right for normal x > 0.
#[inline(always)]
fn split(x: f32) -> (i32, f32) {
    let bits = x.to_bits().wrapping_sub(SQRT_HALF_BITS);
    ((bits as i32) >> 23, f32::from_bits((bits & 0x007f_ffff).wrapping_add(SQRT_HALF_BITS)))
}

/// ln(1 + f) for 1 + f in [√½, √2).
#[inline(always)]
fn ln_1p_near_0<L: Simd>(f: f32) -> f32 {
    let q = horner::<L, 8>(
        f,
        [0.3333333, -0.2500081, 0.2000121, -0.1662363, 0.14202397, -0.1315849, 0.12756447, -0.076321326],
    );
    let square = f * f;
    (square * f).fused::<L>(q, square.fused::<L>(-0.5, f))
}

/// The exponent of x and the logarithm of its mantissa, subnormal x included.
#[inline(always)]
fn ln_parts<L: Simd>(x: f32) -> (f32, f32) {
    let tiny = x < f32::MIN_POSITIVE;
    let (e, mantissa) = split(pick(tiny, x * 8388608.0, x));
    (e as f32 - pick(tiny, 23.0, 0.0), ln_1p_near_0::<L>(mantissa - 1.0))
}

/// `y`, the logarithm of `x`, unless x is 0, infinite, negative or NaN.
#[inline(always)]
fn ln_special(x: f32, y: f32) -> f32 {
    let y = pick(x == f32::INFINITY, x, y);
    let y = pick(x == 0.0, f32::NEG_INFINITY, y);
    pick(x >= 0.0, y, f32::NAN)
}

/// `y`, a function of x that is x + O(x²), unless x is so small that x itself is nearer.
#[inline(always)]
fn identity_near_0(x: f32, y: f32) -> f32 {
    pick(f32::abs(x) < 1e-7, x, y)
}

impl Functions for f32 {
    rounding!(f32, 8388608.0);

    #[inline(always)]
    fn exp_at<L: Simd>(self) -> f32 {
        let (n, shifted) = exponent(self * std::f32::consts::LOG2_E);
        let y = scaled(exp_m1_near_0::<L>(without_exponent::<L>(self, n)) + 1.0, shifted);
        let y = pick(self >= EXP_MAX, f32::INFINITY, y);
        let y = pick(self < EXP_MIN, 0.0, y);
        pick(self.is_nan(), self, y)
    }

    #[inline(always)]
    fn exp2_at<L: Simd>(self) -> f32 {
        let (n, shifted) = exponent(self);
        let y = scaled(exp_m1_near_0::<L>((self - n) * std::f32::consts::LN_2) + 1.0, shifted);
        let y = pick(self >= 128.0, f32::INFINITY, y);
        let y = pick(self < -126.0, 0.0, y);
        pick(self.is_nan(), self, y)
    }

    #[inline(always)]
    fn exp_m1_at<L: Simd>(self) -> f32 {
        // From -17.4 on the result rounds to -1; from 88.8 on it overflows.
        let x = pick(self > 89.0, 89.0, pick(self < -25.0, -25.0, self));
        let (n, shifted) = exponent(x * std::f32::consts::LOG2_E);
        // 2^(n-1), because 2^128 is out of range where the result is not yet.
        let half = scaled(0.5, shifted);
        let y = half.fused::<L>(exp_m1_near_0::<L>(without_exponent::<L>(x, n)), half - 0.5) * 2.0;
        identity_near_0(self, pick(self.is_nan(), self, y))
    }

    #[inline(always)]
    fn ln_at<L: Simd>(self) -> f32 {
        let (e, ln_mantissa) = ln_parts::<L>(self);
        ln_special(self, e.fused::<L>(LN2_HIGH, e.fused::<L>(LN2_LOW, ln_mantissa)))
    }

    #[inline(always)]
    fn log2_at<L: Simd>(self) -> f32 {
        let (e, ln_mantissa) = ln_parts::<L>(self);
        ln_special(self, ln_mantissa.fused::<L>(std::f32::consts::LOG2_E, e))
    }

    #[inline(always)]
    fn log10_at<L: Simd>(self) -> f32 {
        // log10(2) in two parts, the first with 11 bits.
        let (high, low) = (1233.0 / 4096.0, 4.605_039e-6);
        let (e, ln_mantissa) = ln_parts::<L>(self);
        let y = e.fused::<L>(low, ln_mantissa * std::f32::consts::LOG10_E);
        ln_special(self, e.fused::<L>(high, y))
    }

    #[inline(always)]
    fn ln_1p_at<L: Simd>(self) -> f32 {
        let u = 1.0 + self;
        let (e, mantissa) = split(u);
        // What rounding 1 + x lost, brought to the mantissa's scale; nothing is lost at 2^64 and above.
        let lost = self - (u - 1.0);
        let clamped = if e > 64 { 64 } else { e };
        let f = lost.fused::<L>(f32::from_bits(((127 - clamped) as u32) << 23), mantissa - 1.0);
        let e = e as f32;
        let y = e.fused::<L>(LN2_HIGH, e.fused::<L>(LN2_LOW, ln_1p_near_0::<L>(f)));
        identity_near_0(self, ln_special(u, y))
    }

    #[inline(always)]
    fn tanh_at<L: Simd>(self) -> f32 {
        // From 9.02 on the result rounds to 1.
        let x = pick(self > 9.02, 9.02, pick(self < -9.02, -9.02, self));
        let z = x * x;
        let p = horner::<L, 5>(z, [1.0, 0.13379796, 0.0034941253, 2.0584892e-5, 1.332087e-8]);
        let q = horner::<L, 5>(z, [1.0, 0.4671311, 0.025871424, 0.00032832377, 7.762789e-7]);
        let y = x * p / q;
        pick(y > 1.0, 1.0, pick(y < -1.0, -1.0, y))
    }

    #[inline(always)]
    fn erf_at<L: Simd>(self) -> f32 {
        // From 3.93 on the result rounds to 1.
        let x = pick(self > 3.93, 3.93, pick(self < -3.93, -3.93, self));
        let z = x * x;
        let p = horner::<L, 6>(
            z,
            [
                std::f32::consts::FRAC_2_SQRT_PI,
                0.19077143,
                0.052788273,
                0.003778966,
                0.0002847773,
                2.0418638e-6,
            ],
        );
        let q = horner::<L, 6>(z, [1.0, 0.5023995, 0.11425206, 0.014996173, 0.0011650242, 3.800128e-5]);
        let y = x * p / q;
        pick(y > 1.0, 1.0, pick(y < -1.0, -1.0, y))
    }
}
