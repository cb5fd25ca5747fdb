//! Pictures of a network 2-2-1 for exclusive or: what it says everywhere, and one example in numbers.

use std::error::Error;

use nn::data::Gate;
use nn::plot::{Chart, DecisionRegions, class_points};
use nn::prelude::*;

use super::binary::{Net, probabilities};
use super::boundaries;

/// The class that a network says everywhere, and the line of each hidden unit.
pub(crate) fn regions(title: &str, net: &Net) -> Result<Chart, Box<dyn Error>> {
    let side = -0.5..=1.5;
    let chart = DecisionRegions::new(side.clone(), side.clone()).of_scores(|x| probabilities(net, x))?;
    let lines = boundaries::of_units(net, side).zip(["h₁ = 1/2", "h₂ = 1/2"]);
    let data = Gate::Xor.dataset();
    let points = class_points(data.x(), data.labels(), &["XOR = 0", "XOR = 1"])?;
    Ok(chart
        .title(title)
        .with_all(lines.map(|(line, name)| line.named(name)))
        .with_all(points.into_iter().map(|points| points.size(12.0))))
}

/// The drawing of the loss at one example with target 1.
pub(crate) fn loss_of(net: &Net, x: [f64; 2]) -> String {
    let tape = Tape::new().explaining();
    let numbers = |tensor: &Tensor<f64>, names: &[&str]| -> Vec<_> {
        tensor.data().iter().zip(names).map(|(&number, name)| tape.var(number).named(name)).collect()
    };
    let bias = |layer: usize| net.layers[layer].bias.as_ref().expect("the layers have biases");
    let x = numbers(&Tensor::from(x), &["x₁", "x₂"]);
    let w = numbers(&net.layers[0].weight, &["w₁₁", "w₁₂", "w₂₁", "w₂₂"]);
    let b = numbers(bias(0), &["b₁", "b₂"]);
    let v = numbers(&net.layers[1].weight, &["u₁", "u₂"]);
    let c = numbers(bias(1), &["c"]);
    let h1 = (tape.dot(&w[..2], &x) + b[0]).sigmoid().named("h₁");
    let h2 = (tape.dot(&w[2..], &x) + b[1]).sigmoid().named("h₂");
    let z = (tape.dot(&v, &[h1, h2]) + c[0]).named("z");
    (-z).softplus().named("loss").draw().to_svg()
}
