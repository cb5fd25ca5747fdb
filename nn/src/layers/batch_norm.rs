//! `BatchNorm`: each feature to mean 0 and variance 1 over the batch.

use autograd::{Element, Tensor, Var};

use super::layer_norm::scale_and_shift;
use crate::check::{at_least_one, or_panic, positive, share};
use crate::config::ConfigError;
use crate::layers::{Forward, trains};
use crate::module;

/// For each feature, (x - mean) / √(variance + epsilon) · weight + bias (Ioffe, Szegedy 2015, arXiv 1502.03167).
///
/// While training, mean and variance are those of the batch, and a share `momentum` of them goes into the running ones, as
/// the next state of an optimiser's step; in use, the running ones are taken, so that rows do not depend on each other. The
/// variance that normalises is divided by n, the one that goes into the running variance by n - 1: as in PyTorch, whose
/// names the fields have. Used twice in a step, the running numbers follow the last use.
///
/// ```
/// use nn::prelude::*;
/// let mut norm = BatchNorm::new(1);
/// let x = Tensor::from([[1.0], [3.0]]);
/// // Training: mean 2, variance 1, of which a tenth goes into the running mean 0 and variance 1.
/// let (_, [y]) = Sgd::new(0.0).step_with(&mut norm, |g, norm| {
///     let y = norm.forward(g.constant(&x));
///     (y.sum(), [y])
/// })?;
/// assert!((y.data()[1] - 1.0).abs() < 1e-5 && y.data()[0] == -y.data()[1]);
/// assert_eq!(norm.running_mean.data(), [0.2]);
/// assert!((norm.running_var.item() - (0.9 + 0.1 * 2.0)).abs() < 1e-6); // of a sample: ((-1)² + 1²) / 1
/// // In use: (1 - 0.2) / √1.1.
/// let y = norm.predict(|g, norm| norm.forward(g.constant([[1.0]])));
/// assert!((y.item() - 0.8 / 1.1_f32.sqrt()).abs() < 1e-5);
/// # Ok::<(), StepError>(())
/// ```
#[derive(Clone, Debug)]
pub struct BatchNorm<P = Tensor> {
    /// `[features]`, or none: a factor for each feature; 1 at first.
    pub weight: Option<P>,
    /// `[features]`, or none: a shift for each feature; 0 at first.
    pub bias: Option<P>,
    /// `[features]`: the mean in use; 0 at first.
    pub running_mean: P,
    /// `[features]`: the variance in use; 1 at first.
    pub running_var: P,
    /// The share of a batch in the running numbers: running ← (1 - momentum) · running + momentum · batch.
    pub momentum: f64,
    /// Added to the variance, so that a feature that is constant divides by no 0.
    pub epsilon: f64,
}
module!(BatchNorm {
    optional weight, optional bias, state running_mean, state running_var, keep momentum, keep epsilon
});

impl BatchNorm {
    /// A layer for `features` numbers in a row, with weight and bias; momentum is 0.1, epsilon 1e-5.
    ///
    /// # Panics
    /// If `features` is 0.
    #[track_caller]
    pub fn new(features: usize) -> BatchNorm {
        or_panic(BatchNorm::builder(features).build())
    }

    /// A layer with options, for numbers that come from outside: mistakes are errors.
    ///
    /// ```
    /// use nn::BatchNorm;
    /// let norm = BatchNorm::builder(8).momentum(0.01).affine(false).build()?;
    /// assert!(norm.weight.is_none());
    /// let error = BatchNorm::builder(8).momentum(1.1).build().unwrap_err();
    /// assert_eq!(error.to_string(), "BatchNorm: momentum is 1.1, but must be at least 0 and at most 1");
    /// # Ok::<(), nn::ConfigError>(())
    /// ```
    pub fn builder(features: usize) -> BatchNormBuilder {
        BatchNormBuilder { features, momentum: 0.1, epsilon: 1e-5, affine: true }
    }
}

/// What a [`BatchNorm`] is to be: from [`BatchNorm::builder`].
#[derive(Clone, Debug)]
#[must_use = "a builder makes nothing until build()"]
pub struct BatchNormBuilder {
    features: usize,
    momentum: f64,
    epsilon: f64,
    affine: bool,
}

impl BatchNormBuilder {
    /// The share of a batch in the running numbers; 0.1 unless said otherwise.
    pub fn momentum(mut self, momentum: f64) -> BatchNormBuilder {
        self.momentum = momentum;
        self
    }

    /// What is added to the variance; 1e-5 unless said otherwise.
    pub fn epsilon(mut self, epsilon: f64) -> BatchNormBuilder {
        self.epsilon = epsilon;
        self
    }

    /// Whether there are a weight and a bias; there are, unless said otherwise.
    pub fn affine(mut self, affine: bool) -> BatchNormBuilder {
        self.affine = affine;
        self
    }

    /// The layer.
    ///
    /// # Errors
    /// Names a number of features that is 0, a momentum outside 0 to 1, or an epsilon that is not above 0.
    pub fn build(self) -> Result<BatchNorm, ConfigError> {
        let BatchNormBuilder { features, momentum, epsilon, affine } = self;
        at_least_one("BatchNorm", "features", features)?;
        share("BatchNorm", "momentum", momentum)?;
        positive("BatchNorm", "epsilon", epsilon)?;
        Ok(BatchNorm {
            weight: affine.then(|| Tensor::ones([features])),
            bias: affine.then(|| Tensor::zeros([features])),
            running_mean: Tensor::zeros([features]),
            running_var: Tensor::ones([features]),
            momentum,
            epsilon,
        })
    }
}

impl<'g, T: Element> BatchNorm<Var<'g, T>> {
    /// `[batch, features] -> [batch, features]`.
    ///
    /// # Panics
    /// If `x` is not a matrix with one column for each feature; if the graph is for neither training nor inference; and
    /// in training if the batch has fewer than two rows.
    #[track_caller]
    pub fn forward(&self, x: Var<'g, T>) -> Var<'g, T> {
        let (shape, features) = (x.shape(), self.running_mean.shape().count());
        assert!(
            shape.rank() == 2 && shape[1] == features,
            "BatchNorm: an input of shape {shape} for a layer of {features} features: it takes [batch, {features}]"
        );
        if !trains("BatchNorm", x.graph()) {
            let scale = (self.running_var + self.epsilon).rsqrt();
            return scale_and_shift((x - self.running_mean) * scale, self.weight, self.bias);
        }
        let rows = shape[0];
        assert!(
            rows > 1,
            "BatchNorm: a batch of shape {shape} has no variance to train with: take at least two rows \
             (drop_last() leaves out a last batch of one), or say inference()"
        );
        let mean = x.mean_keepdim(0);
        let centred = x - mean;
        let variance = centred.square().mean_keepdim(0);
        let (old, new) = (1.0 - self.momentum, self.momentum);
        let of_sample = new * rows as f64 / (rows - 1) as f64;
        self.running_mean.set_next(old * self.running_mean + new * mean.squeeze(0));
        self.running_var.set_next(old * self.running_var + of_sample * variance.squeeze(0));
        scale_and_shift(centred * (variance + self.epsilon).rsqrt(), self.weight, self.bias)
    }
}

impl<'g, T: Element> Forward<'g, T> for BatchNorm<Var<'g, T>> {
    fn forward(&self, x: Var<'g, T>) -> Var<'g, T> {
        BatchNorm::forward(self, x)
    }
}
