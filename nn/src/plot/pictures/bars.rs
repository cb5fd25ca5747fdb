//! Bars: of named values, of a distribution, of layers.

use crate::plot::error::all_finite;
use crate::plot::grid::extremes;
use crate::plot::scale::{short, widened};
use crate::plot::{Chart, PlotError, Series};

/// A bar for each named value, with the value at its end.
///
/// ```
/// let chart = nn::plot::bars("accuracy (%)", [("logistic", 91.8), ("one hidden layer", 97.9)]);
/// assert!(chart.to_svg().contains("one hidden layer"));
/// ```
pub fn bars<N: Into<String>>(measure: &str, values: impl IntoIterator<Item = (N, f64)>) -> Chart {
    let (names, values): (Vec<String>, Vec<f64>) =
        values.into_iter().map(|(name, value)| (name.into(), value)).unzip();
    let texts: Vec<String> = values.iter().map(|&value| short(value)).collect();
    Chart::new("").y_label(measure).x_categories(names).with(Series::bars(values).texts(texts))
}

/// The norm of the gradient of each named layer as a bar, on a logarithmic axis.
///
/// ```
/// let chart = nn::plot::gradient_bars([("layer 1", 1e-5), ("layer 2", 1e-3), ("layer 3", 0.1)]);
/// assert!(chart.to_svg().contains("layer 3"));
/// ```
pub fn gradient_bars<N: Into<String>>(layers: impl IntoIterator<Item = (N, f64)>) -> Chart {
    bars("‖gradient‖₂", layers).title("Gradient norm of each layer").log_y()
}

/// How many of `values` fall into each of `bins` intervals of equal width, from the least to the greatest; a value between
/// two belongs to the upper one. Fewer than one bin counts as one.
///
/// # Errors
/// [`PlotError::Empty`] if there are no values; [`PlotError::NotFinite`] names the first that is not finite.
///
/// ```
/// let chart = nn::plot::histogram("activation", &[-0.9, -0.8, 0.1, 0.2, 0.3], 4)?;
/// assert!(chart.to_svg().contains("activation"));
/// assert!(nn::plot::histogram("activation", &[1.0, f64::NAN], 4).is_err());
/// # Ok::<(), nn::plot::PlotError>(())
/// ```
pub fn histogram(quantity: &str, values: &[f64], bins: usize) -> Result<Chart, PlotError> {
    all_finite(quantity, values.iter().copied())?;
    let (low, high) = extremes(values.iter().copied())
        .ok_or_else(|| PlotError::Empty { series: quantity.to_owned(), wanted: "values" })?;
    let (low, high) = widened(low, high, false, 0.0);
    let bins = bins.clamp(1, 10_000);
    let mut counts = vec![0_u64; bins];
    for &value in values {
        // The greatest value belongs to the last interval.
        let bin = ((value - low) / (high - low) * bins as f64) as usize;
        counts[bin.min(bins - 1)] += 1;
    }
    let edge = |i: usize| low + (high - low) * i as f64 / bins as f64;
    let steps = counts.iter().enumerate().map(|(i, &count)| (edge(i), edge(i + 1), count as f64));
    let title = format!("Distribution of {} values", values.len());
    Ok(Chart::new(title).x_label(quantity).y_label("count").with(Series::steps(steps)))
}
