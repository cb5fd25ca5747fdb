//! `Linear`: the fully connected layer.

use autograd::{Element, Tensor, Var};
use rand::Rng;

use crate::forward::Forward;
use crate::init::Init;
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
    pub fn new(inputs: usize, outputs: usize, rng: &mut impl Rng) -> Linear {
        Linear::with_init(inputs, outputs, Init::XavierUniform, rng)
    }

    /// As [`new`](Linear::new), with another way to draw the weights.
    ///
    /// ```
    /// use nn::{Init, Linear};
    /// let layer = Linear::with_init(784, 128, Init::HeUniform, &mut nn::rng(1));
    /// assert_eq!(layer.weight.shape(), [128, 784]);
    /// ```
    pub fn with_init(inputs: usize, outputs: usize, init: Init, rng: &mut impl Rng) -> Linear {
        Linear {
            weight: init.draw([outputs, inputs], inputs, outputs, rng),
            bias: Some(Tensor::zeros([outputs])),
        }
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
