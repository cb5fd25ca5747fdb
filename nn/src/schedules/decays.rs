//! Schedules of one formula: constant, in steps, exponential, 1 / t, polynomial, and warm-up.

use super::{Finite, Schedule};
use crate::config::ConfigError;
use crate::optim::check;

/// The same learning rate in every step.
///
/// ```
/// use nn::{Schedule, schedules::Constant};
/// assert_eq!(Constant::new(0.1).lr(1000), 0.1);
/// ```
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Constant {
    /// The learning rate.
    pub lr: f64,
}

/// Multiplied by `factor` after every `every` steps: lr · factor^⌊t / every⌋ (Szegedy et al. 2014, arXiv 1409.4842: 4 % less
/// every eight epochs).
///
/// ```
/// use nn::{Schedule, schedules::StepDecay};
/// let decay = StepDecay::new(1.0, 0.5, 10);
/// assert_eq!([0, 9, 10, 25].map(|step| decay.lr(step)), [1.0, 1.0, 0.5, 0.25]);
/// ```
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct StepDecay {
    /// The first learning rate.
    pub lr: f64,
    /// What it is multiplied by.
    pub factor: f64,
    /// After how many steps.
    pub every: u64,
}

/// Multiplied by `factor` at each milestone: lr · factor^(number of milestones up to t) (He et al. 2015, arXiv 1512.03385,
/// section 4.2).
///
/// ```
/// use nn::{Schedule, schedules::MultiStep};
/// let decay = MultiStep::new(1.0, 0.1, [30, 60]);
/// assert_eq!([29, 30, 59, 60].map(|step| decay.lr(step)), [1.0, 0.1, 0.1, 0.1 * 0.1]);
/// ```
#[derive(Clone, PartialEq, Debug)]
pub struct MultiStep {
    /// The first learning rate.
    pub lr: f64,
    /// What it is multiplied by.
    pub factor: f64,
    /// After how many steps, in any order.
    pub milestones: Vec<u64>,
}

/// Multiplied by `factor` after every step: lr · factorᵗ (Senior et al. 2013, "An empirical study of learning rates in deep
/// neural networks for speech recognition").
///
/// ```
/// use nn::{Schedule, schedules::Exponential};
/// assert_eq!(Exponential::new(0.8, 0.5).lr(3), 0.1);
/// ```
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Exponential {
    /// The first learning rate.
    pub lr: f64,
    /// What it is multiplied by.
    pub factor: f64,
}

/// lr / (1 + rate · t): steps whose lengths add up to infinity while their squares do not, which stochastic
/// descent needs to arrive (Robbins, Monro 1951).
///
/// ```
/// use nn::{Schedule, schedules::InverseTime};
/// assert_eq!(InverseTime::new(0.75, 0.5).lr(4), 0.25);
/// ```
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct InverseTime {
    /// The first learning rate.
    pub lr: f64,
    /// How fast it falls: it is halved after 1 / rate steps.
    pub rate: f64,
}

/// floor + (lr - floor) · (1 - t / steps)^power, then the floor: a line for power 1 (Goodfellow, Bengio, Courville 2016,
/// eq. 8.14); 0.9 is usual in segmentation (Chen et al. 2016, arXiv 1606.00915).
///
/// ```
/// use nn::{Schedule, schedules::Polynomial};
/// let parabola = Polynomial::new(1.0, 0.0, 10, 2.0);
/// assert_eq!([0, 5, 10, 11].map(|step| parabola.lr(step)), [1.0, 0.25, 0.0, 0.0]);
/// ```
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Polynomial {
    /// The first learning rate.
    pub lr: f64,
    /// The last.
    pub floor: f64,
    /// After how many steps the floor is reached.
    pub steps: u64,
    /// The exponent.
    pub power: f64,
}

/// Up to `lr` in a line: lr · (t + 1) / steps, then `lr` (Goyal et al. 2017, arXiv 1706.02677).
///
/// The first step has a steps-th of the rate, the last of them all of it.
///
/// ```
/// use nn::{Schedule, schedules::Warmup};
/// let warmup = Warmup::new(0.8, 4);
/// assert_eq!([0, 1, 3, 4].map(|step| warmup.lr(step)), [0.2, 0.4, 0.8, 0.8]);
/// ```
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Warmup {
    /// The learning rate that is reached.
    pub lr: f64,
    /// In how many steps.
    pub steps: u64,
}

