//! L-BFGS: valleys, quadratics, and what happens where no step is good.

use nn::prelude::*;
use nn::{End, Lbfgs, Tanh, module};

struct At<P = Tensor<f64>> {
    x: P,
}
module!(At { param x });

fn at<const N: usize>(x: [f64; N]) -> At {
    At { x: Tensor::from(x) }
}

/// Rosenbrock's function of any number of variables, as expressions of the graph.
fn rosenbrock<'g>(x: Var<'g, f64>) -> Var<'g, f64> {
    let n = x.shape().count();
    let (head, tail) = (x.slice(0, 0..n - 1), x.slice(0, 1..n));
    (tail - head.square()).square().sum() * 100.0 + (1.0 - head).square().sum()
}

#[test]
fn rosenbrocks_valley_is_crossed_in_few_steps() {
    let mut point = at([-1.2, 1.0]);
    let found = Lbfgs::new().minimize(&mut point, 100, |_, p| rosenbrock(p.x)).unwrap();
    assert_eq!(found.end, End::Gradient);
    assert!(found.loss < 1e-10 && found.steps < 60 && found.evaluations < 100, "{found:?}");
    point.x.data().iter().for_each(|x| assert!((x - 1.0).abs() < 1e-6));

    let mut point = At { x: Tensor::from_fn([20], |i| if i % 2 == 0 { -1.2 } else { 1.0 }) };
    let found =
        Lbfgs::new().history(5).tolerance(1e-9).minimize(&mut point, 500, |_, p| rosenbrock(p.x)).unwrap();
    assert!(found.loss < 1e-10 && found.gradient <= 1e-9, "{found:?}");
}

/// Step by step it looks at the start anew, and otherwise does what `minimize` does.
#[test]
fn single_steps_lead_the_same_way() {
    let (mut one, mut other) = (at([-1.2, 1.0]), at([-1.2, 1.0]));
    let mut lbfgs = Lbfgs::new();
    let mut losses = Vec::new();
    for _ in 0..15 {
        losses.push(lbfgs.step(&mut one, |_, p| rosenbrock(p.x)).unwrap());
    }
    let found = Lbfgs::new().minimize(&mut other, 15, |_, p| rosenbrock(p.x)).unwrap();
    assert_eq!((found.end, found.steps, lbfgs.steps()), (End::Steps, 15, 15));
    assert_eq!(one.x, other.x);
    assert!(losses.windows(2).all(|pair| pair[1] < pair[0]), "{losses:?}");
}

/// The first two iterates by hand: a step along -g of length 1 / Σ|g|, if that is good, then the two-loop formula with
/// one pair, written as the matrix (I - ρ s yᵀ) γ (I - ρ y sᵀ) + ρ s sᵀ.
#[test]
fn the_second_direction_is_that_of_the_inverse_update() {
    let curvature = [1.0, 3.0];
    let start = [1.0, 1.0];
    let slope = |x: [f64; 2]| [curvature[0] * x[0], curvature[1] * x[1]];
    let mut point = at(start);
    // Any decrease is good, so the first lengths tried, 1 / Σ|g| and 1, are taken.
    let mut lbfgs = Lbfgs::new().wolfe(1e-9, 0.999_999);
    let mut step = |point: &mut At| {
        lbfgs.step(point, |g, p| (p.x.square() * g.constant(curvature)).sum() * 0.5).unwrap();
        [point.x.data()[0], point.x.data()[1]]
    };
    let first = step(&mut point);
    let expected = [1.0 - 0.25 * 1.0, 1.0 - 0.25 * 3.0];
    assert_eq!(first, expected);
    let (g0, g1) = (slope(start), slope(first));
    let s = [first[0] - start[0], first[1] - start[1]];
    let y = [g1[0] - g0[0], g1[1] - g0[1]];
    let dot = |a: [f64; 2], b: [f64; 2]| a[0] * b[0] + a[1] * b[1];
    let (rho, gamma) = (1.0 / dot(s, y), dot(s, y) / dot(y, y));
    let v = |i: usize, j: usize| f64::from(u8::from(i == j)) - rho * y[i] * s[j];
    let h = |i: usize, j: usize| (0..2).map(|k| v(k, i) * gamma * v(k, j)).sum::<f64>() + rho * s[i] * s[j];
    let second = step(&mut point);
    for i in 0..2 {
        let expected = first[i] - (h(i, 0) * g1[0] + h(i, 1) * g1[1]);
        assert!((second[i] - expected).abs() < 1e-14, "{} {expected}", second[i]);
    }
}

#[test]
fn a_network_is_trained() {
    let mut net = Mlp::new(&[2, 8, 1], Tanh, &mut nn::rng(3));
    let x = Tensor::from([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]);
    let y = Tensor::from([[0.0], [1.0], [1.0], [0.0]]);
    let found = Lbfgs::new()
        .minimize(&mut net, 60, |g, net| mse(net.forward(g.constant(&x)), g.constant(&y)))
        .unwrap();
    assert!(found.loss < 1e-4, "{found:?}");
}

