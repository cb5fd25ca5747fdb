//! `Forward`: what maps one tensor to another.

use autograd::{Element, Var};

use crate::summary::Trace;

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

    /// [`forward`](Forward::forward), which also writes down what was done: what
    /// [`summary`](crate::Summarize::summary) shows. Unless written otherwise, the layer is one row; a layer of
    /// layers hands each to [`Trace::child`].
    #[track_caller]
    fn trace(&self, x: Var<'g, T>, trace: &mut Trace) -> Var<'g, T> {
        let y = self.forward(x);
        trace.row(short_name::<Self>(), y);
        y
    }
}

/// The name of a type without its path and its parameters.
fn short_name<L: ?Sized>() -> &'static str {
    let full = std::any::type_name::<L>();
    let path = full.split('<').next().unwrap_or(full);
    path.rsplit("::").next().unwrap_or(path)
}

/// A boxed layer is the layer.
impl<'g, T: Element, L: Forward<'g, T>> Forward<'g, T> for Box<L> {
    fn forward(&self, x: Var<'g, T>) -> Var<'g, T> {
        (**self).forward(x)
    }

    fn trace(&self, x: Var<'g, T>, trace: &mut Trace) -> Var<'g, T> {
        (**self).trace(x, trace)
    }
}

/// A layer that is absent changes nothing.
///
/// ```
/// use nn::prelude::*;
/// let without: Option<Dropout> = None;
/// let net = Sequential((Linear::new(2, 1, &mut nn::rng(1)), without));
/// assert_eq!(net.predict(|g, net| net.forward(g.ones([3, 2]))).shape(), [3, 1]);
/// ```
impl<'g, T: Element, L: Forward<'g, T>> Forward<'g, T> for Option<L> {
    fn forward(&self, x: Var<'g, T>) -> Var<'g, T> {
        match self {
            Some(layer) => layer.forward(x),
            None => x,
        }
    }

    fn trace(&self, x: Var<'g, T>, trace: &mut Trace) -> Var<'g, T> {
        match self {
            Some(layer) => layer.trace(x, trace),
            None => x,
        }
    }
}
