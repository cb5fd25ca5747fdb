//! How a step is computed: its numbers, its plan, what can be wrong with the outcome, and where that goes.

use autograd::{Element, Graph, Tensor, Var};
use smallvec::SmallVec;

use super::diagnose::{birth, first_not_finite};
use super::evaluate::no_gradient;
use super::update::{Source, Update};
use super::{AnyRule, Optimizer, StepError};
use crate::module::{Kind, Model};

/// As many as an `Mlp` of eight layers has parameters: up to here a step needs no list memory.
pub(super) type Vars<'g, T> = SmallVec<[Var<'g, T>; 16]>;

/// What a step computes: the roots, then what [`Update`] emits.
pub(super) struct Request<'a, 'g, T: Element> {
    pub(super) graph: &'g Graph<T>,
    pub(super) source: Source<'a, 'g, T>,
    pub(super) params: &'a [Var<'g, T>],
    pub(super) roots: &'a [Var<'g, T>],
}

/// State and values of an optimiser, apart from it while a step is computed; they go back also on unwinding.
struct Apart<'a, R, T: Element> {
    optimizer: &'a mut Optimizer<R, T>,
    state: Vec<Tensor<T>>,
    values: Vec<Option<Tensor<T>>>,
}

impl<R, T: Element> Drop for Apart<'_, R, T> {
    fn drop(&mut self) {
        self.optimizer.state = std::mem::take(&mut self.state);
        self.optimizer.values = std::mem::take(&mut self.values);
    }
}

impl<R: AnyRule<T>, T: Element> Optimizer<R, T> {
    /// Takes a step: computes a request, has `check` look at the values, and writes what is new to the model and the
    /// state. Gives what `check` gave; if that is an error, model and optimiser are as they were.
    ///
    /// Large parameters and state are written over in place, once `check` has seen all other values: it finds tensors
    /// of no numbers in their stead, or, where nothing is written over, the new values.
    pub(super) fn run<'g, M: Model<T>, C>(
        &mut self,
        request: &Request<'_, 'g, T>,
        model: &mut M,
        check: impl Fn(&Self, &M, &[Option<Tensor<T>>]) -> Result<C, StepError>,
    ) -> Result<C, StepError> {
        let &Request { graph, source, params, roots } = request;
        self.numbers_of_step();
        // Filled in place: collecting would move the lists, which are long.
        let (mut scalars, mut state) = (Vars::new(), SmallVec::<[Var<'g, T>; 32]>::new());
        scalars.extend(self.scalars.iter().map(|&number| graph.number(number)));
        state.extend(self.state.iter().map(|tensor| graph.constant(tensor)));
        let (own, values) = (std::mem::take(&mut self.state), std::mem::take(&mut self.values));
        let mut apart = Apart { optimizer: self, state: own, values };
        let Apart { optimizer, state: own, values } = &mut apart;
        let optimizer: &Self = optimizer;
        let update = Update { optimizer, source, params, state: &state, scalars: &scalars };
        let first = roots.len() + update.before_new();
        let mut checked = None;
        let mut ready = |values: &[Option<Tensor<T>>], taking: &[usize]| {
            let outcome = checked.insert(check(optimizer, model, values));
            if outcome.is_ok() && !taking.is_empty() {
                // Memory is only written over if nobody else holds it.
                let nothing = Tensor::zeros([0]);
                let mut place = first;
                optimizer.each_tensor(model, own, &mut |tensor| {
                    if taking.binary_search(&place).is_ok() {
                        *tensor = nothing.clone();
                    }
                    place += 1;
                });
            }
            outcome.is_ok()
        };
        if graph.run_replacing(roots, &update, &mut ready, values) {
            let mut new = values[first..].iter_mut();
            optimizer.each_tensor(model, own, &mut |tensor| {
                if let Some(value) = new.next().and_then(Option::take) {
                    *tensor = value;
                }
            });
        } else {
            values.clear();
        }
        drop(apart);
        let outcome = checked.expect("a request asks whether it is ready");
        self.steps += u64::from(outcome.is_ok());
        outcome
    }

    /// Calls `visit` with each trained parameter, and then the state that goes with it.
    fn each_tensor<M: Model<T>>(
        &self,
        model: &mut M,
        state: &mut [Tensor<T>],
        visit: &mut dyn FnMut(&mut Tensor<T>),
    ) {
        let (mut known, mut state) = (self.binding.parameters.iter(), state.iter_mut());
        model.visit_mut(&mut |place, tensor| {
            if place.kind() == Kind::State {
                return;
            }
            if let Some(parameter) = known.next().filter(|parameter| parameter.trained) {
                let slots = self.rule_of(parameter.group).any_state().len();
                std::iter::once(tensor).chain(state.by_ref().take(slots)).for_each(&mut *visit);
            }
        });
    }

    /// Writes down the numbers of the step: those of all rules, with the form of each, and the bounds of clipping.
    fn numbers_of_step(&mut self) {
        let step = self.steps + 1;
        self.scalars.clear();
        self.ends.clear();
        self.form.clear();
        for rule in std::iter::once(&self.rule).chain(self.groups.iter().map(|group| &group.rule)) {
            let place = self.form.len();
            self.form.push(0);
            rule.any_scalars(step, &mut self.scalars, &mut self.form);
            self.form[place] = (self.form.len() - place) as u64;
            self.ends.push(self.scalars.len());
        }
        let lowest = self.clip.value.map(|bound| -bound);
        self.scalars.extend([lowest, self.clip.value, self.clip.norm].into_iter().flatten());
    }

    /// Whether a step emits a number about its gradients before what is new.
    pub(super) fn measures(&self) -> bool {
        self.clip.norm.is_some() || self.find_nan
    }

    /// The norm of the gradients if it is bounded, or an error for one that is missing or not finite; the roots'
    /// values stand before place `at`.
    pub(super) fn check_gradients<M: Model<T>>(
        &self,
        model: &M,
        values: &[Option<Tensor<T>>],
        loss: Var<'_, T>,
        params: &[Var<'_, T>],
        mut at: usize,
    ) -> Result<Option<f64>, StepError> {
        let mut norm = None;
        if self.clip.norm.is_some() {
            let found = values[at].as_ref().expect("the norm was computed").item().to_f64();
            if !found.is_finite() {
                let (step, birth) = (Some(self.steps + 1), birth(model, loss));
                return Err(StepError::NormNotFinite { step, norm: found, birth });
            }
            norm = Some(found);
        }
        at += usize::from(self.measures());
        if self.allow_unused {
            return Ok(norm);
        }
        let trained = self.binding.parameters.iter().enumerate().filter(|(_, parameter)| parameter.trained);
        for ((position, parameter), &param) in trained.zip(params) {
            if values[at].is_none() {
                return Err(no_gradient(model, position, loss, param));
            }
            at += 1 + self.rule_of(parameter.group).any_state().len();
        }
        Ok(norm)
    }

    /// The error for given gradients of which one is not finite, or whose norm is not, where that is bounded. There is
    /// none if only their sum overflowed.
    pub(super) fn not_finite<M: Model<T>>(&self, gradients: &M, norm: f64) -> Option<StepError> {
        let step = Some(self.steps + 1);
        let error = first_not_finite(step, |look| {
            self.binding.visit_trained(gradients, &mut |place, _, tensor| look(place, tensor));
        });
        error.or(self.clip.norm.map(|_| StepError::NormNotFinite { step, norm, birth: None }))
    }
}
