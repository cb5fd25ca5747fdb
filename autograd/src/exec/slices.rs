//! Elementwise kernels over slices: one for each row of the rule book, number type and level,
//! found once when a plan is made.
//!
//! An element's bits depend on its operands only, not on where in a slice it stands.

use std::marker::PhantomData;
use std::ptr::NonNull;

use super::lane::Lane;
use super::level::Level;
use super::narrow::{Flat, Narrow, TOGETHER};
use super::part::{BLOCK, load, store};
use super::simd::{Simd, kernels};
use crate::element::Element;
use crate::ops::{Binary, BinaryRow, BinaryVisitor, Unary, UnaryRow, UnaryVisitor};

/// A unary row over whole blocks.
type Map<T> = unsafe fn([f64; 2], &[[T; BLOCK]], &mut [[T; BLOCK]]);
/// A binary row over whole blocks.
type Zip<T> = unsafe fn(&[[T; BLOCK]], &[[T; BLOCK]], &mut [[T; BLOCK]]);
/// A binary row over whole blocks and one number.
type ZipScalar<T> = unsafe fn(&[[T; BLOCK]], T, &mut [[T; BLOCK]]);

/// The kernel of a unary row.
#[derive(Clone, Copy)]
pub struct UnaryFn<T> {
    blocks: Map<T>,
    any: unsafe fn(Map<T>, [f64; 2], &[T], &mut [T]),
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
struct Blocks<T> {
    vector_vector: Zip<T>,
    vector_scalar: ZipScalar<T>,
    scalar_vector: ZipScalar<T>,
}

/// The kernel of a binary row, for every shape of its operands. All forms give the same bits.
#[derive(Clone, Copy)]
pub struct BinaryFns<T> {
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

    /// out[r, j] = f(a[r, j], s[r]): one number for each row.
    #[inline]
    pub(crate) fn rows_vs(&self, a: &[T], s: &[T], width: usize, out: &mut [T]) {
        self.rows_scalars(width, Rows { data: a, stride: width }, Rows { data: s, stride: 1 }, out);
    }

    /// out[r, j] = f(s[r], b[r, j]).
    #[inline]
    pub(crate) fn rows_sv(&self, s: &[T], b: &[T], width: usize, out: &mut [T]) {
        self.scalars_rows(width, Rows { data: s, stride: 1 }, Rows { data: b, stride: width }, out);
    }

    /// out[r, j] = f(a[r, j], row[j]): one row for all.
    #[inline]
    pub(crate) fn rows_vr(&self, a: &[T], row: &[T], width: usize, out: &mut [T]) {
        self.rows_rows(width, Rows { data: a, stride: width }, Rows { data: row, stride: 0 }, out);
    }

