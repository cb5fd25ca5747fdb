//! Vectors of each level, for the few kernels whose registers are laid out by hand.

// Indices run over the numbers of a register.
#![allow(clippy::needless_range_loop)]

/// Some numbers in one register.
///
/// # Safety
/// Each method needs the level's instructions; pointers must be valid for the numbers that are read
/// or written.
pub(super) trait Vector<T>: Copy {
    /// How many numbers.
    const LANES: usize;
    unsafe fn splat(x: T) -> Self;
    unsafe fn load(x: *const T) -> Self;
    /// The first `n` of `LANES` numbers, and zeros.
    unsafe fn load_part(x: *const T, n: usize) -> Self;
    unsafe fn store(self, y: *mut T);
    /// Writes the first `n` of `LANES` numbers.
    unsafe fn store_part(self, y: *mut T, n: usize);
    unsafe fn mul(self, other: Self) -> Self;
    /// `self * a + b` as the level computes it.
    unsafe fn mul_add(self, a: Self, b: Self) -> Self;
    /// The sum of all lanes.
    unsafe fn sum(self) -> T;
}

/// Four numbers, for levels without wider registers.
#[derive(Clone, Copy)]
pub(super) struct Four<T>([T; 4]);

impl<T: super::kernels::Kernels> Vector<T> for Four<T> {
    const LANES: usize = 4;
    #[inline(always)]
    unsafe fn splat(x: T) -> Self {
        Four([x; 4])
    }
    #[inline(always)]
    unsafe fn load(x: *const T) -> Self {
        // SAFETY: the caller vouches for the pointer.
        Four(unsafe { x.cast::<[T; 4]>().read() })
    }
    #[inline(always)]
    unsafe fn load_part(x: *const T, n: usize) -> Self {
        let mut lanes = [T::default(); 4];
        for (i, lane) in lanes.iter_mut().enumerate().take(n) {
            // SAFETY: the caller vouches for the pointer.
            *lane = unsafe { x.add(i).read() };
        }
        Four(lanes)
    }
    #[inline(always)]
    unsafe fn store(self, y: *mut T) {
        // SAFETY: the caller vouches for the pointer.
        unsafe { y.cast::<[T; 4]>().write(self.0) }
    }
    #[inline(always)]
    unsafe fn store_part(self, y: *mut T, n: usize) {
        for i in 0..n {
            // SAFETY: the caller vouches for the pointer.
            unsafe { y.add(i).write(self.0[i]) }
        }
    }
    #[inline(always)]
    unsafe fn mul(self, other: Self) -> Self {
        let mut lanes = self.0;
        for i in 0..4 {
            lanes[i] = lanes[i] * other.0[i];
        }
        Four(lanes)
    }
    #[inline(always)]
    unsafe fn mul_add(self, a: Self, b: Self) -> Self {
        let mut lanes = self.0;
        for i in 0..4 {
            lanes[i] = lanes[i] * a.0[i] + b.0[i];
        }
        Four(lanes)
    }
    #[inline(always)]
    unsafe fn sum(self) -> T {
        (self.0[0] + self.0[2]) + (self.0[1] + self.0[3])
    }
}

#[cfg(target_arch = "x86_64")]
pub(super) use std::arch::x86_64::{__m256 as Avx2F32, __m256d as Avx2F64, __m512 as Avx512F32};
/// Elsewhere these levels never run.
#[cfg(not(target_arch = "x86_64"))]
mod elsewhere {
    pub(crate) type Avx2F32 = super::Four<f32>;
    pub(crate) type Avx2F64 = super::Four<f64>;
    pub(crate) type Avx512F32 = super::Four<f32>;
}
#[cfg(not(target_arch = "x86_64"))]
pub(super) use elsewhere::*;

#[cfg(target_arch = "x86_64")]
mod x86 {
    use std::arch::x86_64::*;

    use super::Vector;

    /// Ones and then zeros: a window into it masks the beginning of a vector.
    const ONES: [i32; 16] = [-1, -1, -1, -1, -1, -1, -1, -1, 0, 0, 0, 0, 0, 0, 0, 0];

    #[inline(always)]
    unsafe fn mask8(n: usize) -> __m256i {
        // SAFETY: `n` is at most 8, so 8 numbers follow; the caller has AVX.
        unsafe { _mm256_loadu_si256(ONES.as_ptr().add(8 - n).cast()) }
    }

