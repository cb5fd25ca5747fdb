//! Products of a few rows of A with a transposed B: both are read along k, so that nothing is copied.

use super::Product;
use crate::element::Element;
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

#[inline(always)]
pub(super) fn product<L: Simd, T: Element, V: Vector<T>>(
    product: &Product<T>,
    a: &[T],
    b: &[T],
    c: &mut [T],
) {
    let Product { m, n, k, .. } = *product;
    let (most_rows, most_columns) = side(L::LEVEL);
    let rows = m.div_ceil(m.div_ceil(most_rows));
    let columns = n.div_ceil(n.div_ceil(most_columns));
    for j in (0..n).step_by(columns) {
        let columns = columns.min(n - j);
        for i in (0..m).step_by(rows) {
            let rows = rows.min(m - i);
            let (a, b) = (a[i * k..(i + rows) * k].as_ptr(), b[j * k..(j + columns) * k].as_ptr());
            let c = c[i * n + j..(i + rows - 1) * n + j + columns].as_mut_ptr();
            macro_rules! by_size {
                ($($rows:literal)*) => {
                    match rows {
                        $($rows if $rows <= most_rows => by_size!(@ $rows 1 2 3 4 5),)*
                        _ => unreachable!("a tile of {rows} rows"),
                    }
                };
                (@ $rows:literal $($columns:literal)*) => {
                    match columns {
                        // SAFETY: the caller has the level; the slices above hold the tile's rows.
                        $($columns if $columns <= most_columns => unsafe {
                            kernel::<L, T, V, $rows, $columns>(product, a, b, c)
                        },)*
                        _ => unreachable!("a tile of {columns} columns"),
                    }
                };
            }
            by_size!(1 2 3 4 5);
        }
    }
}

/// `c[i, j]` from row i of A and row j of B, for a tile.
#[inline(always)]
unsafe fn kernel<L: Simd, T: Element, V: Vector<T>, const ROWS: usize, const COLUMNS: usize>(
    product: &Product<T>,
    a: *const T,
    b: *const T,
    c: *mut T,
) {
    let Product { n, k, .. } = *product;
    // SAFETY: the caller has the level and vouches for ROWS rows of A and of C and COLUMNS rows of B.
    unsafe {
        let mut sums = [[V::splat(T::default()); COLUMNS]; ROWS];
        let mut p = 0;
        while p < k {
            let now = V::LANES.min(k - p);
            let load = |x: *const T| if now == V::LANES { V::load(x) } else { V::load_part(x, now) };
            let mut columns = [V::splat(T::default()); COLUMNS];
            for j in 0..COLUMNS {
                columns[j] = load(b.add(j * k + p));
            }
            for i in 0..ROWS {
                let row = load(a.add(i * k + p));
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
