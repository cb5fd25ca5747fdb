//! `MlpBuilder`: what an `Mlp` is to be, checked when it is built.

use rand::Rng;
use smallvec::SmallVec;

use crate::check::{at_least_one, must};
use crate::config::ConfigError;
use crate::init::Init;
use crate::layers::{Activation, Dropout, Linear, Mlp};

/// What an [`Mlp`] is to be: from [`Mlp::builder`].
#[derive(Clone, Debug)]
#[must_use = "a builder makes nothing until build()"]
pub struct MlpBuilder {
    inputs: usize,
    hidden: Vec<(usize, Activation)>,
    outputs: usize,
    output_activation: Activation,
    bias: bool,
    dropout: f64,
    init: Option<Init>,
    bias_init: Init,
}

impl MlpBuilder {
    pub(super) fn new(inputs: usize) -> MlpBuilder {
        MlpBuilder {
            inputs,
            hidden: Vec::new(),
            outputs: 0,
            output_activation: Activation::Identity,
            bias: true,
            dropout: 0.0,
            init: None,
            bias_init: Init::Zeros,
        }
    }

    /// More hidden layers: their widths, and the activation that follows each.
    pub fn hidden(mut self, widths: &[usize], activation: Activation) -> MlpBuilder {
        self.hidden.extend(widths.iter().map(|&width| (width, activation)));
        self
    }

    /// The width of the last layer, which must be said.
    pub fn output(mut self, outputs: usize) -> MlpBuilder {
        self.outputs = outputs;
        self
    }

    /// What follows the last layer; nothing unless said otherwise, as losses of logits want it.
    pub fn output_activation(mut self, activation: Activation) -> MlpBuilder {
        self.output_activation = activation;
        self
    }

    /// Whether layers have biases; they have, unless said otherwise.
    pub fn bias(mut self, bias: bool) -> MlpBuilder {
        self.bias = bias;
        self
    }

    /// The share of numbers that [`Dropout`] drops after each hidden activation; none unless said otherwise.
    pub fn dropout(mut self, p: f64) -> MlpBuilder {
        self.dropout = p;
        self
    }

    /// How all weights are drawn; as suits the activation that follows ([`Activation::init`]) unless said otherwise.
    pub fn init(mut self, init: Init) -> MlpBuilder {
        self.init = Some(init);
        self
    }

    /// How all biases are drawn; 0 unless said otherwise.
    pub fn bias_init(mut self, init: Init) -> MlpBuilder {
        self.bias_init = init;
        self
    }

    /// The network.
    ///
    /// # Errors
    /// Names a width that is 0 or missing, a share dropped that is not in [0, 1), or a number of an activation or an
    /// [`Init`] that cannot be.
    pub fn build(self, rng: &mut impl Rng) -> Result<Mlp, ConfigError> {
        at_least_one("Mlp", "inputs", self.inputs)?;
        let widths: Vec<usize> = self.hidden.iter().map(|&(width, _)| width).collect();
        must(!widths.contains(&0), "Mlp", "hidden", &widths, "widths of at least 1")?;
        for (_, activation) in &self.hidden {
            activation.check()?;
        }
        at_least_one("Mlp", "output", self.outputs)?;
        self.output_activation.check()?;
        let dropout = Dropout { p: self.dropout };
        dropout.check()?;

        let (mut layers, mut activations) = (SmallVec::new(), SmallVec::new());
        let mut inputs = self.inputs;
        for (width, activation) in self.hidden.into_iter().chain([(self.outputs, self.output_activation)]) {
            let init = self.init.unwrap_or(activation.init());
            let layer = Linear::builder(inputs, width).init(init).bias(self.bias).bias_init(self.bias_init);
            layers.push(layer.build(rng)?);
            activations.push(activation);
            inputs = width;
        }
        Ok(Mlp { layers, activations, dropout })
    }
}
