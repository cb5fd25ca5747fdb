//! Every optimiser trains a small network, with any of its options, and one plan is enough for all steps.

use autograd::{Executor, with_executor};
use nn::prelude::*;
use nn::*;

/// The loss of XOR after this many steps.
fn train<R: AnyRule<f32>>(mut optimizer: Optimizer<R>, steps: usize) -> f32 {
    let mut net = Mlp::new(&[2, 8, 1], Tanh, &mut nn::rng(3));
    let x = Tensor::from([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]);
    let y = Tensor::from([[0.0], [1.0], [1.0], [0.0]]);
    let mut loss = f32::NAN;
    for _ in 0..steps {
        loss = optimizer
            .step(&mut net, |g, net| bce_with_logits(net.forward(g.constant(&x)), g.constant(&y)))
            .unwrap();
    }
    loss
}

#[test]
fn every_optimiser_learns_xor_with_one_plan() {
    macro_rules! learns {
        ($($optimizer:expr;)+) => {$({
            with_executor(Executor::Planned, || {
                let built = autograd::plan_stats().built;
                let loss = train($optimizer, 400);
                assert!(loss < 0.1, "{}: {loss}", stringify!($optimizer));
                assert!(autograd::plan_stats().built - built <= 1, "{}", stringify!($optimizer));
            });
        })+};
    }
    learns! {
        Sgd::new(0.5).momentum(0.9);
        Sgd::new(0.5).momentum(0.9).nesterov();
        Adagrad::new(0.2);
        Adadelta::new().epsilon(1e-3);
        RmsProp::new(0.01);
        RmsProp::new(0.01).centered();
        RmsProp::new(0.01).centered().momentum(0.8);
        Adam::new(0.03);
        Adam::new(0.03).amsgrad();
        AdamW::new(0.03, 0.01);
        AdaMax::new(0.03);
        Nadam::new(0.03);
        RAdam::new(0.03);
        Lion::new(0.01);
        Rprop::new(0.1);
    }
}

/// A parameter without slope must not become NaN by 0 / 0, whatever a rule divides by.
#[test]
fn a_gradient_of_zero_leaves_a_weight_where_it_is() {
    fn stays<R: AnyRule<f32> + std::fmt::Debug>(mut optimizer: Optimizer<R>) {
        let mut net: Linear = Linear { weight: Tensor::from([[2.0, -3.0]]), bias: None };
        for _ in 0..12 {
            optimizer.step(&mut net, |_, net| (net.weight * 0.0).sum()).unwrap();
            assert_eq!(net.weight.data(), [2.0, -3.0], "{optimizer:?}");
        }
    }
    stays(Sgd::new(0.1).momentum(0.9));
    stays(Adagrad::new(0.1));
    stays(Adadelta::new());
    stays(RmsProp::new(0.1).centered().momentum(0.9));
    stays(Adam::new(0.1).amsgrad());
    stays(AdaMax::new(0.1));
    stays(Nadam::new(0.1));
    stays(RAdam::new(0.1));
    stays(Lion::new(0.1));
    stays(Rprop::new(0.1));
}
