//! What `by_hand` computes with a formula for each derivative, by the engine, which is told the forward pass only.

use std::error::Error;

use autograd::prelude::*;

use super::by_hand::{Matrix, derivation, thresholds};
use super::corners::XOR;

/// One step of descent, w ← w - η ∂E/∂w for all numbers; gives E before it.
fn step(
    tensors: &mut [Tensor<f64>],
    eta: f64,
    error: impl for<'g> Fn(&'g Graph<f64>, &[Var<'g, f64>]) -> Var<'g, f64>,
) -> f64 {
    let g = Graph::f64();
    let vars: Vec<Var<f64>> = tensors.iter().map(|tensor| g.var(tensor)).collect();
    let error = error(&g, &vars);
    let grads = error.backward();
    for (tensor, var) in tensors.iter_mut().zip(vars) {
        *tensor = Tensor::from_fn(tensor.shape(), |i| tensor.data()[i] - eta * grads[var].data()[i]);
    }
    error.item()
}

fn rows(tensor: &Tensor<f64>) -> Matrix {
    tensor.data().chunks(tensor.shape()[1]).map(<[f64]>::to_vec).collect()
}

/// Two layers of units with thresholds.
pub(crate) struct Units {
    /// Weights and thresholds of the hidden layer, then those of the output.
    tensors: [Tensor<f64>; 4],
}

impl Units {
    /// A copy of these.
    pub(crate) fn new([hidden, out]: &[thresholds::Layer; 2]) -> Result<Units, Box<dyn Error>> {
        let thresholds =
            |layer: &thresholds::Layer| Tensor::from_slice([layer.thresholds.len()], &layer.thresholds);
        Ok(Units {
            tensors: [
                Tensor::from_rows(&hidden.weights)?,
                thresholds(hidden)?,
                Tensor::from_rows(&out.weights)?,
                thresholds(out)?,
            ],
        })
    }

    /// As plain numbers.
    pub(crate) fn layers(&self) -> [thresholds::Layer; 2] {
        let [weights, thresholds, out_weights, out_thresholds] = &self.tensors;
        [(weights, thresholds), (out_weights, out_thresholds)].map(|(weights, thresholds)| {
            thresholds::Layer { weights: rows(weights), thresholds: thresholds.to_vec() }
        })
    }

    /// One step for one pattern: descent of H = ½ Σ (t - V)².
    pub(crate) fn step(&mut self, x: [f64; 2], t: f64, eta: f64) {
        step(&mut self.tensors, eta, |g, vars| {
            let hidden = (vars[0].matmul(g.constant(x)) - vars[1]).sigmoid();
            let out = (vars[2].matmul(hidden) - vars[3]).sigmoid();
            0.5 * (t - out).square().sum()
        });
    }
}

/// Exclusive or, pattern by pattern, with a constant 1 for biases: E of each epoch, added up while the weights change.
pub(crate) fn stages(weights: &[Matrix], eta: f64, epochs: usize) -> Result<Vec<f64>, Box<dyn Error>> {
    let mut tensors = [Tensor::from_rows(&weights[0])?, Tensor::from_rows(&weights[1])?];
    let mut errors = vec![0.0; epochs];
    for error in &mut errors {
        for (x, d) in XOR {
            *error += step(&mut tensors, eta, |g, vars| {
                let h = vars[0].matmul(g.constant([x[0], x[1], 1.0])).sigmoid();
                let out = vars[1].matmul(Var::concat(&[h, g.ones([1])], 0)).sigmoid();
                0.5 * (d - out).square().sum()
            });
        }
    }
    Ok(errors)
}

/// The mean risk of a network with two hidden layers, and its derivatives by the three matrices.
pub(crate) fn risk(
    net: &derivation::Network,
    examples: &[(Vec<f64>, Vec<f64>)],
) -> Result<(f64, derivation::Network), Box<dyn Error>> {
    let g = Graph::f64();
    let count = examples.len();
    let (x, y): (Matrix, Matrix) = examples.iter().cloned().unzip();
    let (x, y) = (g.constant(Tensor::from_rows(&x)?), g.constant(Tensor::from_rows(&y)?));
    let w_ij = g.var(Tensor::from_rows(&net.w_ij)?);
    let w_jk = g.var(Tensor::from_rows(&net.w_jk)?);
    let w_kl = g.var(Tensor::from_rows(&net.w_kl)?);
    let with_one = |z| Var::concat(&[z, g.ones([count, 1])], 1);
    let z_j = with_one(x).matmul_t(w_ij).sigmoid();
    let z_k = with_one(z_j).matmul_t(w_jk).sigmoid();
    let f = with_one(z_k).matmul_t(w_kl);
    let risk = (y - f).square().sum() * 0.5 / count as f64;
    let grads = risk.backward();
    let [w_ij, w_jk, w_kl] = [w_ij, w_jk, w_kl].map(|var| rows(&grads[var]));
    Ok((risk.item(), derivation::Network { w_ij, w_jk, w_kl }))
}
