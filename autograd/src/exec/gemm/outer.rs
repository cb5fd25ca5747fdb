//! Products by tiles of C: a tile's sums stay in registers while k goes by; each step multiplies a
//! column of A with a row of B.
//!
//! A sum goes in the order of k (by blocks, if k is large), whatever tile an element is in.

// Indices run over registers, all of which are named in one step.
#![allow(clippy::needless_range_loop)]

pub(super) use super::pack::SMALL;
use std::mem::MaybeUninit;

use super::pack::{Left, Scratch, block_room, pack};
use super::{GemmKernels, Product};
use crate::exec::kernels::Kernels;
use crate::exec::level::Level;
use crate::exec::simd::Simd;
use crate::exec::vector::Vector;

/// Most steps of k in a block, and most rows of A: a block of A and the panel of B that it meets stay in
/// the second-level cache.
const K_BLOCK: usize = 800;
const M_BLOCK: usize = 168;
/// A panel of B is copied if it is used for so many tiles or more.
const COPY_B_FROM: usize = 3;
/// A block of a transposed A is copied if it is used for so many panels or more.
const COPY_A_FROM: usize = 4;

/// Most rows of a tile: with two vectors of columns, what the registers of the level hold.
pub(super) const fn most_rows(level: Level) -> usize {
    match level {
        Level::Portable => 4,
        Level::Avx2 => 6,
        Level::Avx512 => 14,
    }
}

/// Numbers in a vector.
pub(super) const fn lanes<T>(level: Level) -> usize {
    match level {
        Level::Portable => 4,
        Level::Avx2 => 32 / size_of::<T>(),
        Level::Avx512 => 64 / size_of::<T>(),
    }
}

