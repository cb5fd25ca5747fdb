//! What a user may set of `Lbfgs`, and what it says of a minimum.

use autograd::Element;

use super::{Binding, Lbfgs, Search, VecDeque};
use crate::config::ConfigError;
use crate::optim::check as number;

/// What [`Lbfgs::minimize`] found.
#[derive(Clone, Copy, PartialEq, Debug)]
#[must_use = "says whether a minimum was found"]
pub struct Minimised<T> {
    /// The loss where it ended.
    pub loss: T,
    /// The largest slope there, in any parameter.
    pub gradient: f64,
    /// How many steps were taken.
    pub steps: u64,
    /// How many times the loss and its gradient were computed.
    pub evaluations: u64,
    /// Why it ended.
    pub end: End,
}

/// Why [`Lbfgs::minimize`] ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum End {
    /// No slope is above the tolerance.
    Gradient,
    /// All steps were taken.
    Steps,
    /// No length of the next step was good enough: rounding is reached, or the loss is not smooth there.
    LineSearch,
}

impl<T: Element> Default for Lbfgs<T> {
    fn default() -> Self {
        Lbfgs::new()
    }
}

impl<T: Element> Lbfgs<T> {
    /// L-BFGS with ten remembered changes, Wolfe conditions with 10⁻⁴ and 0.9, 25 looks in a search, and the root
    /// of the number type's epsilon as tolerance.
    pub fn new() -> Lbfgs<T> {
        Lbfgs {
            history: 10,
            search: Search { c1: 1e-4, c2: 0.9, evaluations: 25 },
            tolerance: T::EPSILON.to_f64().sqrt(),
            seed: 0,
            steps: 0,
            binding: Binding::default(),
            pairs: VecDeque::new(),
        }
    }

    /// Sets how many changes are remembered; 3 to 20 are usual.
    ///
    /// # Panics
    /// If there are none.
    #[track_caller]
    #[must_use]
    pub fn history(self, history: usize) -> Lbfgs<T> {
        Lbfgs { history, ..self }.checked()
    }

    /// Sets what a good step is: the loss falls by c1 of what its slope promises, and the slope shrinks to c2 of
    /// what it was.
    ///
    /// # Panics
    /// If not 0 < c1 < c2 < 1.
    #[track_caller]
    #[must_use]
    pub fn wolfe(self, c1: f64, c2: f64) -> Lbfgs<T> {
        Lbfgs { search: Search { c1, c2, ..self.search }, ..self }.checked()
    }

    /// Sets how many times a step may look at the loss before its search has failed.
    ///
    /// # Panics
    /// If never.
    #[track_caller]
    #[must_use]
    pub fn evaluations(self, evaluations: u64) -> Lbfgs<T> {
        Lbfgs { search: Search { evaluations, ..self.search }, ..self }.checked()
    }

    /// Sets the largest slope, in any parameter, that counts as none.
    ///
    /// # Panics
    /// If it is negative or not finite.
    #[track_caller]
    #[must_use]
    pub fn tolerance(self, tolerance: f64) -> Lbfgs<T> {
        Lbfgs { tolerance, ..self }.checked()
    }

    /// Sets the seed from which, with the number of the step, layers draw random numbers; 0 otherwise.
    #[must_use]
    pub fn seed(self, seed: u64) -> Lbfgs<T> {
        Lbfgs { seed, ..self }
    }

    /// Leaves parameters out whose names fit a pattern, as [`Optimizer::freeze`](crate::Optimizer::freeze) does.
    ///
    /// # Panics
    /// If a step has been taken.
    #[track_caller]
    #[must_use]
    pub fn freeze(mut self, pattern: &str) -> Lbfgs<T> {
        assert!(self.steps == 0, "freeze: say what is frozen before the first step, or make a new optimiser");
        self.binding.frozen.push(pattern.to_owned());
        self
    }

    /// How many steps were taken.
    pub fn steps(&self) -> u64 {
        self.steps
    }

    #[track_caller]
    fn checked(self) -> Lbfgs<T> {
        number::expect(self.check());
        self
    }
}

pub(super) fn check<T: Element>(lbfgs: &Lbfgs<T>) -> Result<(), ConfigError> {
    let Search { c1, c2, evaluations } = lbfgs.search;
    number::count("Lbfgs", "history", lbfgs.history as u64)?;
    number::positive("Lbfgs", "c1", c1)?;
    number::share("Lbfgs", "c2", c2)?;
    if c1 >= c2 {
        return Err(ConfigError::new("Lbfgs", "c1", c1, "less than c2"));
    }
    number::count("Lbfgs", "evaluations", evaluations)?;
    number::from_zero("Lbfgs", "tolerance", lbfgs.tolerance)
}
