//! What the tape's derivatives are: constants, generations, several seeds, nesting.

use autograd::prelude::*;
use autograd::tape::{GradientError, Gradients, Var};

use crate::common::{caught, close};

fn rosenbrock<S: Scalar>(x: &[S]) -> S {
    x.windows(2).map(|x| (x[1] - x[0] * x[0]).powi(2) * 100.0 + (x[0] - 1.0).powi(2)).sum()
}

fn rosenbrock_gradient(x: &[f64]) -> Vec<f64> {
    let mut gradient = vec![0.0; x.len()];
    for i in 0..x.len() - 1 {
        let (a, b) = (x[i + 1] - x[i] * x[i], x[i] - 1.0);
        gradient[i] += -400.0 * a * x[i] + 2.0 * b;
        gradient[i + 1] += 200.0 * a;
    }
    gradient
}

#[test]
fn gradients_of_a_generic_function_are_those_by_hand_in_every_tier() {
    let x: Vec<f64> = (0..200).map(|i| (i as f64 * 0.7).sin()).collect();
    let by_hand = rosenbrock_gradient(&x);
    let mut tape = Tape::new();
    fn term<S: Scalar>(x: &[S]) -> S {
        S::statement([x[0], x[1]], |[x, y]| (y - x * x).powi(2) * 100.0 + (x - 1.0).powi(2))
    }
    type Tier = for<'t> fn(&[Var<'t>]) -> Var<'t>;
    let tiers: [(&str, Tier); 3] = [
        ("operators", |x| rosenbrock(x)),
        ("statements", |x| x.windows(2).map(term).sum()),
        ("statements, and one sum", |x| Var::sum_of(&x.windows(2).map(term).collect::<Vec<_>>())),
    ];
    for (name, tier) in tiers {
        tape.reset();
        let v = tape.vars(&x).to_vec();
        let y = tier(&v);
        assert!(close(y.value(), rosenbrock(&x), 1e-14), "{name}");
        let grads = y.backward();
        for (&v, &expected) in v.iter().zip(&by_hand) {
            assert!(close(grads[v], expected, 1e-12), "{name}: {} {expected}", grads[v]);
        }
    }
}

#[test]
fn constants_leave_no_trace_and_belong_to_any_tape() {
    let tape = Tape::new();
    let c: Var = 2.0.into();
    let d = (c * 3.0 + 1.0).sin() * c.pow(c) - [c, c].iter().sum::<Var>()
        + Var::sum_of(&[c, c])
        + Var::dot(&[c], &[c]);
    assert!(d.is_constant() && d.node().is_none() && tape.is_empty());
    let empty: [Var; 0] = [];
    assert_eq!(empty.iter().sum::<Var>(), 0.0);
    assert_eq!(empty.iter().product::<Var>(), 1.0);
    assert_eq!((Var::sum_of(&empty), Var::dot(&empty, &empty)), (0.0.into(), 0.0.into()));
    let x = tape.var(1.5);
    assert_eq!((x * c + d - c).backward()[x], 2.0);
    assert_eq!(tape.len(), 4, "a record for each of * + -, none for constants");
    assert_eq!((x.detach() * x).backward()[x], 1.5);
    let other = Tape::new();
    let y = other.var(1.0);
    assert_eq!((y * c).backward()[y], 2.0);
    // A statement of constants is a constant; one with some is recorded without them.
    assert!(Var::statement([c, c, c], |[a, b, c]| a * b * c).is_constant());
    for inputs in [[x, c, c], [c, x, c], [c, c, x]] {
        assert_eq!(Var::statement(inputs, |[a, b, c]| a * b * c).backward()[x], 4.0);
    }
    assert_eq!(Var::statement([c, x], |[a, b]| a * b).backward()[x], 2.0);
    assert_eq!(Var::statement([x, c], |[a, b]| a * b).backward()[x], 2.0);
    assert!(caught(|| Var::constant(1.0).backward()).message.contains("constant"));
}

