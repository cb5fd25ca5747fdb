//! One step of each optimiser along given gradients of ten million parameters, beside plain loops that move the same
//! bytes: each new tensor is an old one plus a multiple of the gradient.
//!
//! All take turns; a ratio is the median of the ratios of neighbours, which holds where times drift. The loops of
//! "ratio" write to other memory than they read, as the usual measure of a memory's speed does (STREAM), and those of
//! "in place" to the same, which spares the memory a reading of what is written over. Steps are taken in place where
//! there is state. Bytes are those that a step must read (parameters, gradient, state) and write (parameters, state);
//! that gradients are finite must be known before anything is written over, so they are read once more, which is not
//! counted. A number of parameters and a row can be given: `cargo bench --bench optimisers -- 1000000 Adam`.

#[path = "workloads/timing.rs"]
#[allow(dead_code)] // Benches need different parts of it.
mod timing;

use std::hint::black_box;
use std::time::Instant;

use autograd::prelude::*;
use nn::prelude::*;
use nn::{AdaMax, Adadelta, AnyRule, Lion, Optimizer, RAdam, Rprop, module};
use timing::median;

const ROUNDS: usize = 9;

struct Weights<P = Tensor> {
    w: P,
}
module!(Weights { param w });

/// Streams of a plain loop: `x` goes to `y`, and the two change places, as new and old tensors do.
struct Streams {
    g: Vec<f32>,
    x: Vec<Vec<f32>>,
    y: Vec<Vec<f32>>,
}

impl Streams {
    fn new(count: usize, streams: usize) -> Streams {
        let full = |number: usize| vec![number as f32 * 1e-3 + 1.0; count];
        Streams { g: full(0), x: (0..streams).map(full).collect(), y: (0..streams).map(full).collect() }
    }

    /// Calls `f` a block at a time, so that the gradient comes from memory once for all streams.
    fn blocks(&mut self, mut f: impl FnMut(f32, &[f32], &mut [f32], &mut [f32])) {
        const BLOCK: usize = 1 << 10;
        let a = black_box(1e-6);
        for start in (0..self.g.len()).step_by(BLOCK) {
            let end = (start + BLOCK).min(self.g.len());
            for (x, y) in self.x.iter_mut().zip(&mut self.y) {
                f(a, &self.g[start..end], &mut x[start..end], &mut y[start..end]);
            }
        }
    }

    fn across(&mut self) {
        self.blocks(|a, g, x, y| {
            for ((y, x), g) in y.iter_mut().zip(x).zip(g) {
                *y = *x + a * g;
            }
        });
        std::mem::swap(&mut self.x, &mut self.y);
    }

    fn in_place(&mut self) {
        self.blocks(|a, g, x, _| {
            for (x, g) in x.iter_mut().zip(g) {
                *x += a * g;
            }
        });
    }
}

fn seconds(f: &mut dyn FnMut()) -> f64 {
    let start = Instant::now();
    f();
    start.elapsed().as_secs_f64()
}

fn row<R: AnyRule<f32>>(run: &Run, name: &str, mut optimizer: Optimizer<R>) {
    if run.only.as_ref().is_some_and(|only| only != name) {
        return;
    }
    let numbers =
        |shift: usize| Tensor::from_fn([run.count], |i| ((i + shift) % 1000) as f32 / 1000.0 - 0.45);
    let (mut net, gradients) = (Weights { w: numbers(0) }, Weights { w: numbers(7) });
    let mut step =
        |optimizer: &mut Optimizer<R>| optimizer.apply(&mut net, &gradients).expect("gradients are finite");
    // Makes the plan and the state.
    (0..3).for_each(|_| step(&mut optimizer));
    let (mut times, mut ratios, mut in_place) = (Vec::new(), Vec::new(), Vec::new());
    let slots = optimizer.state().len();
    let mut streams = Streams::new(run.count, 1 + slots);
    streams.across();
    for _ in 0..ROUNDS {
        let others = seconds(&mut || streams.across());
        let own = seconds(&mut || step(&mut optimizer));
        let same = seconds(&mut || streams.in_place());
        times.push(own);
        ratios.push(own / others);
        in_place.push(own / same);
    }
    let bytes = (run.count * size_of::<f32>() * (3 + 2 * slots)) as f64;
    let time = median(&mut times);
    let (ratio, in_place) = (median(&mut ratios), median(&mut in_place));
    println!("{name:24} {:8.2} ms {:8.1} GB/s {ratio:8.2} {in_place:9.2}", time * 1e3, bytes / time / 1e9);
}

/// What is asked for.
struct Run {
    count: usize,
    only: Option<String>,
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|word| !word.starts_with("--")).collect();
    let count = arguments.iter().find_map(|word| word.parse().ok()).unwrap_or(10_000_000);
    let only = arguments.iter().find(|word| word.parse::<usize>().is_err()).cloned();
    let run = &Run { count, only };
    println!("{count} parameters, f32, one thread");
    println!("{:24} {:>11} {:>13} {:>8} {:>9}", "one step", "time", "moved", "ratio", "in place");
    row(run, "Sgd", Sgd::new(1e-3));
    row(run, "Sgd, weight decay", Sgd::new(1e-3).weight_decay(0.01));
    row(run, "Sgd, momentum", Sgd::new(1e-3).momentum(0.9));
    row(run, "Sgd, Nesterov", Sgd::new(1e-3).momentum(0.9).nesterov());
    row(run, "Adagrad", Adagrad::new(1e-3));
    row(run, "Adadelta", Adadelta::new());
    row(run, "RmsProp", RmsProp::new(1e-3));
    row(run, "RmsProp, all options", RmsProp::new(1e-3).centered().momentum(0.9));
    row(run, "Adam", Adam::new(1e-3));
    row(run, "Adam, AMSGrad", Adam::new(1e-3).amsgrad());
    row(run, "AdamW", AdamW::new(1e-3, 0.01));
    row(run, "AdaMax", AdaMax::new(1e-3));
    row(run, "Nadam", Nadam::new(1e-3));
    row(run, "RAdam", RAdam::new(1e-3));
    row(run, "Lion", Lion::new(1e-3));
    row(run, "Rprop", Rprop::new(1e-3));
    row(run, "Adam, clip_norm", Adam::new(1e-3).clip_norm(1.0));
    row(run, "Adam, clip_value", Adam::new(1e-3).clip_value(0.5));
}
