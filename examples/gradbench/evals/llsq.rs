//! `llsq`: a polynomial fitted to a step by least squares.

use autograd::prelude::*;
use serde::Deserialize;

use super::{MOST, require};
use crate::protocol::{Call, Evaluation, Failure};

#[derive(Deserialize)]
struct Input {
    /// The coefficients.
    x: Vec<f64>,
    /// How many points there are.
    n: usize,
}

/// How many numbers of the matrix of powers are worked on at once: they stay in the cache.
const BLOCK: usize = 1 << 14;

/// Points from -1 to 1 and the values there, a step; and memory for the powers of some of them.
#[derive(Default)]
struct Points {
    t: Vec<f64>,
    step: Vec<f64>,
    powers: Vec<f64>,
}

impl Points {
    fn set(&mut self, count: usize) {
        self.t.clear();
        self.t.extend((0..count).map(|i| -1.0 + i as f64 * 2.0 / (count as f64 - 1.0)));
        let step = |&t: &f64| f64::from(u8::from(t > 0.0)) - f64::from(u8::from(t < 0.0));
        self.step.clear();
        self.step.extend(self.t.iter().map(step));
    }

    /// For each block of points, the powers of t, `[coefficients, points]`, and the values.
    fn blocks(&mut self, coefficients: usize) -> impl Iterator<Item = (Tensor<f64>, Tensor<f64>)> {
        let Points { t, step, powers } = self;
        let width = (BLOCK / coefficients).max(8);
        t.chunks(width).zip(step.chunks(width)).map(move |(t, step)| {
            powers.resize(coefficients * t.len(), 1.0);
            powers[..t.len()].fill(1.0);
            for row in 1..coefficients {
                let (above, row) = powers.split_at_mut(row * t.len());
                for ((power, above), t) in row.iter_mut().zip(&above[above.len() - t.len()..]).zip(t) {
                    *power = above * t;
                }
            }
            let powers = Tensor::from_slice([coefficients, t.len()], powers).expect("as many as resized to");
            (powers, Tensor::from_slice([t.len()], step).expect("a list has its own length"))
        })
    }
}

/// Half the sum of squared distances, of one block.
fn loss<'g>(x: Var<'g, f64>, powers: &Tensor<f64>, step: &Tensor<f64>) -> Var<'g, f64> {
    let g = x.graph();
    (g.constant(step) - x.matmul(g.constant(powers))).square().sum() * 0.5
}

pub(crate) fn evaluate(call: Call) -> Result<Evaluation, Failure> {
    let Input { x, n } = call.input()?;
    require(!x.is_empty() && (2..=MOST).contains(&n), "x is empty, or n is less than 2 or too large")?;
    let coefficients = x.len();
    let x = Tensor::from_slice([coefficients], &x).expect("a list has its own length");
    let mut points = Points::default();
    match call.function {
        "primal" => call.time(
            |y| {
                points.set(n);
                let losses = points.blocks(coefficients).map(|(powers, step)| {
                    let g = Graph::f64();
                    loss(g.constant(&x), &powers, &step).item()
                });
                *y = losses.sum();
            },
            |y: f64| y,
        ),
        "gradient" => call.time(
            |gradient: &mut Vec<f64>| {
                gradient.clear();
                gradient.resize(coefficients, 0.0);
                points.set(n);
                for (powers, step) in points.blocks(coefficients) {
                    let g = Graph::f64();
                    let x = g.var(&x);
                    let part = loss(x, &powers, &step).backward();
                    gradient.iter_mut().zip(part[x].data()).for_each(|(sum, part)| *sum += part);
                }
            },
            |gradient| gradient,
        ),
        _ => call.unknown(),
    }
}
