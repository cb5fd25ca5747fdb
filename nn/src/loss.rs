//! Losses: how far predictions are from what was wanted, as one number.

use autograd::{Element, Var};

use crate::data::Labels;

/// The mean squared error over all elements: prediction and target have one shape, the loss `[]`.
///
/// ```
/// use nn::prelude::*;
/// let g = Graph::new();
/// let loss = mse(g.constant([[1.0], [4.0]]), g.constant([[1.0], [2.0]]));
/// assert_eq!(loss.item(), 2.0);
/// ```
///
/// # Panics
/// If the shapes differ: `[n]` and `[n, 1]` would otherwise broadcast to `[n, n]`.
#[track_caller]
pub fn mse<'g, T: Element>(prediction: Var<'g, T>, target: Var<'g, T>) -> Var<'g, T> {
    same_shape("mse", prediction, target);
    (prediction - target).square().mean()
}

/// The binary cross-entropy of logits in nats, -t ln σ(x) - (1 - t) ln(1 - σ(x)), as mean over all
/// elements; targets are from 0 to 1.
///
/// Computed as softplus(x) - t x, which neither overflows nor takes the logarithm of 0.
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
    same_shape("bce_with_logits", logits, targets);
    (logits.softplus() - logits * targets).mean()
}

/// The cross-entropy of logits `[batch, classes]` with labels in nats, -ln softmax(logits)\[label\],
/// as mean over the rows.
///
/// ```
/// use nn::prelude::*;
/// let g = Graph::f64();
/// let labels = Labels::new([0, 1], 2)?;
/// let loss = cross_entropy(g.constant([[0.0, 0.0], [-1000.0, 1000.0]]), &labels);
/// assert!((loss.item() - 0.5 * 2.0_f64.ln()).abs() < 1e-15);
/// # Ok::<(), nn::data::DataError>(())
/// ```
///
/// # Panics
/// If there is not one row of logits per label, and one logit per class.
#[track_caller]
pub fn cross_entropy<'g, T: Element>(logits: Var<'g, T>, labels: &Labels) -> Var<'g, T> {
    CrossEntropy::default().forward(logits, labels)
}

/// How the losses of the rows become one node.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Reduction {
    /// Their mean: shape `[]`.
    #[default]
    Mean,
    /// Their sum: shape `[]`.
    Sum,
    /// None: one loss per row, shape `[batch, 1]`.
    None,
}

/// [`cross_entropy`] with options.
///
/// ```
/// use nn::prelude::*;
/// use nn::{CrossEntropy, Reduction};
/// let g = Graph::new();
/// let labels = Labels::new([0, 1], 2)?;
/// let loss = CrossEntropy { reduction: Reduction::None, ..CrossEntropy::default() };
/// let rows = loss.forward(g.constant([[1000.0, 0.0], [1000.0, 0.0]]), &labels);
/// assert_eq!(rows.value().data(), [0.0, 1000.0]);
/// # Ok::<(), nn::data::DataError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub struct CrossEntropy {
    /// How the losses of the rows become one.
    pub reduction: Reduction,
    /// The share of probability, from 0 to 1, that is wanted spread evenly over all classes instead of on the
    /// label (Szegedy et al. 2015, arXiv 1512.00567).
    pub smoothing: f64,
}

impl CrossEntropy {
    /// The loss of logits `[batch, classes]`.
    ///
    /// # Panics
    /// If there is not one row of logits per label, and one logit per class.
    #[track_caller]
    pub fn forward<'g, T: Element>(&self, logits: Var<'g, T>, labels: &Labels) -> Var<'g, T> {
        let shape = logits.shape();
        assert!(
            shape == [labels.len(), labels.classes()],
            "cross_entropy: logits of shape {shape} for {} labels of {} classes: it takes one row per label \
             and one column per class, shape [{0}, {1}]",
            labels.len(),
            labels.classes(),
        );
        // The largest logit becomes 0, so that no exponential overflows; the loss does not depend on it.
        let shifted = logits - logits.detach().max_keepdim(-1);
        let normalizer = shifted.exp().sum_keepdim(-1).ln();
        // Rows stay a column [batch, 1] to the end: then all of it is one pass over the logits.
        let mut rows = normalizer - shifted.pick(labels.indices());
        if self.smoothing != 0.0 {
            let even = normalizer - shifted.mean_keepdim(-1);
            rows = rows + (even - rows) * self.smoothing;
        }
        match self.reduction {
            Reduction::Mean => rows.mean(),
            Reduction::Sum => rows.sum(),
            Reduction::None => rows,
        }
    }
}

#[track_caller]
fn same_shape<'g, T: Element>(name: &str, prediction: Var<'g, T>, target: Var<'g, T>) {
    let (shape, wanted) = (prediction.shape(), target.shape());
    assert!(
        shape == wanted,
        "{name}: predictions of shape {shape} and targets of shape {wanted}: they must be the same, \
         as broadcasting would compare each with many; reshape one of them"
    );
}
