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

/// The kernel of a unary row.
#[derive(Clone, Copy)]
pub struct UnaryFn<T>(unsafe fn([f64; 2], &[T], &mut [T]));

impl<T: Element> UnaryFn<T> {
    /// y = f(x) with the row's parameters.
    ///
    /// # Panics
    /// If the lengths differ.
    #[inline]
    pub(crate) fn call(self, params: [f64; 2], x: &[T], y: &mut [T]) {
        // SAFETY: only `Kernels::unary` makes a `UnaryFn`, and it checks the level.
        unsafe { (self.0)(params, x, y) }
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

/// The kernel of a binary row, for every shape of its operands. All forms give the same bits.
#[derive(Clone, Copy)]
pub struct BinaryFns<T> {
    vector_vector: unsafe fn(usize, Rows<T>, Rows<T>, &mut [T]),
    vector_scalar: unsafe fn(usize, Rows<T>, Rows<T>, &mut [T]),
    scalar_vector: unsafe fn(usize, Rows<T>, Rows<T>, &mut [T]),
}

impl<T: Element> BinaryFns<T> {
    /// out = f(a, b), element by element.
    #[inline]
    pub(crate) fn vv(&self, a: &[T], b: &[T], out: &mut [T]) {
        self.rows_rows(out.len(), Rows { data: a, stride: 0 }, Rows { data: b, stride: 0 }, out);
    }

    /// out = f(a, s) with one number s.
    #[inline]
    pub(crate) fn vs(&self, a: &[T], s: T, out: &mut [T]) {
        self.rows_scalars(out.len(), Rows { data: a, stride: 0 }, Rows { data: &[s], stride: 0 }, out);
    }

    /// out = f(s, b) with one number s.
    #[inline]
    pub(crate) fn sv(&self, s: T, b: &[T], out: &mut [T]) {
        self.scalars_rows(out.len(), Rows { data: &[s], stride: 0 }, Rows { data: b, stride: 0 }, out);
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
        unsafe { (self.vector_vector)(width, a, b, out) }
    }

    /// out[r, j] = f(a[r, j], s[r]) with any strides.
    #[inline]
    pub(crate) fn rows_scalars(&self, width: usize, a: Rows<T>, s: Rows<T>, out: &mut [T]) {
        // SAFETY: as in `rows_rows`.
        unsafe { (self.vector_scalar)(width, a, s, out) }
    }

    /// out[r, j] = f(s[r], b[r, j]) with any strides.
    #[inline]
    pub(crate) fn scalars_rows(&self, width: usize, s: Rows<T>, b: Rows<T>, out: &mut [T]) {
        // SAFETY: as in `rows_rows`.
        unsafe { (self.scalar_vector)(width, s, b, out) }
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
        fn unary[T: Element, O: UnaryRow](params: [f64; 2], x: &[T], y: &mut [T]) = unary_body;
        /// out = f(a, b), both by rows.
        fn vector_vector[T: Element, O: BinaryRow](width: usize, a: Rows<T>, b: Rows<T>, out: &mut [T]) = vector_vector_body;
        /// out = f(a, s), one s for each row.
        fn vector_scalar[T: Element, O: BinaryRow](width: usize, a: Rows<T>, s: Rows<T>, out: &mut [T]) = vector_scalar_body;
        /// out = f(s, b), one s for each row.
        fn scalar_vector[T: Element, O: BinaryRow](width: usize, s: Rows<T>, b: Rows<T>, out: &mut [T]) = scalar_vector_body;
        /// out = then where mask is not 0, else other.
        fn select[T: Element](mask: Arg<T>, then: Arg<T>, other: Arg<T>, out: &mut [T]) = select_body;
    }
}

/// Finds the kernel of a unary row.
pub(super) struct FindUnary<L, T>(pub(super) PhantomData<(L, T)>);
impl<L: SliceKernels, T: Element> UnaryVisitor for FindUnary<L, T> {
    type Out = UnaryFn<T>;
    fn visit<O: UnaryRow>(self, _: O) -> UnaryFn<T> {
        UnaryFn(L::unary::<T, O>)
    }
}

/// Finds the kernels of a binary row.
pub(super) struct FindBinary<L, T>(pub(super) PhantomData<(L, T)>);
impl<L: SliceKernels, T: Element> BinaryVisitor for FindBinary<L, T> {
    type Out = BinaryFns<T>;
    fn visit<O: BinaryRow>(self, _: O) -> BinaryFns<T> {
        BinaryFns {
            vector_vector: L::vector_vector::<T, O>,
            vector_scalar: L::vector_scalar::<T, O>,
            scalar_vector: L::scalar_vector::<T, O>,
        }
    }
}

/// Rows of no more FLOPs than this get a loop of their own over whole blocks; for others the
/// decision between a whole block and a part costs nothing beside the arithmetic, and one copy of
/// the arithmetic is enough.
const CHEAP: u32 = 4;

#[inline(always)]
fn unary_block<L: Simd, T: Element, O: UnaryRow>(row: O, x: &[T; BLOCK]) -> [T; BLOCK] {
    let mut y = [T::default(); BLOCK];
    for i in 0..BLOCK {
        y[i] = row.value(Lane::<L, T>::new(x[i])).0;
    }
    y
}

#[inline(always)]
fn binary_block<L: Simd, T: Element, O: BinaryRow>(row: O, a: &[T; BLOCK], b: &[T; BLOCK]) -> [T; BLOCK] {
    let mut y = [T::default(); BLOCK];
    for i in 0..BLOCK {
        y[i] = row.value(Lane::<L, T>::new(a[i]), Lane::<L, T>::new(b[i])).0;
    }
    y
}

#[inline(always)]
fn unary_body<L: Simd, T: Element, O: UnaryRow>(params: [f64; 2], x: &[T], y: &mut [T]) {
    assert_eq!(x.len(), y.len(), "operand and result differ in length");
    let row = O::from_params(params);
    let mut at = 0;
    if O::FLOPS <= CHEAP {
        let (x, y) = (x.as_chunks().0, y.as_chunks_mut().0);
        for (x, y) in x.iter().zip(y) {
            *y = unary_block::<L, T, O>(row, x);
        }
        at = x.len() * BLOCK;
    }
    while at < x.len() {
        let y_block = unary_block::<L, T, O>(row, &load::<L, T>(&x[at..]));
        store::<L, T>(&y_block, &mut y[at..]);
        at += BLOCK;
    }
}

/// A binary row has no parameters, so its type is its value.
#[inline(always)]
fn binary_row<O: BinaryRow>() -> O {
    const { assert!(size_of::<O>() == 0, "a binary row with parameters needs a way to pass them") };
    // SAFETY: the type has no bytes to be read, it is Copy, and `FindBinary` has been given a value of it.
    unsafe { NonNull::<O>::dangling().read() }
}

/// One row, or one piece of a flat sequence.
#[inline(always)]
fn vector_vector_row<L: Simd, T: Element, O: BinaryRow>(a: &[T], b: &[T], out: &mut [T]) {
    let row = binary_row::<O>();
    let n = out.len();
    let (a, b) = (&a[..n], &b[..n]);
    let mut at = 0;
    if O::FLOPS <= CHEAP {
        let out = out.as_chunks_mut().0;
        for ((a, b), out) in a.as_chunks().0.iter().zip(b.as_chunks().0).zip(out) {
            *out = binary_block::<L, T, O>(row, a, b);
        }
        at = n / BLOCK * BLOCK;
    }
    while at < n {
        let block = binary_block::<L, T, O>(row, &load::<L, T>(&a[at..]), &load::<L, T>(&b[at..]));
        store::<L, T>(&block, &mut out[at..]);
        at += BLOCK;
    }
}

/// Rows narrower than a block.
#[inline(always)]
fn narrow<L: Simd, T: Element, O: BinaryRow>(width: usize, a: Narrow<T>, b: Narrow<T>, out: &mut [T]) {
    assert!(width > 0 || out.is_empty(), "rows of width 0 have no elements");
    let (mut a, mut b) = (Flat::new::<L>(a, width), Flat::new::<L>(b, width));
    let (mut first, mut rest) = (0, out);
    while !rest.is_empty() {
        let (piece, next) = rest.split_at_mut((TOGETHER * width).min(rest.len()));
        let count = if next.is_empty() { piece.len() / width } else { TOGETHER };
        vector_vector_row::<L, T, O>(a.piece::<L>(first, count), b.piece::<L>(first, count), piece);
        (first, rest) = (first + count, next);
    }
}

#[inline(always)]
fn vector_vector_body<L: Simd, T: Element, O: BinaryRow>(
    width: usize,
    a: Rows<T>,
    b: Rows<T>,
    out: &mut [T],
) {
    if (a.stride == width && b.stride == width) || width == out.len() {
        return vector_vector_row::<L, T, O>(a.data, b.data, out);
    }
    if width < BLOCK {
        return narrow::<L, T, O>(width, Narrow::Rows(a), Narrow::Rows(b), out);
    }
    let (mut a_at, mut b_at, mut rest) = (0, 0, out);
    while !rest.is_empty() {
        let (row, next) = rest.split_at_mut(width);
        vector_vector_row::<L, T, O>(&a.data[a_at..], &b.data[b_at..], row);
        (a_at, b_at, rest) = (a_at + a.stride, b_at + b.stride, next);
    }
}

#[inline(always)]
fn vector_scalar_body<L: Simd, T: Element, O: BinaryRow>(
    width: usize,
    a: Rows<T>,
    s: Rows<T>,
    out: &mut [T],
) {
    if width < BLOCK && width != out.len() {
        return narrow::<L, T, O>(width, Narrow::Rows(a), Narrow::Scalars(s), out);
    }
    let row = binary_row::<O>();
    let (mut a_at, mut s_at, mut rest) = (0, 0, out);
    while !rest.is_empty() {
        let (out, next) = rest.split_at_mut(width);
        let (a_row, scalar) = (&a.data[a_at..][..width], [s.data[s_at]; BLOCK]);
        let mut at = 0;
        if O::FLOPS <= CHEAP {
            for (a, out) in a_row.as_chunks().0.iter().zip(out.as_chunks_mut().0) {
                *out = binary_block::<L, T, O>(row, a, &scalar);
            }
            at = width / BLOCK * BLOCK;
        }
        while at < width {
            let block = binary_block::<L, T, O>(row, &load::<L, T>(&a_row[at..]), &scalar);
            store::<L, T>(&block, &mut out[at..]);
            at += BLOCK;
        }
        (a_at, s_at, rest) = (a_at + a.stride, s_at + s.stride, next);
    }
}

#[inline(always)]
fn scalar_vector_body<L: Simd, T: Element, O: BinaryRow>(
    width: usize,
    s: Rows<T>,
    b: Rows<T>,
    out: &mut [T],
) {
    if width < BLOCK && width != out.len() {
        return narrow::<L, T, O>(width, Narrow::Scalars(s), Narrow::Rows(b), out);
    }
    let row = binary_row::<O>();
    let (mut b_at, mut s_at, mut rest) = (0, 0, out);
    while !rest.is_empty() {
        let (out, next) = rest.split_at_mut(width);
        let (b_row, scalar) = (&b.data[b_at..][..width], [s.data[s_at]; BLOCK]);
        let mut at = 0;
        if O::FLOPS <= CHEAP {
            for (b, out) in b_row.as_chunks().0.iter().zip(out.as_chunks_mut().0) {
                *out = binary_block::<L, T, O>(row, &scalar, b);
            }
            at = width / BLOCK * BLOCK;
        }
        while at < width {
            let block = binary_block::<L, T, O>(row, &scalar, &load::<L, T>(&b_row[at..]));
            store::<L, T>(&block, &mut out[at..]);
            at += BLOCK;
        }
        (b_at, s_at, rest) = (b_at + b.stride, s_at + s.stride, next);
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
