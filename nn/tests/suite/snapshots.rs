//! An optimiser that is saved and restored goes on to the bit, and a state that does not fit is refused.

use nn::prelude::*;
use nn::*;

fn net() -> Mlp {
    Mlp::new(&[2, 4, 1], Tanh, &mut nn::rng(3))
}

fn copy(net: &Mlp) -> Mlp {
    net.map_params(&mut |tensor: &Tensor| tensor.clone())
}

fn data() -> (Tensor, Tensor) {
    (Tensor::from([[0.0, 0.5], [0.25, 1.0], [1.0, -1.0]]), Tensor::from([[0.0], [1.0], [0.5]]))
}

/// A loss with noise, so that the seed of a step is in its bits.
fn step<R: AnyRule<f32>>(optimizer: &mut Optimizer<R>, net: &mut Mlp) -> f32 {
    let (x, y) = data();
    optimizer
        .step(net, |g, net| {
            let noise = (g.next_seed() % 100) as f64 / 1000.0;
            mse(net.forward(g.constant(&x) + noise), g.constant(&y))
        })
        .unwrap()
}

fn numbers(net: &Mlp) -> Vec<f32> {
    let mut numbers = Vec::new();
    net.visit(&mut |_, tensor| numbers.extend_from_slice(tensor.data()));
    numbers
}

/// Twelve steps in one go, and with a new optimiser from a snapshot in the middle.
fn resumes<R: AnyRule<f32>>(make: impl Fn() -> Optimizer<R>) {
    let (mut through, mut optimizer) = (net(), make().seed(5));
    for _ in 0..6 {
        step(&mut optimizer, &mut through);
    }
    optimizer.set_lr(optimizer.lr() * 0.5);
    let (saved, mut resumed) = (optimizer.snapshot(&through).unwrap(), copy(&through));
    let mut other = make();
    other.restore(&resumed, &saved).unwrap();
    assert_eq!(other.snapshot(&resumed).unwrap(), saved);
    for _ in 0..6 {
        assert_eq!(step(&mut optimizer, &mut through), step(&mut other, &mut resumed), "{}", saved.rule);
    }
    assert_eq!(numbers(&through), numbers(&resumed), "{}", saved.rule);
    assert_eq!(optimizer.state(), other.state());
    // Without the snapshot it would have been otherwise.
    let (mut fresh, mut forgetful) = (net(), make().seed(5));
    for _ in 0..6 {
        step(&mut forgetful, &mut fresh);
    }
    forgetful = make().seed(5);
    forgetful.set_lr(forgetful.lr() * 0.5);
    for _ in 0..6 {
        step(&mut forgetful, &mut fresh);
    }
    assert_ne!(numbers(&through), numbers(&fresh), "{}", saved.rule);
}

#[test]
fn every_optimiser_goes_on_to_the_bit() {
    resumes(|| Sgd::new(0.1));
    resumes(|| Sgd::new(0.1).momentum(0.9).dampening(0.1).nesterov().weight_decay(0.01));
    resumes(|| Adagrad::new(0.1).initial_sum(0.1));
    resumes(Adadelta::new);
    resumes(|| RmsProp::new(0.01).centered().momentum(0.9));
    resumes(|| Adam::new(0.01).amsgrad().weight_decay(0.1));
    resumes(|| AdamW::new(0.01, 0.1));
    resumes(|| AdaMax::new(0.01));
    resumes(|| Nadam::new(0.01).weight_decay(0.1).decoupled());
    resumes(|| RAdam::new(0.01));
    resumes(|| Lion::new(0.01));
    resumes(|| Rprop::new(0.01));
    resumes(|| {
        Adam::new(0.01)
            .clip_norm(0.1)
            .freeze("*0*bias")
            .group("*weight", |rule| rule.betas(0.5, 0.9).scale_lr(0.5))
    });
    resumes(|| {
        let rule: Box<dyn AnyRule> = Box::new(NadamRule::new(0.01));
        Optimizer::from_rule(rule)
    });
}