/// Writes `new`, which checks, from the fields.
macro_rules! constructors {
    ($($Schedule:ident($($field:ident: $Type:ty),+) $(#[$doc:meta])+;)+) => {$(
        impl $Schedule {
            $(#[$doc])+
            ///
            /// # Panics
            /// If a number cannot be; what comes from outside goes into the fields, and through
            /// [`check`](Schedule::check).
            #[track_caller]
            pub fn new($($field: $Type),+) -> $Schedule {
                let schedule = $Schedule { $($field: $field.into()),+ };
                check::expect(schedule.check());
                schedule
            }
        }
    )+};
}
constructors! {
    Constant(lr: f64)
        /// Always this learning rate.
        ;
    StepDecay(lr: f64, factor: f64, every: u64)
        /// From `lr`, times `factor` after every `every` steps.
        ;
    MultiStep(lr: f64, factor: f64, milestones: impl Into<Vec<u64>>)
        /// From `lr`, times `factor` at each of these numbers of steps.
        ;
    Exponential(lr: f64, factor: f64)
        /// From `lr`, times `factor` after every step.
        ;
    InverseTime(lr: f64, rate: f64)
        /// From `lr`, halved after 1 / rate steps.
        ;
    Polynomial(lr: f64, floor: f64, steps: u64, power: f64)
        /// From `lr` to `floor` within this many steps.
        ;
    Warmup(lr: f64, steps: u64)
        /// To `lr` within this many steps.
        ;
}

/// `factor` to a power that counts steps.
fn power(factor: f64, count: u64) -> f64 {
    factor.powi(i32::try_from(count).unwrap_or(i32::MAX))
}

impl Schedule for Constant {
    fn lr(&self, _: u64) -> f64 {
        self.lr
    }

    fn check(&self) -> Result<(), ConfigError> {
        check::from_zero("Constant", "lr", self.lr)
    }
}

impl Schedule for StepDecay {
    fn lr(&self, step: u64) -> f64 {
        self.lr * power(self.factor, step / self.every)
    }

    fn check(&self) -> Result<(), ConfigError> {
        check::from_zero("StepDecay", "lr", self.lr)?;
        check::from_zero("StepDecay", "factor", self.factor)?;
        check::count("StepDecay", "every", self.every)
    }
}

impl Schedule for MultiStep {
    fn lr(&self, step: u64) -> f64 {
        let passed = self.milestones.iter().filter(|&&milestone| milestone <= step);
        self.lr * power(self.factor, passed.count() as u64)
    }

    fn check(&self) -> Result<(), ConfigError> {
        check::from_zero("MultiStep", "lr", self.lr)?;
        check::from_zero("MultiStep", "factor", self.factor)
    }
}

impl Schedule for Exponential {
    fn lr(&self, step: u64) -> f64 {
        self.lr * power(self.factor, step)
    }

    fn check(&self) -> Result<(), ConfigError> {
        check::from_zero("Exponential", "lr", self.lr)?;
        check::from_zero("Exponential", "factor", self.factor)
    }
}

impl Schedule for InverseTime {
    fn lr(&self, step: u64) -> f64 {
        self.lr / (1.0 + self.rate * step as f64)
    }

    fn check(&self) -> Result<(), ConfigError> {
        check::from_zero("InverseTime", "lr", self.lr)?;
        check::from_zero("InverseTime", "rate", self.rate)
    }
}

impl Schedule for Polynomial {
    fn lr(&self, step: u64) -> f64 {
        match step < self.steps {
            true => {
                let left = 1.0 - step as f64 / self.steps as f64;
                self.floor + (self.lr - self.floor) * left.powf(self.power)
            }
            false => self.floor,
        }
    }

    fn check(&self) -> Result<(), ConfigError> {
        check::from_zero("Polynomial", "lr", self.lr)?;
        check::from_zero("Polynomial", "floor", self.floor)?;
        check::count("Polynomial", "steps", self.steps)?;
        check::positive("Polynomial", "power", self.power)
    }
}

impl Finite for Polynomial {
    fn steps(&self) -> u64 {
        self.steps
    }
}

impl Schedule for Warmup {
    fn lr(&self, step: u64) -> f64 {
        match step < self.steps {
            true => self.lr * ((step + 1) as f64 / self.steps as f64),
            false => self.lr,
        }
    }

    fn check(&self) -> Result<(), ConfigError> {
        check::from_zero("Warmup", "lr", self.lr)?;
        check::count("Warmup", "steps", self.steps)
    }
}

impl Finite for Warmup {
    fn steps(&self) -> u64 {
        self.steps
    }
}
