//! `hello`: x² and its derivative, to try the protocol with.

use autograd::prelude::*;

use crate::protocol::{Call, Evaluation, Failure};

fn square<S: Scalar>(x: S) -> S {
    x * x
}

pub(crate) fn evaluate(call: Call) -> Result<Evaluation, Failure> {
    let x: f64 = call.input()?;
    match call.function {
        "square" => call.time(|y| *y = square(x), |y: f64| y),
        "double" => call.time(|slope| *slope = square(Dual::variable(x)).tangent, |slope: f64| slope),
        _ => call.unknown(),
    }
}
