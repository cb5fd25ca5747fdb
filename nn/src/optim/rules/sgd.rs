//! Gradient descent, with momentum if wanted.

use autograd::{Element, Var};

use crate::config::ConfigError;
use crate::optim::{Decay, Optimizer, Rule, check};

/// Gradient descent: w ← w - lr · g (Robbins, Monro 1951, where the gradient is that of a sample).
///
/// What it descends is the loss that it is given: that of a batch makes it stochastic gradient
/// descent, that of the whole data set plain (batch) gradient descent.
///
/// ```
/// use nn::prelude::*;
/// let mut net: Linear = Linear { weight: Tensor::from([[1.0, -2.0]]), bias: None };
/// let mut sgd = Sgd::new(0.25).momentum(0.9);
/// let loss = sgd.step(&mut net, |_, net| net.weight.square().sum())?;
/// assert_eq!((loss, net.weight.data()), (5.0, &[0.5, -1.0][..]));
/// # Ok::<(), nn::StepError>(())
/// ```
pub type Sgd<T = f32> = Optimizer<SgdRule, T>;

/// The numbers of [`Sgd`].
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct SgdRule {
    /// Learning rate.
    pub lr: f64,
    /// Share of the last step's direction that is kept: b ← momentum · b + (1 - dampening) · g;
    /// 0 needs no state (Polyak 1964).
    pub momentum: f64,
    /// Takes from the weight of the gradient in the direction; 0 in textbooks. The first step is damped as all are, as b
    /// begins at 0; PyTorch's b begins as the first gradient itself.
    pub dampening: f64,
    /// Looks ahead along the direction: g + momentum · b in place of b (Nesterov 1983, in the form of
    /// Sutskever et al. 2013).
    pub nesterov: bool,
    /// This share of the weight is added to its gradient.
    pub weight_decay: f64,
}

impl SgdRule {
    /// Plain descent with this learning rate.
    pub fn new(lr: f64) -> SgdRule {
        SgdRule { lr, momentum: 0.0, dampening: 0.0, nesterov: false, weight_decay: 0.0 }
    }
}

impl<T: Element> Sgd<T> {
    /// Plain descent with this learning rate.
    ///
    /// # Panics
    /// If the learning rate is negative or not finite.
    #[track_caller]
    pub fn new(lr: f64) -> Sgd<T> {
        Optimizer::from_rule(SgdRule::new(lr))
    }
}

settings! { SgdRule:
    /// Keeps this share of the last direction, as in 0.9.
    fn momentum(rule, momentum: f64) {
        rule.momentum = momentum;
    }

    /// Takes this share from the gradient's weight in the direction.
    fn dampening(rule, dampening: f64) {
        rule.dampening = dampening;
    }

    /// Looks ahead along the direction; means nothing without momentum.
    fn nesterov(rule) {
        rule.nesterov = true;
    }

    /// Adds this share of each weight to its gradient.
    fn weight_decay(rule, weight_decay: f64) {
        rule.weight_decay = weight_decay;
    }
}

/// Which terms the formula of [`SgdRule`] has.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct SgdForm {
    momentum: bool,
    nesterov: bool,
}

impl Rule for SgdRule {
    type Form = SgdForm;

    fn name(&self) -> &'static str {
        "Sgd"
    }

    fn state(&self) -> &'static [&'static str] {
        if self.momentum != 0.0 { &["momentum_buffer"] } else { &[] }
    }

    fn check(&self) -> Result<(), ConfigError> {
        check::from_zero("Sgd", "lr", self.lr)?;
        check::share("Sgd", "momentum", self.momentum)?;
        check::share("Sgd", "dampening", self.dampening)?;
        check::from_zero("Sgd", "weight_decay", self.weight_decay)
    }

    fn decay(&self) -> Decay {
        Decay::Coupled(self.weight_decay)
    }

    fn scalars(&self, _: u64, out: &mut Vec<f64>) -> SgdForm {
        let momentum = self.momentum != 0.0;
        // Only what the formula uses: each is a node of the step's graph.
        out.push(self.lr);
        if momentum {
            out.extend([self.momentum, 1.0 - self.dampening]);
        }
        SgdForm { momentum, nesterov: momentum && self.nesterov }
    }

    fn update<'g, T: Element>(
        form: SgdForm,
        w: Var<'g, T>,
        g: Var<'g, T>,
        state: &mut [Var<'g, T>],
        scalars: &[Var<'g, T>],
    ) -> Var<'g, T> {
        let &[lr, momentum, undamped] = scalars else {
            return w - scalars[0] * g;
        };
        state[0] = momentum * state[0] + undamped * g;
        let direction = if form.nesterov { g + momentum * state[0] } else { state[0] };
        w - lr * direction
    }

    learning_rate!();
    numbers! {
        "lr": lr, "momentum": momentum, "dampening": dampening, "nesterov": nesterov,
        "weight_decay": weight_decay,
    }
}
