//! Adam, and AdamW, which decays weights beside it.

use autograd::{Element, Var};

use super::{Optimizer, Rule};

/// Adam: each weight moves by about `lr`, as its gradient's running mean compares with the running
/// mean of the gradient's square (Kingma, Ba 2015, arXiv 1412.6980, algorithm 1).
///
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

/// Adam with decoupled weight decay: beside Adam's step, each weight shrinks by lr · weight_decay
/// of itself (Loshchilov, Hutter 2019, arXiv 1711.05101, algorithm 2).
pub type AdamW<T = f32> = Optimizer<AdamWRule, T>;

/// The numbers of [`Adam`].
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct AdamRule {
    /// Learning rate: about the length of a step in each weight.
    pub lr: f64,
    /// Shares that the running means of the gradient and of its square keep in a step.
    pub betas: (f64, f64),
    /// Added to the root of the mean square, which may be 0.
    pub epsilon: f64,
}

impl AdamRule {
    /// The paper's betas and epsilon with this learning rate.
    pub fn new(lr: f64) -> AdamRule {
        AdamRule { lr, betas: (0.9, 0.999), epsilon: 1e-8 }
    }
}

impl<T: Element> Adam<T> {
    /// Adam with this learning rate; 1e-3 is the paper's.
    pub fn new(lr: f64) -> Adam<T> {
        Optimizer::from_rule(AdamRule::new(lr))
    }

    /// Sets the shares that the running means of the gradient and of its square keep.
    pub fn betas(self, first: f64, second: f64) -> Adam<T> {
        self.with_rule(|rule| rule.betas = (first, second))
    }

    /// Sets what is added to the root of the mean square.
    pub fn epsilon(self, epsilon: f64) -> Adam<T> {
        self.with_rule(|rule| rule.epsilon = epsilon)
    }
}

impl Rule for AdamRule {
    type Form = ();

    fn state(&self) -> usize {
        2
    }

    fn scalars(&self, step: u64, out: &mut Vec<f64>) {
        let (first, second) = self.betas;
        // Both running means start at 0: dividing by 1 - beta^t takes that bias out. As numbers of
        // the step, the corrections cost nothing per element.
        let step = i32::try_from(step).unwrap_or(i32::MAX);
        let rate = self.lr / (1.0 - first.powi(step));
        let root = 1.0 / (1.0 - second.powi(step)).sqrt();
        out.extend([rate, first, 1.0 - first, second, 1.0 - second, root, self.epsilon]);
    }

    fn update<'g, T: Element>(
        (): (),
        w: Var<'g, T>,
        g: Var<'g, T>,
        state: &mut [Var<'g, T>],
        scalars: &[Var<'g, T>],
    ) -> Var<'g, T> {
        let &[rate, first, new_first, second, new_second, root, epsilon] = scalars else {
            unreachable!("scalars() pushes seven numbers");
        };
        let mean = first * state[0] + new_first * g;
        let square = second * state[1] + new_second * g.square();
        state[0] = mean;
        state[1] = square;
        w - rate * mean / (root * square.sqrt() + epsilon)
    }

    fn lr(&self) -> f64 {
        self.lr
    }

    fn set_lr(&mut self, lr: f64) {
        self.lr = lr;
    }
}

/// The numbers of [`AdamW`].
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct AdamWRule {
    /// Those of Adam.
    pub adam: AdamRule,
    /// A step shrinks each weight by lr times this share of itself.
    pub weight_decay: f64,
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
    pub fn new(lr: f64, weight_decay: f64) -> AdamW<T> {
        Optimizer::from_rule(AdamWRule { adam: AdamRule::new(lr), weight_decay })
    }
}

impl Rule for AdamWRule {
    type Form = ();

    fn state(&self) -> usize {
        self.adam.state()
    }

    fn scalars(&self, step: u64, out: &mut Vec<f64>) {
        out.push(1.0 - self.adam.lr * self.weight_decay);
        self.adam.scalars(step, out);
    }

    fn update<'g, T: Element>(
        (): (),
        w: Var<'g, T>,
        g: Var<'g, T>,
        state: &mut [Var<'g, T>],
        scalars: &[Var<'g, T>],
    ) -> Var<'g, T> {
        AdamRule::update((), w * scalars[0], g, state, &scalars[1..])
    }

    fn lr(&self) -> f64 {
        self.adam.lr
    }

    fn set_lr(&mut self, lr: f64) {
        self.adam.lr = lr;
    }
}
