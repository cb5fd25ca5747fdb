//! Why first weights are drawn at random: hidden units that start equal stay equal.

use std::error::Error;

use nn::plot::{Chart, Figure, Series, learning_curves};
use nn::prelude::*;
use nn::units::{Adaline, Descent, Examples};
use nn::{Init, Sigmoid};

use super::binary::{self, Net};
use super::cells::named;
use super::least_squares::nearest_line;
use super::page::Page;

const STEPS: usize = 500;
const EPSILON: f64 = 0.12;

pub(crate) fn lesson(page: &mut Page) -> Result<(), Box<dyn Error>> {
    page.text(
        "Deck B draws its first weights as Theta = rand · 2ε - ε, uniformly between -ε and ε, for matrices \
         of 3x4, 3x4 and 1x4: three inputs, two hidden layers of three units, one output, and a bias in \
         the first column of each.",
    );
    let network = |init: Init| -> Result<Net, ConfigError> {
        let builder = Mlp::builder(3).hidden(&[3, 3], Sigmoid).output(1).init(init).bias_init(init);
        Ok(builder.build(&mut nn::rng(5))?.cast())
    };
    let drawn = network(Init::Uniform(EPSILON))?;
    let row = |layer: &Linear<Tensor<f64>>| {
        let (weight, bias) = (&layer.weight, layer.bias.as_ref().expect("the layers have biases"));
        let numbers = || weight.data().iter().chain(bias.data()).copied();
        let [units, inputs] = [weight.shape()[0], weight.shape()[1]];
        vec![
            format!("{units}x{}", inputs + 1),
            format!("{units} · {} + {units} = {}", inputs, numbers().count()),
            format!("{:.4}", numbers().fold(f64::INFINITY, f64::min)),
            format!("{:.4}", numbers().fold(f64::NEG_INFINITY, f64::max)),
        ]
    };
    page.table(
        &["matrix", "weights and biases", "least", "greatest"],
        drawn.layers.iter().map(row).collect(),
    );
    let mut inside = true;
    drawn.visit(&mut |_, tensor| inside &= tensor.data().iter().all(|w| w.abs() <= EPSILON && *w != 0.0));
    page.shows(
        "uniform-init",
        format!(
            "12 + 12 + 4 = {} parameters, none 0, all between -ε and ε (here ε = 0.12)",
            drawn.parameter_count()
        ),
        drawn.parameter_count() == 28 && inside && difference(&drawn) > 0.01,
    );

    page.text(
        "Why at random? The gradient of a hidden unit depends on its weights and on the weights that read \
         it. Let two units of a layer have both equal: then they have the same output, the same δ, the \
         same gradient, and are equal after the step. So they are one unit, twice, for ever. Zeros are \
         only the worst case: with them even the first step changes nothing below the output.",
    );
    page.text(format!(
        "The task: x₂, or else exactly one of x₁ and x₃, for all eight inputs of zeros and ones. A chain \
         of single units cannot do it. {STEPS} steps of Adam from three kinds of first weights, and the \
         largest difference between two units of one layer, in any of their weights:"
    ));
    let bit = |row: usize, input: usize| row >> (2 - input) & 1 == 1;
    let number = |yes: bool| if yes { 1.0 } else { 0.0 };
    let x = Tensor::from_fn([8, 3], |i| number(bit(i / 3, i % 3)));
    let targets = Tensor::from_fn([8, 1], |row| number(bit(row, 1) || bit(row, 0) != bit(row, 2)));
    let starts = [
        ("all 0", Init::Zeros),
        ("all 0.5", Init::Constant(0.5)),
        ("uniform, ε = 0.12", Init::Uniform(EPSILON)),
    ];
    let (mut table, mut losses, mut panels, mut ends) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for (name, init) in starts {
        let mut net = network(init)?;
        let mut always_equal = difference(&net) == 0.0;
        let mut adam = Adam::new(0.05);
        let mut course = Vec::new();
        let mut weights = vec![first_weights(&net)];
        for _ in 0..STEPS {
            course.push(adam.step(&mut net, |g, net| {
                bce_with_logits(net.forward(g.constant(&x)), g.constant(&targets))
            })?);
            always_equal &= difference(&net) == 0.0;
            weights.push(first_weights(&net));
        }
        let last = course[STEPS - 1];
        table.push(vec![
            name.to_owned(),
            if always_equal {
                "0 at every step".to_owned()
            } else {
                format!("{:.2} at the end", difference(&net))
            },
            format!("{last:.4}"),
            format!("{} of 8", 8.0 * binary::accuracy(&net, &x, &targets)),
        ]);
        let chart = Chart::new(format!("First weights {name}"))
            .x_label("step")
            .y_label("weight from input 1")
            .y_range(-9.0..=9.0);
        panels.push((0..3).fold(chart, |chart, unit| {
            let line = weights.iter().enumerate().map(|(step, weights)| (step as f64, weights[unit]));
            chart.with(Series::line(line).named(format!("unit {}", unit + 1)).width(6.0 - 2.0 * unit as f64))
        }));
        ends.push((always_equal, last));
        losses.push((name, course));
    }
    page.table(&["first weights", "difference of units", "cross-entropy", "right"], table);
    let figure = Figure::new("The weights from input 1 to the three units of the first hidden layer")
        .columns(3)
        .size(1380, 460);
    page.picture(
        "16_symmetry_weights",
        panels.into_iter().fold(figure, Figure::panel).to_svg(),
        "Equal first weights: three lines lie on each other at every step. Random ones: the units part and \
         take different tasks.",
    );
    page.picture(
        "16_symmetry_losses",
        learning_curves("cross-entropy (nats)", losses)
            .title("Equal first weights end on a plateau")
            .x_label("step")
            .y_range(0.0..)
            .to_svg(),
        "With equal units the network is as good as a chain of single units, and stays there.",
    );

    page.text(
        "Deck E says the same of its own example, \"weights cannot start at zeros\"; but that is one \
         linear neuron. It has no hidden units to be equal, and its error is a bowl with one minimum, \
         which any start leads to. From zeros, on four points around 2x + 1:",
    );
    let points = [(-1.0, -0.9), (0.0, 0.8), (1.0, 3.3), (2.0, 4.8)];
    let examples = Examples::new(points.map(|(x, _)| [x]), points.map(|(_, y)| y))?;
    let mut neuron: Adaline<Tensor<f64>> = Adaline::new(1);
    let zero = neuron.weight.item() == 0.0 && neuron.bias.item() == 0.0;
    Descent::batch(0.3, 500).fit(&mut neuron, &examples)?;
    let (w, b) = nearest_line(&points);
    let least = [w, b];
    let found = [neuron.weight.item(), neuron.bias.item()];
    page.table(
        &["", "w", "b"],
        vec![named("descent from zeros, 500 epochs", found, 6), named("least squares, by formula", least, 6)],
    );
    page.shows(
        "zero-init",
        "hidden units that start at 0, or all at 0.5, are equal bit for bit after each of 500 steps, and \
         the loss stays above 0.2; random ones part, and it falls below 0.01. E's \"cannot start at \
         zeros\" is false for its linear neuron, which finds the least-squares line",
        ends[0].0
            && ends[1].0
            && !ends[2].0
            && ends[0].1 > 0.2
            && ends[1].1 > 0.2
            && ends[2].1 < 0.01
            && zero
            && (found[0] - least[0]).abs() < 1e-9
            && (found[1] - least[1]).abs() < 1e-9,
    );
    Ok(())
}

/// The largest difference between two units of a hidden layer: in the weights that they read with, in their biases, and in
/// the weights that they are read with.
fn difference(net: &Net) -> f64 {
    let mut largest: f64 = 0.0;
    for pair in net.layers.windows(2) {
        let (layer, next) = (&pair[0], &pair[1]);
        let bias = layer.bias.as_ref().expect("the layers have biases");
        for unit in 1..bias.count() {
            for input in 0..layer.weight.shape()[1] {
                largest = largest.max((layer.weight.at(&[unit, input]) - layer.weight.at(&[0, input])).abs());
            }
            largest = largest.max((bias.data()[unit] - bias.data()[0]).abs());
            for reader in 0..next.weight.shape()[0] {
                largest = largest.max((next.weight.at(&[reader, unit]) - next.weight.at(&[reader, 0])).abs());
            }
        }
    }
    largest
}

/// The weights from input 1 to the units of the first layer.
fn first_weights(net: &Net) -> [f64; 3] {
    [0, 1, 2].map(|unit| net.layers[0].weight.at(&[unit, 0]))
}
