//! What the processor can do at the most: multiply-adds in registers, numbers streamed from memory.

use std::hint::black_box;
use std::time::Instant;

use super::kernels::{Kernels, table};
use super::level::Level;
use super::simd::kernels;
use super::slices;
use super::vector::Vector;
use crate::element::Element;
use crate::ops::Binary;

/// Sums that do not wait for each other: two units with a latency of four, or five, cycles are kept busy.
const SUMS: usize = 10;

kernels! {
    /// What registers can do.
    PeakKernels {
        /// `SUMS` vectors of multiply-adds, so many times; the sum of all, so that they must be done.
        fn multiply_add[T: Kernels, V: Vector<T>](times: usize) -> T = multiply_add_body;
    }
}

#[inline(always)]
fn multiply_add_body<L: PeakKernels, T: Kernels, V: Vector<T>>(times: usize) -> T {
    let number = |x: f64| T::from_f64(black_box(x));
    // SAFETY: who calls the kernel has the level.
    unsafe {
        let (factor, term) = (V::splat(number(0.999)), V::splat(number(0.001)));
        let mut sums = [term; SUMS];
        for _ in 0..times {
            for sum in &mut sums {
                *sum = sum.mul_add(factor, term);
            }
        }
        let mut total = T::default();
        for sum in sums {
            total = total + sum.sum();
        }
        total
    }
}

/// Numbers in a vector of this type at this level.
fn lanes<T: Element>(level: Level) -> usize {
    match (table::<T>(level).level, size_of::<T>()) {
        (Level::Portable, _) => 4,
        (Level::Avx2, size) => 32 / size,
        (Level::Avx512, size) => 64 / size,
    }
}

/// Seconds of the fastest of some rounds: other programs can only make one slower.
fn fastest(rounds: usize, mut f: impl FnMut()) -> f64 {
    let round = |_| {
        let start = Instant::now();
        f();
        start.elapsed().as_secs_f64()
    };
    (0..rounds).map(round).fold(f64::INFINITY, f64::min)
}

/// Multiply-adds a second of one thread, in registers. Takes a few milliseconds.
pub(crate) fn multiply_adds_per_second<T: Element>(level: Level) -> f64 {
    const TIMES: usize = 20_000;
    let kernel = table::<T>(level).multiply_add;
    let seconds = fastest(20, || {
        // SAFETY: `table` checks the level.
        let sum = unsafe { kernel(black_box(TIMES)) };
        black_box(sum);
    });
    (TIMES * SUMS * lanes::<T>(level)) as f64 / seconds
}

/// Bytes a second that one thread reads and writes in a = b + c on memory larger than its caches. Takes some tens of milliseconds.
pub(crate) fn streamed_bytes_per_second<T: Element>(level: Level) -> f64 {
    const BYTES: usize = 32 << 20;
    let count = BYTES / size_of::<T>();
    let (b, c) = (vec![T::from_f64(1.0); count], vec![T::from_f64(2.0); count]);
    let mut a = vec![T::default(); count];
    let add = slices::binary::<T>(level, Binary::Add);
    let seconds = fastest(4, || {
        add.vv(&b, &c, &mut a);
        black_box(&mut a);
    });
    (3 * BYTES) as f64 / seconds
}
