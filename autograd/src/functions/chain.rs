//! `Chain`: many steps from state to state, differentiated in little memory: few states are kept, the others are
//! computed again when they are needed.

use super::scalars::check_count;
use super::schedule::{advance, step_evaluations};
use crate::tape::{Gradients, Tape, Var};

/// A chain of `steps` steps, of which at most `snapshots` states are kept while it is differentiated, the first among them.
///
/// `step(k, state, params)` gives the next state after step `k`; the parameters are the same for all steps, and may be none. A
/// plain tape would record all the steps; here only one is on the tape at a time, and states in between are
/// computed again from those that are kept, by the schedule with the fewest evaluations (Griewank and Walther 2000, "Algorithm
/// 799: revolve"). [`step_evaluations`] says how many: with √steps snapshots less than three of each step, with log₂ steps
/// snapshots about as many as that logarithm.
///
/// ```
/// use autograd::functions::checkpointed;
/// use autograd::prelude::*;
///
/// // Ten thousand steps of Euler's method for s' = -p s, with eight states kept.
/// let (steps, dt) = (10_000, 1e-4);
/// let decay = checkpointed(steps, 8, |_, s, p| vec![s[0] - s[0] * p[0] * dt]);
/// let (end, gradient) = decay.value_and_grad(&[2.0], &[0.5], |s| s[0]);
/// let by_hand = 2.0 * (1.0 - 0.5 * dt).powi(10_000);
/// assert!((end - by_hand).abs() < 1e-11);
/// assert!((gradient.start[0] - by_hand / 2.0).abs() < 1e-11);
/// assert!((gradient.params[0] + by_hand / (1.0 - 0.5 * dt)).abs() < 1e-11); // -steps dt s / (1 - p dt)
/// assert!(gradient.evaluations < 80_000 && gradient.tape_bytes < 1000);
/// ```
///
/// A cost of every step is a number of the state that is added to.
///
/// # Panics
/// If there is no snapshot.
pub fn checkpointed<F>(steps: usize, snapshots: usize, step: F) -> Chain<F>
where
    F: for<'t> Fn(usize, &[Var<'t>], &[Var<'t>]) -> Vec<Var<'t>>,
{
    assert!(snapshots > 0, "checkpointed: the first state is kept, so there must be room for a snapshot");
    Chain { steps, snapshots, step }
}

/// Many steps from state to state; made by [`checkpointed`].
#[derive(Clone, Copy)]
pub struct Chain<F> {
    steps: usize,
    snapshots: usize,
    step: F,
}

/// The gradient of something computed from the last state of a [`Chain`], and what it took.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct ChainGradient {
    /// The derivatives by the first state.
    pub start: Vec<f64>,
    /// The derivatives by the parameters.
    pub params: Vec<f64>,
    /// How often a step was evaluated.
    pub evaluations: usize,
    /// The most states that were kept at once.
    pub snapshots: usize,
    /// The most bytes of records that were on the tape at once.
    pub tape_bytes: usize,
}

