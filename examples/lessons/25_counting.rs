//! Counting: neurons, weights, biases, and the arithmetic of the forward and the backward pass.

use std::error::Error;

use autograd::prelude::*;
use nn::Sigmoid;
use nn::plot::{Chart, Color, Dash, Marker, Series};
use nn::prelude::*;

use super::page::Page;

pub(crate) fn lesson(page: &mut Page) -> Result<(), Box<dyn Error>> {
    page.text(
        "A fully connected network with n₀ inputs and layers of n₁, n₂, … neurons has a weight for each pair of neighbours and a \
         bias for each neuron. Inputs are not neurons: they compute nothing.",
    );
    page.formula("weights: n₀n₁ + n₁n₂ + …     biases: n₁ + n₂ + …");
    let small = parts(&[3, 4, 2]);
    let digits = parts(&[784, 15, 10]);
    let line = |name: &str, sum: &str, [neurons, weights, biases]: [usize; 3]| {
        vec![
            name.to_owned(),
            neurons.to_string(),
            format!("{sum} = {weights}"),
            biases.to_string(),
            (weights + biases).to_string(),
        ]
    };
    page.table(
        &["network", "neurons", "weights", "biases", "parameters"],
        vec![line("3-4-2", "3·4 + 4·2", small), line("784-15-10", "784·15 + 15·10", digits)],
    );
    page.picture("25_counting_3_4_2", network(&[3, 4, 2]).to_svg(), "The network 3-4-2: every line is one of its 20 weights.");
    page.text(
        "For 784-15-10, deck A prints 178·15 + 15·10 = 11,935 weights and wants 25 biases added. It is 784 that is meant, which \
         makes 11,910 weights; 11,935 is the sum with the biases already in it.",
    );
    page.shows("3-4-2", "6 neurons, 20 weights + 6 biases = 26 parameters", small == [6, 20, 6]);
    page.shows(
        "784-15-10",
        "11,910 weights + 25 biases = 11,935 parameters (as printed, 178·15 + 15·10 would be 2,820)",
        digits == [25, 11_910, 25] && digits[1] + digits[2] == 11_935,
    );

    page.text(
        "How much more does the gradient cost? Nearly all arithmetic is in the matrix products. Forward, each weight costs one \
         multiplication and one addition for each example. Backward, it costs that twice: once for its own derivative, δ aᵀ, and \
         once to pass δ on to the layer before, Wᵀ δ. The first layer has none before it, so it costs that once:",
    );
    page.formula("backward / forward = 2 - n₀n₁ / Σ nₗ nₗ₊₁");
    let networks: [&[usize]; 5] =
        [&[3, 4, 2], &[784, 15, 10], &[784, 128, 64, 10], &[64, 64, 64, 64, 64], &[64; 21]];
    let mut table = Vec::new();
    let mut as_said = true;
    for widths in networks {
        let (forward, backward) = products(widths);
        let ratio = backward as f64 / forward as f64;
        as_said &= (ratio - formula(widths)).abs() < 1e-12;
        let name = if widths.len() > 5 {
            format!("{} layers of {}", widths.len() - 1, widths[0])
        } else {
            widths.iter().map(usize::to_string).collect::<Vec<_>>().join("-")
        };
        table.push(vec![name, grouped(forward), grouped(backward), format!("{ratio:.3}"), format!("{:.3}", formula(widths))]);
    }
    page.text(
        "The engine records both passes before it computes anything, so it can count them: `loss.cost()`. Their matrix products for \
         one example, in floating-point operations:",
    );
    page.table(&["network", "forward", "backward", "ratio counted", "ratio by the formula"], table);

    let counted = |widths: &dyn Fn(usize) -> Vec<usize>| -> Vec<(f64, f64)> {
        let depths = [1, 2, 3, 4, 6, 8, 11, 15, 20];
        depths.map(|layers| (layers as f64, ratio(&widths(layers)))).to_vec()
    };
    let said = |widths: &dyn Fn(usize) -> Vec<usize>| -> Vec<(f64, f64)> {
        (1..=20).map(|layers| (layers as f64, formula(&widths(layers)))).collect()
    };
    let equal = |layers: usize| vec![16; layers + 1];
    let images = |layers: usize| [&[784], &vec![15; layers - 1][..], &[10]].concat();
    let chart = Chart::new("Backward is at most twice forward")
        .x_label("layers of weights")
        .y_label("FLOPs backward / FLOPs forward")
        .with(Series::horizontal(2.0).named("the limit 2").color(Color::GREY).dash(Dash::Dotted))
        .with(Series::line(said(&equal)).named("equal widths: 2 - 1/L").color(Color::BLUE))
        .with(Series::points(counted(&equal)).named("counted").color(Color::BLUE).marker(Marker::Disc))
        .with(Series::line(said(&images)).named("784-15-…-15-10").color(Color::VERMILION).dash(Dash::Dashed))
        .with(Series::points(counted(&images)).named("counted").color(Color::VERMILION).marker(Marker::Square))
        .x_range(0.0..=21.0)
        .y_range(0.9..=2.1);
    page.picture(
        "25_counting_ratio",
        chart.to_svg(),
        "The first layer needs only one product backward. In a network for images it holds nearly all weights, so backward \
         costs about as much as forward; in a deep network of equal widths it hardly counts, and backward costs nearly twice as \
         much. Points are counted from what the engine recorded.",
    );
    page.text("So “backward takes roughly the work of forward”, as deck A has it, is right for 784-15-10, and a factor of 2 off for deep networks.");
    page.shows(
        "backward-cost",
        "784-15-10: 23,820 FLOPs forward, 24,120 backward for each example, ratio 1.013; 20 equal layers: 1.95",
        as_said && products(&[784, 15, 10]) == (23_820, 24_120) && (ratio(&[64; 21]) - 1.95).abs() < 1e-12,
    );
    Ok(())
}

