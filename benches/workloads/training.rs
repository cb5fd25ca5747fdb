//! Training steps of fully connected networks: what the benches of steps and the comparison with
//! other frameworks both time. The data is arbitrary and the learning rates are tiny, so that the
//! numbers, and with them the time of a step, stay the same however many steps are taken.

use std::hint::black_box;

use nn::prelude::*;
use nn::{AnyRule, Optimizer, Relu, Sigmoid, Tanh};

/// A network, its batch and its optimiser.
#[derive(Clone, Copy)]
pub(crate) struct Workload {
    pub(crate) name: &'static str,
    pub(crate) widths: &'static [usize],
    pub(crate) batch: usize,
    pub(crate) activation: Activation,
    pub(crate) adam: bool,
}

/// From a handful of neurons, where only the engine's overhead counts, to where only matrix products do.
pub(crate) const WORKLOADS: [Workload; 6] = [
    Workload { name: "A", widths: &[2, 8, 1], batch: 4, activation: Tanh, adam: false },
    Workload { name: "B", widths: &[64, 32, 10], batch: 32, activation: Relu, adam: false },
    Workload { name: "C15", widths: &[784, 15, 10], batch: 10, activation: Sigmoid, adam: false },
    Workload { name: "C128", widths: &[784, 128, 10], batch: 64, activation: Relu, adam: false },
    Workload { name: "D", widths: &[784, 512, 512, 10], batch: 128, activation: Relu, adam: false },
    Workload { name: "D-Adam", widths: &[784, 512, 512, 10], batch: 128, activation: Relu, adam: true },
];

impl Workload {
    /// Inputs or other data of a shape: numbers from -1 to 1 without a pattern.
    pub(crate) fn numbers(rows: usize, columns: usize) -> Tensor {
        Tensor::from_fn([rows, columns], |i| (i as f32 * 12.9898).sin())
    }

    /// A step to call again and again: forward, loss, backward, update; gives the loss.
    pub(crate) fn step(self) -> Box<dyn FnMut() -> f32> {
        if self.adam { self.step_with(Adam::new(1e-6)) } else { self.step_with(Sgd::new(1e-4)) }
    }

    fn step_with<R: AnyRule<f32> + 'static>(self, mut optimizer: Optimizer<R>) -> Box<dyn FnMut() -> f32> {
        let mut net = Mlp::new(self.widths, self.activation, &mut nn::rng(1));
        let (inputs, outputs) = (self.widths[0], self.widths[self.widths.len() - 1]);
        let x = Self::numbers(self.batch, inputs);
        if outputs == 1 {
            let y = Tensor::from_fn([self.batch, 1], |i| (i % 2) as f32);
            return Box::new(move || {
                let loss = optimizer.step(&mut net, |g, net| {
                    bce_with_logits(net.forward(g.constant(black_box(&x))), g.constant(&y))
                });
                loss.expect("every parameter has a gradient")
            });
        }
        let labels = (0..self.batch).map(|i| i * 7 % outputs);
        let labels = Labels::new(labels, outputs).expect("labels are below the number of classes");
        Box::new(move || {
            let loss = optimizer
                .step(&mut net, |g, net| cross_entropy(net.forward(g.constant(black_box(&x))), &labels));
            loss.expect("every parameter has a gradient")
        })
    }
}
