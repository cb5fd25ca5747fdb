//! Large first weights put sigmoids where they are flat, and there is nothing to learn from.

use std::error::Error;

use nn::data::moons;
use nn::plot::{Chart, Figure, Series, learning_curves};
use nn::prelude::*;
use nn::{Init, Sigmoid};

use super::binary::{self, Net};
use super::page::Page;

const INPUTS: usize = 25;
const SCALES: [f64; 3] = [0.2, 1.0, 5.0];

pub(crate) fn lesson(page: &mut Page) -> Result<(), Box<dyn Error>> {
    page.text(
        "A sigmoid passes back the gradient times its slope s′ = s (1 - s): 0.25 in the middle, and nearly \
         0 where its output is nearly 0 or 1. There it is saturated. Weights decide where it starts: the \
         sum of n inputs of size 1 with weights of deviation σ has a deviation of about σ √n.",
    );
    page.formula("z = Σ wᵢ xᵢ,   deviation of z ≈ σ √n,   s′(z) = s(z) (1 - s(z))");
    page.text(format!(
        "A layer of 40 sigmoids reads {INPUTS} inputs, √n = 5. For 100 random examples, with first weights \
         of deviation 0.2 = 1/√n, 1 and 5 (a unit counts as saturated where its slope is below 0.01):"
    ));
    let x: Tensor<f64> = Init::Normal(1.0).draw([100, INPUTS], 1, 1, &mut nn::rng(1));
    let (mut table, mut panels, mut slopes, mut saturated) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for scale in SCALES {
        let layer = Linear::with_init(INPUTS, 40, Init::Normal(scale), &mut nn::rng(2)).cast::<f64>();
        // The slopes by the engine: the gradient of the sum of all outputs with respect to the weighted sums.
        let g = Graph::f64();
        let z = g.var(layer.predict(|g, layer| layer.forward(g.constant(&x))));
        let s = z.sigmoid();
        let slope = s.sum().backward()[z].to_vec();
        let mean = slope.iter().sum::<f64>() / slope.len() as f64;
        let flat = slope.iter().filter(|slope| **slope < 0.01).count() as f64 / slope.len() as f64;
        let deviation = (z.value().data().iter().map(|z| z * z).sum::<f64>() / slope.len() as f64).sqrt();
        table.push(vec![
            scale.to_string(),
            format!("{deviation:.1}"),
            format!("{:.0} %", 100.0 * flat),
            format!("{mean:.3}"),
        ]);
        panels.push(histogram(&format!("Outputs, σ = {scale}"), "s(z)", s.value().data(), 1.0));
        slopes.push(histogram(&format!("Slopes, σ = {scale}"), "s′(z)", &slope, 0.25));
        saturated.push((flat, mean));
    }
    page.table(&["σ", "deviation of z", "saturated", "mean slope"], table);
    let figure = Figure::new("Outputs and slopes of 40 sigmoids for 100 examples").columns(3).size(1320, 760);
    page.picture(
        "17_saturation_histograms",
        panels.into_iter().chain(slopes).fold(figure, Figure::panel).to_svg(),
        "Upper row: with larger weights the outputs gather at 0 and 1. Lower row: so the slopes gather at \
         0; with σ = 0.2 most are near 0.25.",
    );

    page.text(
        "What that does to learning: networks of 2-10-1 sigmoids on two half moons, with the squared error \
         of deck D, all weights drawn with the same seed and then multiplied. Saturated units hardly move, \
         and a saturated output that is wrong has no slope to be mended by.",
    );
    let data = moons(120, 0.1, &mut nn::rng(4));
    let (x, targets) = (data.x().cast::<f64>(), data.labels().column::<f64>());
    let (mut curves, mut table, mut ends) = (Vec::new(), Vec::new(), Vec::new());
    for scale in [1.0, 10.0, 100.0] {
        let builder = Mlp::builder(2).hidden(&[10], Sigmoid).output(1).init(Init::Normal(scale));
        let mut net: Net = builder.build(&mut nn::rng(1))?.cast();
        let mut sgd = Sgd::new(1.0).momentum(0.9);
        let mut errors = Vec::new();
        let (_, first) =
            net.value_and_grad(|g, net| mse(net.forward(g.constant(&x)).sigmoid(), g.constant(&targets)))?;
        for _ in 0..400 {
            errors.push(
                sgd.step(&mut net, |g, net| {
                    mse(net.forward(g.constant(&x)).sigmoid(), g.constant(&targets))
                })?,
            );
        }
        let norm = first.layers[0].weight.data().iter().map(|slope| slope * slope).sum::<f64>().sqrt();
        let last = errors[errors.len() - 1];
        table.push(vec![
            scale.to_string(),
            format!("{norm:.1e}"),
            format!("{:.3}", errors[0]),
            format!("{last:.3}"),
            format!("{:.0} %", 100.0 * binary::accuracy(&net, &x, &targets)),
        ]);
        curves.push((format!("σ = {scale}"), errors));
        ends.push(last);
    }
    page.table(
        &["σ", "first gradient of the first layer", "error at first", "after 400 steps", "right"],
        table,
    );
    page.picture(
        "17_saturation_learning",
        learning_curves("mean square error", curves)
            .title("Learning from first weights of deviation σ")
            .x_label("step")
            .y_range(0.0..)
            .to_svg(),
        "Moderate weights learn; the larger they are at first, the higher the error starts and the longer \
         it stays.",
    );
    page.text(
        "So first weights are drawn small, but not equal: with deviation about 1/√n, the sums have \
         deviation 1, and sigmoids start where they are steep.",
    );
    page.shows(
        "saturation",
        "40 sigmoids of 25 inputs: with σ = 0.2 none is saturated and the mean slope is above 0.19, with σ \
         = 5 more than 80 % are and it is below 0.03; trained from σ = 1 the error falls below 0.02, from \
         σ = 100 it stays above 0.1",
        saturated[0].0 == 0.0
            && saturated[0].1 > 0.19
            && saturated[2].0 > 0.8
            && saturated[2].1 < 0.03
            && ends[0] < 0.02
            && ends[2] > 0.1,
    );
    Ok(())
}

/// How many numbers between 0 and `most` fall into each of 25 intervals.
fn histogram(title: &str, quantity: &str, values: &[f64], most: f64) -> Chart {
    let mut counts = [0.0; 25];
    for value in values {
        counts[((value / most * 25.0) as usize).min(24)] += 1.0;
    }
    let edge = |i: usize| most * i as f64 / 25.0;
    let bars = counts.iter().enumerate().map(|(i, &count)| (edge(i), edge(i + 1), count));
    Chart::new(title).x_label(quantity).y_label("count").x_range(0.0..=most).with(Series::steps(bars))
}
