//! Where units change their answer: lines in the plane of two inputs.

use std::ops::RangeInclusive;

use nn::plot::{Color, Dash, Grid, Series};
use nn::prelude::*;

use super::binary::Net;

/// The line w₁ x₁ + w₂ x₂ + b = 0.
pub(crate) type Line = [f64; 3];

/// How many points are on the wrong side of a line.
pub(crate) fn missed(&[w1, w2, b]: &Line, data: &Dataset) -> usize {
    let wrong = |row: usize| {
        let x = data.row(row);
        let z = w1 * f64::from(x[0]) + w2 * f64::from(x[1]) + b;
        (z > 0.0) != (data.labels().as_slice()[row] == 1)
    };
    (0..data.len()).filter(|&row| wrong(row)).count()
}

/// A line as far as it runs through a square.
pub(crate) fn boundary(&[w1, w2, b]: &Line, side: RangeInclusive<f64>) -> Series {
    let z = Grid::sample(side.clone(), side, [2, 2], |x1, x2| w1 * x1 + w2 * x2 + b);
    Series::contours(&z, [0.0])
}

/// The lines of the units in a network's first layer, up to three, each in dashes of its own.
pub(crate) fn of_units(net: &Net, side: RangeInclusive<f64>) -> impl Iterator<Item = Series> {
    let (weight, bias) =
        (&net.layers[0].weight, net.layers[0].bias.as_ref().expect("the layers have biases"));
    let dashes = [Dash::Dashed, Dash::Dotted, Dash::DashDotted];
    (0..bias.count()).zip(dashes).map(move |(unit, dash)| {
        let line = [weight.at(&[unit, 0]), weight.at(&[unit, 1]), bias.data()[unit]];
        boundary(&line, side.clone()).color(Color::BLACK).width(2.5).dash(dash)
    })
}
