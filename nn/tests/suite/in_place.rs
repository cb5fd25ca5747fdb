//! Large parameters and state are written over where they stand, and nothing of it can be told from the numbers: the same
//! bits come out where somebody holds a clone of every tensor, whose memory must be left alone, and with the reference
//! executor, which replaces nothing.

use std::panic::{AssertUnwindSafe, catch_unwind};

use autograd::{Executor, FnOp, with_executor};
use nn::prelude::*;
use nn::{
    AdaMax, Adadelta, Adagrad, AdamW, AnyRule, Lion, Nadam, Optimizer, RAdam, RmsProp, Rprop, StepError,
    module,
};

/// Numbers of the large parameter: more than the 1 MiB from which on memory is taken.
const LARGE: usize = 300_000;

struct Weights<P = Tensor> {
    large: P,
    small: P,
}
module!(Weights { param large, param small });

fn tensor(count: usize, shift: usize) -> Tensor {
    Tensor::from_fn([count], |i| ((i + shift) % 1000) as f32 / 1000.0 - 0.45)
}

fn weights() -> Weights {
    Weights { large: tensor(LARGE, 0), small: tensor(10, 3) }
}

/// A loss whose bits do not depend on the executor.
fn loss<'g>(g: &'g Graph, net: Weights<Var<'g>>) -> Var<'g> {
    let target = g.constant(tensor(LARGE, 77));
    (net.large - target).square().sum()
        + (net.large * net.large * net.large).mean()
        + net.small.square().sum()
}

fn bits(tensors: &[Tensor]) -> Vec<Vec<u32>> {
    tensors.iter().map(|tensor| tensor.data().iter().map(|x| x.to_bits()).collect()).collect()
}

/// Parameters and state.
fn everything<R: AnyRule<f32>>(net: &Weights, optimizer: &Optimizer<R>) -> Vec<Tensor> {
    [&net.large, &net.small].into_iter().chain(optimizer.state()).cloned().collect()
}

/// Two steps, with clones of all tensors held while each is taken if that is said.
fn train<R: AnyRule<f32>>(mut optimizer: Optimizer<R>, given: bool, held: bool) -> Vec<Vec<u32>> {
    let mut net = weights();
    for _ in 0..2 {
        let clones = held.then(|| everything(&net, &optimizer));
        let before = clones.as_ref().map(|clones| bits(clones));
        match given {
            true => {
                let gradients = Weights { large: tensor(LARGE, 7), small: tensor(10, 5) };
                optimizer.apply(&mut net, &gradients).unwrap();
            }
            false => drop(optimizer.step(&mut net, loss).unwrap()),
        }
        assert_eq!(
            clones.as_ref().map(|clones| bits(clones)),
            before,
            "memory that is held was written over"
        );
    }
    bits(&everything(&net, &optimizer))
}

fn check<R: AnyRule<f32>>(name: &str, optimizer: impl Fn() -> Optimizer<R>) {
    for given in [false, true] {
        let alone = with_executor(Executor::Planned, || train(optimizer(), given, false));
        let held = with_executor(Executor::Planned, || train(optimizer(), given, true));
        assert!(alone == held, "{name}, gradients given: {given}");
    }
}

#[test]
fn every_optimiser_gives_the_same_bits_in_place() {
    check("Sgd", || Sgd::new(0.01));
    check("Sgd with momentum", || Sgd::new(0.01).momentum(0.9).nesterov().weight_decay(0.01));
    check("Adagrad", || Adagrad::new(0.01));
    check("Adadelta", Adadelta::new);
    check("RmsProp", || RmsProp::new(0.01).centered().momentum(0.9));
    check("Adam", || Adam::new(0.01));
    check("AMSGrad", || Adam::new(0.01).amsgrad());
    check("AdamW", || AdamW::new(0.01, 0.1));
    check("AdaMax", || AdaMax::new(0.01));
    check("Nadam", || Nadam::new(0.01));
    check("RAdam", || RAdam::new(0.01));
    check("Lion", || Lion::new(0.01));
    check("Rprop", || Rprop::new(0.01));
    check("clip_value", || Adam::new(0.01).clip_value(0.1));
    check("clip_norm", || Adam::new(0.01).clip_norm(1.0));
    check("both", || Sgd::new(0.01).momentum(0.9).clip_value(0.1).clip_norm(1.0));
}

#[test]
fn the_reference_gives_the_same_bits() {
    let optimizer = || RmsProp::new(0.01).centered().momentum(0.9).clip_norm(1.0);
    for given in [false, true] {
        let planned = with_executor(Executor::Planned, || train(optimizer(), given, false));
        assert!(planned == with_executor(Executor::Reference, || train(optimizer(), given, false)));
    }
}