impl<F> Chain<F>
where
    F: for<'t> Fn(usize, &[Var<'t>], &[Var<'t>]) -> Vec<Var<'t>>,
{
    /// The last state, without derivatives.
    ///
    /// ```
    /// use autograd::functions::checkpointed;
    /// let doubled = checkpointed(10, 2, |_, s, _| vec![s[0] * 2.0]);
    /// assert_eq!(doubled.run(&[1.0], &[]), [1024.0]);
    /// ```
    pub fn run(&self, start: &[f64], params: &[f64]) -> Vec<f64> {
        values(&self.advanced(0..self.steps, &constants(start), &constants(params)))
    }

    /// How many steps a gradient evaluates, the differentiated ones included.
    ///
    /// ```
    /// use autograd::functions::checkpointed;
    /// let chain = checkpointed(10, 3, |_, s, _| s.to_vec());
    /// assert_eq!(chain.evaluations(), 10 + 15); // C(3 + 2, 3) = 10 steps, none repeated more than twice
    /// ```
    pub fn evaluations(&self) -> u128 {
        step_evaluations(self.steps, self.snapshots)
    }

    /// A number computed from the last state, and its gradient.
    ///
    /// ```
    /// use autograd::functions::checkpointed;
    /// let powers = checkpointed(3, 2, |_, s, p| vec![s[0] * p[0]]);
    /// let (value, gradient) = powers.value_and_grad(&[5.0], &[2.0], |s| s[0]);
    /// assert_eq!((value, gradient.start, gradient.params), (40.0, vec![8.0], vec![60.0])); // s p³: p³, 3 s p²
    /// ```
    pub fn value_and_grad<L>(&self, start: &[f64], params: &[f64], last: L) -> (f64, ChainGradient)
    where
        L: for<'t> FnOnce(&[Var<'t>]) -> Var<'t>,
    {
        let mut value = 0.0;
        let gradient = self.reverse(start, params, |state| {
            let last = last(state);
            value = last.value();
            vec![(last, 1.0)]
        });
        (value, gradient)
    }

    /// The last state, and the gradient of Σ seed · number of it; the seeds may depend on the state.
    ///
    /// ```
    /// use autograd::functions::checkpointed;
    /// let rotation = checkpointed(2, 1, |_, s, _| vec![-s[1], s[0]]);
    /// let (end, gradient) = rotation.vjp(&[3.0, 4.0], &[], |end| vec![1.0, end[1]]);
    /// assert_eq!((end, gradient.start), (vec![-3.0, -4.0], vec![-1.0, 4.0]));
    /// ```
    ///
    /// # Panics
    /// If there are not as many seeds as numbers of the state.
    #[track_caller]
    pub fn vjp(
        &self,
        start: &[f64],
        params: &[f64],
        seeds: impl FnOnce(&[f64]) -> Vec<f64>,
    ) -> (Vec<f64>, ChainGradient) {
        let mut end = Vec::new();
        let gradient = self.reverse(start, params, |state| {
            end = values(state);
            let seeds = seeds(&end);
            check_count("vjp", "seeds", seeds.len(), "numbers of the last state", end.len());
            state.iter().copied().zip(seeds).collect()
        });
        (end, gradient)
    }

    /// Does steps without recording them: what is computed from constants is a constant.
    fn advanced<'t>(
        &self,
        steps: std::ops::Range<usize>,
        state: &[Var<'t>],
        params: &[Var<'t>],
    ) -> Vec<Var<'t>> {
        let mut state = state.to_vec();
        for k in steps {
            state = (self.step)(k, &state, params);
        }
        state
    }

    /// Goes through the chain from its end. `last` gives what the sweep begins with, from the last state.
    fn reverse<L>(&self, start: &[f64], params: &[f64], last: L) -> ChainGradient
    where
        L: for<'t> FnOnce(&[Var<'t>]) -> Vec<(Var<'t>, f64)>,
    {
        let mut sweep =
            Sweep { last: Some(last), params, adjoint: Vec::new(), done: ChainGradient::new(params) };
        let mut tape = Tape::new();
        let constant_params = constants(params);
        // States that are kept, each with the number of steps that lead to it.
        let mut kept = vec![(0, start.to_vec())];
        let mut end = self.steps;
        loop {
            sweep.done.snapshots = sweep.done.snapshots.max(kept.len());
            let (at, state) = kept.last().expect("the first state is dropped last");
            let (at, left) = (*at, end - *at);
            let room = self.snapshots - kept.len() + 1;
            if left > 1 && room > 1 {
                let next = at + advance(left, room);
                let state = self.advanced(at..next, &constants(state), &constant_params);
                sweep.done.evaluations += next - at;
                kept.push((next, values(&state)));
                continue;
            }
            // The last of the steps that are left is differentiated; without room, the others are done once more for each.
            tape.reset();
            if left == 0 {
                sweep.step(&tape, state, |state, _| state.to_vec());
            } else {
                let before = self.advanced(at..end - 1, &constants(state), &constant_params);
                sweep.done.evaluations += left;
                sweep.step(&tape, &values(&before), |state, params| (self.step)(end - 1, state, params));
                end -= 1;
            }
            if end == at {
                kept.pop();
            }
            if kept.is_empty() {
                break;
            }
        }
        sweep.done.start = sweep.adjoint;
        sweep.done
    }
}

impl ChainGradient {
    fn new(params: &[f64]) -> Self {
        ChainGradient {
            start: Vec::new(),
            params: vec![0.0; params.len()],
            evaluations: 0,
            snapshots: 0,
            tape_bytes: 0,
        }
    }
}

/// What is handed from step to step on the way back.
struct Sweep<'a, L> {
    /// Until the last step is differentiated.
    last: Option<L>,
    params: &'a [f64],
    /// Of the state after the step that comes next.
    adjoint: Vec<f64>,
    done: ChainGradient,
}

impl<L> Sweep<'_, L>
where
    L: for<'t> FnOnce(&[Var<'t>]) -> Vec<(Var<'t>, f64)>,
{
    /// Differentiates one step from this state.
    fn step<S>(&mut self, tape: &Tape, state: &[f64], step: S)
    where
        S: for<'t> FnOnce(&[Var<'t>], &[Var<'t>]) -> Vec<Var<'t>>,
    {
        let before = tape.vars(state).to_vec();
        let params = tape.vars(self.params).to_vec();
        let after = step(&before, &params);
        let seeds = match self.last.take() {
            Some(last) => last(&after),
            None => {
                check_count(
                    "checkpointed",
                    "numbers",
                    after.len(),
                    "numbers of the next state",
                    self.adjoint.len(),
                );
                after.into_iter().zip(self.adjoint.drain(..)).collect()
            }
        };
        self.done.tape_bytes = self.done.tape_bytes.max(tape.used_bytes());
        let gradients: Gradients = tape.backward(&seeds);
        self.adjoint.clear();
        self.adjoint.extend(before.iter().map(|&x| gradients[x]));
        for (sum, &param) in self.done.params.iter_mut().zip(&params) {
            *sum += gradients[param];
        }
    }
}

fn constants(numbers: &[f64]) -> Vec<Var<'static>> {
    numbers.iter().map(|&number| Var::constant(number)).collect()
}

fn values(vars: &[Var<'_>]) -> Vec<f64> {
    vars.iter().map(|var| var.value()).collect()
}
