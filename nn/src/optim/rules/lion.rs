//! Lion: steps of one length along the sign of a running mean.

use autograd::{Element, Var};

use crate::config::ConfigError;
use crate::optim::{Decay, Optimizer, Rule, check};

/// Lion: every weight moves by lr, against the sign of a mix of its gradient and its running mean
/// (Chen et al. 2023, arXiv 2302.06675, algorithm 2).
///
/// w ← w - lr · (sign(β₁ m + (1 - β₁) g) + weight_decay · w), m ← β₂ m + (1 - β₂) g. Betas are the
/// paper's, 0.9 and 0.99; its learning rates are 3 to 10 times smaller than those of Adam, its decays as much larger.
///
/// ```
/// use nn::prelude::*;
/// let mut net: Linear = Linear { weight: Tensor::from([[1.0, -2.0]]), bias: None };
/// nn::Lion::new(0.25).step(&mut net, |_, net| net.weight.square().sum())?;
/// assert_eq!(net.weight.data(), [0.75, -1.75]);
/// # Ok::<(), nn::StepError>(())
/// ```
pub type Lion<T = f32> = Optimizer<LionRule, T>;

/// The numbers of [`Lion`].
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct LionRule {
    /// Learning rate: the length of a step in each weight.
    pub lr: f64,
    /// Share of the running mean in the direction, and share that the mean keeps in a step.
    pub betas: (f64, f64),
    /// A step shrinks each weight by lr times this share of itself, beside the rest.
    pub weight_decay: f64,
}

impl LionRule {
    /// The paper's betas with this learning rate.
    pub fn new(lr: f64) -> LionRule {
        LionRule { lr, betas: (0.9, 0.99), weight_decay: 0.0 }
    }
}

impl<T: Element> Lion<T> {
    /// Lion with this learning rate, as in 1e-4.
    ///
    /// # Panics
    /// If the learning rate is negative or not finite.
    #[track_caller]
    pub fn new(lr: f64) -> Lion<T> {
        Optimizer::from_rule(LionRule::new(lr))
    }
}

settings! { LionRule:
    /// Sets the share of the running mean in the direction, and the share that the mean keeps.
    fn betas(rule, first: f64, second: f64) {
        rule.betas = (first, second);
    }

    /// Shrinks each weight by lr times this share of itself in a step.
    fn weight_decay(rule, weight_decay: f64) {
        rule.weight_decay = weight_decay;
    }
}

impl Rule for LionRule {
    type Form = ();

    fn name(&self) -> &'static str {
        "Lion"
    }

    fn state(&self) -> &'static [&'static str] {
        &["exp_avg"]
    }

    fn check(&self) -> Result<(), ConfigError> {
        check::from_zero("Lion", "lr", self.lr)?;
        check::share("Lion", "beta1", self.betas.0)?;
        check::share("Lion", "beta2", self.betas.1)?;
        check::from_zero("Lion", "weight_decay", self.weight_decay)
    }

    fn decay(&self) -> Decay {
        Decay::Decoupled(self.weight_decay)
    }

    fn scalars(&self, _: u64, out: &mut Vec<f64>) {
        let (first, second) = self.betas;
        out.extend([self.lr, first, 1.0 - first, second, 1.0 - second]);
    }

    fn update<'g, T: Element>(
        (): (),
        w: Var<'g, T>,
        g: Var<'g, T>,
        state: &mut [Var<'g, T>],
        scalars: &[Var<'g, T>],
    ) -> Var<'g, T> {
        let &[lr, first, new_first, second, new_second] = scalars else {
            unreachable!("scalars() pushes five numbers");
        };
        let direction = (first * state[0] + new_first * g).sign();
        state[0] = second * state[0] + new_second * g;
        w - lr * direction
    }

    learning_rate!();
    numbers! { "lr": lr, "beta1": betas.0, "beta2": betas.1, "weight_decay": weight_decay }
}
