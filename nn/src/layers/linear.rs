//! `Linear`: the fully connected layer.

use autograd::{Element, Tensor, Var};
use rand::Rng;

use crate::check::{at_least_one, or_panic};
use crate::config::ConfigError;
use crate::init::Init;
use crate::layers::Forward;
use crate::module;

/// A fully connected layer: x · weightᵀ + bias.
///
/// ```
/// use nn::prelude::*;
/// let layer = Linear { weight: Tensor::from([[1.0, 2.0], [3.0, 4.0]]), bias: Some(Tensor::from([0.5, 0.0])) };
/// let y = layer.predict(|g, layer| layer.forward(g.constant([[1.0, 1.0]])));
/// assert_eq!(y.data(), [3.5, 7.0]);
/// ```
#[derive(Clone, Debug)]
pub struct Linear<P = Tensor> {
    /// `[out, in]`: a row of weights per neuron.
    pub weight: P,
    /// `[out]`, or none.
    pub bias: Option<P>,
}
module!(Linear { param weight, optional bias });

impl Linear {
    /// A layer of `outputs` neurons that read `inputs` numbers; weights by
    /// [`Init::XavierUniform`], biases 0. For double precision [`cast`](crate::Model::cast) it.
    ///
    /// # Panics
    /// If one of the widths is 0.
    #[track_caller]
    pub fn new(inputs: usize, outputs: usize, rng: &mut impl Rng) -> Linear {
        or_panic(Linear::builder(inputs, outputs).build(rng))
    }

    /// As [`new`](Linear::new), with another way to draw the weights.
    ///
    /// ```
    /// use nn::{Init, Linear};
    /// let layer = Linear::with_init(784, 128, Init::HeUniform, &mut nn::rng(1));
    /// assert_eq!(layer.weight.shape(), [128, 784]);
    /// ```
    ///
    /// # Panics
    /// If one of the widths is 0, or a number of `init` cannot be.
    #[track_caller]
    pub fn with_init(inputs: usize, outputs: usize, init: Init, rng: &mut impl Rng) -> Linear {
        or_panic(Linear::builder(inputs, outputs).init(init).build(rng))
    }

    /// A layer with options, for widths that come from outside: mistakes are errors.
    ///
    /// ```
    /// use nn::{Init, Linear};
    /// let mut rng = nn::rng(1);
    /// let layer = Linear::builder(4, 2).init(Init::Orthogonal(1.0)).bias(false).build(&mut rng)?;
    /// assert!(layer.bias.is_none());
    /// let error = Linear::builder(4, 0).build(&mut rng).unwrap_err();
    /// assert_eq!(error.to_string(), "Linear: outputs is 0, but must be at least 1");
    /// # Ok::<(), nn::ConfigError>(())
    /// ```
    pub fn builder(inputs: usize, outputs: usize) -> LinearBuilder {
        LinearBuilder { inputs, outputs, bias: true, init: Init::XavierUniform, bias_init: Init::Zeros }
    }
}

/// What a [`Linear`] is to be: from [`Linear::builder`].
#[derive(Clone, Debug)]
#[must_use = "a builder makes nothing until build()"]
pub struct LinearBuilder {
    inputs: usize,
    outputs: usize,
    bias: bool,
    init: Init,
    bias_init: Init,
}

impl LinearBuilder {
    /// Whether there is a bias; there is, unless said otherwise.
    pub fn bias(mut self, bias: bool) -> LinearBuilder {
        self.bias = bias;
        self
    }

    /// How weights are drawn; [`Init::XavierUniform`] unless said otherwise.
    pub fn init(mut self, init: Init) -> LinearBuilder {
        self.init = init;
        self
    }

    /// How biases are drawn; 0 unless said otherwise.
    pub fn bias_init(mut self, init: Init) -> LinearBuilder {
        self.bias_init = init;
        self
    }

    /// The layer.
    ///
    /// # Errors
    /// Names a width that is 0, or a number of an [`Init`] that cannot be.
    pub fn build(self, rng: &mut impl Rng) -> Result<Linear, ConfigError> {
        let LinearBuilder { inputs, outputs, bias, init, bias_init } = self;
        at_least_one("Linear", "inputs", inputs)?;
        at_least_one("Linear", "outputs", outputs)?;
        init.check([outputs, inputs])?;
        bias_init.check([outputs])?;
        let weight = init.draw([outputs, inputs], inputs, outputs, rng);
        let bias = bias.then(|| bias_init.draw([outputs], inputs, outputs, rng));
        Ok(Linear { weight, bias })
    }
}

impl<P> Linear<P> {
    /// This layer without its bias.
    ///
    /// ```
    /// use nn::prelude::*;
    /// assert_eq!(Linear::new(2, 3, &mut nn::rng(1)).without_bias().parameter_count(), 6);
    /// ```
    pub fn without_bias(self) -> Linear<P> {
        Linear { bias: None, ..self }
    }
}

impl<'g, T: Element> Linear<Var<'g, T>> {
    /// `[batch, in] -> [batch, out]`, also with several leading axes.
    ///
    /// # Panics
    /// If the last extent of `x` is not the number of inputs, or `x` has fewer than two axes.
    #[track_caller]
    pub fn forward(&self, x: Var<'g, T>) -> Var<'g, T> {
        let y = x.matmul_t(self.weight);
        match self.bias {
            Some(bias) => y + bias,
            None => y,
        }
    }
}

impl<'g, T: Element> Forward<'g, T> for Linear<Var<'g, T>> {
    fn forward(&self, x: Var<'g, T>) -> Var<'g, T> {
        Linear::forward(self, x)
    }
}
