//! Decision regions: half planes, their AND, and what more units and layers make of them.

use std::error::Error;

use nn::data::{circles, spirals};
use nn::plot::{Chart, Color, Dash, DecisionRegions, Figure, Marker, Series, class_points};
use nn::prelude::*;
use nn::units::{Perceptron, Threshold, Unit};
use nn::{Init, Tanh};

use super::binary;
use super::page::Page;

pub(crate) fn lesson(page: &mut Page) -> Result<(), Box<dyn Error>> {
    page.text(
        "A threshold unit says yes on one side of a line: its region is a half plane. A second layer that \
         is an AND says yes where all half planes overlap. Such a region is convex: with two points it has \
         all points between them. For each unit, if w · p + b > 0 and w · q + b > 0, then",
    );
    page.formula("w · ((1 - s) p + s q) + b = (1 - s) (w · p + b) + s (w · q + b) > 0   for 0 ≤ s ≤ 1");
    let sides: Vec<Perceptron<Tensor<f64>>> =
        [90.0_f64, 210.0, 330.0].iter().map(|degrees| half_plane(degrees.to_radians(), 0.7)).collect();
    // All three sums are above 0 where the least is; one of the opposite sums is where the greatest of them is.
    let and = |x: &[f64]| sides.iter().map(|unit| unit.net(x)).fold(f64::INFINITY, f64::min);
    let or = |x: &[f64]| sides.iter().map(|unit| -unit.net(x)).fold(f64::NEG_INFINITY, f64::max);
    let points: Tensor<f64> = Init::Uniform(2.0).draw([400, 2], 1, 1, &mut nn::rng(1));
    let (and_pairs, and_outside) = midpoints(&points, &and);
    let (or_pairs, or_outside) = midpoints(&points, &or);
    page.text(
        "Three units whose lines are the sides of a triangle, and 400 random points: of every two points \
         in a region, is the point halfway between them in it too? An OR of three units, here with the \
         opposite half planes, joins them, and need not be convex.",
    );
    let row = |name: &str, pairs: usize, outside: usize| {
        vec![name.to_owned(), pairs.to_string(), outside.to_string()]
    };
    page.table(
        &["region", "pairs of points in it", "midpoints outside"],
        vec![
            row("AND of 3 half planes", and_pairs, and_outside),
            row("OR of the 3 opposite half planes", or_pairs, or_outside),
        ],
    );
    let plane = DecisionRegions::new(-2.0..=2.0, -2.0..=2.0).threshold(0.0);
    let drawn = |title: &str, score: &dyn Fn(&[f64]) -> f64| {
        let chart = plane.of_scores(|x: &Tensor<f64>| {
            let rows: Vec<f64> = x.data().chunks_exact(2).map(score).collect();
            Tensor::from_fn([rows.len()], |row| rows[row])
        })?;
        Ok::<Chart, Box<dyn Error>>(chart.title(title).equal_axes())
    };
    let between = Series::line([(-1.4, 0.3), (1.4, 0.3)])
        .color(Color::BLACK)
        .dash(Dash::Dashed)
        .marker(Marker::Disc)
        .size(11.0);
    let figure = Figure::new("Regions of threshold units (vermilion: yes)")
        .columns(3)
        .size(1380, 500)
        .panel(drawn("One unit: a half plane", &|x| sides[0].net(x))?)
        .panel(drawn("AND of three: convex", &and)?)
        .panel(drawn("OR of three: not convex", &or)?.with(between));
    page.picture(
        "14_regions_half_planes",
        figure.to_svg(),
        "A half plane, the triangle where three of them overlap, and an OR, all that is outside of the \
         triangle: there, the line between two points can leave the region.",
    );

    page.text(
        "Units that learn bend the boundary. Two rings, one around the other, and one hidden layer of 1, 3 and 50 \
         tanh units:",
    );
    let ring = circles(200, 0.4, 0.08, &mut nn::rng(5));
    let mut panels = Vec::new();
    let mut table = Vec::new();
    let mut reached = Vec::new();
    for (width, name) in [(1, "1 hidden unit"), (3, "3 hidden units"), (50, "50 hidden units")] {
        let (chart, share) = trained(&ring, &[width], 400, 1.6)?;
        table.push(vec![format!("1 hidden layer of {width}"), format!("{:.1} %", 100.0 * share)]);
        panels.push(chart.title(name));
        reached.push(share);
    }
    let figure = Figure::new("One hidden layer").columns(3).size(1380, 520);
    page.picture(
        "14_regions_units",
        panels.into_iter().fold(figure, Figure::panel).to_svg(),
        "One unit draws a line, three close a rounded triangle around the inner ring, fifty make it as round as \
         need be.",
    );

    page.text(
        "More layers combine regions of regions. Two spirals are hard for one hidden layer of four units; \
         with three such layers the boundary follows them. But with 50, deck A's last case, a plain \
         network learns nothing: the gradients vanish on the way back.",
    );
    let arms = spirals(160, 2, 0.01, &mut nn::rng(2));
    let (x, targets) = (arms.x().cast::<f64>(), arms.labels().column::<f64>());
    let (_, slopes) = untrained(&[4; 50])?
        .value_and_grad(|g, net| bce_with_logits(net.forward(g.constant(&x)), g.constant(&targets)))?;
    let norm = |layer: usize| {
        slopes.layers[layer].weight.data().iter().map(|slope| slope * slope).sum::<f64>().sqrt()
    };
    page.text(format!(
        "Before the first step of the network with 50, the gradient of the weights of its first layer is \
         {:.0e} times that of its last.",
        norm(0) / norm(50),
    ));
    let mut panels = Vec::new();
    for (layers, name) in
        [(1, "1 hidden layer"), (2, "2 hidden layers"), (3, "3 hidden layers"), (50, "50 hidden layers")]
    {
        let (chart, share) = trained(&arms, &vec![4; layers], 600, 1.2)?;
        table.push(vec![format!("{name} of 4"), format!("{:.1} %", 100.0 * share)]);
        panels.push(chart.title(format!("{name} of 4")));
        reached.push(share);
    }
    let figure = Figure::new("More layers").columns(2).size(1100, 1120);
    page.picture(
        "14_regions_layers",
        panels.into_iter().fold(figure, Figure::panel).to_svg(),
        "Layers of four units each: with one the boundary cuts through the spirals, with three it winds \
         around them, and with 50 nothing is learned.",
    );
    page.table(&["hidden layers", "points that are right"], table);
    page.shows(
        "regions",
        "an AND of three half planes is convex: no midpoint of two of its points is outside, of an OR's \
         some are; on two rings one hidden unit is right for less than 80 %, three and fifty \
         for at least 98 %; on two spirals one layer of 4 for less than 95 %, three for at least 98 %, \
         fifty for less than 80 % again",
        and_pairs > 1000
            && and_outside == 0
            && or_outside > 0
            && reached[0] < 0.8
            && reached[1] >= 0.98
            && reached[2] >= 0.98
            && reached[3] < 0.95
            && reached[5] >= 0.98
            && reached[6] < 0.8
            && norm(0) < 1e-4 * norm(50),
    );
    Ok(())
}

