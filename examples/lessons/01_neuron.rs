//! One neuron by hand: the weighted sum, the functions that follow it, and units with fixed weights.

use std::error::Error;

use nn::plot::{Chart, Figure, Marker, Series};
use nn::prelude::*;
use nn::units::{Perceptron, Threshold, Unit};
use nn::{Relu, Sigmoid, Sign, Step};

use super::corners::CORNERS;
use super::page::Page;

pub(crate) fn lesson(page: &mut Page) -> Result<(), Box<dyn Error>> {
    page.text(
        "A neuron multiplies each input by a weight, adds up the products and a bias, and sends the sum z \
         through a function. Deck A has inputs (1, 0.5, -1), weights (0.7, 0.6, 1.4) and the bias -0.1:",
    );
    page.formula("z = w₁ x₁ + w₂ x₂ + w₃ x₃ + b");
    let tape = Tape::new();
    let x = [1.0, 0.5, -1.0];
    let w = [0.7, 0.6, 1.4].map(|weight| tape.var(weight));
    let b = tape.var(-0.1);
    let sum = w[0] * x[0] + w[1] * x[1] + w[2] * x[2];
    let z = sum + b;
    let slopes = z.backward();
    let row = |i: usize| {
        let product = w[i].value() * x[i];
        vec![format!("{}", i + 1), x[i].to_string(), w[i].value().to_string(), format!("{product:.1}")]
    };
    page.table(&["i", "input xᵢ", "weight wᵢ", "product wᵢ xᵢ"], (0..3).map(row).collect());
    page.shows(
        "weighted-sum",
        "0.7 + 0.3 - 1.4 = -0.4, with the bias z = -0.5; ∂z/∂wᵢ = xᵢ",
        (sum.value() + 0.4).abs() < 1e-15
            && (z.value() + 0.5).abs() < 1e-15
            && (0..3).all(|i| slopes[w[i]] == x[i]),
    );
    page.text(
        "What comes out depends on the function. And how would z change with a weight? By the input that \
         the weight is multiplied with: ∂z/∂wᵢ = xᵢ, and ∂z/∂b = 1. All learning rules start from this.",
    );
    let output = |activation: Activation, z: f64| {
        let g = Graph::f64();
        activation.forward(g.constant(z)).item()
    };
    let functions = [
        ("sign: -1 or 1", Sign(0.0)),
        ("step: 0 or 1", Step(0.0)),
        ("rectifier max(0, z)", Relu),
        ("logistic function 1 / (1 + e⁻ᶻ)", Sigmoid),
    ];
    let row = |(name, function): (&str, Activation)| {
        vec![name.to_owned(), format!("{:.4}", output(function, z.value()))]
    };
    page.table(&["function", "output for z = -0.5"], functions.map(row).into());

    page.text(
        "The bias is a weight too, w₀, of an input that is always 1. Deck A has w₀ but no x₀ in x, deck D \
         sets x₀ = T: right is x₀ = 1 and w₀ = -T, for a unit that fires when the weighted inputs reach \
         the threshold T.",
    );
    page.formula("z = Σ wᵢ xᵢ - T = w₀ · 1 + w₁ x₁ + … with w₀ = -T");

    page.text(
        "The logistic function is a soft step: away from 0 it is nearly 0 or 1, but never quite. On its \
         left side it is nearly e^z, a straight line on a logarithmic axis; and g(z) + g(-z) = 1.",
    );
    let g = |z: f64| output(Sigmoid, z);
    let places = [-30.0, -10.0, 0.0, 10.0, 30.0];
    let row = |z: f64| vec![z.to_string(), number(g(z)), number(g(-z))];
    page.table(&["z", "g(z)", "1 - g(z) = g(-z)"], places.map(row).into());
    let chart = |title: &str| {
        Chart::new(title)
            .x_label("weighted sum z")
            .y_label("output g(z)")
            .with(Series::function(-32.0..=32.0, g).named("g(z) = 1 / (1 + exp(-z))"))
            .with(Series::points(places.map(|z| (z, g(z)))).named("z = ±30, ±10, 0"))
    };
    let figure = Figure::new("The logistic function")
        .columns(2)
        .panel(chart("A soft step").y_range(-0.05..=1.05))
        .panel(chart("The same, logarithmic").log_y());
    page.picture(
        "01_neuron_logistic",
        figure.to_svg(),
        "Left: between 0 and 1, steep only near 0. Right: the left half is the straight line of e^z, so \
         g(-30) is small but not 0.",
    );

    page.text(
        "Units of McCulloch and Pitts do not learn: weights and threshold are written down, y = 1 if z ≥ \
         0.",
    );
    let unit = |weights: &[f64], threshold: f64| Perceptron {
        weight: Tensor::from_fn([weights.len()], |i| weights[i]),
        bias: Tensor::scalar(-threshold),
        threshold: Threshold::Step { at_zero: 1.0 },
    };
    let (and, or) = (unit(&[1.0, 1.0], 2.0), unit(&[1.0, 1.0], 1.0));
    let (nand, not) = (unit(&[-1.0, -1.0], -1.0), unit(&[-1.0], 0.0));
    let xor = |x: &[f64]| and.output(&[or.output(x), nand.output(x)]);
    let row = |x: [f64; 2]| {
        let outputs =
            [x[0], x[1], and.output(&x), or.output(&x), nand.output(&x), not.output(&x[..1]), xor(&x)];
        outputs.map(|number| number.to_string()).to_vec()
    };
    let head = [
        "x₁",
        "x₂",
        "AND: T = 2",
        "OR: T = 1",
        "NAND: w = -1, T = -1",
        "NOT x₁: w = -1, T = 0",
        "AND(OR, NAND)",
    ];
    page.table(&head, CORNERS.map(row).into());
    let all = |f: &dyn Fn(&[f64]) -> f64| CORNERS.map(|x| f(&x));
    page.shows(
        "mcculloch-pitts",
        "AND: w = (1, 1), T = 2; OR: w = (1, 1), T = 1; NAND: w = (-1, -1), T = -1; NOT: w = -1, T = 0; \
         XOR = AND(OR, NAND)",
        all(&|x| and.output(x)) == [0.0, 0.0, 0.0, 1.0]
            && all(&|x| or.output(x)) == [0.0, 1.0, 1.0, 1.0]
            && all(&|x| nand.output(x)) == [1.0, 1.0, 1.0, 0.0]
            && all(&|x| not.output(&x[..1])) == [1.0, 1.0, 0.0, 0.0]
            && all(&xor) == [0.0, 1.0, 1.0, 0.0],
    );

    page.text(
        "And at z = 0? The decks do not agree, so here the value is always said: Sign(-1) is deck A's \
         perceptron, Step(0) deck B's, Step(1) deck D's; deck D's table of functions has 1/2 for \
         Heaviside's function and 0 for the sign.",
    );
    let decks = [
        ("A: sign, 1 if z > 0, else -1", Sign(-1.0), [-1.0, -1.0, 1.0]),
        ("B: step, 1 if z > 0, else 0", Step(0.0), [0.0, 0.0, 1.0]),
        ("D: 1 if z ≥ 0, else 0", Step(1.0), [0.0, 1.0, 1.0]),
        ("D's table: Heaviside's function", Step(0.5), [0.0, 0.5, 1.0]),
        ("D's table: sign", Sign(0.0), [-1.0, 0.0, 1.0]),
    ];
    let found = |function: Activation| [-0.1, 0.0, 0.1].map(|z| output(function, z));
    let row = |(deck, function, _): (&str, Activation, [f64; 3])| {
        let [below, at_zero, above] = found(function).map(|value| value.to_string());
        vec![deck.to_owned(), format!("{function:?}"), below, at_zero, above]
    };
    page.table(&["deck", "here", "z = -0.1", "z = 0", "z = 0.1"], decks.map(row).into());
    page.picture(
        "01_neuron_value_at_zero",
        Figure::new("Threshold functions and their value at 0")
            .columns(2)
            .panel(at_zero("Sign", -1.0, &[("deck A: -1", -1.0), ("deck D's table: 0", 0.0)]))
            .panel(at_zero(
                "Step",
                0.0,
                &[("deck B: 0", 0.0), ("deck D's table: 1/2", 0.5), ("deck D: 1", 1.0)],
            ))
            .to_svg(),
        "Away from 0 all decks agree. The points are the values at z = 0: two for the sign, three for the \
         step.",
    );
    let careless = Perceptron { threshold: Threshold::Step { at_zero: 0.0 }, ..and.clone() };
    let careful = Perceptron { bias: Tensor::scalar(-1.5), ..careless.clone() };
    page.text(format!(
        "It matters: the AND above has z = 0 at (1, 1). With deck B's step the same weights give {} there. \
         A threshold of 1.5 keeps z away from 0, and gives {} by any deck.",
        careless.output(&[1.0, 1.0]),
        careful.output(&[1.0, 1.0]),
    ));
    page.shows(
        "value-at-0",
        "A: -1, B: 0, D: 1, D's table: Heaviside 1/2, sign 0; each a parameter: Sign(-1), Step(0), \
         Step(1), Step(0.5), Sign(0)",
        decks.iter().all(|&(_, function, expected)| found(function) == expected)
            && careless.output(&[1.0, 1.0]) == 0.0
            && careful.output(&[1.0, 1.0]) == 1.0,
    );
    Ok(())
}

/// Seven digits, or five that count where it is nearly 0.
fn number(y: f64) -> String {
    if y < 0.001 { format!("{y:.4e}") } else { format!("{y:.7}") }
}

/// A jump from `low` to 1, and its possible values at 0.
fn at_zero(name: &str, low: f64, values: &[(&str, f64)]) -> Chart {
    let lines = Series::segments([[(-2.0, low), (0.0, low)], [(0.0, 1.0), (2.0, 1.0)]]).width(3.0);
    let chart = Chart::new(name).x_label("weighted sum z").y_label("output").with(lines);
    let markers = [Marker::Disc, Marker::Square, Marker::Triangle];
    values.iter().zip(markers).fold(chart, |chart, (&(name, value), marker)| {
        chart.with(Series::points([(0.0, value)]).named(name).marker(marker).size(13.0))
    })
}
