//! The focal loss.

use autograd::{Element, Var};

use super::checks;
use super::reduction::{Losses, Reduction};
use crate::config::ConfigError;

/// The focal loss of logits, -α (1 - p)^γ ln p with p the probability of what is right, as mean over all elements; targets are
/// 0 or 1.
///
/// For detectors whose examples are nearly all easy and negative: the factor (1 - p)^γ leaves out what is right
/// already (Lin et al. 2017, arXiv 1708.02002, eq. 5). γ = 2 and α = 0.25 for targets of 1, 0.75 for targets of 0, as in the paper.
///
/// Computed from softplus alone, as (1 - p)^γ = exp(-γ softplus(z)) and -ln p = softplus(-z), where z is the logit, its sign
/// turned for targets of 0.
///
/// ```
/// use nn::{losses::focal, prelude::*};
/// let g = Graph::f64();
/// let loss = |logit: f64| focal(g.constant([logit]), g.constant([1.0])).item();
/// assert!((loss(0.0) - 0.25 * 0.25 * 2.0_f64.ln()).abs() < 1e-15);
/// assert_eq!((loss(1000.0), loss(-1000.0)), (0.0, 250.0));
/// ```
///
/// # Panics
/// If the shapes differ.
#[track_caller]
pub fn focal<'g, T: Element>(logits: Var<'g, T>, targets: Var<'g, T>) -> Var<'g, T> {
    Focal::default().forward(logits, targets)
}

/// [`focal`] with options.
///
/// ```
/// use nn::{losses::Focal, prelude::*};
/// let g = Graph::f64();
/// let (x, t) = (g.constant([0.7, -2.0]), g.constant([1.0, 1.0]));
/// let plain = Focal { gamma: 0.0, alpha: None, ..Focal::default() };
/// assert!((plain.forward(x, t).item() - bce_with_logits(x, t).item()).abs() < 1e-15);
/// ```
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Focal {
    /// The power of 1 - p, at least 0; 0 is plain cross-entropy, 2 the default.
    pub gamma: f64,
    /// The factor for targets of 1, from 0 to 1; targets of 0 have 1 - alpha. `None` is no factor for either.
    pub alpha: Option<f64>,
    /// How the losses of the elements become one.
    pub reduction: Reduction,
}

impl Default for Focal {
    fn default() -> Self {
        Focal { gamma: 2.0, alpha: Some(0.25), reduction: Reduction::Mean }
    }
}

forward! {
    /// The losses of logits and targets of one shape.
    ///
    /// # Panics
    /// If the shapes differ, or [`check`](Self::check) fails.
    focal: Focal(logits: Var<'g, T>, targets: Var<'g, T>)
}

impl Focal {
    /// Whether the options can be.
    ///
    /// # Errors
    /// If `gamma` is negative or not finite, or `alpha` not from 0 to 1.
    pub fn check(&self) -> Result<(), ConfigError> {
        let holds = self.gamma >= 0.0 && self.gamma.is_finite();
        checks::require(holds, "Focal", "gamma", self.gamma, "finite and at least 0")?;
        let alpha = self.alpha.unwrap_or(0.5);
        checks::require((0.0..=1.0).contains(&alpha), "Focal", "alpha", alpha, "from 0 to 1")
    }

    #[track_caller]
    fn each<'g, T: Element>(&self, logits: Var<'g, T>, targets: Var<'g, T>) -> Var<'g, T> {
        checks::same_shape("focal", logits, targets);
        checks::options(self.check());
        let right = logits * (targets * 2.0 - 1.0);
        // A power of the sigmoid would have the slope ∞ · 0 where it is 0 and gamma less than 1.
        let losses = (right.softplus() * -self.gamma).exp() * (-right).softplus();
        match self.alpha {
            Some(alpha) => losses * (targets * (2.0 * alpha - 1.0) + (1.0 - alpha)),
            None => losses,
        }
    }
}
