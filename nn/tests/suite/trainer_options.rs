//! Options of a trainer that cannot be, which are errors before anything is trained.

use nn::Rule;
use nn::data::moons;
use nn::prelude::*;
use nn::schedules::{Cosine, Plateau};
use nn::train::*;

#[test]
fn what_cannot_be_is_said_when_it_is_built() {
    let data = moons(10, 0.1, &mut nn::rng(1));
    let refused =
        |change: &dyn for<'a> Fn(TrainerBuilder<'a, Linear>, &'a Dataset) -> TrainerBuilder<'a, Linear>,
         text: &str| {
            let net = Linear::new(2, 2, &mut nn::rng(1));
            let builder = Trainer::builder(&net, &data, |g, net, x, labels| {
                cross_entropy(net.forward(g.constant(x)), labels)
            });
            let error = change(builder, &data).build().err().expect(text).to_string();
            assert!(error.contains(text), "{text} is not in {error}");
        };
    refused(&|trainer, _| trainer, "epochs is not said");
    refused(&|trainer, _| trainer.epochs(0), "epochs is 0");
    refused(&|trainer, _| trainer.epochs(1).batch(0), "batch is 0");
    refused(&|trainer, _| trainer.epochs(1).accumulate(0), "accumulate is 0");
    refused(&|trainer, _| trainer.epochs(1).evaluation_batch(0), "evaluation_batch is 0");
    refused(&|trainer, _| trainer.epochs(1).batch(11).drop_last(), "batch is 11");
    refused(&|trainer, _| trainer.stop(LossBelow(f64::NAN)), "threshold is NaN");
    refused(&|trainer, _| trainer.early_stopping(EarlyStopping::new(1).min_delta(-1.0)), "min_delta is -1.0");
    let floor = Cosine { lr: 0.1, floor: f64::NAN, steps: 10 };
    refused(&|trainer, _| trainer.epochs(1).schedule(floor), "floor is NaN");
    let plateau = Plateau::new(0.1, 0.5, 1);
    refused(
        &|trainer, _| trainer.epochs(1).schedule(Cosine::new(0.1, 0.0, 9)).plateau(plateau),
        "plateau is said",
    );
    refused(
        &|trainer, data| trainer.epochs(1).validate(data).metric("m", |_, _| Ok(0.0)),
        "with_predictions",
    );
    refused(&|trainer, data| trainer.epochs(1).validate(data).validate(data), "validation loss");
    refused(&|trainer, data| trainer.epochs(1).evaluate("a,b", data), "a,b");
    refused(
        &|trainer, _| trainer.epochs(1).watch("validation loss", Goal::Lowest),
        "watched is validation loss",
    );
}

#[test]
fn a_rule_about_gradients_needs_an_optimiser_that_measures_them() {
    let data = moons(10, 0.1, &mut nn::rng(1));
    let mut net = Linear::new(2, 2, &mut nn::rng(1));
    let trainer = || {
        let trainer = Trainer::builder(&net, &data, |g, net, x, labels| {
            cross_entropy(net.forward(g.constant(x)), labels)
        });
        trainer.epochs(2000).stop(SmallGradient(0.05)).build().unwrap()
    };
    let (mut one, mut other) = (trainer(), trainer());
    let error = one.fit(&mut net, &mut Sgd::new(0.5)).unwrap_err().to_string();
    assert!(error.contains("clip_norm(f64::MAX)"), "{error}");
    let mut sgd = Sgd::new(0.5).clip_norm(f64::MAX);
    let reason = other.fit(&mut net, &mut sgd).unwrap();
    let Reason::SmallGradient { norm, .. } = reason else { panic!("{reason}") };
    assert_eq!(other.history().last("gradient norm"), Some(norm));
    assert!(norm < 0.05);
}

/// One cycle of rate and momentum against a loop by hand, with v ← momentum · v + g and w ← w - lr · v; the parameters of a
/// group follow too.
#[test]
fn a_number_of_the_rule_follows_a_schedule() {
    use nn::schedules::OneCycle;
    let train = moons(48, 0.2, &mut nn::rng(1));
    let make = || Mlp::new(&[2, 4, 2], nn::Tanh, &mut nn::rng(1)).cast::<f64>();
    let (mut by_hand, cycle) = (make(), OneCycle::new(0.5, 12));
    let (mut step, mut velocity): (u64, Vec<Vec<f64>>) = (0, Vec::new());
    by_hand.visit(&mut |_, tensor| velocity.push(vec![0.0; tensor.count()]));
    for epoch in 0..4 {
        for (x, labels) in train.batches(16, &mut epoch_rng(3, epoch)) {
            let x = x.cast::<f64>();
            let loss = by_hand.value_and_grad(|g, net| cross_entropy(net.forward(g.constant(&x)), &labels));
            let (mut slopes, mut velocities) = (Vec::new(), velocity.iter_mut());
            loss.unwrap().1.visit(&mut |_, tensor| slopes.push(tensor.to_vec()));
            let (lr, momentum) = (cycle.lr(step), cycle.momentum(step, 0.95, 0.85));
            let mut slopes = slopes.into_iter();
            by_hand.visit_mut(&mut |place, tensor| {
                let lr = if place.to_string().ends_with("bias") { 0.5 * lr } else { lr };
                let (v, slope) = (velocities.next().unwrap(), slopes.next().unwrap());
                v.iter_mut().zip(slope).for_each(|(v, slope)| *v = momentum * *v + slope);
                let mut v = v.iter();
                *tensor = tensor.map(|w| w - lr * v.next().unwrap());
            });
            step += 1;
        }
    }
    let mut net = make();
    let mut sgd = Sgd::new(0.1).momentum(0.9).group("*.bias", |rule| rule.scale_lr(0.5));
    let build = |name: &str, momentum: OneCycle| {
        Trainer::builder(&make(), &train, |g, net, x, y| {
            cross_entropy(net.forward(g.constant(x.cast::<f64>())), y)
        })
        .epochs(4)
        .batch(16)
        .seed(3)
        .schedule(cycle)
        .schedule_number(name, momentum)
        .build()
    };
    let error = build("momentum", cycle.of_momentum(f64::NAN, 0.85)).err().unwrap();
    assert_eq!(error.to_string(), "OneCycle: start is NaN, but must be finite and at least 0");
    let mut strange = build("beta1", cycle.of_momentum(0.95, 0.85)).unwrap();
    assert_eq!(
        strange.fit(&mut net, &mut sgd).unwrap_err().to_string(),
        "Trainer: name in schedule_number is beta1, but must be the name of a number of the optimiser's rule other than \
         lr, as in its numbers()"
    );
    build("momentum", cycle.of_momentum(0.95, 0.85)).unwrap().fit(&mut net, &mut sgd).unwrap();
    assert_eq!((sgd.steps(), sgd.rule().momentum), (12, cycle.momentum(11, 0.95, 0.85)));
    let (mut found, mut expected) = (Vec::new(), Vec::new());
    net.visit(&mut |_, tensor| found.extend_from_slice(tensor.data()));
    by_hand.visit(&mut |_, tensor| expected.extend_from_slice(tensor.data()));
    for (found, expected) in found.iter().zip(&expected) {
        assert!((found - expected).abs() < 1e-12, "{found} {expected}");
    }
}
