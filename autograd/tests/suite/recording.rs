//! Functions recorded once: a replay gives what the function gives, or refuses.

use autograd::functions::{Outcome, Recording, ReplayError};
use autograd::ops::{Binary, BinaryRow, BinaryVisitor, Unary, UnaryRow, UnaryVisitor};
use autograd::prelude::*;

use crate::common::{caught, close};
use crate::scalars::everything;

#[test]
fn a_replay_is_what_the_function_gives() {
    let mut recording = Recording::new(|x| everything(x[0], x[1]), &[0.7, 1.9]);
    for x in [[0.7, 1.9], [0.9, 1.7], [0.1, 2.9], [-0.3, 0.8]] {
        let expected = everything(x[0], x[1]);
        assert_eq!(recording.value(&x).unwrap().to_bits(), expected.to_bits(), "{x:?}");
        let (_, gradient) = value_and_grad(|x| everything(x[0], x[1]), &x);
        let (value, found) = recording.value_and_grad(&x).unwrap();
        assert_eq!(value.to_bits(), expected.to_bits());
        for (found, expected) in found.iter().zip(gradient) {
            // NaN where the logarithm of a negative number is differentiated.
            assert!(close(*found, expected, 1e-12), "{x:?}: {found} {expected}");
        }
        let (_, along) = recording.jvp(&x, &[1.0, 0.0]).unwrap();
        let expected = everything(Dual::variable(x[0]), Dual::from(x[1])).tangent;
        assert!(close(along[0], expected, 1e-12));
    }
    // The branch that is guarded by x < y is not taken here.
    assert!(matches!(recording.value(&[2.0, 1.0]), Err(ReplayError::Comparison { sign: "<", .. })));
}

struct Replays;

impl UnaryVisitor for Replays {
    type Out = ();
    fn visit<O: UnaryRow>(self, row: O) {
        let mut recording = Recording::new(|x| x[0].map(row), &[O::DOMAIN.0]);
        let kinks = row.kinks().into_iter().flatten();
        for x in kinks.chain([O::DOMAIN.0, O::DOMAIN.1, 0.5 * (O::DOMAIN.0 + O::DOMAIN.1), f64::NAN]) {
            let expected = Dual::variable(x).map(row);
            let (value, gradient) = recording.value_and_grad(&[x]).unwrap();
            assert!(
                close(value, expected.value, 0.0) && close(gradient[0], expected.tangent, 0.0),
                "{row:?} {x}",
                row = row.op()
            );
            assert!(close(recording.value(&[x]).unwrap(), expected.value, 0.0));
        }
    }
}

impl BinaryVisitor for Replays {
    type Out = ();
    fn visit<O: BinaryRow>(self, row: O) {
        let [a, b] = O::DOMAIN;
        let mut recording = Recording::new(|x| x[0].zip(row, x[1]), &[a.0, b.0]);
        for x in [[a.0, b.0], [a.1, b.1], [0.4, 0.4], [a.1, b.0], [0.5, f64::NAN]] {
            let [u, v] = DualN::variables(x);
            let expected = u.zip(row, v);
            let (value, gradient) = recording.value_and_grad(&x).unwrap();
            assert!(close(value, expected.value, 0.0), "{:?} {x:?}", row.op());
            for (found, expected) in gradient.iter().zip(expected.tangents) {
                assert!(close(*found, expected, 0.0), "{:?} {x:?}", row.op());
            }
        }
    }
}

#[test]
fn every_row_is_replayed() {
    Unary::examples().iter().for_each(|row| row.dispatch(Replays));
    Binary::ALL.iter().for_each(|row| row.dispatch(Replays));
}

#[test]
fn numbers_on_either_side_are_constants_of_the_recording() {
    let mut recording =
        Recording::many(|x| vec![2.0 - x[0], x[0] / 4.0, x[0] % 3.0, 1.0 / x[0], 7.0.into()], &[1.0]);
    assert_eq!(recording.values(&[4.0]).unwrap(), [-2.0, 1.0, 1.0, 0.25, 7.0]);
    let (_, gradient) = recording.vjp(&[4.0], &[1.0, 10.0, 100.0, 1000.0, 1e9]).unwrap();
    assert_eq!(gradient, [-1.0 + 2.5 + 100.0 - 62.5]);
    assert_eq!(recording.jacobian(&[4.0]).unwrap().data(), [-1.0, 0.25, 1.0, -0.0625, 0.0]);
}

