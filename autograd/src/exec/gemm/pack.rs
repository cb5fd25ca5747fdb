//! Copies of blocks of A and panels of B in the order in which tiles read them, and memory for them.

// Indices run over registers, all of which are named in one step.
#![allow(clippy::needless_range_loop)]

use std::cell::RefCell;
use std::mem::MaybeUninit;
use std::ops::Range;

use super::Product;
use crate::exec::kernels::Kernels;
use crate::exec::level::Level;
use crate::exec::simd::Simd;
use crate::exec::vector::Vector;

/// Memory for packing that belongs to a thread.
pub(in crate::exec) trait Packing: Sized + 'static {
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

/// Numbers that a product keeps on the stack when it needs no more.
pub(super) const SMALL: usize = 512;

/// Memory for packing: a little on the stack, or the thread's until it is given back.
pub(super) struct Scratch<T> {
    small: [MaybeUninit<T>; SMALL],
    large: Vec<T>,
}

impl<T: Kernels> Scratch<T> {
    #[inline(always)]
    pub(super) fn new() -> Scratch<T> {
        Scratch { small: [const { MaybeUninit::uninit() }; SMALL], large: Vec::new() }
    }

    /// At least `len` numbers, of any value.
    #[inline(always)]
    pub(super) fn take(&mut self, len: usize) -> &mut [T] {
        if len <= SMALL {
            self.small[..len].fill(MaybeUninit::new(T::default()));
            // SAFETY: the first `len` numbers have just been written.
            return unsafe { std::slice::from_raw_parts_mut(self.small.as_mut_ptr().cast(), len) };
        }
        self.take_large(len)
    }

    #[inline(never)]
    fn take_large(&mut self, len: usize) -> &mut [T] {
        self.large = T::with_packing(|packing| packing.take()).unwrap_or_default();
        if self.large.len() < len {
            self.large.resize(len, T::default());
        }
        &mut self.large
    }

    /// Keeps the memory for this thread's next product.
    #[inline(always)]
    pub(super) fn give_back(&mut self) {
        if !self.large.is_empty() {
            T::with_packing(|packing| packing.replace(std::mem::take(&mut self.large)));
        }
    }
}

/// Numbers beyond the end of a copy that whole vectors may write to: the widest vector.
const SLACK: usize = 16;

/// Room for the copy of a block of A.
pub(super) fn block_room(m: usize, k: usize) -> usize {
    // Whole tiles, of at most 14 rows.
    (m + 14) * k + SLACK + 14
}

/// A block of A, where it is or copied: how tiles read it.
pub(super) struct Left<T> {
    /// The block's first number.
    pub(super) a: *const T,
    /// From a row to the next inside a tile.
    pub(super) row: usize,
    /// From a step of k to the next.
    pub(super) step: usize,
    /// From a tile to the next, for each row of the tile.
    pub(super) next: usize,
}

impl<T: Kernels> Left<T> {
    /// The block of op(A) from row `m_at` and step `k_at` on, where it is.
    #[inline(always)]
    pub(super) fn in_place(product: &Product<T>, a: &[T], m_at: usize, k_at: usize) -> Left<T> {
        let (row, step) = if product.a_transposed { (1, product.m) } else { (product.k, 1) };
        Left { a: a[(m_at * row + k_at * step).min(a.len())..].as_ptr(), row, step, next: row }
    }

    /// The block of a transposed A copied for tiles of `rows` rows, so that a tile is read in one stream.
    #[inline(always)]
    pub(super) fn copy<V: Vector<T>>(
        product: &Product<T>,
        a: &[T],
        m: Range<usize>,
        k: Range<usize>,
        rows: usize,
        out: &mut [T],
    ) -> Left<T> {
        let mut at = 0;
        for i in m.clone().step_by(rows) {
            let now = rows.min(m.end - i);
            for p in k.clone() {
                let from = &a[p * product.m + i..][..now];
                let to = &mut out[at..at + rows + SLACK];
                let mut done = 0;
                while done < now {
                    // SAFETY: the caller has the level. Reads the rest of `from`; a whole vector (16
                    // numbers at the most) fits in `to`, as `done` is less than `rows`.
                    unsafe {
                        let vector = V::load_part(from.as_ptr().add(done), (now - done).min(V::LANES));
                        vector.store(to.as_mut_ptr().add(done));
                    }
                    done += V::LANES;
                }
                at += rows;
            }
        }
        Left { a: out.as_ptr(), row: 1, step: rows, next: k.len() }
    }
}

/// Copies the steps `k` and `columns` of op(B) to `out`, in rows of `wide` numbers. What is beyond the
/// columns is of any value.
#[inline(always)]
pub(super) fn pack<L: Simd, T: Kernels>(
    b: &[T],
    product: &Product<T>,
    k: Range<usize>,
    columns: Range<usize>,
    wide: usize,
    out: &mut [T],
) {
    let out = &mut out[..k.len() * wide];
    if !product.b_transposed {
        for (p, row) in k.zip(out.chunks_exact_mut(wide)) {
            row[..columns.len()].copy_from_slice(&b[p * product.n + columns.start..][..columns.len()]);
        }
        return;
    }
    let eights = if L::LEVEL == Level::Portable { 0 } else { 8 };
    let (fast_columns, fast_k) = if eights == 0 { (0, 0) } else { (columns.len() / 8 * 8, k.len() / 8 * 8) };
    let mut j = 0;
    while j < fast_columns {
        let rows = &b[(columns.start + j) * product.k + k.start..][..7 * product.k + k.len()];
        let mut p = 0;
        while p < fast_k {
            // SAFETY: the level has AVX2. Eight rows of B, `product.k` apart, have the steps k in `rows`;
            // `out` has rows up to `p + 7` of `wide` numbers, and `j + 7` is below the columns.
            unsafe {
                T::transpose_8x8(rows.as_ptr().add(p), product.k, out.as_mut_ptr().add(p * wide + j), wide);
            }
            p += 8;
        }
        j += 8;
    }
    for (j, column) in columns.clone().enumerate() {
        let column = &b[column * product.k..][k.clone()];
        let first = if j < fast_columns { fast_k } else { 0 };
        for p in first..column.len() {
            out[p * wide + j] = column[p];
        }
    }
}
