//! `gmm`: the logarithm of the posterior density of a mixture of Gaussians.

use std::f64::consts::PI;

use autograd::prelude::*;
use serde::{Deserialize, Serialize};

use super::{matrix, require, rows};
use crate::protocol::{Call, Evaluation, Failure};

#[derive(Deserialize)]
struct Input {
    d: usize,
    k: usize,
    n: usize,
    x: Vec<Vec<f64>>,
    m: u32,
    gamma: f64,
    alpha: Vec<f64>,
    mu: Vec<Vec<f64>>,
    q: Vec<Vec<f64>>,
    l: Vec<Vec<f64>>,
}

/// What the density is differentiated by: one tensor each of alpha, mu, q and l.
type Parameters<T> = [T; 4];

/// The data, and what follows from the sizes alone.
struct Mixture {
    /// `[axes, points]`: points are neighbours, for there are many of them.
    x: Tensor<f64>,
    components: usize,
    m: f64,
    gamma: f64,
    /// Where the diagonal and the entries below it, column by column, stand in a matrix of axes² numbers.
    diagonal: Indices,
    below: Indices,
}

impl Mixture {
    fn new(input: &Input) -> Result<(Mixture, Parameters<Tensor<f64>>), Failure> {
        let (d, k) = (input.d, input.k);
        require(d > 0 && k > 0 && input.n > 0, "d, k or n is 0")?;
        require(input.x.len() == input.n, "x has not n rows")?;
        require(input.alpha.len() == k, "alpha has not k numbers")?;
        let tensor = |name: &str, given: &[Vec<f64>], columns: usize| {
            require(given.len() == k, &format!("{name} has not k rows"))?;
            let numbers = matrix(name, given, columns)?;
            Ok(Tensor::from_slice([given.len(), columns], &numbers).expect("as many as rows and columns"))
        };
        let places = |list: Vec<usize>| Indices::new([list.len()], &list, d * d).expect("inside the matrix");
        let below = (0..d).flat_map(|column| (column + 1..d).map(move |row| row * d + column)).collect();
        let mixture = Mixture {
            x: {
                let rows = matrix("x", &input.x, d)?;
                Tensor::from_fn([d, input.n], |i| rows[i % input.n * d + i / input.n])
            },
            components: k,
            m: input.m.into(),
            gamma: input.gamma,
            diagonal: places((0..d).map(|i| i * d + i).collect()),
            below: places(below),
        };
        let alpha = Tensor::from_slice([k], &input.alpha).expect("a list has its own length");
        let [mu, q, l] = [("mu", &input.mu, d), ("q", &input.q, d), ("l", &input.l, d * (d - 1) / 2)]
            .map(|(name, given, columns)| tensor(name, given, columns));
        Ok((mixture, [alpha, mu?, q?, l?]))
    }

    /// The log posterior: likelihood of the data and prior of the precision matrices QᵀQ.
    fn log_posterior<'g>(&self, [alpha, mu, q, l]: Parameters<Var<'g, f64>>) -> Var<'g, f64> {
        let g = alpha.graph();
        let (d, n, k) = (self.x.shape()[0], self.x.shape()[1], self.components);
        let log_determinants = q.sum_over(1);

        // Q of all components, one below the other: [k d, d].
        let factors = q.exp().index_add(1, &self.diagonal, d * d) + l.index_add(1, &self.below, d * d);
        let squares = factors.square().sum();
        // Q (x - mu) = Q x - Q mu, for all points and components in one product: [k d, n].
        let centres = factors.reshape([k, d, d]).matmul(mu.unsqueeze(-1)).reshape([k * d, 1]);
        let whitened = factors.reshape([k * d, d]).matmul(g.constant(&self.x)) - centres;
        let distances = whitened.square().reshape([k, d, n]).sum_over(1);
        let likelihood = ((alpha + log_determinants).unsqueeze(1) - distances * 0.5).logsumexp_over(0).sum()
            - (alpha.logsumexp() + 0.5 * d as f64 * (2.0 * PI).ln()) * n as f64;

        let prior = log_determinants.sum() * self.m - squares * (0.5 * self.gamma * self.gamma);
        likelihood + prior + k as f64 * self.log_wishart_constant(d)
    }

    /// What the logarithm of Wishart's density has beside the precision matrix.
    fn log_wishart_constant(&self, d: usize) -> f64 {
        let axes = d as f64;
        let freedom = axes + self.m + 1.0;
        freedom * axes * (self.gamma.ln() - 0.5 * 2f64.ln()) - log_gamma(freedom, d)
    }
}

/// ln Γ_d(n / 2), the multivariate gamma function.
fn log_gamma(n: f64, d: usize) -> f64 {
    // ln Γ(twice / 2) for a whole number: Γ(x + 1) = x Γ(x), from Γ(1/2) = √π or Γ(1) = 1.
    let half = |twice: f64| {
        let (mut x, mut sum) = if twice % 2.0 == 0.0 { (1.0, 0.0) } else { (0.5, 0.5 * PI.ln()) };
        while 2.0 * x < twice {
            sum += f64::ln(x);
            x += 1.0;
        }
        sum
    };
    let pairs = (d * (d - 1)) as f64;
    0.25 * pairs * PI.ln() + (0..d).map(|j| half(n - j as f64)).sum::<f64>()
}

#[derive(Serialize)]
struct Gradient {
    alpha: Vec<f64>,
    mu: Vec<Vec<f64>>,
    q: Vec<Vec<f64>>,
    l: Vec<Vec<f64>>,
}

pub(crate) fn evaluate(call: Call) -> Result<Evaluation, Failure> {
    let (mixture, parameters) = Mixture::new(&call.input()?)?;
    match call.function {
        "objective" => call.time(
            |y| {
                let g = Graph::f64();
                *y = mixture.log_posterior(parameters.each_ref().map(|p| g.constant(p))).item();
            },
            |y: f64| y,
        ),
        "jacobian" => call.time(
            |gradient| {
                let g = Graph::f64();
                let vars = parameters.each_ref().map(|p| g.var(p));
                let grads = mixture.log_posterior(vars).backward();
                *gradient = Some(vars.map(|v| grads[v].clone()));
            },
            |gradient: Option<Parameters<Tensor<f64>>>| {
                let [alpha, mu, q, l] = gradient.expect("one run at least");
                let nested = |t: Tensor<f64>| {
                    let columns = t.shape()[1];
                    if columns == 0 { vec![Vec::new(); t.shape()[0]] } else { rows(t.data(), columns).iter().map(|r| r.to_vec()).collect() }
                };
                Gradient { alpha: alpha.to_vec(), mu: nested(mu), q: nested(q), l: nested(l) }
            },
        ),
        _ => call.unknown(),
    }
}
