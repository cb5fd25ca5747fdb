//! Stochastic gradient descent by backpropagation with thresholds: V = g(Σ w V' - θ) in every layer, right for the energy
//! H = ½ Σ (t - V)² of one pattern.

use super::{Matrix, dot, logistic};

/// A layer of units with thresholds.
#[derive(Clone, Debug)]
pub(crate) struct Layer {
    /// A row of weights for each unit.
    pub(crate) weights: Matrix,
    /// The threshold of each unit.
    pub(crate) thresholds: Vec<f64>,
}

/// The states V of all layers, inputs first.
pub(crate) fn forward(layers: &[Layer], x: &[f64]) -> Vec<Vec<f64>> {
    let mut states = vec![x.to_vec()];
    for layer in layers {
        let below = &states[states.len() - 1];
        let fields = layer.weights.iter().zip(&layer.thresholds).map(|(row, theta)| dot(row, below) - theta);
        states.push(fields.map(logistic).collect());
    }
    states
}

/// One step with learning rate η on one pattern: w ← w + η δ V, θ ← θ - η δ. All errors δ are computed with the old weights.
pub(crate) fn step(layers: &mut [Layer], x: &[f64], target: &[f64], eta: f64) {
    let states = forward(layers, x);
    let last = layers.len();
    // δ = g'(b) (t - V), and g'(b) = V (1 - V).
    let mut errors = vec![Vec::new(); last];
    errors[last - 1] = states[last].iter().zip(target).map(|(v, t)| v * (1.0 - v) * (t - v)).collect();
    for l in (1..last).rev() {
        errors[l - 1] = states[l]
            .iter()
            .enumerate()
            .map(|(j, v)| {
                let back: f64 = layers[l].weights.iter().zip(&errors[l]).map(|(row, d)| d * row[j]).sum();
                back * v * (1.0 - v)
            })
            .collect();
    }
    for (l, layer) in layers.iter_mut().enumerate() {
        for ((row, theta), d) in layer.weights.iter_mut().zip(&mut layer.thresholds).zip(&errors[l]) {
            for (w, v) in row.iter_mut().zip(&states[l]) {
                *w += eta * d * v;
            }
            *theta -= eta * d;
        }
    }
}
