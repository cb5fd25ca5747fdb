//! `Kernels`: the number types that kernels are compiled for, and how code that is generic over `Element` gets at the
//! kernels of a level.

use std::marker::PhantomData;

use super::gemm::{GemmKernels, Packing, ProductFn};
use super::lane::Functions;
use super::level::Level;
use super::part::Part;
use super::peak::PeakKernels;
use super::reduce::{ReduceKernels, TotalSum};
use super::simd::{Avx2, Avx512, Portable};
use super::slices::{Arg, BinaryFns, FindBinary, FindUnary, SliceKernels, UnaryFn};
use super::vector;
use crate::element::{Element, PerElement};
use crate::ops::{Binary, Unary};

/// The kernels of one level that do not depend on a row of the rule book.
///
/// Calling one is safe on a processor that has the level.
#[allow(clippy::type_complexity)] // Each is said once, here.
pub(super) struct Table<T> {
    /// The level that the kernels are compiled for.
    pub(super) level: Level,
    pub(super) blend: unsafe fn(T, &[T], T, &[T], &mut [T]),
    pub(super) select: unsafe fn(Arg<T>, Arg<T>, Arg<T>, &mut [T]),
    pub(super) sum_rows: unsafe fn(&[T], usize, &mut [T]),
    pub(super) max_rows: unsafe fn(&[T], usize, &mut [T]),
    pub(super) min_rows: unsafe fn(&[T], usize, &mut [T]),
    pub(super) push: unsafe fn(&mut TotalSum<T>, &[T]),
    pub(super) add_rows: unsafe fn(&mut [T], &[T]),
    pub(super) plain: ProductFn<T>,
    pub(super) tiny: ProductFn<T>,
    pub(super) dot: ProductFn<T>,
    pub(super) outer: ProductFn<T>,
    pub(super) multiply_add: unsafe fn(usize) -> T,
}

/// A number type with kernels: the two that are [`Element`]s. The methods panic if the processor has not got the level.
pub(super) trait Kernels: Element + Functions + Part + Packing {
    /// The kernel of a unary row.
    fn unary(level: Level, op: Unary) -> UnaryFn<Self>;
    /// The kernels of a binary row.
    fn binary(level: Level, op: Binary) -> BinaryFns<Self>;
    /// All other kernels.
    fn table(level: Level) -> &'static Table<Self>;
}

struct Unaries;
struct Binaries;
struct Tables;

impl PerElement for Unaries {
    type Of<T: Element> = fn(Level, Unary) -> UnaryFn<T>;
}
impl PerElement for Binaries {
    type Of<T: Element> = fn(Level, Binary) -> BinaryFns<T>;
}
impl PerElement for Tables {
    type Of<T: Element> = fn(Level) -> &'static Table<T>;
}

/// The kernel of a unary row.
pub(super) fn unary<T: Element>(level: Level, op: Unary) -> UnaryFn<T> {
    T::choose::<Unaries>(f32::unary, f64::unary)(level, op)
}

/// The kernels of a binary row.
pub(super) fn binary<T: Element>(level: Level, op: Binary) -> BinaryFns<T> {
    T::choose::<Binaries>(f32::binary, f64::binary)(level, op)
}

/// All other kernels.
#[inline]
pub(super) fn table<T: Element>(level: Level) -> &'static Table<T> {
    T::choose::<Tables>(f32::table, f64::table)(level)
}

macro_rules! table {
    ($level:ident, $t:ident, $vector:ty) => {
        &Table {
            level: Level::$level,
            blend: <$level as SliceKernels>::blend::<$t>,
            select: <$level as SliceKernels>::select::<$t>,
            sum_rows: <$level as ReduceKernels>::sum_rows::<$t>,
            max_rows: <$level as ReduceKernels>::max_rows::<$t>,
            min_rows: <$level as ReduceKernels>::min_rows::<$t>,
            push: <$level as ReduceKernels>::push::<$t>,
            add_rows: <$level as ReduceKernels>::add_rows::<$t>,
            plain: <$level as GemmKernels>::plain::<$t>,
            tiny: <$level as GemmKernels>::tiny::<$t, $vector>,
            dot: <$level as GemmKernels>::dot::<$t, $vector>,
            outer: <$level as GemmKernels>::outer::<$t, $vector>,
            multiply_add: <$level as PeakKernels>::multiply_add::<$t, $vector>,
        }
    };
}

impl Kernels for f32 {
    fn unary(level: Level, op: Unary) -> UnaryFn<f32> {
        match level.checked() {
            Level::Portable => op.dispatch(FindUnary::<Portable, f32>(PhantomData)),
            Level::Avx2 => op.dispatch(FindUnary::<Avx2, f32>(PhantomData)),
            Level::Avx512 => op.dispatch(FindUnary::<Avx512, f32>(PhantomData)),
        }
    }
    fn binary(level: Level, op: Binary) -> BinaryFns<f32> {
        match level.checked() {
            Level::Portable => op.dispatch(FindBinary::<Portable, f32>(PhantomData)),
            Level::Avx2 => op.dispatch(FindBinary::<Avx2, f32>(PhantomData)),
            Level::Avx512 => op.dispatch(FindBinary::<Avx512, f32>(PhantomData)),
        }
    }
    fn table(level: Level) -> &'static Table<f32> {
        match level.checked() {
            Level::Portable => table!(Portable, f32, vector::Four<f32>),
            Level::Avx2 => table!(Avx2, f32, vector::Avx2F32),
            Level::Avx512 => table!(Avx512, f32, vector::Avx512F32),
        }
    }
}

// f64 is for checking: AVX-512 gives the same bits as AVX2 for rows and reductions, and would only
// take longer to compile.
impl Kernels for f64 {
    fn unary(level: Level, op: Unary) -> UnaryFn<f64> {
        match level.checked() {
            Level::Portable => op.dispatch(FindUnary::<Portable, f64>(PhantomData)),
            Level::Avx2 | Level::Avx512 => op.dispatch(FindUnary::<Avx2, f64>(PhantomData)),
        }
    }
    fn binary(level: Level, op: Binary) -> BinaryFns<f64> {
        match level.checked() {
            Level::Portable => op.dispatch(FindBinary::<Portable, f64>(PhantomData)),
            Level::Avx2 | Level::Avx512 => op.dispatch(FindBinary::<Avx2, f64>(PhantomData)),
        }
    }
    fn table(level: Level) -> &'static Table<f64> {
        match level.checked() {
            Level::Portable => table!(Portable, f64, vector::Four<f64>),
            Level::Avx2 | Level::Avx512 => table!(Avx2, f64, vector::Avx2F64),
        }
    }
}
