//! `saddle`: min over x of max over y of x² - y², by descent in a function that climbs.

use std::marker::PhantomData;

use autograd::prelude::*;
use serde::Deserialize;

use super::modes::{Forward, Function, Mode, Reverse, argmin};
use crate::protocol::{Call, Evaluation, Failure};

#[derive(Deserialize)]
struct Input {
    start: [f64; 2],
}

fn height<S: Scalar>(x: [S; 2], y: [S; 2]) -> S {
    (x[0] * x[0] + x[1] * x[1]) - (y[0] * y[0] + y[1] * y[1])
}

/// The depth below x, as a function of y.
struct Below<R> {
    x: [R; 2],
}

impl<R: Scalar> Function<R, 2> for Below<R> {
    fn value<S: Scalar>(&self, y: [S; 2], lift: impl Fn(R) -> S) -> S {
        -height(self.x.map(lift), y)
    }
}

/// Where the height at x is greatest.
fn highest<M: Mode, S: Scalar>(x: [S; 2], start: [f64; 2]) -> [S; 2] {
    let below = Below { x };
    argmin(|y| below.value(y, |x| x), |y| M::gradient(&below, y), start.map(S::from))
}

/// The greatest height at x.
struct Top<M> {
    start: [f64; 2],
    mode: PhantomData<M>,
}

impl<M: Mode> Function<f64, 2> for Top<M> {
    fn value<S: Scalar>(&self, x: [S; 2], _: impl Fn(f64) -> S) -> S {
        height(x, highest::<M, S>(x, self.start))
    }
}

/// The saddle point; derivatives of the tops by `Outer`, those on the way to a top by `Inner`.
fn saddle<Outer: Mode, Inner: Mode>(start: [f64; 2]) -> [f64; 4] {
    let top = Top::<Inner> { start, mode: PhantomData };
    let x = argmin(|x| top.value(x, |x| x), |x| Outer::gradient(&top, x), start);
    let y = highest::<Outer, f64>(x, start);
    [x[0], x[1], y[0], y[1]]
}

pub(crate) fn evaluate(call: Call) -> Result<Evaluation, Failure> {
    let Input { start } = call.input()?;
    let saddle = match call.function {
        "ff" => saddle::<Forward, Forward>,
        "fr" => saddle::<Forward, Reverse>,
        "rf" => saddle::<Reverse, Forward>,
        "rr" => saddle::<Reverse, Reverse>,
        _ => return call.unknown(),
    };
    call.time(|found| *found = saddle(start), |found: [f64; 4]| found)
}
