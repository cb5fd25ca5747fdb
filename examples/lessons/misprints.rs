//! Exclusive or, trained pattern by pattern in plain loops, by the right rule and by what the decks print.

use rand::RngExt;

use super::by_hand::{Matrix, dot, logistic};
use super::corners::XOR;

/// Rows of random weights, the last of which belongs to a constant 1.
pub(crate) fn matrix(rows: usize, columns: usize, rng: &mut nn::Rng) -> Matrix {
    (0..rows).map(|_| (0..columns).map(|_| rng.random_range(-1.0..1.0)).collect()).collect()
}

/// First weights of a network 2-3-1.
pub(crate) fn first_weights() -> Vec<Matrix> {
    let mut rng = nn::rng(11);
    vec![matrix(3, 3, &mut rng), matrix(1, 4, &mut rng)]
}

/// What is printed in the decks, and what is right.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Rule {
    Mended,
    /// Decks A and E: the other sign.
    Sign,
    /// Deck A: a hidden δ with the unit's output f in place of its slope f′.
    Output,
    /// Deck D: δ of the hidden units with weights that were changed already.
    Changed,
}

/// E = Σ ½ (d - f)² of the four patterns before each epoch, with the rule of a deck.
pub(crate) fn train(rule: Rule, epochs: usize) -> Vec<f64> {
    let eta = if rule == Rule::Sign { -2.0 } else { 2.0 };
    let [mut hidden, mut output]: [Matrix; 2] = first_weights().try_into().expect("two layers");
    let mut errors = Vec::new();
    for _ in 0..epochs {
        let miss = |(x, d): ([f64; 2], f64)| 0.5 * (d - forward(&hidden, &output[0], x).1).powi(2);
        errors.push(XOR.into_iter().map(miss).sum());
        for (x, d) in XOR {
            let (h, f) = forward(&hidden, &output[0], x);
            let delta = f * (1.0 - f) * (d - f);
            let before = output[0].clone();
            output[0].iter_mut().zip(&h).for_each(|(w, h)| *w += eta * delta * h);
            let above = if rule == Rule::Changed { &output[0] } else { &before };
            for (j, row) in hidden.iter_mut().enumerate() {
                let slope = if rule == Rule::Output { h[j] } else { h[j] * (1.0 - h[j]) };
                let delta = slope * above[j] * delta;
                row.iter_mut().zip([x[0], x[1], 1.0]).for_each(|(w, x)| *w += eta * delta * x);
            }
        }
    }
    errors
}

/// The outputs of the hidden units and a constant 1, and the output.
fn forward(hidden: &Matrix, output: &[f64], x: [f64; 2]) -> (Vec<f64>, f64) {
    let mut h: Vec<f64> = hidden.iter().map(|row| logistic(dot(row, &[x[0], x[1], 1.0]))).collect();
    h.push(1.0);
    let f = logistic(dot(output, &h));
    (h, f)
}
