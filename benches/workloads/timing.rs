//! Median times for benches that print a table of their own.

use std::hint::black_box;
use std::time::{Duration, Instant};

/// Nanoseconds that one call takes: the median over batches of 0.3 ms each, shorter than a time
/// slice of the system, for as long as `seconds` says.
pub(crate) fn median_ns<R>(seconds: f64, mut f: impl FnMut() -> R) -> f64 {
    let mut batch = |calls: u32| {
        let start = Instant::now();
        (0..calls).for_each(|_| drop(black_box(f())));
        start.elapsed().as_nanos() as f64 / f64::from(calls)
    };
    batch(3);
    let calls = (3e5 / batch(3)).clamp(1.0, 1e6) as u32;
    let (start, budget) = (Instant::now(), Duration::from_secs_f64(seconds));
    let mut times = Vec::new();
    while times.len() < 3 || start.elapsed() < budget {
        times.push(batch(calls));
    }
    median(&mut times)
}

/// The number in the middle: of an even count, the upper one.
pub(crate) fn median(numbers: &mut [f64]) -> f64 {
    numbers.sort_by(f64::total_cmp);
    numbers[numbers.len() / 2]
}
