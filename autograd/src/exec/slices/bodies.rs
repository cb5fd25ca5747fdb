//! What the elementwise kernels do: four flat loops that are compiled for every row, and the code
//! around them, compiled once, for slices and rows of any length.

use std::ptr::NonNull;

use super::{Arg, Blocks, Map, Rows, Zip, ZipScalar};
use crate::exec::kernels::Kernels;
use crate::exec::lane::Lane;
use crate::exec::narrow::{FEW, Flat, Narrow, TOGETHER};
use crate::exec::part::BLOCK;
use crate::exec::simd::Simd;
use crate::ops::{BinaryRow, UnaryRow};

// Only these four loops are compiled for every row. They are flat, so that the compiler turns the
// loop itself into vectors, and it knows that a multiple of 16 leaves no rest.

#[inline(always)]
pub(super) fn map_body<L: Simd, T: Kernels, O: UnaryRow>(
    params: [f64; 2],
    x: &[[T; BLOCK]],
    y: &mut [[T; BLOCK]],
) {
    let row = O::from_params(params);
    let (x, y) = (x.as_flattened(), y.as_flattened_mut());
    for (x, y) in x.iter().zip(y) {
        *y = row.value(Lane::<L, T>::new(*x)).0;
    }
}

#[inline(always)]
pub(super) fn zip_body<L: Simd, T: Kernels, O: BinaryRow>(
    a: &[[T; BLOCK]],
    b: &[[T; BLOCK]],
    out: &mut [[T; BLOCK]],
) {
    let row = binary_row::<O>();
    let (a, b, out) = (a.as_flattened(), b.as_flattened(), out.as_flattened_mut());
    for ((a, b), out) in a.iter().zip(b).zip(out) {
        *out = row.value(Lane::<L, T>::new(*a), Lane::<L, T>::new(*b)).0;
    }
}

#[inline(always)]
pub(super) fn zip_scalar_body<L: Simd, T: Kernels, O: BinaryRow>(
    a: &[[T; BLOCK]],
    s: T,
    out: &mut [[T; BLOCK]],
) {
    let row = binary_row::<O>();
    for (a, out) in a.as_flattened().iter().zip(out.as_flattened_mut()) {
        *out = row.value(Lane::<L, T>::new(*a), Lane::<L, T>::new(s)).0;
    }
}

