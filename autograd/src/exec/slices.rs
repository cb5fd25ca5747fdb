//! Elementwise kernels over slices: one for each row of the rule book, number type and level,
//! found once when a plan is made.
//!
//! An element's bits depend on its operands only, not on where in a slice it stands.

mod bodies;

use std::marker::PhantomData;

use self::bodies::*;
use super::kernels::{self, Kernels, table};
use super::level::Level;
use super::part::BLOCK;
use super::simd::kernels;
use crate::element::Element;
use crate::ops::{Binary, BinaryRow, BinaryVisitor, Unary, UnaryRow, UnaryVisitor};

/// A unary row over whole blocks.
type Map<T> = unsafe fn([f64; 2], &[[T; BLOCK]], &mut [[T; BLOCK]]);
/// A unary row, given over whole blocks, over a slice of any length.
type MapAny<T> = unsafe fn(Map<T>, [f64; 2], &[T], &mut [T]);
/// A binary row over whole blocks.
type Zip<T> = unsafe fn(&[[T; BLOCK]], &[[T; BLOCK]], &mut [[T; BLOCK]]);
/// A binary row over whole blocks and one number.
type ZipScalar<T> = unsafe fn(&[[T; BLOCK]], T, &mut [[T; BLOCK]]);

/// The kernel of a unary row.
#[derive(Clone, Copy)]
pub(crate) struct UnaryFn<T> {
    blocks: Map<T>,
    any: MapAny<T>,
}

impl<T: Element> UnaryFn<T> {
    /// y = f(x) with the row's parameters.
    ///
    /// # Panics
    /// If the lengths differ.
    #[inline]
    pub(crate) fn call(self, params: [f64; 2], x: &[T], y: &mut [T]) {
        // SAFETY: only `Kernels::unary` makes a `UnaryFn`, and it checks the level.
        unsafe { (self.any)(self.blocks, params, x, y) }
    }
}

/// Operands by rows: row r begins at `r * stride` (stride 0 repeats one row).
#[derive(Clone, Copy)]
pub(crate) struct Rows<'a, T> {
    /// The numbers.
    pub(crate) data: &'a [T],
    /// From the beginning of one row to that of the next.
    pub(crate) stride: usize,
}

/// The kernels of a binary row over whole blocks.
#[derive(Clone, Copy)]
pub(super) struct Blocks<T> {
    vector_vector: Zip<T>,
    vector_scalar: ZipScalar<T>,
    scalar_vector: ZipScalar<T>,
}

/// The kernel of a binary row, for every shape of its operands. All forms give the same bits.
#[derive(Clone, Copy)]
#[allow(clippy::type_complexity)] // Each is said once, here.
pub(crate) struct BinaryFns<T> {
    blocks: Blocks<T>,
    flat: unsafe fn(Zip<T>, &[T], &[T], &mut [T]),
    flat_scalar: unsafe fn(ZipScalar<T>, &[T], T, &mut [T]),
    rows_rows: unsafe fn(&Blocks<T>, usize, Rows<T>, Rows<T>, &mut [T]),
    rows_scalars: unsafe fn(&Blocks<T>, bool, usize, Rows<T>, Rows<T>, &mut [T]),
}

impl<T: Element> BinaryFns<T> {
    /// out = f(a, b), element by element.
    #[inline]
    pub(crate) fn vv(&self, a: &[T], b: &[T], out: &mut [T]) {
        // SAFETY: as in `rows_rows`.
        unsafe { (self.flat)(self.blocks.vector_vector, a, b, out) }
    }

    /// out = f(a, s) with one number s.
    #[inline]
    pub(crate) fn vs(&self, a: &[T], s: T, out: &mut [T]) {
        // SAFETY: as in `rows_rows`.
        unsafe { (self.flat_scalar)(self.blocks.vector_scalar, a, s, out) }
    }

    /// out = f(s, b) with one number s.
    #[inline]
    pub(crate) fn sv(&self, s: T, b: &[T], out: &mut [T]) {
        // SAFETY: as in `rows_rows`.
        unsafe { (self.flat_scalar)(self.blocks.scalar_vector, b, s, out) }
    }

    /// out[r, j] = f(a[r, j], b[r, j]) with any strides; the rows of `out` are `width` apart.
    ///
    /// # Panics
    /// If an operand is too short.
    #[inline]
    pub(crate) fn rows_rows(&self, width: usize, a: Rows<T>, b: Rows<T>, out: &mut [T]) {
        // SAFETY: only `Kernels::binary` makes a `BinaryFns`, and it checks the level.
        unsafe { (self.rows_rows)(&self.blocks, width, a, b, out) }
    }

    /// out[r, j] = f(a[r, j], s[r]) with any strides.
    #[inline]
    pub(crate) fn rows_scalars(&self, width: usize, a: Rows<T>, s: Rows<T>, out: &mut [T]) {
        // SAFETY: as in `rows_rows`.
        unsafe { (self.rows_scalars)(&self.blocks, false, width, a, s, out) }
    }

