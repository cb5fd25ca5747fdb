//! How a step is computed: its numbers, its plan, what can be wrong with the outcome, and where that goes.

use autograd::{Element, Graph, Var};
use smallvec::SmallVec;

use super::diagnose::{birth, first_not_finite};
use super::evaluate::no_gradient;
use super::update::{Source, Update};
use super::{AnyRule, Optimizer, StepError};
use crate::module::{Kind, Model};

/// As many as an `Mlp` of eight layers has parameters: up to here a step needs no list memory.
pub(super) type Vars<'g, T> = SmallVec<[Var<'g, T>; 16]>;

impl<R: AnyRule<T>, T: Element> Optimizer<R, T> {
    /// Computes the roots, then what [`Update`] emits, into `self.values`.
    pub(super) fn run<'g>(
        &mut self,
        graph: &'g Graph<T>,
        source: Source<'_, 'g, T>,
        params: &[Var<'g, T>],
        roots: &[Var<'g, T>],
    ) {
        self.numbers_of_step();
        // Filled in place: collecting would move the lists, which are long.
        let (mut scalars, mut state) = (Vars::new(), SmallVec::<[Var<'g, T>; 32]>::new());
        scalars.extend(self.scalars.iter().map(|&number| graph.number(number)));
        state.extend(self.state.iter().map(|tensor| graph.constant(tensor)));
        let mut values = std::mem::take(&mut self.values);
        let update = Update { optimizer: self, source, params, state: &state, scalars: &scalars };
        graph.run_with(roots, &update, &mut values);
        self.values = values;
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
        loss: Var<'_, T>,
        params: &[Var<'_, T>],
        mut at: usize,
    ) -> Result<Option<f64>, StepError> {
        let mut norm = None;
        if self.clip.norm.is_some() {
            let found = self.values[at].as_ref().expect("the norm was computed").item().to_f64();
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
            if self.values[at].is_none() {
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

    /// Writes new values, from place `at` on, to the model and the state: the step is taken.
    pub(super) fn commit<M: Model<T>>(&mut self, model: &mut M, at: usize) {
        let Optimizer { binding, state, values, rule, groups, .. } = self;
        let mut values = values.drain(..).skip(at);
        let (mut known, mut state) = (binding.parameters.iter(), state.iter_mut());
        model.visit_mut(&mut |place, tensor| {
            if place.kind() == Kind::State {
                return;
            }
            let Some(parameter) = known.next().filter(|parameter| parameter.trained) else {
                return;
            };
            let slots = match parameter.group {
                0 => rule.any_state().len(),
                group => groups[group - 1].rule.any_state().len(),
            };
            for place in std::iter::once(tensor).chain(state.by_ref().take(slots)) {
                if let Some(value) = values.next().flatten() {
                    *place = value;
                }
            }
        });
        self.steps += 1;
    }
}
