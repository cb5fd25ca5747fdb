//! Products by tiles of C: a tile's sums stay in registers while k goes by; each step multiplies a
//! column of A with a row of B.
//!
//! A sum goes in the order of k (by blocks, if k is large), whatever tile an element is in.

use super::Product;
use super::pack::{Scratch, pack};
use crate::element::Element;
use crate::exec::level::Level;
use crate::exec::simd::Simd;
use crate::exec::vector::Vector;

/// Steps of k in a block: a panel of B and the rows of A that it meets stay in the second-level cache.
const K_BLOCK: usize = 1024;
/// Rows of A in a block.
const M_BLOCK: usize = 168;
/// From so many tiles of rows on, a panel of B is copied before it is used.
const PACK_FROM: usize = 3;

/// Most rows of a tile: with two vectors of columns, what the registers of the level hold.
const fn most_rows(level: Level) -> usize {
    match level {
        Level::Portable => 4,
        Level::Avx2 => 6,
        Level::Avx512 => 14,
    }
}

/// One tile of C, and the operands that it needs.
#[derive(Clone, Copy)]
struct Tile<T> {
    k: usize,
    a: *const T,
    a_row: usize,
    a_step: usize,
    b: *const T,
    b_step: usize,
    c: *mut T,
    c_row: usize,
    /// Columns in the last vector, at least one.
    last: usize,
    alpha: T,
    accumulate: bool,
}

#[inline(always)]
pub(super) fn product<L: Simd, T: Element, V: Vector<T>>(
    product: &Product<T>,
    a: &[T],
    b: &[T],
    c: &mut [T],
) {
    let Product { m, n, k, alpha, .. } = *product;
    let (a_row, a_step) = if product.a_transposed { (1, m) } else { (k, 1) };
    let panel = 2 * V::LANES;
    let copies = product.b_transposed || m > (PACK_FROM - 1) * most_rows(L::LEVEL);
    let mut scratch = Scratch::take(if copies { panel * k.min(K_BLOCK) } else { 0 });
    let blocks = k.div_ceil(K_BLOCK).max(1);
    let k_block = k.div_ceil(blocks);
    for block in 0..blocks {
        let k_at = block * k_block;
        let k_now = k_block.min(k - k_at);
        for m_at in (0..m).step_by(M_BLOCK) {
            let m_end = m.min(m_at + M_BLOCK);
            for n_at in (0..n).step_by(panel) {
                let columns = panel.min(n - n_at);
                let vectors = columns.div_ceil(V::LANES);
                let (b, b_step) = if copies {
                    let wide = vectors * V::LANES;
                    pack::<L, T>(b, product, k_at, k_now, n_at, columns, wide, &mut scratch.numbers);
                    (scratch.numbers.as_ptr(), wide)
                } else {
                    (b[k_at * n + n_at..].as_ptr(), n)
                };
                let tiles = (m_end - m_at).div_ceil(most_rows(L::LEVEL));
                let rows = (m_end - m_at).div_ceil(tiles);
                for i in (m_at..m_end).step_by(rows) {
                    let tile = Tile {
                        k: k_now,
                        a: a[(i * a_row + k_at * a_step).min(a.len())..].as_ptr(),
                        a_row,
                        a_step,
                        b,
                        b_step,
                        c: c[i * n + n_at..].as_mut_ptr(),
                        c_row: n,
                        last: columns - (vectors - 1) * V::LANES,
                        alpha,
                        accumulate: product.accumulate || block > 0,
                    };
                    // SAFETY: the caller has the level. The tile's rows and columns are inside C, its
                    // rows and steps inside A; B is read in rows of `columns` numbers, or as packed.
                    unsafe { run::<L, T, V>(tile, rows.min(m_end - i), vectors) };
                }
            }
        }
    }
    scratch.give_back();
}

/// Runs the tile's kernel for its number of rows and vectors.
#[inline(always)]
unsafe fn run<L: Simd, T: Element, V: Vector<T>>(tile: Tile<T>, rows: usize, vectors: usize) {
    macro_rules! by_rows {
        ($($rows:literal)*) => {
            match (rows, vectors) {
                $(($rows, 1) if $rows <= most_rows(L::LEVEL) => kernel::<T, V, $rows, 1>(tile),
                ($rows, 2) if $rows <= most_rows(L::LEVEL) => kernel::<T, V, $rows, 2>(tile),)*
                _ => unreachable!("a tile of {rows} rows"),
            }
        };
    }
    // SAFETY: passed on from the caller.
    unsafe { by_rows!(1 2 3 4 5 6 7 8 9 10 11 12 13 14) }
}

#[inline(always)]
unsafe fn kernel<T: Element, V: Vector<T>, const ROWS: usize, const VECTORS: usize>(tile: Tile<T>) {
    // SAFETY: the caller has the level and vouches for the tile.
    unsafe {
        let mut sums = [[V::splat(T::default()); VECTORS]; ROWS];
        let (mut a, mut b) = (tile.a, tile.b);
        for _ in 0..tile.k {
            let mut row = [V::splat(T::default()); VECTORS];
            for v in 0..VECTORS - 1 {
                row[v] = V::load(b.add(v * V::LANES));
            }
            row[VECTORS - 1] = V::load_part(b.add((VECTORS - 1) * V::LANES), tile.last);
            for i in 0..ROWS {
                let x = V::splat(*a.add(i * tile.a_row));
                for v in 0..VECTORS {
                    sums[i][v] = x.mul_add(row[v], sums[i][v]);
                }
            }
            a = a.wrapping_add(tile.a_step);
            b = b.wrapping_add(tile.b_step);
        }
        let alpha = V::splat(tile.alpha);
        for i in 0..ROWS {
            for v in 0..VECTORS {
                let c = tile.c.add(i * tile.c_row + v * V::LANES);
                if v + 1 < VECTORS {
                    let old = if tile.accumulate { V::load(c) } else { V::splat(T::default()) };
                    finish(sums[i][v], alpha, old, tile.accumulate).store(c);
                } else {
                    let old =
                        if tile.accumulate { V::load_part(c, tile.last) } else { V::splat(T::default()) };
                    finish(sums[i][v], alpha, old, tile.accumulate).store_part(c, tile.last);
                }
            }
        }
    }
}

/// alpha · sum, added to the old value if there is one.
#[inline(always)]
unsafe fn finish<T: Element, V: Vector<T>>(sum: V, alpha: V, old: V, accumulate: bool) -> V {
    // SAFETY: the caller has the level.
    unsafe { if accumulate { alpha.mul_add(sum, old) } else { alpha.mul(sum) } }
}
