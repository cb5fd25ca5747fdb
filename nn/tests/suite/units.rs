//! Single units: their rules against the engine's gradients, convergence, textbook numbers, and what they refuse.

use autograd::Tensor;
use nn::data::{Dataset, Labels};
use nn::prelude::*;
use nn::units::{
    Adaline, Coding, Course, Descent, Examples, LogisticUnit, Outcome, Perceptron, Threshold, Unit, UnitError,
};

const CORNERS: [[f64; 2]; 4] = [[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]];

fn corners(targets: [f64; 4]) -> Examples<f64> {
    Examples::new(CORNERS, targets).unwrap()
}

/// Seven rows of three numbers, and targets of two values.
fn cloud(targets: [f64; 2]) -> Examples<f64> {
    let x = Tensor::from_fn([7, 3], |i| (i as f64 * 12.9898).sin() * 2.0);
    Examples::new(x, Tensor::from_fn([7], |i| targets[i * i % 3 % 2])).unwrap()
}

fn weights() -> (Tensor<f64>, Tensor<f64>) {
    (Tensor::from([0.4, -0.3, 0.8]), Tensor::scalar(-0.2))
}

#[track_caller]
fn assert_close(found: &[f64], expected: &[f64]) {
    assert_eq!(found.len(), expected.len());
    for (found, expected) in found.iter().zip(expected) {
        assert!((found - expected).abs() < 1e-14 * (1.0 + expected.abs()), "{found} instead of {expected}");
    }
}

#[test]
fn the_rules_are_the_engines_gradients() {
    let (weight, bias) = weights();

    let (examples, unit) = (cloud([-1.0, 1.0]), Adaline { weight: weight.clone(), bias: bias.clone() });
    let (loss, found) = unit
        .value_and_grad(|g, unit| {
            let error = g.constant(examples.targets()) - unit.forward(g.constant(examples.x()));
            error.square().mean() * 0.5
        })
        .unwrap();
    assert_close(&[unit.loss(&examples)], &[loss]);
    assert_close(unit.gradient(&examples).weight.data(), found.weight.data());
    assert_close(unit.gradient(&examples).bias.data(), found.bias.data());

    let (examples, unit) = (cloud([0.0, 1.0]), LogisticUnit { weight: weight.clone(), bias: bias.clone() });
    let (loss, found) = unit
        .value_and_grad(|g, unit| {
            bce_with_logits(unit.net(g.constant(examples.x())), g.constant(examples.targets()))
        })
        .unwrap();
    assert_close(&[unit.loss(&examples)], &[loss]);
    assert_close(unit.gradient(&examples).weight.data(), found.weight.data());
    assert_close(unit.gradient(&examples).bias.data(), found.bias.data());

    // The rule of the perceptron goes down (y - t) z, with the output y as a constant.
    for threshold in [Threshold::Sign { at_zero: -1.0 }, Threshold::Step { at_zero: 1.0 }] {
        let examples = match threshold {
            Threshold::Sign { .. } => cloud([-1.0, 1.0]),
            Threshold::Step { .. } => cloud([0.0, 1.0]),
        };
        let unit = Perceptron { weight: weight.clone(), bias: bias.clone(), threshold };
        let (loss, found) = unit
            .value_and_grad(|g, unit| {
                let x = g.constant(examples.x());
                let missed = unit.forward(x) - g.constant(examples.targets());
                (missed.detach() * unit.net(x)).mean()
            })
            .unwrap();
        assert!(loss > 0.0);
        assert_close(&[unit.loss(&examples)], &[loss]);
        assert_close(unit.gradient(&examples).weight.data(), found.weight.data());
        assert_close(unit.gradient(&examples).bias.data(), found.bias.data());
    }
}

