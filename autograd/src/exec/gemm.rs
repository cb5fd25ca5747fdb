//! Matrix products: C = alpha · op(A) · op(B), or added to C, on contiguous row-major matrices.
//!
//! One of three kernel families computes a product, by its shape. The bits of a result depend on the
//! shape of its product and on the level only.

mod dot;
mod outer;
mod pack;

pub use pack::Packing;

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
    // SAFETY: `Kernels::table` checks the level; the sizes are checked above.
    unsafe { (T::table(level).matmul)(&product, a, b, c) }
}

/// A way to compute products.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Family {
    /// Nested loops: no preparation, for a handful of numbers.
    Plain,
    /// Rows of A with rows of a transposed B, along both.
    Dot,
    /// Tiles of C in registers, one step of k at a time.
    Outer,
}

/// The family for a shape.
fn choose<T>(product: &Product<T>) -> Family {
    let Product { m, n, k, .. } = *product;
    if m * n * k <= 256 {
        Family::Plain
    } else if product.b_transposed && !product.a_transposed && k >= 64 && m < 24 {
        Family::Dot
    } else {
        Family::Outer
    }
}

kernels! {
    /// Matrix products at each level.
    GemmKernels {
        /// The product; the slices must have the sizes it says.
        fn matmul[T: Element, V: Vector<T>](product: &Product<T>, a: &[T], b: &[T], c: &mut [T]) = matmul_body;
    }
}

#[inline(always)]
fn matmul_body<L: Simd, T: Element, V: Vector<T>>(product: &Product<T>, a: &[T], b: &[T], c: &mut [T]) {
    match choose(product) {
        Family::Plain => plain::<L, T>(product, a, b, c),
        Family::Dot => dot::product::<L, T, V>(product, a, b, c),
        Family::Outer => outer::product::<L, T, V>(product, a, b, c),
    }
}

#[inline(always)]
fn plain<L: Simd, T: Element>(product: &Product<T>, a: &[T], b: &[T], c: &mut [T]) {
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
