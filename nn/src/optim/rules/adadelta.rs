//! Adadelta: steps in the units of the weights, without a rate to choose.

use autograd::{Element, Var};

use crate::config::ConfigError;
use crate::optim::{Decay, Optimizer, Rule, check};

/// Adadelta: the gradient, times the ratio of the running root mean squares of past steps and of
/// gradients (Zeiler 2012, arXiv 1212.5701, algorithm 1).
///
/// v ← ρ v + (1 - ρ) g², Δ = g · √(u + ε) / √(v + ε), u ← ρ u + (1 - ρ) Δ², w ← w - lr · Δ.
/// Defaults are the paper's: lr 1, ρ 0.95, ε 1e-6.
///
/// ```
/// use nn::prelude::*;
/// let mut net: Linear = Linear { weight: Tensor::from([[1.0, -2.0]]), bias: None };
/// let mut adadelta = nn::Adadelta::new();
/// for _ in 0..10 {
///     adadelta.step(&mut net, |_, net| net.weight.square().sum())?;
/// }
/// assert!(net.weight.data()[0] < 1.0 && net.weight.data()[1] > -2.0);
/// # Ok::<(), nn::StepError>(())
/// ```
pub type Adadelta<T = f32> = Optimizer<AdadeltaRule, T>;

/// The numbers of [`Adadelta`].
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct AdadeltaRule {
    /// Multiplies the step; 1 in the paper, which has no learning rate.
    pub lr: f64,
    /// Share that the running means keep in a step.
    pub rho: f64,
    /// Added to both mean squares: sets the length of the first steps.
    pub epsilon: f64,
    /// This share of the weight is added to its gradient.
    pub weight_decay: f64,
}

impl Default for AdadeltaRule {
    /// The paper's numbers.
    fn default() -> AdadeltaRule {
        AdadeltaRule { lr: 1.0, rho: 0.95, epsilon: 1e-6, weight_decay: 0.0 }
    }
}

impl<T: Element> Adadelta<T> {
    /// Adadelta with the paper's numbers.
    #[allow(clippy::new_without_default)] // A rule is a default, an optimiser belongs to a model.
    pub fn new() -> Adadelta<T> {
        Optimizer::from_rule(AdadeltaRule::default())
    }
}

settings! { AdadeltaRule:
    /// Sets the share that the running means keep.
    fn rho(rule, rho: f64) {
        rule.rho = rho;
    }

    /// Sets what is added to both mean squares.
    fn epsilon(rule, epsilon: f64) {
        rule.epsilon = epsilon;
    }

    /// Adds this share of each weight to its gradient.
    fn weight_decay(rule, weight_decay: f64) {
        rule.weight_decay = weight_decay;
    }
}

impl Rule for AdadeltaRule {
    type Form = ();

    fn name(&self) -> &'static str {
        "Adadelta"
    }

    fn state(&self) -> &'static [&'static str] {
        &["square_avg", "acc_delta"]
    }

    fn check(&self) -> Result<(), ConfigError> {
        check::from_zero("Adadelta", "lr", self.lr)?;
        check::share("Adadelta", "rho", self.rho)?;
        check::positive("Adadelta", "epsilon", self.epsilon)?;
        check::from_zero("Adadelta", "weight_decay", self.weight_decay)
    }

    fn decay(&self) -> Decay {
        Decay::Coupled(self.weight_decay)
    }

    fn scalars(&self, _: u64, out: &mut Vec<f64>) {
        out.extend([self.lr, self.rho, 1.0 - self.rho, self.epsilon]);
    }

    fn update<'g, T: Element>(
        (): (),
        w: Var<'g, T>,
        g: Var<'g, T>,
        state: &mut [Var<'g, T>],
        scalars: &[Var<'g, T>],
    ) -> Var<'g, T> {
        let &[lr, rho, new, epsilon] = scalars else {
            unreachable!("scalars() pushes four numbers");
        };
        let square = rho * state[0] + new * g.square();
        let delta = ((state[1] + epsilon) / (square + epsilon)).sqrt() * g;
        state[1] = rho * state[1] + new * delta.square();
        state[0] = square;
        w - lr * delta
    }

    learning_rate!();
    numbers! { "lr": lr, "rho": rho, "epsilon": epsilon, "weight_decay": weight_decay }
}
