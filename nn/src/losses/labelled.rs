//! What losses of rows with labels share: the check of shapes, weights of classes, labels that are left out.

use autograd::{Element, Indices, Tensor, Var};

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
    /// Panics unless there are as many weights as classes.
    #[track_caller]
    pub(super) fn fit(self, name: &str, classes: usize) {
        assert!(
            self.weights.is_empty() || self.weights.len() == classes,
            "{name}: {} class_weights for {classes} classes: it takes one for each class, or none",
            self.weights.len()
        );
    }

    /// Panics unless there is one row of scores per label, a column for each class but one that is left out, and a label
    /// that can be left out. Gives what to pick of each row if that is not its label: column 0 where there is none for it.
    #[track_caller]
    pub(super) fn places<'g, T: Element>(
        self,
        name: &str,
        what: &str,
        scores: Var<'g, T>,
        labels: &Labels,
    ) -> Option<Indices> {
        let classes = labels.classes();
        let Some(ignored) = self.ignore else {
            fits(name, what, scores, labels);
            self.fit(name, classes);
            return None;
        };
        assert!(
            ignored < classes,
            "{name}: ignore is {ignored}, but with {classes} classes labels are at least 0 and less than {classes}: make \
             labels of {} classes, of which the last needs no column",
            ignored + 1
        );
        let shape = scores.shape();
        let columns = shape.last().copied().unwrap_or(0);
        if shape != [labels.len(), columns] || columns == 0 || columns > ignored {
            fits(name, what, scores, labels);
            self.fit(name, classes);
            return None;
        }
        self.fit(name, columns);
        let mut places = Vec::with_capacity(labels.len());
        for (row, &label) in labels.as_slice().iter().enumerate() {
            let label = label as usize;
            assert!(
                label < columns || label == ignored,
                "{name}: label {label} in row {row} (from 0) has no column in {what} of shape {shape}, and is not \
                 {ignored}, which is left out"
            );
            places.push(if label == ignored { 0 } else { label });
        }
        Some(Indices::new([places.len()], &places, columns).expect("each place has a column"))
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
