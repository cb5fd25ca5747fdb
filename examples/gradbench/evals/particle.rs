//! `particle`: a charge flies between two others, of which one is moved until the path meets the origin.

use std::marker::PhantomData;

use autograd::prelude::*;
use serde::Deserialize;

use super::modes::{Forward, Function, Mode, Reverse, argmin};
use crate::protocol::{Call, Evaluation, Failure};

#[derive(Deserialize)]
struct Input {
    w: f64,
}

/// Length of a step in time.
const STEP: f64 = 0.1;

/// More steps than any path takes that comes down at all.
const STEPS: usize = 1_000_000;

/// The potential of two charges, one at (10, 0), the other at (10, 10 - w).
struct Potential<R> {
    w: R,
}

impl<R: Scalar> Function<R, 2> for Potential<R> {
    fn value<S: Scalar>(&self, [x, y]: [S; 2], lift: impl Fn(R) -> S) -> S {
        let inverse = |dx: S, dy: S| (dx * dx + dy * dy).sqrt().recip();
        inverse(x - 10.0, y) + inverse(x - 10.0, y - 10.0 + lift(self.w))
    }
}

/// The square of the place where the path crosses the axis, as a function of w; forces by `M`.
struct Miss<M> {
    mode: PhantomData<M>,
}

impl<M: Mode> Function<f64, 1> for Miss<M> {
    fn value<S: Scalar>(&self, [w]: [S; 1], _: impl Fn(f64) -> S) -> S {
        let potential = Potential { w };
        let (mut at, mut speed) = ([0.0, 8.0].map(S::from), [0.75, 0.0].map(S::from));
        for _ in 0..STEPS {
            let next = [at[0] + speed[0] * STEP, at[1] + speed[1] * STEP];
            if next[1] < 0.0 {
                break;
            }
            let slope = M::gradient(&potential, at);
            speed = [speed[0] - slope[0] * STEP, speed[1] - slope[1] * STEP];
            at = next;
        }
        let crossing = at[0] - at[1] / speed[1] * speed[0];
        crossing * crossing
    }
}

fn particle<Outer: Mode, Inner: Mode>(w: f64) -> f64 {
    let miss = Miss::<Inner> { mode: PhantomData };
    let [w] = argmin(|w| miss.value(w, |x| x), |w| Outer::gradient(&miss, w), [w]);
    w
}

pub(crate) fn evaluate(call: Call) -> Result<Evaluation, Failure> {
    let Input { w } = call.input()?;
    let particle = match call.function {
        "ff" => particle::<Forward, Forward>,
        "fr" => particle::<Forward, Reverse>,
        "rf" => particle::<Reverse, Forward>,
        "rr" => particle::<Reverse, Reverse>,
        _ => return call.unknown(),
    };
    call.time(|found| *found = particle(w), |found: f64| found)
}