#[test]
fn numbers_stand_on_either_side() {
    let tape = Tape::new();
    let x = tape.var(7.25);
    let results =
        [2.5 + x, 2.5 - x, 2.5 * x, 2.5 / x, 2.5 % x, x + 2.5, x - 2.5, x * 2.5, x / 2.5, x % 2.5, -x];
    let expected = [9.75, -4.75, 18.125, 2.5 / 7.25, 2.5, 9.75, 4.75, 18.125, 2.9, 2.25, -7.25];
    let slopes = [1.0, -1.0, 2.5, -2.5 / 7.25 / 7.25, 0.0, 1.0, 1.0, 2.5, 0.4, 1.0, -1.0];
    for ((y, expected), slope) in results.into_iter().zip(expected).zip(slopes) {
        assert!(close(y.value(), expected, 1e-15) && close(y.backward()[x], slope, 1e-15), "{y:?}");
    }
    let mut y = x;
    y += 1.0;
    y *= x;
    y -= x;
    y /= 2.0;
    y %= 100.0;
    assert_eq!((y.value(), y.backward()[x]), (7.25 * 7.25 / 2.0, 7.25));
}

#[test]
fn comparison_is_by_value() {
    let tape = Tape::new();
    let (x, y) = (tape.var(1.0), tape.var(2.0));
    assert!(x < y && y > 1.5 && x == 1.0 && x != y && x <= tape.var(1.0) && x == tape.var(1.0));
    assert_eq!(x.partial_cmp(&f64::NAN), None);
    assert_eq!((x.lt(y).value(), x.max(y).value()), (1.0, 2.0));
}

#[test]
fn tapes_do_not_mix() {
    let text = "belong to two tapes";
    let (a, b) = (Tape::new(), Tape::new());
    let (x, y) = (a.var(1.0), b.var(2.0));
    assert!(caught(|| x + y).message.contains(text));
    assert!(caught(|| x.pow(y)).message.contains(text));
    assert!(caught(|| Var::statement([x, y], |[x, y]| x * y)).message.contains(text));
    assert!(caught(|| Var::statement([1.0.into(), x, y], |[_, x, y]| x * y)).message.contains(text));
    assert!(caught(|| Var::sum_of(&[x, y])).message.contains(text));
    assert!(caught(|| Var::sum_of(&[1.0.into(), x, y])).message.contains(text));
    assert!(caught(|| Var::dot(&[x, x], &[y, y])).message.contains(text));
    assert!(caught(|| Var::dot(&[x], &[y])).message.contains(text));
    assert!(caught(|| Var::norm(&[x, y])).message.contains(text));
    assert!(caught(|| Var::matvec(&[x], &[y], &mut [x])).message.contains(text));
    assert!(caught(|| a.backward(&[(y, 1.0)])).message.contains(text));
    assert!(caught(|| a.vars(&[1.0]).dot(b.vars(&[1.0]))).message.contains(text));
    assert_eq!(b.backward(&[(y, 2.0)])[y], 2.0);
}

#[test]
fn gradients_know_their_tape_and_generation() {
    let mut tape = Tape::new();
    let x = tape.var(3.0);
    let grads = (x * x).backward();
    assert_eq!((grads[x], grads.get(x), grads.try_get(x), grads.len()), (6.0, Some(6.0), Ok(6.0), 2));
    let unused = tape.var(1.0);
    assert_eq!(grads.try_get(unused), Err(GradientError::Later));
    assert_eq!((x * x).backward()[unused], 0.0);
    assert_eq!((grads.get(1.0.into()), grads.try_get(1.0.into())), (None, Err(GradientError::Constant)));
    let elsewhere = Tape::new();
    assert_eq!(grads.try_get(elsewhere.var(1.0)), Err(GradientError::OtherTape));
    tape.reset();
    let x = tape.var(3.0);
    assert_eq!(grads.try_get(x), Err(GradientError::OtherTape));
    assert!(caught(|| grads[x]).message.contains("reset"));
    assert!(caught(|| grads.get(x)).message.contains("reset"));
    assert!(caught(|| grads[1.0.into()]).message.contains("constant"));
    // Intermediate nodes have gradients too.
    let y = x * 2.0;
    assert_eq!((y * y).backward()[y], 12.0);
    // Gradients that were never computed answer nothing.
    assert_eq!(Gradients::<f64>::new().try_get(y), Err(GradientError::OtherTape));
}