#[test]
fn where_no_step_is_good_it_says_so_and_changes_nothing() {
    let mut point = at([3.0, 4.0]);
    let mut lbfgs = Lbfgs::new();
    let error = lbfgs.step(&mut point, |_, p| wrong_loss(p)).unwrap_err();
    assert!(matches!(error, StepError::LineSearch { step: 1, evaluations: 25, .. }), "{error}");
    assert_eq!((point.x.data(), lbfgs.steps()), (&[3.0, 4.0][..], 0));
    let found = lbfgs.minimize(&mut point, 10, |_, p| wrong_loss(p)).unwrap();
    assert_eq!((found.end, found.steps, found.loss, found.gradient), (End::LineSearch, 0, 25.0, 8.0));
    assert_eq!(point.x.data(), [3.0, 4.0]);
}

/// A derivative that is not that of the value: uphill is called downhill.
fn wrong_loss<'g>(p: At<Var<'g, f64>>) -> Var<'g, f64> {
    let x = p.x.square().sum();
    (x * 2.0).detach() - x
}

#[test]
fn losses_and_slopes_that_are_no_numbers_are_errors() {
    let mut point = at([0.0]);
    let error = Lbfgs::new().step(&mut point, |_, p| (p.x * f64::NAN).sum()).unwrap_err();
    assert!(matches!(error, StepError::NotFinite { step: 1, .. }), "{error}");
    let error = Lbfgs::new().step(&mut point, |_, p| p.x.sqrt().sum()).unwrap_err();
    assert!(matches!(error, StepError::GradientNotFinite { step: Some(1), birth: Some(_), .. }), "{error}");
    let error = Lbfgs::new().step(&mut point, |g, _| g.number(1.0)).unwrap_err();
    assert!(matches!(error, StepError::NoGradient { .. }), "{error}");
    // A wall on the way is no error: beyond 1 the logarithm is NaN, and the minimum is at -1.
    let mut point = at([-30.0]);
    let found = Lbfgs::new().minimize(&mut point, 100, |_, p| (p.x.square() * 0.25 - (1.0 - p.x).ln()).sum());
    assert_eq!(found.unwrap().end, End::Gradient);
    assert!((point.x.item() + 1.0).abs() < 1e-6, "{:?}", point.x);
    // Where nothing slopes, nothing moves.
    let mut point = at([0.0]);
    assert_eq!(Lbfgs::new().step(&mut point, |_, p| p.x.square().sum()).unwrap(), 0.0);
    assert_eq!(point.x.item(), 0.0);
}

/// States are written where a step ends, once for each step, however many looks it took.
#[test]
fn what_is_frozen_stays_and_states_follow_the_steps() {
    struct Net<P = Tensor<f64>> {
        a: P,
        b: P,
        seen: P,
    }
    module!(Net { param a, param b, state seen });
    let mut net = Net { a: Tensor::from([2.0]), b: Tensor::from([3.0]), seen: Tensor::scalar(0.0) };
    let found = Lbfgs::new().freeze("b").minimize(&mut net, 50, |_, net| {
        net.seen.set_next(net.seen + 1.0);
        ((net.a - 1.0).square() * net.b.square()).sum().cosh()
    });
    let found = found.unwrap();
    assert_eq!((net.b.item(), net.seen.item()), (3.0, found.steps as f64));
    assert!((net.a.item() - 1.0).abs() < 1e-6 && found.evaluations > found.steps);
    let error = Lbfgs::new().freeze("c").step(&mut net, |_, net| net.a.sum()).unwrap_err();
    assert!(matches!(error, StepError::NoSuchParameter { .. }), "{error}");
}

#[test]
fn numbers_from_outside_are_checked() {
    use nn::LbfgsRule;
    let rule = LbfgsRule { history: 5, c1: 1e-3, c2: 0.5, evaluations: 9, tolerance: Some(1e-9) };
    let by_setters: Lbfgs = Lbfgs::new().history(5).wolfe(1e-3, 0.5).evaluations(9).tolerance(1e-9);
    assert_eq!((by_setters.rule(), Lbfgs::<f32>::from_rule(rule).rule()), (&rule, &rule));
    let errors = [
        LbfgsRule { history: 0, ..rule },
        LbfgsRule { c1: f64::NAN, ..rule },
        LbfgsRule { c2: 1.0, ..rule },
        LbfgsRule { c1: 0.6, ..rule },
        LbfgsRule { evaluations: 0, ..rule },
        LbfgsRule { tolerance: Some(-1.0), ..rule },
    ];
    let expected = [
        "Lbfgs: history is 0, but must be at least 1",
        "Lbfgs: c1 is NaN, but must be finite and greater than 0",
        "Lbfgs: c2 is 1, but must be at least 0 and less than 1",
        "Lbfgs: c1 is 0.6, but must be less than c2",
        "Lbfgs: evaluations is 0, but must be at least 1",
        "Lbfgs: tolerance is -1, but must be finite and at least 0",
    ];
    assert_eq!(errors.map(|rule| rule.check().unwrap_err().to_string()), expected);
}