/// Neurons, weights and biases of a network, counted from its layers.
fn parts(widths: &[usize]) -> [usize; 3] {
    let net = Mlp::new(widths, Sigmoid, &mut nn::rng(1));
    let neurons = net.layers.iter().map(|layer| layer.weight.shape()[0]).sum();
    let weights = net.layers.iter().map(|layer| layer.weight.count()).sum();
    [neurons, weights, net.parameter_count() - weights]
}

/// FLOPs of the matrix products for one example, forward and backward: counted, nothing is computed.
fn products(widths: &[usize]) -> (u64, u64) {
    let net = Mlp::new(widths, Sigmoid, &mut nn::rng(1));
    let g = Graph::new();
    let loss = net.variables_on(&g).forward(g.zeros([1, widths[0]])).square().sum();
    let cost = loss.cost();
    (cost.forward().product_flops, cost.backward().product_flops)
}

fn ratio(widths: &[usize]) -> f64 {
    let (forward, backward) = products(widths);
    backward as f64 / forward as f64
}

/// 2 - n₀n₁ / Σ nₗ nₗ₊₁.
fn formula(widths: &[usize]) -> f64 {
    let all: usize = widths.windows(2).map(|pair| pair[0] * pair[1]).sum();
    2.0 - (widths[0] * widths[1]) as f64 / all as f64
}

/// Thousands apart: 23,820.
fn grouped(number: u64) -> String {
    match number {
        0..1000 => number.to_string(),
        _ => format!("{},{:03}", grouped(number / 1000), number % 1000),
    }
}

/// Inputs as squares, neurons as discs, weights as lines.
fn network(widths: &[usize]) -> Chart {
    let place = |layer: usize, unit: usize| (layer as f64, (widths[layer] as f64 - 1.0) / 2.0 - unit as f64);
    let column = |layer: usize| (0..widths[layer]).map(move |unit| place(layer, unit));
    let mut weights = Vec::new();
    for layer in 1..widths.len() {
        for to in column(layer) {
            weights.extend(column(layer - 1).map(|from| [from, to]));
        }
    }
    let neurons = (1..widths.len()).flat_map(column);
    let mut chart = Chart::new("3-4-2: 3 inputs, 4 + 2 neurons, 3·4 + 4·2 weights").bare().size(800, 420);
    chart = chart.with(Series::segments(weights).named("weight").color(Color::GREY));
    chart = chart.with(Series::points(column(0)).named("input").color(Color::ORANGE).marker(Marker::Square).size(26.0));
    chart.with(Series::points(neurons).named("neuron, with its bias").color(Color::BLUE).marker(Marker::Disc).size(30.0))
}
