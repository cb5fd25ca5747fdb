//! One step: loss, gradients, new parameters and new state, in one plan.

use autograd::{Element, Graph, Tensor, Var};
use smallvec::SmallVec;

use super::diagnose::not_finite;
use super::run::{Request, Vars};
use super::update::Source;
use super::{AnyRule, Optimizer, StepError};
use crate::module::{Kind, Model, Place};

impl<R: AnyRule<T>, T: Element> Optimizer<R, T> {
    /// Takes one step down the gradient of `loss`, and gives the loss before the step.
    ///
    /// The closure gets a graph in training mode and the model on it. Its expression, the gradient
    /// and the update run as one plan, which is found again in the next step.
    ///
    /// # Errors
    /// [`StepError`]; model and optimiser are then as they were. The same holds if the closure panics.
    ///
    /// # Panics
    /// If the loss is not a single number.
    #[track_caller]
    pub fn step<M: Model<T>>(
        &mut self,
        model: &mut M,
        loss: impl for<'g> FnOnce(&'g Graph<T>, M::With<Var<'g, T>>) -> Var<'g, T>,
    ) -> Result<T, StepError> {
        let (loss, []) = self.advance(model, |g, net| Ok::<_, StepError>((loss(g, net), [])))?;
        Ok(loss)
    }

