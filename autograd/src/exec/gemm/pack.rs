//! Copies of panels of B with their columns side by side, transposed if B is.

use std::cell::RefCell;

use super::Product;
use crate::element::Element;
use crate::exec::level::Level;
use crate::exec::simd::Simd;

/// Memory for packing that belongs to a thread.
pub trait Packing: Sized + 'static {
    /// Calls `f` with this thread's memory; `None` while the thread shuts down.
    fn with_packing<R>(f: impl FnOnce(&RefCell<Vec<Self>>) -> R) -> Option<R>;
    /// Writes an 8 by 8 (or smaller) block transposed. Whether it did.
    ///
    /// # Safety
    /// The processor has AVX2, `x` has 8 rows of 8 numbers `x_row` apart and `y` room for 8 rows
    /// `y_row` apart.
    unsafe fn transpose_8x8(x: *const Self, x_row: usize, y: *mut Self, y_row: usize);
}

macro_rules! packing {
    ($t:ident) => {
        fn with_packing<R>(f: impl FnOnce(&RefCell<Vec<$t>>) -> R) -> Option<R> {
            thread_local! {
                static PACKING: RefCell<Vec<$t>> = const { RefCell::new(Vec::new()) };
            }
            PACKING.try_with(f).ok()
        }
    };
}

impl Packing for f32 {
    packing!(f32);
    #[inline(always)]
    #[cfg(target_arch = "x86_64")]
    unsafe fn transpose_8x8(x: *const f32, x_row: usize, y: *mut f32, y_row: usize) {
        use std::arch::x86_64::*;
        // SAFETY: the caller vouches for the pointers and the level.
        unsafe {
            // Rows r and r + 4 share a register from the beginning, so no lane is crossed later.
            let mut half = [[_mm256_setzero_ps(); 4]; 2];
            for h in 0..2 {
                for r in 0..4 {
                    let low = _mm_loadu_ps(x.add(r * x_row + 4 * h));
                    let high = _mm_loadu_ps(x.add((r + 4) * x_row + 4 * h));
                    half[h][r] = _mm256_insertf128_ps::<1>(_mm256_castps128_ps256(low), high);
                }
                let [a, b, c, d] = half[h];
                let (ab_low, ab_high) = (_mm256_unpacklo_ps(a, b), _mm256_unpackhi_ps(a, b));
                let (cd_low, cd_high) = (_mm256_unpacklo_ps(c, d), _mm256_unpackhi_ps(c, d));
                let y = y.add(4 * h * y_row);
                _mm256_storeu_ps(y, _mm256_shuffle_ps::<0x44>(ab_low, cd_low));
                _mm256_storeu_ps(y.add(y_row), _mm256_shuffle_ps::<0xee>(ab_low, cd_low));
                _mm256_storeu_ps(y.add(2 * y_row), _mm256_shuffle_ps::<0x44>(ab_high, cd_high));
                _mm256_storeu_ps(y.add(3 * y_row), _mm256_shuffle_ps::<0xee>(ab_high, cd_high));
            }
        }
    }
    #[cfg(not(target_arch = "x86_64"))]
    unsafe fn transpose_8x8(_: *const f32, _: usize, _: *mut f32, _: usize) {
        unreachable!("no such level here")
    }
}

impl Packing for f64 {
    packing!(f64);
    #[inline(always)]
    unsafe fn transpose_8x8(x: *const f64, x_row: usize, y: *mut f64, y_row: usize) {
        for r in 0..8 {
            for c in 0..8 {
                // SAFETY: the caller vouches for the pointers.
                unsafe { *y.add(c * y_row + r) = *x.add(r * x_row + c) };
            }
        }
    }
}

/// Memory for packing, taken from the thread until it is given back.
pub(super) struct Scratch<T> {
    pub(super) numbers: Vec<T>,
}

impl<T: Element> Scratch<T> {
    /// Room for at least `len` numbers, of any value.
    pub(super) fn take(len: usize) -> Scratch<T> {
        if len == 0 {
            return Scratch { numbers: Vec::new() };
        }
        let mut numbers = T::with_packing(|packing| packing.take()).unwrap_or_default();
        if numbers.len() < len {
            numbers.resize(len, T::default());
        }
        Scratch { numbers }
    }

    /// Keeps the memory for this thread's next product.
    pub(super) fn give_back(self) {
        if !self.numbers.is_empty() {
            T::with_packing(|packing| packing.replace(self.numbers));
        }
    }
}

/// Copies rows `k_at..k_at + k` and columns `n_at..n_at + columns` of op(B) to `out`, in rows of
/// `wide` numbers. What is between `columns` and `wide` is of any value.
#[inline(always)]
#[allow(clippy::too_many_arguments)] // The parts of one rectangle; a struct would be built once and read once.
pub(super) fn pack<L: Simd, T: Element>(
    b: &[T],
    product: &Product<T>,
    k_at: usize,
    k: usize,
    n_at: usize,
    columns: usize,
    wide: usize,
    out: &mut [T],
) {
    let out = &mut out[..k * wide];
    if !product.b_transposed {
        for (p, row) in out.chunks_exact_mut(wide).enumerate() {
            row[..columns].copy_from_slice(&b[(k_at + p) * product.n + n_at..][..columns]);
        }
        return;
    }
    let by_eights = if L::LEVEL == Level::Portable { 0 } else { 8 };
    let (fast_columns, fast_k) = if by_eights == 0 { (0, 0) } else { (columns / 8 * 8, k / 8 * 8) };
    for j in (0..fast_columns).step_by(8) {
        let rows = &b[(n_at + j) * product.k + k_at..][..7 * product.k + k];
        for p in (0..fast_k).step_by(8) {
            // SAFETY: the level has AVX2. Eight rows of B, `product.k` apart, have k numbers each in
            // `rows`; `out` has rows up to `p + 7` of `wide` numbers, and `j + 7` is below `columns`.
            unsafe {
                T::transpose_8x8(rows.as_ptr().add(p), product.k, out.as_mut_ptr().add(p * wide + j), wide);
            }
        }
    }
    for j in 0..columns {
        let column = &b[(n_at + j) * product.k + k_at..][..k];
        let first = if j < fast_columns { fast_k } else { 0 };
        for p in first..k {
            out[p * wide + j] = column[p];
        }
    }
}
