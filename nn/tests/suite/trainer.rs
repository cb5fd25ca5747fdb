//! The trainer: the same bits as a loop, numbers as computed by hand, ends where it should, and errors.

use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, Ordering};

use nn::data::moons;
use nn::metrics::{accuracy, binary_predictions, predictions};
use nn::prelude::*;
use nn::schedules::{Cosine, Plateau};
use nn::train::*;
use nn::{Relu, Tanh};

pub(crate) type Net = Sequential<(Linear, BatchNorm, Activation, Dropout, Linear)>;

/// A network in which everything has a say that could differ: states, masks, weights.
pub(crate) fn net() -> Net {
    let mut rng = nn::rng(3);
    Sequential((
        Linear::new(2, 8, &mut rng),
        BatchNorm::new(8),
        Tanh,
        Dropout::new(0.25),
        Linear::new(8, 2, &mut rng),
    ))
}

/// All parameters and states.
pub(crate) fn numbers<M: Model>(net: &M) -> Vec<f32> {
    let mut numbers = Vec::new();
    net.visit(&mut |_, tensor: &Tensor| numbers.extend_from_slice(tensor.data()));
    numbers
}

#[test]
fn a_trainer_does_what_a_loop_does() {
    let (train, held_out) = (moons(50, 0.2, &mut nn::rng(1)), moons(30, 0.2, &mut nn::rng(2)));
    let cosine = Cosine::new(0.02, 0.001, 5 * 7);
    let (mut by_hand, mut adam) = (net(), Adam::new(0.02).seed(4));
    let (mut losses, mut judged) = (Vec::new(), Vec::new());
    for epoch in 0..5 {
        let mut sum = 0.0;
        for (x, labels) in train.batches(8, &mut epoch_rng(9, epoch)) {
            adam.set_lr(cosine.lr(adam.steps()));
            let loss = adam
                .step(&mut by_hand, |g, net| cross_entropy(net.forward(g.constant(&x)), &labels))
                .unwrap();
            sum += f64::from(loss) * labels.len() as f64;
        }
        losses.push(sum / 50.0);
        let p = by_hand.predict(|g, net| net.forward(g.constant(held_out.x())));
        judged.push(accuracy(&predictions(&p).unwrap(), held_out.labels()));
    }

    let (mut trained, mut other) = (net(), Adam::new(0.02).seed(4));
    let mut trainer = Trainer::with_predictions(&trained, &train, |g, net, x, labels| {
        let logits = net.forward(g.constant(x));
        (cross_entropy(logits, labels), logits)
    })
    .epochs(5)
    .batch(8)
    .seed(9)
    .schedule(cosine)
    .validate(&held_out)
    .metric("accuracy", |logits, labels| Ok(accuracy(&predictions(logits)?, labels)))
    .build()
    .unwrap();
    assert_eq!(trainer.fit(&mut trained, &mut other).unwrap(), Reason::Epochs(5));
    assert_eq!(trainer.history().get("loss"), Some(&losses[..]));
    assert_eq!(trainer.history().get("validation accuracy"), Some(&judged[..]));
    assert_eq!(
        trainer.fit(&mut trained, &mut other).unwrap(),
        Reason::Epochs(5),
        "there is nothing more to do"
    );
    assert_eq!(numbers(&trained), numbers(&by_hand));
    assert_eq!(other.snapshot(&trained).unwrap(), adam.snapshot(&by_hand).unwrap());
}

