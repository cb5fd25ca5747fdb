//! Backpropagation in matrix form, for networks of logistic units with the cross-entropy of independent outputs.
//!
//! Every layer has a matrix Θ, a row for each neuron; its first column belongs to the constant 1 that is put before
//! the activations. The cost over m examples is J = -1/m Σ Σ_k [y_k ln a_k + (1 - y_k) ln(1 - a_k)].
//!
//! Lectures vary: δ = a - y at the output holds for logistic units with this cost only, the factor g'(z) belongs into every
//! hidden δ, and no δ is needed for the input.

use super::{Matrix, dot, logistic};

/// The activations of all layers for one example, inputs first; without the constant 1.
pub(crate) fn forward(thetas: &[Matrix], x: &[f64]) -> Vec<Vec<f64>> {
    let mut activations = vec![x.to_vec()];
    for theta in thetas {
        let a = with_one(activations.last().expect("the input is there"));
        activations.push(theta.iter().map(|row| logistic(dot(row, &a))).collect());
    }
    activations
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

/// D: the derivatives of the cost by each entry of each Θ.
pub(crate) fn gradient(thetas: &[Matrix], examples: &[(Vec<f64>, Vec<f64>)]) -> Vec<Matrix> {
    // The accumulators Δ.
    let mut sums: Vec<Matrix> = thetas.iter().map(zeros_like).collect();
    for (x, y) in examples {
        let activations = forward(thetas, x);
        // δ of the last layer: a - y.
        let mut delta: Vec<f64> = activations[thetas.len()].iter().zip(y).map(|(a, y)| a - y).collect();
        for layer in (0..thetas.len()).rev() {
            let a = with_one(&activations[layer]);
            for (sums, delta) in sums[layer].iter_mut().zip(&delta) {
                for (sum, a) in sums.iter_mut().zip(&a) {
                    *sum += delta * a;
                }
            }
            if layer > 0 {
                // δ = (Θᵀ δ) .* g'(z), where g'(z) = a (1 - a); the column of the constant 1 has none.
                let column = |i: usize| thetas[layer].iter().zip(&delta).map(|(row, d)| row[i + 1] * d).sum();
                delta = activations[layer]
                    .iter()
                    .enumerate()
                    .map(|(i, a)| {
                        let back: f64 = column(i);
                        back * a * (1.0 - a)
                    })
                    .collect();
            }
        }
    }
    let m = examples.len() as f64;
    sums.iter_mut().flatten().flatten().for_each(|sum| *sum /= m);
    sums
}

fn with_one(a: &[f64]) -> Vec<f64> {
    [&[1.0], a].concat()
}

fn zeros_like(matrix: &Matrix) -> Matrix {
    matrix.iter().map(|row| vec![0.0; row.len()]).collect()
}
