//! `Mlp`: fully connected layers with functions between them.

use autograd::{Element, Tensor, Var};
use rand::Rng;
use smallvec::SmallVec;

use crate::check::{must, or_panic};
use crate::layers::{Activation, Dropout, Forward, Linear, MlpBuilder};
use crate::module;
use crate::summary::Trace;

/// A multi-layer perceptron: fully connected layers, an activation after each but the last.
///
/// ```
/// use nn::prelude::*;
/// use nn::Relu;
/// let net = Mlp::new(&[784, 128, 10], Relu, &mut nn::rng(1));
/// assert_eq!(net.parameter_count(), 784 * 128 + 128 + 128 * 10 + 10);
/// let logits = net.predict(|g, net| net.forward(g.zeros([64, 784])));
/// assert_eq!(logits.shape(), [64, 10]);
/// ```
#[derive(Clone, Debug)]
pub struct Mlp<P = Tensor> {
    /// First to last; up to eight need no memory of their own.
    pub layers: SmallVec<[Linear<P>; 8]>,
    /// What follows each layer; the last is [`Identity`](Activation::Identity) unless said otherwise. A layer for which
    /// there is none is followed by nothing.
    pub activations: SmallVec<[Activation; 8]>,
    /// Follows each activation but the last; with `p` = 0, as it is unless said otherwise, there is none.
    pub dropout: Dropout,
}
module!(Mlp { child layers, keep activations, keep dropout });

impl Mlp {
    /// A network of the given widths, inputs first, outputs last; biases 0, weights drawn as
    /// suits the activation ([`Activation::init`]).
    ///
    /// # Panics
    /// If there are fewer than two widths, or one of them is 0.
    #[track_caller]
    pub fn new(widths: &[usize], activation: Activation, rng: &mut impl Rng) -> Mlp {
        let wanted = "at least two numbers, that of the inputs and that of the outputs";
        or_panic(must(widths.len() >= 2, "Mlp", "widths", widths, wanted));
        let (hidden, last) = (&widths[1..widths.len() - 1], widths[widths.len() - 1]);
        or_panic(Mlp::builder(widths[0]).hidden(hidden, activation).output(last).build(rng))
    }

    /// A network with options, for widths that come from outside: mistakes are errors.
    ///
    /// ```
    /// use nn::prelude::*;
    /// use nn::{Init, Relu, Softmax, Tanh};
    /// let mut rng = nn::rng(1);
    /// let net = Mlp::builder(784)
    ///     .hidden(&[128, 64], Relu) // two layers with one activation,
    ///     .hidden(&[32], Tanh) // and one with another
    ///     .output(10)
    ///     .output_activation(Softmax(-1))
    ///     .dropout(0.2)
    ///     .init(Init::HeNormal)
    ///     .build(&mut rng)?;
    /// assert_eq!(net.layers.len(), 4);
    ///
    /// let error = Mlp::builder(784).hidden(&[128, 0], Relu).output(10).build(&mut rng).unwrap_err();
    /// assert_eq!(error.to_string(), "Mlp: hidden is [128, 0], but must be widths of at least 1");
    /// # Ok::<(), ConfigError>(())
    /// ```
    pub fn builder(inputs: usize) -> MlpBuilder {
        MlpBuilder::new(inputs)
    }
}

impl<P> Mlp<P> {
    /// This network with a function after its last layer.
    ///
    /// ```
    /// use nn::prelude::*;
    /// use nn::{Sigmoid, Tanh};
    /// let net = Mlp::new(&[2, 8, 1], Tanh, &mut nn::rng(1)).output(Sigmoid);
    /// let p = net.predict(|g, net| net.forward(g.constant([[0.0, 1.0]]))).item();
    /// assert!(0.0 < p && p < 1.0);
    /// ```
    pub fn output(mut self, output: Activation) -> Mlp<P> {
        self.activations.resize(self.layers.len(), Activation::Identity);
        if let Some(last) = self.activations.last_mut() {
            *last = output;
        }
        self
    }

    /// What follows a layer.
    pub(crate) fn activation(&self, layer: usize) -> Activation {
        self.activations.get(layer).copied().unwrap_or(Activation::Identity)
    }
}

impl<'g, T: Element> Mlp<Var<'g, T>> {
    /// `[batch, inputs] -> [batch, outputs]`, also with several leading axes.
    ///
    /// # Panics
    /// If the last extent of `x` is not the number of inputs, or `x` has fewer than two axes; with dropout, if the
    /// graph is for neither training nor inference.
    #[track_caller]
    pub fn forward(&self, x: Var<'g, T>) -> Var<'g, T> {
        let mut y = x;
        for (number, layer) in self.layers.iter().enumerate() {
            y = self.activation(number).forward(layer.forward(y));
            if number + 1 < self.layers.len() {
                y = self.dropout.forward(y);
            }
        }
        y
    }
}

impl<'g, T: Element> Forward<'g, T> for Mlp<Var<'g, T>> {
    fn forward(&self, x: Var<'g, T>) -> Var<'g, T> {
        Mlp::forward(self, x)
    }

    fn trace(&self, x: Var<'g, T>, trace: &mut Trace) -> Var<'g, T> {
        let mut y = x;
        for (number, layer) in self.layers.iter().enumerate() {
            y = trace.child(format_args!("layers.{number}"), layer, y);
            let activation = self.activation(number);
            if activation != Activation::Identity {
                y = trace.child(format_args!("activations.{number}"), &activation, y);
            }
            if self.dropout.p > 0.0 && number + 1 < self.layers.len() {
                y = trace.child("dropout", &self.dropout, y);
            }
        }
        y
    }
}