#[test]
fn held_out_losses_are_means_over_rows() {
    let (train, held_out) = (moons(20, 0.2, &mut nn::rng(1)), moons(23, 0.2, &mut nn::rng(2)));
    let (mut net, mut sgd) = (Mlp::new(&[2, 4, 2], Relu, &mut nn::rng(1)), Sgd::new(0.1));
    let mut trainer = Trainer::with_predictions(&net, &train, |g, net, x, labels| {
        let logits = net.forward(g.constant(x));
        (cross_entropy(logits, labels), logits)
    })
    .epochs(1)
    .validate(&held_out)
    .evaluate("train", &train)
    .evaluation_batch(10) // the last has three rows
    .metric("rows", |logits, labels| Ok((logits.shape()[0] * 1000 + labels.len()) as f64))
    .build()
    .unwrap();
    trainer.fit(&mut net, &mut sgd).unwrap();
    let found = trainer.history().last("validation loss").unwrap();
    assert_eq!(trainer.history().last("validation rows"), Some(23_023.0));
    assert_eq!(trainer.history().last("train rows"), Some(20_020.0));
    let (x, labels) = (held_out.x().data(), held_out.labels().as_slice());
    let mut sum = 0.0;
    for (row, &label) in x.chunks(2).zip(labels) {
        let layer = |layer: &Linear, x: &[f64]| -> Vec<f64> {
            let rows = layer.weight.data().chunks(x.len()).zip(layer.bias.as_ref().unwrap().data());
            rows.map(|(w, &b)| f64::from(b) + w.iter().zip(x).map(|(&w, x)| f64::from(w) * x).sum::<f64>())
                .collect()
        };
        let x: Vec<f64> = row.iter().map(|&x| f64::from(x)).collect();
        let h: Vec<f64> = layer(&net.layers[0], &x).iter().map(|h| h.max(0.0)).collect();
        let z = layer(&net.layers[1], &h);
        sum += z.iter().map(|z| z.exp()).sum::<f64>().ln() - z[label as usize];
    }
    assert!((found - sum / 23.0).abs() < 1e-6, "{found} instead of {}", sum / 23.0);
}

#[test]
fn several_batches_make_one_step() {
    let train = moons(44, 0.2, &mut nn::rng(1));
    let run = |batch: usize, accumulate: usize| {
        let (mut net, mut sgd) = (Mlp::new(&[2, 4, 2], Tanh, &mut nn::rng(1)), Sgd::new(0.5));
        let mut trainer = Trainer::builder(&net, &train, |g, net, x, labels| {
            cross_entropy(net.forward(g.constant(x)), labels)
        })
        .epochs(3)
        .batch(batch)
        .accumulate(accumulate)
        .build()
        .unwrap();
        trainer.fit(&mut net, &mut sgd).unwrap();
        let loss = trainer.history().last("loss").unwrap();
        (numbers(&net), loss, sgd.steps())
    };
    // 44 rows are 5 batches of 8 and one of 4, in steps of three batches: 24 rows and 20.
    let (whole, parts) = (run(24, 1), run(8, 3));
    assert_eq!((whole.2, parts.2), (6, 6));
    assert!((whole.1 - parts.1).abs() < 1e-6);
    for (a, b) in whole.0.iter().zip(&parts.0) {
        assert!((a - b).abs() < 1e-5, "{a} {b}");
    }
}

#[test]
fn early_stopping_gives_back_the_best_weights() {
    // Few rows and noise: held-out data fare worse after a while.
    let (train, held_out) = (moons(16, 0.4, &mut nn::rng(1)), moons(100, 0.4, &mut nn::rng(2)));
    let (mut net, mut adam) = (Mlp::new(&[2, 32, 2], Relu, &mut nn::rng(1)), Adam::new(0.05));
    let mut weights = Vec::new();
    let mut trainer =
        Trainer::builder(&net, &train, |g, net, x, labels| cross_entropy(net.forward(g.constant(x)), labels))
            .epochs(500)
            .validate(&held_out)
            .early_stopping(EarlyStopping::new(4))
            .on_epoch(|event| {
                weights.push((numbers(event.model), event.is_best));
                ControlFlow::Continue(())
            })
            .build()
            .unwrap();
    let reason = trainer.fit(&mut net, &mut adam).unwrap();
    let losses = trainer.history().get("validation loss").unwrap().to_vec();
    let lowest = losses.iter().copied().fold(f64::INFINITY, f64::min);
    let at = losses.iter().position(|&loss| loss == lowest).unwrap();
    assert_eq!(reason, Reason::NoBetter { epochs: 5, best: lowest });
    assert_eq!(losses.len(), at + 1 + 5);
    assert_eq!(trainer.best().value(), lowest);
    assert_eq!(trainer.fit(&mut net, &mut adam).unwrap(), reason, "the run is over");
    drop(trainer);
    assert_eq!(numbers(&net), weights[at].0);
    let bests: Vec<usize> = (0..losses.len()).filter(|&at| weights[at].1).collect();
    assert_eq!(bests.last(), Some(&at));
}

