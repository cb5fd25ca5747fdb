//! A loss and its gradient, without a step.

use autograd::{Continuation, Element, Graph, Key, Tensor, Var};

use super::StepError;
use super::diagnose::{birth, broken, not_finite};
use crate::module::{Kind, Model, Place};

/// What one look at a loss gives.
pub(super) struct Evaluation<T: Element> {
    pub(super) loss: T,
    /// One for each trained parameter, in order.
    pub(super) gradients: Vec<Tensor<T>>,
    /// One for each state of the model, in order, where a layer has said its next value.
    states: Vec<Option<Tensor<T>>>,
}

impl<T: Element> Evaluation<T> {
    /// Writes the next values of states to the model.
    pub(super) fn write_states<M: Model<T>>(&mut self, model: &mut M) {
        let mut states = self.states.iter_mut();
        model.visit_mut(&mut |place, tensor| {
            if place.kind() == Kind::State
                && let Some(next) = states.next().and_then(Option::take)
            {
                *tensor = next;
            }
        });
    }
}

/// What stands in place of the parameter of this number, and whether it is trained.
pub(super) type Parameters<'a, T> = &'a mut dyn FnMut(usize, &Tensor<T>) -> (Tensor<T>, bool);

/// A loss and its gradients in training mode. Where they must be finite, for the step of this number, it is an error if they are
/// not, which says where that was born.
#[track_caller]
pub(super) fn evaluate<T: Element, M: Model<T>>(
    model: &M,
    seed: u64,
    parameter: Parameters<'_, T>,
    must_be_finite: Option<u64>,
    loss: impl for<'g> FnOnce(&'g Graph<T>, M::With<Var<'g, T>>) -> Var<'g, T>,
) -> Result<Evaluation<T>, StepError> {
    let graph = Graph::default();
    graph.training().seed(seed);
    let (mut params, mut numbers, mut states) = (Vec::new(), Vec::new(), Vec::new());
    let mut count = 0;
    let on_graph = model.map_at(&Place::ROOT, &mut |place, tensor| {
        if place.kind() == Kind::State {
            let state = graph.constant(tensor);
            states.push(state);
            return state;
        }
        let (value, trained) = parameter(count, tensor);
        count += 1;
        if !trained {
            return graph.constant(value);
        }
        let var = graph.var(value);
        params.push(var);
        numbers.push(count - 1);
        var
    });
    let loss = loss(&graph, on_graph);
    let next: Vec<_> = states.iter().map(|state| state.next()).collect();
    let roots: Vec<_> = std::iter::once(loss).chain(next.iter().copied().flatten()).collect();
    let mut values = run(loss, &params, &roots).into_iter();
    let value = values.next().flatten().expect("a root has a value").item();
    if let (Some(step), false) = (must_be_finite, value.is_finite()) {
        return Err(not_finite(model, loss, value, step));
    }
    let states = next.iter().map(|next| next.and_then(|_| values.next().flatten())).collect();
    let gradients = found(model, values, loss, &params, &numbers)?;
    if must_be_finite.is_some() {
        check_gradients(model, loss, must_be_finite, &gradients, &numbers)?;
    }
    Ok(Evaluation { loss: value, gradients, states })
}

/// A loss and its gradients with respect to all parameters of a model, in one plan.
#[track_caller]
pub(crate) fn gradients<T: Element, M: Model<T>>(
    model: &M,
    loss: Var<'_, T>,
    params: &[Var<'_, T>],
) -> Result<(T, Vec<Tensor<T>>), StepError> {
    let mut values = run(loss, params, &[loss]).into_iter();
    let value = values.next().flatten().expect("a root has a value").item();
    if !value.is_finite() {
        return Err(not_finite(model, loss, value, 1));
    }
    let numbers: Vec<usize> = (0..params.len()).collect();
    Ok((value, found(model, values, loss, params, &numbers)?))
}

/// The values of the roots, then those of the gradients.
#[track_caller]
fn run<'g, T: Element>(
    loss: Var<'g, T>,
    params: &[Var<'g, T>],
    roots: &[Var<'g, T>],
) -> Vec<Option<Tensor<T>>> {
    assert!(
        loss.shape().count() == 1,
        "a loss is a single number, but this one has shape {}: reduce it with sum() or mean()",
        loss.shape()
    );
    let mut values = Vec::new();
    loss.graph().run_with(roots, &Gradient { loss, params }, &mut values);
    values
}

/// The gradients, or an error for the first parameter without one; `numbers` says which of the model's it is.
fn found<T: Element, M: Model<T>>(
    model: &M,
    values: impl Iterator<Item = Option<Tensor<T>>>,
    loss: Var<'_, T>,
    params: &[Var<'_, T>],
    numbers: &[usize],
) -> Result<Vec<Tensor<T>>, StepError> {
    let gradients = values.enumerate();
    gradients
        .map(|(at, value)| value.ok_or_else(|| no_gradient(model, numbers[at], loss, params[at])))
        .collect()
}

/// An error for the first gradient that is not finite, which says where it was born; `numbers` as for [`found`].
fn check_gradients<T: Element, M: Model<T>>(
    model: &M,
    loss: Var<'_, T>,
    step: Option<u64>,
    gradients: &[Tensor<T>],
    numbers: &[usize],
) -> Result<(), StepError> {
    for (gradient, &number) in gradients.iter().zip(numbers) {
        if let Some((position, value)) = broken(gradient) {
            let name = super::binding::names(model).swap_remove(number);
            return Err(StepError::GradientNotFinite {
                step,
                name,
                position,
                value,
                birth: birth(model, loss),
            });
        }
    }
    Ok(())
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

/// Parameter number `position` of the model has no gradient: its name, and why.
pub(super) fn no_gradient<T: Element, M: Model<T>>(
    model: &M,
    position: usize,
    loss: Var<'_, T>,
    param: Var<'_, T>,
) -> StepError {
    let mut names = super::binding::names(model);
    StepError::NoGradient {
        name: names.swap_remove(position),
        shape: param.shape(),
        cut: loss.explain_cut(param),
    }
}
