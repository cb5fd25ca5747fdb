//! Clipping: exact bounds, in a step's plan and by hand.

use nn::prelude::*;
use nn::{clip_norm, clip_value};

fn linear(weight: [f64; 2], bias: f64) -> Linear<Tensor<f64>> {
    Linear { weight: Tensor::from([weight]), bias: Some(Tensor::from([bias])) }
}

/// One step of length 1 along the gradient (g, h), which is constant.
fn step(sgd: &mut Sgd<f64>, g: [f64; 2], h: f64) -> Result<(Vec<f64>, f64), StepError> {
    let mut net = linear([0.0, 0.0], 0.0);
    sgd.step(&mut net, |graph, net| {
        (net.weight * graph.constant([g])).sum() + (net.bias.unwrap() * graph.constant([h])).sum()
    })?;
    Ok((net.weight.map(|x: f64| -x).to_vec(), -net.bias.unwrap().item()))
}

#[test]
fn a_norm_above_the_bound_is_brought_down_to_it() {
    // 2² + 3² + 6² = 7².
    let mut sgd = Sgd::new(1.0).clip_norm(3.5);
    assert_eq!(sgd.last_norm(), None);
    let (weight, bias) = step(&mut sgd, [2.0, -3.0], 6.0).unwrap();
    assert_eq!((&weight[..], bias, sgd.last_norm()), (&[1.0, -1.5][..], 3.0, Some(7.0)));
}

#[test]
fn a_norm_within_the_bound_changes_no_bit() {
    let (g, h) = ([0.1, -0.7], 1.0 / 3.0);
    for max in [0.85, 1.0, 1e300, f64::MAX] {
        let found = step(&mut Sgd::new(1.0).clip_norm(max), g, h).unwrap();
        assert_eq!(found, (g.to_vec(), h), "{max}");
    }
    let mut still = Sgd::new(1.0).clip_norm(1.0);
    assert_eq!(step(&mut still, [0.0, 0.0], 0.0).unwrap(), (vec![0.0, 0.0], 0.0));
    assert_eq!(still.last_norm(), Some(0.0));
    // A bound that is infinite in single precision only measures.
    let mut net: Linear = Linear { weight: Tensor::from([[3.0, 4.0]]), bias: None };
    let mut sgd = Sgd::new(1.0).clip_norm(f64::MAX);
    sgd.step(&mut net, |_, net| net.weight.square().sum() * 0.5).unwrap();
    assert_eq!((net.weight.data(), sgd.last_norm()), (&[0.0, 0.0][..], Some(5.0)));
}

#[test]
fn values_are_bounded_before_the_norm() {
    let mut sgd = Sgd::new(1.0).clip_value(4.0).clip_norm(2.5);
    let (weight, bias) = step(&mut sgd, [3.0, -9.0], 0.0).unwrap();
    assert_eq!((&weight[..], bias, sgd.last_norm()), (&[1.5, -2.0][..], 0.0, Some(5.0)));
    let (weight, bias) = step(&mut Sgd::new(1.0).clip_value(0.5), [3.0, -0.25], -7.0).unwrap();
    assert_eq!((&weight[..], bias), (&[0.5, -0.25][..], -0.5));
}

#[test]
fn what_is_frozen_or_unused_is_not_in_the_norm() {
    let mut net = linear([3.0, 4.0], 12.0);
    let mut sgd = Sgd::new(1.0).clip_norm(100.0).freeze("bias");
    sgd.step(&mut net, |_, net| (net.weight.square().sum() + net.bias.unwrap().square().sum()) * 0.5)
        .unwrap();
    assert_eq!(sgd.last_norm(), Some(5.0));
    let mut sgd = Sgd::new(1.0).clip_norm(100.0).allow_unused();
    sgd.step(&mut net, |_, net| net.bias.unwrap().square().sum() * 0.5).unwrap();
    assert_eq!(sgd.last_norm(), Some(12.0));
    sgd.step(&mut net, |g, _| g.number(1.0)).unwrap();
    assert_eq!(sgd.last_norm(), Some(0.0), "no parameter is used at all");
}

#[test]
fn a_norm_that_is_no_number_is_an_error_and_changes_nothing() {
    // Losses of 0 whose slopes at 0 are ∞, NaN and 1e200, whose square is no number.
    type Loss = for<'g> fn(Var<'g, f64>) -> Var<'g, f64>;
    let losses: [(Loss, Option<&str>); 3] =
        [(|w| w.sqrt(), Some("sqrt")), (|w| w.square().sqrt(), Some("sqrt")), (|w| w * 1e200, None)];
    for (loss, born) in losses {
        let mut net = linear([0.0, 1.0], 1.0);
        let mut sgd = Sgd::new(1.0).momentum(0.9).clip_norm(1.0);
        sgd.step(&mut net, |_, net| (net.weight.slice(-1, 1..2) * net.bias.unwrap()).sum()).unwrap();
        let (state, norm, before) = (sgd.state().to_vec(), sgd.last_norm(), net.clone());
        let result =
            sgd.step(&mut net, |_, net| loss(net.weight.slice(-1, 0..1)).sum() + net.bias.unwrap().sum());
        let Err(StepError::NormNotFinite { step: Some(2), birth, .. }) = &result else {
            panic!("{result:?}")
        };
        let op = birth.as_ref().map(|birth| birth.op.as_str());
        assert_eq!(op, born, "{result:?}");
        assert_eq!((sgd.state(), sgd.last_norm(), sgd.steps()), (&state[..], norm, 1));
        assert_eq!((&net.weight, &net.bias), (&before.weight, &before.bias));
    }
}

