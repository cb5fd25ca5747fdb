//! `Rule`: how one parameter changes, as a formula on the graph.

use std::hash::Hash;

use autograd::{Element, Var};

use super::check;
use crate::config::ConfigError;

/// How an optimiser changes one parameter, given its gradient.
///
/// The formula is recorded on the graph, so it becomes part of the same plan as the loss and its
/// gradient: a rule of one's own is as fast as a built-in one. It is recorded once and then found
/// again, so [`update`](Rule::update) has no `self` from which a number could be frozen into it;
/// what changes from step to step comes from [`scalars`](Rule::scalars). Weight decay, parameter groups,
/// clipping and snapshots need nothing of the rule's formula.
///
/// ```
/// use nn::prelude::*;
/// use nn::{Optimizer, Rule};
///
/// /// Each weight moves by a fixed length, against the sign of its gradient.
/// struct SignDescent { lr: f64 }
///
/// impl Rule for SignDescent {
///     type Form = ();
///     fn scalars(&self, _step: u64, out: &mut Vec<f64>) {
///         out.push(self.lr);
///     }
///     fn update<'g, T: autograd::Element>(
///         _: (),
///         w: Var<'g, T>,
///         g: Var<'g, T>,
///         _: &mut [Var<'g, T>],
///         scalars: &[Var<'g, T>],
///     ) -> Var<'g, T> {
///         w - g.sign() * scalars[0]
///     }
///     fn lr(&self) -> f64 { self.lr }
///     fn set_lr(&mut self, lr: f64) { self.lr = lr }
/// }
///
/// let mut net: Linear = Linear { weight: Tensor::from([[1.0, -1.0]]), bias: None };
/// let mut sign = Optimizer::from_rule(SignDescent { lr: 0.25 });
/// sign.step(&mut net, |_, net| net.weight.square().sum())?;
/// assert_eq!(net.weight.data(), [0.75, -0.75]);
/// # Ok::<(), nn::StepError>(())
/// ```
pub trait Rule: 'static {
    /// Which of its formulas the rule uses; `()` if there is only one.
    type Form: Copy + Hash;

    /// What the rule is called in error texts and snapshots: the name of its type, if nothing else is said.
    fn name(&self) -> &'static str {
        let path = std::any::type_name::<Self>();
        let path = path.split('<').next().unwrap_or(path);
        path.rsplit("::").next().unwrap_or(path)
    }

    /// The names of the state tensors that go with each parameter; each has the parameter's shape.
    fn state(&self) -> &'static [&'static str] {
        &[]
    }

    /// The number of which state tensor `slot` is full before the first step.
    fn initial(&self, slot: usize) -> f64 {
        let _ = slot;
        0.0
    }

    /// Whether the rule's numbers can be; asked before each step, so that a wrong one changes nothing.
    ///
    /// ```
    /// use nn::{AdamRule, Rule};
    /// let error = AdamRule::new(1e-3).betas(0.9, 1.0).check().unwrap_err();
    /// assert_eq!(error.to_string(), "Adam: beta2 is 1, but must be at least 0 and less than 1");
    /// ```
    ///
    /// # Errors
    /// The first number that cannot be.
    fn check(&self) -> Result<(), ConfigError> {
        check::from_zero(self.name(), "lr", self.lr())
    }

    /// How weights shrink beside the rule's own formula, which does not mention it.
    fn decay(&self) -> Decay {
        Decay::None
    }

    /// Pushes the numbers of step `step`, counted from 1, and says which formula applies. How many
    /// numbers there are may depend on the form only, and all of them on nothing but the rule and the step.
    fn scalars(&self, step: u64, out: &mut Vec<f64>) -> Self::Form;

    /// Records the new value of parameter `w` with gradient `g`, and puts the new state into `state`.
    fn update<'g, T: Element>(
        form: Self::Form,
        w: Var<'g, T>,
        g: Var<'g, T>,
        state: &mut [Var<'g, T>],
        scalars: &[Var<'g, T>],
    ) -> Var<'g, T>;

    /// The learning rate.
    fn lr(&self) -> f64;

    /// Sets the learning rate.
    fn set_lr(&mut self, lr: f64);

    /// This rule with `factor` times its learning rate: for [`group`](super::Optimizer::group).
    #[must_use]
    fn scale_lr(mut self, factor: f64) -> Self
    where
        Self: Sized,
    {
        self.set_lr(self.lr() * factor);
        self
    }

    /// Shows every number of the configuration under its name, to be saved; switches are 0 or 1.
    fn numbers(&self, show: &mut dyn FnMut(&'static str, f64)) {
        show("lr", self.lr());
    }

    /// Sets the number of this name, one of those that [`numbers`](Rule::numbers) shows.
    fn set_number(&mut self, name: &str, number: f64) {
        if name == "lr" {
            self.set_lr(number);
        }
    }
}

/// How weights shrink in a step.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub enum Decay {
    /// They do not.
    #[default]
    None,
    /// This share of the weight is added to its gradient before the rule sees it: the gradient of
    /// a penalty of half this share times the sum of squares (L2 regularisation).
    Coupled(f64),
    /// The weight shrinks by lr times this share of itself, beside the rule's step, which does not see it
    /// (Loshchilov, Hutter 2019, arXiv 1711.05101; in PyTorch's form, as [`AdamW`](crate::AdamW) tells).
    Decoupled(f64),
}

impl Decay {
    /// This share of each weight, beside the rule's step or added to the gradient.
    pub(super) fn of(share: f64, decoupled: bool) -> Decay {
        if decoupled { Decay::Decoupled(share) } else { Decay::Coupled(share) }
    }
}
