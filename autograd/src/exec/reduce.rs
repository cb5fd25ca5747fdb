//! Reductions whose order of operations is part of their definition: the same bits at every level,
//! on any number of threads, and however a sequence is cut into pieces.
//!
//! A sum goes by blocks of 1024 numbers. In a block, number i is added to lane i % 16 in order; the
//! lanes are joined by halves (lane i with lane i + 8, then 4, 2, 1); block sums are added in order
//! in `f64`. Sums of columns go by blocks of 64 rows, added in order.

use super::kernels::{Kernels, table};
use super::level::Level;
use super::part::{BLOCK, load};
use super::simd::{Simd, kernels};
use crate::element::Element;

/// Numbers in a block of a sum.
const SUM_BLOCK: usize = 1024;
/// Rows in a block of a sum of columns.
const ROW_BLOCK: usize = 64;

/// `out[r]` = the sum of row r of `x`, whose rows have `width` numbers.
///
/// # Panics
/// If `x` has not `out.len()` rows.
pub(crate) fn sum_rows<T: Element>(level: Level, x: &[T], width: usize, out: &mut [T]) {
    // SAFETY: `table` checks the level.
    unsafe { (table::<T>(level).sum_rows)(x, width, out) }
}

/// `out[r]` = the largest number of row r: NaN if there is one, -∞ for width 0, and +0 for -0.
///
/// # Panics
/// As [`sum_rows`].
pub(crate) fn max_rows<T: Element>(level: Level, x: &[T], width: usize, out: &mut [T]) {
    // SAFETY: `table` checks the level.
    unsafe { (table::<T>(level).max_rows)(x, width, out) }
}

/// `out[r]` = the smallest number of row r: NaN if there is one, ∞ for width 0, and +0 for -0.
///
/// # Panics
/// As [`sum_rows`].
pub(crate) fn min_rows<T: Element>(level: Level, x: &[T], width: usize, out: &mut [T]) {
    // SAFETY: `table` checks the level.
    unsafe { (table::<T>(level).min_rows)(x, width, out) }
}

/// `acc[j]` += each `rows[r, j]`, in the order of r.
///
/// # Panics
/// If `rows` is not whole rows as long as `acc`.
pub(crate) fn add_rows<T: Element>(level: Level, acc: &mut [T], rows: &[T]) {
    // SAFETY: `table` checks the level.
    unsafe { (table::<T>(level).add_rows)(acc, rows) }
}

/// The sum of a sequence that comes in pieces: the same bits as [`sum_rows`] of all of it as one row.
#[derive(Clone, Copy)]
pub(crate) struct TotalSum<T> {
    lanes: [T; BLOCK],
    /// How many numbers of the current block have come.
    at: usize,
    total: f64,
}

impl<T: Element> TotalSum<T> {
    /// The sum of nothing.
    pub(crate) fn new() -> Self {
        TotalSum { lanes: [T::default(); BLOCK], at: 0, total: 0.0 }
    }

    /// Adds the next numbers.
    pub(crate) fn push(&mut self, level: Level, x: &[T]) {
        // SAFETY: `table` checks the level.
        unsafe { (table::<T>(level).push)(self, x) }
    }

    /// The sum of all that came.
    pub(crate) fn finish(&self) -> T {
        T::from_f64(self.total + join_sum(self.lanes).to_f64())
    }
}

/// The largest (or smallest) number of a sequence that comes in pieces, as [`max_rows`] of all of it.
#[derive(Clone, Copy)]
pub(crate) struct TotalExtreme<T, const MAX: bool>(T);
/// The largest number of a sequence that comes in pieces.
pub(crate) type TotalMax<T> = TotalExtreme<T, true>;
/// The smallest number of a sequence that comes in pieces.
pub(crate) type TotalMin<T> = TotalExtreme<T, false>;

impl<T: Element, const MAX: bool> TotalExtreme<T, MAX> {
    /// The extreme of nothing: -∞ or ∞.
    pub(crate) fn new() -> Self {
        TotalExtreme(empty::<T, MAX>())
    }

    /// Looks at the next numbers.
    pub(crate) fn push(&mut self, level: Level, x: &[T]) {
        let mut extreme = [self.0];
        if MAX {
            max_rows(level, x, x.len(), &mut extreme)
        } else {
            min_rows(level, x, x.len(), &mut extreme)
        }
        self.0 = further::<T, MAX>(self.0, extreme[0]);
    }

