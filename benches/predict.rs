//! Predictions of single rows, as a program in use makes them: the whole call, beside its matrix products by hand.
//!
//! "elem/s" are floating-point operations of the products per second, 1 Gelem/s = 1 GFLOP/s.

use std::hint::black_box;
use std::time::Duration;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use nn::Relu;
use nn::prelude::*;

/// y = W x + b for rows of W, with sums in eight lanes, which the compiler makes one register of.
fn layer(layer: &Linear, x: &[f32], relu: bool) -> Vec<f32> {
    let bias = layer.bias.as_ref().map_or(&[][..], Tensor::data);
    let rows = layer.weight.data().chunks_exact(x.len()).zip(bias);
    let y = rows.map(|(w, b)| {
        let (w, x) = (w.chunks_exact(8), x.chunks_exact(8));
        let tail: f32 = w.remainder().iter().zip(x.remainder()).map(|(w, x)| w * x).sum();
        let mut lanes = [0.0_f32; 8];
        for (w, x) in w.zip(x) {
            for lane in 0..8 {
                lanes[lane] += w[lane] * x[lane];
            }
        }
        let y = lanes.iter().sum::<f32>() + tail + b;
        if relu { y.max(0.0) } else { y }
    });
    y.collect()
}

fn predictions(c: &mut Criterion) {
    let mut group = c.benchmark_group("predict");
    for (name, widths) in
        [("2-8-1", &[2, 8, 1][..]), ("64-32-10", &[64, 32, 10]), ("784-128-10", &[784, 128, 10])]
    {
        let net = Mlp::new(widths, Relu, &mut nn::rng(1));
        let flops: usize = widths.windows(2).map(|pair| 2 * pair[0] * pair[1]).sum();
        for rows in [1, 16] {
            group.throughput(Throughput::Elements((rows * flops) as u64));
            let x = Tensor::from_fn([rows, widths[0]], |i| (i as f32 * 12.9898).sin());
            group.bench_function(format!("{name}, {rows} rows"), |b| {
                b.iter(|| net.predict(|g, net| net.forward(g.constant(black_box(&x)))));
            });
        }
        group.throughput(Throughput::Elements(flops as u64));
        let x: Vec<f32> = (0..widths[0]).map(|i| (i as f32 * 12.9898).sin()).collect();
        group.bench_function(format!("{name}, one row by hand"), |b| {
            b.iter(|| layer(&net.layers[1], &layer(&net.layers[0], black_box(&x), true), false));
        });
    }
    group.finish();
}

criterion_group! {
    name = benches;
    config = Criterion::default().without_plots().measurement_time(Duration::from_secs(3));
    targets = predictions
}
criterion_main!(benches);
