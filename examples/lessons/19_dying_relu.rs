//! Dying ReLU units: how they come about, how they are counted, and the leaky ReLU.

use std::error::Error;

use autograd::prelude::*;
use nn::plot::{Chart, Color, Dash, Figure, Marker, Series};
use nn::prelude::*;
use nn::{Init, LeakyRelu, Relu};

use super::page::Page;

const UNITS: usize = 64;
const POINTS: usize = 80;

pub(crate) fn lesson(page: &mut Page) -> Result<(), Box<dyn Error>> {
    page.text(
        "A ReLU unit is off where w·x + b < 0: there its output is 0, and so is its derivative. If that is so for every example, \
         no gradient reaches its weights, and it stays off for ever: it is dead. The leaky ReLU, 0.01 z below 0, always lets a \
         little of the gradient through.",
    );
    page.formula("max(z, 0)′ = 1 for z > 0, else 0     leaky: 1 for z > 0, else 0.01");
    let x = Tensor::from_fn([POINTS, 1], |i| -1.0 + 2.0 * i as f32 / (POINTS - 1) as f32);
    let y = x.map(|x| (3.0 * x).sin());

    page.text("Off is not dead. Of 64 fresh units with bias 0 and random inputs, half are off for any one input, and none for all:");
    let inputs: Tensor = Init::Normal(1.0).draw([200, 16], 16, UNITS, &mut nn::rng(2));
    let layer = Linear::with_init(16, UNITS, Init::HeNormal, &mut nn::rng(3));
    let out = layer.predict(|g, layer| layer.forward(g.constant(&inputs)).relu());
    let off = out.data().iter().filter(|&&a| a == 0.0).count() as f64 / out.count() as f64;
    let dead = dead_columns(&out);
    page.formula(format!("share of outputs that are exactly 0: {:.0} %,  dead units: {dead} of {UNITS}", 100.0 * off));
    page.text("So activity is sparse: with each input another half of the units speaks, and the others cost nothing and learn nothing from it.");

    page.text(
        "Units die of a bias that is too negative, or of one step too long. On the left below, the biases of an untrained network \
         1-64-1 are set; on the right a network is trained for 60 steps of Adam to follow sin 3x, with growing learning rates.",
    );
    let biases: Vec<f32> = (0..=12).map(|i| -0.5 * i as f32).collect();
    let by_bias: Vec<(f64, f64)> = biases
        .iter()
        .map(|&bias| {
            let net = network(Relu, bias);
            (f64::from(bias), dead_units(&net, &x) as f64)
        })
        .collect();
    let mut by_rate = [Vec::new(), Vec::new()];
    let mut table = Vec::new();
    for rate in [0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0] {
        let mut row = vec![rate.to_string()];
        for (activation, counts) in [Relu, LeakyRelu(0.01)].into_iter().zip(&mut by_rate) {
            let mut net = network(activation, 0.0);
            let mut adam = Adam::new(rate);
            for _ in 0..60 {
                adam.step(&mut net, |g, net| mse(net.forward(g.constant(&x)), g.constant(&y)))?;
            }
            counts.push((rate, dead_units(&net, &x) as f64));
            row.push(dead_units(&net, &x).to_string());
        }
        table.push(row);
    }
    page.table(&["learning rate", "ReLU units off for all inputs", "leaky units below 0 for all inputs"], table);
    let figure = Figure::new("Units that are off for every input, of 64")
        .columns(2)
        .panel(
            Chart::new("by the first bias")
                .x_label("bias of all units")
                .y_label("dead units")
                .with(Series::line(by_bias.iter().copied()).color(Color::BLUE).marker(Marker::Disc))
                .y_range(0.0..=68.0),
        )
        .panel(
            Chart::new("by the learning rate, after 60 steps")
                .x_label("learning rate")
                .y_label("units")
                .log_x()
                .with(Series::line(by_rate[0].clone()).named("ReLU: dead").color(Color::BLUE).marker(Marker::Disc))
                .with(
                    Series::line(by_rate[1].clone())
                        .named("leaky: below 0")
                        .color(Color::VERMILION)
                        .dash(Dash::Dashed)
                        .marker(Marker::Square),
                )
                .y_range(0.0..=68.0),
        );
    page.picture(
        "19_dying_relu_counts",
        figure.to_svg(),
        "Left: the more negative the bias, the more units never speak. Right: a large learning rate throws the weights so far that \
         units are dead after it.",
    );

    page.text(
        "Can a unit come back? One unit a = f(w x + b) shall learn a = x for x from 0 to 1, and starts with w = b = -0.5, off for all \
         of them. The gradient of the ReLU unit is exactly 0, so descent never moves it. The leaky unit has a hundredth of a \
         gradient: it creeps up, wakes, and learns.",
    );
    let inputs = Tensor::from_fn([11, 1], |i| i as f32 / 10.0);
    let mut chart = Chart::new("One unit that starts off").x_label("step").y_label("mean squared error").y_range(0.0..);
    let mut single = Vec::new();
    for (name, activation, color, dash) in
        [("ReLU", Relu, Color::BLUE, Dash::Solid), ("leaky ReLU", LeakyRelu(0.01), Color::VERMILION, Dash::Dashed)]
    {
        let mut unit = Linear { weight: Tensor::from([[-0.5]]), bias: Some(Tensor::from([-0.5])) };
        let mut sgd = Sgd::new(0.5);
        let mut losses = Vec::new();
        for step in 0..400 {
            let loss = sgd.step(&mut unit, |g, unit| {
                let x = g.constant(&inputs);
                mse(activation.forward(unit.forward(x)), x)
            })?;
            losses.push((f64::from(step), f64::from(loss)));
        }
        single.push((losses[399].1, unit.weight.item()));
        chart = chart.with(Series::line(losses).named(name).color(color).dash(dash));
    }
    page.picture(
        "19_dying_relu_unit",
        chart.to_svg(),
        "The ReLU unit stays off for ever. The leaky unit creeps up until it is on, and then learns in a few steps.",
    );
    page.text(
        "That is no reason for careless first weights: 64 leaky units that are all below 0 are linear, so all they can do is find the \
         best straight line. All biases of the network 1-64-1 at -6, 300 steps of Adam:",
    );
    let (mut table, mut errors, mut gradients) = (Vec::new(), Vec::new(), Vec::new());
    for (name, activation) in [("ReLU", Relu), ("leaky ReLU", LeakyRelu(0.01))] {
        let mut net = network(activation, -6.0);
        let (_, gradient) = net.value_and_grad(|g, net| mse(net.forward(g.constant(&x)), g.constant(&y)))?;
        let largest = gradient.layers[0].weight.data().iter().fold(0.0_f32, |most, d| most.max(d.abs()));
        let mut adam = Adam::new(0.02);
        let mut loss = 0.0;
        for _ in 0..300 {
            loss = adam.step(&mut net, |g, net| mse(net.forward(g.constant(&x)), g.constant(&y)))?;
        }
        let zero = if largest == 0.0 { "0 exactly" } else { "not 0" };
        table.push(vec![name.to_owned(), zero.to_owned(), format!("{loss:.3}")]);
        errors.push(loss);
        gradients.push(largest);
    }
    page.table(&["units", "gradient of the hidden weights at first", "mean squared error"], table);
    page.shows(
        "dying-relu",
        "fresh ReLU units are off for 45 to 55 % of inputs and none is dead; with bias -6 all 64 are, their gradient is exactly 0; \
         Adam kills at most 10 of 64 at rate 0.01 and more than half at rate 1; a leaky unit that starts off learns, a ReLU unit does not",
        (0.45..0.55).contains(&off)
            && dead == 0
            && by_bias[0].1 == 0.0
            && by_bias[12].1 == 64.0
            && by_rate[0][1].1 <= 10.0
            && by_rate[0][5].1 > 32.0
            && single[0].1 == -0.5
            && single[1].0 < 1e-3
            && gradients[0] == 0.0
            && gradients[1] > 0.0
            && errors[0] > 0.5
            && (0.17..0.18).contains(&errors[1]),
    );
    Ok(())
}

/// A network 1-64-1 whose hidden units have this bias.
fn network(activation: Activation, bias: f32) -> Mlp {
    let mut net = Mlp::new(&[1, UNITS, 1], activation, &mut nn::rng(19));
    net.layers[0].weight = Init::Normal(2.0).draw([UNITS, 1], 1, UNITS, &mut nn::rng(6));
    net.layers[0].bias = Some(Tensor::full([UNITS], bias));
    net
}

/// How many hidden units are below 0 for every input: dead, if they are ReLU.
fn dead_units(net: &Mlp, x: &Tensor) -> usize {
    dead_columns(&net.layers[0].predict(|g, layer| layer.forward(g.constant(x)).relu()))
}

fn dead_columns(out: &Tensor) -> usize {
    let units = out.shape()[1];
    (0..units).filter(|&unit| out.data().iter().skip(unit).step_by(units).all(|&a| a == 0.0)).count()
}