    /// out[r, j] = f(row[j], b[r, j]).
    #[inline]
    pub(crate) fn rows_rv(&self, row: &[T], b: &[T], width: usize, out: &mut [T]) {
        self.rows_rows(width, Rows { data: row, stride: 0 }, Rows { data: b, stride: width }, out);
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
    T::unary(level, op)
}

/// The kernels of `op` at `level`.
pub(crate) fn binary<T: Element>(level: Level, op: Binary) -> BinaryFns<T> {
    T::binary(level, op)
}

/// out = `then` where `mask` is not 0 (NaN is not 0), else `other`.
pub(crate) fn select<T: Element>(level: Level, mask: Arg<T>, then: Arg<T>, other: Arg<T>, out: &mut [T]) {
    // SAFETY: `Kernels::table` checks the level.
    unsafe { (T::table(level).select)(mask, then, other, out) }
}

kernels! {
    /// Elementwise kernels at each level.
    SliceKernels {
        /// y = f(x).
        fn map[T: Element, O: UnaryRow](params: [f64; 2], x: &[[T; BLOCK]], y: &mut [[T; BLOCK]]) = map_body;
        /// out = f(a, b).
        fn zip[T: Element, O: BinaryRow](a: &[[T; BLOCK]], b: &[[T; BLOCK]], out: &mut [[T; BLOCK]]) = zip_body;
        /// out = f(a, s).
        fn zip_scalar[T: Element, O: BinaryRow](a: &[[T; BLOCK]], s: T, out: &mut [[T; BLOCK]]) = zip_scalar_body;
        /// out = f(s, b).
        fn scalar_zip[T: Element, O: BinaryRow](b: &[[T; BLOCK]], s: T, out: &mut [[T; BLOCK]]) = scalar_zip_body;
        /// A unary row over a slice of any length.
        fn unary[T: Element](blocks: Map<T>, params: [f64; 2], x: &[T], y: &mut [T]) = unary_body;
        /// A binary row over two slices of any length.
        fn flat[T: Element](blocks: Zip<T>, a: &[T], b: &[T], out: &mut [T]) = flat_body;
        /// A binary row over a slice of any length and one number.
        fn flat_scalar[T: Element](blocks: ZipScalar<T>, x: &[T], s: T, out: &mut [T]) = flat_scalar_body;
        /// A binary row over rows and rows.
        fn rows_rows[T: Element](f: &Blocks<T>, width: usize, a: Rows<T>, b: Rows<T>, out: &mut [T]) = rows_rows_body;
        /// A binary row over rows and a number for each, which is the first operand if `swapped`.
        fn rows_scalars[T: Element](f: &Blocks<T>, swapped: bool, width: usize, x: Rows<T>, s: Rows<T>, out: &mut [T]) = rows_scalars_body;
        /// out = then where mask is not 0, else other.
        fn select[T: Element](mask: Arg<T>, then: Arg<T>, other: Arg<T>, out: &mut [T]) = select_body;
    }
}

/// Finds the kernel of a unary row.
pub(super) struct FindUnary<L, T>(pub(super) PhantomData<(L, T)>);
impl<L: SliceKernels, T: Element> UnaryVisitor for FindUnary<L, T> {
    type Out = UnaryFn<T>;
    fn visit<O: UnaryRow>(self, _: O) -> UnaryFn<T> {
        UnaryFn { blocks: L::map::<T, O>, any: L::unary::<T> }
    }
}

/// Finds the kernels of a binary row.
pub(super) struct FindBinary<L, T>(pub(super) PhantomData<(L, T)>);
impl<L: SliceKernels, T: Element> BinaryVisitor for FindBinary<L, T> {
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

// Only these four loops are compiled for every row. They are flat, so that the compiler turns the
// loop itself into vectors, and it knows that a multiple of 16 leaves no rest.

#[inline(always)]
fn map_body<L: Simd, T: Element, O: UnaryRow>(params: [f64; 2], x: &[[T; BLOCK]], y: &mut [[T; BLOCK]]) {
    let row = O::from_params(params);
    let (x, y) = (x.as_flattened(), y.as_flattened_mut());
    for (x, y) in x.iter().zip(y) {
        *y = row.value(Lane::<L, T>::new(*x)).0;
    }
}

#[inline(always)]
fn zip_body<L: Simd, T: Element, O: BinaryRow>(a: &[[T; BLOCK]], b: &[[T; BLOCK]], out: &mut [[T; BLOCK]]) {
    let row = binary_row::<O>();
    let (a, b, out) = (a.as_flattened(), b.as_flattened(), out.as_flattened_mut());
    for ((a, b), out) in a.iter().zip(b).zip(out) {
        *out = row.value(Lane::<L, T>::new(*a), Lane::<L, T>::new(*b)).0;
    }
}

#[inline(always)]
fn zip_scalar_body<L: Simd, T: Element, O: BinaryRow>(a: &[[T; BLOCK]], s: T, out: &mut [[T; BLOCK]]) {
    let row = binary_row::<O>();
    for (a, out) in a.as_flattened().iter().zip(out.as_flattened_mut()) {
        *out = row.value(Lane::<L, T>::new(*a), Lane::<L, T>::new(s)).0;
    }
}

#[inline(always)]
fn scalar_zip_body<L: Simd, T: Element, O: BinaryRow>(b: &[[T; BLOCK]], s: T, out: &mut [[T; BLOCK]]) {
    let row = binary_row::<O>();
    for (b, out) in b.as_flattened().iter().zip(out.as_flattened_mut()) {
        *out = row.value(Lane::<L, T>::new(s), Lane::<L, T>::new(*b)).0;
    }
}

/// A binary row has no parameters, so its type is its value.
#[inline(always)]
fn binary_row<O: BinaryRow>() -> O {
    const { assert!(size_of::<O>() == 0, "a binary row with parameters needs a way to pass them") };
    // SAFETY: the type has no bytes to be read, it is Copy, and `FindBinary` has been given a value of it.
    unsafe { NonNull::<O>::dangling().read() }
}

#[inline(always)]
fn unary_body<L: Simd, T: Element>(blocks: Map<T>, params: [f64; 2], x: &[T], y: &mut [T]) {
    assert_eq!(x.len(), y.len(), "operand and result differ in length");
    let ((x, x_rest), (y, y_rest)) = (x.as_chunks(), y.as_chunks_mut());
    if !x.is_empty() {
        // SAFETY: this code runs at the level of `blocks`.
        unsafe { blocks(params, x, y) };
    }
    if !x_rest.is_empty() {
        let mut block = [T::default(); BLOCK];
        // SAFETY: as above.
        unsafe { blocks(params, &[T::load_part::<L>(x_rest)], std::slice::from_mut(&mut block)) };
        T::store_part::<L>(&block, y_rest);
    }
}

#[inline(always)]
fn flat_body<L: Simd, T: Element>(blocks: Zip<T>, a: &[T], b: &[T], out: &mut [T]) {
    let n = out.len();
    assert!(a.len() >= n && b.len() >= n, "an operand is shorter than the result");
    let ((a, a_rest), (b, b_rest), (out, rest)) =
        (a[..n].as_chunks(), b[..n].as_chunks(), out.as_chunks_mut());
    if !out.is_empty() {
        // SAFETY: this code runs at the level of `blocks`.
        unsafe { blocks(a, b, out) };
    }
    if !rest.is_empty() {
        let mut block = [T::default(); BLOCK];
        let (a, b) = (T::load_part::<L>(a_rest), T::load_part::<L>(b_rest));
        // SAFETY: as above.
        unsafe { blocks(&[a], &[b], std::slice::from_mut(&mut block)) };
        T::store_part::<L>(&block, rest);
    }
}

#[inline(always)]
fn flat_scalar_body<L: Simd, T: Element>(blocks: ZipScalar<T>, x: &[T], s: T, out: &mut [T]) {
    assert!(x.len() >= out.len(), "an operand is shorter than the result");
    let ((x, x_rest), (out, rest)) = (x[..out.len()].as_chunks(), out.as_chunks_mut());
    if !out.is_empty() {
        // SAFETY: this code runs at the level of `blocks`.
        unsafe { blocks(x, s, out) };
    }
    if !rest.is_empty() {
        let mut block = [T::default(); BLOCK];
        // SAFETY: as above.
        unsafe { blocks(&[T::load_part::<L>(x_rest)], s, std::slice::from_mut(&mut block)) };
        T::store_part::<L>(&block, rest);
    }
}

#[inline(always)]
fn rows_rows_body<L: Simd, T: Element>(f: &Blocks<T>, width: usize, a: Rows<T>, b: Rows<T>, out: &mut [T]) {
    if (a.stride == width && b.stride == width) || width == out.len() {
        return flat_body::<L, T>(f.vector_vector, a.data, b.data, out);
    }
    if width < BLOCK {
        return narrow::<L, T>(f, width, Narrow::Rows(a), Narrow::Rows(b), out);
    }
    let (mut a_at, mut b_at, mut rest) = (0, 0, out);
    while !rest.is_empty() {
        let (row, next) = rest.split_at_mut(width);
        flat_body::<L, T>(f.vector_vector, &a.data[a_at..], &b.data[b_at..], row);
        (a_at, b_at, rest) = (a_at + a.stride, b_at + b.stride, next);
    }
}

#[inline(always)]
fn rows_scalars_body<L: Simd, T: Element>(
    f: &Blocks<T>,
    swapped: bool,
    width: usize,
    x: Rows<T>,
    s: Rows<T>,
    out: &mut [T],
) {
    if width < BLOCK && width != out.len() {
        let (x, s) = (Narrow::Rows(x), Narrow::Scalars(s));
        let (a, b) = if swapped { (s, x) } else { (x, s) };
        return narrow::<L, T>(f, width, a, b, out);
    }
    let blocks = if swapped { f.scalar_vector } else { f.vector_scalar };
    let (mut x_at, mut s_at, mut rest) = (0, 0, out);
    while !rest.is_empty() {
        let (out, next) = rest.split_at_mut(width);
        flat_scalar_body::<L, T>(blocks, &x.data[x_at..], s.data[s_at], out);
        (x_at, s_at, rest) = (x_at + x.stride, s_at + s.stride, next);
    }
}

/// Rows narrower than a block.
#[inline(always)]
fn narrow<L: Simd, T: Element>(f: &Blocks<T>, width: usize, a: Narrow<T>, b: Narrow<T>, out: &mut [T]) {
    assert!(width > 0 || out.is_empty(), "rows of width 0 have no elements");
    let (mut a, mut b) = (Flat::new::<L>(a, width), Flat::new::<L>(b, width));
    let (mut first, mut rest) = (0, out);
    while !rest.is_empty() {
        let (piece, next) = rest.split_at_mut((TOGETHER * width).min(rest.len()));
        let count = if next.is_empty() { piece.len() / width } else { TOGETHER };
        flat_body::<L, T>(f.vector_vector, a.piece::<L>(first, count), b.piece::<L>(first, count), piece);
        (first, rest) = (first + count, next);
    }
}

#[inline(always)]
fn load_arg<L: Simd, T: Element>(arg: Arg<T>, at: usize) -> [T; BLOCK] {
    match arg {
        Arg::Slice(x) => load::<L, T>(&x[at..]),
        Arg::Scalar(s) => [s; BLOCK],
    }
}

#[inline(always)]
fn select_body<L: Simd, T: Element>(mask: Arg<T>, then: Arg<T>, other: Arg<T>, out: &mut [T]) {
    for arg in [mask, then, other] {
        if let Arg::Slice(x) = arg {
            assert_eq!(x.len(), out.len(), "operand and result differ in length");
        }
    }
    let mut at = 0;
    while at < out.len() {
        let (m, t, o) = (load_arg::<L, T>(mask, at), load_arg::<L, T>(then, at), load_arg::<L, T>(other, at));
        let mut block = [T::default(); BLOCK];
        for i in 0..BLOCK {
            block[i] = if m[i] != T::default() { t[i] } else { o[i] };
        }
        store::<L, T>(&block, &mut out[at..]);
        at += BLOCK;
    }
}
