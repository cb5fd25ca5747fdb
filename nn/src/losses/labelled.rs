//! What losses of rows with labels share: the check of shapes, weights of classes, labels that are left out.

use autograd::{Element, Tensor, Var};

use super::reduction::Losses;
use crate::data::Labels;

/// Panics unless there is one row per label and one column per class.
#[track_caller]
pub(super) fn fits<'g, T: Element>(name: &str, what: &str, scores: Var<'g, T>, labels: &Labels) {
    let shape = scores.shape();
    assert!(
        shape == [labels.len(), labels.classes()],
        "{name}: {what} of shape {shape} for {} labels of {} classes: it takes one row per label \
         and one column per class, shape [{0}, {1}]",
        labels.len(),
        labels.classes(),
    );
}

/// Which classes count how much: the options of a loss, checked against the number of classes.
#[derive(Clone, Copy)]
pub(super) struct ClassWeights<'a> {
    /// One for each class; empty is 1.
    pub weights: &'a [f64],
    /// The label of rows that are left out.
    pub ignore: Option<usize>,
}

impl ClassWeights<'_> {
    /// Panics unless there are as many weights as classes, and the label that is left out is one of them.
    #[track_caller]
    pub(super) fn fit(self, name: &str, classes: usize) {
        assert!(
            self.weights.is_empty() || self.weights.len() == classes,
            "{name}: {} class_weights for {classes} classes: it takes one for each class, or none",
            self.weights.len()
        );
        if let Some(label) = self.ignore {
            assert!(
                label < classes,
                "{name}: ignore is {label}, but with {classes} classes labels are at least 0 and less than {classes}"
            );
        }
    }

    /// Whether every row counts the same.
    pub(super) fn are_equal(self) -> bool {
        self.weights.is_empty() && self.ignore.is_none()
    }

    /// The weights of the classes as a row `[classes]`, if there are any.
    #[track_caller]
    pub(super) fn row<'g, T: Element>(self, like: Var<'g, T>) -> Option<Var<'g, T>> {
        if self.weights.is_empty() {
            return None;
        }
        let row = Tensor::from_fn([self.weights.len()], |class| T::from_f64(self.weights[class]));
        Some(like.graph().constant(row))
    }

    /// The weights of the labels as a column `[batch, 1]`; those of labels that are left out are 0.
    #[track_caller]
    pub(super) fn column<'g, T: Element>(self, like: Var<'g, T>, labels: &Labels) -> Var<'g, T> {
        let weight = |row: usize| {
            let label = labels.as_slice()[row] as usize;
            let counts = self.ignore != Some(label);
            if counts { self.weights.get(label).copied().unwrap_or(1.0) } else { 0.0 }
        };
        like.graph().constant(Tensor::from_fn([labels.len(), 1], |row| T::from_f64(weight(row))))
    }

    /// Losses that have their weights already, without those of labels that are left out.
    #[track_caller]
    pub(super) fn leave_out<'g, T: Element>(
        self,
        rows: Var<'g, T>,
        weights: Var<'g, T>,
        labels: &Labels,
    ) -> Losses<'g, T> {
        let Some(ignored) = self.ignore else { return Losses::with_weights(rows, weights) };
        let kept = |row: usize| f64::from(u8::from(labels.as_slice()[row] as usize != ignored));
        let mask = rows.graph().constant(Tensor::from_fn([labels.len(), 1], |row| T::from_f64(kept(row))));
        // Chosen and not multiplied by 0: such a row may hold anything, infinities too.
        Losses::with_weights(mask.where_(rows, 0.0), weights)
    }
}
