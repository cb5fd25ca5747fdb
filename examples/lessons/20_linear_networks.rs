//! Layers without an activation between them are one layer: a deep linear network draws one straight line.

use std::error::Error;

use autograd::prelude::*;
use nn::data::xor_clouds;
use nn::plot::{DecisionRegions, Figure, class_points};
use nn::prelude::*;
use nn::{Identity, Init, Tanh};
use rand::RngExt;

use super::page::Page;

pub(crate) fn lesson(page: &mut Page) -> Result<(), Box<dyn Error>> {
    page.text(
        "Two layers without an activation between them do what one layer could do, because a product of matrices is a matrix:",
    );
    page.formula("W₂ (W₁ x + b₁) + b₂ = (W₂ W₁) x + (W₂ b₁ + b₂)");
    page.text("By hand, for three hidden units and one output:");
    let layers = [
        layer([[1.0, 2.0], [0.0, -1.0], [3.0, 1.0]], [1.0, 0.0, -2.0]),
        layer([[2.0, -1.0, 0.5]], [0.5]),
    ];
    let one = collapse(&layers);
    let (w, b) = (one.weight.data(), one.bias.as_ref().expect("a bias").item());
    page.formula("W₁ = (1 2; 0 -1; 3 1),  b₁ = (1, 0, -2),   W₂ = (2 -1 0.5),  b₂ = 0.5");
    page.formula(format!("W₂ W₁ = ({}, {}),   W₂ b₁ + b₂ = {b}", w[0], w[1]));
    let by_hand = w == [3.5, 5.5] && b == 1.5;

    page.text(
        "Numbers prove nothing in general, but they find mistakes: a hundred random networks of two to six linear layers, of \
         one to eight units each, beside the single layer that each collapses into, on random inputs.",
    );
    let mut rng = nn::rng(20);
    let mut largest = 0.0_f64;
    for _ in 0..100 {
        let widths: Vec<usize> = (0..rng.random_range(3..=7)).map(|_| rng.random_range(1..=8)).collect();
        let layers: Vec<Linear<Tensor<f64>>> = widths
            .windows(2)
            .map(|pair| Linear {
                weight: Init::Normal(1.0).draw([pair[1], pair[0]], pair[0], pair[1], &mut rng),
                bias: Some(Init::Normal(1.0).draw([pair[1]], pair[0], pair[1], &mut rng)),
            })
            .collect();
        let x: Tensor<f64> = Init::Normal(1.0).draw([5, widths[0]], 1, 1, &mut rng);
        let deep = Sequential(layers.clone()).predict(|g, net| net.forward(g.constant(&x)));
        let flat = collapse(&layers).predict(|g, net| net.forward(g.constant(&x)));
        let size = deep.data().iter().fold(1.0_f64, |size, y| size.max(y.abs()));
        for (deep, flat) in deep.data().iter().zip(flat.data()) {
            largest = largest.max((deep - flat).abs() / size);
        }
    }
    page.formula(format!(
        "largest difference of the 100 networks, relative to their outputs: {}",
        if largest < 1e-12 { "below 10⁻¹²".to_owned() } else { format!("{largest:e}") }
    ));

    page.text(
        "So depth alone does not help. Three linear layers and three layers with tanh are trained on four clouds of points whose \
         classes are those of exclusive or. The linear network ends with one straight line, whatever its depth; the \
         activation bends it.",
    );
    let data = xor_clouds(200, 0.3, &mut nn::rng(1));
    let x = data.x();
    let y = Tensor::from_fn([data.len(), 1], |row| data.labels().as_slice()[row] as f32);
    let mut table = Vec::new();
    let mut figure = Figure::new("The same three layers, without and with an activation").columns(2);
    let (mut shares, mut losses) = (Vec::new(), Vec::new());
    for (name, activation) in [("linear", Identity), ("tanh", Tanh)] {
        let mut net = Mlp::new(&[2, 8, 8, 1], activation, &mut nn::rng(3));
        let mut adam = Adam::new(0.02);
        let mut loss = 0.0;
        for _ in 0..150 {
            loss = adam.step(&mut net, |g, net| bce_with_logits(net.forward(g.constant(x)), g.constant(&y)))?;
        }
        let logits = net.predict(|g, net| net.forward(g.constant(x)));
        let right = logits.data().iter().zip(y.data()).filter(|(z, y)| (**z > 0.0) == (**y > 0.5)).count();
        let share = 100.0 * right as f64 / data.len() as f64;
        table.push(vec![format!("2-8-8-1, {name}"), format!("{loss:.2}"), format!("{share:.0} %")]);
        let regions = DecisionRegions::new(-2.5..=2.5, -2.5..=2.5).threshold(0.0).cells(80);
        let regions =
            regions.of_scores(|points| net.predict(|g, net| net.forward(g.constant(points))))?;
        let regions = regions.title(format!("{name}: {share:.0} % right")).equal_axes();
        figure = figure.panel(regions.with_all(class_points(x, data.labels(), &["class 0", "class 1"])?));
        shares.push(share);
        losses.push(loss);
    }
    page.table(&["network", "cross-entropy after training (nats)", "right"], table);
    page.picture(
        "20_linear_networks_regions",
        figure.to_svg(),
        "Three linear layers have one straight boundary, which cannot part the four clouds; with tanh between the layers the \
         same numbers of weights can.",
    );
    page.shows(
        "linear-networks",
        "W₂W₁ = (3.5, 5.5), W₂b₁ + b₂ = 1.5; 100 random networks equal their collapsed layer to 10⁻¹²; on exclusive or, three \
         linear layers get at most 76 % right, with tanh at least 99 %",
        by_hand && largest < 1e-12 && shares[0] <= 76.0 && losses[0] > 0.6 && shares[1] >= 99.0,
    );
    Ok(())
}

fn layer<const OUT: usize, const IN: usize>(weight: [[f64; IN]; OUT], bias: [f64; OUT]) -> Linear<Tensor<f64>> {
    Linear { weight: Tensor::from(weight), bias: Some(Tensor::from(bias)) }
}

/// The one layer that does what these linear layers do one after the other.
fn collapse(layers: &[Linear<Tensor<f64>>]) -> Linear<Tensor<f64>> {
    let g = Graph::f64();
    let parts = |layer: &Linear<Tensor<f64>>| {
        let layer = layer.on(&g);
        (layer.weight, layer.bias.expect("a bias"))
    };
    let (mut weight, mut bias) = parts(&layers[0]);
    for layer in &layers[1..] {
        let (next, shift) = parts(layer);
        (weight, bias) = (next.matmul(weight), next.matmul(bias) + shift);
    }
    let [weight, bias] = g.eval([weight, bias]);
    Linear { weight, bias: Some(bias) }
}
