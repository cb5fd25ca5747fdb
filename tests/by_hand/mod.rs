//! Backpropagation written by hand: plain loops over lists of numbers, as lectures write them, with their errors mended.
//!
//! Nothing here knows the engine, so the engine can be compared with it.

#![allow(dead_code, reason = "each program uses a part")]

pub(crate) mod derivation;
pub(crate) mod incremental;
pub(crate) mod matrix_form;
pub(crate) mod thresholds;

/// A matrix as a list of rows.
pub(crate) type Matrix = Vec<Vec<f64>>;

/// The logistic function g(z) = 1 / (1 + e^-z).
pub(crate) fn logistic(z: f64) -> f64 {
    1.0 / (1.0 + (-z).exp())
}

/// Σ aᵢ bᵢ.
pub(crate) fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// A matrix times a column.
pub(crate) fn times(matrix: &Matrix, a: &[f64]) -> Vec<f64> {
    matrix.iter().map(|row| dot(row, a)).collect()
}
