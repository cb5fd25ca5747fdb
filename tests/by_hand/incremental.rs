//! Incremental backpropagation in stages, for logistic units with slope α: s(z) = 1 / (1 + e^-αz), so s' = α s (1 - s).
//!
//! Two things are often written wrongly: the errors of a hidden layer need the weights above *before* they are changed, and
//! the input layer has no errors.

use super::{Matrix, dot, logistic};

/// How the training ended.
#[derive(Clone, Debug)]
pub(crate) struct Ending {
    /// E = Σ ½ (d - Out)² of each epoch, added up while the weights change.
    pub(crate) errors: Vec<f64>,
    /// Whether E fell below the threshold.
    pub(crate) reached: bool,
}

/// What is trained, and until when.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Settings {
    /// Slope α of the units.
    pub(crate) slope: f64,
    /// Learning rate η.
    pub(crate) eta: f64,
    /// Training stops when the error of an epoch is below this.
    pub(crate) threshold: f64,
    /// The most epochs.
    pub(crate) epochs: usize,
}

/// The outputs of all layers, inputs first; the last weight of a row belongs to a constant input 1.
pub(crate) fn forward(weights: &[Matrix], x: &[f64], slope: f64) -> Vec<Vec<f64>> {
    let mut outputs = vec![x.to_vec()];
    for matrix in weights {
        let below = [&outputs[outputs.len() - 1][..], &[1.0]].concat();
        outputs.push(matrix.iter().map(|row| logistic(slope * dot(row, &below))).collect());
    }
    outputs
}

/// Trains pattern by pattern; stage 0, the choice of first weights, is the caller's.
pub(crate) fn train(weights: &mut [Matrix], patterns: &[(Vec<f64>, Vec<f64>)], settings: Settings) -> Ending {
    let mut ending = Ending { errors: Vec::new(), reached: false };
    for _ in 0..settings.epochs {
        // Stage 1: a new epoch.
        let mut error = 0.0;
        for (x, desired) in patterns {
            // Stage 2: forward.
            let outputs = forward(weights, x, settings.slope);
            // Stage 3: the error of the output.
            let out = &outputs[weights.len()];
            error += out.iter().zip(desired).map(|(o, d)| 0.5 * (d - o) * (d - o)).sum::<f64>();
            // Stages 4 and 5: from the last layer to the first, errors first, then changes.
            let derivative = |o: f64| settings.slope * o * (1.0 - o);
            let mut delta: Vec<f64> =
                out.iter().zip(desired).map(|(&o, d)| (d - o) * derivative(o)).collect();
            for l in (0..weights.len()).rev() {
                let below_delta: Vec<f64> = match l {
                    0 => Vec::new(),
                    _ => {
                        let back =
                            |j: usize| weights[l].iter().zip(&delta).map(|(row, d)| row[j] * d).sum::<f64>();
                        outputs[l].iter().enumerate().map(|(j, &o)| back(j) * derivative(o)).collect()
                    }
                };
                let below = [&outputs[l][..], &[1.0]].concat();
                for (row, d) in weights[l].iter_mut().zip(&delta) {
                    for (w, o) in row.iter_mut().zip(&below) {
                        *w += settings.eta * d * o;
                    }
                }
                delta = below_delta;
            }
        }
        // Stage 6: enough?
        ending.errors.push(error);
        if error < settings.threshold {
            ending.reached = true;
            break;
        }
    }
    ending
}
