//! AdaMax: Adam with the largest gradient in place of the mean square.

use autograd::{Element, Var};

use super::bias_correction;
use crate::config::ConfigError;
use crate::optim::{Decay, Optimizer, Rule, check};

/// AdaMax: the running mean of the gradient over its largest size, which is forgotten slowly
/// (Kingma, Ba 2015, arXiv 1412.6980, algorithm 2).
///
/// m ← β₁ m + (1 - β₁) g, u ← max(β₂ u, |g|), w ← w - lr / (1 - β₁ᵗ) · m / (u + ε).
/// Betas are the paper's, 0.9 and 0.999. The paper has no ε: here it is 1e-8, for weights whose gradient was always 0.
///
/// ```
/// use nn::prelude::*;
/// let mut net: Linear = Linear { weight: Tensor::from([[1.0, -2.0]]), bias: None };
/// nn::AdaMax::new(0.5).step(&mut net, |_, net| net.weight.square().sum())?;
/// assert_eq!(net.weight.data(), [0.5, -1.5]);
/// # Ok::<(), nn::StepError>(())
/// ```
pub type AdaMax<T = f32> = Optimizer<AdaMaxRule, T>;

/// The numbers of [`AdaMax`].
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct AdaMaxRule {
    /// Learning rate: the largest step in each weight.
    pub lr: f64,
    /// Shares that the running mean and the largest size keep in a step.
    pub betas: (f64, f64),
    /// Added to the largest size, which may be 0.
    pub epsilon: f64,
    /// This share of the weight is added to its gradient.
    pub weight_decay: f64,
}

impl AdaMaxRule {
    /// The paper's betas with this learning rate.
    pub fn new(lr: f64) -> AdaMaxRule {
        AdaMaxRule { lr, betas: (0.9, 0.999), epsilon: 1e-8, weight_decay: 0.0 }
    }
}

impl<T: Element> AdaMax<T> {
    /// AdaMax with this learning rate; 2e-3 is the paper's.
    ///
    /// # Panics
    /// If the learning rate is negative or not finite.
    #[track_caller]
    pub fn new(lr: f64) -> AdaMax<T> {
        Optimizer::from_rule(AdaMaxRule::new(lr))
    }
}

settings! { AdaMaxRule:
    /// Sets the shares that the running mean and the largest size keep.
    fn betas(rule, first: f64, second: f64) {
        rule.betas = (first, second);
    }

    /// Sets what is added to the largest size.
    fn epsilon(rule, epsilon: f64) {
        rule.epsilon = epsilon;
    }

    /// Adds this share of each weight to its gradient.
    fn weight_decay(rule, weight_decay: f64) {
        rule.weight_decay = weight_decay;
    }
}

impl Rule for AdaMaxRule {
    type Form = ();

    fn name(&self) -> &'static str {
        "AdaMax"
    }

    fn state(&self) -> &'static [&'static str] {
        &["exp_avg", "exp_inf"]
    }

    fn check(&self) -> Result<(), ConfigError> {
        check::from_zero("AdaMax", "lr", self.lr)?;
        check::share("AdaMax", "beta1", self.betas.0)?;
        check::share("AdaMax", "beta2", self.betas.1)?;
        check::positive("AdaMax", "epsilon", self.epsilon)?;
        check::from_zero("AdaMax", "weight_decay", self.weight_decay)
    }

    fn decay(&self) -> Decay {
        Decay::Coupled(self.weight_decay)
    }

    fn scalars(&self, step: u64, out: &mut Vec<f64>) {
        let (first, second) = self.betas;
        out.extend([self.lr / bias_correction(first, step), first, 1.0 - first, second, self.epsilon]);
    }

    fn update<'g, T: Element>(
        (): (),
        w: Var<'g, T>,
        g: Var<'g, T>,
        state: &mut [Var<'g, T>],
        scalars: &[Var<'g, T>],
    ) -> Var<'g, T> {
        let &[rate, first, new_first, second, epsilon] = scalars else {
            unreachable!("scalars() pushes five numbers");
        };
        state[0] = first * state[0] + new_first * g;
        state[1] = (second * state[1]).max(g.abs());
        w - rate * state[0] / (state[1] + epsilon)
    }

    learning_rate!();
    numbers! {
        "lr": lr, "beta1": betas.0, "beta2": betas.1, "epsilon": epsilon, "weight_decay": weight_decay,
    }
}
