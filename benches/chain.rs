//! A chain of eight elementwise operations and its gradient, as one fused kernel; beside the same
//! loop by hand, and beside a loop that only reads and writes, the least that memory takes.

#[path = "workloads/chain.rs"]
mod workload;

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};

/// y, with its gradient written to `gradient`.
fn by_hand(x: &[f32], gradient: &mut [f32]) -> f32 {
    let sigmoid = |x: f32| 1.0 / (1.0 + (-x).exp());
    let mut y = 0.0;
    for (&x, gradient) in x.iter().zip(gradient) {
        let t = x.tanh();
        let s = sigmoid(t);
        let u = s * x + t;
        let v = u.tanh();
        let r = sigmoid(v);
        y += r * u + v;
        let dv = 1.0 + r * (1.0 - r) * u;
        let du = r + dv * (1.0 - v * v);
        let dt = du * (1.0 + s * (1.0 - s) * x);
        *gradient = du * s + dt * (1.0 - t * t);
    }
    y
}

fn streamed(x: &[f32], gradient: &mut [f32]) {
    for (&x, gradient) in x.iter().zip(gradient) {
        *gradient = x + x;
    }
}

fn chain(c: &mut Criterion) {
    let mut group = c.benchmark_group("chain");
    for (name, count) in [("1k", 1_000), ("1M", 1_000_000)] {
        group.throughput(Throughput::Elements(count as u64));
        let x = workload::arguments(count);
        group.bench_function(name, |b| b.iter(|| workload::value_and_gradient(&x)));
        let mut gradient = vec![0.0; count];
        group.bench_function(format!("{name}, by hand"), |b| {
            b.iter(|| by_hand(black_box(x.data()), black_box(&mut gradient)));
        });
        group.bench_function(format!("{name}, read and written"), |b| {
            b.iter(|| streamed(black_box(x.data()), black_box(&mut gradient)));
        });
    }
    group.finish();
}

criterion_group! {
    name = benches;
    config = Criterion::default().without_plots();
    targets = chain
}
criterion_main!(benches);
