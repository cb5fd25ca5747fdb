//! Schedules: the learning rate as a function of the step.
//!
//! A schedule is a plain value that maps the number of steps taken, from 0, to a learning rate. It remembers
//! nothing, so a run that is taken up again needs nothing but its number of steps. [`Plateau`] alone looks
//! at losses, and what it remembers is plain data.
//!
//! ```
//! use nn::prelude::*;
//! use nn::schedules::{Cosine, Warmup};
//!
//! let schedule = Warmup::new(1e-2, 10).then(Cosine::new(1e-2, 1e-4, 90));
//! let mut net = Linear::new(2, 1, &mut nn::rng(1));
//! let mut adam = Adam::new(1e-2);
//! for _ in 0..100 {
//!     adam.set_lr(schedule.lr(adam.steps()));
//!     adam.step(&mut net, |g, net| net.forward(g.constant([[1.0, 2.0]])).square().sum())?;
//! }
//! assert_eq!((schedule.lr(0), schedule.lr(9), schedule.lr(100)), (1e-3, 1e-2, 1e-4));
//! # Ok::<(), nn::StepError>(())
//! ```

mod compose;
mod cosine;
mod decays;
mod one_cycle;
mod plateau;

pub use compose::{ForSteps, Then, Times};
pub use cosine::{Cosine, CosineRestarts};
pub use decays::{Constant, Exponential, InverseTime, MultiStep, Polynomial, StepDecay, Warmup};
pub use one_cycle::{Anneal, OneCycle};
pub use plateau::Plateau;

use crate::config::ConfigError;

/// The learning rate as a function of the number of steps taken, from 0.
///
/// A schedule of one's own says [`lr`](Schedule::lr); a step may as well be an epoch, if that is what is counted.
///
/// ```
/// use nn::prelude::*;
///
/// /// The schedule of transformers: up in a line, then down with the root (Vaswani et al. 2017, arXiv 1706.03762).
/// struct Noam { width: f64, warmup: f64 }
/// impl Schedule for Noam {
///     fn lr(&self, step: u64) -> f64 {
///         let step = step as f64 + 1.0;
///         step.powf(-0.5).min(step * self.warmup.powf(-1.5)) / self.width.sqrt()
///     }
/// }
/// let noam = Noam { width: 256.0, warmup: 100.0 };
/// assert!(noam.lr(0) < noam.lr(99) && noam.lr(99) > noam.lr(1000));
/// ```
pub trait Schedule {
    /// The learning rate after this many steps: that of step number `step + 1`.
    fn lr(&self, step: u64) -> f64;

    /// Whether the schedule's numbers can be; `new` panics if not, so this is for fields that were set from outside.
    ///
    /// ```
    /// use nn::prelude::*;
    /// let cosine = nn::schedules::Cosine { lr: 0.1, floor: f64::NAN, steps: 100 };
    /// assert_eq!(cosine.check().unwrap_err().to_string(), "Cosine: floor is NaN, but must be finite and at least 0");
    /// ```
    ///
    /// # Errors
    /// The first number that cannot be.
    fn check(&self) -> Result<(), ConfigError> {
        Ok(())
    }

    /// The first `steps` steps of this schedule, to be followed by another with [`then`](Finite::then).
    ///
    /// ```
    /// use nn::prelude::*;
    /// use nn::schedules::{Constant, Exponential};
    /// let schedule = Constant::new(0.5).for_steps(3).then(Exponential::new(0.5, 0.1));
    /// assert_eq!([2, 3, 4].map(|step| schedule.lr(step)), [0.5, 0.5, 0.05]);
    /// ```
    fn for_steps(self, steps: u64) -> ForSteps<Self>
    where
        Self: Sized,
    {
        ForSteps { schedule: self, steps }
    }

    /// The product of two schedules, one of which gives factors.
    ///
    /// ```
    /// use nn::prelude::*;
    /// use nn::schedules::{Cosine, StepDecay};
    /// let schedule = Cosine::new(0.1, 0.0, 10).times(StepDecay::new(1.0, 0.5, 5));
    /// assert_eq!(schedule.lr(5), 0.05 * 0.5);
    /// ```
    fn times<S: Schedule>(self, other: S) -> Times<Self, S>
    where
        Self: Sized,
    {
        Times { a: self, b: other }
    }
}

/// A schedule that ends, so that another can follow it.
pub trait Finite: Schedule {
    /// After how many steps it ends.
    fn steps(&self) -> u64;

    /// This schedule to its end, and then another from its beginning.
    ///
    /// ```
    /// use nn::prelude::*;
    /// use nn::schedules::{Cosine, Warmup};
    /// let schedule = Warmup::new(0.1, 5).then(Cosine::new(0.1, 0.0, 20));
    /// let lr = |step| (schedule.lr(step) * 1e9).round() / 1e9;
    /// assert_eq!([0, 4, 5, 15, 25].map(lr), [0.02, 0.1, 0.1, 0.05, 0.0]);
    /// ```
    fn then<S: Schedule>(self, next: S) -> Then<Self, S>
    where
        Self: Sized,
    {
        Then { first: self, next }
    }
}

impl<S: Schedule + ?Sized> Schedule for &S {
    fn lr(&self, step: u64) -> f64 {
        (**self).lr(step)
    }

    fn check(&self) -> Result<(), ConfigError> {
        (**self).check()
    }
}

impl<S: Schedule + ?Sized> Schedule for Box<S> {
    fn lr(&self, step: u64) -> f64 {
        (**self).lr(step)
    }

    fn check(&self) -> Result<(), ConfigError> {
        (**self).check()
    }
}
