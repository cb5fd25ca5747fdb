//! The chart of what backward costs beside forward, by depth.

use std::path::Path;

use nn::plot::{Chart, Dash, Marker, PlotError, Series};

/// Ratios of networks of one width, by number of layers.
pub(crate) struct Curve {
    pub(crate) name: String,
    /// Layers, and time of backward by time of forward.
    pub(crate) points: Vec<(f64, f64)>,
}

/// Draws measured curves beside the ideal 2 - 1/layers.
pub(crate) fn draw(file: &Path, title: &str, curves: &[Curve]) -> Result<(), PlotError> {
    let deepest = curves.iter().flat_map(|curve| &curve.points).map(|point| point.0).fold(2.0, f64::max);
    let ideal = Series::function(1.0..=deepest, |layers| 2.0 - 1.0 / layers).dash(Dash::Dashed);
    let measured = curves.iter().zip([Marker::Disc, Marker::Square].into_iter().cycle());
    Chart::new(title)
        .x_label("layers")
        .y_label("backward / forward")
        .y_range(0.0..)
        .with(ideal.named("FLOPs of the products: 2 - 1/layers"))
        .with_all(measured.map(|(curve, marker)| {
            Series::line(curve.points.iter().copied()).named(format!("time, {}", curve.name)).marker(marker)
        }))
        .save(file)
}
