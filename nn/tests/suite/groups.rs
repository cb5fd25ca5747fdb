//! Parameter groups: numbers of their own, in proportion, beside what is frozen.

use autograd::{Executor, with_executor};
use nn::prelude::*;
use nn::{ConfigError, Rule, module};

struct Net<P = Tensor<f64>> {
    a: P,
    b: P,
    c: P,
}
module!(Net { param a, param b, param c });

fn net() -> Net {
    Net { a: Tensor::from([1.0, -2.0]), b: Tensor::from([0.5]), c: Tensor::from([3.0, 1.0, 2.0]) }
}

fn step<R: nn::AnyRule<f64>>(optimizer: &mut nn::Optimizer<R, f64>, net: &mut Net) {
    optimizer
        .step(net, |_, net| {
            (net.a.square() * 1.5).sum() + net.b.square().sum() * net.c.sum() + net.c.square().sum()
        })
        .unwrap();
}

/// The gradient of the same loss, by hand.
fn slopes(net: &Net) -> (Vec<f64>, Vec<f64>, Vec<f64>) {
    let (a, b, c) = (net.a.data(), net.b.data(), net.c.data());
    let sum: f64 = c.iter().sum();
    (
        a.iter().map(|a| 3.0 * a).collect(),
        b.iter().map(|b| 2.0 * b * sum).collect(),
        c.iter().map(|c| b[0] * b[0] + 2.0 * c).collect(),
    )
}

#[test]
fn each_group_steps_with_its_own_numbers() {
    let mut trained = net();
    let mut sgd = Sgd::new(0.01)
        .momentum(0.5)
        .weight_decay(0.1)
        .group("b", |rule| rule.weight_decay(0.0).scale_lr(3.0))
        .group("c", |rule| rule.momentum(0.0));
    let (mut a, mut b, mut c) = (net().a.to_vec(), net().b.to_vec(), net().c.to_vec());
    let (mut buffer_a, mut buffer_b) = ([0.0; 2], [0.0]);
    for t in 0..20 {
        let lr = 0.01 / f64::from(1 + t);
        sgd.set_lr(lr);
        let (da, db, dc) = slopes(&trained);
        step(&mut sgd, &mut trained);
        for i in 0..2 {
            buffer_a[i] = 0.5 * buffer_a[i] + da[i] + 0.1 * a[i];
            a[i] -= lr * buffer_a[i];
        }
        buffer_b[0] = 0.5 * buffer_b[0] + db[0];
        b[0] -= 3.0 * lr * buffer_b[0];
        for i in 0..3 {
            c[i] -= lr * (dc[i] + 0.1 * c[i]);
        }
        for (found, expected) in [(&trained.a, &a), (&trained.b, &b), (&trained.c, &c)] {
            for (found, expected) in found.data().iter().zip(expected) {
                assert!((found - expected).abs() < 1e-13, "step {t}: {found} {expected}");
            }
        }
    }
    assert_eq!(sgd.state().len(), 2, "a group without momentum has no buffer");
}

#[test]
fn a_group_with_the_same_numbers_changes_no_bit() {
    let (mut one, mut other) = (net(), net());
    let mut plain = Adam::new(0.1);
    let mut grouped = Adam::new(0.1).group("*", |rule| rule).group("b", |rule| rule);
    for _ in 0..10 {
        step(&mut plain, &mut one);
        step(&mut grouped, &mut other);
    }
    assert_eq!((one.a, one.b, one.c), (other.a, other.b, other.c));
}

#[test]
fn groups_and_frozen_parameters_go_together() {
    let mut trained = net();
    let mut adam = Adam::new(0.1).freeze("a").group("*", |rule| rule.scale_lr(0.0)).group("c", |rule| rule);
    step(&mut adam, &mut trained);
    assert_eq!((&trained.a, &trained.b), (&net().a, &net().b), "a is frozen, b has no rate");
    assert_ne!(trained.c, net().c);
    assert_eq!(adam.state().len(), 4);
}

#[test]
fn apply_takes_the_same_step_with_groups() {
    let (mut one, mut other) = (net(), net());
    let make = || RmsGroups::new(0.05).group("b", |rule| rule.momentum(0.9)).clip_norm(2.0).clip_value(1.5);
    type RmsGroups = nn::RmsProp<f64>;
    let (mut step_by_loss, mut step_by_gradient) = (make(), make());
    for _ in 0..10 {
        step(&mut step_by_loss, &mut one);
        let (a, b, c) = slopes(&other);
        let tensor = |slope: Vec<f64>| Tensor::from_vec([slope.len()], slope).unwrap();
        let gradients = Net { a: tensor(a), b: tensor(b), c: tensor(c) };
        step_by_gradient.apply(&mut other, &gradients).unwrap();
        for (x, y) in [(&one.a, &other.a), (&one.b, &other.b), (&one.c, &other.c)] {
            x.data().iter().zip(y.data()).for_each(|(x, y)| assert!((x - y).abs() < 1e-12));
        }
        let (x, y) = (step_by_loss.last_norm().unwrap(), step_by_gradient.last_norm().unwrap());
        assert!((x - y).abs() < 1e-12);
    }
}

#[test]
fn a_pattern_that_fits_nothing_is_an_error() {
    let error = Sgd::new(0.1).group("d*", |rule| rule).step(&mut net(), |_, net| net.a.sum()).unwrap_err();
    assert_eq!(error.to_string(), "no parameter's name fits \"d*\"; the names are a, b, c");
}

#[test]
fn a_number_that_cannot_be_changes_nothing() {
    let mut adam = Adam::new(0.1).group("b", |rule| rule.betas(0.5, 0.5));
    let mut trained = net();
    step(&mut adam, &mut trained);
    let before = trained.map_params(&mut |tensor: &Tensor<f64>| tensor.clone());
    let state = adam.state().to_vec();
    for lr in [f64::NAN, f64::INFINITY, -1.0] {
        adam.set_lr(lr);
        let error = adam.step(&mut trained, |_, net| net.a.sum()).unwrap_err();
        let expected = ConfigError::new("Adam", "lr", lr, "finite and at least 0");
        assert_eq!(error, StepError::Config(expected.clone()));
        assert_eq!(adam.apply(&mut trained, &before), Err(StepError::Config(expected)));
    }
    adam.set_lr(0.1);
    adam.rule_mut().betas.1 = 1.0;
    assert!(matches!(adam.apply(&mut trained, &before), Err(StepError::Config(_))));
    adam.rule_mut().betas.1 = 0.999;
    assert_eq!((&trained.a, &trained.b, &trained.c), (&before.a, &before.b, &before.c));
    assert_eq!((adam.state(), adam.steps()), (&state[..], 1));
    // The group's rate is in proportion again after all that.
    let rates: Vec<f64> = adam.groups().map(|(_, rule)| rule.lr()).collect();
    assert_eq!(rates, [0.1]);
    step(&mut adam, &mut trained);
}

#[test]
fn learning_rates_and_groups_make_no_new_plan() {
    with_executor(Executor::Planned, || {
        let mut trained = net();
        let mut adam = Adam::new(0.1).clip_norm(1.0).group("b", |rule| rule.weight_decay(0.1));
        let before = autograd::plan_stats().built;
        for t in 0..50 {
            adam.set_lr(0.1 / (1.0 + f64::from(t)));
            step(&mut adam, &mut trained);
        }
        assert_eq!(autograd::plan_stats().built - before, 1);
    });
}
