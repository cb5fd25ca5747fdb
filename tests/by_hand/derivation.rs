//! Error backpropagation as it is derived for the mean risk R = 1/N Σₙ ½ Σ (y - f)² of a network with weights w_ij into the
//! first hidden layer, w_jk into the second and w_kl into the output; one constant unit in each layer. The sum goes over
//! all N examples, n = 1 … N, and each layer's update uses the derivative by that layer's own weights.

use super::{Matrix, dot, logistic};

/// The three layers of weights; the last weight of a row belongs to the constant unit.
#[derive(Clone, Debug)]
pub(crate) struct Network {
    /// Into the first hidden layer.
    pub(crate) w_ij: Matrix,
    /// Into the second.
    pub(crate) w_jk: Matrix,
    /// Into the output, which is linear.
    pub(crate) w_kl: Matrix,
}

/// The derivatives of R by all weights, and R.
pub(crate) fn gradient(net: &Network, examples: &[(Vec<f64>, Vec<f64>)]) -> (f64, Network) {
    let zeros = |matrix: &Matrix| matrix.iter().map(|row| vec![0.0; row.len()]).collect();
    let mut slopes = Network { w_ij: zeros(&net.w_ij), w_jk: zeros(&net.w_jk), w_kl: zeros(&net.w_kl) };
    let count = examples.len() as f64;
    let mut risk = 0.0;
    for (x, y) in examples {
        let one = |z: &[f64]| [z, &[1.0]].concat();
        let z_i = one(x);
        let z_j: Vec<f64> = net.w_ij.iter().map(|row| logistic(dot(row, &z_i))).collect();
        let with_j = one(&z_j);
        let z_k: Vec<f64> = net.w_jk.iter().map(|row| logistic(dot(row, &with_j))).collect();
        let with_k = one(&z_k);
        let f: Vec<f64> = net.w_kl.iter().map(|row| dot(row, &with_k)).collect();
        risk += f.iter().zip(y).map(|(f, y)| 0.5 * (y - f) * (y - f)).sum::<f64>() / count;

        let delta_l: Vec<f64> = f.iter().zip(y).map(|(f, y)| -(y - f)).collect();
        let delta_k = hidden(&net.w_kl, &delta_l, &z_k);
        let delta_j = hidden(&net.w_jk, &delta_k, &z_j);
        for (slopes, delta, z) in [
            (&mut slopes.w_kl, &delta_l, &with_k),
            (&mut slopes.w_jk, &delta_k, &with_j),
            (&mut slopes.w_ij, &delta_j, &z_i),
        ] {
            for (row, d) in slopes.iter_mut().zip(delta) {
                for (slope, z) in row.iter_mut().zip(z) {
                    *slope += d * z / count;
                }
            }
        }
    }
    (risk, slopes)
}

/// `steps` of descent on all examples: w ← w - η ∂R/∂w, each weight by its own derivative.
pub(crate) fn descend(net: &mut Network, examples: &[(Vec<f64>, Vec<f64>)], eta: f64, steps: usize) {
    for _ in 0..steps {
        let (_, slopes) = gradient(net, examples);
        for (weights, slopes) in
            [(&mut net.w_ij, slopes.w_ij), (&mut net.w_jk, slopes.w_jk), (&mut net.w_kl, slopes.w_kl)]
        {
            for (w, slope) in weights.iter_mut().flatten().zip(slopes.concat()) {
                *w -= eta * slope;
            }
        }
    }
}

/// δ of a hidden layer: σ'(a) Σ w δ above.
fn hidden(above: &Matrix, delta: &[f64], z: &[f64]) -> Vec<f64> {
    let back = |j: usize| above.iter().zip(delta).map(|(row, d)| row[j] * d).sum::<f64>();
    z.iter().enumerate().map(|(j, z)| z * (1.0 - z) * back(j)).collect()
}
