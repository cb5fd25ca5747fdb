//! What a step appends to the user's graph: gradients, then the rule for each parameter.

use autograd::{Continuation, Element, Graph, Key, Tensor, Var};
use smallvec::SmallVec;

use super::diagnose::not_finite;
use super::{AnyRule, Optimizer, StepError};
use crate::module::{Kind, Model};

/// Where gradients come from.
#[derive(Clone, Copy)]
pub(super) enum Source<'a, 'g, T: Element> {
    Loss(Var<'g, T>),
    Given(&'a [Var<'g, T>]),
}

/// The continuation of a step: gradients, then the rule for each parameter.
pub(super) struct Update<'a, 'g, R, T: Element> {
    pub(super) rule: &'a R,
    pub(super) form: &'a [u64],
    pub(super) step: u64,
    pub(super) slots: usize,
    pub(super) source: Source<'a, 'g, T>,
    pub(super) params: &'a [Var<'g, T>],
    pub(super) state: &'a [Var<'g, T>],
    pub(super) scalars: &'a [Var<'g, T>],
}

impl<'g, R: AnyRule<T>, T: Element> Continuation<'g, T> for Update<'_, 'g, R, T> {
    fn key(&self, key: &mut Key) {
        key.of_type::<Optimizer<(), T>>();
        self.rule.any_type(key);
        key.word(self.form.len() as u64);
        self.form.iter().for_each(|&word| key.word(word));
        key.word(self.params.len() as u64);
        key.word(self.slots as u64);
        match self.source {
            Source::Loss(loss) => key.var(loss),
            Source::Given(gradients) => {
                key.word(u64::MAX);
                gradients.iter().for_each(|&var| key.var(var));
            }
        }
        for &var in self.params.iter().chain(self.state).chain(self.scalars) {
            key.var(var);
        }
    }

    fn record(&self, _: &'g Graph<T>, emit: &mut dyn FnMut(Option<Var<'g, T>>)) {
        let mut gradients: SmallVec<[Option<Var<'g, T>>; 16]> = SmallVec::new();
        match self.source {
            Source::Loss(loss) => loss.try_grad(self.params, &mut |gradient| gradients.push(gradient)),
            Source::Given(given) => gradients.extend(given.iter().copied().map(Some)),
        }
        for (number, (&param, gradient)) in self.params.iter().zip(gradients).enumerate() {
            let Some(gradient) = gradient else {
                (0..=self.slots).for_each(|_| emit(None));
                continue;
            };
            let mut state: SmallVec<[Var<'g, T>; 4]> = self.state[number * self.slots..][..self.slots].into();
            let new = self.rule.any_update(self.step, param, gradient, &mut state, self.scalars);
            for var in std::iter::once(new).chain(state) {
                let (shape, found) = (param.shape(), var.shape());
                assert!(
                    shape == found,
                    "the optimiser's rule makes shape {found} of a parameter of shape {shape}: \
                     a new parameter and its new state have the parameter's shape"
                );
                emit(Some(var));
            }
        }
    }
}

/// The continuation of `value_and_grad`.
struct Gradient<'a, 'g, T: Element> {
    loss: Var<'g, T>,
    params: &'a [Var<'g, T>],
}

impl<'g, T: Element> Continuation<'g, T> for Gradient<'_, 'g, T> {
    fn key(&self, key: &mut Key) {
        key.of_type::<Gradient<'static, 'static, T>>();
        key.var(self.loss);
        self.params.iter().for_each(|&param| key.var(param));
    }

    fn record(&self, _: &'g Graph<T>, emit: &mut dyn FnMut(Option<Var<'g, T>>)) {
        self.loss.try_grad(self.params, emit);
    }
}

/// A loss and its gradients with respect to a model's parameters, in one plan.
#[track_caller]
pub(crate) fn gradients<T: Element, M: Model<T>>(
    model: &M,
    loss: Var<'_, T>,
    params: &[Var<'_, T>],
) -> Result<(T, Vec<Tensor<T>>), StepError> {
    assert!(
        loss.shape().count() == 1,
        "value_and_grad: the loss has shape {}: reduce it to a single number with sum() or mean()",
        loss.shape()
    );
    let mut values = Vec::new();
    loss.graph().run_with(&[loss], &Gradient { loss, params }, &mut values);
    let mut values = values.into_iter();
    let value = values.next().flatten().expect("a root has a value").item();
    if !value.is_finite() {
        return Err(not_finite(model, loss, value, 1));
    }
    let mut found = Vec::with_capacity(params.len());
    for (position, value) in values.enumerate() {
        match value {
            Some(value) => found.push(value),
            None => return Err(no_gradient(model, position, loss, params[position])),
        }
    }
    Ok((value, found))
}

/// Parameter number `position` of the model has no gradient: its name, and why.
pub(super) fn no_gradient<T: Element, M: Model<T>>(
    model: &M,
    position: usize,
    loss: Var<'_, T>,
    param: Var<'_, T>,
) -> StepError {
    let mut name = String::new();
    let mut count = 0;
    model.visit(&mut |place, _| {
        if place.kind() == Kind::Param {
            if count == position {
                name = place.to_string();
            }
            count += 1;
        }
    });
    StepError::NoGradient { name, shape: param.shape(), cut: loss.explain_cut(param) }
}
