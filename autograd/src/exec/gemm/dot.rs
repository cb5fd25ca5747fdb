//! Products of a few rows of A with a transposed B: both are read along k, so that nothing is copied.

// Indices run over registers, all of which are named in one step.
#![allow(clippy::needless_range_loop)]

use super::{GemmKernels, Product};
use crate::exec::kernels::Kernels;
use crate::exec::level::Level;
use crate::exec::simd::Simd;
use crate::exec::vector::Vector;

/// Rows of A and rows of B in a tile: what the registers of the level hold.
const fn side(level: Level) -> (usize, usize) {
    match level {
        Level::Portable => (2, 2),
        Level::Avx2 => (3, 3),
        Level::Avx512 => (5, 5),
    }
}

/// A tile of C, and the operands that it needs.
pub(in crate::exec) struct DotTile<'a, T> {
    product: &'a Product<T>,
    a: *const T,
    b: *const T,
    c: *mut T,
}

#[inline(always)]
pub(super) fn dot_body<L: GemmKernels, T: Kernels, V: Vector<T>>(
    product: &Product<T>,
    a: &[T],
    b: &[T],
    c: &mut [T],
) {
    let Product { m, n, k, .. } = *product;
    let (most_rows, most_columns) = side(L::LEVEL);
    let most_columns = n.div_ceil(n.div_ceil(most_columns));
    let most_rows = m.div_ceil(m.div_ceil(most_rows));
    let mut j = 0;
    while j < n {
        let columns = most_columns.min(n - j);
        let mut i = 0;
        while i < m {
            let rows = most_rows.min(m - i);
            let tile = DotTile {
                product,
                a: a[i * k..(i + rows) * k].as_ptr(),
                b: b[j * k..(j + columns) * k].as_ptr(),
                c: c[i * n + j..(i + rows - 1) * n + j + columns].as_mut_ptr(),
            };
            // SAFETY: the caller has the level; the slices above hold the tile's rows.
            unsafe { run::<L, T, V>(&tile, rows, columns) };
            i += rows;
        }
        j += columns;
    }
}

/// Runs the tile's kernel for its number of rows and columns.
#[inline(always)]
unsafe fn run<L: GemmKernels, T: Kernels, V: Vector<T>>(tile: &DotTile<T>, rows: usize, columns: usize) {
    macro_rules! by_size {
        ($($rows:literal)*) => {
            match rows {
                $($rows if const { $rows <= side(L::LEVEL).0 } => by_size!(@ $rows 1 2 3 4 5),)*
                _ => unreachable!("a tile of {rows} rows"),
            }
        };
        (@ $rows:literal $($columns:literal)*) => {
            match columns {
                $($columns if const { $columns <= side(L::LEVEL).1 } => L::dot_tile::<T, V, $rows, $columns>(tile),)*
                _ => unreachable!("a tile of {columns} columns"),
            }
        };
    }
    // SAFETY: passed on from the caller.
    unsafe { by_size!(1 2 3 4 5) }
}

/// `c[i, j]` from row i of A and row j of B, for a tile whose pointers must be good for it.
#[inline(always)]
pub(super) fn dot_tile_body<L: Simd, T: Kernels, V: Vector<T>, const ROWS: usize, const COLUMNS: usize>(
    tile: &DotTile<T>,
) {
    let DotTile { product, a, b, c } = *tile;
    let Product { n, k, .. } = *product;
    // SAFETY: the caller has the level and vouches for ROWS rows of A and of C and COLUMNS rows of B.
    unsafe {
        let mut sums = [[V::splat(T::default()); COLUMNS]; ROWS];
        let mut p = 0;
        while p < k {
            let now = V::LANES.min(k - p);
            let mut columns = [V::splat(T::default()); COLUMNS];
            for j in 0..COLUMNS {
                columns[j] = load::<T, V>(b.add(j * k + p), now);
            }
            for i in 0..ROWS {
                let row: V = load(a.add(i * k + p), now);
                for j in 0..COLUMNS {
                    sums[i][j] = row.mul_add(columns[j], sums[i][j]);
                }
            }
            p += V::LANES;
        }
        for i in 0..ROWS {
            for j in 0..COLUMNS {
                let c = c.add(i * n + j);
                let sum = sums[i][j].sum();
                *c = if product.accumulate { product.alpha.fused::<L>(sum, *c) } else { product.alpha * sum };
            }
        }
    }
}

/// `n` numbers, which are most often a whole vector.
#[inline(always)]
unsafe fn load<T, V: Vector<T>>(x: *const T, n: usize) -> V {
    // SAFETY: passed on from the caller.
    unsafe { if n == V::LANES { V::load(x) } else { V::load_part(x, n) } }
}
