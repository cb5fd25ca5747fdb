//! Adam, and AMSGrad as an option of it.

use autograd::{Element, Var};

use super::bias_correction;
use crate::config::ConfigError;
use crate::optim::{Decay, Optimizer, Rule, check};

/// Adam: each weight moves by about `lr`, as its gradient's running mean compares with the running
/// mean of the gradient's square (Kingma, Ba 2015, arXiv 1412.6980, algorithm 1).
///
/// m ← β₁ m + (1 - β₁) g, v ← β₂ v + (1 - β₂) g², w ← w - lr · m̂ / (√v̂ + ε), where m̂ and v̂ are divided by 1 - βᵗ.
/// Defaults are the paper's: betas 0.9 and 0.999, epsilon 1e-8.
///
/// ```
/// use nn::prelude::*;
/// let mut net: Linear = Linear { weight: Tensor::from([[1.0, -2.0]]), bias: None };
/// let mut adam = Adam::new(0.1);
/// adam.step(&mut net, |_, net| net.weight.square().sum())?;
/// // The first step has length lr, whatever the gradient.
/// assert!((net.weight.data()[0] - 0.9).abs() < 1e-6 && (net.weight.data()[1] + 1.9).abs() < 1e-6);
/// # Ok::<(), nn::StepError>(())
/// ```
pub type Adam<T = f32> = Optimizer<AdamRule, T>;

/// The numbers of [`Adam`].
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct AdamRule {
    /// Learning rate: about the length of a step in each weight.
    pub lr: f64,
    /// Shares that the running means of the gradient and of its square keep in a step.
    pub betas: (f64, f64),
    /// Added to the root of the mean square, which may be 0.
    pub epsilon: f64,
    /// This share of the weight is added to its gradient; [`AdamW`](super::AdamW) decays beside it.
    pub weight_decay: f64,
    /// Divides by the largest mean square so far instead of the last.
    pub amsgrad: bool,
}

impl AdamRule {
    /// The paper's betas and epsilon with this learning rate.
    pub fn new(lr: f64) -> AdamRule {
        AdamRule { lr, betas: (0.9, 0.999), epsilon: 1e-8, weight_decay: 0.0, amsgrad: false }
    }

    /// The checks of all numbers but the decay, for a rule of this name.
    pub(super) fn check_as(&self, what: &'static str) -> Result<(), ConfigError> {
        check::from_zero(what, "lr", self.lr)?;
        check::share(what, "beta1", self.betas.0)?;
        check::share(what, "beta2", self.betas.1)?;
        check::positive(what, "epsilon", self.epsilon)
    }
}

impl<T: Element> Adam<T> {
    /// Adam with this learning rate; 1e-3 is the paper's.
    ///
    /// # Panics
    /// If the learning rate is negative or not finite.
    #[track_caller]
    pub fn new(lr: f64) -> Adam<T> {
        Optimizer::from_rule(AdamRule::new(lr))
    }
}

settings! { AdamRule:
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

    /// Divides by the largest mean square so far, so that steps never grow again (AMSGrad: Reddi, Kale,
    /// Kumar 2018, algorithm 2, with Adam's corrections of the means).
    fn amsgrad(rule) {
        rule.amsgrad = true;
    }
}

impl Rule for AdamRule {
    /// Whether it is AMSGrad.
    type Form = bool;

    fn name(&self) -> &'static str {
        "Adam"
    }

    fn state(&self) -> &'static [&'static str] {
        let names = &["exp_avg", "exp_avg_sq", "max_exp_avg_sq"];
        if self.amsgrad { names } else { &names[..2] }
    }

    fn check(&self) -> Result<(), ConfigError> {
        self.check_as("Adam")?;
        check::from_zero("Adam", "weight_decay", self.weight_decay)
    }

    fn decay(&self) -> Decay {
        Decay::Coupled(self.weight_decay)
    }

    fn scalars(&self, step: u64, out: &mut Vec<f64>) -> bool {
        let (first, second) = self.betas;
        // √v̂ is √v over this root: both terms of the divisor and the rate are multiplied by it instead, which saves
        // an operation for each weight (end of section 2 of the paper).
        let root = bias_correction(second, step).sqrt();
        let rate = self.lr / bias_correction(first, step) * root;
        out.extend([rate, first, 1.0 - first, second, 1.0 - second, self.epsilon * root]);
        self.amsgrad
    }

    fn update<'g, T: Element>(
        amsgrad: bool,
        w: Var<'g, T>,
        g: Var<'g, T>,
        state: &mut [Var<'g, T>],
        scalars: &[Var<'g, T>],
    ) -> Var<'g, T> {
        let &[rate, first, new_first, second, new_second, epsilon] = scalars else {
            unreachable!("scalars() pushes six numbers");
        };
        let mean = first * state[0] + new_first * g;
        let mut square = second * state[1] + new_second * g.square();
        state[0] = mean;
        state[1] = square;
        if amsgrad {
            square = state[2].max(square);
            state[2] = square;
        }
        w - rate * (mean / (square.sqrt() + epsilon))
    }

    learning_rate!();
    numbers! {
        "lr": lr, "beta1": betas.0, "beta2": betas.1, "epsilon": epsilon, "weight_decay": weight_decay,
        "amsgrad": amsgrad,
    }
}
