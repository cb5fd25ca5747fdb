//! Matrix products: C = alpha · op(A) · op(B), or added to C, on contiguous row-major matrices.
//!
//! One of a few kernel families computes a product, by its shape. The bits of a result depend on the
//! shape of its product and on the level only.

mod dot;
mod outer;
mod pack;

use dot::{DotTile, dot_body, dot_tile_body};
use outer::{Tile, outer_body, tile_body, tiny_body};
pub(super) use pack::Packing;

use super::kernels::{Kernels, table};
use super::level::Level;
use super::simd::{Simd, kernels};
use super::vector::Vector;
use crate::element::Element;

/// The shape of a product and what becomes of it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Product<T> {
    /// Rows of op(A) and C.
    pub(crate) m: usize,
    /// Columns of op(B) and C.
    pub(crate) n: usize,
    /// Columns of op(A) and rows of op(B).
    pub(crate) k: usize,
    /// A is stored as `[k, m]`.
    pub(crate) a_transposed: bool,
    /// B is stored as `[n, k]`.
    pub(crate) b_transposed: bool,
    /// Factor of the product.
    pub(crate) alpha: T,
    /// Adds to C instead of overwriting it.
    pub(crate) accumulate: bool,
}

/// Computes the product.
///
/// # Panics
/// If a slice has not as many numbers as its matrix.
pub(crate) fn matmul<T: Element>(level: Level, product: Product<T>, a: &[T], b: &[T], c: &mut [T]) {
    let Product { m, n, k, .. } = product;
    assert_eq!(
        (a.len(), b.len(), c.len()),
        (m * k, k * n, m * n),
        "matrices of other sizes than {product:?}"
    );
    if c.is_empty() {
        return;
    }
    let table = table::<T>(level);
    let family = match choose(table.level, &product) {
        Family::Plain => table.plain,
        Family::Tiny => table.tiny,
        Family::Dot => table.dot,
        Family::Outer => table.outer,
    };
    // SAFETY: `table` checks the level; the sizes are checked above.
    unsafe { family(&product, a, b, c) }
}

/// A kernel family, which computes products whose slices have the sizes that they say.
pub(super) type ProductFn<T> = unsafe fn(&Product<T>, &[T], &[T], &mut [T]);

/// A way to compute products.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Family {
    /// Nested loops, where there is nothing to multiply.
    Plain,
    /// One tile of `Outer`, without preparation.
    Tiny,
    /// Rows of A with rows of a transposed B, along both.
    Dot,
    /// Tiles of C in registers, one step of k at a time.
    Outer,
}

/// The family for a shape.
fn choose<T>(level: Level, product: &Product<T>) -> Family {
    let Product { m, n, k, .. } = *product;
    let lanes = outer::lanes::<T>(level);
    if k == 0 {
        Family::Plain
    } else if m <= outer::most_rows(level) && n <= 2 * lanes && k * lanes <= outer::SMALL / 2 {
        Family::Tiny
    } else if product.b_transposed && !product.a_transposed && (k >= 64 && m < 24 || k >= 192 && n <= 16) {
        Family::Dot
    } else {
        Family::Outer
    }
}

kernels! {
    /// Matrix products at each level.
    GemmKernels {
        /// [`Family::Plain`].
        fn plain[T: Kernels](product: &Product<T>, a: &[T], b: &[T], c: &mut [T]) = plain_body;
        /// [`Family::Tiny`].
        fn tiny[T: Kernels, V: Vector<T>](product: &Product<T>, a: &[T], b: &[T], c: &mut [T]) = tiny_body;
        /// [`Family::Dot`].
        fn dot[T: Kernels, V: Vector<T>](product: &Product<T>, a: &[T], b: &[T], c: &mut [T]) = dot_body;
        /// [`Family::Outer`].
        fn outer[T: Kernels, V: Vector<T>](product: &Product<T>, a: &[T], b: &[T], c: &mut [T]) = outer_body;
        /// A tile of `Outer`, with these numbers of rows and of vectors of columns.
        fn tile[T: Kernels, V: Vector<T>; const ROWS, const VECTORS](tile: &Tile<T>) = tile_body;
        /// A tile of `Dot`, with these numbers of rows and columns.
        fn dot_tile[T: Kernels, V: Vector<T>; const ROWS, const COLUMNS](tile: &DotTile<T>) = dot_tile_body;
    }
}

#[inline(always)]
fn plain_body<L: Simd, T: Kernels>(product: &Product<T>, a: &[T], b: &[T], c: &mut [T]) {
    let Product { m, n, k, .. } = *product;
    let (a_row, a_step) = if product.a_transposed { (1, m) } else { (k, 1) };
    let (b_column, b_step) = if product.b_transposed { (k, 1) } else { (1, n) };
    for (i, row) in c.chunks_exact_mut(n).enumerate() {
        for (j, c) in row.iter_mut().enumerate() {
            let mut sum = T::default();
            for p in 0..k {
                sum = a[i * a_row + p * a_step].fused::<L>(b[j * b_column + p * b_step], sum);
            }
            *c = if product.accumulate { product.alpha.fused::<L>(sum, *c) } else { product.alpha * sum };
        }
    }
}
