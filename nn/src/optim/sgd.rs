//! Stochastic gradient descent, with momentum if wanted.

use autograd::{Element, Var};

use super::{Optimizer, Rule};

/// Stochastic gradient descent: w ← w - lr · g.
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
    /// Takes from the weight of the gradient in the direction; 0 in textbooks.
    pub dampening: f64,
    /// Looks ahead along the direction: g + momentum · b in place of b (Nesterov 1983).
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
    pub fn new(lr: f64) -> Sgd<T> {
        Optimizer::from_rule(SgdRule::new(lr))
    }

    /// Keeps this share of the last direction, as in 0.9.
    pub fn momentum(self, momentum: f64) -> Sgd<T> {
        self.with_rule(|rule| rule.momentum = momentum)
    }

    /// Takes this share from the gradient's weight in the direction.
    pub fn dampening(self, dampening: f64) -> Sgd<T> {
        self.with_rule(|rule| rule.dampening = dampening)
    }

    /// Looks ahead along the direction.
    pub fn nesterov(self) -> Sgd<T> {
        self.with_rule(|rule| rule.nesterov = true)
    }

    /// Adds this share of each weight to its gradient.
    pub fn weight_decay(self, weight_decay: f64) -> Sgd<T> {
        self.with_rule(|rule| rule.weight_decay = weight_decay)
    }
}

/// Which terms the formula of [`SgdRule`] has.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct SgdForm {
    decay: bool,
    momentum: bool,
    nesterov: bool,
}

impl Rule for SgdRule {
    type Form = SgdForm;

    fn state(&self) -> usize {
        usize::from(self.momentum != 0.0)
    }

    fn scalars(&self, _: u64, out: &mut Vec<f64>) -> SgdForm {
        let (decay, momentum) = (self.weight_decay != 0.0, self.momentum != 0.0);
        // Only what the formula uses: each is a node of the step's graph.
        out.push(self.lr);
        if decay {
            out.push(self.weight_decay);
        }
        if momentum {
            out.extend([self.momentum, 1.0 - self.dampening]);
        }
        SgdForm { decay, momentum, nesterov: momentum && self.nesterov }
    }

    fn update<'g, T: Element>(
        form: SgdForm,
        w: Var<'g, T>,
        g: Var<'g, T>,
        state: &mut [Var<'g, T>],
        scalars: &[Var<'g, T>],
    ) -> Var<'g, T> {
        let (lr, rest) = (scalars[0], &scalars[1..]);
        let (g, rest) = if form.decay { (g + rest[0] * w, &rest[1..]) } else { (g, rest) };
        let &[momentum, undamped] = rest else {
            return w - lr * g;
        };
        state[0] = momentum * state[0] + undamped * g;
        let direction = if form.nesterov { g + momentum * state[0] } else { state[0] };
        w - lr * direction
    }

    fn lr(&self) -> f64 {
        self.lr
    }

    fn set_lr(&mut self, lr: f64) {
        self.lr = lr;
    }
}