    /// As [`step`](Optimizer::step), and gives the values of other nodes, computed in the same plan.
    ///
    /// ```
    /// use nn::prelude::*;
    /// let mut net = Linear::new(2, 1, &mut nn::rng(1));
    /// let (loss, [y]) = Sgd::new(0.1).step_with(&mut net, |g, net| {
    ///     let y = net.forward(g.constant([[1.0, 2.0]]));
    ///     (y.square().sum(), [y])
    /// })?;
    /// assert_eq!(loss, y.item() * y.item());
    /// # Ok::<(), nn::StepError>(())
    /// ```
    ///
    /// # Errors
    /// As `step`.
    ///
    /// # Panics
    /// As `step`.
    #[track_caller]
    pub fn step_with<M: Model<T>, const N: usize>(
        &mut self,
        model: &mut M,
        loss: impl for<'g> FnOnce(&'g Graph<T>, M::With<Var<'g, T>>) -> (Var<'g, T>, [Var<'g, T>; N]),
    ) -> Result<(T, [Tensor<T>; N]), StepError> {
        self.advance(model, |g, net| Ok::<_, StepError>(loss(g, net)))
    }

    /// As [`step`](Optimizer::step), with a closure that may fail, so that `?` can be used in it.
    ///
    /// ```
    /// use nn::prelude::*;
    /// let mut net = Linear::new(2, 1, &mut nn::rng(1));
    /// let result: Result<f32, Box<dyn std::error::Error>> = Sgd::new(0.1).try_step(&mut net, |g, net| {
    ///     let scale: f64 = "two".parse()?;
    ///     Ok((net.forward(g.constant([[1.0, 2.0]])) * scale).sum())
    /// });
    /// assert_eq!(result.unwrap_err().to_string(), "invalid float literal");
    /// ```
    ///
    /// # Errors
    /// What the closure returns, or a [`StepError`] made into that type.
    ///
    /// # Panics
    /// As `step`.
    #[track_caller]
    pub fn try_step<M: Model<T>, E: From<StepError>>(
        &mut self,
        model: &mut M,
        loss: impl for<'g> FnOnce(&'g Graph<T>, M::With<Var<'g, T>>) -> Result<Var<'g, T>, E>,
    ) -> Result<T, E> {
        let (loss, []) = self.advance(model, |g, net| Ok::<_, E>((loss(g, net)?, [])))?;
        Ok(loss)
    }

    /// Takes one step along gradients that are already known, as from
    /// [`value_and_grad`](crate::Model::value_and_grad): and [`clip_norm`](crate::clip_norm) or
    /// [`Accumulate`](crate::Accumulate).
    ///
    /// ```
    /// use nn::prelude::*;
    /// let mut net: Linear = Linear { weight: Tensor::from([[1.0, 2.0]]), bias: None };
    /// let (_, grads) = net.value_and_grad(|_, net| net.weight.square().sum())?;
    /// Sgd::new(0.25).apply(&mut net, &grads)?;
    /// assert_eq!(net.weight.data(), [0.5, 1.0]);
    /// # Ok::<(), nn::StepError>(())
    /// ```
    ///
    /// # Errors
    /// [`StepError::OtherGradients`], [`StepError::GradientNotFinite`], or as `step`; model and optimiser
    /// are then as they were.
    pub fn apply<M: Model<T>>(&mut self, model: &mut M, gradients: &M) -> Result<(), StepError> {
        self.bind(model)?;
        self.binding.check(model)?;
        if let Some(difference) = self.binding.difference(gradients) {
            return Err(StepError::OtherGradients { difference });
        }
        let graph = Graph::default();
        let (mut params, mut given) = (Vars::new(), Vars::new());
        self.binding.visit_trained(model, &mut |_, _, tensor| params.push(graph.constant(tensor)));
        self.binding.visit_trained(gradients, &mut |_, _, tensor| given.push(graph.constant(tensor)));
        let request = Request { graph: &graph, source: Source::Given(&given), params: &params, roots: &[] };
        let measured = self.run(&request, model, |optimizer, _, values| {
            let measured = values[0].as_ref().expect("given gradients are measured").item().to_f64();
            if !measured.is_finite()
                && let Some(error) = optimizer.not_finite(gradients, measured)
            {
                return Err(error);
            }
            Ok(measured)
        })?;
        self.values.clear();
        self.last_norm = self.clip.norm.map(|_| measured);
        Ok(())
    }

    #[track_caller]
    fn advance<M: Model<T>, E: From<StepError>, const N: usize>(
        &mut self,
        model: &mut M,
        record: impl for<'g> FnOnce(&'g Graph<T>, M::With<Var<'g, T>>) -> Result<(Var<'g, T>, [Var<'g, T>; N]), E>,
    ) -> Result<(T, [Tensor<T>; N]), E> {
        self.bind(model)?;
        let graph = Graph::default();
        graph.training().seed(self.step_seed());
        let mut params = Vars::new();
        let mut states: SmallVec<[Var<'_, T>; 8]> = SmallVec::new();
        let (mut known, mut fits) = (self.binding.parameters.iter(), true);
        let on_graph = model.map_at(&Place::ROOT, &mut |place, tensor| {
            if place.kind() == Kind::State {
                let var = graph.constant(tensor);
                states.push(var);
                return var;
            }
            let parameter = known.next();
            fits &= parameter.is_some_and(|parameter| parameter.shape == tensor.shape());
            if !parameter.is_some_and(|parameter| parameter.trained) {
                return graph.constant(tensor);
            }
            let var = graph.var(tensor);
            params.push(var);
            var
        });
        if !fits || known.next().is_some() {
            self.binding.check(model)?;
        }

        let (loss, extras) = record(&graph, on_graph)?;
        assert!(
            loss.shape().count() == 1,
            "step: the loss has shape {}: reduce it to a single number with sum() or mean()",
            loss.shape()
        );
        let mut roots: SmallVec<[Var<'_, T>; 8]> = SmallVec::new();
        roots.push(loss);
        roots.extend(extras);
        roots.extend(states.iter().filter_map(|state| state.next()));
        let request = Request { graph: &graph, source: Source::Loss(loss), params: &params, roots: &roots };
        let (value, norm) = self.run(&request, model, |optimizer, model, values| {
            let value = values[0].as_ref().expect("a root has a value").item();
            if !value.is_finite() {
                return Err(not_finite(model, loss, value, optimizer.steps + 1));
            }
            let norm = optimizer.check_gradients(model, values, loss, &params, roots.len())?;
            optimizer.check_new_values(model, values, loss)?;
            Ok((value, norm))
        })?;
        let extras = std::array::from_fn(|i| self.values[1 + i].take().expect("a root has a value"));
        if !states.is_empty() {
            let mut at = 1 + N;
            let mut states = states.iter();
            model.visit_mut(&mut |place, tensor| {
                if place.kind() == Kind::State && states.next().is_some_and(|state| state.next().is_some()) {
                    *tensor = self.values[at].take().expect("a root has a value");
                    at += 1;
                }
            });
        }
        self.last_norm = norm;
        self.values.clear();
        Ok((value, extras))
    }
}
