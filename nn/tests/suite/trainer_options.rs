//! Options of a trainer that cannot be, which are errors before anything is trained.

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
