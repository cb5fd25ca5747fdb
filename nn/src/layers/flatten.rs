//! `Flatten`: each example as one row.

use autograd::{Element, Var};

use crate::layers::Forward;
use crate::module;

/// Each example as one row: `[batch, ..] -> [batch, features]`; what stands between images and a fully connected layer.
///
/// ```
/// use nn::prelude::*;
/// let net = Sequential((Flatten, Linear::new(28 * 28, 10, &mut nn::rng(1))));
/// assert_eq!(net.predict(|g, net| net.forward(g.zeros([64, 28, 28]))).shape(), [64, 10]);
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Flatten;
module!(keep Flatten);

impl Flatten {
    /// `[batch, ..] -> [batch, features]`.
    ///
    /// # Panics
    /// If `x` is a single number.
    #[track_caller]
    pub fn forward<'g, T: Element>(&self, x: Var<'g, T>) -> Var<'g, T> {
        let shape = x.shape();
        assert!(shape.rank() > 0, "Flatten: a single number has no axis that counts examples");
        x.reshape([shape[0], shape[1..].iter().product()])
    }
}

impl<'g, T: Element> Forward<'g, T> for Flatten {
    fn forward(&self, x: Var<'g, T>) -> Var<'g, T> {
        Flatten::forward(self, x)
    }
}
