//! `Stop`: when training should end, asked after each epoch, and what is seen then.

use super::Reason;
use crate::config::ConfigError;

/// What a stopping rule is shown: what has come of training so far.
///
/// ```
/// use nn::train::Seen;
/// let seen = Seen::new(3, 0.5).watching(0.7);
/// assert_eq!((seen.epoch, seen.loss, seen.watched), (3, 0.5, 0.7));
/// ```
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub struct Seen {
    /// How many epochs are done.
    pub epoch: u64,
    /// The training loss of the last of them.
    pub loss: f64,
    /// What is to become small: a loss on held-out data, or the training loss if nothing else is watched.
    pub watched: f64,
    /// The norm of the last gradient, if it was measured.
    pub gradient_norm: Option<f64>,
}

impl Seen {
    /// So many epochs are done, the last with this training loss.
    pub fn new(epoch: u64, loss: f64) -> Seen {
        Seen { epoch, loss, watched: loss, gradient_norm: None }
    }

    /// Watches another number than the training loss. Where more is better, as with an accuracy, give minus it.
    #[must_use]
    pub fn watching(self, watched: f64) -> Seen {
        Seen { watched, ..self }
    }

    /// The norm of the last gradient, as from [`last_norm`](crate::Optimizer::last_norm).
    #[must_use]
    pub fn gradient_norm(self, norm: impl Into<Option<f64>>) -> Seen {
        Seen { gradient_norm: norm.into(), ..self }
    }
}

/// When training should end: a plain value that is shown each epoch, in a loop of one's own or by a
/// [`Trainer`](super::Trainer).
///
/// ```
/// use nn::prelude::*;
/// use nn::train::{Epochs, LossBelow, Reason, Seen, SmallChange, Stop};
///
/// let mut net: Linear = Linear { weight: Tensor::from([[8.0]]), bias: None };
/// let mut sgd = Sgd::new(0.1);
/// let mut stop = Epochs(1000).or(LossBelow(1e-3)).or(SmallChange::new(1e-9));
/// let mut epoch = 0;
/// let reason = loop {
///     let loss = sgd.step(&mut net, |_, net| net.weight.square().sum())?;
///     epoch += 1;
///     if let Some(reason) = stop.observe(&Seen::new(epoch, loss.into())) {
///         break reason;
///     }
/// };
/// assert!(matches!(reason, Reason::LossBelow { .. }), "{reason}");
/// # Ok::<(), StepError>(())
/// ```
///
/// A rule of one's own says [`observe`](Stop::observe), and [`memory`](Stop::memory) if it remembers anything:
///
/// ```
/// use nn::train::{Reason, Seen, Stop};
///
/// /// Ends when held-out data fare this many times worse than training data.
/// struct Overfitted(f64);
/// impl Stop for Overfitted {
///     fn observe(&mut self, seen: &Seen) -> Option<Reason> {
///         let ratio = seen.watched / seen.loss;
///         (ratio > self.0).then(|| Reason::Other(format!("held-out data fare {ratio} times worse")))
///     }
/// }
/// assert!(Overfitted(2.0).observe(&Seen::new(7, 0.1).watching(0.3)).is_some());
/// ```
pub trait Stop {
    /// Takes an epoch into account, and gives a reason if training should end.
    fn observe(&mut self, seen: &Seen) -> Option<Reason>;

    /// Shows each number that the rule remembers, to be saved, or to be set to what was saved: always the same
    /// ones in the same order.
    fn memory(&mut self, visit: &mut dyn FnMut(&mut f64)) {
        let _ = visit;
    }

    /// Whether the rule's numbers can be.
    ///
    /// # Errors
    /// The first number that cannot be.
    fn check(&self) -> Result<(), ConfigError> {
        Ok(())
    }

    /// Whether the rule says nothing unless the gradient's norm is measured.
    fn needs_gradient_norm(&self) -> bool {
        false
    }

    /// This rule or another, whichever says so first; both see every epoch.
    fn or<S: Stop>(self, other: S) -> Or<Self, S>
    where
        Self: Sized,
    {
        Or { a: self, b: other }
    }
}

/// One rule or another: see [`Stop::or`].
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Or<A, B> {
    /// Asked first.
    pub a: A,
    /// Asked too, whatever the first says.
    pub b: B,
}

impl<A: Stop, B: Stop> Stop for Or<A, B> {
    fn observe(&mut self, seen: &Seen) -> Option<Reason> {
        let (a, b) = (self.a.observe(seen), self.b.observe(seen));
        a.or(b)
    }

    fn memory(&mut self, visit: &mut dyn FnMut(&mut f64)) {
        self.a.memory(visit);
        self.b.memory(visit);
    }

    fn check(&self) -> Result<(), ConfigError> {
        self.a.check()?;
        self.b.check()
    }

    fn needs_gradient_norm(&self) -> bool {
        self.a.needs_gradient_norm() || self.b.needs_gradient_norm()
    }
}

/// Any of several rules; all see every epoch.
impl<S: Stop> Stop for Vec<S> {
    fn observe(&mut self, seen: &Seen) -> Option<Reason> {
        let mut reason = None;
        for rule in self {
            let said = rule.observe(seen);
            reason = reason.or(said);
        }
        reason
    }

    fn memory(&mut self, visit: &mut dyn FnMut(&mut f64)) {
        self.iter_mut().for_each(|rule| rule.memory(visit));
    }

    fn check(&self) -> Result<(), ConfigError> {
        self.iter().try_for_each(Stop::check)
    }

    fn needs_gradient_norm(&self) -> bool {
        self.iter().any(Stop::needs_gradient_norm)
    }
}

impl<S: Stop + ?Sized> Stop for Box<S> {
    fn observe(&mut self, seen: &Seen) -> Option<Reason> {
        (**self).observe(seen)
    }

    fn memory(&mut self, visit: &mut dyn FnMut(&mut f64)) {
        (**self).memory(visit);
    }

    fn check(&self) -> Result<(), ConfigError> {
        (**self).check()
    }

    fn needs_gradient_norm(&self) -> bool {
        (**self).needs_gradient_norm()
    }
}
