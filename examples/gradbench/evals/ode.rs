//! `ode`: a chain of differential equations, solved by the classic Runge-Kutta method, of which the last value is
//! differentiated by all coefficients.

use autograd::prelude::*;
use serde::Deserialize;

use super::{MOST, require};
use crate::protocol::{Call, Evaluation, Failure};

#[derive(Deserialize)]
struct Input {
    x: Vec<f64>,
    s: usize,
}

/// Where the solution ends.
const END: f64 = 2.0;

/// y at the end, after `steps` steps from y = 0, of y₀' = x₀ and yᵢ' = xᵢ yᵢ₋₁.
fn solve<'g>(x: Var<'g, f64>, steps: usize) -> Var<'g, f64> {
    let g = x.graph();
    let count = x.extent(0);
    let first = g.ones([1]);
    // How far a step goes with the slopes at y: x times y, moved up by one place, times the step's length.
    let x = x * (END / steps as f64);
    let change = |y: Var<'g, f64>| x * Var::concat(&[first, y.slice(0, ..count - 1)], 0);
    let mut y = g.zeros([count]);
    for _ in 0..steps {
        let k1 = change(y);
        let k2 = change(y + k1 * 0.5);
        let k3 = change(y + k2 * 0.5);
        let k4 = change(y + k3);
        y += (k1 + (k2 + k3) * 2.0 + k4) * (1.0 / 6.0);
    }
    y
}

pub(crate) fn evaluate(call: Call) -> Result<Evaluation, Failure> {
    let Input { x, s } = call.input()?;
    require(!x.is_empty() && (1..=MOST / x.len()).contains(&s), "x is empty, or s is 0 or too large")?;
    let x = Tensor::from_slice([x.len()], &x).expect("a list has its own length");
    let show = |result: Option<Tensor<f64>>| result.map(|result| result.to_vec());
    match call.function {
        "primal" => call.time(|y| *y = Some(solve(Graph::f64().constant(&x), s).value()), show),
        "gradient" => call.time(
            |gradient| {
                let g = Graph::f64();
                let x = g.var(&x);
                let y = solve(x, s);
                let last = y.slice(0, y.extent(0) - 1..).sum();
                *gradient = Some(last.backward()[x].clone());
            },
            show,
        ),
        _ => call.unknown(),
    }
}
