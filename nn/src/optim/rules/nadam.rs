//! Nadam: Adam with Nesterov's momentum.

use autograd::{Element, Var};

use super::bias_correction;
use crate::config::ConfigError;
use crate::optim::{Decay, Optimizer, Rule, check};

/// Nadam: Adam that looks ahead along its running mean, with a momentum that grows towards β₁
/// (Dozat 2016, "Incorporating Nesterov momentum into Adam", in the form with a schedule of momenta).
///
/// μₜ = β₁ (1 - ½ 0.96^(t / 250)), m ← β₁ m + (1 - β₁) g, v ← β₂ v + (1 - β₂) g²,
/// w ← w - lr · (μₜ₊₁ m / (1 - Π₁ᵗ⁺¹ μ) + (1 - μₜ) g / (1 - Π₁ᵗ μ)) / (√v̂ + ε), where v̂ is divided by 1 - β₂ᵗ.
/// Betas 0.9 and 0.999, epsilon 1e-8.
///
/// ```
/// use nn::prelude::*;
/// let mut net: Linear = Linear { weight: Tensor::from([[1.0, -2.0]]), bias: None };
/// let mut nadam = nn::Nadam::new(0.05);
/// let first = nadam.step(&mut net, |_, net| net.weight.square().sum())?;
/// assert!(nadam.step(&mut net, |_, net| net.weight.square().sum())? < first);
/// # Ok::<(), nn::StepError>(())
/// ```
pub type Nadam<T = f32> = Optimizer<NadamRule, T>;

/// The numbers of [`Nadam`].
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct NadamRule {
    /// Learning rate: about the length of a step in each weight.
    pub lr: f64,
    /// What momenta grow to, and the share that the running mean of the square keeps in a step.
    pub betas: (f64, f64),
    /// Added to the root of the mean square, which may be 0.
    pub epsilon: f64,
    /// This share of the weight is added to its gradient, or is decoupled.
    pub weight_decay: f64,
    /// Whether the weight shrinks by lr times that share beside the step instead, as in [`AdamW`](super::AdamW).
    pub decoupled: bool,
}

impl NadamRule {
    /// The betas and epsilon of Adam with this learning rate.
    pub fn new(lr: f64) -> NadamRule {
        NadamRule { lr, betas: (0.9, 0.999), epsilon: 1e-8, weight_decay: 0.0, decoupled: false }
    }

    /// The momentum of a step.
    fn momentum(&self, step: u64) -> f64 {
        self.betas.0 * (1.0 - 0.5 * 0.96_f64.powf(step as f64 / 250.0))
    }

    /// The product of the momenta of the steps up to this one: computed from the step alone, so that a run
    /// which is taken up again has the numbers of one that went through.
    ///
    /// Below half an ulp of 1, 1 minus the product is 1 whatever follows. Momenta of the first 500 steps
    /// are below 0.54, so that takes 60 factors at the most.
    fn product(&self, step: u64) -> f64 {
        let mut product = 1.0;
        for step in 1..=step {
            product *= self.momentum(step);
            if product < f64::EPSILON / 4.0 {
                return 0.0;
            }
        }
        product
    }
}

impl<T: Element> Nadam<T> {
    /// Nadam with this learning rate; 2e-3 is the paper's.
    ///
    /// # Panics
    /// If the learning rate is negative or not finite.
    #[track_caller]
    pub fn new(lr: f64) -> Nadam<T> {
        Optimizer::from_rule(NadamRule::new(lr))
    }
}

settings! { NadamRule:
    /// Sets what momenta grow to, and the share that the running mean of the square keeps.
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

impl Rule for NadamRule {
    type Form = ();

    fn name(&self) -> &'static str {
        "Nadam"
    }

    fn state(&self) -> &'static [&'static str] {
        &["exp_avg", "exp_avg_sq"]
    }

    fn check(&self) -> Result<(), ConfigError> {
        check::from_zero("Nadam", "lr", self.lr)?;
        check::share("Nadam", "beta1", self.betas.0)?;
        check::share("Nadam", "beta2", self.betas.1)?;
        check::positive("Nadam", "epsilon", self.epsilon)?;
        check::from_zero("Nadam", "weight_decay", self.weight_decay)
    }

    fn decay(&self) -> Decay {
        Decay::of(self.weight_decay, self.decoupled)
    }

    fn scalars(&self, step: u64, out: &mut Vec<f64>) {
        let (first, second) = self.betas;
        let (now, next) = (self.momentum(step), self.momentum(step + 1));
        let product = self.product(step);
        // √v̂ is √v over this root, which multiplies all else instead, as in Adam.
        let root = bias_correction(second, step).sqrt();
        let ahead = self.lr * root * next / (1.0 - product * next);
        let fresh = self.lr * root * (1.0 - now) / (1.0 - product);
        out.extend([ahead, fresh, first, 1.0 - first, second, 1.0 - second, self.epsilon * root]);
    }

    fn update<'g, T: Element>(
        (): (),
        w: Var<'g, T>,
        g: Var<'g, T>,
        state: &mut [Var<'g, T>],
        scalars: &[Var<'g, T>],
    ) -> Var<'g, T> {
        let &[ahead, fresh, first, new_first, second, new_second, epsilon] = scalars else {
            unreachable!("scalars() pushes seven numbers");
        };
        state[0] = first * state[0] + new_first * g;
        state[1] = second * state[1] + new_second * g.square();
        w - (ahead * state[0] + fresh * g) / (state[1].sqrt() + epsilon)
    }

    learning_rate!();
    numbers! {
        "lr": lr, "beta1": betas.0, "beta2": betas.1, "epsilon": epsilon, "weight_decay": weight_decay, "decoupled": decoupled,
    }
}