#[test]
fn bounds_from_outside_are_checked_and_do_the_same() {
    let both = nn::Clip { value: Some(4.0), norm: Some(2.5) };
    both.check().unwrap();
    let by_setters = step(&mut Sgd::new(1.0).clip_value(4.0).clip_norm(2.5), [3.0, -9.0], 0.0).unwrap();
    assert_eq!(step(&mut Sgd::new(1.0).clip(both), [3.0, -9.0], 0.0).unwrap(), by_setters);
    // Bounds that were there before are gone.
    let none = step(&mut Sgd::new(1.0).clip_norm(1.0).clip(nn::Clip::default()), [3.0, -9.0], 0.0).unwrap();
    assert_eq!(none, (vec![3.0, -9.0], 0.0));
    let error = nn::Clip { value: Some(f64::INFINITY), ..both }.check().unwrap_err();
    assert_eq!(error.to_string(), "Clip: value is inf, but must be finite and greater than 0");
    assert!(nn::Clip { norm: Some(f64::NAN), ..both }.check().is_err());
}

#[test]
fn by_hand_it_is_the_same() {
    let mut gradients = linear([2.0, -3.0], 6.0);
    assert_eq!(clip_norm(&mut gradients, 3.5), Ok(7.0));
    assert_eq!((gradients.weight.data(), gradients.bias.as_ref().unwrap().item()), (&[1.0, -1.5][..], 3.0));
    assert_eq!(clip_norm(&mut gradients, 3.5), Ok(3.5));
    assert_eq!(gradients.weight.data(), [1.0, -1.5]);
    clip_value(&mut gradients, 1.25);
    assert_eq!((gradients.weight.data(), gradients.bias.unwrap().item()), (&[1.0, -1.25][..], 1.25));

    let mut broken = linear([f64::NAN, 1.0], f64::INFINITY);
    assert_eq!(
        clip_norm(&mut broken, 1.0).unwrap_err().to_string(),
        "the gradient of parameter weight is not finite: number 0 of it, from 0, is NaN; find_nan() of the model and its \
         loss says where it was born"
    );
    let mut large = linear([1.5e308, 1.0], 0.0);
    assert_eq!(
        clip_norm(&mut large, 1.0).unwrap_err().to_string(),
        "the norm of the gradient is inf: its numbers are finite, but the sum of their squares is not; scale the loss \
         down, or bound them first with clip_value"
    );
    assert_eq!(large.weight.data(), [1.5e308, 1.0]);
    clip_value(&mut broken, 2.0);
    assert!(broken.weight.data()[0].is_nan());
    assert_eq!(broken.bias.unwrap().item(), 2.0);
}

#[test]
fn given_gradients_are_looked_at_before_they_are_bounded() {
    let zero = linear([0.0, 0.0], 0.0);
    for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        for make in [
            || Sgd::new(1.0),
            || Sgd::new(1.0).clip_value(1.0),
            || Sgd::new(1.0).clip_norm(1.0),
            || Sgd::new(1.0).clip_value(1.0).clip_norm(1.0),
        ] {
            let (mut net, gradients) = (linear([0.0, 0.0], 0.0), linear([1.0, bad], 2.0));
            match make().apply(&mut net, &gradients) {
                Err(StepError::GradientNotFinite { step: Some(1), name, position, value, birth: None }) => {
                    assert_eq!((name.as_str(), position), ("weight", 1));
                    assert!(value == bad || value.is_nan() && bad.is_nan());
                }
                other => panic!("{other:?}"),
            }
            assert_eq!((&net.weight, &net.bias), (&zero.weight, &zero.bias));
        }
    }
    // What is frozen is not looked at: its gradient is not used.
    let (mut net, gradients) = (linear([0.0, 0.0], 0.0), linear([1.0, f64::NAN], 2.0));
    Sgd::new(1.0).freeze("weight").apply(&mut net, &gradients).unwrap();
    assert_eq!(net.bias.unwrap().item(), -2.0);
    // Finite numbers whose sum and squares overflow have no norm, and are no fault otherwise.
    let gradients = linear([1.5e308, 1.5e308], 2.0);
    let mut net = linear([0.0, 0.0], 0.0);
    assert!(matches!(
        Sgd::new(1.0).clip_norm(1.0).apply(&mut net, &gradients),
        Err(StepError::NormNotFinite { step: Some(1), birth: None, .. })
    ));
    Sgd::new(1.0).apply(&mut net, &gradients).unwrap();
    assert_eq!(net.weight.data(), [-1.5e308, -1.5e308]);
}
