//! Tests of the kernels at every level that the processor has.

mod functions;
mod gemm;
mod reduce;
mod slices;

use super::level::Level;
use crate::element::Element;

/// Numbers that are the same on every run; `seed` tells sequences apart.
fn numbers<T: Element>(n: usize, seed: u64) -> Vec<T> {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut next = || {
        // xorshift64*, Vigna 2016.
        state ^= state >> 12;
        state ^= state << 25;
        state ^= state >> 27;
        (state.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 11) as f64 / (1u64 << 53) as f64
    };
    (0..n).map(|_| T::from_f64(next() * 4.0 - 2.0)).collect()
}

/// The bits, with every NaN alike: which NaN an operation gives is not part of the promise.
fn bits<T: Element>(x: &[T]) -> Vec<u64> {
    x.iter().map(|x| x.to_f64()).map(|x| if x.is_nan() { f64::NAN.to_bits() } else { x.to_bits() }).collect()
}
