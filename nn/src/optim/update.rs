//! What a step appends to the user's graph: gradients, clipped if wanted, then the rule for each parameter.

use autograd::{Continuation, Element, Graph, Key, Var};
use smallvec::SmallVec;

use super::{AnyRule, Optimizer};

/// Where gradients come from.
#[derive(Clone, Copy)]
pub(super) enum Source<'a, 'g, T: Element> {
    Loss(Var<'g, T>),
    Given(&'a [Var<'g, T>]),
}

/// The continuation of a step: gradients, then the rule for each parameter.
///
/// It emits the number about the gradients if [`Update::bound`] has one, then the new value and state of each
/// parameter.
pub(super) struct Update<'a, 'g, R, T: Element> {
    pub(super) optimizer: &'a Optimizer<R, T>,
    pub(super) source: Source<'a, 'g, T>,
    pub(super) params: &'a [Var<'g, T>],
    pub(super) state: &'a [Var<'g, T>],
    /// Those of all rules, then the bounds of clipping.
    pub(super) scalars: &'a [Var<'g, T>],
}

impl<'g, R: AnyRule<T>, T: Element> Update<'_, 'g, R, T> {
    /// How many values are emitted before those of the parameters.
    pub(super) fn before_new(&self) -> usize {
        usize::from(matches!(self.source, Source::Given(_)) || self.optimizer.measures())
    }

    /// Bounds the gradients in place, and records a number about them, which is not finite if one of theirs is not:
    /// their norm where that is bounded, and else their sum, for gradients that were given, which nobody has looked at.
    fn bound(&self, graph: &'g Graph<T>, gradients: &mut [Option<Var<'g, T>>]) -> Option<Var<'g, T>> {
        let clip = self.optimizer.clip;
        let mut bounds = self.scalars[self.optimizer.ends.last().map_or(0, |&end| end)..].iter().copied();
        let range = clip.value.and_then(|_| bounds.next().zip(bounds.next()));
        let norm = clip.norm.and_then(|_| bounds.next());
        let sum_of = |gradients: &[Option<Var<'g, T>>], f: fn(Var<'g, T>) -> Var<'g, T>| {
            let sums = gradients.iter().flatten().map(|&gradient| f(gradient).sum());
            sums.reduce(|a, b| a + b).unwrap_or_else(|| graph.zeros([]))
        };
        // Taken before they are clipped: a bound would hide an infinite number.
        let seen = match (self.source, range, norm) {
            (Source::Given(_), _, None) => Some(sum_of(gradients, |gradient| gradient)),
            // A finite number times 0 is 0, which leaves the norm as it is; any other is NaN.
            (Source::Given(_), Some(_), Some(_)) => Some(sum_of(gradients, |gradient| gradient * 0.0)),
            (Source::Loss(_), ..) if self.optimizer.find_nan => {
                Some(sum_of(gradients, |gradient| gradient * 0.0))
            }
            _ => None,
        };
        if let Some((lowest, highest)) = range {
            for gradient in gradients.iter_mut().flatten() {
                *gradient = gradient.max(lowest).min(highest);
            }
        }
        let Some(max) = norm else {
            return seen;
        };
        let norm = sum_of(gradients, Var::square).sqrt();
        // A norm of 0 gives a scale of 1, as ∞ is above it.
        let scale = (max / norm).min(1.0);
        for gradient in gradients.iter_mut().flatten() {
            *gradient *= scale;
        }
        Some(seen.map_or(norm, |zero| norm + zero))
    }
}

impl<'g, R: AnyRule<T>, T: Element> Continuation<'g, T> for Update<'_, 'g, R, T> {
    fn key(&self, key: &mut Key) {
        let optimizer = self.optimizer;
        key.of_type::<Optimizer<(), T>>();
        key.word(optimizer.groups.len() as u64);
        optimizer.rule.any_type(key);
        if !optimizer.groups.is_empty() {
            optimizer.groups.iter().for_each(|group| group.rule.any_type(key));
            optimizer.binding.trained().for_each(|parameter| key.word(parameter.group as u64));
        }
        optimizer.form.iter().for_each(|&word| key.word(word));
        let clip = optimizer.clip;
        let flags = [clip.value.is_some(), clip.norm.is_some(), optimizer.find_nan];
        key.word(flags.iter().fold(0, |word, &flag| word << 1 | u64::from(flag)));
        key.word(self.params.len() as u64);
        key.word(self.state.len() as u64);
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

    fn record(&self, graph: &'g Graph<T>, emit: &mut dyn FnMut(Option<Var<'g, T>>)) {
        let mut gradients: SmallVec<[Option<Var<'g, T>>; 16]> = SmallVec::new();
        match self.source {
            Source::Loss(loss) => loss.try_grad(self.params, &mut |gradient| gradients.push(gradient)),
            Source::Given(given) => gradients.extend(given.iter().copied().map(Some)),
        }
        if let Some(measured) = self.bound(graph, &mut gradients) {
            emit(Some(measured));
        }
        let optimizer = self.optimizer;
        let mut states = self.state;
        let trained = optimizer.binding.trained();
        for ((parameter, &param), gradient) in trained.zip(self.params).zip(gradients) {
            let rule = optimizer.rule_of(parameter.group);
            let (own, others) = states.split_at(rule.any_state().len());
            states = others;
            let Some(gradient) = gradient else {
                (0..=own.len()).for_each(|_| emit(None));
                continue;
            };
            let mut state: SmallVec<[Var<'g, T>; 4]> = own.into();
            let start = parameter.group.checked_sub(1).map_or(0, |before| optimizer.ends[before]);
            let scalars = &self.scalars[start..optimizer.ends[parameter.group]];
            let new = rule.any_update(optimizer.steps + 1, param, gradient, &mut state, scalars);
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

    fn replaced(&self, show: &mut dyn FnMut(Option<Var<'g, T>>)) {
        // New values that are looked at must not stand where the old ones were.
        if self.optimizer.find_nan {
            return;
        }
        // Given gradients are read once more to be looked at first: without state that costs as much as is spared.
        if matches!(self.source, Source::Given(_))
            && self.state.is_empty()
            && self.optimizer.clip.norm.is_none()
        {
            return;
        }
        (0..self.before_new()).for_each(|_| show(None));
        let mut states = self.state.iter();
        for (parameter, &param) in self.optimizer.binding.trained().zip(self.params) {
            show(Some(param));
            let slots = self.optimizer.rule_of(parameter.group).any_state().len();
            states.by_ref().take(slots).for_each(|&state| show(Some(state)));
        }
    }
}
