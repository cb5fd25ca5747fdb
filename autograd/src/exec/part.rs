//! Blocks of 16 numbers, the unit in which kernels compute, and the shorter ones at the end of a
//! slice, which are read and written under a mask where the level has masks.

use super::kernels::Kernels;
use super::level::Level;
use super::simd::Simd;

/// Numbers in a block: one 512-bit vector of `f32`.
pub(super) const BLOCK: usize = 16;

/// Reads and writes the beginning of a block.
pub(super) trait Part: Sized {
    /// A block that begins with `x` (fewer than 16 numbers) and goes on with zeros.
    fn load_part<L: Simd>(x: &[Self]) -> [Self; BLOCK];
    /// Writes the beginning of a block to `y` (fewer than 16 numbers).
    fn store_part<L: Simd>(block: &[Self; BLOCK], y: &mut [Self]);
}

/// A whole block, or a part filled up with zeros.
#[inline(always)]
pub(super) fn load<L: Simd, T: Kernels>(x: &[T]) -> [T; BLOCK] {
    match x.first_chunk() {
        Some(whole) => *whole,
        None => T::load_part::<L>(x),
    }
}

#[inline(always)]
fn load_by_copy<T: Kernels>(x: &[T]) -> [T; BLOCK] {
    let mut block = [T::default(); BLOCK];
    block[..x.len()].copy_from_slice(x);
    block
}

#[inline(always)]
fn store_by_copy<T: Kernels>(block: &[T; BLOCK], y: &mut [T]) {
    y.copy_from_slice(&block[..y.len()]);
}

#[cfg(not(target_arch = "x86_64"))]
mod masked {
    use super::*;
    macro_rules! part {
        ($($t:ident),*) => {$(
            impl Part for $t {
                #[inline(always)]
                fn load_part<L: Simd>(x: &[$t]) -> [$t; BLOCK] {
                    load_by_copy(x)
                }
                #[inline(always)]
                fn store_part<L: Simd>(block: &[$t; BLOCK], y: &mut [$t]) {
                    store_by_copy(block, y);
                }
            }
        )*};
    }
    part!(f32, f64);
}

#[cfg(target_arch = "x86_64")]
mod masked {
    use std::arch::x86_64::*;

    use super::*;

    /// Ones and then zeros: a window into it masks the beginning of a vector.
    const ONES: [i64; 16] = [-1, -1, -1, -1, -1, -1, -1, -1, 0, 0, 0, 0, 0, 0, 0, 0];
    const HALF_ONES: [i32; 16] = [-1, -1, -1, -1, -1, -1, -1, -1, 0, 0, 0, 0, 0, 0, 0, 0];

    impl Part for f32 {
        #[inline(always)]
        fn load_part<L: Simd>(x: &[f32]) -> [f32; BLOCK] {
            assert!(x.len() < BLOCK);
            match L::LEVEL {
                Level::Portable => load_by_copy(x),
                Level::Avx2 => {
                    let mut block = [0.0; BLOCK];
                    let low = x.len().min(8);
                    // SAFETY: code at this level runs only on a processor that has it. The masks let
                    // `low` and `len - low` numbers be read, which are in `x`; `HALF_ONES` has 8
                    // numbers from `8 - count` on, and `block` has room for 16.
                    unsafe {
                        let mask = _mm256_loadu_si256(HALF_ONES.as_ptr().add(8 - low).cast());
                        _mm256_storeu_ps(block.as_mut_ptr(), _mm256_maskload_ps(x.as_ptr(), mask));
                        if x.len() > 8 {
                            let mask = _mm256_loadu_si256(HALF_ONES.as_ptr().add(16 - x.len()).cast());
                            let high = _mm256_maskload_ps(x.as_ptr().add(8), mask);
                            _mm256_storeu_ps(block.as_mut_ptr().add(8), high);
                        }
                    }
                    block
                }
                Level::Avx512 => {
                    let mut block = [0.0; BLOCK];
                    // SAFETY: code at this level runs only on a processor that has it. The mask lets
                    // `len` numbers be read, which are in `x`; `block` has room for 16.
                    unsafe {
                        let vector = _mm512_maskz_loadu_ps((1 << x.len()) - 1, x.as_ptr());
                        _mm512_storeu_ps(block.as_mut_ptr(), vector);
                    }
                    block
                }
            }
        }

        #[inline(always)]
        fn store_part<L: Simd>(block: &[f32; BLOCK], y: &mut [f32]) {
            assert!(y.len() < BLOCK);
            match L::LEVEL {
                Level::Portable => store_by_copy(block, y),
                Level::Avx2 => {
                    let low = y.len().min(8);
                    // SAFETY: as in `load_part`, with `y` written where `x` was read.
                    unsafe {
                        let mask = _mm256_loadu_si256(HALF_ONES.as_ptr().add(8 - low).cast());
                        _mm256_maskstore_ps(y.as_mut_ptr(), mask, _mm256_loadu_ps(block.as_ptr()));
                        if y.len() > 8 {
                            let mask = _mm256_loadu_si256(HALF_ONES.as_ptr().add(16 - y.len()).cast());
                            let high = _mm256_loadu_ps(block.as_ptr().add(8));
                            _mm256_maskstore_ps(y.as_mut_ptr().add(8), mask, high);
                        }
                    }
                }
                // SAFETY: as in `load_part`, with `y` written where `x` was read.
                Level::Avx512 => unsafe {
                    let vector = _mm512_loadu_ps(block.as_ptr());
                    _mm512_mask_storeu_ps(y.as_mut_ptr(), (1 << y.len()) - 1, vector);
                },
            }
        }
    }

    impl Part for f64 {
        #[inline(always)]
        fn load_part<L: Simd>(x: &[f64]) -> [f64; BLOCK] {
            assert!(x.len() < BLOCK);
            if L::LEVEL == Level::Portable {
                return load_by_copy(x);
            }
            let mut block = [0.0; BLOCK];
            let mut at = 0;
            while at < x.len() {
                let count = (x.len() - at).min(4);
                // SAFETY: code at this level runs only on a processor that has it. The mask lets
                // `count` numbers be read from `at` on, which are in `x`; `ONES` has 4 numbers from
                // `8 - count` on; `at` is 12 at the most, so `block` has room for 4 more.
                unsafe {
                    let mask = _mm256_loadu_si256(ONES.as_ptr().add(8 - count).cast());
                    let vector = _mm256_maskload_pd(x.as_ptr().add(at), mask);
                    _mm256_storeu_pd(block.as_mut_ptr().add(at), vector);
                }
                at += 4;
            }
            block
        }

        #[inline(always)]
        fn store_part<L: Simd>(block: &[f64; BLOCK], y: &mut [f64]) {
            assert!(y.len() < BLOCK);
            if L::LEVEL == Level::Portable {
                return store_by_copy(block, y);
            }
            let mut at = 0;
            while at < y.len() {
                let count = (y.len() - at).min(4);
                // SAFETY: as in `load_part`, with `y` written where `x` was read.
                unsafe {
                    let mask = _mm256_loadu_si256(ONES.as_ptr().add(8 - count).cast());
                    let vector = _mm256_loadu_pd(block.as_ptr().add(at));
                    _mm256_maskstore_pd(y.as_mut_ptr().add(at), mask, vector);
                }
                at += 4;
            }
        }
    }
}
