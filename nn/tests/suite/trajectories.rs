//! Optimisers against loops written by hand in f64: descent and Adam; `trajectories_adaptive.rs` has the others.

use autograd::{Executor, Tensor, with_executor};
use nn::{Adam, AdamW, Linear, Optimizer, Sgd, module, prelude::Model};

/// A quadratic bowl: Σ c (w - m)², with gradient 2 c (w - m).
struct Bowl<P = Tensor> {
    w: P,
}
module!(Bowl { param w });

const STEEP: [f64; 3] = [0.5, 2.0, 10.0];
const BOTTOM: [f64; 3] = [1.0, -2.0, 0.25];
const START: [f64; 3] = [3.0, 3.0, -1.0];

pub(crate) fn slope(w: &[f64; 3]) -> [f64; 3] {
    std::array::from_fn(|i| 2.0 * STEEP[i] * (w[i] - BOTTOM[i]))
}

/// Runs both for `steps` steps, with the learning rate of each step, and compares after each.
pub(crate) fn compare<R: nn::AnyRule<f64>>(
    mut optimizer: Optimizer<R, f64>,
    steps: u64,
    tolerance: f64,
    lr: impl Fn(u64) -> f64,
    mut by_hand: impl FnMut(u64, f64, &mut [f64; 3]),
) {
    let mut bowl = Bowl { w: Tensor::from(START) };
    let mut w = START;
    for step in 1..=steps {
        optimizer.set_lr(lr(step));
        let loss = optimizer
            .step(&mut bowl, |g, bowl| (g.constant(STEEP) * (bowl.w - g.constant(BOTTOM)).square()).sum());
        let expected: f64 = (0..3).map(|i| STEEP[i] * (w[i] - BOTTOM[i]).powi(2)).sum();
        let loss = loss.unwrap();
        assert!((loss - expected).abs() <= tolerance * (1.0 + expected), "step {step}: {loss} {expected}");
        by_hand(step, lr(step), &mut w);
        for (found, expected) in bowl.w.data().iter().zip(w) {
            let error = (found - expected).abs();
            assert!(error <= tolerance * (1.0 + expected.abs()), "step {step}: {found} {expected} {error:e}");
        }
    }
}

#[test]
fn plain_descent() {
    compare(
        Sgd::new(0.0),
        200,
        1e-12,
        |_| 0.03,
        |_, lr, w| {
            let g = slope(w);
            (0..3).for_each(|i| w[i] -= lr * g[i]);
        },
    );
}

#[test]
fn momentum_with_dampening_and_decay() {
    for nesterov in [false, true] {
        let mut direction = [0.0; 3];
        let sgd = Sgd::new(0.0).momentum(0.9).dampening(0.1).weight_decay(0.01);
        let sgd = if nesterov { sgd.nesterov() } else { sgd };
        compare(
            sgd,
            300,
            1e-12,
            |_| 0.005,
            |_, lr, w| {
                let g = slope(w);
                for i in 0..3 {
                    let g = g[i] + 0.01 * w[i];
                    direction[i] = 0.9 * direction[i] + (1.0 - 0.1) * g;
                    w[i] -= lr * if nesterov { g + 0.9 * direction[i] } else { direction[i] };
                }
            },
        );
    }
}

/// Algorithm 1 of the paper, letter by letter.
fn adam_by_hand(betas: (f64, f64), epsilon: f64) -> impl FnMut(u64, f64, &mut [f64; 3]) {
    let (mut m, mut v) = ([0.0; 3], [0.0; 3]);
    move |t, lr, w| {
        let g = slope(w);
        for i in 0..3 {
            m[i] = betas.0 * m[i] + (1.0 - betas.0) * g[i];
            v[i] = betas.1 * v[i] + (1.0 - betas.1) * g[i] * g[i];
            let mean = m[i] / (1.0 - betas.0.powi(t as i32));
            let square = v[i] / (1.0 - betas.1.powi(t as i32));
            w[i] -= lr * mean / (square.sqrt() + epsilon);
        }
    }
}

#[test]
fn adam() {
    compare(Adam::new(0.0), 300, 1e-12, |_| 0.05, adam_by_hand((0.9, 0.999), 1e-8));
    let adam = Adam::new(0.0).betas(0.8, 0.95).epsilon(1e-3);
    compare(adam, 300, 1e-12, |_| 0.05, adam_by_hand((0.8, 0.95), 1e-3));
}

