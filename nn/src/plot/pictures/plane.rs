//! Functions of two variables: contours, and ways down.

use crate::plot::color::{Color, ColorMap};
use crate::plot::{Chart, Grid, Marker, Series};

/// A function of two variables seen from above: colours with a colour bar, and contours at twelve levels, denser below.
///
/// With equal axes a gradient stands at right angles on the contours: add [`Chart::equal_axes`].
///
/// ```
/// use nn::plot::{Grid, contour_map, path};
/// let bowl = Grid::sample(-2.0..=2.0, -2.0..=2.0, [80, 80], |x, y| x * x + 4.0 * y * y);
/// let mut at = (-1.8, 1.5);
/// let way = (0..30).map(|_| {
///     let here = at;
///     at = (at.0 - 0.1 * 2.0 * at.0, at.1 - 0.1 * 8.0 * at.1);
///     here
/// });
/// let chart = contour_map("loss", &bowl).with(path("gradient descent", way));
/// assert!(chart.to_svg().contains("gradient descent"));
/// ```
pub fn contour_map(quantity: &str, grid: &Grid) -> Chart {
    let levels = grid.levels_from_below(12);
    let surface = Series::filled_contours(grid, levels.clone()).color_map(ColorMap::Blues).named(quantity);
    let contours = Series::contours(grid, levels).color(Color::GREY);
    Chart::new(format!("Contours: {quantity}")).with(surface).with(contours)
}

/// A way through the plane, such as that of an optimiser: a line with a point for each step.
pub fn path<X: Into<f64>, Y: Into<f64>>(
    name: impl Into<String>,
    points: impl IntoIterator<Item = (X, Y)>,
) -> Series {
    Series::line(points).named(name).marker(Marker::Disc).size(6.0)
}
