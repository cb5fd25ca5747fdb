//! The functions after the weighted sum, with their derivatives.

use std::error::Error;

use nn::plot::{Chart, Color, Dash, Figure, Series};
use nn::prelude::*;
use nn::{
    Identity, LeakyRelu, PiecewiseLinear, Relu, Sigmoid, SigmoidWith, Sign, Softplus, Step, Tanh,
    ThresholdLogic,
};

use super::cells::{named, words};
use super::page::Page;

/// The functions of the decks; the formula, the derivative and the range of each.
const FUNCTIONS: [(&str, Activation, [&str; 3]); 11] = [
    ("step, hard limiter", Step(0.5), ["1 if z > 0, 0 if z < 0", "0", "{0, 1}"]),
    ("sign", Sign(0.0), ["1 if z > 0, -1 if z < 0", "0", "{-1, 1}"]),
    ("linear", Identity, ["z", "1", "all reals"]),
    ("piecewise linear", PiecewiseLinear, ["z + 1/2, cut to 0 … 1", "1 on [-1/2, 1/2], else 0", "[0, 1]"]),
    ("threshold logic tl", TL, ["max(0, min(1, α (z + θ)))", "α between the bends, else 0", "[0, 1]"]),
    ("sigmoid s", Sigmoid, ["1 / (1 + e⁻ᶻ)", "s (1 - s)", "(0, 1)"]),
    ("sigmoid with slope sf", SF, ["s(α (z + θ))", "α sf (1 - sf)", "(0, 1)"]),
    ("tanh", Tanh, ["2 / (1 + e⁻²ᶻ) - 1", "1 - tanh² z", "(-1, 1)"]),
    ("ReLU", Relu, ["max(0, z)", "1 if z > 0, else 0", "[0, ∞)"]),
    ("leaky ReLU", LeakyRelu(0.01), ["z if z > 0, else 0.01 z", "1 if z > 0, else 0.01", "all reals"]),
    ("softplus", Softplus, ["ln(1 + eᶻ)", "s(z)", "(0, ∞)"]),
];
const TL: Activation = ThresholdLogic { alpha: 0.5, theta: 1.0 };
const SF: Activation = SigmoidWith { slope: 2.5, shift: 0.4 };