/// The unit that says yes on the inner side of a line, which is so far from the origin in this direction.
fn half_plane(direction: f64, distance: f64) -> Perceptron<Tensor<f64>> {
    Perceptron {
        weight: Tensor::from([-direction.cos(), -direction.sin()]),
        bias: Tensor::scalar(distance),
        threshold: Threshold::Step { at_zero: 0.0 },
    }
}

/// How many pairs of points are in a region, where the score is above 0, and of how many of them the midpoint is not.
fn midpoints(points: &Tensor<f64>, score: &dyn Fn(&[f64]) -> f64) -> (usize, usize) {
    let inside: Vec<&[f64]> = points.data().chunks_exact(2).filter(|point| score(point) > 0.0).collect();
    let (mut pairs, mut outside) = (0, 0);
    for (i, p) in inside.iter().enumerate() {
        for q in &inside[..i] {
            pairs += 1;
            outside += usize::from(score(&[(p[0] + q[0]) / 2.0, (p[1] + q[1]) / 2.0]) <= 0.0);
        }
    }
    (pairs, outside)
}

/// A network with these hidden layers.
fn untrained(widths: &[usize]) -> Result<binary::Net, ConfigError> {
    let builder = Mlp::builder(2).hidden(widths, Tanh).output(1).bias_init(Init::Uniform(1.0));
    Ok(builder.build(&mut nn::rng(2))?.cast())
}

/// The regions of a network with these hidden layers, trained on the points, and the share of points that are right.
fn trained(
    data: &Dataset,
    widths: &[usize],
    steps: usize,
    reach: f64,
) -> Result<(Chart, f64), Box<dyn Error>> {
    let (x, targets) = (data.x().cast::<f64>(), data.labels().column::<f64>());
    let mut net = untrained(widths)?;
    binary::train(&mut net, &x, &targets, 0.03, steps)?;
    let points = class_points(&x, data.labels(), &["class 0", "class 1"])?;
    let chart = DecisionRegions::new(-reach..=reach, -reach..=reach)
        .cells(120)
        .of_scores(|x| binary::probabilities(&net, x))?
        .with_all(points.into_iter().map(|points| points.size(7.0)))
        .equal_axes();
    Ok((chart, binary::accuracy(&net, &x, &targets)))
}
