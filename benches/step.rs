//! A whole training step from the plan cache: forward, loss, backward, update; beside its matrix
//! products alone, which no engine can save, and for the smallest network beside the same step without `nn` and a loop by hand.
//!
//! "elem/s" are floating-point operations of the products per second, 1 Gelem/s = 1 GFLOP/s.

#[path = "workloads/training.rs"]
mod training;

use std::hint::black_box;
use std::time::Duration;

use autograd::prelude::*;
use autograd::{Continuation, Key};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use training::{WORKLOADS, Workload};

/// Multiplications and additions of all matrix products of a step; the inputs get no gradient.
fn flops(workload: &Workload) -> u64 {
    let products = workload.widths.windows(2).map(|pair| pair[0] * pair[1]);
    let sum: usize = products.clone().map(|product| 3 * product).sum();
    let first = products.take(1).sum::<usize>();
    (2 * workload.batch * (sum - first)) as u64
}

/// The matrix products of a step and nothing else, each of given matrices.
fn products(workload: &Workload) -> impl FnMut() -> usize + use<> {
    let (widths, batch) = (workload.widths, workload.batch);
    let weights: Vec<Tensor> = widths.windows(2).map(|pair| Workload::numbers(pair[1], pair[0])).collect();
    let values: Vec<Tensor> = widths.iter().map(|&width| Workload::numbers(batch, width)).collect();
    move || {
        let g = Graph::new();
        let mut products = Vec::new();
        let values: Vec<Var> = values.iter().map(|value| g.constant(black_box(value))).collect();
        for (layer, weight) in weights.iter().enumerate() {
            let (weight, x, cotangent) = (g.constant(weight), values[layer], values[layer + 1]);
            products.push(x.matmul_t(weight));
            products.push(cotangent.t().matmul(x));
            if layer > 0 {
                products.push(cotangent.matmul(weight));
            }
        }
        match products.len() {
            5 => g.eval::<5>(products.try_into().expect("five")).len(),
            8 => g.eval::<8>(products.try_into().expect("eight")).len(),
            other => unreachable!("{other} products"),
        }
    }
}

/// The network 2-8-1 with a batch of four, as one would write it without an engine.
struct ByHand {
    hidden: [[f32; 2]; 8],
    hidden_bias: [f32; 8],
    out: [f32; 8],
    out_bias: f32,
}

impl ByHand {
    fn step(&mut self, inputs: &[[f32; 2]; 4], targets: &[f32; 4], rate: f32) -> f32 {
        let mut loss = 0.0;
        let (mut d_hidden, mut d_hidden_bias) = ([[0.0; 2]; 8], [0.0; 8]);
        let (mut d_out, mut d_out_bias) = ([0.0; 8], 0.0);
        for (x, target) in inputs.iter().zip(targets) {
            let mut h = [0.0; 8];
            let mut logit = self.out_bias;
            for (j, h) in h.iter_mut().enumerate() {
                let [a, b] = self.hidden[j];
                *h = (a * x[0] + b * x[1] + self.hidden_bias[j]).tanh();
                logit += self.out[j] * *h;
            }
            loss += logit.max(0.0) + (-logit.abs()).exp().ln_1p() - target * logit;
            let d_logit = (1.0 / (1.0 + (-logit).exp()) - target) / 4.0;
            d_out_bias += d_logit;
            for j in 0..8 {
                d_out[j] += d_logit * h[j];
                let d = d_logit * self.out[j] * (1.0 - h[j] * h[j]);
                d_hidden_bias[j] += d;
                d_hidden[j][0] += d * x[0];
                d_hidden[j][1] += d * x[1];
            }
        }
        self.out_bias -= rate * d_out_bias;
        for j in 0..8 {
            self.out[j] -= rate * d_out[j];
            self.hidden_bias[j] -= rate * d_hidden_bias[j];
            self.hidden[j][0] -= rate * d_hidden[j][0];
            self.hidden[j][1] -= rate * d_hidden[j][1];
        }
        loss / 4.0
    }
}

/// Plain gradient descent as a continuation of the graph: what `nn`'s optimisers are, without their services.
struct Descent<'g> {
    loss: Var<'g>,
    params: Vec<Var<'g>>,
    rate: Var<'g>,
}

impl<'g> Continuation<'g, f32> for Descent<'g> {
    fn key(&self, key: &mut Key) {
        key.of_type::<Descent<'static>>();
        [self.loss, self.rate].into_iter().chain(self.params.iter().copied()).for_each(|var| key.var(var));
    }

    fn record(&self, _: &'g Graph, emit: &mut dyn FnMut(Option<Var<'g>>)) {
        let mut params = self.params.iter();
        self.loss.try_grad(&self.params, &mut |gradient| {
            let param = *params.next().expect("one gradient for each parameter");
            emit(gradient.map(|gradient| param - self.rate * gradient));
        });
    }
}

/// The network 2-8-1 with a batch of four, written against the graph alone.
fn on_the_graph() -> impl FnMut() -> f32 {
    let mut params: Vec<Tensor> = [(8, 2), (1, 8)]
        .into_iter()
        .flat_map(|(rows, columns)| [Workload::numbers(rows, columns), Tensor::zeros([rows])])
        .collect();
    let (x, y) = (Workload::numbers(4, 2), Tensor::from_fn([4, 1], |i| (i % 2) as f32));
    let mut values = Vec::new();
    move || {
        let g = Graph::new();
        let vars: Vec<Var> = params.iter().map(|tensor| g.var(tensor)).collect();
        let h = (g.constant(black_box(&x)).matmul_t(vars[0]) + vars[1]).tanh();
        let logits = h.matmul_t(vars[2]) + vars[3];
        let loss = (logits.softplus() - logits * g.constant(&y)).mean();
        let rate = g.number(1e-4);
        g.run_with(&[loss], &Descent { loss, params: vars, rate }, &mut values);
        let mut values = values.drain(..).flatten();
        let loss = values.next().expect("a root has a value").item();
        params.iter_mut().zip(values).for_each(|(param, value)| *param = value);
        loss
    }
}

fn steps(c: &mut Criterion) {
    let mut group = c.benchmark_group("step");
    for workload in WORKLOADS {
        group.throughput(Throughput::Elements(flops(&workload)));
        group.bench_function(workload.name, |b| b.iter(workload.step()));
        if workload.name == "A" {
            let inputs = [[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]];
            let mut net =
                ByHand { hidden: [[0.3, -0.4]; 8], hidden_bias: [0.1; 8], out: [0.2; 8], out_bias: 0.0 };
            group.bench_function("A, on the graph alone", |b| b.iter(on_the_graph()));
            group.bench_function("A, by hand", |b| {
                b.iter(|| net.step(black_box(&inputs), &[0.0, 1.0, 1.0, 0.0], 1e-4));
            });
        } else if !workload.adam {
            let name = format!("{}, products alone", workload.name);
            group.bench_function(name, |b| b.iter(products(&workload)));
        }
    }
    group.finish();
}

criterion_group! {
    name = benches;
    config = Criterion::default().without_plots().measurement_time(Duration::from_secs(3));
    targets = steps
}
criterion_main!(benches);