#[inline(always)]
pub(super) fn scalar_zip_body<L: Simd, T: Kernels, O: BinaryRow>(
    b: &[[T; BLOCK]],
    s: T,
    out: &mut [[T; BLOCK]],
) {
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
pub(super) fn unary_body<L: Simd, T: Kernels>(blocks: Map<T>, params: [f64; 2], x: &[T], y: &mut [T]) {
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
pub(super) fn flat_body<L: Simd, T: Kernels>(blocks: Zip<T>, a: &[T], b: &[T], out: &mut [T]) {
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
pub(super) fn flat_scalar_body<L: Simd, T: Kernels>(blocks: ZipScalar<T>, x: &[T], s: T, out: &mut [T]) {
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
pub(super) fn rows_rows_body<L: Simd, T: Kernels>(
    f: &Blocks<T>,
    width: usize,
    a: Rows<T>,
    b: Rows<T>,
    out: &mut [T],
) {
    if (a.stride == width && b.stride == width) || width == out.len() {
        return flat_body::<L, T>(f.vector_vector, a.data, b.data, out);
    }
    if width < BLOCK && out.len() >= FEW * width {
        return narrow::<L, T>(f, width, Narrow::Rows(a), Narrow::Rows(b), out);
    }
    assert!(width > 0 || out.is_empty(), "rows of width 0 have no elements");
    let (mut a_at, mut b_at, mut rest) = (0, 0, out);
    while !rest.is_empty() {
        let (row, next) = rest.split_at_mut(width);
        flat_body::<L, T>(f.vector_vector, &a.data[a_at..], &b.data[b_at..], row);
        (a_at, b_at, rest) = (a_at + a.stride, b_at + b.stride, next);
    }
}

#[inline(always)]
pub(super) fn rows_scalars_body<L: Simd, T: Kernels>(
    f: &Blocks<T>,
    swapped: bool,
    width: usize,
    x: Rows<T>,
    s: Rows<T>,
    out: &mut [T],
) {
    if width < BLOCK && out.len() >= FEW * width {
        let (x, s) = (Narrow::Rows(x), Narrow::Scalars(s));
        let (a, b) = if swapped { (s, x) } else { (x, s) };
        return narrow::<L, T>(f, width, a, b, out);
    }
    let blocks = if swapped { f.scalar_vector } else { f.vector_scalar };
    assert!(width > 0 || out.is_empty(), "rows of width 0 have no elements");
    let (mut x_at, mut s_at, mut rest) = (0, 0, out);
    while !rest.is_empty() {
        let (out, next) = rest.split_at_mut(width);
        flat_scalar_body::<L, T>(blocks, &x.data[x_at..], s.data[s_at], out);
        (x_at, s_at, rest) = (x_at + x.stride, s_at + s.stride, next);
    }
}

/// Rows narrower than a block.
#[inline(always)]
fn narrow<L: Simd, T: Kernels>(f: &Blocks<T>, width: usize, a: Narrow<T>, b: Narrow<T>, out: &mut [T]) {
    assert!(width > 0 || out.is_empty(), "rows of width 0 have no elements");
    let rows = out.len().checked_div(width).unwrap_or(0);
    let (mut a, mut b) = (Flat::new::<L>(a, rows, width), Flat::new::<L>(b, rows, width));
    let (mut first, mut rest) = (0, out);
    while !rest.is_empty() {
        let (piece, next) = rest.split_at_mut((TOGETHER * width).min(rest.len()));
        let count = if next.is_empty() { piece.len() / width } else { TOGETHER };
        flat_body::<L, T>(f.vector_vector, a.piece::<L>(first, count), b.piece::<L>(first, count), piece);
        (first, rest) = (first + count, next);
    }
}

#[inline(always)]
pub(super) fn blend_body<L: Simd, T: Kernels>(a: T, x: &[T], b: T, y: &[T], out: &mut [T]) {
    let n = out.len();
    assert!(x.len() >= n && y.len() >= n, "an operand is shorter than the result");
    let ((x, x_rest), (y, y_rest), (out, rest)) =
        (x[..n].as_chunks(), y[..n].as_chunks(), out.as_chunks_mut());
    blend_blocks(a, x, b, y, out);
    if !rest.is_empty() {
        let mut block = [T::default(); BLOCK];
        let (x, y) = (T::load_part::<L>(x_rest), T::load_part::<L>(y_rest));
        blend_blocks(a, &[x], b, &[y], std::slice::from_mut(&mut block));
        T::store_part::<L>(&block, rest);
    }
}

#[inline(always)]
fn blend_blocks<T: Kernels>(a: T, x: &[[T; BLOCK]], b: T, y: &[[T; BLOCK]], out: &mut [[T; BLOCK]]) {
    let (x, y, out) = (x.as_flattened(), y.as_flattened(), out.as_flattened_mut());
    for ((x, y), out) in x.iter().zip(y).zip(out) {
        *out = a * *x + b * *y;
    }
}

#[inline(always)]
pub(super) fn select_body<L: Simd, T: Kernels>(mask: Arg<T>, then: Arg<T>, other: Arg<T>, out: &mut [T]) {
    for arg in [mask, then, other] {
        if let Arg::Slice(x) = arg {
            assert_eq!(x.len(), out.len(), "operand and result differ in length");
        }
    }
    // A loop for each mix, without a branch in it: the compiler turns it into vectors.
    let n = out.len();
    match (mask, then, other) {
        (Arg::Scalar(mask), ..) => match if mask != T::default() { then } else { other } {
            Arg::Slice(x) => out.copy_from_slice(x),
            Arg::Scalar(s) => out.fill(s),
        },
        (Arg::Slice(mask), Arg::Slice(then), Arg::Slice(other)) => {
            let (then, other) = (&then[..n], &other[..n]);
            pick(mask, |i| then[i], |i| other[i], out);
        }
        (Arg::Slice(mask), Arg::Slice(then), Arg::Scalar(other)) => {
            let then = &then[..n];
            pick(mask, |i| then[i], |_| other, out);
        }
        (Arg::Slice(mask), Arg::Scalar(then), Arg::Slice(other)) => {
            let other = &other[..n];
            pick(mask, |_| then, |i| other[i], out);
        }
        (Arg::Slice(mask), Arg::Scalar(then), Arg::Scalar(other)) => pick(mask, |_| then, |_| other, out),
    }
}

#[inline(always)]
fn pick<T: Kernels>(mask: &[T], then: impl Fn(usize) -> T, other: impl Fn(usize) -> T, out: &mut [T]) {
    for (i, (out, mask)) in out.iter_mut().zip(mask).enumerate() {
        let (then, other) = (then(i), other(i));
        *out = if *mask != T::default() { then } else { other };
    }
}
