//! `Forward`: what maps one tensor to another, and chains of it.

use autograd::{Element, Tensor, Var};

use crate::activation::Activation;
use crate::linear::Linear;
use crate::module;

/// A layer on a graph: maps a node to a node.
///
/// What chains and generic training functions ask for:
///
/// ```
/// use nn::prelude::*;
///
/// fn fit<M>(net: &mut M, x: &Tensor, y: &Tensor) -> Result<f32, StepError>
/// where
///     M: Model,
///     for<'g> M::With<Var<'g>>: Forward<'g>,
/// {
///     let mut sgd = Sgd::new(0.1);
///     sgd.step(net, |g, net| mse(net.forward(g.constant(x)), g.constant(y)))
/// }
///
/// let mut net = Linear::new(2, 1, &mut nn::rng(1));
/// let (x, y) = (Tensor::from([[1.0, 2.0]]), Tensor::from([[0.5]]));
/// let first = fit(&mut net, &x, &y)?;
/// assert!(fit(&mut net, &x, &y)? < first);
/// # Ok::<(), StepError>(())
/// ```
pub trait Forward<'g, T: Element = f32> {
    /// The layer's output for `x`.
    ///
    /// # Panics
    /// At the caller's line, if the layer does not take the shape of `x`.
    #[track_caller]
    fn forward(&self, x: Var<'g, T>) -> Var<'g, T>;
}

/// Layers one after the other: a tuple, an array or a vector of them.
///
/// ```
/// use nn::prelude::*;
/// use nn::Relu;
/// let mut rng = nn::rng(1);
/// let net = Sequential((Linear::new(2, 8, &mut rng), Relu, Linear::new(8, 3, &mut rng)));
/// let y = net.predict(|g, net| net.forward(g.constant([[1.0, 2.0]])));
/// assert_eq!(y.shape(), [1, 3]);
/// ```
#[derive(Clone, Debug)]
pub struct Sequential<L>(
    /// The layers, first to last.
    pub L,
);

module!(Sequential<L> { inner 0 });

macro_rules! chains {
    ($(($($L:ident $i:tt),+);)*) => {$(
        impl<'g, T: Element, $($L: Forward<'g, T>),+> Forward<'g, T> for Sequential<($($L,)+)> {
            fn forward(&self, x: Var<'g, T>) -> Var<'g, T> {
                $(let x = self.0.$i.forward(x);)+
                x
            }
        }
    )*};
}
chains! {
    (A 0);
    (A 0, B 1);
    (A 0, B 1, C 2);
    (A 0, B 1, C 2, D 3);
    (A 0, B 1, C 2, D 3, E 4);
    (A 0, B 1, C 2, D 3, E 4, F 5);
    (A 0, B 1, C 2, D 3, E 4, F 5, G 6);
    (A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7);
}

macro_rules! lists {
    ($([$($generics:tt)*] $List:ty;)*) => {$(
        impl<'g, T: Element, L: Forward<'g, T>, $($generics)*> Forward<'g, T> for Sequential<$List> {
            fn forward(&self, x: Var<'g, T>) -> Var<'g, T> {
                let mut y = x;
                for layer in &self.0 {
                    y = layer.forward(y);
                }
                y
            }
        }
    )*};
}
lists! {
    [] Vec<L>;
    [const N: usize] [L; N];
}

/// A layer chosen at run time: `Sequential(Vec<Layer>)` is a network read from a configuration.
///
/// ```
/// use nn::prelude::*;
/// use nn::Tanh;
/// let mut rng = nn::rng(1);
/// let mut net = Sequential(vec![]);
/// for (inputs, outputs) in [(2, 8), (8, 8)] {
///     net.0.push(Layer::Linear(Linear::new(inputs, outputs, &mut rng)));
///     net.0.push(Layer::Activation(Tanh));
/// }
/// let y = net.predict(|g, net| net.forward(g.constant([[1.0, 2.0]])));
/// assert_eq!(y.shape(), [1, 8]);
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Layer<P = Tensor> {
    /// A fully connected layer.
    Linear(Linear<P>),
    /// An elementwise function.
    Activation(Activation),
}
module!(
    enum Layer {
        Linear(child),
        Activation(keep),
    }
);

impl<'g, T: Element> Forward<'g, T> for Layer<Var<'g, T>> {
    fn forward(&self, x: Var<'g, T>) -> Var<'g, T> {
        match self {
            Layer::Linear(layer) => layer.forward(x),
            Layer::Activation(activation) => activation.forward(x),
        }
    }
}
