//! `Accumulate`: the gradient of a batch that does not fit into memory at once.

use autograd::{Element, Graph, Tensor, Var};

use super::binding::other_form;
use super::evaluate::evaluate;
use super::{StepError, check};
use crate::module::{Kind, Model};

/// Gradients of several micro-batches, added up to that of the batch that they make.
///
/// A micro-batch counts by its rows: the result is the loss and the gradient of the mean over all rows, however they
/// were divided, if the loss is a mean over rows. Each look at a loss has a seed of its own, from which layers draw
/// random numbers, and writes the states of the model, such as running means, at once.
///
/// ```
/// use nn::prelude::*;
/// let mut net = Linear::new(2, 1, &mut nn::rng(1));
/// let (x, y) = (Tensor::from_fn([6, 2], |i| i as f32 / 6.0), Tensor::from_fn([6, 1], |i| i as f32));
/// let (whole, gradient) = net.value_and_grad(|g, net| mse(net.forward(g.constant(&x)), g.constant(&y)))?;
///
/// let mut parts = nn::Accumulate::new();
/// for rows in [&[0, 1, 2, 3][..], &[4, 5]] {
///     let (x, y) = (x.select_rows(rows), y.select_rows(rows));
///     parts.add(&mut net, rows.len(), |g, net| mse(net.forward(g.constant(&x)), g.constant(&y)))?;
/// }
/// let (mut loss, mut grads) = parts.finish();
/// assert!((loss - whole as f64).abs() < 1e-5);
/// assert!((grads.weight.data()[0] - gradient.weight.data()[0]).abs() < 1e-5);
///
/// nn::clip_norm(&mut grads, 1.0)?;
/// Adam::new(1e-3).apply(&mut net, &grads)?;
/// # Ok::<(), nn::StepError>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Accumulate<M> {
    /// Σ rows · gradient.
    sum: Option<M>,
    /// Σ rows · loss.
    loss: f64,
    rows: usize,
    seed: u64,
    looks: u64,
}

impl<M> Accumulate<M> {
    /// Nothing added up yet.
    pub fn new() -> Accumulate<M> {
        Accumulate { sum: None, loss: 0.0, rows: 0, seed: 0, looks: 0 }
    }

    /// Sets the seed from which, with the number of looks so far, layers draw random numbers; 0 otherwise.
    pub fn seed(mut self, seed: u64) -> Accumulate<M> {
        self.seed = seed;
        self
    }

    /// How many rows were added since the last [`finish`](Accumulate::finish).
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Adds the loss and gradient of a micro-batch of this many rows, in training mode, and gives the loss.
    ///
    /// # Errors
    /// [`StepError::NoGradient`], [`StepError::NotFinite`] and [`StepError::GradientNotFinite`], whose step is the number of
    /// the micro-batch, or [`StepError::OtherModel`] if the form is not that of the model before; the sum and the model are
    /// then as they were.
    ///
    /// # Panics
    /// If there are no rows, or if the loss is not a single number.
    #[track_caller]
    pub fn add<T: Element>(
        &mut self,
        model: &mut M,
        rows: usize,
        loss: impl for<'g> FnOnce(&'g Graph<T>, M::With<Var<'g, T>>) -> Var<'g, T>,
    ) -> Result<T, StepError>
    where
        M: Model<T>,
    {
        check::expect(check::count("Accumulate", "rows", rows as u64));
        if let Some(difference) = self.sum.as_ref().and_then(|sum| other_form(sum, model)) {
            return Err(StepError::OtherModel { difference });
        }
        let seed = self.seed.rotate_left(32) ^ self.looks;
        let step = Some(self.looks + 1);
        let mut found = evaluate(model, seed, &mut |_, tensor| (tensor.clone(), true), step, loss)?;
        let graph = Graph::default();
        let weight = graph.number(rows as f64);
        let mut gradients = std::mem::take(&mut found.gradients).into_iter();
        let mut weighted = |before: Option<&Tensor<T>>| {
            let new = weight * graph.constant(gradients.next().expect("one for each parameter"));
            before.map_or(new, |before| graph.constant(before) + new).value()
        };
        match &mut self.sum {
            Some(sum) => sum.visit_mut(&mut |place, tensor| {
                if place.kind() == Kind::Param {
                    *tensor = weighted(Some(tensor));
                }
            }),
            None => {
                let sum = model.map_at(&crate::Place::ROOT, &mut |place, tensor| match place.kind() {
                    Kind::Param => weighted(None),
                    Kind::State => Tensor::zeros(tensor.shape()),
                });
                self.sum = Some(sum);
            }
        }
        found.write_states(model);
        self.loss += rows as f64 * found.loss.to_f64();
        self.rows += rows;
        self.looks += 1;
        Ok(found.loss)
    }

    /// The mean loss and the mean gradient over all rows, and begins anew.
    ///
    /// # Panics
    /// If nothing was added.
    #[track_caller]
    pub fn finish<T: Element>(&mut self) -> (f64, M)
    where
        M: Model<T>,
    {
        let Some(mut sum) = self.sum.take() else {
            panic!("Accumulate: there is no gradient to give: add() at least one micro-batch first");
        };
        let rows = T::from_f64(self.rows as f64);
        sum.visit_mut(&mut |_, tensor| *tensor = tensor.map(|x| x / rows));
        let loss = self.loss / self.rows as f64;
        (self.loss, self.rows) = (0.0, 0);
        (loss, sum)
    }
}