#[test]
fn each_comparison_is_remembered_with_its_outcome() {
    use Outcome::{Equal, False, Greater, Less, True, Unordered};
    // What was asked, of which numbers it was asked when recorded, and where it comes out otherwise.
    type Ask = (&'static str, [f64; 2], [f64; 2], Outcome, Outcome);
    let asks: [Ask; 9] = [
        ("<", [1.0, 2.0], [2.0, 2.0], True, False),
        ("<=", [1.0, 2.0], [3.0, 2.0], True, False),
        (">", [1.0, 2.0], [3.0, 2.0], False, True),
        (">=", [1.0, 2.0], [2.0, 2.0], False, True),
        ("==", [1.0, 2.0], [2.0, 2.0], False, True),
        ("==", [2.0, 2.0], [2.0, f64::NAN], True, False),
        ("partial_cmp", [1.0, 2.0], [3.0, 2.0], Less, Greater),
        ("partial_cmp", [2.0, 2.0], [f64::NAN, 2.0], Equal, Unordered),
        ("<", [f64::NAN, 2.0], [1.0, 2.0], False, True),
    ];
    fn asked<S: Scalar>(sign: &str, a: S, b: S) {
        match sign {
            "<" => _ = a < b,
            "<=" => _ = a <= b,
            ">" => _ = a > b,
            ">=" => _ = a >= b,
            "==" => _ = a == b,
            _ => _ = a.partial_cmp(&b),
        }
    }
    fn asked_of_number<S: Scalar>(sign: &str, a: S, b: f64) {
        match sign {
            "<" => _ = a < b,
            "<=" => _ = a <= b,
            ">" => _ = a > b,
            ">=" => _ = a >= b,
            "==" => _ = a == b,
            _ => _ = a.partial_cmp(&b),
        }
    }
    for (sign, x, elsewhere, was, is) in asks {
        let check = |mut recording: Recording| {
            assert_eq!(recording.guards(), 1);
            assert!(recording.value(&x).is_ok(), "{sign} {x:?}");
            let refused = recording.value_and_grad(&elsewhere).unwrap_err();
            let ReplayError::Comparison { sign: found, origin, left, right, recorded, now, .. } = refused
            else {
                panic!("{refused}");
            };
            assert_eq!((found, recorded, now), (sign, was, is), "{elsewhere:?}");
            assert!(close(left, elsewhere[0], 0.0) && close(right, elsewhere[1], 0.0));
            // The line of the comparison in generic code.
            assert!(origin.file().ends_with("recording.rs"), "{origin}");
            // A refusal does no harm.
            assert_eq!(recording.value(&x).unwrap().to_bits(), (x[0] + x[1]).to_bits());
        };
        check(Recording::new(
            |x| {
                asked(sign, x[0], x[1]);
                x[0] + x[1]
            },
            &x,
        ));
        if elsewhere[1] == x[1] {
            check(Recording::new(
                |y| {
                    asked_of_number(sign, y[0], x[1]);
                    y[0] + y[1]
                },
                &x,
            ));
        }
    }
    let constants_only = Recording::new(|x| if x[0].lit(2.0) > 1.0 { x[0] } else { -x[0] }, &[1.0]);
    assert_eq!(constants_only.guards(), 0);
}

#[test]
fn a_refusal_says_what_where_and_how() {
    let mut recording = Recording::new(|x| if x[0] < 1.0 { x[0] } else { -x[0] }, &[0.5]);
    let line = line!() - 1;
    let text = recording.value(&[3.0]).unwrap_err().to_string();
    assert!(text.starts_with("the comparison `<` at "), "{text}");
    assert!(text.contains(&format!("recording.rs:{line}:")), "{text}");
    assert!(
        text.contains(" was true when the function was recorded, and is false for 3.0 and 1.0:"),
        "{text}"
    );
}

#[test]
fn a_number_that_left_the_recording_must_be_the_same() {
    let mut recording = Recording::new(|x| x[0] * x[1].to_f64(), &[2.0, 3.0]);
    let line = line!() - 1;
    assert_eq!(recording.value_and_grad(&[5.0, 3.0]).unwrap(), (15.0, &[3.0, 0.0][..]));
    let refused = recording.value(&[5.0, 4.0]).unwrap_err();
    assert!(matches!(refused, ReplayError::Escaped { recorded: 3.0, now: 4.0, .. }));
    assert!(refused.to_string().contains(&format!("recording.rs:{line}:")), "{refused}");
    // Also through other numbers.
    let mut recording = Recording::new(|x| x[0] * Dual::variable(x[1]).to_f64(), &[2.0, 3.0]);
    assert!(matches!(recording.value(&[5.0, 4.0]), Err(ReplayError::Escaped { .. })));
    // What is only printed does not count.
    let recording = Recording::new(
        |x| {
            let _ = format!("{:?}", x[0]);
            x[0].sin()
        },
        &[2.0],
    );
    assert_eq!(recording.guards(), 0);
}

#[test]
fn nothing_of_a_branch_that_is_not_taken_is_seen() {
    let mut recording = Recording::new(|x| x[0].gt(0.0.into()).where_(x[0].sqrt(), x[0] * 2.0), &[4.0]);
    for (x, value, slope) in [(4.0, 2.0, 0.25), (-1.0, -2.0, 2.0), (0.0, 0.0, 2.0)] {
        assert_eq!(recording.value_and_grad(&[x]).unwrap(), (value, &[slope][..]));
        assert_eq!(recording.jvp(&[x], &[1.0]).unwrap().1, [slope]);
        assert_eq!(recording.jacobian(&[x]).unwrap().data(), [slope]);
    }
}

#[test]
fn sums_of_exponentials_find_their_largest_number_again() {
    let mut recording = Recording::new(|x| Scalar::logsumexp(x), &[1.0, 2.0, 3.0]);
    assert_eq!(recording.guards(), 0);
    let infinite = f64::NEG_INFINITY;
    for x in [[1.0, 2.0, 3.0], [1e3, -1e3, 0.0], [infinite, 1.0, 2.0], [infinite; 3]] {
        let expected = f64::logsumexp(&x);
        assert_eq!(recording.value(&x).unwrap().to_bits(), expected.to_bits(), "{x:?}");
        if expected.is_finite() {
            let gradient = grad(|x| Scalar::logsumexp(x), &x);
            let (_, found) = recording.value_and_grad(&x).unwrap();
            assert!(
                found.iter().zip(gradient).all(|(&found, expected)| close(found, expected, 1e-15)),
                "{x:?}"
            );
        }
    }
}

#[test]
fn derivatives_can_be_recorded() {
    fn f<S: Scalar>(x: S, y: S) -> S {
        x.powi(3) * y.sin()
    }
    // The gradient in x by dual numbers, and the whole one by a tape of recorded numbers.
    let mut forward = Recording::new(
        |x| f(Dual::variable(x[0]), Dual::from(0.0) + Dual::constant(x[1])).tangent,
        &[1.0, 1.0],
    );
    let mut reverse = Recording::many(
        |x| {
            let tape = Tape::nested();
            let v = [tape.var(x[0]), tape.var(x[1])];
            let gradients = f(v[0], v[1]).backward();
            vec![gradients[v[0]], gradients[v[1]]]
        },
        &[1.0, 1.0],
    );
    assert_eq!(reverse.guards(), 0);
    let (x, y) = (2.0_f64, 0.5_f64);
    let by_hand = [6.0 * x * y.sin(), 3.0 * x * x * y.cos()];
    let (slope, second) = forward.value_and_grad(&[x, y]).unwrap();
    assert!(close(slope, 3.0 * x * x * y.sin(), 1e-15));
    assert!(second.iter().zip(by_hand).all(|(&found, expected)| close(found, expected, 1e-15)));
    let h = reverse.jacobian(&[x, y]).unwrap();
    let expected = hessian(|x| f(x[0], x[1]), &[x, y]);
    assert!(h.data().iter().zip(expected.data()).all(|(&found, &expected)| close(found, expected, 1e-14)));
}

#[test]
fn replays_take_no_memory_after_the_first() {
    let mut recording = Recording::new(|x| everything(x[0], x[1]), &[0.7, 1.9]);
    let place = recording.value_and_grad(&[0.7, 1.9]).unwrap().1.as_ptr();
    for _ in 0..3 {
        assert_eq!(recording.value_and_grad(&[0.9, 1.7]).unwrap().1.as_ptr(), place);
        assert_eq!(recording.values(&[0.9, 1.7]).unwrap().len(), 1);
    }
}

#[test]
fn wrong_counts_are_named() {
    let text = caught(|| Recording::new(|x| x[0], &[1.0]).value(&[1.0, 2.0])).message;
    assert_eq!(text, "a recording: there are 2 numbers for 1 inputs: give one for each");
    let text = caught(|| Recording::many(|x| x.to_vec(), &[1.0, 2.0]).value(&[1.0, 2.0])).message;
    assert!(text.contains("has 2 results, not one: use values()"), "{text}");
}
