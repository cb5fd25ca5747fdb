//! Vanishing gradients: why deep networks of sigmoids hardly learn, measured, and what helps.

use std::error::Error;

use autograd::prelude::*;
use nn::data::xor_clouds;
use nn::plot::{Chart, Color, Dash, Marker, Series};
use nn::prelude::*;
use nn::{Init, Relu, Sigmoid, Tanh};

use super::page::{Lesson, Page};

pub(crate) const LESSON: Lesson = Lesson {
    file: "18_vanishing.rs",
    name: "vanishing-gradients",
    title: "Vanishing gradients, and cures",
    run: lesson,
};

const WIDTH: usize = 32;
const DEEPEST: usize = 20;

/// A network of hidden layers of one width.
#[derive(Clone, Copy)]
struct Kind {
    name: &'static str,
    activation: Activation,
    init: Init,
    form: Form,
    color: Color,
    dash: Dash,
}

/// What is done beside the layers and their activations.
#[derive(Clone, Copy, PartialEq)]
enum Form {
    Plain,
    BatchNorm,
    Residual,
}

const fn kind(name: &'static str, activation: Activation, init: Init, form: Form, color: Color, dash: Dash) -> Kind {
    Kind { name, activation, init, form, color, dash }
}

/// Plain networks, by activation and first weights.
const PLAIN: [Kind; 5] = [
    kind("sigmoid, Xavier", Sigmoid, Init::XavierNormal, Form::Plain, Color::VERMILION, Dash::Solid),
    kind("tanh, normal 0.05", Tanh, Init::Normal(0.05), Form::Plain, Color::ORANGE, Dash::DashDotted),
    kind("ReLU, Xavier", Relu, Init::XavierNormal, Form::Plain, Color::PURPLE, Dash::Dotted),
    kind("tanh, Xavier", Tanh, Init::XavierNormal, Form::Plain, Color::GREEN, Dash::Dashed),
    kind("ReLU, He", Relu, Init::HeNormal, Form::Plain, Color::BLUE, Dash::Solid),
];

/// The first two, with help.
const CURED: [Kind; 2] = [
    kind("sigmoid + batch norm", Sigmoid, Init::XavierNormal, Form::BatchNorm, Color::SKY, Dash::Dashed),
    kind("tanh 0.05 + residual", Tanh, Init::Normal(0.05), Form::Residual, Color::BLACK, Dash::Dotted),
];

impl Kind {
    fn network(self, inputs: usize, width: usize, depth: usize, rng: &mut nn::Rng) -> Sequential<Vec<Layer>> {
        let mut layers: Vec<Layer> = Vec::new();
        for number in 0..depth {
            let mut block: Vec<Layer> = Vec::new();
            let below = if number == 0 { inputs } else { width };
            block.push(Linear::with_init(below, width, self.init, rng).into());
            if self.form == Form::BatchNorm {
                block.push(BatchNorm::new(width).into());
            }
            block.push(self.activation.into());
            if self.form == Form::Residual && number > 0 {
                layers.push(Residual(Sequential(block)).into());
            } else {
                layers.extend(block);
            }
        }
        layers.push(Linear::with_init(width, 1, Init::XavierNormal, rng).into());
        Sequential(layers)
    }

    /// The norm of the gradient by the weights of each layer, first to last, before any training.
    fn norms(self, depth: usize) -> Result<Vec<f64>, Box<dyn Error>> {
        let mut rng = nn::rng(18);
        let x: Tensor<f64> = Init::Normal(1.0).draw([WIDTH, WIDTH], 1, 1, &mut rng);
        let y: Tensor<f64> = Init::Normal(1.0).draw([WIDTH, 1], 1, 1, &mut rng);
        let net = self.network(WIDTH, WIDTH, depth, &mut rng).cast::<f64>();
        let (_, gradient) = net.value_and_grad(|g, net| mse(net.forward(g.constant(&x)), g.constant(&y)))?;
        let mut norms = Vec::new();
        gradient.visit(&mut |_, tensor| {
            // Matrices are weights; biases and the numbers of batch norms are vectors.
            if tensor.shape().rank() == 2 {
                norms.push(tensor.data().iter().map(|x| x * x).sum::<f64>().sqrt());
            }
        });
        Ok(norms)
    }

    fn line(self, points: impl IntoIterator<Item = (f64, f64)>) -> Series {
        Series::line(points).named(self.name).color(self.color).dash(self.dash)
    }
}

fn lesson(page: &mut Page) -> Result<(), Box<dyn Error>> {
    page.text(
        "The derivative of the logistic function is s′ = s (1 - s): at most ¼, and nearly nothing where the unit is saturated. \
         The tangent of tanh reaches 1, and that of ReLU is 1 wherever the unit is on:",
    );
    let slopes = |z: f64| {
        let z = Dual::variable(z);
        [z.sigmoid().tangent, z.tanh().tangent, z.relu().tangent]
    };
    let row = |z: f64| [z.to_string()].into_iter().chain(slopes(z).map(|s| format!("{s:.3e}"))).collect();
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
    let trained = [PLAIN[0], PLAIN[3], PLAIN[4], CURED[0]];
    for (kind, marker) in trained.into_iter().zip([Marker::Cross, Marker::Disc, Marker::Square, Marker::Triangle, Marker::Plus, Marker::Diamond]) {
        let mut net = kind.network(2, 16, 10, &mut nn::rng(7));
        let mut adam = Adam::new(0.005);
        let mut losses = Vec::new();
        for step in 0..120 {
            let loss = adam.step(&mut net, |g, net| bce_with_logits(net.forward(g.constant(data.x())), g.constant(&y)))?;
            losses.push((f64::from(step), f64::from(loss)));
        }
        let last = losses[119].1;
        let marks = losses.iter().copied().step_by(20);
        curves = curves.with(kind.line(losses.iter().copied()));
        curves = curves.with(Series::points(marks).color(kind.color).marker(marker));
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