    /// The extreme of all that came.
    pub(crate) fn finish(&self) -> T {
        self.0
    }
}

/// Sums of columns of rows that come in pieces: the same bits however they are cut.
///
/// The caller keeps two rows of numbers for it, the current block's and the total.
#[derive(Clone, Copy)]
pub(crate) struct ColumnSum {
    /// How many rows of the current block have come.
    rows: usize,
}

impl ColumnSum {
    /// The sums of nothing; sets both rows to 0.
    pub(crate) fn new<T: Element>(block: &mut [T], total: &mut [T]) -> Self {
        block.fill(T::default());
        total.fill(T::default());
        ColumnSum { rows: 0 }
    }

    /// Adds the next rows, each as long as `block` and `total`.
    ///
    /// # Panics
    /// If the lengths do not fit.
    pub(crate) fn push<T: Element>(&mut self, level: Level, block: &mut [T], total: &mut [T], rows: &[T]) {
        let width = block.len();
        let mut rest = rows;
        while !rest.is_empty() {
            let (now, later) = rest.split_at(rest.len().min((ROW_BLOCK - self.rows) * width));
            add_rows(level, block, now);
            self.rows += now.len() / width;
            if self.rows == ROW_BLOCK {
                self.finish(level, block, total);
            }
            rest = later;
        }
    }

    /// Adds the last, incomplete block, so that `total` has the sums.
    pub(crate) fn finish<T: Element>(&mut self, level: Level, block: &mut [T], total: &mut [T]) {
        if self.rows > 0 {
            add_rows(level, total, block);
            block.fill(T::default());
            self.rows = 0;
        }
    }
}

kernels! {
    /// Reductions at each level.
    ReduceKernels {
        /// Sums of rows.
        fn sum_rows[T: Kernels](x: &[T], width: usize, out: &mut [T]) = sum_rows_body;
        /// Largest numbers of rows.
        fn max_rows[T: Kernels](x: &[T], width: usize, out: &mut [T]) = max_rows_body;
        /// Smallest numbers of rows.
        fn min_rows[T: Kernels](x: &[T], width: usize, out: &mut [T]) = min_rows_body;
        /// More numbers of a sum.
        fn push[T: Kernels](sum: &mut TotalSum<T>, x: &[T]) = push_body;
        /// Adds rows to a row.
        fn add_rows[T: Kernels](acc: &mut [T], rows: &[T]) = add_rows_body;
    }
}

#[inline(always)]
fn add_block<T: Element>(lanes: &mut [T; BLOCK], x: &[T; BLOCK]) {
    for i in 0..BLOCK {
        lanes[i] = lanes[i] + x[i];
    }
}

/// The sum of the lanes, by halves.
#[inline(always)]
fn join_sum<T: Element>(mut lanes: [T; BLOCK]) -> T {
    for half in [8, 4, 2, 1] {
        for i in 0..half {
            lanes[i] = lanes[i] + lanes[i + half];
        }
    }
    lanes[0]
}

#[inline(always)]
fn row_count<T>(x: &[T], width: usize, out: &[T]) {
    assert_eq!(x.len(), width * out.len(), "{} rows of {width} numbers were expected", out.len());
}

#[inline(always)]
fn sum_rows_body<L: Simd, T: Kernels>(x: &[T], width: usize, out: &mut [T]) {
    row_count(x, width, out);
    let mut rest = x;
    for out in out {
        let (row, next) = rest.split_at(width);
        let mut total = 0.0;
        for block in row.chunks(SUM_BLOCK) {
            let (whole, part) = block.as_chunks();
            let mut lanes = [T::default(); BLOCK];
            for x in whole {
                add_block(&mut lanes, x);
            }
            if !part.is_empty() {
                // The zeros after the part change no lane: a sum that began with +0 is never -0.
                add_block(&mut lanes, &T::load_part::<L>(part));
            }
            total += join_sum(lanes).to_f64();
        }
        *out = T::from_f64(total);
        rest = next;
    }
}

