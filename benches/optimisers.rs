//! One step of each optimiser along given gradients of ten million parameters, beside the same bytes moved by plain
//! loops: each new tensor is an old one plus a multiple of the gradient.
//!
//! Both take turns; "ratio" is the median of the ratios of neighbours, which holds where times drift. Bytes are those
//! that a step must read (parameters, gradient, state) and write (parameters, state). A number of parameters can be
//! given: `cargo bench --bench optimisers -- 1000000`.

use std::hint::black_box;

use autograd::prelude::*;
use nn::prelude::*;
use nn::{AdaMax, Adadelta, AnyRule, Lion, Optimizer, RAdam, Rprop, module};

const ROUNDS: usize = 7;

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

    fn run(&mut self) {
        // A block at a time, so that the gradient comes from memory once for all streams.
        const BLOCK: usize = 1 << 10;
        let a = black_box(1e-6);
        for start in (0..self.g.len()).step_by(BLOCK) {
            let end = (start + BLOCK).min(self.g.len());
            let g = &self.g[start..end];
            for (x, y) in self.x.iter().zip(&mut self.y) {
                for ((y, x), g) in y[start..end].iter_mut().zip(&x[start..end]).zip(g) {
                    *y = x + a * g;
                }
            }
        }
        std::mem::swap(&mut self.x, &mut self.y);
    }
}

fn now() -> f64 {
    #[repr(C)]
    struct Ts {
        s: i64,
        n: i64,
    }
    unsafe extern "C" {
        fn clock_gettime(id: i32, ts: *mut Ts) -> i32;
    }
    let mut ts = Ts { s: 0, n: 0 };
    unsafe { clock_gettime(3, &mut ts) };
    ts.s as f64 + ts.n as f64 * 1e-9
}
fn seconds(f: &mut dyn FnMut()) -> f64 {
    let start = now();
    f();
    now() - start
}

fn median(mut numbers: Vec<f64>) -> f64 {
    numbers.sort_by(f64::total_cmp);
    numbers[numbers.len() / 2]
}

fn row<R: AnyRule<f32>>(name: &str, count: usize, mut optimizer: Optimizer<R>) {
    if std::env::var("ROW").is_ok_and(|row| row != name) {
        return;
    }
    let rounds = std::env::var("ROUNDS").map_or(ROUNDS, |r| r.parse().unwrap());
    let plain_too = std::env::var("PLAIN").is_err();
    let numbers =
        |shift: usize| Tensor::from_fn([count / 4000, 4000], |i| ((i + shift) % 1000) as f32 / 1000.0 - 0.45);
    let (mut net, gradients) = (Weights { w: numbers(0) }, Weights { w: numbers(7) });
    let mut step = || optimizer.apply(&mut net, &gradients).expect("gradients are finite");
    // Makes the plan, and takes the memory between which old and new tensors change.
    (0..3).for_each(|_| step());
    let mut times = Vec::new();
    let mut ratios = Vec::new();
    if std::env::var("PROFILE").is_ok() {
        let (_, p) = autograd::profile(|| {
            for _ in 0..5 {
                optimizer.apply(&mut net, &gradients).unwrap();
            }
        });
        println!("{p}");
        return;
    }
    let slots = optimizer.state().len();
    let mut streams = Streams::new(count, 1 + slots);
    streams.run();
    for _ in 0..rounds {
        let plain = if plain_too { seconds(&mut || streams.run()) } else { 1.0 };
        let own = seconds(&mut || optimizer.apply(&mut net, &gradients).expect("gradients are finite"));
        times.push(own);
        ratios.push(own / plain);
    }
    let bytes = (count * size_of::<f32>() * (3 + 2 * slots)) as f64;
    let time = median(times);
    println!("{name:24} {:8.2} ms {:8.1} GB/s {:8.2}", time * 1e3, bytes / time / 1e9, median(ratios));
}

fn main() {
    let count = std::env::args().find_map(|argument| argument.parse().ok()).unwrap_or(10_000_000);
    println!("{count} parameters, f32, one thread");
    println!("{:24} {:>11} {:>13} {:>8}", "one step", "time", "moved", "ratio");
    row("Sgd", count, Sgd::new(1e-3));
    row("Sgd, weight decay", count, Sgd::new(1e-3).weight_decay(0.01));
    row("Sgd, momentum", count, Sgd::new(1e-3).momentum(0.9));
    row("Sgd, Nesterov", count, Sgd::new(1e-3).momentum(0.9).nesterov());
    row("Adagrad", count, Adagrad::new(1e-3));
    row("Adadelta", count, Adadelta::new());
    row("RmsProp", count, RmsProp::new(1e-3));
    row("RmsProp, all options", count, RmsProp::new(1e-3).centered().momentum(0.9));
    row("Adam", count, Adam::new(1e-3));
    row("Adam, AMSGrad", count, Adam::new(1e-3).amsgrad());
    row("AdamW", count, AdamW::new(1e-3, 0.01));
    row("AdaMax", count, AdaMax::new(1e-3));
    row("Nadam", count, Nadam::new(1e-3));
    row("RAdam", count, RAdam::new(1e-3));
    row("Lion", count, Lion::new(1e-3));
    row("Rprop", count, Rprop::new(1e-3));
    // The norm is known only when all gradients were read: they are read twice.
    row("Adam, clip_norm", count, Adam::new(1e-3).clip_norm(1.0));
    row("Adam, clip_value", count, Adam::new(1e-3).clip_value(0.5));
}
