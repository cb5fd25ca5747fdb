//! `Lbfgs`: few long steps for losses without noise.

mod history;
mod options;
mod search;
mod snapshot;

use std::collections::VecDeque;

use autograd::{Element, Graph, Tensor, Var};

pub use options::{End, LbfgsRule, Minimised};

use self::history::{Pair, direction, dot};
use self::search::{Point, Search};
use super::StepError;
use super::binding::Binding;
use super::evaluate::{Evaluation, evaluate};
use crate::module::{Kind, Model};

/// L-BFGS: steps along the gradient as the last changes of it have shown the loss to curve, of a length that is
/// searched for (Liu, Nocedal 1989; Nocedal, Wright, "Numerical Optimization", second edition, algorithms 7.5, 3.5
/// and 3.6).
///
/// Made for losses without noise, such as those of a whole data set: the closure is called several times in a step, and
/// a random layer draws the same numbers in all of them. It remembers two copies of the parameters for
/// each of the last ten changes.
///
/// ```
/// use nn::prelude::*;
/// use nn::{Lbfgs, module};
///
/// struct Point<P = Tensor<f64>> { x: P, y: P }
/// module!(Point { param x, param y });
///
/// // Rosenbrock's valley: 100 (y - x²)² + (1 - x)².
/// let mut point = Point { x: Tensor::scalar(-1.2), y: Tensor::scalar(1.0) };
/// let found = Lbfgs::new().minimize(&mut point, 100, |_, p| {
///     (p.y - p.x.square()).square() * 100.0 + (1.0 - p.x).square()
/// })?;
/// assert!(found.loss < 1e-10 && found.steps < 50);
/// assert!((point.x.item() - 1.0).abs() < 1e-5);
/// # Ok::<(), nn::StepError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Lbfgs<T: Element = f32> {
    rule: LbfgsRule,
    seed: u64,
    steps: u64,
    binding: Binding,
    pairs: VecDeque<Pair<T>>,
}

/// A place that the loss was looked at: parameters and gradient end to end.
struct Place<T: Element> {
    x: Vec<T>,
    gradient: Vec<f64>,
    seen: Evaluation<T>,
}

impl<T: Element> Place<T> {
    fn loss(&self) -> f64 {
        self.seen.loss.to_f64()
    }

    /// The largest slope in any parameter.
    fn largest(&self) -> f64 {
        self.gradient.iter().fold(0.0, |largest: f64, g| largest.max(g.abs()))
    }
}

impl<T: Element> Lbfgs<T> {
    /// Takes one step, and gives the loss before it. Where no slope is above the tolerance nothing is moved.
    ///
    /// # Errors
    /// [`StepError::LineSearch`] if no length of the step was good enough, [`StepError::NotFinite`],
    /// [`StepError::GradientNotFinite`] and [`StepError::NormNotFinite`] for a loss or gradient to begin with, and those of
    /// an [`Optimizer`](super::Optimizer) about models; model and optimiser are then as they were.
    ///
    /// # Panics
    /// If the loss is not a single number.
    #[track_caller]
    pub fn step<M: Model<T>>(
        &mut self,
        model: &mut M,
        mut loss: impl for<'g> FnMut(&'g Graph<T>, M::With<Var<'g, T>>) -> Var<'g, T>,
    ) -> Result<T, StepError> {
        let seed = self.bind(model)?;
        let start = self.start(model, seed, &mut loss)?;
        let before = start.seen.loss;
        if start.largest() > self.slope_of_none() {
            let (next, _) = self.advance(model, &start, seed, &mut loss)?;
            self.take(model, &start, next);
        }
        Ok(before)
    }

    /// Takes up to `steps` steps, until no slope is above the tolerance or no length of a step is good enough,
    /// and says how it ended. The closure must give the same loss for the same parameters.
    ///
    /// Near a minimum the search ends where differences of the loss are lost in rounding:
    /// [`End::LineSearch`] with a small gradient is as good as the number type allows.
    ///
    /// # Errors
    /// As [`step`](Lbfgs::step), but for the search; the model is then where the last good step took it.
    ///
    /// # Panics
    /// If the loss is not a single number.
    #[track_caller]
    pub fn minimize<M: Model<T>>(
        &mut self,
        model: &mut M,
        steps: u64,
        mut loss: impl for<'g> FnMut(&'g Graph<T>, M::With<Var<'g, T>>) -> Var<'g, T>,
    ) -> Result<Minimised<T>, StepError> {
        let seed = self.bind(model)?;
        let mut place = self.start(model, seed, &mut loss)?;
        let (mut taken, mut evaluations) = (0, 1);
        let end = loop {
            if place.largest() <= self.slope_of_none() {
                break End::Gradient;
            }
            if taken == steps {
                break End::Steps;
            }
            match self.advance(model, &place, seed, &mut loss) {
                Ok((next, looks)) => {
                    place = self.take(model, &place, next);
                    (taken, evaluations) = (taken + 1, evaluations + looks);
                }
                Err(StepError::LineSearch { evaluations: looks, .. }) => {
                    evaluations += looks;
                    break End::LineSearch;
                }
                Err(error) => return Err(error),
            }
        };
        let gradient = place.largest();
        Ok(Minimised { loss: place.seen.loss, gradient, steps: taken, evaluations, end })
    }

