//! Binary cross-entropy, of logits and of probabilities.

use autograd::{Element, Tensor, Var};

use super::checks;
use super::reduction::{Losses, Reduction};
use crate::config::ConfigError;

/// The binary cross-entropy of logits in nats, -t ln σ(x) - (1 - t) ln(1 - σ(x)), as mean over all
/// elements; targets are from 0 to 1.
///
/// Computed as softplus(x) - t x, which neither overflows nor takes the logarithm of 0 (Goodfellow, Bengio, Courville 2016,
/// section 6.2.2.2).
///
/// ```
/// use nn::prelude::*;
/// let g = Graph::new();
/// let loss = bce_with_logits(g.constant([[1000.0], [-1000.0]]), g.constant([[1.0], [1.0]]));
/// assert_eq!(loss.item(), 500.0); // the mean of 0, a sure hit, and 1000, a sure miss
/// ```
///
/// # Panics
/// If the shapes differ.
#[track_caller]
pub fn bce_with_logits<'g, T: Element>(logits: Var<'g, T>, targets: Var<'g, T>) -> Var<'g, T> {
    BceWithLogits::default().forward(logits, targets)
}

/// The cross-entropy of K independent sigmoid outputs, the sum over the outputs as mean over the rows:
/// -1/m Σᵢ Σₖ (t ln σ(x) + (1 - t) ln(1 - σ(x))) for logits and targets `[m, K]` (Bishop 2006, eq. 5.23).
///
/// For rows that may belong to several classes at once, or to none. For exactly one of K classes there is
/// [`cross_entropy`](crate::cross_entropy), which is another function: it uses a softmax. This is K times
/// [`bce_with_logits`], which divides by m K.
///
/// ```
/// use nn::{losses::multilabel_bce_with_logits, prelude::*};
/// let g = Graph::new();
/// let (logits, targets) = (g.zeros([2, 3]), g.constant([[1.0, 1.0, 0.0], [0.0, 0.0, 1.0]]));
/// let loss = multilabel_bce_with_logits(logits, targets).item();
/// assert!((loss - 3.0 * std::f32::consts::LN_2).abs() < 1e-6); // ln 2 for each output
/// ```
///
/// # Panics
/// If the shapes differ.
#[track_caller]
pub fn multilabel_bce_with_logits<'g, T: Element>(logits: Var<'g, T>, targets: Var<'g, T>) -> Var<'g, T> {
    BceWithLogits { reduction: Reduction::BatchMean, ..BceWithLogits::default() }.forward(logits, targets)
}

/// [`bce_with_logits`] with options.
///
/// ```
/// use nn::{losses::BceWithLogits, prelude::*};
/// let g = Graph::new();
/// // One row in four is a yes: a missed yes costs three times a missed no.
/// let loss = BceWithLogits { pos_weight: vec![3.0], ..BceWithLogits::default() };
/// let miss = |logit, target| loss.forward(g.constant([logit]), g.constant([target])).item();
/// assert_eq!((miss(-1000.0, 1.0), miss(1000.0, 0.0)), (3000.0, 1000.0));
/// ```
#[derive(Clone, PartialEq, Debug, Default)]
pub struct BceWithLogits {
    /// How the losses of the elements become one.
    pub reduction: Reduction,
    /// Factors of the term t ln σ(x), for targets of which few are 1: one number for all columns, or one each, at least 0;
    /// empty, the default, is 1. Unlike other weights they do not enter what a mean divides by.
    pub pos_weight: Vec<f64>,
}

forward! {
    /// The losses of logits and targets of one shape.
    ///
    /// # Panics
    /// If the shapes differ, there are several `pos_weight`s but not one for each column, or [`check`](Self::check) fails.
    bce_with_logits: BceWithLogits(logits: Var<'g, T>, targets: Var<'g, T>)
}

impl BceWithLogits {
    /// Whether the options can be.
    ///
    /// # Errors
    /// If a `pos_weight` is negative or not finite.
    pub fn check(&self) -> Result<(), ConfigError> {
        checks::require_weights("BceWithLogits", "pos_weight", &self.pos_weight)
    }