    #[inline(always)]
    unsafe fn mask4(n: usize) -> __m256i {
        // SAFETY: `n` is at most 4, so 8 numbers follow from `8 - 2n` on; the caller has AVX.
        unsafe { _mm256_loadu_si256(ONES.as_ptr().add(8 - 2 * n).cast()) }
    }

    macro_rules! vector {
        ($v:ident of $t:ident, $lanes:literal: $splat:ident, $loadu:ident, $storeu:ident, $mul:ident, $fma:ident;
         load_part($lx:ident, $ln:ident) $load:expr; store_part($sv:ident, $sy:ident, $sn:ident) $store:expr; sum($sum:ident) $total:expr;) => {
            impl Vector<$t> for $v {
                const LANES: usize = $lanes;
                #[inline(always)]
                unsafe fn splat(x: $t) -> Self {
                    // SAFETY: the caller has the level.
                    unsafe { $splat(x) }
                }
                #[inline(always)]
                unsafe fn load(x: *const $t) -> Self {
                    // SAFETY: the caller has the level and vouches for the pointer.
                    unsafe { $loadu(x) }
                }
                #[inline(always)]
                unsafe fn load_part($lx: *const $t, $ln: usize) -> Self {
                    // SAFETY: the caller has the level and vouches for the pointer; the mask covers n numbers.
                    unsafe { $load }
                }
                #[inline(always)]
                unsafe fn store(self, y: *mut $t) {
                    // SAFETY: the caller has the level and vouches for the pointer.
                    unsafe { $storeu(y, self) }
                }
                #[inline(always)]
                unsafe fn store_part(self, $sy: *mut $t, $sn: usize) {
                    let $sv = self;
                    // SAFETY: the caller has the level and vouches for the pointer; the mask covers n numbers.
                    unsafe { $store }
                }
                #[inline(always)]
                unsafe fn mul(self, other: Self) -> Self {
                    // SAFETY: the caller has the level.
                    unsafe { $mul(self, other) }
                }
                #[inline(always)]
                unsafe fn mul_add(self, a: Self, b: Self) -> Self {
                    // SAFETY: the caller has the level.
                    unsafe { $fma(self, a, b) }
                }
                #[inline(always)]
                unsafe fn sum(self) -> $t {
                    let $sum = self;
                    // SAFETY: the caller has the level.
                    unsafe { $total }
                }
            }
        };
    }
    vector! {
        __m512 of f32, 16: _mm512_set1_ps, _mm512_loadu_ps, _mm512_storeu_ps, _mm512_mul_ps, _mm512_fmadd_ps;
        load_part(x, n) _mm512_maskz_loadu_ps(((1u32 << n) - 1) as u16, x);
        store_part(v, y, n) _mm512_mask_storeu_ps(y, ((1u32 << n) - 1) as u16, v);
        sum(v) _mm256_add_ps(_mm512_castps512_ps256(v), _mm512_extractf32x8_ps::<1>(v)).sum();
    }
    vector! {
        __m256 of f32, 8: _mm256_set1_ps, _mm256_loadu_ps, _mm256_storeu_ps, _mm256_mul_ps, _mm256_fmadd_ps;
        load_part(x, n) _mm256_maskload_ps(x, mask8(n));
        store_part(v, y, n) _mm256_maskstore_ps(y, mask8(n), v);
        sum(v) {
            let four = _mm_add_ps(_mm256_castps256_ps128(v), _mm256_extractf128_ps::<1>(v));
            let two = _mm_add_ps(four, _mm_movehl_ps(four, four));
            _mm_cvtss_f32(_mm_add_ss(two, _mm_shuffle_ps::<1>(two, two)))
        };
    }
    vector! {
        __m256d of f64, 4: _mm256_set1_pd, _mm256_loadu_pd, _mm256_storeu_pd, _mm256_mul_pd, _mm256_fmadd_pd;
        load_part(x, n) _mm256_maskload_pd(x, mask4(n));
        store_part(v, y, n) _mm256_maskstore_pd(y, mask4(n), v);
        sum(v) {
            let two = _mm_add_pd(_mm256_castpd256_pd128(v), _mm256_extractf128_pd::<1>(v));
            _mm_cvtsd_f64(_mm_add_sd(two, _mm_unpackhi_pd(two, two)))
        };
    }
}