    /// Binds this to the model if no step was taken yet, and gives the seed of the step.
    fn bind<M: Model<T>>(&mut self, model: &M) -> Result<u64, StepError> {
        if self.steps == 0 {
            self.binding.remember(model, std::iter::empty())?;
            self.pairs.clear();
        }
        self.binding.check(model)?;
        Ok(self.seed.rotate_left(32) ^ self.steps)
    }

    /// A look at the loss where the model is.
    #[track_caller]
    fn start<M: Model<T>>(
        &self,
        model: &M,
        seed: u64,
        loss: &mut impl for<'g> FnMut(&'g Graph<T>, M::With<Var<'g, T>>) -> Var<'g, T>,
    ) -> Result<Place<T>, StepError> {
        let mut x = Vec::new();
        self.binding.visit_trained(model, &mut |_, _, tensor| x.extend_from_slice(tensor.data()));
        let step = Some(self.steps + 1);
        let place = self.look(model, x, seed, step, loss)?;
        let norm = dot(&place.gradient, &place.gradient).sqrt();
        if !norm.is_finite() {
            return Err(StepError::NormNotFinite { step, norm, birth: None });
        }
        Ok(place)
    }

    /// A look at the loss with the trained parameters `x`; in a search it may be a place where nothing is finite.
    #[track_caller]
    fn look<M: Model<T>>(
        &self,
        model: &M,
        x: Vec<T>,
        seed: u64,
        must_be_finite: Option<u64>,
        loss: &mut impl for<'g> FnMut(&'g Graph<T>, M::With<Var<'g, T>>) -> Var<'g, T>,
    ) -> Result<Place<T>, StepError> {
        let mut left = &x[..];
        let mut parameter = |number: usize, tensor: &Tensor<T>| {
            if !self.binding.parameters[number].trained {
                return (tensor.clone(), false);
            }
            let (own, others) = left.split_at(tensor.count());
            left = others;
            (Tensor::from_slice(tensor.shape(), own).expect("as many numbers as the shape has"), true)
        };
        let seen = evaluate(model, seed, &mut parameter, must_be_finite, loss)?;
        let numbers = seen.gradients.iter().flat_map(|gradient| gradient.data());
        let gradient = numbers.map(|g| g.to_f64()).collect();
        Ok(Place { x, gradient, seen })
    }

    /// The place that the next step leads to, and how many looks it took to find it.
    #[track_caller]
    fn advance<M: Model<T>>(
        &self,
        model: &M,
        start: &Place<T>,
        seed: u64,
        loss: &mut impl for<'g> FnMut(&'g Graph<T>, M::With<Var<'g, T>>) -> Var<'g, T>,
    ) -> Result<(Place<T>, u64), StepError> {
        let direction = direction(&self.pairs, &start.gradient);
        let slope = dot(&direction, &start.gradient);
        // Nothing is known of lengths before the first step: no parameter moves by more than 1.
        let first = match self.pairs.is_empty() {
            true => (1.0 / start.gradient.iter().map(|g| g.abs()).sum::<f64>()).min(1.0),
            false => 1.0,
        };
        let (mut last, mut evaluations) = (None, 0);
        let from = Point { at: 0.0, loss: start.loss(), slope };
        let mut look = |at: f64| {
            evaluations += 1;
            let moved = start.x.iter().zip(&direction).map(|(x, d)| T::from_f64(x.to_f64() + at * d));
            let place = self.look(model, moved.collect(), seed, None, loss)?;
            let point = Point { at, loss: place.loss(), slope: dot(&place.gradient, &direction) };
            last = Some(place);
            Ok::<_, StepError>(point)
        };
        let LbfgsRule { c1, c2, evaluations: most, .. } = self.rule;
        let found = Search { c1, c2, evaluations: most }.run(from, first, &mut look)?;
        match (found, last) {
            (Some(_), Some(place)) => Ok((place, evaluations)),
            _ => Err(StepError::LineSearch { step: self.steps + 1, evaluations, gradient: start.largest() }),
        }
    }

    /// Takes the step: writes parameters and states to the model, and remembers the change.
    fn take<M: Model<T>>(&mut self, model: &mut M, start: &Place<T>, mut next: Place<T>) -> Place<T> {
        let (mut known, mut left) = (self.binding.parameters.iter(), &next.x[..]);
        model.visit_mut(&mut |place, tensor| {
            if place.kind() == Kind::Param && known.next().is_some_and(|parameter| parameter.trained) {
                let (own, others) = left.split_at(tensor.count());
                left = others;
                *tensor = Tensor::from_slice(tensor.shape(), own).expect("as many numbers as the shape has");
            }
        });
        next.seen.write_states(model);
        let s: Vec<T> = next.x.iter().zip(&start.x).map(|(&new, &old)| new - old).collect();
        let change = next.gradient.iter().zip(&start.gradient);
        let y: Vec<T> = change.map(|(new, old)| T::from_f64(new - old)).collect();
        // The conditions of the search make this positive, but for rounding; else the direction could lead uphill.
        if dot(&s, &y) > f64::EPSILON * dot(&y, &y) {
            self.pairs.push_back(Pair { s, y });
            if self.pairs.len() > self.rule.history {
                self.pairs.pop_front();
            }
        }
        self.steps += 1;
        next
    }
}