/// Learning example by example is stochastic descent with batches of one.
#[test]
fn incremental_learning_is_stochastic_descent() {
    let (weight, bias) = weights();
    let examples = cloud([0.0, 1.0]);
    let mut by_rule = LogisticUnit { weight, bias };
    let mut one_by_one = by_rule.clone();
    let mut by_engine = by_rule.clone();
    let mut sgd = Sgd::new(0.3);
    for _ in 0..5 {
        by_rule.incremental(&examples, 0.3);
        for (x, target) in examples.rows() {
            one_by_one.learn(x, target, 0.3);
            let x = Tensor::from_slice([3], x).unwrap();
            sgd.step(&mut by_engine, |g, unit| bce_with_logits(unit.net(g.constant(&x)), g.number(target)))
                .unwrap();
        }
    }
    assert_eq!(by_rule, one_by_one);
    assert_close(by_rule.weight.data(), by_engine.weight.data());
    assert_close(by_rule.bias.data(), by_engine.bias.data());

    // And so is an epoch of all at once, with one batch.
    let mut by_engine = by_rule.clone();
    by_rule.batch(&examples, 0.3);
    Sgd::new(0.3)
        .step(&mut by_engine, |g, unit| {
            bce_with_logits(unit.net(g.constant(examples.x())), g.constant(examples.targets()))
        })
        .unwrap();
    assert_close(by_rule.weight.data(), by_engine.weight.data());
    assert_close(by_rule.bias.data(), by_engine.bias.data());
}

#[test]
fn perceptrons_learn_what_a_line_separates() {
    for (targets, separable) in [
        ([-1.0, -1.0, -1.0, 1.0], true),
        ([-1.0, 1.0, 1.0, 1.0], true),
        ([1.0, 1.0, 1.0, -1.0], true),
        ([-1.0, 1.0, 1.0, -1.0], false),
    ] {
        for at_zero in [-1.0, 0.0, 1.0] {
            let examples = corners(targets);
            let mut unit = Perceptron::new(2, Threshold::Sign { at_zero });
            let fit = unit.fit(&examples, 0.1, 1000).unwrap();
            assert_eq!(fit.converged, separable, "{targets:?}");
            assert_eq!(fit.updates, fit.mistakes.iter().sum::<usize>());
            assert_eq!(fit.history.len(), fit.mistakes.len() + 1);
            assert_eq!(fit.mistakes.last() == Some(&0), separable);
            assert!(separable || fit.mistakes.len() == 1000);
            let right = examples.rows().all(|(x, target)| unit.output(x) == target);
            assert_eq!(right, separable);
            assert!(fit.to_string().starts_with(if separable { "converged" } else { "not converged: " }));
        }
    }
}

/// The rule by hand for the first epoch of AND with a step that is 1 at 0.
#[test]
fn the_first_epoch_by_hand() {
    let mut unit = Perceptron::new(2, Threshold::Step { at_zero: 1.0 });
    let fit = unit.fit(&corners([0.0, 0.0, 0.0, 1.0]), 0.5, 1).unwrap();
    // (0,0): z = 0, y = 1, t = 0: b = -1/2. (0,1): z = -1/2, right. (1,0): right. (1,1): z = -1/2, y = 0, t = 1: all + 1/2.
    assert_eq!((unit.weight.data(), unit.bias.item(), fit.mistakes), (&[0.5, 0.5][..], 0.0, vec![2]));
}

/// Novikoff's bound: rows of length at most R, 1 for the bias included, that a unit vector separates with margin γ,
/// cost at most (R / γ)² updates, whatever the learning rate.
#[test]
fn updates_are_within_novikoffs_bound() {
    let line = [0.6_f64, -0.7, 0.3]; // w₁, w₂, b
    let length = line.iter().map(|w| w * w).sum::<f64>().sqrt();
    let mut rows = Vec::new();
    for i in 0..4000 {
        let x = [(f64::from(i) * 12.9898).sin() * 3.0, (f64::from(i) * 78.233).cos() * 3.0];
        let distance = (line[0] * x[0] + line[1] * x[1] + line[2]) / length;
        if distance.abs() > 0.2 {
            rows.push((x, distance));
        }
    }
    let radius = rows.iter().map(|(x, _)| x[0] * x[0] + x[1] * x[1] + 1.0).fold(0.0, f64::max).sqrt();
    let margin = rows.iter().map(|(_, distance)| distance.abs()).fold(f64::INFINITY, f64::min);
    let x: Vec<[f64; 2]> = rows.iter().map(|(x, _)| *x).collect();
    let targets = Tensor::from_fn([rows.len()], |i| rows[i].1.signum());
    let examples = Examples::new(Tensor::from_rows(&x).unwrap(), targets).unwrap();
    let mut updates = Vec::new();
    for lr in [0.125, 1.0, 64.0] {
        let fit = Perceptron::new(2, Threshold::Sign { at_zero: -1.0 }).fit(&examples, lr, 10_000).unwrap();
        assert!(fit.converged && fit.updates as f64 <= (radius / margin).powi(2), "{}", fit.updates);
        updates.push(fit.updates);
    }
    // From weights of 0 the learning rate is only a scale.
    assert_eq!(updates, [updates[0]; 3]);
}

