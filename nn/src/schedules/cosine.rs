//! Half a cosine, once or again and again (Loshchilov, Hutter 2017, arXiv 1608.03983).

use std::f64::consts::PI;

use super::{Finite, Schedule};
use crate::config::ConfigError;
use crate::optim::check;

/// From `from` to `to` along half a cosine, as `part` goes from 0 to 1.
pub(super) fn half_cosine(from: f64, to: f64, part: f64) -> f64 {
    to + (from - to) * 0.5 * (1.0 + (PI * part).cos())
}

/// Down along half a cosine: floor + (lr - floor) · (1 + cos(π t / steps)) / 2, then the floor.
///
/// ```
/// use nn::{Schedule, schedules::Cosine};
/// let cosine = Cosine::new(0.1, 0.0, 100);
/// assert_eq!([0, 50, 100, 200].map(|step| cosine.lr(step)), [0.1, 0.05, 0.0, 0.0]);
/// ```
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Cosine {
    /// The first learning rate.
    pub lr: f64,
    /// The last.
    pub floor: f64,
    /// After how many steps the floor is reached.
    pub steps: u64,
}

impl Cosine {
    /// From `lr` to `floor` within this many steps.
    ///
    /// # Panics
    /// If a rate is negative or not finite, or there are no steps.
    #[track_caller]
    pub fn new(lr: f64, floor: f64, steps: u64) -> Cosine {
        let cosine = Cosine { lr, floor, steps };
        check::expect(cosine.check());
        cosine
    }
}

impl Schedule for Cosine {
    fn lr(&self, step: u64) -> f64 {
        match step < self.steps {
            true => half_cosine(self.lr, self.floor, step as f64 / self.steps as f64),
            false => self.floor,
        }
    }

    fn check(&self) -> Result<(), ConfigError> {
        check::from_zero("Cosine", "lr", self.lr)?;
        check::from_zero("Cosine", "floor", self.floor)?;
        check::count("Cosine", "steps", self.steps)
    }
}

impl Finite for Cosine {
    fn steps(&self) -> u64 {
        self.steps
    }
}

/// Half cosines one after the other, each from `lr` to `floor` and `growth` times as long as the one before (SGDR).
///
/// ```
/// use nn::{Schedule, schedules::CosineRestarts};
/// let restarts = CosineRestarts::new(0.1, 0.0, 10, 2);
/// // Periods of 10, 20, 40, … steps.
/// assert_eq!([0, 5, 10, 20, 30, 50].map(|step| restarts.lr(step)), [0.1, 0.05, 0.1, 0.05, 0.1, 0.05]);
/// ```
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct CosineRestarts {
    /// The learning rate at the start of each period.
    pub lr: f64,
    /// What each period goes down to.
    pub floor: f64,
    /// Steps of the first period, T₀ of the paper.
    pub period: u64,
    /// How many times as long each period is as the one before, T_mult of the paper.
    pub growth: u64,
}

impl CosineRestarts {
    /// Periods from `lr` to `floor`: the first of `period` steps, each other `growth` times as long as the one before.
    ///
    /// # Panics
    /// If a rate is negative or not finite, or the period or its growth is 0.
    #[track_caller]
    pub fn new(lr: f64, floor: f64, period: u64, growth: u64) -> CosineRestarts {
        let restarts = CosineRestarts { lr, floor, period, growth };
        check::expect(restarts.check());
        restarts
    }
}

impl Schedule for CosineRestarts {
    fn lr(&self, step: u64) -> f64 {
        let (mut step, mut period) = (step, self.period);
        if self.growth == 1 {
            step %= period;
        }
        // Periods double at least: at most 64 of them fit into a count of steps.
        while step >= period {
            step -= period;
            period = period.saturating_mul(self.growth);
        }
        half_cosine(self.lr, self.floor, step as f64 / period as f64)
    }

    fn check(&self) -> Result<(), ConfigError> {
        check::from_zero("CosineRestarts", "lr", self.lr)?;
        check::from_zero("CosineRestarts", "floor", self.floor)?;
        check::count("CosineRestarts", "period", self.period)?;
        check::count("CosineRestarts", "growth", self.growth)
    }
}