#[inline(always)]
fn push_body<L: Simd, T: Kernels>(sum: &mut TotalSum<T>, x: &[T]) {
    let mut rest = x;
    while !rest.is_empty() {
        let lane = sum.at % BLOCK;
        let taken = if lane != 0 || rest.len() < BLOCK {
            let taken = rest.len().min(BLOCK - lane);
            for (lane, x) in sum.lanes[lane..].iter_mut().zip(&rest[..taken]) {
                *lane = *lane + *x;
            }
            taken
        } else {
            let (whole, _) = rest[..rest.len().min(SUM_BLOCK - sum.at)].as_chunks();
            let mut lanes = sum.lanes;
            for x in whole {
                add_block(&mut lanes, x);
            }
            sum.lanes = lanes;
            whole.len() * BLOCK
        };
        sum.at += taken;
        if sum.at == SUM_BLOCK {
            *sum = TotalSum { total: sum.total + join_sum(sum.lanes).to_f64(), ..TotalSum::new() };
        }
        rest = &rest[taken..];
    }
}

#[inline(always)]
fn empty<T: Element, const MAX: bool>() -> T {
    T::lit(if MAX { f64::NEG_INFINITY } else { f64::INFINITY })
}

/// The one of two numbers that is further out; NaN if either is.
#[inline(always)]
fn further<T: Element, const MAX: bool>(a: T, b: T) -> T {
    // Not the other way round: a NaN in `a` stays, because nothing is further out than NaN.
    let nan = b.partial_cmp(&b).is_none();
    if (if MAX { b > a } else { b < a }) | nan { b } else { a }
}

#[inline(always)]
fn extreme_rows<L: Simd, T: Kernels, const MAX: bool>(x: &[T], width: usize, out: &mut [T]) {
    row_count(x, width, out);
    let mut rest = x;
    for out in out {
        let (row, next) = rest.split_at(width);
        let mut lanes = [empty::<T, MAX>(); BLOCK];
        let (whole, part) = row.as_chunks::<BLOCK>();
        for x in whole {
            for i in 0..BLOCK {
                lanes[i] = further::<T, MAX>(lanes[i], x[i]);
            }
        }
        if !part.is_empty() {
            let x = T::load_part::<L>(part);
            for i in 0..BLOCK {
                let x = if i < part.len() { x[i] } else { empty::<T, MAX>() };
                lanes[i] = further::<T, MAX>(lanes[i], x);
            }
        }
        for half in [8, 4, 2, 1] {
            for i in 0..half {
                lanes[i] = further::<T, MAX>(lanes[i], lanes[i + half]);
            }
        }
        // Adding 0 makes -0 into +0: which of two equal zeros is found would depend on the order.
        *out = lanes[0] + T::default();
        rest = next;
    }
}

#[inline(always)]
fn max_rows_body<L: Simd, T: Kernels>(x: &[T], width: usize, out: &mut [T]) {
    extreme_rows::<L, T, true>(x, width, out);
}

#[inline(always)]
fn min_rows_body<L: Simd, T: Kernels>(x: &[T], width: usize, out: &mut [T]) {
    extreme_rows::<L, T, false>(x, width, out);
}

#[inline(always)]
fn add_rows_body<L: Simd, T: Kernels>(acc: &mut [T], rows: &[T]) {
    let width = acc.len();
    if rows.is_empty() {
        return;
    }
    assert!(width > 0 && rows.len().is_multiple_of(width), "rows of {width} numbers were expected");
    let (whole, part) = acc.as_chunks_mut();
    // Columns by fours of blocks, which stay in registers while the rows go by.
    let (fours, ones) = whole.as_chunks_mut();
    for (at, acc) in fours.iter_mut().enumerate() {
        add_columns::<L, T, 4>(acc, &rows[at * 4 * BLOCK..], width);
    }
    let done = fours.len() * 4;
    for (at, acc) in ones.iter_mut().enumerate() {
        add_columns::<L, T, 1>(std::array::from_mut(acc), &rows[(done + at) * BLOCK..], width);
    }
    if !part.is_empty() {
        let mut lanes = load::<L, T>(part);
        let first = width - part.len();
        let mut at = first;
        while at < rows.len() {
            add_block(&mut lanes, &T::load_part::<L>(&rows[at..at + part.len()]));
            at += width;
        }
        T::store_part::<L>(&lanes, part);
    }
}

/// Adds the columns at the beginning of each row.
#[inline(always)]
fn add_columns<L: Simd, T: Kernels, const N: usize>(acc: &mut [[T; BLOCK]; N], rows: &[T], width: usize) {
    let mut sums = *acc;
    let mut rest = rows;
    loop {
        let (row, _) = rest[..N * BLOCK].as_chunks();
        for i in 0..N {
            add_block(&mut sums[i], &row[i]);
        }
        if rest.len() < width + N * BLOCK {
            break;
        }
        rest = &rest[width..];
    }
    *acc = sums;
}