#[test]
fn conventions_at_zero() {
    let sign = |at_zero| Perceptron::<Tensor<f64>>::new(1, Threshold::Sign { at_zero }).output(&[5.0]);
    let step = |at_zero| Perceptron::<Tensor<f64>>::new(1, Threshold::Step { at_zero }).output(&[5.0]);
    assert_eq!((sign(-1.0), sign(0.0), sign(1.0)), (-1.0, 0.0, 1.0));
    assert_eq!((step(0.0), step(0.5), step(1.0)), (0.0, 0.5, 1.0));
    // The plain loops and the graph agree, at 0 and at NaN.
    for threshold in [Threshold::Sign { at_zero: -1.0 }, Threshold::Step { at_zero: 0.5 }] {
        let unit = Perceptron { weight: Tensor::from([1.0]), bias: Tensor::scalar(0.0), threshold };
        let x = [-2.0, 0.0, 3.0, f64::NAN];
        let y = unit.predict(|g, unit| unit.forward(g.constant(x).unsqueeze(1)));
        for (x, y) in x.into_iter().zip(y.data()) {
            let plain = unit.output(&[x]);
            assert!(plain == *y || plain.is_nan() && y.is_nan());
        }
    }
}

#[test]
fn textbook_numbers() {
    // A weighted sum by hand: .7 + .3 - 1.4 = -.4, less .1.
    let unit = Adaline { weight: Tensor::from([0.7, 0.6, 1.4]), bias: Tensor::scalar(-0.1) };
    assert!((unit.net(&[1.0, 0.5, -1.0]) - -0.5_f64).abs() < 1e-15);

    // Fixed weights: McCulloch and Pitts.
    let gate = |a: f64, b: f64, bias: f64| Perceptron {
        weight: Tensor::from([a, b]),
        bias: Tensor::scalar(bias),
        threshold: Threshold::Step { at_zero: 0.0 },
    };
    let (and, or, not_and) = (gate(1.0, 1.0, -1.5), gate(1.0, 1.0, -0.5), gate(-1.0, -1.0, 1.5));
    for [a, b] in CORNERS {
        assert_eq!(and.output(&[a, b]), f64::from(u8::from(a + b == 2.0)));
        let xor = and.output(&[or.output(&[a, b]), not_and.output(&[a, b])]);
        assert_eq!(xor, f64::from(u8::from(a != b)));
    }

    // Exclusive or of three logistic units.
    let unit = |a, b, bias| LogisticUnit { weight: Tensor::from([a, b]), bias: Tensor::scalar(bias) };
    let (h1, h2, out) = (unit(20.0, 20.0, -10.0), unit(-20.0, -20.0, 30.0), unit(20.0, 20.0, -30.0));
    let mut loss = 0.0;
    for (x, target) in corners([0.0, 1.0, 1.0, 0.0]).rows() {
        let hidden = [h1.output(x), h2.output(x)];
        let y: f64 = out.output(&hidden);
        let expected = if target == 1.0 { 0.99995452 } else { 4.5439e-5 };
        assert!((y - expected).abs() < 1e-8, "{y}");
        loss += out.loss_of(out.net(&hidden), target) / 4.0;
    }
    assert!((loss - 4.5461e-5).abs() < 1e-9, "{loss}");
    assert!((unit(0.0, 0.0, -30.0).output(&[0.0, 0.0]) / 9.3576e-14 - 1.0).abs() < 1e-4);
}

