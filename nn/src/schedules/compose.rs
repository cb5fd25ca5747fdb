//! Schedules made of others: one after the other, cut off, multiplied.

use super::{Finite, Schedule};
use crate::config::ConfigError;

/// One schedule to its end, then another: see [`Finite::then`].
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Then<A, B> {
    /// What comes first.
    pub first: A,
    /// What follows.
    pub next: B,
}

impl<A: Finite, B: Schedule> Schedule for Then<A, B> {
    fn lr(&self, step: u64) -> f64 {
        match step.checked_sub(self.first.steps()) {
            None => self.first.lr(step),
            Some(step) => self.next.lr(step),
        }
    }

    fn check(&self) -> Result<(), ConfigError> {
        self.first.check()?;
        self.next.check()
    }
}

impl<A: Finite, B: Finite> Finite for Then<A, B> {
    fn steps(&self) -> u64 {
        self.first.steps().saturating_add(self.next.steps())
    }
}

/// The first steps of a schedule: see [`Schedule::for_steps`].
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct ForSteps<S> {
    /// What is cut off; asked for more steps, it goes on.
    pub schedule: S,
    /// After how many steps it ends.
    pub steps: u64,
}

impl<S: Schedule> Schedule for ForSteps<S> {
    fn lr(&self, step: u64) -> f64 {
        self.schedule.lr(step)
    }

    fn check(&self) -> Result<(), ConfigError> {
        self.schedule.check()
    }
}

impl<S: Schedule> Finite for ForSteps<S> {
    fn steps(&self) -> u64 {
        self.steps
    }
}

/// The product of two schedules: see [`Schedule::times`].
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Times<A, B> {
    /// One factor.
    pub a: A,
    /// The other.
    pub b: B,
}

impl<A: Schedule, B: Schedule> Schedule for Times<A, B> {
    fn lr(&self, step: u64) -> f64 {
        self.a.lr(step) * self.b.lr(step)
    }

    fn check(&self) -> Result<(), ConfigError> {
        self.a.check()?;
        self.b.check()
    }
}

impl<A: Finite, B: Schedule> Finite for Times<A, B> {
    fn steps(&self) -> u64 {
        self.a.steps()
    }
}
