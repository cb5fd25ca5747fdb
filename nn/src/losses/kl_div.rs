//! The Kullback-Leibler divergence.

use autograd::{Element, Var};

use super::checks;
use super::reduction::{Losses, Reduction};

/// The Kullback-Leibler divergence D(target ‖ prediction) = Σ t (ln t - x) in nats, as mean over the rows: predictions x are
/// log-probabilities, targets t probabilities, both `[batch, classes]`.
///
/// What coding the targets' distribution by the predicted one costs (Kullback, Leibler 1951): 0 where they are equal, else
/// greater, and not the same the other way round. A target of 0 adds nothing, whatever its prediction.
///
/// ```
/// use nn::{losses::kl_div, prelude::*};
/// let g = Graph::f64();
/// let (p, q) = (g.constant([[0.5, 0.5]]), g.constant([[0.25, 0.75]]));
/// assert_eq!(kl_div(p.ln(), p).item(), 0.0);
/// assert!((kl_div(q.ln(), p).item() - 0.5 * (4.0_f64 / 3.0).ln()).abs() < 1e-15); // D(p ‖ q)
/// ```
///
/// # Panics
/// If the shapes differ, or are not `[batch, classes]`.
#[track_caller]
pub fn kl_div<'g, T: Element>(log_probabilities: Var<'g, T>, targets: Var<'g, T>) -> Var<'g, T> {
    KlDiv::default().forward(log_probabilities, targets)
}

/// [`kl_div`] with options.
///
/// ```
/// use nn::{losses::KlDiv, prelude::*};
/// let g = Graph::f64();
/// let (student, teacher) = (g.constant([[0.0, 1.0]]), g.constant([[0.5, 0.5]]));
/// let loss = KlDiv { log_target: true, ..KlDiv::default() };
/// assert!(loss.forward(student.log_softmax(-1), teacher.log_softmax(-1)).item() > 0.0);
/// ```
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub struct KlDiv {
    /// How the divergences of the rows become one loss.
    pub reduction: Reduction,
    /// Whether targets are log-probabilities too.
    pub log_target: bool,
}

forward! {
    /// The divergences of targets from log-probabilities, both `[batch, classes]`.
    ///
    /// # Panics
    /// If the shapes differ, or are not `[batch, classes]`.
    kl_div: KlDiv(log_probabilities: Var<'g, T>, targets: Var<'g, T>)
}

impl KlDiv {
    #[track_caller]
    fn each<'g, T: Element>(&self, log_probabilities: Var<'g, T>, targets: Var<'g, T>) -> Var<'g, T> {
        checks::rows("kl_div", "log-probabilities and targets", log_probabilities, targets);
        let (p, ln_p) = if self.log_target { (targets.exp(), targets) } else { (targets, targets.ln()) };
        // Chosen, as 0 ln 0 would be NaN.
        p.gt(0.0).where_(p * (ln_p - log_probabilities), 0.0).sum_keepdim(-1)
    }
}