pub(crate) fn lesson(page: &mut Page) -> Result<(), Box<dyn Error>> {
    page.text(
        "What a neuron can say is decided by the function after its weighted sum z; how it can learn, by \
         the derivative of that function. These are the functions of the decks, here with α = 0.5 and θ = \
         1 for tl, and with α = 2.5 and θ = 0.4 for sf:",
    );
    let row =
        |(name, _, [formula, derivative, range]): (_, _, [_; 3])| words([name, formula, derivative, range]);
    page.table(&["function", "f(z)", "f′(z)", "range"], FUNCTIONS.map(row).into());

    // None of them is a place where one of the functions has a bend.
    let places = [-2.7, -1.3, -0.8, -0.3, 0.2, 0.9, 1.4, 2.6];
    let mut largest: f64 = 0.0;
    for (_, function, _) in FUNCTIONS {
        let h = 1e-5;
        let (_, slopes) = values(function, &places);
        let (above, _) = values(function, &places.map(|z| z + h));
        let (below, _) = values(function, &places.map(|z| z - h));
        for i in 0..places.len() {
            largest = largest.max((slopes[i] - (above[i] - below[i]) / (2.0 * h)).abs());
        }
    }
    page.text(
        "Values and derivatives by the engine at some places. The last column is a convention: where a \
         function bends, both sides have a slope of their own, and one number must be chosen. Whichever it \
         is, a weighted sum is almost never exactly there.",
    );
    let row = |(name, function, _)| {
        let (at, slopes) = values(function, &[-1.0, 0.0, 1.0]);
        named(name, [at[0], at[1], at[2], slopes[0], slopes[2], slopes[1]], 4)
    };
    let head = ["function", "f(-1)", "f(0)", "f(1)", "f′(-1)", "f′(1)", "f′(0)"];
    page.table(&head, FUNCTIONS.map(row).into());
    page.text(
        "Away from bends each derivative is what differences of values say, to nine digits: the engine's \
         are right.",
    );

    let figure = Figure::new("Functions of the decks (solid) and their derivatives (dashed)")
        .columns(4)
        .size(1480, 960);
    let panels = FUNCTIONS.into_iter().map(|(name, function, _)| {
        // The picture would not show the slope 0.01.
        let (name, function) = match name {
            "leaky ReLU" => ("leaky ReLU, here with 0.1", LeakyRelu(0.1)),
            _ => (name, function),
        };
        let range = if matches!(function, Identity) { -3.0..=3.0 } else { -1.25..=2.25 };
        curves(Chart::new(name).y_range(range), function, "f(z)", "f′(z)")
    });
    page.picture(
        "04_activations_all",
        panels.fold(figure, Figure::panel).to_svg(),
        "Step and sign have no slope to learn from; tl and the piecewise linear function only between \
         their bends; sigmoids less and less away from the middle; rectifiers on one side always.",
    );
    page.picture(
        "04_activations_parameters",
        Figure::new("Steepness α and shift θ")
            .columns(2)
            .panel(family("Threshold logic: max(0, min(1, α (z + θ)))", |alpha, theta| ThresholdLogic {
                alpha,
                theta,
            }))
            .panel(family("Sigmoid: 1 / (1 + exp(-α (z + θ)))", |slope, shift| SigmoidWith {
                slope,
                shift,
            }))
            .to_svg(),
        "α makes the rise steeper, θ moves it to the left. With large α both become a step; α < 0 would \
         turn them round.",
    );

    page.text(
        "Four facts that the decks have wrong or leave out. Deck D gives s (1 - s) for a sigmoid with \
         slope α: the inner derivative α is missing. Deck B's leaky ReLU is \"0 otherwise\", with range \
         [0, ∞): then it would not leak; it is 0.01 z, and its range all reals. Deck D wants activations \
         with a continuous derivative, but has ReLU in its table, which works without. And tanh is a \
         sigmoid, stretched:",
    );
    page.formula("tanh z = 2 s(2z) - 1 = 2 / (1 + e⁻²ᶻ) - 1");
    let z = 0.3;
    let (sf, slope) = values(SF, &[z]);
    let printed = sf[0] * (1.0 - sf[0]);
    let (leaky, leaky_slope) = values(LeakyRelu(0.01), &[-3.0, -1e6]);
    let (_, kink) = values(Relu, &[-1e-12, 1e-12]);
    let (tanh, _) = values(Tanh, &places);
    let off = |i: usize| (tanh[i] - (2.0 / (1.0 + (-2.0 * places[i]).exp()) - 1.0)).abs();
    let (_, middle) = values(Sigmoid, &[0.0]);
    let row = |what: &str, printed: String, right: String| vec![what.to_owned(), printed, right];
    page.table(
        &["", "printed", "right"],
        vec![
            row("sf′(0.3) for α = 2.5, θ = 0.4", format!("{printed:.6}"), format!("{:.6}", slope[0])),
            row("leaky ReLU at -3", "0".to_owned(), leaky[0].to_string()),
            row("its slope at -3", "0".to_owned(), leaky_slope[0].to_string()),
            row("ReLU's slope beside 0", "continuous".to_owned(), format!("{} and {}", kink[0], kink[1])),
        ],
    );
    page.shows(
        "activations",
        "11 functions, each derivative as differences say, to 1e-9; sf′ = α sf (1 - sf), not sf (1 - sf); \
         leaky ReLU is 0.01 z below 0, range all reals; ReLU's derivative jumps from 0 to 1; tanh z = 2 \
         s(2z) - 1; s′ is at most 0.25",
        largest < 1e-9
            && (slope[0] - 2.5 * printed).abs() < 1e-15
            && (leaky[0] + 0.03).abs() < 1e-15
            && (leaky[1] + 1e4).abs() < 1e-9
            && leaky_slope == [0.01, 0.01]
            && kink == [0.0, 1.0]
            && (0..places.len()).all(|i| off(i) < 1e-14)
            && middle == [0.25],
    );
    Ok(())
}

/// Values and slopes of a function at places. No gradient passes a step: its slope is 0.
fn values(function: Activation, places: &[f64]) -> (Vec<f64>, Vec<f64>) {
    let g = Graph::f64();
    let z = g.var(Tensor::from_fn([places.len()], |i| places[i]));
    let y = function.forward(z);
    let gradients = y.sum().backward();
    let slopes = gradients.get(z).map_or(vec![0.0; places.len()], Tensor::to_vec);
    (y.value().to_vec(), slopes)
}

/// A function and its derivative; where either jumps, the line is broken.
fn curves(chart: Chart, function: Activation, name: &str, derivative: &str) -> Chart {
    let z: Vec<f64> = (0..=600).map(|i| -3.0 + f64::from(i) / 100.0 + 1e-4).collect();
    let (y, slopes) = values(function, &z);
    let lines = [(y, name, Color::BLUE, Dash::Solid), (slopes, derivative, Color::VERMILION, Dash::Dashed)];
    let mut chart = chart.x_label("z").x_range(-3.0..=3.0);
    for (values, name, color, dash) in lines {
        let points: Vec<(f64, f64)> = z.iter().copied().zip(values).collect();
        for (number, piece) in points.chunk_by(|a, b| (a.1 - b.1).abs() < 0.2).enumerate() {
            let line = Series::line(piece.iter().copied()).color(color).dash(dash);
            chart = chart.with(if number == 0 { line.named(name) } else { line });
        }
    }
    chart
}

/// A function with several steepnesses and shifts.
fn family(title: &str, function: impl Fn(f64, f64) -> Activation) -> Chart {
    let z: Vec<f64> = (0..=400).map(|i| -4.0 + f64::from(i) / 50.0).collect();
    let chart = Chart::new(title).x_label("z").y_label("output").y_range(-0.05..=1.05);
    [(1.0, 0.0), (0.5, 0.0), (4.0, 0.0), (1.0, 2.0)].into_iter().fold(chart, |chart, (alpha, theta)| {
        let (y, _) = values(function(alpha, theta), &z);
        chart.line(format!("α = {alpha}, θ = {theta}"), z.iter().copied().zip(y))
    })
}
