//! `Activation`: the elementwise functions between layers, as values.

use autograd::{Element, Var};

use crate::forward::Forward;
use crate::init::Init;
use crate::module;

/// An elementwise function between layers; a layer without parameters.
///
/// Its variants are also names of this crate, so that a chain reads `Sequential((a, Relu, b))`.
///
/// ```
/// use nn::prelude::*;
/// let g = Graph::new();
/// let x = g.constant([-1.0, 2.0]);
/// assert_eq!(nn::Relu.forward(x).value().data(), [0.0, 2.0]);
/// ```
#[derive(Clone, Copy, PartialEq, Debug)]
#[non_exhaustive]
pub enum Activation {
    /// x.
    Identity,
    /// max(x, 0).
    Relu,
    /// x for x > 0, else this slope · x.
    LeakyRelu(f64),
    /// x for x > 0, else alpha · (eˣ - 1), with this alpha.
    Elu(f64),
    /// x · Φ(x), exact.
    Gelu,
    /// x · sigmoid(x), also called swish.
    Silu,
    /// ln(1 + eˣ).
    Softplus,
    /// The hyperbolic tangent.
    Tanh,
    /// 1 / (1 + e⁻ˣ).
    Sigmoid,
}

impl Activation {
    /// The function of `x`, elementwise.
    #[track_caller]
    pub fn forward<'g, T: Element>(&self, x: Var<'g, T>) -> Var<'g, T> {
        match *self {
            Activation::Identity => x,
            Activation::Relu => x.relu(),
            Activation::LeakyRelu(slope) => x.leaky_relu(slope),
            Activation::Elu(alpha) => x.elu(alpha),
            Activation::Gelu => x.gelu(),
            Activation::Silu => x.silu(),
            Activation::Softplus => x.softplus(),
            Activation::Tanh => x.tanh(),
            Activation::Sigmoid => x.sigmoid(),
        }
    }

    /// How weights before this function are usually drawn: He for rectifiers, which halve the
    /// variance, Xavier for the others.
    pub fn init(&self) -> Init {
        match self {
            Activation::Identity | Activation::Tanh | Activation::Sigmoid => Init::XavierUniform,
            _ => Init::HeUniform,
        }
    }
}

impl<'g, T: Element> Forward<'g, T> for Activation {
    fn forward(&self, x: Var<'g, T>) -> Var<'g, T> {
        Activation::forward(self, x)
    }
}

module!(keep Activation);