    #[track_caller]
    fn each<'g, T: Element>(&self, logits: Var<'g, T>, targets: Var<'g, T>) -> Var<'g, T> {
        checks::same_shape("bce_with_logits", logits, targets);
        checks::options(self.check());
        let factor = match self.pos_weight[..] {
            [] => return logits.softplus() - logits * targets,
            [one] => logits.graph().number(one),
            ref each => {
                let columns = logits.shape().last().copied().unwrap_or(1);
                assert!(
                    each.len() == columns,
                    "bce_with_logits: {} pos_weights for logits of shape {}: it takes one for all, or one for each \
                     of the {columns} columns",
                    each.len(),
                    logits.shape()
                );
                logits.graph().constant(Tensor::from_fn([columns], |i| T::from_f64(each[i])))
            }
        };
        // Each term by itself: their difference would lose the small one beside a large logit.
        (1.0 - targets) * logits.softplus() + targets * factor * (-logits).softplus()
    }
}

/// The binary cross-entropy of probabilities in nats, -t ln p - (1 - t) ln(1 - p), as mean over all
/// elements; targets are from 0 to 1 (Bishop 2006, eq. 4.90).
///
/// Logarithms stop at ln 10⁻¹² ≈ -27.6, so that a sure miss costs 27.6 and not infinity; there the slope is that at 10⁻¹² and
/// not 0, so that a sure miss is still corrected. If there are logits, [`bce_with_logits`] is exact.
///
/// ```
/// use nn::{losses::bce, prelude::*};
/// let g = Graph::f64();
/// let p = g.var([0.8, 0.0]);
/// let loss = bce(p, g.constant([1.0, 1.0]));
/// assert!((loss.item() - (-0.8_f64.ln() + 27.631) / 2.0).abs() < 1e-4);
/// assert!(loss.backward()[p].data()[1] < 0.0);
/// ```
///
/// # Panics
/// If the shapes differ.
#[track_caller]
pub fn bce<'g, T: Element>(probabilities: Var<'g, T>, targets: Var<'g, T>) -> Var<'g, T> {
    Bce::default().forward(probabilities, targets)
}

/// [`bce`] with options.
///
/// ```
/// use nn::losses::{Bce, Reduction};
/// use nn::prelude::*;
/// let g = Graph::f64();
/// let loss = Bce { epsilon: 0.01, reduction: Reduction::None };
/// let losses = loss.forward(g.constant([0.5, 0.0]), g.constant([1.0, 1.0])).value();
/// assert_eq!(losses.data(), [-0.5_f64.ln(), -0.01_f64.ln()]); // a sure miss costs no more than this
/// ```
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Bce {
    /// Probabilities below it count as it where a logarithm is taken: greater than 0 and less than 1; 10⁻¹² by default.
    pub epsilon: f64,
    /// How the losses of the elements become one.
    pub reduction: Reduction,
}

impl Default for Bce {
    fn default() -> Self {
        Bce { epsilon: 1e-12, reduction: Reduction::Mean }
    }
}

forward! {
    /// The losses of probabilities and targets of one shape.
    ///
    /// # Panics
    /// If the shapes differ, or [`check`](Self::check) fails.
    bce: Bce(probabilities: Var<'g, T>, targets: Var<'g, T>)
}

impl Bce {
    /// Whether the options can be.
    ///
    /// # Errors
    /// If `epsilon` is not between 0 and 1.
    pub fn check(&self) -> Result<(), ConfigError> {
        let holds = 0.0 < self.epsilon && self.epsilon < 1.0;
        checks::require(holds, "Bce", "epsilon", self.epsilon, "greater than 0 and less than 1")
    }

    #[track_caller]
    fn each<'g, T: Element>(&self, probabilities: Var<'g, T>, targets: Var<'g, T>) -> Var<'g, T> {
        checks::same_shape("bce", probabilities, targets);
        checks::options(self.check());
        let yes = targets * ln_from(probabilities, self.epsilon);
        let no = (1.0 - targets) * ln_from(1.0 - probabilities, self.epsilon);
        -(yes + no)
    }
}

/// ln max(p, least), with the slope 1 / max(p, least), which is not 0 below `least`.
#[track_caller]
fn ln_from<'g, T: Element>(p: Var<'g, T>, least: f64) -> Var<'g, T> {
    p.max(least).with_derivative_of(p).ln()
}
