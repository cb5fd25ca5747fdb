//! `LayerNorm`: each row to mean 0 and variance 1.

use autograd::{Element, Tensor, Var};

use crate::check::{at_least_one, or_panic, positive};
use crate::config::ConfigError;
use crate::layers::Forward;
use crate::module;

/// Along the last axis, (x - mean) / √(variance + epsilon) · weight + bias (Ba, Kiros, Hinton 2016, arXiv 1607.06450).
///
/// The variance is the mean squared distance from the mean (divided by n). Rows do not see each other, so training and
/// use are the same.
///
/// ```
/// use nn::prelude::*;
/// let norm = LayerNorm::new(3);
/// let y = norm.predict(|g, norm| norm.forward(g.constant([[1.0, 2.0, 3.0], [10.0, 20.0, 30.0]])));
/// for row in y.data().chunks(3) {
///     assert!(row[1] == 0.0 && (row[2] - 1.5_f32.sqrt()).abs() < 1e-4 && row[0] == -row[2]);
/// }
/// ```
#[derive(Clone, Debug)]
pub struct LayerNorm<P = Tensor> {
    /// `[features]`, or none: a factor for each feature; 1 at first.
    pub weight: Option<P>,
    /// `[features]`, or none: a shift for each feature; 0 at first.
    pub bias: Option<P>,
    /// Added to the variance, so that a row of equal numbers divides by no 0.
    pub epsilon: f64,
}
module!(LayerNorm { optional weight, optional bias, keep epsilon });

impl LayerNorm {
    /// A layer for rows of `features` numbers, with weight and bias; epsilon is 1e-5.
    ///
    /// # Panics
    /// If `features` is 0.
    #[track_caller]
    pub fn new(features: usize) -> LayerNorm {
        or_panic(LayerNorm::builder(features).build())
    }

    /// A layer with options, for numbers that come from outside: mistakes are errors.
    ///
    /// ```
    /// use nn::LayerNorm;
    /// let norm = LayerNorm::builder(8).epsilon(1e-6).bias(false).build()?;
    /// assert!(norm.weight.is_some() && norm.bias.is_none());
    /// let error = LayerNorm::builder(8).epsilon(0.0).build().unwrap_err();
    /// assert_eq!(error.to_string(), "LayerNorm: epsilon is 0.0, but must be a finite number above 0");
    /// # Ok::<(), nn::ConfigError>(())
    /// ```
    pub fn builder(features: usize) -> LayerNormBuilder {
        LayerNormBuilder { features, epsilon: 1e-5, affine: true, bias: true }
    }
}

/// What a [`LayerNorm`] is to be: from [`LayerNorm::builder`].
#[derive(Clone, Debug)]
#[must_use = "a builder makes nothing until build()"]
pub struct LayerNormBuilder {
    features: usize,
    epsilon: f64,
    affine: bool,
    bias: bool,
}

impl LayerNormBuilder {
    /// What is added to the variance; 1e-5 unless said otherwise.
    pub fn epsilon(mut self, epsilon: f64) -> LayerNormBuilder {
        self.epsilon = epsilon;
        self
    }

    /// Whether there are a weight and a bias; there are, unless said otherwise.
    pub fn affine(mut self, affine: bool) -> LayerNormBuilder {
        self.affine = affine;
        self
    }

    /// Whether there is a bias beside the weight; there is, unless said otherwise.
    pub fn bias(mut self, bias: bool) -> LayerNormBuilder {
        self.bias = bias;
        self
    }

    /// The layer.
    ///
    /// # Errors
    /// Names a number of features that is 0, or an epsilon that is not above 0.
    pub fn build(self) -> Result<LayerNorm, ConfigError> {
        at_least_one("LayerNorm", "features", self.features)?;
        positive("LayerNorm", "epsilon", self.epsilon)?;
        let weight = self.affine.then(|| Tensor::ones([self.features]));
        let bias = (self.affine && self.bias).then(|| Tensor::zeros([self.features]));
        Ok(LayerNorm { weight, bias, epsilon: self.epsilon })
    }
}

impl<'g, T: Element> LayerNorm<Var<'g, T>> {
    /// `[.., features] -> [.., features]`.
    ///
    /// # Panics
    /// If the last extent of `x` is not the number of features.
    #[track_caller]
    pub fn forward(&self, x: Var<'g, T>) -> Var<'g, T> {
        last_axis_fits("LayerNorm", x, self.weight.or(self.bias));
        let centred = x - x.mean_keepdim(-1);
        let variance = centred.square().mean_keepdim(-1);
        scale_and_shift(centred * (variance + self.epsilon).rsqrt(), self.weight, self.bias)
    }
}

impl<'g, T: Element> Forward<'g, T> for LayerNorm<Var<'g, T>> {
    fn forward(&self, x: Var<'g, T>) -> Var<'g, T> {
        LayerNorm::forward(self, x)
    }
}

/// x · weight + bias, as far as there are any.
#[track_caller]
pub(super) fn scale_and_shift<'g, T: Element>(
    x: Var<'g, T>,
    weight: Option<Var<'g, T>>,
    bias: Option<Var<'g, T>>,
) -> Var<'g, T> {
    let scaled = match weight {
        Some(weight) => x * weight,
        None => x,
    };
    match bias {
        Some(bias) => scaled + bias,
        None => scaled,
    }
}

/// Panics unless the last axis of `x` is as long as a parameter: broadcasting would let an axis of 1 pass.
#[track_caller]
pub(super) fn last_axis_fits<'g, T: Element>(layer: &str, x: Var<'g, T>, parameter: Option<Var<'g, T>>) {
    let shape = x.shape();
    assert!(
        shape.rank() > 0,
        "{layer}: an input of shape {shape} is a single number: it takes rows of numbers, shape [.., features]"
    );
    if let Some(features) = parameter.map(|parameter| parameter.shape().count()) {
        assert!(
            shape[shape.rank() - 1] == features,
            "{layer}: an input of shape {shape} for a layer of {features} features: its last axis must have {features}"
        );
    }
}