/// One tile of C, and the operands that it needs.
#[derive(Clone, Copy)]
pub(in crate::exec) struct Tile<T> {
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

/// The smallest number of equal pieces, of at most `most`, and how long they are (the last may be shorter).
#[inline(always)]
fn pieces(len: usize, most: usize) -> (usize, usize) {
    if len <= most {
        return (1, len); // A division takes as long as a tiny product.
    }
    let count = len.div_ceil(most);
    (count, len.div_ceil(count))
}

#[inline(always)]
pub(super) fn outer_body<L: GemmKernels, T: Kernels, V: Vector<T>>(
    product: &Product<T>,
    a: &[T],
    b: &[T],
    c: &mut [T],
) {
    let Product { m, n, k, alpha, .. } = *product;
    let most_rows = most_rows(L::LEVEL);
    let panel = 2 * V::LANES;
    let (_, k_block) = pieces(k, K_BLOCK);
    let (m_blocks, m_block) = pieces(m, M_BLOCK);
    let m_block = if m_blocks > 1 { m_block.next_multiple_of(most_rows) } else { m_block };
    let copies_b = product.b_transposed || m > (COPY_B_FROM - 1) * most_rows;
    let copies_a = product.a_transposed && n > (COPY_A_FROM - 1) * panel;
    let b_room = if copies_b { panel * k_block } else { 0 };
    let a_room = if copies_a { block_room(m_block, k_block) } else { 0 };
    let mut scratch = Scratch::new();
    let (b_copy, a_copy) = scratch.take(a_room + b_room).split_at_mut(b_room);
    let mut k_at = 0;
    loop {
        let k_now = k_block.min(k - k_at);
        let mut m_at = 0;
        while m_at < m {
            let m_now = m_block.min(m - m_at);
            let (_, rows) = pieces(m_now, most_rows);
            let left = if copies_a {
                Left::copy::<V>(product, a, m_at..m_at + m_now, k_at..k_at + k_now, rows, a_copy)
            } else {
                Left::in_place(product, a, m_at, k_at)
            };
            let mut n_at = 0;
            while n_at < n {
                let columns = panel.min(n - n_at);
                let vectors = if columns > V::LANES { 2 } else { 1 };
                let (b, b_step) = if copies_b {
                    let wide = vectors * V::LANES;
                    pack::<L, T>(b, product, k_at..k_at + k_now, n_at..n_at + columns, wide, b_copy);
                    (b_copy.as_ptr(), wide)
                } else {
                    (b[(k_at * n + n_at).min(b.len())..].as_ptr(), n)
                };
                let (mut i, mut tile_a) = (0, left.a);
                while i < m_now {
                    let tile = Tile {
                        k: k_now,
                        a: tile_a,
                        a_row: left.row,
                        a_step: left.step,
                        b,
                        b_step,
                        c: c[(m_at + i) * n + n_at..].as_mut_ptr(),
                        c_row: n,
                        last: columns - (vectors - 1) * V::LANES,
                        alpha,
                        accumulate: product.accumulate || k_at > 0,
                    };
                    // SAFETY: the caller has the level. The tile's rows and columns are inside C, its
                    // rows and steps inside A or its copy; B is read in rows of `columns` numbers.
                    unsafe { run::<L, T, V>(&tile, rows.min(m_now - i), vectors) };
                    i += rows;
                    tile_a = tile_a.wrapping_add(rows * left.next);
                }
                n_at += panel;
            }
            m_at += m_block;
        }
        k_at += k_block;
        if k_at >= k {
            break;
        }
    }
    scratch.give_back();
}

/// A product that is one tile, with few steps.
#[inline(always)]
pub(super) fn tiny_body<L: GemmKernels, T: Kernels, V: Vector<T>>(
    product: &Product<T>,
    a: &[T],
    b: &[T],
    c: &mut [T],
) {
    let Product { m, n, k, alpha, accumulate, .. } = *product;
    let vectors = if n > V::LANES { 2 } else { 1 };
    let wide = vectors * V::LANES;
    let mut copy = [const { MaybeUninit::uninit() }; SMALL];
    let (b, b_step) = if product.b_transposed {
        for j in 0..n {
            let column = &b[j * k..][..k];
            for p in 0..k {
                copy[p * wide + j].write(column[p]);
            }
        }
        (copy.as_ptr().cast(), wide)
    } else {
        (b.as_ptr(), n)
    };
    let left = Left::in_place(product, a, 0, 0);
    let last = n - (vectors - 1) * V::LANES;
    let c = c.as_mut_ptr();
    let tile = Tile {
        k,
        a: left.a,
        a_row: left.row,
        a_step: left.step,
        b,
        b_step,
        c,
        c_row: n,
        last,
        alpha,
        accumulate,
    };
    // SAFETY: the caller has the level. The tile is the whole product; a row of B has n numbers, and only
    // these are read.
    unsafe { run::<L, T, V>(&tile, m, vectors) };
}

/// Runs the tile's kernel for its number of rows and vectors.
#[inline(always)]
unsafe fn run<L: GemmKernels, T: Kernels, V: Vector<T>>(tile: &Tile<T>, rows: usize, vectors: usize) {
    macro_rules! by_rows {
        ($($rows:literal)*) => {
            match (rows, vectors) {
                $(($rows, 1) if const { $rows <= most_rows(L::LEVEL) } => L::tile::<T, V, $rows, 1>(tile),
                ($rows, 2) if const { $rows <= most_rows(L::LEVEL) } => L::tile::<T, V, $rows, 2>(tile),)*
                _ => unreachable!("a tile of {rows} rows"),
            }
        };
    }
    // SAFETY: passed on from the caller.
    unsafe { by_rows!(1 2 3 4 5 6 7 8 9 10 11 12 13 14) }
}

/// The sums of a tile. The pointers of the tile must be good for it.
#[inline(always)]
pub(super) fn tile_body<L: Simd, T: Kernels, V: Vector<T>, const ROWS: usize, const VECTORS: usize>(
    tile: &Tile<T>,
) {
    let tile = *tile;
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
unsafe fn finish<T: Kernels, V: Vector<T>>(sum: V, alpha: V, old: V, accumulate: bool) -> V {
    // SAFETY: the caller has the level.
    unsafe { if accumulate { alpha.mul_add(sum, old) } else { alpha.mul(sum) } }
}
