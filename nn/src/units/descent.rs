//! `Descent`: trains a unit epoch by epoch, and keeps the way it went.

use std::fmt;

use autograd::Element;

use super::{Examples, Unit, UnitError};
use crate::check::{at_least_one, not_negative, positive};

/// Gradient descent on a unit's loss, by its rule.
///
/// ```
/// use nn::units::{Descent, Examples, LogisticUnit, Outcome, Unit};
///
/// let or = Examples::new([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]], [0.0, 1.0, 1.0, 1.0])?;
/// let mut unit = LogisticUnit::new(2);
/// let course = Descent { tolerance: 1e-5, ..Descent::incremental(1.0, 1000) }.fit(&mut unit, &or)?;
/// assert_eq!(course.outcome, Outcome::Settled);
/// assert_eq!((course.losses[0], course.history.last()), (2.0_f64.ln(), Some(&unit)));
/// assert!(unit.output(&[0.0, 0.0]) < 0.1 && unit.output(&[0.0, 1.0]) > 0.9);
/// # Ok::<(), nn::units::UnitError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Descent {
    /// Learning rate.
    pub lr: f64,
    /// Epochs at the most.
    pub epochs: usize,
    /// When weights change.
    pub updates: Updates,
    /// Stops when the loss changes by less than this from one epoch to the next; 0 never stops.
    pub tolerance: f64,
}

/// When weights change.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Updates {
    /// After each example, in the order of the rows: online learning.
    Incremental,
    /// After each epoch, by the mean over all examples.
    Batch,
}

/// How a descent ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Outcome {
    /// The loss changed by less than the tolerance.
    Settled,
    /// All epochs were used.
    Epochs,
    /// The loss is no longer finite: the learning rate is too large.
    Diverged,
}

/// The way of a descent. `Display` says it in a line.
#[derive(Clone, PartialEq, Debug)]
#[non_exhaustive]
pub struct Course<U> {
    /// The mean loss before the first epoch, and after each.
    pub losses: Vec<f64>,
    /// The unit before the first epoch, and after each.
    pub history: Vec<U>,
    /// How it ended.
    pub outcome: Outcome,
}

impl Descent {
    /// Changes weights after each example.
    pub fn incremental(lr: f64, epochs: usize) -> Descent {
        Descent { lr, epochs, updates: Updates::Incremental, tolerance: 0.0 }
    }

    /// Changes weights after each epoch.
    pub fn batch(lr: f64, epochs: usize) -> Descent {
        Descent { lr, epochs, updates: Updates::Batch, tolerance: 0.0 }
    }

    /// Trains the unit.
    ///
    /// # Errors
    /// [`UnitError::Inputs`] and [`UnitError::Target`] for examples that are not of this unit,
    /// [`UnitError::Config`] for a learning rate that is not above 0, no epochs, or a tolerance below 0.
    pub fn fit<T: Element, U: Unit<T>>(
        &self,
        unit: &mut U,
        examples: &Examples<T>,
    ) -> Result<Course<U>, UnitError> {
        positive("Descent", "lr", self.lr)?;
        at_least_one("Descent", "epochs", self.epochs)?;
        not_negative("Descent", "tolerance", self.tolerance)?;
        unit.check(examples)?;
        let mut loss = unit.loss(examples).to_f64();
        let mut course = Course { losses: vec![loss], history: vec![unit.clone()], outcome: Outcome::Epochs };
        for _ in 0..self.epochs {
            match self.updates {
                Updates::Incremental => _ = unit.incremental(examples, self.lr),
                Updates::Batch => unit.batch(examples, self.lr),
            }
            let before = std::mem::replace(&mut loss, unit.loss(examples).to_f64());
            course.losses.push(loss);
            course.history.push(unit.clone());
            if !loss.is_finite() {
                course.outcome = Outcome::Diverged;
                break;
            }
            if (before - loss).abs() < self.tolerance {
                course.outcome = Outcome::Settled;
                break;
            }
        }
        Ok(course)
    }
}

impl<U> fmt::Display for Course<U> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (epochs, first) = (self.losses.len().saturating_sub(1), self.losses.first().copied());
        let (first, last) = (first.unwrap_or(f64::NAN), self.losses.last().copied().unwrap_or(f64::NAN));
        let how = match self.outcome {
            Outcome::Settled => "settled",
            Outcome::Epochs => "ended",
            Outcome::Diverged => "diverged",
        };
        write!(f, "{how} after {epochs} epochs: the loss went from {first} to {last}")
    }
}