#[test]
fn a_number_that_should_be_high_can_be_watched() {
    let (train, held_out) = (moons(40, 0.2, &mut nn::rng(1)), moons(40, 0.2, &mut nn::rng(2)));
    let (mut net, mut adam) = (Mlp::new(&[2, 8, 2], Tanh, &mut nn::rng(1)), Adam::new(0.05));
    let mut trainer = Trainer::with_predictions(&net, &train, |g, net, x, labels| {
        let logits = net.forward(g.constant(x));
        (cross_entropy(logits, labels), logits)
    })
    .validate(&held_out)
    .metric("accuracy", |logits, labels| Ok(accuracy(&predictions(logits)?, labels)))
    .watch("validation accuracy", Goal::Highest)
    .early_stopping(EarlyStopping::new(3))
    .build()
    .unwrap();
    let reason = trainer.fit(&mut net, &mut adam).unwrap();
    let best = trainer.history().get("validation accuracy").unwrap().iter().copied().fold(0.0, f64::max);
    assert_eq!(reason, Reason::NoBetter { epochs: 4, best });
    assert_eq!(trainer.best().value(), -best);
}

#[test]
fn a_plateau_lowers_the_rate_and_an_average_is_what_is_evaluated() {
    let train = moons(32, 0.2, &mut nn::rng(1));
    let (mut net, mut sgd) = (Mlp::new(&[2, 4, 2], Tanh, &mut nn::rng(1)), Sgd::new(1e-9));
    let mut trainer =
        Trainer::builder(&net, &train, |g, net, x, labels| cross_entropy(net.forward(g.constant(x)), labels))
            .epochs(4)
            .batch(8)
            .plateau(Plateau::new(1e-9, 0.5, 1))
            .average(Ema::new(0.5))
            .evaluate("train", &train)
            .build()
            .unwrap();
    trainer.fit(&mut net, &mut sgd).unwrap();
    // With so small a rate nothing changes: the first epoch is better than none, then the third halves it.
    assert_eq!(trainer.history().get("lr"), Some(&[1e-9, 1e-9, 1e-9, 5e-10][..]));
    let found = trainer.history().last("train loss").unwrap();
    let average = trainer.average().unwrap();
    assert_eq!(average.updates(), 16);
    let by_hand =
        average.model().predict(|g, net| cross_entropy(net.forward(g.constant(train.x())), train.labels()));
    assert_eq!(found, f64::from(by_hand.item()));
}

#[test]
fn callbacks_and_the_flag_end_training_and_it_goes_on() {
    let train = moons(40, 0.2, &mut nn::rng(1));
    let make = || (net(), Adam::new(0.01));
    let run = |stop_after: &[u64], epochs: u64| {
        let (mut net, mut adam) = make();
        let flag = AtomicBool::new(false);
        let mut trainer = Trainer::builder(&net, &train, |g, net, x, labels| {
            cross_entropy(net.forward(g.constant(x)), labels)
        })
        .epochs(epochs)
        .batch(8)
        .interrupt(&flag)
        .on_step(|event| {
            flag.fetch_or(stop_after.contains(&event.step), Ordering::Relaxed);
            ControlFlow::Continue(())
        })
        .on_epoch(|event| if event.epoch == 3 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) })
        .build()
        .unwrap();
        for step in stop_after {
            flag.store(false, Ordering::Relaxed);
            assert_eq!(trainer.fit(&mut net, &mut adam).unwrap(), Reason::Asked, "after step {step}");
        }
        flag.store(false, Ordering::Relaxed);
        if epochs > 3 {
            assert_eq!(
                (trainer.fit(&mut net, &mut adam).unwrap(), trainer.epochs()),
                (Reason::Asked, 3),
                "after the third epoch"
            );
        }
        assert_eq!(trainer.fit(&mut net, &mut adam).unwrap(), Reason::Epochs(epochs));
        let history = trainer.history().clone();
        (numbers(&net), history)
    };
    let through = run(&[], 4);
    assert_eq!(run(&[1, 2, 7, 10], 4), through);
    assert_eq!(run(&[5], 2).1.epochs(), 2);
}

