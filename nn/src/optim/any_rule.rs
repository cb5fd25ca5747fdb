//! `AnyRule`: a rule that is known only at run time, and what is the same for all rules: weight decay, forms as words.

use std::hash::{Hash, Hasher};

use autograd::{Element, Key, Var};

use super::{Decay, Rule};
use crate::config::ConfigError;

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
    /// As [`Rule::name`].
    fn any_name(&self) -> &'static str;
    /// As [`Rule::state`].
    fn any_state(&self) -> &'static [&'static str];
    /// As [`Rule::initial`].
    fn any_initial(&self, slot: usize) -> f64;
    /// As [`Rule::check`].
    ///
    /// # Errors
    /// The first number that cannot be.
    fn any_check(&self) -> Result<(), ConfigError>;
    /// As [`Rule::scalars`], then that of the decay, with the form written as words that differ where forms do.
    fn any_scalars(&self, step: u64, out: &mut Vec<f64>, form: &mut Vec<u64>);
    /// Names the rule's type, which with the form decides what [`any_update`](AnyRule::any_update) records.
    fn any_type(&self, key: &mut Key);
    /// As [`Rule::update`], with the decay.
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
    /// As [`Rule::numbers`].
    fn any_numbers(&self, show: &mut dyn FnMut(&'static str, f64));
    /// As [`Rule::set_number`].
    fn any_set_number(&mut self, name: &str, number: f64);
}

impl<R: Rule, T: Element> AnyRule<T> for R {
    fn any_name(&self) -> &'static str {
        self.name()
    }

    fn any_state(&self) -> &'static [&'static str] {
        self.state()
    }

    fn any_initial(&self, slot: usize) -> f64 {
        self.initial(slot)
    }

    fn any_check(&self) -> Result<(), ConfigError> {
        self.check()
    }

    fn any_scalars(&self, step: u64, out: &mut Vec<f64>, form: &mut Vec<u64>) {
        self.scalars(step, out).hash(&mut Words(form));
        // No decay costs nothing: neither a number nor an operation.
        match self.decay() {
            Decay::Coupled(share) if share != 0.0 => {
                out.push(share);
                form.push(1);
            }
            Decay::Decoupled(share) if share != 0.0 => {
                out.push(1.0 - self.lr() * share);
                form.push(2);
            }
            _ => form.push(0),
        }
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
        match (self.decay(), scalars) {
            (Decay::Coupled(share), [scalars @ .., decay]) if share != 0.0 => {
                R::update(form, w, g + *decay * w, state, scalars)
            }
            (Decay::Decoupled(share), [scalars @ .., kept]) if share != 0.0 => {
                R::update(form, w * *kept, g, state, scalars)
            }
            _ => R::update(form, w, g, state, scalars),
        }
    }

    fn any_lr(&self) -> f64 {
        self.lr()
    }

    fn any_set_lr(&mut self, lr: f64) {
        self.set_lr(lr);
    }

    fn any_numbers(&self, show: &mut dyn FnMut(&'static str, f64)) {
        self.numbers(show);
    }

    fn any_set_number(&mut self, name: &str, number: f64) {
        self.set_number(name, number);
    }
}

impl<T: Element> AnyRule<T> for Box<dyn AnyRule<T>> {
    fn any_name(&self) -> &'static str {
        (**self).any_name()
    }

    fn any_state(&self) -> &'static [&'static str] {
        (**self).any_state()
    }

    fn any_initial(&self, slot: usize) -> f64 {
        (**self).any_initial(slot)
    }

    fn any_check(&self) -> Result<(), ConfigError> {
        (**self).any_check()
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

    fn any_numbers(&self, show: &mut dyn FnMut(&'static str, f64)) {
        (**self).any_numbers(show);
    }

    fn any_set_number(&mut self, name: &str, number: f64) {
        (**self).any_set_number(name, number);
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
