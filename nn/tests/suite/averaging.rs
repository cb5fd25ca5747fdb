//! Gradients over micro-batches, and averages of weights.

use std::cell::RefCell;

use nn::prelude::*;
use nn::{Accumulate, Ema, EmaStart, Tanh, module};

fn numbers<T: autograd::Element>(net: &impl Model<T>) -> Vec<f64> {
    let mut numbers = Vec::new();
    net.visit(&mut |_, tensor| numbers.extend(tensor.data().iter().map(|x| x.to_f64())));
    numbers
}

#[test]
fn micro_batches_make_the_batch() {
    let net: Mlp<Tensor<f64>> = Mlp::new(&[3, 5, 1], Tanh, &mut nn::rng(1)).cast();
    let x = Tensor::from_fn([12, 3], |i| ((i * 7) % 11) as f64 / 11.0 - 0.4);
    let y = Tensor::from_fn([12, 1], |i| (i as f64).sin());
    let (whole, gradient) =
        net.value_and_grad(|g, net| mse(net.forward(g.constant(&x)), g.constant(&y))).unwrap();
    let mut parts = Accumulate::new();
    // Equal micro-batches, then others of the same rows; the second round starts anew.
    for sizes in [&[4, 4, 4][..], &[5, 1, 6]] {
        let (mut trained, mut first) = (net.map_params(&mut |tensor: &Tensor<f64>| tensor.clone()), 0);
        for &size in sizes {
            let rows: Vec<usize> = (first..first + size).collect();
            let (x, y) = (x.select_rows(&rows), y.select_rows(&rows));
            parts.add(&mut trained, size, |g, net| mse(net.forward(g.constant(&x)), g.constant(&y))).unwrap();
            first += size;
        }
        assert_eq!(parts.rows(), 12);
        let (loss, sum) = parts.finish();
        assert!((loss - whole).abs() < 1e-14);
        for (found, expected) in numbers(&sum).iter().zip(numbers(&gradient)) {
            assert!((found - expected).abs() < 1e-14, "{found} {expected}");
        }
    }
}

/// A layer that draws a number and counts its uses.
struct Noisy<P = Tensor<f64>> {
    w: P,
    count: P,
}
module!(Noisy { param w, state count });

#[test]
fn each_micro_batch_has_its_own_seed_and_writes_its_states() {
    let run = |seed: u64| {
        let mut net = Noisy { w: Tensor::from([1.0]), count: Tensor::scalar(0.0) };
        let (mut parts, seeds) = (Accumulate::new().seed(seed), RefCell::new(Vec::new()));
        for _ in 0..2 {
            for _ in 0..3 {
                let look = |g: &Graph<f64>| seeds.borrow_mut().push(g.next_seed());
                parts
                    .add(&mut net, 1, |g, net| {
                        look(g);
                        net.count.set_next(net.count + 1.0);
                        net.w.sum()
                    })
                    .unwrap();
            }
            parts.finish();
        }
        assert_eq!(net.count.item(), 6.0);
        seeds.into_inner()
    };
    let seeds = run(1);
    let distinct: std::collections::HashSet<_> = seeds.iter().collect();
    assert_eq!((distinct.len(), run(1) == seeds, run(2) == seeds), (6, true, false));
}

#[test]
fn a_micro_batch_that_fails_changes_nothing() {
    let mut net = Noisy { w: Tensor::from([1.0]), count: Tensor::scalar(0.0) };
    let mut parts = Accumulate::new();
    parts.add(&mut net, 2, |_, net| (net.w * 3.0).sum()).unwrap();
    let error = parts.add(&mut net, 2, |_, net| {
        net.count.set_next(net.count + 1.0);
        (net.w * f64::NAN).sum()
    });
    assert!(matches!(error, Err(StepError::NotFinite { .. })));
    assert!(matches!(parts.add(&mut net, 2, |g, _| g.number(1.0)), Err(StepError::NoGradient { .. })));
    let mut wide = Noisy { w: Tensor::from([1.0, 2.0]), count: Tensor::scalar(0.0) };
    let error = parts.add(&mut wide, 2, |_, net| net.w.sum()).unwrap_err();
    assert!(error.to_string().contains("w has shape [2], where [1] is known"), "{error}");
    let (loss, sum) = parts.finish();
    assert_eq!((loss, sum.w.item(), net.count.item()), (3.0, 3.0, 0.0));
}

/// Weights that an average sees, and the average by hand, with what each update keeps.
fn average(start: EmaStart, kept: impl Fn(i32) -> f64) {
    let mut ema = Ema::new(0.9).start(start);
    let mut expected = 0.0;
    for t in 0..50 {
        let w = (t as f64 * 0.7).sin() * 3.0;
        let net = Noisy { w: Tensor::from([w]), count: Tensor::scalar(t as f64) };
        ema.update(&net).unwrap();
        expected = if t == 0 { w } else { kept(t) * expected + (1.0 - kept(t)) * w };
        assert!((ema.model().w.item() - expected).abs() < 1e-13, "{start:?} {t}");
        assert_eq!((ema.model().count.item(), ema.updates()), (t as f64, t as u64 + 1));
        // Taken up again it goes on as before.
        let copy = ema.model().map_params(&mut |tensor: &Tensor<f64>| tensor.clone());
        ema = Ema::new(0.9).start(start).resume(copy, ema.updates());
    }
}

#[test]
fn averages_are_those_of_their_formulas() {
    average(EmaStart::Plain, |_| 0.9);
    average(EmaStart::WarmUp, |t| f64::min(0.9, (1.0 + f64::from(t)) / (10.0 + f64::from(t))));
    // Corrected: the mean with weights 0.9^age over those of all so far.
    let weights = |t: i32| (0..t).map(|age| 0.9_f64.powi(age)).sum::<f64>();
    average(EmaStart::Corrected, |t| 0.9 * weights(t) / weights(t + 1));
}

#[test]
fn an_average_of_another_model_is_refused() {
    let mut ema: Ema<Linear> = Ema::new(0.9);
    ema.update(&Linear::new(2, 1, &mut nn::rng(1))).unwrap();
    for (other, text) in [
        (Linear::new(3, 1, &mut nn::rng(1)), "weight"),
        (Linear::new(2, 1, &mut nn::rng(1)).without_bias(), "1 tensors, where 2"),
    ] {
        let error = ema.update(&other).unwrap_err();
        assert!(matches!(error, StepError::OtherModel { .. }) && error.to_string().contains(text), "{error}");
    }
    assert_eq!(ema.updates(), 1);
    assert!(Ema::<Linear>::check(1.0).is_err() && Ema::<Linear>::check(f64::NAN).is_err());
}
