//! `Layer`: a layer chosen at run time.

use autograd::{Element, Tensor, Var};

use crate::layers::{
    Activation, BatchNorm, Dropout, Flatten, Forward, LayerNorm, Linear, PRelu, Residual, RmsNorm, Sequential,
};
use crate::module;
use crate::summary::Trace;

/// A layer chosen at run time: `Sequential(Vec<Layer>)` is a network read from a configuration.
///
/// Every layer turns into one with `into()`; an [`Embedding`](crate::Embedding) is none, as it takes whole numbers.
///
/// ```
/// use nn::prelude::*;
/// use nn::Tanh;
/// let mut rng = nn::rng(1);
/// let mut layers: Vec<Layer> = Vec::new();
/// for (inputs, outputs) in [(2, 8), (8, 8)] {
///     layers.extend([Linear::builder(inputs, outputs).build(&mut rng)?.into(), Tanh.into(), Dropout::new(0.1).into()]);
/// }
/// let net = Sequential(layers);
/// let y = net.predict(|g, net| net.forward(g.constant([[1.0, 2.0]])));
/// assert_eq!(y.shape(), [1, 8]);
/// # Ok::<(), ConfigError>(())
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Layer<P = Tensor> {
    /// A fully connected layer.
    Linear(Linear<P>),
    /// A function without parameters.
    Activation(Activation),
    /// A rectifier whose slope is learned.
    PRelu(PRelu<P>),
    /// Numbers left out at random while training.
    Dropout(Dropout),
    /// Each feature to mean 0 and variance 1 over the batch.
    BatchNorm(BatchNorm<P>),
    /// Each row to mean 0 and variance 1.
    LayerNorm(LayerNorm<P>),
    /// Each row to a root mean square of 1.
    RmsNorm(RmsNorm<P>),
    /// Each example as one row.
    Flatten(Flatten),
    /// Layers whose output is added to their input.
    Residual(Residual<Sequential<Vec<Layer<P>>>>),
}
module!(
    enum Layer {
        Linear(child),
        Activation(keep),
        PRelu(child),
        Dropout(keep),
        BatchNorm(child),
        LayerNorm(child),
        RmsNorm(child),
        Flatten(keep),
        Residual(child),
    }
);

macro_rules! layers {
    ($($Variant:ident($Inner:ty);)+) => {
        impl<'g, T: Element> Forward<'g, T> for Layer<Var<'g, T>> {
            fn forward(&self, x: Var<'g, T>) -> Var<'g, T> {
                match self {
                    $(Layer::$Variant(layer) => layer.forward(x),)+
                }
            }

            fn trace(&self, x: Var<'g, T>, trace: &mut Trace) -> Var<'g, T> {
                match self {
                    $(Layer::$Variant(layer) => layer.trace(x, trace),)+
                }
            }
        }

        $(
            impl<P> From<$Inner> for Layer<P> {
                fn from(layer: $Inner) -> Layer<P> {
                    Layer::$Variant(layer)
                }
            }
        )+
    };
}
layers! {
    Linear(Linear<P>);
    Activation(Activation);
    PRelu(PRelu<P>);
    Dropout(Dropout);
    BatchNorm(BatchNorm<P>);
    LayerNorm(LayerNorm<P>);
    RmsNorm(RmsNorm<P>);
    Flatten(Flatten);
    Residual(Residual<Sequential<Vec<Layer<P>>>>);
}