#[test]
fn metrics_share_the_predictions_of_an_evaluation() {
    let train = moons(30, 0.2, &mut nn::rng(1));
    let (mut net, mut sgd) = (Linear::new(2, 1, &mut nn::rng(1)), Sgd::new(0.1));
    let seen = std::cell::RefCell::new(Vec::new());
    let look = |logits: &Tensor, labels: &Labels| {
        assert_eq!((logits.shape(), labels.len()), ([30, 1].into(), 30));
        seen.borrow_mut().push(logits.clone()); // kept, so that its memory is nobody else's
        Ok(binary_predictions(logits, 0.0)?.as_slice().iter().filter(|&&label| label == 1).count() as f64)
    };
    let mut trainer = Trainer::with_predictions(&net, &train, |g, net, x, labels| {
        let logits = net.forward(g.constant(x));
        (bce_with_logits(logits, g.constant(labels.column())), logits)
    })
    .epochs(1)
    .evaluate("train", &train)
    .evaluation_batch(8)
    .metric("ones", look)
    .metric("again", look)
    .build()
    .unwrap();
    trainer.fit(&mut net, &mut sgd).unwrap();
    let history = trainer.history();
    assert_eq!(history.last("train ones"), history.last("train again"));
    let seen = seen.borrow();
    assert!(std::ptr::eq(seen[0].data(), seen[1].data()), "predictions are put together once");
    // The number by hand.
    let weight = net.weight.data();
    let logit = |row: &[f32]| row[0] * weight[0] + row[1] * weight[1] + net.bias.as_ref().unwrap().item();
    let ones = train.x().data().chunks(2).filter(|row| logit(row) >= 0.0).count();
    assert_eq!(history.last("train ones"), Some(ones as f64));
}

#[test]
fn a_metric_that_fails_is_named() {
    let train = moons(10, 0.1, &mut nn::rng(1));
    let (mut net, mut sgd) = (Linear::new(2, 2, &mut nn::rng(1)), Sgd::new(0.1));
    let mut trainer = Trainer::with_predictions(&net, &train, |g, net, x, labels| {
        let logits = net.forward(g.constant(x));
        (cross_entropy(logits, labels), logits)
    })
    .epochs(1)
    .validate(&train)
    .metric("luck", |_, _| Err("there is none".into()))
    .build()
    .unwrap();
    assert_eq!(
        trainer.fit(&mut net, &mut sgd).unwrap_err().to_string(),
        "metric luck of the validation set: there is none"
    );
}

#[test]
fn models_of_f64_are_trained_too() {
    let train = moons(20, 0.2, &mut nn::rng(1));
    let make = || (Mlp::new(&[2, 16, 2], Tanh, &mut nn::rng(1)).cast::<f64>(), Adam::new(0.05));
    let (mut by_hand, mut adam) = make();
    let mut last = 0.0;
    for epoch in 0..40 {
        for (x, labels) in train.batches(20, &mut epoch_rng(0, epoch)) {
            let x = x.cast::<f64>();
            last = adam
                .step(&mut by_hand, |g, net| cross_entropy(net.forward(g.constant(&x)), &labels))
                .unwrap();
        }
    }
    let (mut net, mut adam) = make();
    let mut trainer = Trainer::builder(&net, &train, |g, net, x, labels| {
        cross_entropy(net.forward(g.constant(x.cast::<f64>())), labels)
    })
    .epochs(40)
    .batch(20)
    .build()
    .unwrap();
    trainer.fit(&mut net, &mut adam).unwrap();
    let losses = trainer.history().get("loss").unwrap();
    assert_eq!(losses[39], last);
    assert!(last < 0.7 * losses[0], "{losses:?}");
    assert_eq!(net.layers[0].weight, by_hand.layers[0].weight);
}
