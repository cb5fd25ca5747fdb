//! AdamW: Adam, and beside it a decay of weights.

use autograd::{Element, Var};

use super::AdamRule;
use crate::config::ConfigError;
use crate::optim::{Decay, Optimizer, Rule, check};

/// Adam with decoupled weight decay: beside Adam's step, each weight shrinks by lr · weight_decay
/// of itself (Loshchilov, Hutter 2019, arXiv 1711.05101), which is the form that PyTorch has.
///
/// Algorithm 2 of the paper has two factors, w ← w - η (α m̂ / (√v̂ + ε) + λ w): its decay λ follows the schedule η, but not the
/// base rate α. A schedule here sets lr = η α, so the paper's λ is a weight_decay of λ / α.
///
/// ```
/// use nn::prelude::*;
/// let mut net = Linear::new(2, 1, &mut nn::rng(1));
/// // Biases are usually left out of the decay.
/// let mut adamw = AdamW::new(1e-3, 0.01).group("*bias", |rule| rule.weight_decay(0.0));
/// adamw.step(&mut net, |g, net| net.forward(g.constant([[1.0, 2.0]])).square().sum())?;
/// # Ok::<(), nn::StepError>(())
/// ```
pub type AdamW<T = f32> = Optimizer<AdamWRule, T>;

/// The numbers of [`AdamW`].
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct AdamWRule {
    /// Learning rate: about the length of Adam's step in each weight.
    pub lr: f64,
    /// Shares that the running means of the gradient and of its square keep in a step.
    pub betas: (f64, f64),
    /// Added to the root of the mean square, which may be 0.
    pub epsilon: f64,
    /// A step shrinks each weight by lr times this share of itself.
    pub weight_decay: f64,
    /// Divides by the largest mean square so far instead of the last.
    pub amsgrad: bool,
}

impl AdamWRule {
    /// The betas and epsilon of Adam's paper with this learning rate and decay.
    pub fn new(lr: f64, weight_decay: f64) -> AdamWRule {
        let AdamRule { betas, epsilon, amsgrad, .. } = AdamRule::new(lr);
        AdamWRule { lr, betas, epsilon, weight_decay, amsgrad }
    }

    fn adam(&self) -> AdamRule {
        let AdamWRule { lr, betas, epsilon, amsgrad, .. } = *self;
        AdamRule { lr, betas, epsilon, weight_decay: 0.0, amsgrad }
    }
}

impl<T: Element> AdamW<T> {
    /// Adam with this learning rate, and a decay, as in 0.01.
    ///
    /// ```
    /// use nn::prelude::*;
    /// let mut net: Linear = Linear { weight: Tensor::from([[1.0]]), bias: None };
    /// let mut adamw = AdamW::new(0.1, 0.5);
    /// adamw.step(&mut net, |_, net| (net.weight * 0.0).sum())?;
    /// assert!((net.weight.item() - 0.95).abs() < 1e-6);
    /// # Ok::<(), nn::StepError>(())
    /// ```
    ///
    /// # Panics
    /// If a number is negative or not finite.
    #[track_caller]
    pub fn new(lr: f64, weight_decay: f64) -> AdamW<T> {
        Optimizer::from_rule(AdamWRule::new(lr, weight_decay))
    }
}

settings! { AdamWRule:
    /// Sets the shares that the running means of the gradient and of its square keep.
    fn betas(rule, first: f64, second: f64) {
        rule.betas = (first, second);
    }

    /// Sets what is added to the root of the mean square.
    fn epsilon(rule, epsilon: f64) {
        rule.epsilon = epsilon;
    }

    /// Shrinks each weight by lr times this share of itself in a step.
    fn weight_decay(rule, weight_decay: f64) {
        rule.weight_decay = weight_decay;
    }

    /// Divides by the largest mean square so far, as [`AdamRule::amsgrad`] does.
    fn amsgrad(rule) {
        rule.amsgrad = true;
    }
}

impl Rule for AdamWRule {
    /// Whether it is AMSGrad.
    type Form = bool;

    fn name(&self) -> &'static str {
        "AdamW"
    }

    fn state(&self) -> &'static [&'static str] {
        self.adam().state()
    }

    fn check(&self) -> Result<(), ConfigError> {
        self.adam().check_as("AdamW")?;
        check::from_zero("AdamW", "weight_decay", self.weight_decay)
    }

    fn decay(&self) -> Decay {
        Decay::Decoupled(self.weight_decay)
    }

    fn scalars(&self, step: u64, out: &mut Vec<f64>) -> bool {
        self.adam().scalars(step, out)
    }

    fn update<'g, T: Element>(
        amsgrad: bool,
        w: Var<'g, T>,
        g: Var<'g, T>,
        state: &mut [Var<'g, T>],
        scalars: &[Var<'g, T>],
    ) -> Var<'g, T> {
        AdamRule::update(amsgrad, w, g, state, scalars)
    }

    learning_rate!();
    numbers! {
        "lr": lr, "beta1": betas.0, "beta2": betas.1, "epsilon": epsilon, "weight_decay": weight_decay,
        "amsgrad": amsgrad,
    }
}