#[test]
fn adaline_finds_least_squares_and_too_large_a_rate_diverges() {
    // One input without bias would have a single curvature; with it, the matrix is the mean of [x², x; x, 1].
    let examples = Examples::new([[0.0], [1.0], [2.0], [3.0]], [1.0, 2.0, 2.0, 5.0]).unwrap();
    let (sx, sy) = (1.5, 2.5);
    let slope = ((0.0 - sx) * (1.0 - sy)
        + (1.0 - sx) * (2.0 - sy)
        + (2.0 - sx) * (2.0 - sy)
        + (3.0 - sx) * (5.0 - sy))
        / 5.0;
    let offset = sy - slope * sx;
    let mut unit = Adaline::<Tensor<f64>>::new(1);
    let course = Descent { tolerance: 1e-15, ..Descent::batch(0.3, 5000) }.fit(&mut unit, &examples).unwrap();
    assert_eq!(course.outcome, Outcome::Settled);
    assert!((unit.weight.item() - slope).abs() < 1e-6 && (unit.bias.item() - offset).abs() < 1e-6);
    assert!(course.losses.is_sorted_by(|a, b| a >= b));
    assert!(course.to_string().starts_with("settled after"));

    // Curvatures of the mean loss: eigenvalues of [3.5, 1.5; 1.5, 1].
    let largest = 2.25 + (1.25_f64.powi(2) + 1.5_f64.powi(2)).sqrt();
    let ends = |lr: f64| -> Course<_> {
        Descent::batch(lr, 20_000).fit(&mut Adaline::<Tensor<f64>>::new(1), &examples).unwrap()
    };
    assert_eq!(ends(1.01 * 2.0 / largest).outcome, Outcome::Diverged);
    let below = ends(0.99 * 2.0 / largest);
    assert_eq!((below.outcome, below.losses.len()), (Outcome::Epochs, 20_001));
    assert!((below.losses.last().unwrap() - course.losses.last().unwrap()).abs() < 1e-12);
}

#[test]
fn a_data_set_of_two_classes_is_learned() {
    let x = Tensor::from_fn([40, 2, 1], |i| {
        ((i * 7) % 11) as f32 / 11.0 + if i / 2 % 2 == 0 { 0.0 } else { 2.0 }
    });
    let data = Dataset::new(x, Labels::new((0..40).map(|i| i % 2), 2).unwrap()).unwrap();
    let signs = Examples::from_dataset(&data, Coding::PlusMinus).unwrap();
    assert_eq!((signs.len(), signs.inputs(), &signs.targets().data()[..2]), (40, 2, &[-1.0, 1.0][..]));
    assert!(Perceptron::new(2, Threshold::Sign { at_zero: 0.0 }).fit(&signs, 1.0, 100).unwrap().converged);
    let steps = Examples::from_dataset(&data, Coding::ZeroOne).unwrap();
    let mut unit = LogisticUnit::new(2);
    Descent::incremental(0.5, 200).fit(&mut unit, &steps).unwrap();
    assert!(steps.rows().all(|(x, target)| (unit.output(x) > 0.5) == (target == 1.0)));

    let three = Dataset::new(Tensor::zeros([3, 1]), Labels::new([0, 1, 2], 3).unwrap()).unwrap();
    assert_eq!(Examples::from_dataset(&three, Coding::ZeroOne), Err(UnitError::Classes { classes: 3 }));
}

#[test]
fn units_are_modules_and_layers() {
    let mut unit = LogisticUnit::<Tensor>::new(3);
    assert_eq!(unit.parameter_count(), 4);
    let x = Tensor::from_fn([5, 3], |i| i as f32 / 15.0);
    let y = unit.predict(|g, unit| unit.forward(g.constant(&x)));
    assert_eq!((y.shape(), y.data()), ([5].into(), &[0.5; 5][..]));
    let mut adam = Adam::new(0.1);
    adam.step(&mut unit, |g, unit| bce_with_logits(unit.net(g.constant(&x)), g.ones([5]))).unwrap();
    assert!(unit.bias.item() > 0.0);
    // A step has slope 0 everywhere: an optimiser can learn nothing through it, which the unit's own rule can.
    let mut unit = Perceptron::<Tensor>::new(3, Threshold::Step { at_zero: 0.0 });
    let error = Sgd::new(0.1).step(&mut unit, |g, unit| unit.forward(g.constant(&x)).sum()).unwrap_err();
    assert!(error.to_string().contains("cut by heaviside"), "{error}");
}

