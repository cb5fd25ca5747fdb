//! RMSProp, plain or centred, with momentum if wanted.

use autograd::{Element, Var};

use crate::config::ConfigError;
use crate::optim::{Decay, Optimizer, Rule, check};

/// RMSProp: the gradient over the root of the running mean of its square (Tieleman, Hinton 2012,
/// "Neural networks for machine learning", lecture 6e).
///
/// v ← α v + (1 - α) g², w ← w - lr · g / (√v + ε). Defaults: α 0.9 as in the lecture, ε 1e-8.
///
/// ```
/// use nn::prelude::*;
/// let mut net: Linear = Linear { weight: Tensor::from([[1.0, -2.0]]), bias: None };
/// let mut rmsprop = nn::RmsProp::new(0.01).centered().momentum(0.9);
/// let first = rmsprop.step(&mut net, |_, net| net.weight.square().sum())?;
/// assert!(rmsprop.step(&mut net, |_, net| net.weight.square().sum())? < first);
/// # Ok::<(), nn::StepError>(())
/// ```
pub type RmsProp<T = f32> = Optimizer<RmsPropRule, T>;

/// The numbers of [`RmsProp`].
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct RmsPropRule {
    /// Learning rate.
    pub lr: f64,
    /// Share that the running means keep in a step.
    pub alpha: f64,
    /// Added to the root of the mean square, which may be 0.
    pub epsilon: f64,
    /// Divides by the running standard deviation: the square of the running mean of the gradient is taken
    /// from the mean square (Graves 2013, arXiv 1308.0850, section 4.2).
    pub centered: bool,
    /// Share of the last step's direction that is kept: b ← momentum · b + g / (√v + ε); 0 needs no state.
    pub momentum: f64,
    /// This share of the weight is added to its gradient.
    pub weight_decay: f64,
}

impl RmsPropRule {
    /// The lecture's share with this learning rate.
    pub fn new(lr: f64) -> RmsPropRule {
        RmsPropRule { lr, alpha: 0.9, epsilon: 1e-8, centered: false, momentum: 0.0, weight_decay: 0.0 }
    }
}

impl<T: Element> RmsProp<T> {
    /// RMSProp with this learning rate, as in 1e-3.
    ///
    /// # Panics
    /// If the learning rate is negative or not finite.
    #[track_caller]
    pub fn new(lr: f64) -> RmsProp<T> {
        Optimizer::from_rule(RmsPropRule::new(lr))
    }
}

settings! { RmsPropRule:
    /// Sets the share that the running means keep.
    fn alpha(rule, alpha: f64) {
        rule.alpha = alpha;
    }

    /// Sets what is added to the root of the mean square.
    fn epsilon(rule, epsilon: f64) {
        rule.epsilon = epsilon;
    }

    /// Divides by the running standard deviation of the gradient.
    fn centered(rule) {
        rule.centered = true;
    }

    /// Keeps this share of the last direction, as in 0.9.
    fn momentum(rule, momentum: f64) {
        rule.momentum = momentum;
    }

    /// Adds this share of each weight to its gradient.
    fn weight_decay(rule, weight_decay: f64) {
        rule.weight_decay = weight_decay;
    }
}

/// Which terms the formula of [`RmsPropRule`] has.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct RmsPropForm {
    centered: bool,
    momentum: bool,
}

impl Rule for RmsPropRule {
    type Form = RmsPropForm;

    fn name(&self) -> &'static str {
        "RmsProp"
    }

    fn state(&self) -> &'static [&'static str] {
        match (self.centered, self.momentum != 0.0) {
            (false, false) => &["square_avg"],
            (true, false) => &["square_avg", "grad_avg"],
            (false, true) => &["square_avg", "momentum_buffer"],
            (true, true) => &["square_avg", "grad_avg", "momentum_buffer"],
        }
    }

    fn check(&self) -> Result<(), ConfigError> {
        check::from_zero("RmsProp", "lr", self.lr)?;
        check::share("RmsProp", "alpha", self.alpha)?;
        check::positive("RmsProp", "epsilon", self.epsilon)?;
        check::share("RmsProp", "momentum", self.momentum)?;
        check::from_zero("RmsProp", "weight_decay", self.weight_decay)
    }

    fn decay(&self) -> Decay {
        Decay::Coupled(self.weight_decay)
    }

    fn scalars(&self, _: u64, out: &mut Vec<f64>) -> RmsPropForm {
        let form = RmsPropForm { centered: self.centered, momentum: self.momentum != 0.0 };
        out.extend([self.lr, self.alpha, 1.0 - self.alpha, self.epsilon]);
        if form.momentum {
            out.push(self.momentum);
        }
        form
    }

    fn update<'g, T: Element>(
        form: RmsPropForm,
        w: Var<'g, T>,
        g: Var<'g, T>,
        state: &mut [Var<'g, T>],
        scalars: &[Var<'g, T>],
    ) -> Var<'g, T> {
        let &[lr, alpha, new, epsilon, ref momentum @ ..] = scalars else {
            unreachable!("scalars() pushes at least four numbers");
        };
        state[0] = alpha * state[0] + new * g.square();
        let mut square = state[0];
        if form.centered {
            state[1] = alpha * state[1] + new * g;
            // Rounding can make a variance that is nearly 0 negative, whose root is NaN.
            square = (square - state[1].square()).relu();
        }
        let mut direction = g / (square.sqrt() + epsilon);
        if let ([momentum], [.., buffer]) = (momentum, state) {
            direction = *momentum * *buffer + direction;
            *buffer = direction;
        }
        w - lr * direction
    }

    learning_rate!();
    numbers! {
        "lr": lr, "alpha": alpha, "epsilon": epsilon, "centered": centered, "momentum": momentum,
        "weight_decay": weight_decay,
    }
}
