//! Deep networks of layers of one width, plain and with help, and the gradients of their layers.

use std::error::Error;

use autograd::prelude::*;
use nn::plot::{Color, Dash, Marker, Series};
use nn::prelude::*;
use nn::{Init, Relu, Sigmoid, Tanh};

/// Units of a layer, inputs and examples where gradients are measured.
const WIDTH: usize = 32;

/// A network of hidden layers of one width.
#[derive(Clone, Copy)]
pub(crate) struct Kind {
    pub(crate) name: &'static str,
    activation: Activation,
    init: Init,
    form: Form,
    color: Color,
    dash: Dash,
    marker: Marker,
}

/// What is done beside the layers and their activations.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Form {
    Plain,
    BatchNorm,
    Residual,
}

/// Plain networks, by activation and first weights.
pub(crate) const PLAIN: [Kind; 5] = [
    Kind {
        name: "sigmoid, Xavier",
        activation: Sigmoid,
        init: Init::XavierNormal,
        form: Form::Plain,
        color: Color::VERMILION,
        dash: Dash::Solid,
        marker: Marker::Cross,
    },
    Kind {
        name: "tanh, normal 0.05",
        activation: Tanh,
        init: Init::Normal(0.05),
        form: Form::Plain,
        color: Color::ORANGE,
        dash: Dash::DashDotted,
        marker: Marker::Diamond,
    },
    Kind {
        name: "ReLU, Xavier",
        activation: Relu,
        init: Init::XavierNormal,
        form: Form::Plain,
        color: Color::PURPLE,
        dash: Dash::Dotted,
        marker: Marker::Triangle,
    },
    Kind {
        name: "tanh, Xavier",
        activation: Tanh,
        init: Init::XavierNormal,
        form: Form::Plain,
        color: Color::GREEN,
        dash: Dash::Dashed,
        marker: Marker::Disc,
    },
    Kind {
        name: "ReLU, He",
        activation: Relu,
        init: Init::HeNormal,
        form: Form::Plain,
        color: Color::BLUE,
        dash: Dash::Solid,
        marker: Marker::Square,
    },
];

/// The first two, with help.
pub(crate) const CURED: [Kind; 2] = [
    Kind {
        name: "sigmoid + batch norm",
        form: Form::BatchNorm,
        color: Color::SKY,
        dash: Dash::Dashed,
        marker: Marker::Triangle,
        ..PLAIN[0]
    },
    Kind {
        name: "tanh 0.05 + residual",
        form: Form::Residual,
        color: Color::BLACK,
        dash: Dash::Dotted,
        marker: Marker::Plus,
        ..PLAIN[1]
    },
];

impl Kind {
    /// A network of `depth` hidden layers and one output.
    pub(crate) fn network(
        self,
        inputs: usize,
        width: usize,
        depth: usize,
        rng: &mut nn::Rng,
    ) -> Sequential<Vec<Layer>> {
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
    pub(crate) fn norms(self, depth: usize) -> Result<Vec<f64>, Box<dyn Error>> {
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

    /// A line of a chart in this network's style.
    pub(crate) fn line(self, points: impl IntoIterator<Item = (f64, f64)>) -> Series {
        Series::line(points).named(self.name).color(self.color).dash(self.dash).marker(self.marker)
    }
}