    /// out[r, j] = f(s[r], b[r, j]) with any strides.
    #[inline]
    pub(crate) fn scalars_rows(&self, width: usize, s: Rows<T>, b: Rows<T>, out: &mut [T]) {
        // SAFETY: as in `rows_rows`.
        unsafe { (self.rows_scalars)(&self.blocks, true, width, b, s, out) }
    }
}

/// An operand that is a slice as long as the result, or one number for all of it.
#[derive(Clone, Copy)]
pub(crate) enum Arg<'a, T> {
    /// One number for each element.
    Slice(&'a [T]),
    /// One number for all.
    Scalar(T),
}

/// The kernel of `op` at `level`.
pub(crate) fn unary<T: Element>(level: Level, op: Unary) -> UnaryFn<T> {
    kernels::unary(level, op)
}

/// The kernels of `op` at `level`.
pub(crate) fn binary<T: Element>(level: Level, op: Binary) -> BinaryFns<T> {
    kernels::binary(level, op)
}

/// out = `then` where `mask` is not 0 (NaN is not 0), else `other`.
pub(crate) fn select<T: Element>(level: Level, mask: Arg<T>, then: Arg<T>, other: Arg<T>, out: &mut [T]) {
    // SAFETY: `table` checks the level.
    unsafe { (table::<T>(level).select)(mask, then, other, out) }
}

/// out = a x + b y: products are rounded, then their sum.
pub(crate) fn blend<T: Element>(level: Level, a: T, x: &[T], b: T, y: &[T], out: &mut [T]) {
    // SAFETY: `table` checks the level.
    unsafe { (table::<T>(level).blend)(a, x, b, y, out) }
}

kernels! {
    /// Elementwise kernels at each level.
    SliceKernels {
        /// y = f(x).
        fn map[T: Kernels, O: UnaryRow](params: [f64; 2], x: &[[T; BLOCK]], y: &mut [[T; BLOCK]]) = map_body;
        /// out = f(a, b).
        fn zip[T: Kernels, O: BinaryRow](a: &[[T; BLOCK]], b: &[[T; BLOCK]], out: &mut [[T; BLOCK]]) = zip_body;
        /// out = f(a, s).
        fn zip_scalar[T: Kernels, O: BinaryRow](a: &[[T; BLOCK]], s: T, out: &mut [[T; BLOCK]]) = zip_scalar_body;
        /// out = f(s, b).
        fn scalar_zip[T: Kernels, O: BinaryRow](b: &[[T; BLOCK]], s: T, out: &mut [[T; BLOCK]]) = scalar_zip_body;
        /// A unary row over a slice of any length.
        fn unary[T: Kernels](blocks: Map<T>, params: [f64; 2], x: &[T], y: &mut [T]) = unary_body;
        /// A binary row over two slices of any length.
        fn flat[T: Kernels](blocks: Zip<T>, a: &[T], b: &[T], out: &mut [T]) = flat_body;
        /// A binary row over a slice of any length and one number.
        fn flat_scalar[T: Kernels](blocks: ZipScalar<T>, x: &[T], s: T, out: &mut [T]) = flat_scalar_body;
        /// A binary row over rows and rows.
        fn rows_rows[T: Kernels](f: &Blocks<T>, width: usize, a: Rows<T>, b: Rows<T>, out: &mut [T]) = rows_rows_body;
        /// A binary row over rows and a number for each, which is the first operand if `swapped`.
        fn rows_scalars[T: Kernels](f: &Blocks<T>, swapped: bool, width: usize, x: Rows<T>, s: Rows<T>, out: &mut [T]) = rows_scalars_body;
        /// out = a x + b y.
        fn blend[T: Kernels](a: T, x: &[T], b: T, y: &[T], out: &mut [T]) = blend_body;
        /// out = then where mask is not 0, else other.
        fn select[T: Kernels](mask: Arg<T>, then: Arg<T>, other: Arg<T>, out: &mut [T]) = select_body;
    }
}

/// Finds the kernel of a unary row.
pub(super) struct FindUnary<L, T>(pub(super) PhantomData<(L, T)>);
impl<L: SliceKernels, T: Kernels> UnaryVisitor for FindUnary<L, T> {
    type Out = UnaryFn<T>;
    fn visit<O: UnaryRow>(self, _: O) -> UnaryFn<T> {
        UnaryFn { blocks: L::map::<T, O>, any: L::unary::<T> }
    }
}

/// Finds the kernels of a binary row.
pub(super) struct FindBinary<L, T>(pub(super) PhantomData<(L, T)>);
impl<L: SliceKernels, T: Kernels> BinaryVisitor for FindBinary<L, T> {
    type Out = BinaryFns<T>;
    fn visit<O: BinaryRow>(self, _: O) -> BinaryFns<T> {
        let blocks = Blocks {
            vector_vector: L::zip::<T, O>,
            vector_scalar: L::zip_scalar::<T, O>,
            scalar_vector: L::scalar_zip::<T, O>,
        };
        BinaryFns {
            blocks,
            flat: L::flat::<T>,
            flat_scalar: L::flat_scalar::<T>,
            rows_rows: L::rows_rows::<T>,
            rows_scalars: L::rows_scalars::<T>,
        }
    }
}
