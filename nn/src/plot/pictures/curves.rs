//! Lines over time, and functions of one variable: losses, gradients, learning rates, activations, regression.

use std::ops::RangeInclusive;

use autograd::number::Dual;

use crate::plot::color::Color;
use crate::plot::grid::{ends, extremes};
use crate::plot::scale::widened;
use crate::plot::series::places;
use crate::plot::{Chart, Series};

/// A measure by epoch, for each named list: its first number is that of epoch 1.
///
/// A number that is not finite, such as the loss of a run that diverged, is a gap in its line, and the chart says how many
/// there are.
///
/// ```
/// use nn::plot::learning_curves;
/// let (training, validation) = (vec![2.3, 1.1, 0.7, 0.5], vec![2.3, 1.3, 1.0, 1.1]);
/// let chart = learning_curves("loss (nats)", [("training", &training), ("validation", &validation)]);
/// assert!(chart.to_svg().contains("loss (nats)"));
/// ```
pub fn learning_curves<N: Into<String>, V: AsRef<[f64]>>(
    measure: &str,
    curves: impl IntoIterator<Item = (N, V)>,
) -> Chart {
    let chart = Chart::new("Learning curves").x_label("epoch").y_label(measure);
    curves.into_iter().fold(chart, |chart, (name, values)| chart.line(name, numbered(values.as_ref())))
}

/// The norm of the gradient of each layer by step, on a logarithmic axis: where it vanishes or explodes.
///
/// ```
/// use nn::plot::gradient_norms;
/// let (first, last) = ([1e-4, 2e-4, 1.5e-4], [0.3, 0.2, 0.25]);
/// let chart = gradient_norms([("layer 1", &first), ("layer 8", &last)]);
/// assert!(chart.to_svg().contains("layer 8"));
/// ```
pub fn gradient_norms<N: Into<String>, V: AsRef<[f64]>>(layers: impl IntoIterator<Item = (N, V)>) -> Chart {
    let chart = Chart::new("Gradient norm of each layer").x_label("step").y_label("‖gradient‖₂").log_y();
    layers.into_iter().fold(chart, |chart, (name, norms)| chart.line(name, numbered(norms.as_ref())))
}

/// The learning rate of each step from 0 to `steps`.
///
/// ```
/// let chart = nn::plot::schedule(100, |step| 1e-3 * 0.5_f64.powi((step / 20) as i32));
/// assert!(chart.to_svg().contains("learning rate"));
/// ```
pub fn schedule(steps: usize, mut rate: impl FnMut(usize) -> f64) -> Chart {
    let line = Series::line((0..=steps).map(|step| (step as f64, rate(step))));
    Chart::new("Learning rate").x_label("step").y_label("learning rate").y_range(0.0..).with(line)
}

/// A function of one variable and its derivative, which is computed exactly, by forward mode.
///
/// ```
/// use autograd::prelude::*;
/// let chart = nn::plot::function_with_derivative("tanh x", -4.0..=4.0, |x| x.tanh());
/// assert!(chart.to_svg().contains("derivative"));
/// ```
///
/// # Panics
/// If the range is not finite, or does not go up.
#[track_caller]
pub fn function_with_derivative(
    name: &str,
    x: RangeInclusive<f64>,
    mut f: impl FnMut(Dual<f64>) -> Dual<f64>,
) -> Chart {
    ends(x.clone(), "x");
    let mut slopes = Vec::new();
    let value = Series::function(x, |x| {
        let y = f(Dual::variable(x));
        slopes.push((x, y.tangent));
        y.value
    });
    Chart::new(name).x_label("x").with(value.named(name)).line("its derivative", slopes)
}

/// Points, and lines y = slope · x + intercept among them. If there is one line, the residuals are drawn too.
///
/// ```
/// let data = [(1.0, 0.1), (2.0, 0.6), (3.0, 2.0)];
/// let chart = nn::plot::regression(data, [("0.92 x − 1", 0.92, -1.0)]);
/// assert!(chart.to_svg().contains("0.92 x − 1"));
/// ```
pub fn regression<X: Into<f64>, Y: Into<f64>, N: Into<String>>(
    points: impl IntoIterator<Item = (X, Y)>,
    lines: impl IntoIterator<Item = (N, f64, f64)>,
) -> Chart {
    let points = places(points);
    let (low, high) = extremes(points.iter().map(|point| point[0])).unwrap_or((0.0, 1.0));
    let (low, high) = widened(low, high, false, 0.03);
    let data = Series::points(points.iter().map(|&[x, y]| (x, y))).named("data").color(Color::BLACK);
    let mut chart = Chart::new("Regression").x_label("x").y_label("y").with(data).x_range(low..=high);
    let lines: Vec<(String, f64, f64)> = lines.into_iter().map(|(name, a, b)| (name.into(), a, b)).collect();
    if let [(_, slope, intercept)] = &lines[..] {
        let residual = |&[x, y]: &[f64; 2]| [(x, y), (x, slope * x + intercept)];
        chart.series.insert(0, Series::segments(points.iter().map(residual)).named("residuals"));
    }
    for (name, slope, intercept) in lines {
        chart = chart.line(name, [low, high].map(|x| (x, slope * x + intercept)));
    }
    chart
}

/// Values with their numbers from 1.
fn numbered(values: &[f64]) -> impl Iterator<Item = (f64, f64)> {
    values.iter().enumerate().map(|(i, &value)| ((i + 1) as f64, value))
}
