//! What a user may set of `Lbfgs`, and what it says of a minimum.

use autograd::Element;

use super::{Binding, Lbfgs, VecDeque};
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

/// The numbers of [`Lbfgs`], as plain data: what comes from outside goes into the fields, and through [`check`](LbfgsRule::check).
///
/// ```
/// use nn::{ConfigError, Lbfgs, LbfgsRule};
/// fn optimizer(history: usize) -> Result<Lbfgs, ConfigError> {
///     let rule = LbfgsRule { history, ..LbfgsRule::default() };
///     rule.check()?;
///     Ok(Lbfgs::from_rule(rule))
/// }
/// assert!(optimizer(10).is_ok());
/// assert_eq!(optimizer(0).unwrap_err().to_string(), "Lbfgs: history is 0, but must be at least 1");
/// ```
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct LbfgsRule {
    /// How many changes are remembered; 3 to 20 are usual.
    pub history: usize,
    /// In a good step the loss falls by at least this share of what its slope promises.
    pub c1: f64,
    /// In a good step the slope shrinks to at most this share of what it was.
    pub c2: f64,
    /// How many times a step may look at the loss before its search has failed.
    pub evaluations: u64,
    /// The largest slope, in any parameter, that counts as none; `None` is the root of the number type's epsilon.
    pub tolerance: Option<f64>,
}

impl Default for LbfgsRule {
    /// Ten remembered changes, Wolfe conditions with 10⁻⁴ and 0.9, 25 looks in a search.
    fn default() -> LbfgsRule {
        LbfgsRule { history: 10, c1: 1e-4, c2: 0.9, evaluations: 25, tolerance: None }
    }
}

impl LbfgsRule {
    /// Whether the numbers can be.
    ///
    /// # Errors
    /// The first number that cannot be.
    pub fn check(&self) -> Result<(), ConfigError> {
        let LbfgsRule { history, c1, c2, evaluations, tolerance } = *self;
        number::count("Lbfgs", "history", history as u64)?;
        number::positive("Lbfgs", "c1", c1)?;
        number::share("Lbfgs", "c2", c2)?;
        if c1 >= c2 {
            return Err(ConfigError::new("Lbfgs", "c1", c1, "less than c2"));
        }
        number::count("Lbfgs", "evaluations", evaluations)?;
        number::from_zero("Lbfgs", "tolerance", tolerance.unwrap_or(0.0))
    }
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
        Lbfgs::from_rule(LbfgsRule::default())
    }

    /// L-BFGS with these numbers.
    ///
    /// # Panics
    /// If one of them cannot be.
    #[track_caller]
    pub fn from_rule(rule: LbfgsRule) -> Lbfgs<T> {
        number::expect(rule.check());
        Lbfgs { rule, seed: 0, steps: 0, binding: Binding::default(), pairs: VecDeque::new() }
    }

    /// Sets how many changes are remembered; 3 to 20 are usual.
    ///
    /// # Panics
    /// If there are none.
    #[track_caller]
    #[must_use]
    pub fn history(self, history: usize) -> Lbfgs<T> {
        let rule = LbfgsRule { history, ..self.rule };
        self.with_rule(rule)
    }

    /// Sets what a good step is: the loss falls by c1 of what its slope promises, and the slope shrinks to c2 of
    /// what it was.
    ///
    /// # Panics
    /// If not 0 < c1 < c2 < 1.
    #[track_caller]
    #[must_use]
    pub fn wolfe(self, c1: f64, c2: f64) -> Lbfgs<T> {
        let rule = LbfgsRule { c1, c2, ..self.rule };
        self.with_rule(rule)
    }

    /// Sets how many times a step may look at the loss before its search has failed.
    ///
    /// # Panics
    /// If never.
    #[track_caller]
    #[must_use]
    pub fn evaluations(self, evaluations: u64) -> Lbfgs<T> {
        let rule = LbfgsRule { evaluations, ..self.rule };
        self.with_rule(rule)
    }

    /// Sets the largest slope, in any parameter, that counts as none.
    ///
    /// # Panics
    /// If it is negative or not finite.
    #[track_caller]
    #[must_use]
    pub fn tolerance(self, tolerance: f64) -> Lbfgs<T> {
        let rule = LbfgsRule { tolerance: Some(tolerance), ..self.rule };
        self.with_rule(rule)
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

    /// The numbers.
    pub fn rule(&self) -> &LbfgsRule {
        &self.rule
    }

    /// The largest slope that counts as none.
    pub(super) fn slope_of_none(&self) -> f64 {
        self.rule.tolerance.unwrap_or_else(|| T::EPSILON.to_f64().sqrt())
    }

    #[track_caller]
    fn with_rule(self, rule: LbfgsRule) -> Lbfgs<T> {
        number::expect(rule.check());
        Lbfgs { rule, ..self }
    }
}
