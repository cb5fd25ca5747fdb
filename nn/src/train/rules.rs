//! The stopping rules of the literature, as plain values.

use super::{Reason, Seen, Stop};
use crate::check::not_negative;
use crate::config::ConfigError;
use crate::optim::check::count;

/// Ends after so many epochs.
///
/// ```
/// use nn::train::{Epochs, Seen, Stop};
/// let mut stop = Epochs(3);
/// let stopped = [1, 2, 3].map(|epoch| stop.observe(&Seen::new(epoch, 0.5)).is_some());
/// assert_eq!(stopped, [false, false, true]);
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Epochs(pub u64);

impl Stop for Epochs {
    fn observe(&mut self, seen: &Seen) -> Option<Reason> {
        (seen.epoch >= self.0).then_some(Reason::Epochs(self.0))
    }

    fn check(&self) -> Result<(), ConfigError> {
        count("Epochs", "epochs", self.0)
    }
}

/// Ends when the training loss is below a threshold, which it may never be: name a number of epochs as well (Bishop 1995,
/// "Neural Networks for Pattern Recognition", chapter 7).
///
/// ```
/// use nn::train::{LossBelow, Reason, Seen, Stop};
/// let mut stop = LossBelow(0.1);
/// assert_eq!(stop.observe(&Seen::new(1, 0.1)), None);
/// assert_eq!(stop.observe(&Seen::new(2, 0.09)), Some(Reason::LossBelow { loss: 0.09, threshold: 0.1 }));
/// ```
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct LossBelow(pub f64);

impl Stop for LossBelow {
    fn observe(&mut self, seen: &Seen) -> Option<Reason> {
        (seen.loss < self.0).then_some(Reason::LossBelow { loss: seen.loss, threshold: self.0 })
    }

    fn check(&self) -> Result<(), ConfigError> {
        crate::check::finite("LossBelow", "threshold", self.0)
    }
}

/// Ends when the norm of the last gradient is below epsilon (Haykin 2009, section 4.4). The norm must be measured: the optimiser's
/// [`clip_norm`](crate::Optimizer::clip_norm) does that, with `f64::MAX` if nothing is to be clipped.
///
/// ```
/// use nn::train::{Seen, SmallGradient, Stop};
/// let mut stop = SmallGradient(1e-6);
/// assert!(stop.observe(&Seen::new(1, 0.3).gradient_norm(1e-3)).is_none());
/// assert!(stop.observe(&Seen::new(2, 0.3).gradient_norm(1e-7)).is_some());
/// ```
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct SmallGradient(pub f64);

impl Stop for SmallGradient {
    fn observe(&mut self, seen: &Seen) -> Option<Reason> {
        let norm = seen.gradient_norm.filter(|&norm| norm < self.0)?;
        Some(Reason::SmallGradient { norm, epsilon: self.0 })
    }

    fn check(&self) -> Result<(), ConfigError> {
        not_negative("SmallGradient", "epsilon", self.0)
    }

    fn needs_gradient_norm(&self) -> bool {
        true
    }
}

/// Ends when the training loss changes by less than epsilon from one epoch to the next: |J(i) - J(i-1)| < epsilon
/// (Haykin 2009, "Neural Networks and Learning Machines", section 4.4).
///
/// A loss on a plateau stops it too, so epsilon is small.
///
/// ```
/// use nn::train::{Seen, SmallChange, Stop};
/// let mut stop = SmallChange::new(0.01);
/// let stopped = [1.0, 0.5, 0.495].map(|loss| stop.observe(&Seen::new(1, loss)).is_some());
/// assert_eq!(stopped, [false, false, true]);
/// ```
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct SmallChange {
    /// The bound.
    pub epsilon: f64,
    /// State: the loss before, NaN before the first.
    pub last: f64,
}

impl SmallChange {
    /// With this bound.
    pub fn new(epsilon: f64) -> SmallChange {
        SmallChange { epsilon, last: f64::NAN }
    }
}

impl Stop for SmallChange {
    fn observe(&mut self, seen: &Seen) -> Option<Reason> {
        let change = (seen.loss - self.last).abs();
        self.last = seen.loss;
        (change < self.epsilon).then_some(Reason::SmallChange { change, epsilon: self.epsilon })
    }

    fn memory(&mut self, visit: &mut dyn FnMut(&mut f64)) {
        visit(&mut self.last);
    }

    fn check(&self) -> Result<(), ConfigError> {
        not_negative("SmallChange", "epsilon", self.epsilon)
    }
}

/// Ends when what is watched, usually the loss on held-out data, has not become better for longer than patience
/// allows (Prechelt 1998, "Early Stopping, But When?").
///
/// [`Best`](super::Best) keeps the weights that were best meanwhile; a [`Trainer`](super::Trainer) does that by itself.
///
/// ```
/// use nn::train::{EarlyStopping, Reason, Seen, Stop};
/// let mut stop = EarlyStopping::new(1).min_delta(0.01);
/// let losses = [0.9, 0.5, 0.495, 0.6];
/// let reasons = losses.map(|loss| stop.observe(&Seen::new(1, loss)));
/// assert_eq!(reasons, [None, None, None, Some(Reason::NoBetter { epochs: 2, best: 0.5 })]);
/// ```
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct EarlyStopping {
    /// How many epochs in a row may be no better; the next one that is not ends training.
    pub patience: u64,
    /// By how much a number must be below the best one to be better: 0.
    pub min_delta: f64,
    /// State: the best number so far, infinite before the first.
    pub best: f64,
    /// State: how many epochs in a row were no better.
    pub stale: u64,
}

impl EarlyStopping {
    /// With this patience; any smaller number is better.
    pub fn new(patience: u64) -> EarlyStopping {
        EarlyStopping { patience, min_delta: 0.0, best: f64::INFINITY, stale: 0 }
    }

    /// Sets by how much a number must be below the best one to be better.
    #[must_use]
    pub fn min_delta(self, min_delta: f64) -> EarlyStopping {
        EarlyStopping { min_delta, ..self }
    }
}

impl Stop for EarlyStopping {
    /// A number that is NaN is no better.
    fn observe(&mut self, seen: &Seen) -> Option<Reason> {
        if seen.watched < self.best - self.min_delta {
            (self.best, self.stale) = (seen.watched, 0);
        } else {
            self.stale += 1;
        }
        (self.stale > self.patience).then_some(Reason::NoBetter { epochs: self.stale, best: self.best })
    }

    fn memory(&mut self, visit: &mut dyn FnMut(&mut f64)) {
        visit(&mut self.best);
        let mut stale = self.stale as f64;
        visit(&mut stale);
        self.stale = stale as u64;
    }

    fn check(&self) -> Result<(), ConfigError> {
        not_negative("EarlyStopping", "min_delta", self.min_delta)
    }
}