#[test]
fn lbfgs_goes_on_to_the_bit() {
    let (x, y) = data();
    let step = |lbfgs: &mut Lbfgs, net: &mut Mlp| {
        lbfgs.step(net, |g, net| mse(net.forward(g.constant(&x)), g.constant(&y))).unwrap()
    };
    let make = || Lbfgs::new().history(3).freeze("*0*bias");
    let (mut through, mut lbfgs) = (net(), make());
    for _ in 0..5 {
        step(&mut lbfgs, &mut through);
    }
    let (saved, mut resumed, mut other) = (lbfgs.snapshot(&through).unwrap(), copy(&through), make());
    assert_eq!((saved.counts["pairs"], saved.tensors.len()), (3, 3 * 2 * 3));
    other.restore(&resumed, &saved).unwrap();
    assert_eq!(other.snapshot(&resumed).unwrap(), saved);
    for _ in 0..5 {
        assert_eq!(step(&mut lbfgs, &mut through), step(&mut other, &mut resumed));
    }
    assert_eq!(numbers(&through), numbers(&resumed));

    let mut broken = saved.clone();
    broken.counts.insert("pairs".to_owned(), u64::MAX);
    assert!(matches!(make().restore(&resumed, &broken), Err(StepError::OtherState { .. })));
    assert!(matches!(Lbfgs::new().restore(&resumed, &saved), Err(StepError::OtherState { .. })));
}

#[test]
fn numbers_are_saved_under_their_names() {
    let (mut net, mut adam) =
        (net(), Adam::new(0.01).group("*bias", |rule| rule.betas(0.8, 0.9).scale_lr(2.0)));
    let before = adam.snapshot(&net).unwrap();
    assert!(before.tensors.is_empty());
    step(&mut adam, &mut net);
    let saved = adam.snapshot(&net).unwrap();
    assert_eq!(
        (saved.counts["steps"], saved.numbers["beta1"], saved.numbers["groups.0.beta1"]),
        (1, 0.9, 0.8)
    );
    assert_eq!((saved.numbers["groups.0.lr"], saved.numbers["amsgrad"]), (0.02, 0.0));
    let mut parameters = Vec::new();
    net.visit(&mut |place, tensor| parameters.push((format!("{place}/exp_avg"), tensor.shape())));
    for (name, shape) in &parameters {
        assert_eq!(saved.tensors[name].shape(), *shape);
    }
    assert_eq!(saved.tensors.len(), 2 * parameters.len());
    // The snapshot's numbers count, whatever the new optimiser was made with.
    let mut other = Adam::new(0.5).betas(0.1, 0.1).amsgrad().group("*bias", |rule| rule.scale_lr(2.0));
    other.restore(&net, &saved).unwrap();
    assert_eq!(other.snapshot(&net).unwrap(), saved);
    // A state from before the first step is one too.
    other.restore(&net, &before).unwrap();
    assert_eq!(other.steps(), 0);
    step(&mut other, &mut net);
}

#[test]
fn a_state_that_does_not_fit_is_refused_and_changes_nothing() {
    let (mut net, mut adam) = (net(), Adam::new(0.01));
    step(&mut adam, &mut net);
    let saved = adam.snapshot(&net).unwrap();
    // What a change gives back is not looked at.
    fn any<T>(_: T) {}
    let refused = |change: &dyn Fn(&mut OptimizerState), text: &str| {
        let mut adam = adam.clone();
        adam.set_lr(0.5);
        let before = adam.snapshot(&net).unwrap();
        let mut broken = saved.clone();
        change(&mut broken);
        let error = adam.restore(&net, &broken).unwrap_err().to_string();
        assert!(error.contains(text), "{text} is not in {error}");
        assert_eq!(adam.snapshot(&net).unwrap(), before);
    };
    let first = saved.tensors.keys().next().unwrap().clone();
    refused(&|state| state.rule = "Sgd".to_owned(), "one of Sgd, not of Adam");
    refused(&|state| any(state.counts.remove("steps")), "count steps is missing");
    refused(&|state| any(state.numbers.remove("beta2")), "number beta2 is missing");
    refused(&|state| any(state.numbers.insert("rho".to_owned(), 1.0)), "number rho is not one");
    refused(&|state| any(state.numbers.insert("lr".to_owned(), f64::NAN)), "lr is NaN");
    refused(&|state| any(state.numbers.insert("amsgrad".to_owned(), 1.0)), "/max_exp_avg_sq is missing");
    refused(&|state| any(state.tensors.remove(&first)), &format!("{first} is missing"));
    refused(
        &|state| any(state.tensors.insert("x/exp_avg".to_owned(), Tensor::zeros([1]))),
        "x/exp_avg is not one",
    );
    refused(&|state| any(state.tensors.insert(first.clone(), Tensor::zeros([7]))), "shape [7], where");
    let other = Linear::new(2, 1, &mut nn::rng(1));
    assert!(matches!(Adam::new(0.1).restore(&other, &saved), Err(StepError::OtherState { .. })));
    assert!(matches!(
        adam.snapshot(&Mlp::new(&[2, 5, 1], Tanh, &mut nn::rng(1))),
        Err(StepError::OtherModel { .. })
    ));
}
