//! Chains of steps differentiated in little memory: the gradient of the plain tape, with as few evaluations as can be.

use std::cell::Cell;

use autograd::functions::{checkpointed, step_evaluations};
use autograd::prelude::*;
use autograd::tape::Var;

use crate::common::{caught, close};

/// A driven pendulum with friction, one step of the midpoint rule; the drive depends on the step.
fn pendulum<S: Scalar>(k: usize, state: &[S], params: &[S]) -> Vec<S> {
    let dt = 0.01;
    let drive = (k as f64 * dt).cos();
    let force = |angle: S, speed: S| params[0] * drive - angle.sin() * params[1] - speed * params[2];
    let middle = [state[0] + state[1] * (dt / 2.0), state[1] + force(state[0], state[1]) * (dt / 2.0)];
    vec![state[0] + middle[1] * dt, state[1] + force(middle[0], middle[1]) * dt]
}

const START: [f64; 2] = [0.4, -0.3];
const PARAMS: [f64; 3] = [0.9, 1.3, 0.2];

fn energy<S: Scalar>(state: &[S]) -> S {
    state[1].square() * 0.5 - state[0].cos()
}

/// Value, gradient and bytes of a tape that records every step.
fn plain(steps: usize) -> (f64, Vec<f64>, Vec<f64>, usize) {
    let tape = Tape::new();
    let (start, params) = (tape.vars(&START).to_vec(), tape.vars(&PARAMS).to_vec());
    let end = (0..steps).fold(start.clone(), |state, k| pendulum(k, &state, &params));
    let y = energy(&end);
    let gradients = y.backward();
    let of = |vars: &[Var<'_>]| vars.iter().map(|&x| gradients[x]).collect();
    (y.value(), of(&start), of(&params), tape.used_bytes())
}

#[test]
fn the_gradient_is_that_of_a_tape_with_the_fewest_evaluations() {
    for steps in [0, 1, 2, 3, 7, 40, 333] {
        let (value, start, params, _) = plain(steps);
        for snapshots in [1, 2, 3, 6, 20, 500] {
            let calls = Cell::new(0);
            let chain = checkpointed(steps, snapshots, |k, state, params| {
                calls.set(calls.get() + 1);
                pendulum(k, state, params)
            });
            let (found, gradient) = chain.value_and_grad(&START, &PARAMS, |state| energy(state));
            let name = format!("{steps} steps, {snapshots} snapshots");
            assert_eq!(found.to_bits(), value.to_bits(), "{name}");
            for (found, expected) in [(&gradient.start, &start), (&gradient.params, &params)] {
                assert_eq!(found.len(), expected.len());
                assert!(
                    found.iter().zip(expected).all(|(&a, &b)| close(a, b, 1e-14)),
                    "{name}: {gradient:?} {expected:?}"
                );
            }
            assert_eq!(calls.get() as u128, step_evaluations(steps, snapshots), "{name}");
            assert_eq!(
                (gradient.evaluations, chain.evaluations()),
                (calls.get(), calls.get() as u128),
                "{name}"
            );
            assert!(gradient.snapshots <= snapshots, "{name}: {gradient:?}");
        }
    }
}

#[test]
fn memory_is_that_of_one_step_and_the_snapshots() {
    let chain = |steps: usize, snapshots: usize| {
        checkpointed(steps, snapshots, |k, state, params| pendulum(k, state, params))
            .value_and_grad(&START, &PARAMS, |state| energy(state))
            .1
    };
    let (short, long) = (chain(2, 2), chain(2000, 11));
    assert_eq!(short.tape_bytes, long.tape_bytes);
    assert_eq!(long.snapshots, 11);
    let (_, start, params, bytes) = plain(2000);
    assert!(bytes > 1000 * long.tape_bytes, "{bytes} {}", long.tape_bytes);
    assert!(start.iter().zip(&long.start).all(|(&a, &b)| close(a, b, 1e-14)));
    assert!(
        params.iter().zip(&long.params).all(|(&a, &b)| close(a, b, 1e-13)),
        "{params:?} {:?}",
        long.params
    );
    assert_eq!(long.evaluations, 10_180);
}

#[test]
fn a_state_is_pulled_back_with_any_seed() {
    let steps = 50;
    let chain = checkpointed(steps, 4, |k, state, params| pendulum(k, state, params));
    let whole = |x: &[f64]| {
        vjp(|x| (0..steps).fold(x[..2].to_vec(), |state, k| pendulum(k, &state, &x[2..])), x, &[2.0, -3.0])
    };
    let (end, expected) = whole(&[&START[..], &PARAMS].concat());
    let (found, gradient) = chain.vjp(&START, &PARAMS, |state| {
        assert_eq!(state, end);
        vec![2.0, -3.0]
    });
    assert_eq!((&found, &chain.run(&START, &PARAMS)), (&end, &end));
    let joined = [gradient.start, gradient.params].concat();
    assert!(joined.iter().zip(&expected).all(|(&a, &b)| close(a, b, 1e-14)), "{joined:?} {expected:?}");
}

#[test]
fn states_may_change_their_length_pass_through_and_be_constant() {
    // Lengths 1, 2, 3, …: each step appends twice the last number; the first passes through.
    let growing = checkpointed(4, 2, |_, state, _| {
        let mut next = state.to_vec();
        next.push(state[state.len() - 1] * 2.0);
        next
    });
    let (end, gradient) = growing.vjp(&[1.0], &[], |end| vec![1.0; end.len()]);
    assert_eq!((end, gradient.start), (vec![1.0, 2.0, 4.0, 8.0, 16.0], vec![31.0]));
    let forgetful = checkpointed(3, 2, |k, state, _| vec![if k == 1 { 5.0.into() } else { state[0] * 2.0 }]);
    let (value, gradient) = forgetful.value_and_grad(&[1.0], &[], |state| state[0]);
    assert_eq!((value, gradient.start), (10.0, vec![0.0]));
}

#[test]
fn what_cannot_be_is_named() {
    let text = caught(|| checkpointed(3, 0, |_, state, _| state.to_vec()).evaluations()).message;
    assert!(text.contains("room for a snapshot"), "{text}");
    let chain = checkpointed(3, 2, |_, state, _| state.to_vec());
    let text = caught(|| chain.vjp(&[1.0], &[], |_| vec![])).message;
    assert_eq!(text, "vjp: there are 0 seeds for 1 numbers of the last state: give one for each");
}
