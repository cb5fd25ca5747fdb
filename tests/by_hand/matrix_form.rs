//! Backpropagation in matrix form, for networks of logistic units with the cross-entropy of independent outputs.
//!
//! Every layer has a matrix Θ, a row for each neuron; its first column belongs to the constant 1 that is put before
//! the activations. The cost over m examples is J = -1/m Σ Σ_k [y_k ln a_k + (1 - y_k) ln(1 - a_k)].
//!
//! Lectures vary: δ = a - y at the output holds for logistic units with this cost only, the factor g'(z) belongs into every
//! hidden δ, and no δ is needed for the input.

use super::{Matrix, logistic, times};

/// The activations of all layers for one example, inputs first; without the constant 1.
pub(crate) fn forward(thetas: &[Matrix], x: &[f64]) -> Vec<Vec<f64>> {
    let mut activations = vec![x.to_vec()];
    for theta in thetas {
        let a = with_one(activations.last().expect("the input is there"));
        activations.push(times(theta, &a).into_iter().map(logistic).collect());
    }
    activations
}

/// What one example leaves behind on its way through the layers and back.
pub(crate) struct Way {
    /// The weighted sums of each layer after the inputs.
    pub(crate) z: Vec<Vec<f64>>,
    /// The activations of all layers, inputs first; without the constant 1.
    pub(crate) a: Vec<Vec<f64>>,
    /// The errors of each layer after the inputs.
    pub(crate) delta: Vec<Vec<f64>>,
}

/// Forward and back for one example.
pub(crate) fn way(thetas: &[Matrix], x: &[f64], y: &[f64]) -> Way {
    let a = forward(thetas, x);
    let z = thetas.iter().zip(&a).map(|(theta, a)| times(theta, &with_one(a))).collect();
    // δ of the last layer: a - y.
    let mut delta = vec![a[thetas.len()].iter().zip(y).map(|(a, y)| a - y).collect()];
    for layer in (1..thetas.len()).rev() {
        // δ = (Θᵀ δ) .* g'(z), where g'(z) = a (1 - a); the column of the constant 1 has none.
        let above: &Vec<f64> = &delta[0];
        let back = |i: usize| thetas[layer].iter().zip(above).map(|(row, d)| row[i + 1] * d).sum::<f64>();
        let below = a[layer].iter().enumerate().map(|(i, a)| back(i) * a * (1.0 - a)).collect();
        delta.insert(0, below);
    }
    Way { z, a, delta }
}

/// The accumulators Δ before the first example: zeros.
pub(crate) fn accumulators(thetas: &[Matrix]) -> Vec<Matrix> {
    let zeros = |theta: &Matrix| theta.iter().map(|row| vec![0.0; row.len()]).collect();
    thetas.iter().map(zeros).collect()
}

/// Δ ← Δ + δ (1, a)ᵀ for each layer.
pub(crate) fn accumulate(sums: &mut [Matrix], way: &Way) {
    for ((sums, delta), a) in sums.iter_mut().zip(&way.delta).zip(&way.a) {
        for (sums, delta) in sums.iter_mut().zip(delta) {
            for (sum, a) in sums.iter_mut().zip(with_one(a)) {
                *sum += delta * a;
            }
        }
    }
}

/// The cost of all examples.
pub(crate) fn cost(thetas: &[Matrix], examples: &[(Vec<f64>, Vec<f64>)]) -> f64 {
    let mut sum = 0.0;
    for (x, y) in examples {
        let activations = forward(thetas, x);
        for (a, y) in activations[thetas.len()].iter().zip(y) {
            sum -= y * a.ln() + (1.0 - y) * (1.0 - a).ln();
        }
    }
    sum / examples.len() as f64
}

/// D = Δ / m: the derivatives of the cost by each entry of each Θ.
pub(crate) fn gradient(thetas: &[Matrix], examples: &[(Vec<f64>, Vec<f64>)]) -> Vec<Matrix> {
    let mut sums = accumulators(thetas);
    for (x, y) in examples {
        accumulate(&mut sums, &way(thetas, x, y));
    }
    let m = examples.len() as f64;
    sums.iter_mut().flatten().flatten().for_each(|sum| *sum /= m);
    sums
}

fn with_one(a: &[f64]) -> Vec<f64> {
    [&[1.0], a].concat()
}
