//! The line that is nearest to points, by formula.

/// (w, b) for which Σ (wx + b - y)² is least.
pub(crate) fn nearest_line(points: &[(f64, f64)]) -> (f64, f64) {
    let mean = |f: &dyn Fn((f64, f64)) -> f64| {
        points.iter().map(|&point| f(point)).sum::<f64>() / points.len() as f64
    };
    let (mean_x, mean_y) = (mean(&|p| p.0), mean(&|p| p.1));
    let w = mean(&|(x, y)| (x - mean_x) * (y - mean_y)) / mean(&|(x, _)| (x - mean_x).powi(2));
    (w, mean_y - w * mean_x)
}
