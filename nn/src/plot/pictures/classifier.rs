//! How good the scores of a classifier are: ROC and reliability diagrams.

use crate::plot::color::Color;
use crate::plot::{Chart, Dash, Marker, Series};

/// Receiver operating characteristics: for each named classifier its points (false positive rate, true positive rate) at
/// falling thresholds, and the diagonal of guessing (Fawcett: Pattern Recognition Letters 27, 2006).
///
/// ```
/// let chart = nn::plot::roc([("net", [(0.0, 0.0), (0.0, 0.7), (0.2, 0.9), (1.0, 1.0)])]);
/// assert!(chart.to_svg().contains("true positive rate"));
/// ```
pub fn roc<N: Into<String>, P: IntoIterator<Item = (f64, f64)>>(
    curves: impl IntoIterator<Item = (N, P)>,
) -> Chart {
    let chart =
        unit_square("ROC curve", "chance").x_label("false positive rate").y_label("true positive rate");
    curves.into_iter().fold(chart, |chart, (name, points)| chart.line(name, points))
}

/// Reliability diagram: for each named classifier its points (mean predicted probability, share that was positive) of groups of
/// similar predictions, and the diagonal of perfect calibration (Niculescu-Mizil, Caruana: ICML 2005).
///
/// ```
/// let chart = nn::plot::reliability([("net", [(0.1, 0.05), (0.5, 0.4), (0.9, 0.97)])]);
/// assert!(chart.to_svg().contains("share that was positive"));
/// ```
pub fn reliability<N: Into<String>, P: IntoIterator<Item = (f64, f64)>>(
    groups: impl IntoIterator<Item = (N, P)>,
) -> Chart {
    let chart = unit_square("Reliability", "perfectly calibrated")
        .x_label("predicted probability")
        .y_label("share that was positive");
    groups.into_iter().enumerate().fold(chart, |chart, (i, (name, points))| {
        let markers = [Marker::Disc, Marker::Square, Marker::Triangle, Marker::Diamond];
        chart.with(Series::line(points).named(name).marker(markers[i % markers.len()]))
    })
}

/// From 0 to 1 on both axes, with a grey diagonal.
fn unit_square(title: &str, diagonal: &str) -> Chart {
    let diagonal = Series::line([(0.0, 0.0), (1.0, 1.0)])
        .named(diagonal)
        .color(Color::GREY)
        .dash(Dash::Dashed)
        .width(1.2);
    Chart::new(title).x_range(0.0..=1.0).y_range(0.0..=1.0).equal_axes().size(560, 560).with(diagonal)
}
