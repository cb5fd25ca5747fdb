//! What a step does beside descending: errors, and that nothing changes when there is one.

use std::panic::{AssertUnwindSafe, catch_unwind};

use autograd::{Executor, with_executor};
use nn::{Kind, module, prelude::*};

struct Net<P = Tensor> {
    hidden: Linear<P>,
    out: Linear<P>,
}
module!(Net { child hidden, child out });

impl<'g> Net<Var<'g>> {
    fn forward(&self, x: Var<'g>) -> Var<'g> {
        self.out.forward(self.hidden.forward(x).relu())
    }
}

fn net() -> Net {
    let mut rng = nn::rng(3);
    Net { hidden: Linear::new(2, 4, &mut rng), out: Linear::new(4, 1, &mut rng) }
}

fn numbers(net: &impl Model) -> Vec<f32> {
    let mut numbers = Vec::new();
    net.visit(&mut |_, tensor| numbers.extend_from_slice(tensor.data()));
    numbers
}

fn x() -> Tensor {
    Tensor::from([[1.0, 2.0], [-0.5, 0.25]])
}

/// Takes good steps, then calls `fail`, then checks that model and optimiser are as they were:
/// the steps that follow are those of a run in which nothing had failed.
fn assert_untouched(fail: impl FnOnce(&mut Adam, &mut Net)) {
    let (mut disturbed, mut calm) = (net(), net());
    let (mut adam, mut other) = (Adam::new(0.1), Adam::new(0.1));
    let good = |adam: &mut Adam, net: &mut Net| {
        adam.step(net, |g, net| net.forward(g.constant(x())).square().sum()).unwrap()
    };
    for _ in 0..3 {
        assert_eq!(good(&mut adam, &mut disturbed), good(&mut other, &mut calm));
    }
    fail(&mut adam, &mut disturbed);
    assert_eq!(numbers(&disturbed), numbers(&calm));
    assert_eq!((adam.steps(), adam.state()), (other.steps(), other.state()));
    for _ in 0..3 {
        assert_eq!(good(&mut adam, &mut disturbed), good(&mut other, &mut calm));
    }
    assert_eq!(numbers(&disturbed), numbers(&calm));
}

#[test]
fn a_loss_that_is_not_finite_changes_nothing() {
    for factor in [f64::NAN, f64::INFINITY] {
        assert_untouched(|adam, net| {
            let error =
                adam.step(net, |g, net| (net.forward(g.constant(x())) * factor).abs().sum()).unwrap_err();
            assert!(matches!(error, StepError::NotFinite { step: 4, .. }), "{error}");
        });
    }
    assert!(net().value_and_grad(|g, net| (net.forward(g.constant(x())) * f64::NAN).sum()).is_err());
}

#[test]
fn a_panic_in_the_closure_changes_nothing() {
    assert_untouched(|adam, net| {
        let panic = catch_unwind(AssertUnwindSafe(|| {
            adam.step(net, |g, net| {
                let _ = net.forward(g.constant(x())).value();
                panic!("out of coffee")
            })
        }));
        assert!(panic.is_err());
    });
    assert_untouched(|adam, net| {
        catch_unwind(AssertUnwindSafe(|| adam.step(net, |g, net| net.forward(g.zeros([2, 7])).sum())))
            .expect_err("the shapes do not fit");
    });
}

#[test]
fn an_error_of_the_closure_changes_nothing_and_comes_out() {
    assert_untouched(|adam, net| {
        let result: Result<f32, Box<dyn std::error::Error>> = adam.try_step(net, |g, net| {
            let scale: f64 = "x".parse()?;
            Ok((net.forward(g.constant(x())) * scale).sum())
        });
        assert!(result.unwrap_err().is::<std::num::ParseFloatError>());
    });
    assert_untouched(|adam, net| {
        let result: Result<f32, Box<dyn std::error::Error>> =
            adam.try_step(net, |g, net| Ok((net.forward(g.constant(x())) * f64::NAN).sum()));
        assert!(result.unwrap_err().is::<StepError>());
    });
}

#[test]
fn a_parameter_without_gradient_is_named_with_what_cuts_it() {
    assert_untouched(|adam, net| {
        let error = adam.step(net, |g, net| {
            let hidden = net.hidden.forward(g.constant(x())).detach();
            net.out.forward(hidden).sum()
        });
        let text = error.unwrap_err().to_string();
        for part in ["hidden.weight", "[4, 2]", "detach", file!(), "freeze(\"hidden.weight\")"] {
            assert!(text.contains(part), "{part} is not in {text}");
        }
    });
    let error = net().value_and_grad(|g, net| net.hidden.forward(g.constant(x())).sum()).err().unwrap();
    assert!(matches!(&error, StepError::NoGradient { name, .. } if name == "out.weight"), "{error}");
}

#[test]
fn a_gradient_of_zero_is_not_missing() {
    let mut net = net();
    let before = numbers(&net);
    Sgd::new(0.1).step(&mut net, |g, net| (net.forward(g.constant(x())) * 0.0).sum()).unwrap();
    assert_eq!(numbers(&net), before);
}

#[test]
fn what_is_frozen_or_unused_stays_and_keeps_no_state() {
    let mut net = net();
    let before = net.hidden.clone();
    let mut adam = Adam::new(0.1).freeze("hidden.*");
    for _ in 0..3 {
        adam.step(&mut net, |g, net| net.forward(g.constant(x())).square().sum()).unwrap();
    }
    assert_eq!((&net.hidden.weight, &net.hidden.bias), (&before.weight, &before.bias));
    assert_eq!(adam.state().len(), 4, "two tensors for each parameter of the layer that is trained");

    let out = net.out.clone();
    let mut adam = Adam::new(0.1).allow_unused();
    adam.step(&mut net, |g, net| net.hidden.forward(g.constant(x())).square().sum()).unwrap();
    assert_eq!((&net.out.weight, &net.out.bias), (&out.weight, &out.bias));
    assert_ne!(net.hidden.weight, before.weight);

    let error = Adam::new(0.1).freeze("hiden.*").step(&mut net, |g, net| net.forward(g.constant(x())).sum());
    assert_eq!(
        error.unwrap_err().to_string(),
        "no parameter's name fits \"hiden.*\"; the names are hidden.weight, hidden.bias, out.weight, out.bias"
    );
}

#[test]
fn another_model_is_refused() {
    let mut adam = Adam::new(0.1);
    adam.step(&mut net(), |g, net| net.forward(g.constant(x())).sum()).unwrap();
    let mut wide = Linear::new(2, 5, &mut nn::rng(1));
    let error = adam.step(&mut wide, |g, net| net.forward(g.constant(x())).sum()).unwrap_err();
    assert!(error.to_string().contains("it has 2 parameters, where 4 are known"), "{error}");
    let mut wide = Net { hidden: wide, ..net() };
    let error = adam.step(&mut wide, |g, net| net.forward(g.constant(x())).sum()).unwrap_err();
    assert!(
        error.to_string().contains("parameter hidden.weight has shape [5, 2], where [4, 2] is known"),
        "{error}"
    );
}

#[test]
fn gradients_of_another_model_or_without_numbers_are_refused() {
    assert_untouched(|adam, net| {
        let (_, grads) = net.value_and_grad(|g, net| net.forward(g.constant(x())).sum()).unwrap();
        let wide = Net { hidden: Linear::new(2, 5, &mut nn::rng(1)), out: net.out.clone() };
        assert!(matches!(adam.apply(net, &wide), Err(StepError::OtherGradients { .. })));
        let broken = grads.map_params(&mut |tensor: &Tensor| tensor.map(|_| f32::NAN));
        let error = adam.apply(net, &broken).unwrap_err();
        assert!(error.to_string().contains("hidden.weight of step 4 is not finite"), "{error}");
    });
}

#[test]
fn accumulated_gradients_are_those_of_the_sum() {
    let net = net();
    let (half, other) = (Tensor::from([[1.0, 2.0]]), Tensor::from([[-0.5, 0.25]]));
    let (_, whole) = net.value_and_grad(|g, net| net.forward(g.constant(x())).square().sum()).unwrap();
    let (_, a) = net.value_and_grad(|g, net| net.forward(g.constant(&half)).square().sum()).unwrap();
    let (_, b) = net.value_and_grad(|g, net| net.forward(g.constant(&other)).square().sum()).unwrap();
    let sum = a.zip_params(&b, |a, b| Tensor::from_fn(a.shape(), |i| a.data()[i] + b.data()[i]));
    for (found, expected) in numbers(&sum).iter().zip(numbers(&whole)) {
        assert!((found - expected).abs() < 1e-5);
    }
}

#[test]
fn a_snapshot_does_not_change_when_training_goes_on() {
    let mut net = net();
    let snapshot = net.map_params(&mut |tensor: &Tensor| tensor.clone());
    let before = numbers(&snapshot);
    let mut sgd = Sgd::new(0.1).momentum(0.9);
    for _ in 0..5 {
        sgd.step(&mut net, |g, net| net.forward(g.constant(x())).square().sum()).unwrap();
    }
    assert_eq!(numbers(&snapshot), before);
    assert_ne!(numbers(&net), before);
}

/// A layer that counts its uses and keeps a running mean.
struct Running<P = Tensor> {
    scale: P,
    mean: P,
    count: P,
}
module!(Running { param scale, state mean, state count });

#[test]
fn states_get_their_next_values_when_a_step_succeeds() {
    let start =
        || Running { scale: Tensor::from([1.0]), mean: Tensor::from([0.0]), count: Tensor::scalar(0.0) };
    let mut net = start();
    let mut sgd = Sgd::new(0.1);
    let mut step = |net: &mut Running, factor: f64| {
        sgd.step(net, |g, net| {
            let x = g.constant([4.0]);
            net.mean.set_next(net.mean * 0.5 + x * 0.5);
            if factor == 1.0 {
                net.count.set_next(net.count + 1.0);
            }
            (net.scale * x * factor).square().sum()
        })
    };
    step(&mut net, 1.0).unwrap();
    step(&mut net, 2.0).unwrap();
    assert_eq!((net.mean.item(), net.count.item()), (3.0, 1.0));
    step(&mut net, f64::NAN).unwrap_err();
    assert_eq!((net.mean.item(), net.count.item()), (3.0, 1.0));

    // Elsewhere what is said of the next value has no effect, and states are not learned.
    let net = start();
    let (_, grads) = net
        .value_and_grad(|_, net| {
            net.mean.set_next(net.mean + 1.0);
            (net.scale + net.mean).sum()
        })
        .unwrap();
    assert_eq!((grads.scale.item(), grads.mean.item(), net.mean.item()), (1.0, 0.0, 0.0));
    let mut kinds = Vec::new();
    net.visit(&mut |place, _| kinds.push((place.to_string(), place.kind())));
    assert_eq!(
        kinds,
        [("scale".into(), Kind::Param), ("mean".into(), Kind::State), ("count".into(), Kind::State)]
    );
}

#[test]
fn a_step_trains_and_a_prediction_infers_with_seeds_that_repeat() {
    use autograd::Mode;
    let mut seeds = Vec::new();
    for seed in [1, 1, 2] {
        let (mut net, mut sgd) = (net(), Sgd::new(0.1).seed(seed));
        for _ in 0..2 {
            sgd.step(&mut net, |g, net| {
                assert_eq!(g.mode(), Some(Mode::Training));
                seeds.push(g.next_seed());
                net.forward(g.constant(x())).sum()
            })
            .unwrap();
        }
    }
    assert_eq!(seeds[..2], seeds[2..4]);
    let distinct: std::collections::HashSet<_> = seeds.iter().collect();
    assert_eq!(distinct.len(), 4);
    net().predict(|g, net| {
        assert_eq!(g.mode(), Some(Mode::Inference));
        net.forward(g.constant(x()))
    });
}

#[test]
fn training_repeats_to_the_bit() {
    let run = || {
        let (mut net, mut adam) = (net(), Adam::new(0.01));
        for _ in 0..50 {
            adam.step(&mut net, |g, net| net.forward(g.constant(x())).square().sum()).unwrap();
        }
        numbers(&net)
    };
    assert_eq!(run(), run());
}

#[test]
fn a_plan_is_made_once_per_form_of_the_step() {
    with_executor(Executor::Planned, || {
        let (mut net, mut sgd) = (net(), Sgd::new(0.1));
        let before = autograd::plan_stats().built;
        for step in 0..20 {
            sgd.set_lr(0.1 / (1.0 + f64::from(step)));
            sgd.step(&mut net, |g, net| net.forward(g.constant(x())).square().sum()).unwrap();
        }
        assert_eq!(autograd::plan_stats().built - before, 1);
        // Another formula of the same rule is another plan.
        sgd.rule_mut().weight_decay = 0.1;
        sgd.step(&mut net, |g, net| net.forward(g.constant(x())).square().sum()).unwrap();
        assert_eq!(autograd::plan_stats().built - before, 2);
    });
}
