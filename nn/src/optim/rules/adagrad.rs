//! Adagrad: steps shrink as a weight's gradients add up.

use autograd::{Element, Var};

use crate::config::ConfigError;
use crate::optim::{Decay, Optimizer, Rule, check};

/// Adagrad: each weight has its own rate, lr over the root of the sum of all its squared gradients
/// (Duchi, Hazan, Singer 2011, JMLR 12, the diagonal form).
///
/// s ← s + g², w ← w - lr · g / (√s + ε). Rare features keep long steps; all steps shrink for ever.
/// The epsilon is 1e-10, the sum starts at 0.
///
/// ```
/// use nn::prelude::*;
/// let mut net: Linear = Linear { weight: Tensor::from([[1.0, -2.0]]), bias: None };
/// nn::Adagrad::new(0.5).step(&mut net, |_, net| net.weight.square().sum())?;
/// // The first step has length lr in every weight.
/// assert_eq!(net.weight.data(), [0.5, -1.5]);
/// # Ok::<(), nn::StepError>(())
/// ```
pub type Adagrad<T = f32> = Optimizer<AdagradRule, T>;

/// The numbers of [`Adagrad`].
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct AdagradRule {
    /// Learning rate: the length of the first step in each weight.
    pub lr: f64,
    /// Added to the root of the sum, which may be 0.
    pub epsilon: f64,
    /// What the sum of squares starts at.
    pub initial_sum: f64,
    /// This share of the weight is added to its gradient.
    pub weight_decay: f64,
}

impl AdagradRule {
    /// Adagrad with this learning rate.
    pub fn new(lr: f64) -> AdagradRule {
        AdagradRule { lr, epsilon: 1e-10, initial_sum: 0.0, weight_decay: 0.0 }
    }
}

impl<T: Element> Adagrad<T> {
    /// Adagrad with this learning rate, as in 0.01.
    ///
    /// # Panics
    /// If the learning rate is negative or not finite.
    #[track_caller]
    pub fn new(lr: f64) -> Adagrad<T> {
        Optimizer::from_rule(AdagradRule::new(lr))
    }
}

settings! { AdagradRule:
    /// Sets what is added to the root of the sum.
    fn epsilon(rule, epsilon: f64) {
        rule.epsilon = epsilon;
    }

    /// Sets what the sum of squares starts at, which shortens the first steps.
    fn initial_sum(rule, initial_sum: f64) {
        rule.initial_sum = initial_sum;
    }

    /// Adds this share of each weight to its gradient.
    fn weight_decay(rule, weight_decay: f64) {
        rule.weight_decay = weight_decay;
    }
}

impl Rule for AdagradRule {
    type Form = ();

    fn name(&self) -> &'static str {
        "Adagrad"
    }

    fn state(&self) -> &'static [&'static str] {
        &["sum"]
    }

    fn initial(&self, _: usize) -> f64 {
        self.initial_sum
    }

    fn check(&self) -> Result<(), ConfigError> {
        check::from_zero("Adagrad", "lr", self.lr)?;
        check::positive("Adagrad", "epsilon", self.epsilon)?;
        check::from_zero("Adagrad", "initial_sum", self.initial_sum)?;
        check::from_zero("Adagrad", "weight_decay", self.weight_decay)
    }

    fn decay(&self) -> Decay {
        Decay::Coupled(self.weight_decay)
    }

    fn scalars(&self, _: u64, out: &mut Vec<f64>) {
        out.extend([self.lr, self.epsilon]);
    }

    fn update<'g, T: Element>(
        (): (),
        w: Var<'g, T>,
        g: Var<'g, T>,
        state: &mut [Var<'g, T>],
        scalars: &[Var<'g, T>],
    ) -> Var<'g, T> {
        let (lr, epsilon) = (scalars[0], scalars[1]);
        state[0] += g.square();
        w - lr * (g / (state[0].sqrt() + epsilon))
    }

    learning_rate!();
    numbers! { "lr": lr, "epsilon": epsilon, "initial_sum": initial_sum, "weight_decay": weight_decay }
}