#[test]
fn several_outputs_and_seeds_in_one_sweep() {
    let tape = Tape::new();
    let (x, y) = (tape.var(3.0), tape.var(4.0));
    let results: [Var; 8] = std::array::from_fn(|i| x.powi(i as i32) * y + f64::from(i as u32));
    let rows = tape.backward_each(results);
    for (i, result) in results.into_iter().enumerate() {
        let grads = result.backward();
        assert_eq!((rows.each(x)[i], rows.each(y)[i]), (grads[x], grads[y]), "{i}");
    }
    let weights = [0.5, -1.0, 2.0, 0.0, 1.0, 3.0, -2.0, 0.25];
    let seeds: Vec<_> = results.into_iter().zip(weights).collect();
    let grads = tape.backward(&seeds);
    let expected: f64 = rows.each(x).iter().zip(weights).map(|(slope, weight)| slope * weight).sum();
    assert!(close(grads[x], expected, 1e-14));
    assert_eq!((x * y).backward_with(-2.0)[x], -8.0);
    // A result that is a constant contributes nothing; one that is given twice counts twice.
    assert_eq!(tape.backward(&[(1.0.into(), 5.0), (x, 1.0), (x, 1.0)])[x], 2.0);
    let lanes = tape.backward_each([x, 1.0.into(), y]);
    assert_eq!((lanes.each(x), lanes.each(y)), ([1.0, 0.0, 0.0], [0.0, 0.0, 1.0]));
}

#[test]
fn no_gradient_flows_below_a_branch_not_taken() {
    let tape = Tape::new();
    let x = tape.var(0.0);
    let y = x.gt(0.0).where_(x.sqrt(), x * 2.0);
    assert_eq!(y.backward()[x], 2.0); // the slope of the root is infinite
    let lanes = tape.backward_each([y, x.sqrt()]);
    assert_eq!(lanes.each(x), [2.0, f64::INFINITY]);
    assert_eq!(x.sqrt().backward()[x], f64::INFINITY);
    assert_eq!((x.abs() + x.relu() + x.max(0.0)).backward()[x], 0.5);
}

#[test]
fn higher_orders_come_from_tapes_of_tapes_and_of_dual_numbers() {
    let f = |x: f64| x.powi(4);
    assert_eq!(f(2.0), 16.0);
    let (t1, t2, t3) = (Tape::new(), Tape::nested(), Tape::nested());
    let x1 = t1.var(2.0);
    let x2 = t2.var(x1);
    let x3 = t3.var(x2);
    let first = x3.powi(4).backward()[x3];
    let second = first.backward()[x2];
    let third = second.backward()[x1];
    assert_eq!((first.to_f64(), second.to_f64(), third), (32.0, 48.0, 48.0));
    // A Hessian times a vector: one sweep over a tape of dual numbers.
    let (x, v) = ([1.2, 0.7, -0.3], [0.5, -1.0, 2.0]);
    let tape = Tape::nested();
    let duals: Vec<_> = x.iter().zip(v).map(|(&x, v)| tape.var(Dual::new(x, v))).collect();
    let grads = rosenbrock(&duals).backward();
    let h = 1e-5;
    let moved = |sign: f64| -> Vec<f64> { x.iter().zip(v).map(|(x, v)| x + sign * h * v).collect() };
    let (up, down) = (rosenbrock_gradient(&moved(1.0)), rosenbrock_gradient(&moved(-1.0)));
    for i in 0..3 {
        assert!(close(grads[duals[i]].tangent, (up[i] - down[i]) / (2.0 * h), 1e-8));
    }
    // Ranges nest too.
    let (outer, inner) = (Tape::new(), Tape::nested());
    let x = outer.vars(&[0.3, -0.2, 0.9]).to_vec();
    let y: Vec<_> = x.iter().map(|&x| inner.var(x)).collect();
    let result = Var::logsumexp(&y) * Var::norm(&y) + Var::dot(&y, &y).sin();
    let slope = result.backward()[y[1]];
    fn plain<S: Scalar>(x: [S; 3]) -> S {
        S::logsumexp(&x) * S::norm(&x) + S::dot(&x, &x).sin()
    }
    let [a, b, c] = DualN::variables(DualN::variables([0.3, -0.2, 0.9]));
    let expected = plain([a, b, c]).tangents[1];
    assert!(close(slope.value(), expected.value, 1e-14));
    let second = slope.backward();
    for (x, expected) in x.iter().zip(expected.tangents) {
        assert!(close(second[*x], expected, 1e-13), "{} {expected}", second[*x]);
    }
}

#[test]
fn micrograds_double_use_is_counted_once() {
    let tape = Tape::new();
    let (a, b) = (tape.var(2.0), tape.var(3.0));
    let (c, d) = (a + b, a * b);
    let (e, f) = (c + d, c * d);
    let y = e + f;
    let grads = y.backward();
    assert_eq!((y.value(), grads[a], grads[b]), (41.0, 25.0, 19.0));
    let x = tape.var(3.0);
    assert_eq!(((x + x).backward()[x], (x * x).backward()[x], (x - x).backward()[x]), (2.0, 6.0, 0.0));
}
