//! `Best`: the weights that were best so far.

use autograd::{Element, Tensor};

use crate::module::Model;

/// Keeps a copy of a model when it was best: what early stopping gives back.
///
/// A copy shares the tensors of the model until a step replaces them.
///
/// ```
/// use nn::prelude::*;
/// use nn::train::Best;
///
/// let mut net: Linear = Linear { weight: Tensor::from([[0.0]]), bias: None };
/// let mut best = Best::new();
/// for (weight, held_out_loss) in [(1.0, 0.9), (2.0, 0.5), (3.0, 0.7)] {
///     net.weight = Tensor::from([[weight]]); // an epoch of training
///     best.observe(held_out_loss, &net);
/// }
/// assert!(best.restore(&mut net));
/// assert_eq!((net.weight.item(), best.value()), (2.0, 0.5));
/// ```
#[derive(Clone, Debug)]
pub struct Best<M> {
    value: f64,
    model: Option<M>,
}

impl<M> Default for Best<M> {
    fn default() -> Best<M> {
        Best { value: f64::INFINITY, model: None }
    }
}

impl<M> Best<M> {
    /// Nothing seen yet.
    pub fn new() -> Best<M> {
        Best::default()
    }

    /// Goes on from a model that was saved, and its number.
    #[must_use]
    pub fn resume(value: f64, model: M) -> Best<M> {
        Best { value, model: Some(model) }
    }

    /// Keeps a copy of the model if its number is below all before, and says so. NaN is never best; where more is
    /// better, as with an accuracy, give minus it.
    pub fn observe<T: Element>(&mut self, value: f64, model: &M) -> bool
    where
        M: Model<T>,
    {
        let better = value < self.value;
        if better {
            *self = Best::resume(value, copy(model));
        }
        better
    }

    /// The best number; infinite if there was none.
    pub fn value(&self) -> f64 {
        self.value
    }

    /// The best model, if any had a number that is neither NaN nor infinite.
    pub fn model(&self) -> Option<&M> {
        self.model.as_ref()
    }

    /// Makes the model the best one, and says whether there was one.
    pub fn restore<T: Element>(&self, model: &mut M) -> bool
    where
        M: Model<T>,
    {
        let best = self.model.as_ref();
        if let Some(best) = best {
            *model = copy(best);
        }
        best.is_some()
    }
}

/// The same model again, sharing its tensors.
pub(super) fn copy<T: Element, M: Model<T>>(model: &M) -> M {
    model.map_params(&mut |tensor: &Tensor<T>| tensor.clone())
}
