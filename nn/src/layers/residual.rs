//! `Residual`: layers whose output is added to their input.

use autograd::{Element, Var};

use crate::layers::Forward;
use crate::module;
use crate::summary::Trace;

/// x + f(x), for layers f that keep the shape (He, Zhang, Ren, Sun 2016, arXiv 1512.03385): gradients reach the layers
/// before it undiminished. Its parameters have the names that they have in f.
///
/// ```
/// use nn::prelude::*;
/// let mut rng = nn::rng(1);
/// let block = Residual(Sequential((Linear::new(4, 8, &mut rng), nn::Relu, Linear::new(8, 4, &mut rng))));
/// let y = block.predict(|g, block| block.forward(g.ones([2, 4])));
/// assert_eq!(y.shape(), [2, 4]);
/// ```
#[derive(Clone, Debug)]
pub struct Residual<L>(
    /// What is added to its input.
    pub L,
);
module!(Residual<L> { inner 0 });

impl<L> Residual<L> {
    /// `x` plus the output of the inner layers for `x`.
    ///
    /// # Panics
    /// If the output has another shape than `x`, which broadcasting would hide.
    #[track_caller]
    pub fn forward<'g, T: Element>(&self, x: Var<'g, T>) -> Var<'g, T>
    where
        L: Forward<'g, T>,
    {
        add(x, self.0.forward(x))
    }
}

#[track_caller]
fn add<'g, T: Element>(x: Var<'g, T>, y: Var<'g, T>) -> Var<'g, T> {
    let (shape, found) = (x.shape(), y.shape());
    assert!(
        shape == found,
        "Residual: the inner layers make shape {found} of an input of shape {shape}, and cannot be added to it: \
         end with a layer that has as many outputs as the first has inputs"
    );
    x + y
}

impl<'g, T: Element, L: Forward<'g, T>> Forward<'g, T> for Residual<L> {
    fn forward(&self, x: Var<'g, T>) -> Var<'g, T> {
        Residual::forward(self, x)
    }

    fn trace(&self, x: Var<'g, T>, trace: &mut Trace) -> Var<'g, T> {
        let y = add(x, self.0.trace(x, trace));
        trace.row("Residual", y);
        y
    }
}