/// Algorithm 2 of Reddi, Kale and Kumar with Adam's corrections, and a penalty in the gradient.
#[test]
fn amsgrad_with_coupled_decay() {
    let (mut m, mut v, mut largest) = ([0.0; 3], [0.0; 3], [0.0_f64; 3]);
    let adam = Adam::new(0.0).betas(0.9, 0.9).amsgrad().weight_decay(0.05);
    compare(
        adam,
        300,
        1e-12,
        |_| 0.05,
        |t, lr, w| {
            let g = slope(w);
            for i in 0..3 {
                let g = g[i] + 0.05 * w[i];
                m[i] = 0.9 * m[i] + 0.1 * g;
                v[i] = 0.9 * v[i] + 0.1 * g * g;
                largest[i] = largest[i].max(v[i]);
                let correction = 1.0 - 0.9_f64.powi(t as i32);
                w[i] -= lr * (m[i] / correction) / ((largest[i] / correction).sqrt() + 1e-8);
            }
        },
    );
    assert!((0..3).all(|i| largest[i] > 2.0 * v[i]), "the option made a difference");
}

#[test]
fn adam_with_decoupled_decay() {
    let mut adam = adam_by_hand((0.9, 0.999), 1e-8);
    compare(
        AdamW::new(0.0, 0.1),
        300,
        1e-12,
        |_| 0.05,
        |t, lr, w| {
            // The gradient is taken before the weight shrinks.
            let old = *w;
            let mut stepped = *w;
            adam(t, lr, &mut stepped);
            (0..3).for_each(|i| w[i] = (1.0 - lr * 0.1) * old[i] + (stepped[i] - old[i]));
        },
    );
}

/// The same with the largest mean square so far.
#[test]
fn amsgrad_with_decoupled_decay() {
    let (mut m, mut v, mut largest) = ([0.0; 3], [0.0; 3], [0.0_f64; 3]);
    compare(
        AdamW::new(0.0, 0.1).betas(0.9, 0.9).amsgrad(),
        300,
        1e-12,
        |_| 0.05,
        |t, lr, w| {
            let g = slope(w);
            let correction = 1.0 - 0.9_f64.powi(t as i32);
            for i in 0..3 {
                m[i] = 0.9 * m[i] + 0.1 * g[i];
                v[i] = 0.9 * v[i] + 0.1 * g[i] * g[i];
                largest[i] = largest[i].max(v[i]);
                let step = lr * (m[i] / correction) / ((largest[i] / correction).sqrt() + 1e-8);
                w[i] = (1.0 - lr * 0.1) * w[i] - step;
            }
        },
    );
    assert!((0..3).all(|i| largest[i] > 2.0 * v[i]), "the option made a difference");
}

#[test]
fn ten_thousand_steps_under_a_cosine_learning_rate_are_one_plan() {
    let steps = 10_000;
    let cosine = |t: u64| 0.05 * (1.0 + (std::f64::consts::PI * t as f64 / steps as f64).cos()) / 2.0;
    let before = autograd::plan_stats().built;
    with_executor(Executor::Planned, || {
        compare(Adam::new(0.0), steps, 1e-12, cosine, adam_by_hand((0.9, 0.999), 1e-8));
    });
    assert_eq!(autograd::plan_stats().built - before, 1);
}

#[test]
fn apply_takes_the_same_step_as_step() {
    let start: Linear<Tensor<f64>> = Linear::new(3, 2, &mut nn::rng(5)).cast();
    let x = Tensor::from([[0.3, -1.0, 2.0], [1.0, 0.5, -0.25]]);
    let (mut a, mut b) = (start.clone(), start);
    let (mut one, mut other) = (Adam::new(0.1), Adam::new(0.1));
    for _ in 0..20 {
        let loss = one.step(&mut a, |g, net| net.forward(g.constant(&x)).square().sum()).unwrap();
        let (same, grads) = b.value_and_grad(|g, net| net.forward(g.constant(&x)).square().sum()).unwrap();
        other.apply(&mut b, &grads).unwrap();
        assert_eq!(loss, same);
        assert_eq!((&a.weight, &a.bias), (&b.weight, &b.bias));
    }
}
