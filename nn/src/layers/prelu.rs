//! `PRelu`: a rectifier whose slope is learned.

use autograd::{Element, Tensor, Var};

use super::layer_norm::last_axis_fits;
use crate::check::at_least_one;
use crate::config::ConfigError;
use crate::layers::Forward;
use crate::module;

/// x for x > 0, else weight · x, with a weight that is learned, 0.25 at first (He et al. 2015, arXiv 1502.01852).
///
/// The slope at 0 is the weight, as that of `LeakyRelu`. Leave the weight out of weight decay, which would make a plain
/// rectifier of it.
///
/// ```
/// use nn::prelude::*;
/// let y = PRelu::new().predict(|g, layer| layer.forward(g.constant([[-2.0, 4.0]])));
/// assert_eq!(y.data(), [-0.5, 4.0]);
/// ```
#[derive(Clone, Debug)]
pub struct PRelu<P = Tensor> {
    /// `[1]`, or `[features]`: one slope for all numbers, or one for each place of the last axis.
    pub weight: P,
}
module!(PRelu { param weight });

impl Default for PRelu {
    fn default() -> PRelu {
        PRelu::new()
    }
}

impl PRelu {
    /// One slope for all numbers.
    pub fn new() -> PRelu {
        PRelu { weight: Tensor::full([1], 0.25) }
    }

    /// A slope for each place of the last axis.
    ///
    /// # Errors
    /// Names a number of features that is 0.
    ///
    /// ```
    /// assert_eq!(nn::PRelu::per_feature(3)?.weight.shape(), [3]);
    /// # Ok::<(), nn::ConfigError>(())
    /// ```
    pub fn per_feature(features: usize) -> Result<PRelu, ConfigError> {
        at_least_one("PRelu", "features", features)?;
        Ok(PRelu { weight: Tensor::full([features], 0.25) })
    }
}

impl<'g, T: Element> PRelu<Var<'g, T>> {
    /// `[.., features] -> [.., features]`.
    ///
    /// # Panics
    /// If there is more than one slope, and not one for each place of the last axis of `x`.
    #[track_caller]
    pub fn forward(&self, x: Var<'g, T>) -> Var<'g, T> {
        last_axis_fits("PRelu", x, Some(self.weight).filter(|weight| weight.shape().count() != 1));
        x.gt(0.0).where_(x, x * self.weight)
    }
}

impl<'g, T: Element> Forward<'g, T> for PRelu<Var<'g, T>> {
    fn forward(&self, x: Var<'g, T>) -> Var<'g, T> {
        PRelu::forward(self, x)
    }
}
