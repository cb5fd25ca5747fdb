//! `lse`: the logarithm of a sum of exponentials, from its elements, as the suite asks for.

use autograd::prelude::*;
use serde::Deserialize;

use super::require;
use crate::protocol::{Call, Evaluation, Failure};

#[derive(Deserialize)]
struct Input {
    x: Vec<f64>,
}

/// ln Σ e^x without overflow: the largest is taken out.
fn logsumexp<'g>(x: Var<'g, f64>) -> Var<'g, f64> {
    let largest = x.amax().detach(); // The shift cancels, whatever it is.
    (x - largest).exp().sum().ln() + largest
}

pub(crate) fn evaluate(call: Call) -> Result<Evaluation, Failure> {
    let Input { x } = call.input()?;
    require(!x.is_empty(), "x is empty")?;
    let x = Tensor::from_slice([x.len()], &x).expect("a list has its own length");
    match call.function {
        "primal" => call.time(
            |y| {
                let g = Graph::f64();
                *y = logsumexp(g.constant(&x)).item();
            },
            |y: f64| y,
        ),
        "gradient" => call.time(
            |gradient| {
                let g = Graph::f64();
                let x = g.var(&x);
                *gradient = Some(logsumexp(x).backward()[x].clone());
            },
            |gradient: Option<Tensor<f64>>| gradient.map(|gradient| gradient.to_vec()),
        ),
        _ => call.unknown(),
    }
}
