//! Training that diverges: what the error names, and what the model is then.

use std::ops::ControlFlow;

use nn::data::moons;
use nn::prelude::*;
use nn::train::*;

fn numbers<M: Model>(net: &M) -> Vec<f32> {
    let mut numbers = Vec::new();
    net.visit(&mut |_, tensor: &Tensor| numbers.extend_from_slice(tensor.data()));
    numbers
}

#[test]
fn divergence_names_epoch_step_and_node_and_changes_nothing() {
    let train =
        Dataset::new(Tensor::from([[1.0], [2.0], [3.0], [4.0]]), Tensor::from([[1.0], [2.0], [3.0], [4.0]]))
            .unwrap();
    let mut net: Linear = Linear { weight: Tensor::from([[0.5]]), bias: None };
    let mut sgd = Sgd::new(1.0);
    let mut before = Vec::new();
    let mut trainer = Trainer::builder(&net, &train, |g, net, x, y| {
        // Its slope grows with the weight: each step overshoots further.
        (net.forward(g.constant(x)) - g.constant(y)).square().square().mean()
    })
    .epochs(50)
    .batch(2)
    .on_step(|event| {
        before = numbers(event.model);
        ControlFlow::Continue(())
    })
    .build()
    .unwrap();
    let error = trainer.fit(&mut net, &mut sgd).unwrap_err();
    let text = error.to_string();
    let TrainError::Step { epoch, error } = error else { panic!("{text}") };
    let StepError::NotFinite { step, birth: Some(birth), .. } = *error else { panic!("{text}") };
    // Two steps an epoch.
    assert_eq!((birth.op.as_str(), epoch), ("square", (step - 1) / 2 + 1));
    assert!(birth.origin.file().ends_with("divergence.rs") && text.contains("square of shape"), "{text}");
    drop(trainer);
    assert_eq!((numbers(&net), sgd.steps()), (before, step - 1));
}

#[test]
fn a_last_step_that_breaks_a_weight_is_an_error_too() {
    let train = Dataset::new(Tensor::from([[1.0]]), Tensor::from([[1.0]])).unwrap();
    let mut net: Linear = Linear { weight: Tensor::from([[0.0]]), bias: None };
    let mut sgd = Sgd::new(1e30);
    let mut trainer =
        Trainer::builder(&net, &train, |g, net, x, y| mse(net.forward(g.constant(x)), g.constant(y)) * 1e30)
            .epochs(1)
            .build()
            .unwrap();
    let error = trainer.fit(&mut net, &mut sgd).unwrap_err();
    let TrainError::NotFinite { epoch: 1, step: 1, name, value } = &error else { panic!("{error}") };
    assert_eq!((name.as_str(), *value), ("weight", f64::INFINITY));
}

/// y = x by the weight alone, with steps that leave the minimum ever faster; the best epoch is the first.
#[test]
fn a_run_that_diverges_gives_back_the_best_weights() {
    let train = Dataset::new(Tensor::from([[1.0]]), Tensor::from([[1.0]])).unwrap();
    for accumulate in [1, 2] {
        let mut net: Linear = Linear { weight: Tensor::from([[0.5]]), bias: None };
        let (mut sgd, mut weights) = (Sgd::new(3.0), Vec::new());
        let mut trainer =
            Trainer::builder(&net, &train, |g, net, x, y| mse(net.forward(g.constant(x)), g.constant(y)))
                .epochs(1000)
                .accumulate(accumulate)
                .evaluate("train", &train)
                .keep_best()
                .on_epoch(|event| {
                    weights.push(event.model.weight.item());
                    ControlFlow::Continue(())
                })
                .build()
                .unwrap();
        let error = trainer.fit(&mut net, &mut sgd).unwrap_err();
        assert!(error.is_divergence() && error.to_string().contains("epoch "), "{error}");
        let (closed, best) = (trainer.epochs(), trainer.best().value());
        assert_eq!(trainer.history().epochs(), closed as usize);
        drop(trainer);
        // w - 1 becomes (1 - 2 · 3) (w - 1) = 2.5 in the first epoch.
        assert_eq!((net.weight.item(), best), (3.5, 6.25));
        assert_eq!((weights[0], weights.len() as u64), (3.5, closed));
        assert!(weights.last().unwrap().abs() > 1e10);
    }
}

/// A metric that fails is no divergence: once it is mended, training can go on where it was.
#[test]
fn other_errors_leave_the_last_weights() {
    let train = moons(20, 0.2, &mut nn::rng(1));
    let (mut net, mut sgd) = (Linear::new(2, 2, &mut nn::rng(1)), Sgd::new(30.0));
    let (mut count, mut last) = (0, Vec::new());
    let mut trainer = Trainer::with_predictions(&net, &train, |g, net, x, labels| {
        let logits = net.forward(g.constant(x));
        (cross_entropy(logits, labels), logits)
    })
    .epochs(5)
    .evaluate("train", &train)
    .keep_best()
    .metric("luck", |_, _| {
        count += 1;
        if count < 4 { Ok(0.0) } else { Err("there is none".into()) }
    })
    .on_step(|event| {
        last = numbers(event.model);
        ControlFlow::Continue(())
    })
    .build()
    .unwrap();
    assert!(!trainer.fit(&mut net, &mut sgd).unwrap_err().is_divergence());
    let best = numbers(trainer.best().model().unwrap());
    drop(trainer);
    assert_eq!(numbers(&net), last);
    assert_ne!(last, best);
}
