//! `Plateau`: a lower learning rate when the loss stays where it is.

use crate::config::ConfigError;
use crate::optim::check;

/// Multiplies the learning rate by a factor when a loss has not become better for a while (Krizhevsky, Sutskever,
/// Hinton 2012, section 5).
///
/// Unlike the other schedules it remembers what it has seen. Its state is three public fields, to be saved with the
/// rest of a run.
///
/// ```
/// use nn::schedules::Plateau;
/// let mut plateau = Plateau::new(0.1, 0.5, 2);
/// let losses = [1.0, 0.8, 0.81, 0.79999, 0.8, 0.7];
/// // Better by less than a ten-thousandth is no better: the third loss in a row that is not halves the rate.
/// assert_eq!(losses.map(|loss| plateau.observe(loss)), [0.1, 0.1, 0.1, 0.1, 0.05, 0.05]);
/// ```
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Plateau {
    /// What the learning rate is multiplied by, less than 1.
    pub factor: f64,
    /// How many losses in a row may be no better; the next one that is not lowers the rate.
    pub patience: u64,
    /// The smallest learning rate.
    pub floor: f64,
    /// By what share of the best loss another must be below it to be better: 1e-4.
    pub threshold: f64,
    /// How many losses after a lowered rate do not count: 0.
    pub cooldown: u64,
    /// State: the learning rate.
    pub lr: f64,
    /// State: the best loss so far, infinite before the first.
    pub best: f64,
    /// State: how many losses in a row were no better; below 0 while they do not count.
    pub stale: i64,
}

impl Plateau {
    /// Begins with this learning rate, and multiplies it by `factor` after more than `patience` losses in a row
    /// that are no better.
    ///
    /// # Panics
    /// If the rate is negative or not finite, or the factor is not at least 0 and less than 1.
    #[track_caller]
    pub fn new(lr: f64, factor: f64, patience: u64) -> Plateau {
        let plateau = Plateau {
            factor,
            patience,
            floor: 0.0,
            threshold: 1e-4,
            cooldown: 0,
            lr,
            best: f64::INFINITY,
            stale: 0,
        };
        check::expect(plateau.check());
        plateau
    }

    /// Takes the loss of an epoch into account, and gives the learning rate of the next. A loss that is NaN is
    /// no better; where more is better, as with an accuracy, give 1 minus it.
    pub fn observe(&mut self, loss: f64) -> f64 {
        // Of its size, so that a threshold means the same for losses below 0.
        let better = match self.best.is_finite() {
            true => loss < self.best - self.threshold * self.best.abs(),
            false => loss < self.best,
        };
        if better {
            self.best = loss;
        }
        self.stale = if better && self.stale >= 0 { 0 } else { self.stale + 1 };
        if self.stale > i64::try_from(self.patience).unwrap_or(i64::MAX) {
            self.lr = self.floor.max(self.lr * self.factor).min(self.lr);
            self.stale = -i64::try_from(self.cooldown).unwrap_or(i64::MAX);
        }
        self.lr
    }

    /// Whether the numbers can be.
    ///
    /// # Errors
    /// The first number that cannot be.
    pub fn check(&self) -> Result<(), ConfigError> {
        check::from_zero("Plateau", "lr", self.lr)?;
        check::share("Plateau", "factor", self.factor)?;
        check::from_zero("Plateau", "floor", self.floor)?;
        check::share("Plateau", "threshold", self.threshold)
    }
}
