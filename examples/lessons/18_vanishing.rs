//! Vanishing gradients: why deep networks of sigmoids hardly learn, measured, and what helps.

use std::error::Error;

use autograd::prelude::*;
use nn::data::xor_clouds;
use nn::plot::Chart;
use nn::prelude::*;

use super::cells::power;
use super::deep::{CURED, PLAIN};
use super::page::Page;

const DEEPEST: usize = 20;

pub(crate) fn lesson(page: &mut Page) -> Result<(), Box<dyn Error>> {
    page.text(
        "The derivative of the logistic function is s′ = s (1 - s): at most ¼, and nearly nothing where the unit is saturated. \
         The derivative of tanh reaches 1, and that of ReLU is 1 wherever the unit is on:",
    );
    let slopes = |z: f64| {
        let z = Dual::variable(z);
        [z.sigmoid().tangent, z.tanh().tangent, z.relu().tangent]
    };
    let row = |z: f64| [z.to_string()].into_iter().chain(slopes(z).map(|s| power(s, 3))).collect();
    page.table(&["z", "sigmoid′", "tanh′", "ReLU′"], [-10.0, -2.0, 0.0, 2.0, 10.0].map(row).to_vec());
    let largest = (-4000..=4000).map(|i| slopes(f64::from(i) * 0.01)[0]).fold(0.0, f64::max);
    let ends = [-10.0, 10.0].map(|z| (slopes(z)[0] * 1e7).round() / 1e7);

    page.text(
        "Backpropagation multiplies by one such factor, and by the weights, for each layer. Twenty factors of at most ¼ leave at most \
         0.25²⁰ = 9.1 · 10⁻¹³ of a gradient. How much is left depends on the weights too: Xavier draws them with variance \
         2 / (n_in + n_out), He with 2 / n_in, which makes up for the half of a signal that ReLU cuts off.",
    );
    let mut by_depth = Chart::new("Gradient of the first layer, by depth")
        .x_label("hidden layers")
        .y_label("norm of ∂loss/∂W of the first layer")
        .log_y();
    for kind in PLAIN {
        let mut points = Vec::new();
        for depth in 1..=DEEPEST {
            points.push((depth as f64, kind.norms(depth)?[0]));
        }
        by_depth = by_depth.with(kind.line(points));
    }
    page.picture(
        "18_vanishing_depth",
        by_depth.to_svg(),
        "Untrained networks of 32 units in each layer. For sigmoids, each layer more takes the same factor from the first layer's \
         gradient: a straight line on the logarithmic axis, over ten powers of ten. Weights that are too small do the same to \
         tanh. ReLU with He's weights stays level.",
    );

    let mut by_layer = Chart::new("Gradient of each layer in a network of 20")
        .x_label("layer, 1 next to the input, 21 the output")
        .y_label("norm of ∂loss/∂W of the layer")
        .log_y();
    let mut table = Vec::new();
    let (mut firsts, mut shares) = (Vec::new(), Vec::new());
    for kind in PLAIN.into_iter().chain(CURED) {
        let norms = kind.norms(DEEPEST)?;
        let share = norms[0] / norms[DEEPEST];
        table.push(vec![kind.name.to_owned(), format!("{:.0e}", norms[0]), format!("{share:.0e}")]);
        firsts.push(norms[0]);
        by_layer = by_layer.with(kind.line((1..).map(f64::from).zip(norms)));
        shares.push(share);
    }
    page.picture(
        "18_vanishing_layers",
        by_layer.to_svg(),
        "From right to left the gradient goes back through 20 hidden layers. Cures: ReLU with He's weights, tanh with Xavier's, or \
         for sigmoids batch normalisation, which keeps them unsaturated and scales up again; for small weights residual connections, \
         which lead the gradient around the layer.",
    );
    page.text("What is left of the gradient, first layer by last, in 20 hidden layers:");
    page.table(&["network", "norm of the first layer's", "first / last"], table);
    page.text(
        "With weights that are too small the signal vanishes on its way forward as well, so that the last layer's gradient is as small \
         as the first one's.",
    );

    page.text("Does it matter? The same networks with 10 hidden layers of 16 units, 120 steps of Adam on the clouds of exclusive or:");
    let data = xor_clouds(100, 0.3, &mut nn::rng(1));
    let y = Tensor::from_fn([data.len(), 1], |row| data.labels().as_slice()[row] as f32);
    let mut curves = Chart::new("Learning with 10 hidden layers").x_label("step").y_label("cross-entropy (nats)").y_range(0.0..=0.9);
    let mut table = Vec::new();
    let mut ends_at = Vec::new();
    for kind in [PLAIN[0], PLAIN[3], PLAIN[4], CURED[0]] {
        let mut net = kind.network(2, 16, 10, &mut nn::rng(7));
        let mut adam = Adam::new(0.005);
        let mut losses = Vec::new();
        for step in 0..120 {
            let loss = adam.step(&mut net, |g, net| bce_with_logits(net.forward(g.constant(data.x())), g.constant(&y)))?;
            losses.push((f64::from(step), f64::from(loss)));
        }
        let last = losses[119].1;
        curves = curves.with(kind.line(losses.into_iter().step_by(7)));
        table.push(vec![kind.name.to_owned(), format!("{last:.2}")]);
        ends_at.push(last);
    }
    page.table(&["network", "cross-entropy after 120 steps (nats)"], table);
    page.picture(
        "18_vanishing_training",
        curves.to_svg(),
        "The plain sigmoids stay at ln 2 = 0.69, the loss of guessing; each of the cures learns.",
    );
    page.shows(
        "vanishing",
        "s′ is at most 0.25, s′(±10) = 4.54e-5; in 20 layers the norm of the first layer's gradient is below 10⁻⁹ for sigmoids and for \
         tanh with small weights, above 0.01 for tanh with Xavier, ReLU with He, sigmoids with batch norm and small tanh with \
         residuals; sigmoids in 10 layers do not learn, the cures do",
        largest == 0.25
            && ends == [4.54e-5, 4.54e-5]
            && shares[0] < 1e-9
            && firsts[..2].iter().all(|&norm| norm < 1e-9)
            && firsts[3..].iter().all(|&norm| norm > 0.01)
            && ends_at[0] > 0.68
            && ends_at[1..].iter().all(|&loss| loss < 0.3),
    );
    Ok(())
}