#[test]
fn what_cannot_be_learned_is_named() {
    let text = |error: UnitError| error.to_string();
    let and = corners([0.0, 0.0, 0.0, 1.0]);
    let mut sign = Perceptron::new(2, Threshold::Sign { at_zero: 0.0 });
    assert_eq!(
        text(sign.fit(&and, 1.0, 1).unwrap_err()),
        "the target of row 0 (from 0) is 0, but must be -1 or 1, the outputs of a sign"
    );
    let mut step = Perceptron::new(2, Threshold::Step { at_zero: 0.0 });
    assert!(
        text(step.fit(&corners([0.0, -1.0, 0.0, 1.0]), 1.0, 1).unwrap_err()).contains("row 1 (from 0) is -1")
    );
    assert_eq!(
        text(step.fit(&and, f64::NAN, 1).unwrap_err()),
        "Perceptron::fit: lr is NaN, but must be a finite number above 0"
    );
    assert_eq!(
        text(step.fit(&and, 1.0, 0).unwrap_err()),
        "Perceptron::fit: epochs is 0, but must be at least 1"
    );
    let mut wide = LogisticUnit::new(3);
    assert_eq!(
        text(Descent::batch(1.0, 1).fit(&mut wide, &and).unwrap_err()),
        "examples of 2 inputs for a unit of 3: make a unit with as many inputs as the examples have"
    );
    let mut unit = LogisticUnit::new(2);
    let errors = [
        Descent::batch(1.0, 1).fit(&mut unit, &corners([0.0, 2.0, 0.0, 0.0])),
        Descent::batch(0.0, 1).fit(&mut unit, &and),
        Descent::batch(1.0, 0).fit(&mut unit, &and),
        Descent { tolerance: -1.0, ..Descent::batch(1.0, 1) }.fit(&mut unit, &and),
    ];
    let expected = ["row 1 (from 0) is 2", "lr is 0", "epochs is 0", "tolerance is -1"];
    for (error, expected) in errors.into_iter().zip(expected) {
        let error = text(error.unwrap_err());
        assert!(error.contains(expected), "{error}");
    }
    assert_eq!(
        text(Examples::new([[1.0, f64::NAN]], [1.0]).unwrap_err()),
        "NaN in row 0, column 1 (both from 0): clean or drop this row first"
    );
    assert!(text(Examples::new([[1.0]], [f64::INFINITY]).unwrap_err()).contains("a finite number"));
    let none: Tensor<f64> = Tensor::zeros([0, 2]);
    assert_eq!(Examples::new(none, Tensor::zeros([0])).unwrap_err(), UnitError::Empty);
}

#[test]
fn units_from_outside_are_checked() {
    let step = |at_zero| Threshold::Step { at_zero };
    let unit = Perceptron::builder(2, step(1.0)).weights([1.0, -2.0], 0.5).build().unwrap();
    assert_eq!((unit.weight.data(), unit.bias.item(), unit.threshold), (&[1.0, -2.0][..], 0.5, step(1.0)));
    assert_eq!(
        Perceptron::<Tensor<f64>>::builder(2, step(0.0)).build().unwrap(),
        Perceptron::new(2, step(0.0))
    );
    assert_eq!(Adaline::<Tensor>::builder(3).build().unwrap(), Adaline::new(3));
    assert_eq!(LogisticUnit::<Tensor>::builder(3).build().unwrap(), LogisticUnit::new(3));
    let errors = [
        Perceptron::<Tensor>::builder(0, step(0.0)).build().unwrap_err(),
        Perceptron::<Tensor>::builder(1, step(f64::NAN)).build().unwrap_err(),
        Adaline::<Tensor>::builder(0).build().unwrap_err(),
        Adaline::builder(1).weights([[1.0]], 0.0).build().unwrap_err(),
        LogisticUnit::builder(2).weights([1.0, f64::INFINITY], 0.0).build().unwrap_err(),
        LogisticUnit::builder(1).weights([1.0], f64::NAN).build().unwrap_err(),
    ];
    let expected = [
        "Perceptron: inputs is 0, but must be at least 1",
        "Perceptron: at_zero is NaN, but must be a finite number",
        "Adaline: inputs is 0, but must be at least 1",
        "Adaline: weight is [1, 1], but must be a list of one number for each input",
        "LogisticUnit: weight is inf, but must be a finite number",
        "LogisticUnit: bias is NaN, but must be a finite number",
    ];
    assert_eq!(errors.map(|error| error.to_string()), expected);
}
