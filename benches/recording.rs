//! What a recorded node costs: graphs of some 1000 nodes, recorded without being computed, then
//! recorded, found in the plan cache and computed; beside loops that only do the arithmetic.
//!
//! "elem/s" are nodes per second: 40 ns a node are 25 Melem/s.

use std::hint::black_box;

use autograd::prelude::*;
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use nn::Relu;
use nn::prelude::*;

const ROUNDS: usize = 200;

/// Five nodes a round: two products, a sum, a slow and a fast function.
fn mix<'g>(mut x: Var<'g>, w: Var<'g>) -> Var<'g> {
    for _ in 0..ROUNDS {
        x = ((x * w + x).tanh() * w).relu();
    }
    x
}

fn mix_by_hand<const N: usize>(mut x: [f32; N], w: [f32; N]) -> [f32; N] {
    for _ in 0..ROUNDS {
        for (x, w) in x.iter_mut().zip(w) {
            *x = ((*x * w + *x).tanh() * w).max(0.0);
        }
    }
    x
}

/// Two nodes a round, one of them a number in the expression.
fn numbers(mut x: Var<'_>) -> Var<'_> {
    for round in 0..5 * ROUNDS / 2 {
        x *= 1.0 + 1.0 / (1.0 + round as f64);
    }
    x
}

fn recording(c: &mut Criterion) {
    let (x, w) = (Tensor::full([16], 0.5), Tensor::full([16], 0.9));
    let (scalar_x, scalar_w) = (Tensor::scalar(0.5), Tensor::scalar(0.9));
    let net = Mlp::new(&[16; 65], Relu, &mut nn::rng(1));
    let batch = Tensor::full([4, 16], 0.5);

    let mut group = c.benchmark_group("recording");
    group.throughput(Throughput::Elements(5 * ROUNDS as u64 + 2));
    group.bench_function("mix of scalars", |b| {
        b.iter(|| {
            let g = Graph::new();
            mix(g.var(black_box(&scalar_x)), g.var(&scalar_w)).id()
        });
    });
    group.bench_function("mix of [16]", |b| {
        b.iter(|| {
            let g = Graph::new();
            mix(g.var(black_box(&x)), g.var(&w)).id()
        });
    });
    group.bench_function("mix of [16], found and computed", |b| {
        b.iter(|| {
            let g = Graph::new();
            mix(g.var(black_box(&x)), g.var(&w)).value()
        });
    });
    group.bench_function("mix of scalars, by hand", |b| b.iter(|| mix_by_hand(black_box([0.5]), [0.9])));
    group.bench_function("mix of [16], by hand", |b| b.iter(|| mix_by_hand(black_box([0.5; 16]), [0.9; 16])));

    let nodes = {
        let g = Graph::new();
        numbers(g.var(&x));
        g.len()
    };
    group.throughput(Throughput::Elements(nodes as u64));
    group.bench_function("products with numbers", |b| {
        b.iter(|| {
            let g = Graph::new();
            numbers(g.var(black_box(&x))).id()
        });
    });

    let nodes = {
        let g = Graph::new();
        net.on(&g).forward(g.constant(&batch));
        g.len()
    };
    group.throughput(Throughput::Elements(nodes as u64));
    group.bench_function("network of 64 layers", |b| {
        b.iter(|| {
            let g = Graph::new();
            net.on(&g).forward(g.constant(black_box(&batch))).id()
        });
    });
    group.finish();
}

criterion_group! {
    name = benches;
    config = Criterion::default().without_plots();
    targets = recording
}
criterion_main!(benches);
