//! `Rule`: how one parameter changes, as a formula on the graph.

use std::hash::{Hash, Hasher};

use autograd::{Element, Key, Var};

/// How an optimiser changes one parameter, given its gradient.
///
/// The formula is recorded on the graph, so it becomes part of the same plan as the loss and its
/// gradient: a rule of one's own is as fast as a built-in one. It is recorded once and then found
/// again, so [`update`](Rule::update) has no `self` from which a number could be frozen into it;
/// what changes from step to step comes from [`scalars`](Rule::scalars).
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

    /// How many state tensors go with each parameter; each has the parameter's shape and starts at 0.
    fn state(&self) -> usize {
        0
    }

    /// Pushes the numbers of step `step`, counted from 1, and says which formula applies. How many
    /// numbers there are may depend on the form only.
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
}

/// A [`Rule`] that is known only at run time: every rule is one, and so is a `Box` of one.
///
/// ```
/// use nn::prelude::*;
/// use nn::{AdamRule, AnyRule, Optimizer, SgdRule};
///
/// let rules: [Box<dyn AnyRule>; 2] = [Box::new(SgdRule::new(0.1)), Box::new(AdamRule::new(0.1))];
/// for rule in rules {
///     let mut net = Linear { weight: Tensor::from([[1.0]]), bias: None };
///     Optimizer::from_rule(rule).step(&mut net, |_, net| net.weight.square().sum())?;
///     assert!(net.weight.item() < 1.0);
/// }
/// # Ok::<(), nn::StepError>(())
/// ```
pub trait AnyRule<T: Element = f32>: 'static {
    /// As [`Rule::state`].
    fn any_state(&self) -> usize;
    /// As [`Rule::scalars`], with the form written as words that differ where forms do.
    fn any_scalars(&self, step: u64, out: &mut Vec<f64>, form: &mut Vec<u64>);
    /// Names the rule's type, which with the form decides what [`any_update`](AnyRule::any_update) records.
    fn any_type(&self, key: &mut Key);
    /// As [`Rule::update`].
    fn any_update<'g>(
        &self,
        step: u64,
        w: Var<'g, T>,
        g: Var<'g, T>,
        state: &mut [Var<'g, T>],
        scalars: &[Var<'g, T>],
    ) -> Var<'g, T>;
    /// As [`Rule::lr`].
    fn any_lr(&self) -> f64;
    /// As [`Rule::set_lr`].
    fn any_set_lr(&mut self, lr: f64);
}

impl<R: Rule, T: Element> AnyRule<T> for R {
    fn any_state(&self) -> usize {
        self.state()
    }

    fn any_scalars(&self, step: u64, out: &mut Vec<f64>, form: &mut Vec<u64>) {
        self.scalars(step, out).hash(&mut Words(form));
    }

    fn any_type(&self, key: &mut Key) {
        key.of_type::<R>();
    }

    fn any_update<'g>(
        &self,
        step: u64,
        w: Var<'g, T>,
        g: Var<'g, T>,
        state: &mut [Var<'g, T>],
        scalars: &[Var<'g, T>],
    ) -> Var<'g, T> {
        // Recorded only where no plan is found: the form is worked out once more rather than kept.
        let form = self.scalars(step, &mut Vec::new());
        R::update(form, w, g, state, scalars)
    }

    fn any_lr(&self) -> f64 {
        self.lr()
    }

    fn any_set_lr(&mut self, lr: f64) {
        self.set_lr(lr);
    }
}

impl<T: Element> AnyRule<T> for Box<dyn AnyRule<T>> {
    fn any_state(&self) -> usize {
        (**self).any_state()
    }

    fn any_scalars(&self, step: u64, out: &mut Vec<f64>, form: &mut Vec<u64>) {
        (**self).any_scalars(step, out, form);
    }

    fn any_type(&self, key: &mut Key) {
        (**self).any_type(key);
    }

    fn any_update<'g>(
        &self,
        step: u64,
        w: Var<'g, T>,
        g: Var<'g, T>,
        state: &mut [Var<'g, T>],
        scalars: &[Var<'g, T>],
    ) -> Var<'g, T> {
        (**self).any_update(step, w, g, state, scalars)
    }

    fn any_lr(&self) -> f64 {
        (**self).any_lr()
    }

    fn any_set_lr(&mut self, lr: f64) {
        (**self).any_set_lr(lr);
    }
}

/// Writes down what a value hashes, so that forms are told apart exactly.
struct Words<'a>(&'a mut Vec<u64>);

impl Hasher for Words<'_> {
    fn finish(&self) -> u64 {
        unreachable!("words are collected, not mixed")
    }

    fn write(&mut self, bytes: &[u8]) {
        self.0.extend(bytes.iter().map(|&byte| u64::from(byte)));
    }

    fn write_u64(&mut self, word: u64) {
        self.0.push(word);
    }

    fn write_isize(&mut self, word: isize) {
        self.0.push(word as u64);
    }
}
