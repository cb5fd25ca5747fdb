//! RAdam: Adam that waits for its mean square.

use autograd::{Element, Var};

use super::bias_correction;
use crate::config::ConfigError;
use crate::optim::{Decay, Optimizer, Rule, check};

/// RAdam: Adam whose first steps do without the mean square, and whose next ones are shortened by how
/// uncertain it is (Liu et al. 2020, arXiv 1908.03265, algorithm 2).
///
/// With ρ∞ = 2 / (1 - β₂) - 1 and ρₜ = ρ∞ - 2 t β₂ᵗ / (1 - β₂ᵗ): while ρₜ ≤ 4, w ← w - lr · m̂; then
/// w ← w - lr · rₜ m̂ / (√v̂ + ε) with rₜ² = (ρₜ - 4) (ρₜ - 2) ρ∞ / ((ρ∞ - 4) (ρ∞ - 2) ρₜ).
/// Defaults are those of Adam: betas 0.9 and 0.999, epsilon 1e-8.
///
/// ```
/// use nn::prelude::*;
/// let mut net: Linear = Linear { weight: Tensor::from([[1.0, -2.0]]), bias: None };
/// // The first steps are those of momentum: in proportion to the gradient.
/// nn::RAdam::new(0.25).step(&mut net, |_, net| net.weight.square().sum())?;
/// assert_eq!(net.weight.data(), [0.5, -1.0]);
/// # Ok::<(), nn::StepError>(())
/// ```
pub type RAdam<T = f32> = Optimizer<RAdamRule, T>;

/// The numbers of [`RAdam`].
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct RAdamRule {
    /// Learning rate.
    pub lr: f64,
    /// Shares that the running means of the gradient and of its square keep in a step.
    pub betas: (f64, f64),
    /// Added to the root of the mean square, which may be 0.
    pub epsilon: f64,
    /// This share of the weight is added to its gradient, or is decoupled.
    pub weight_decay: f64,
    /// Whether the weight shrinks by lr times that share beside the step instead, as in [`AdamW`](super::AdamW).
    pub decoupled: bool,
}

impl RAdamRule {
    /// The betas and epsilon of Adam with this learning rate.
    pub fn new(lr: f64) -> RAdamRule {
        RAdamRule { lr, betas: (0.9, 0.999), epsilon: 1e-8, weight_decay: 0.0, decoupled: false }
    }

    /// What shortens a step, or `None` while the mean square is too uncertain to be used.
    fn rectification(&self, step: u64) -> Option<f64> {
        let beta = self.betas.1;
        let limit = 2.0 / (1.0 - beta) - 1.0;
        let missing = bias_correction(beta, step);
        let length = limit - 2.0 * step as f64 * (1.0 - missing) / missing;
        let squared = (length - 4.0) * (length - 2.0) * limit / ((limit - 4.0) * (limit - 2.0) * length);
        (length > 4.0).then(|| squared.sqrt())
    }
}

impl<T: Element> RAdam<T> {
    /// RAdam with this learning rate, as in 1e-3.
    ///
    /// # Panics
    /// If the learning rate is negative or not finite.
    #[track_caller]
    pub fn new(lr: f64) -> RAdam<T> {
        Optimizer::from_rule(RAdamRule::new(lr))
    }
}

settings! { RAdamRule:
    /// Sets the shares that the running means of the gradient and of its square keep.
    fn betas(rule, first: f64, second: f64) {
        rule.betas = (first, second);
    }

    /// Sets what is added to the root of the mean square.
    fn epsilon(rule, epsilon: f64) {
        rule.epsilon = epsilon;
    }

    /// Adds this share of each weight to its gradient.
    fn weight_decay(rule, weight_decay: f64) {
        rule.weight_decay = weight_decay;
    }

    /// Lets weights shrink by lr times the share of [`weight_decay`](Self::weight_decay) beside the step, as
    /// [`AdamW`](crate::AdamW) does (Loshchilov, Hutter 2019, arXiv 1711.05101), instead of adding it to gradients.
    fn decoupled(rule) {
        rule.decoupled = true;
    }
}

impl Rule for RAdamRule {
    type Form = ();

    fn name(&self) -> &'static str {
        "RAdam"
    }

    fn state(&self) -> &'static [&'static str] {
        &["exp_avg", "exp_avg_sq"]
    }

    fn check(&self) -> Result<(), ConfigError> {
        check::from_zero("RAdam", "lr", self.lr)?;
        check::share("RAdam", "beta1", self.betas.0)?;
        check::share("RAdam", "beta2", self.betas.1)?;
        check::positive("RAdam", "epsilon", self.epsilon)?;
        check::from_zero("RAdam", "weight_decay", self.weight_decay)
    }

    fn decay(&self) -> Decay {
        Decay::of(self.weight_decay, self.decoupled)
    }

    fn scalars(&self, step: u64, out: &mut Vec<f64>) {
        let (first, second) = self.betas;
        let rate = self.lr / bias_correction(first, step);
        // The divisor is root · √v + added. Where the mean square is not used it is 0 · √v + 1, which is
        // 1 exactly: both cases are one formula, and one plan.
        let (rate, root, added) = match self.rectification(step) {
            Some(shortened) => (rate * shortened, 1.0 / bias_correction(second, step).sqrt(), self.epsilon),
            None => (rate, 0.0, 1.0),
        };
        out.extend([rate, first, 1.0 - first, second, 1.0 - second, root, added]);
    }

    fn update<'g, T: Element>(
        (): (),
        w: Var<'g, T>,
        g: Var<'g, T>,
        state: &mut [Var<'g, T>],
        scalars: &[Var<'g, T>],
    ) -> Var<'g, T> {
        let &[rate, first, new_first, second, new_second, root, added] = scalars else {
            unreachable!("scalars() pushes seven numbers");
        };
        state[0] = first * state[0] + new_first * g;
        state[1] = second * state[1] + new_second * g.square();
        w - rate * (state[0] / (root * state[1].sqrt() + added))
    }

    learning_rate!();
    numbers! {
        "lr": lr, "beta1": betas.0, "beta2": betas.1, "epsilon": epsilon, "weight_decay": weight_decay, "decoupled": decoupled,
    }
}