#[test]
fn memory_stays_where_it_is() {
    with_executor(Executor::Planned, || {
        let (mut net, mut adam) = (weights(), Adam::new(0.01));
        adam.step(&mut net, loss).unwrap();
        let places = |net: &Weights, adam: &Adam| -> Vec<*const f32> {
            [&net.large, &adam.state()[0], &adam.state()[1]].map(|tensor| tensor.data().as_ptr()).into()
        };
        let first = places(&net, &adam);
        for _ in 0..3 {
            adam.step(&mut net, loss).unwrap();
            assert_eq!(places(&net, &adam), first);
            adam.apply(&mut net, &Weights { large: tensor(LARGE, 7), small: tensor(10, 5) }).unwrap();
            assert_eq!(places(&net, &adam), first);
        }
        // A clone keeps its memory, and the tensor that goes on gets its own.
        let clone = net.large.clone();
        adam.step(&mut net, loss).unwrap();
        assert!(clone.data().as_ptr() == first[0] && net.large.data().as_ptr() != first[0]);
    });
}

/// The weights of each layer are read by the backward pass of those below, before they are written over.
#[test]
fn layers_are_read_before_they_are_written_over() {
    let run = |held: bool| {
        let mut net = Mlp::new(&[20, 600, 600, 3], nn::Tanh, &mut nn::rng(1));
        let (x, y) = (tensor(80, 1).reshaped([4, 20]).unwrap(), tensor(12, 5).reshaped([4, 3]).unwrap());
        let mut adam = Adam::new(1e-3).clip_norm(1.0);
        let mut losses = Vec::new();
        for _ in 0..4 {
            let clone = held.then(|| (net.clone(), adam.clone()));
            losses.push(
                adam.step(&mut net, |g, net| mse(net.forward(g.constant(&x)), g.constant(&y))).unwrap(),
            );
            drop(clone);
        }
        assert!(losses[3] < losses[0]);
        let weights: Vec<Tensor> = net.layers.iter().map(|layer| layer.weight.clone()).collect();
        (losses, bits(&weights), bits(adam.state()))
    };
    assert!(run(false) == run(true));
}

#[test]
fn what_cannot_be_changes_nothing() {
    let mut adam = Adam::new(0.01);
    let mut net = weights();
    adam.step(&mut net, loss).unwrap();
    let before = bits(&everything(&net, &adam));
    let same = |net: &Weights, adam: &Adam| bits(&everything(net, adam)) == before;

    let error = adam.step(&mut net, |g, net| loss(g, net) * f64::NAN).unwrap_err();
    assert!(matches!(error, StepError::NotFinite { step: 2, .. }) && same(&net, &adam), "{error}");

    let mut gradients = weights();
    gradients.large = Tensor::full([LARGE], f32::INFINITY);
    let error = adam.apply(&mut net, &gradients).unwrap_err();
    assert!(matches!(error, StepError::GradientNotFinite { .. }) && same(&net, &adam), "{error}");

    // The small parameter has no gradient.
    let error = adam.step(&mut net, |_, net| net.large.square().sum()).unwrap_err();
    assert!(matches!(error, StepError::NoGradient { .. }) && same(&net, &adam), "{error}");

    let mut clipped = adam.clone().clip_norm(1.0);
    let error =
        clipped.step(&mut net, |_, net| (net.large * 1e30).square().mean().sqrt() * 1e20 + net.small.sum());
    assert!(matches!(error, Err(StepError::NotFinite { .. } | StepError::NormNotFinite { .. })), "{error:?}");
    assert!(same(&net, &clipped));

    adam = adam.find_nan(true);
    let error = adam.step(&mut net, |g, net| (net.large * 0.0).sqrt().sum() + loss(g, net)).unwrap_err();
    assert!(matches!(error, StepError::UpdateNotFinite { .. }) && same(&net, &adam), "{error}");
}

#[test]
fn a_panic_of_a_custom_operation_changes_nothing() {
    let (mut net, mut adam) = (weights(), Adam::new(0.01));
    adam.step(&mut net, loss).unwrap();
    let before = bits(&everything(&net, &adam));
    let panicked = catch_unwind(AssertUnwindSafe(|| {
        adam.step(&mut net, |g, net| {
            let fails = FnOp::new("fails", |_: &[Tensor]| panic!("no value"), |_, _, _, g| Some(g));
            let failed = g.custom(fails, &[net.small]).sum();
            loss(g, net) + failed
        })
    }));
    assert!(panicked.is_err() && bits(&everything(&net, &adam)) == before);
    adam.step(&mut net, loss).unwrap();
}

#[test]
fn a_parameter_without_gradient_keeps_its_memory() {
    let (mut net, mut sgd) = (weights(), Sgd::new(0.01).allow_unused());
    let (before, address) = (net.large.clone(), net.large.data().as_ptr());
    drop(before);
    sgd.step(&mut net, |_, net| net.small.square().sum()).unwrap();
    assert!(net.large.data().as_ptr() == address && net.large == tensor(LARGE, 0));
}
