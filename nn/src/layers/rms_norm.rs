//! `RmsNorm`: each row to a root mean square of 1.

use autograd::{Element, Tensor, Var};

use super::layer_norm::{last_axis_fits, scale_and_shift};
use crate::check::{at_least_one, or_panic, positive};
use crate::config::ConfigError;
use crate::layers::Forward;
use crate::module;

/// Along the last axis, x / √(mean of x² + epsilon) · weight (Zhang, Sennrich 2019, arXiv 1910.07467): a
/// [`LayerNorm`](crate::LayerNorm) that leaves the mean where it is.
///
/// ```
/// use nn::prelude::*;
/// let y = RmsNorm::new(2).predict(|g, norm| norm.forward(g.constant([[3.0, 4.0]])));
/// let rms = 12.5_f32.sqrt(); // √((9 + 16) / 2)
/// assert!((y.data()[0] - 3.0 / rms).abs() < 1e-6 && (y.data()[1] - 4.0 / rms).abs() < 1e-6);
/// ```
#[derive(Clone, Debug)]
pub struct RmsNorm<P = Tensor> {
    /// `[features]`, or none: a factor for each feature; 1 at first.
    pub weight: Option<P>,
    /// Added to the mean square, so that a row of zeros divides by no 0.
    pub epsilon: f64,
}
module!(RmsNorm { optional weight, keep epsilon });

impl RmsNorm {
    /// A layer for rows of `features` numbers, with a weight; epsilon is 1e-6.
    ///
    /// # Panics
    /// If `features` is 0.
    #[track_caller]
    pub fn new(features: usize) -> RmsNorm {
        or_panic(RmsNorm::builder(features).build())
    }

    /// A layer with options, for numbers that come from outside: mistakes are errors.
    ///
    /// ```
    /// use nn::RmsNorm;
    /// let norm = RmsNorm::builder(8).epsilon(1e-5).build()?;
    /// assert_eq!(norm.weight.unwrap().data(), [1.0; 8]);
    /// assert!(RmsNorm::builder(0).build().is_err());
    /// # Ok::<(), nn::ConfigError>(())
    /// ```
    pub fn builder(features: usize) -> RmsNormBuilder {
        RmsNormBuilder { features, epsilon: 1e-6, affine: true }
    }
}

/// What an [`RmsNorm`] is to be: from [`RmsNorm::builder`].
#[derive(Clone, Debug)]
#[must_use = "a builder makes nothing until build()"]
pub struct RmsNormBuilder {
    features: usize,
    epsilon: f64,
    affine: bool,
}

impl RmsNormBuilder {
    /// What is added to the mean square; 1e-6 unless said otherwise.
    pub fn epsilon(mut self, epsilon: f64) -> RmsNormBuilder {
        self.epsilon = epsilon;
        self
    }

    /// Whether there is a weight; there is, unless said otherwise.
    pub fn affine(mut self, affine: bool) -> RmsNormBuilder {
        self.affine = affine;
        self
    }

    /// The layer.
    ///
    /// # Errors
    /// Names a number of features that is 0, or an epsilon that is not above 0.
    pub fn build(self) -> Result<RmsNorm, ConfigError> {
        at_least_one("RmsNorm", "features", self.features)?;
        positive("RmsNorm", "epsilon", self.epsilon)?;
        let weight = self.affine.then(|| Tensor::ones([self.features]));
        Ok(RmsNorm { weight, epsilon: self.epsilon })
    }
}

impl<'g, T: Element> RmsNorm<Var<'g, T>> {
    /// `[.., features] -> [.., features]`.
    ///
    /// # Panics
    /// If the last extent of `x` is not the number of features.
    #[track_caller]
    pub fn forward(&self, x: Var<'g, T>) -> Var<'g, T> {
        last_axis_fits("RmsNorm", x, self.weight);
        let mean_square = x.square().mean_keepdim(-1);
        scale_and_shift(x * (mean_square + self.epsilon).rsqrt(), self.weight, None)
    }
}

impl<'g, T: Element> Forward<'g, T> for RmsNorm<Var<'g, T>> {
    fn forward(&self, x: Var<'g, T>) -> Var<'g, T> {
        RmsNorm::forward(self, x)
    }
}
