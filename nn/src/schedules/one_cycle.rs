//! `OneCycle`: up once, down once.

use super::cosine::half_cosine;
use super::{Finite, Schedule};
use crate::config::ConfigError;
use crate::optim::check;

/// Up from `start` to `peak`, then down to `end` (Smith, Topin 2018, arXiv 1708.07120; Smith 2018, arXiv 1803.09820).
///
/// [`new`](OneCycle::new) has 30 % of the steps go up from peak / 25, and ends at peak / 250,000; along cosines, where
/// the papers have lines. Momentum goes the other way, see [`momentum`](OneCycle::momentum).
///
/// ```
/// use nn::prelude::*;
/// use nn::schedules::OneCycle;
/// let cycle = OneCycle::new(0.5, 100);
/// let lr = |step| (cycle.lr(step) * 1e9).round() / 1e9;
/// assert_eq!([0, 30, 65].map(lr), [0.02, 0.5, 0.250001]);
///
/// let (mut net, mut sgd) = (Linear::new(2, 1, &mut nn::rng(1)), Sgd::new(0.5).momentum(0.95));
/// while sgd.steps() < cycle.steps() {
///     sgd.set_lr(0.1 * cycle.lr(sgd.steps()));
///     sgd.rule_mut().momentum = cycle.momentum(sgd.steps(), 0.95, 0.85);
///     sgd.step(&mut net, |g, net| net.forward(g.constant([[1.0, 2.0]])).square().sum())?;
/// }
/// assert!(sgd.rule().momentum > 0.94); // at the end as in the beginning
/// # Ok::<(), StepError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct OneCycle {
    /// The first learning rate.
    pub start: f64,
    /// The largest.
    pub peak: f64,
    /// The last.
    pub end: f64,
    /// How many steps there are.
    pub steps: u64,
    /// The share of the steps that go up, from 0 to 1.
    pub rise: f64,
    /// Along which curve it goes up and down.
    pub anneal: Anneal,
}

/// A way from one number to another.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Anneal {
    /// Half a cosine.
    #[default]
    Cosine,
    /// A line.
    Linear,
}

impl Anneal {
    fn between(self, from: f64, to: f64, part: f64) -> f64 {
        match self {
            Anneal::Cosine => half_cosine(from, to, part),
            Anneal::Linear => from + (to - from) * part,
        }
    }
}

impl OneCycle {
    /// One cycle of this many steps with this largest learning rate.
    ///
    /// # Panics
    /// If the rate is negative or not finite, or there are no steps.
    #[track_caller]
    pub fn new(peak: f64, steps: u64) -> OneCycle {
        let (start, end) = (peak / 25.0, peak / 250_000.0);
        let cycle = OneCycle { start, peak, end, steps, rise: 0.3, anneal: Anneal::Cosine };
        check::expect(cycle.check());
        cycle
    }

    /// Goes along lines, as in the papers.
    #[must_use]
    pub fn linear(self) -> OneCycle {
        OneCycle { anneal: Anneal::Linear, ..self }
    }

    /// The momentum that goes with the learning rate: `high` where that is low, `low` at its peak.
    pub fn momentum(&self, step: u64, high: f64, low: f64) -> f64 {
        self.curve(step, high, low, high)
    }

    /// The momentum as a schedule of its own, whose values are those of [`momentum`](OneCycle::momentum): what a
    /// [trainer](crate::train::TrainerBuilder::schedule_number) takes.
    ///
    /// ```
    /// use nn::schedules::{OneCycle, Schedule};
    /// let cycle = OneCycle::new(0.5, 100);
    /// let momentum = cycle.of_momentum(0.95, 0.85);
    /// assert_eq!([0, 30, 100].map(|step| momentum.lr(step)), [0.95, 0.85, 0.95]);
    /// ```
    #[must_use]
    pub fn of_momentum(self, high: f64, low: f64) -> OneCycle {
        OneCycle { start: high, peak: low, end: high, ..self }
    }

    fn curve(&self, step: u64, start: f64, peak: f64, end: f64) -> f64 {
        let (step, up) = (step as f64, self.rise * self.steps as f64);
        if step < up {
            return self.anneal.between(start, peak, step / up);
        }
        let down = self.steps as f64 - up;
        // A cycle that only rises ends at its peak.
        let part = if down > 0.0 { ((step - up) / down).min(1.0) } else { 0.0 };
        self.anneal.between(peak, end, part)
    }
}

impl Schedule for OneCycle {
    fn lr(&self, step: u64) -> f64 {
        self.curve(step, self.start, self.peak, self.end)
    }

    fn check(&self) -> Result<(), ConfigError> {
        check::from_zero("OneCycle", "peak", self.peak)?;
        check::from_zero("OneCycle", "start", self.start)?;
        check::from_zero("OneCycle", "end", self.end)?;
        check::count("OneCycle", "steps", self.steps)?;
        if (0.0..=1.0).contains(&self.rise) {
            return Ok(());
        }
        Err(ConfigError::new("OneCycle", "rise", self.rise, "at least 0 and at most 1"))
    }
}

impl Finite for OneCycle {
    fn steps(&self) -> u64 {
        self.steps
    }
}
