//! `Mlp`: fully connected layers with a function between them.

use autograd::{Element, Tensor, Var};
use rand::Rng;
use smallvec::SmallVec;

use crate::activation::Activation;
use crate::forward::Forward;
use crate::init::Init;
use crate::linear::Linear;
use crate::module;

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
    /// Follows each layer but the last.
    pub activation: Activation,
    /// Follows the last layer; [`Identity`](Activation::Identity) unless said otherwise.
    pub output: Activation,
}
module!(Mlp { child layers, keep activation, keep output });

impl Mlp {
    /// A network of the given widths, inputs first, outputs last; biases 0, weights drawn as
    /// suits the activation ([`Activation::init`]).
    ///
    /// # Panics
    /// If there are fewer than two widths.
    #[track_caller]
    pub fn new(widths: &[usize], activation: Activation, rng: &mut impl Rng) -> Mlp {
        assert!(
            widths.len() >= 2,
            "Mlp: widths {widths:?}: at least two are needed, that of the inputs and that of the outputs"
        );
        let last = widths.len() - 2;
        let mut layers = SmallVec::new();
        for (number, pair) in widths.windows(2).enumerate() {
            let init = if number == last { Init::XavierUniform } else { activation.init() };
            layers.push(Linear::with_init(pair[0], pair[1], init, rng));
        }
        Mlp { layers, activation, output: Activation::Identity }
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
    pub fn output(self, output: Activation) -> Mlp<P> {
        Mlp { output, ..self }
    }
}

impl<'g, T: Element> Mlp<Var<'g, T>> {
    /// `[batch, inputs] -> [batch, outputs]`, also with several leading axes.
    ///
    /// # Panics
    /// If the last extent of `x` is not the number of inputs, or `x` has fewer than two axes.
    #[track_caller]
    pub fn forward(&self, x: Var<'g, T>) -> Var<'g, T> {
        let mut y = x;
        let last = self.layers.len() - 1;
        for (number, layer) in self.layers.iter().enumerate() {
            let activation = if number == last { self.output } else { self.activation };
            y = activation.forward(layer.forward(y));
        }
        y
    }
}

impl<'g, T: Element> Forward<'g, T> for Mlp<Var<'g, T>> {
    fn forward(&self, x: Var<'g, T>) -> Var<'g, T> {
        Mlp::forward(self, x)
    }
}
