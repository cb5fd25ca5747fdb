//! `Options`: all that a user can say about a run, and what of it cannot be.

use std::error::Error;
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::atomic::AtomicBool;

use autograd::{Element, Tensor};

use super::builder::Goal;
use super::{EpochEvent, StepEvent, Stop, history};
use crate::config::ConfigError;
use crate::data::Dataset;
use crate::optim::Ema;
use crate::optim::check::count;
use crate::schedules::{Plateau, Schedule};

/// A measure of predictions and targets.
pub(super) type Measure<'a, Y, T> =
    Box<dyn FnMut(&Tensor<T>, &Y) -> Result<f64, Box<dyn Error + Send + Sync>> + 'a>;
/// Called after each step; may end training.
pub(super) type StepHook<'a, M> = Box<dyn FnMut(&StepEvent<'_, M>) -> ControlFlow<()> + 'a>;
/// Called after each epoch; may end training.
pub(super) type EpochHook<'a, M> = Box<dyn FnMut(&EpochEvent<'_, M>) -> ControlFlow<()> + 'a>;

/// All that a user can say about a run.
pub(super) struct Options<'a, M, Y, T: Element> {
    pub(super) epochs: Option<u64>,
    pub(super) batch: usize,
    pub(super) accumulate: usize,
    pub(super) drop_last: bool,
    pub(super) shuffle: bool,
    pub(super) seed: u64,
    pub(super) schedule: Option<Box<dyn Schedule + 'a>>,
    /// Other numbers of the rule, by name, and what they follow.
    pub(super) schedules: Vec<(String, Box<dyn Schedule + 'a>)>,
    pub(super) plateau: Option<Plateau>,
    pub(super) average: Option<Ema<M>>,
    pub(super) sets: Vec<(String, &'a Dataset<Y>)>,
    pub(super) evaluation_batch: usize,
    pub(super) metrics: Vec<(String, Measure<'a, Y, T>)>,
    pub(super) watched: Option<(String, Goal)>,
    pub(super) keep_best: bool,
    pub(super) rules: Vec<Box<dyn Stop + 'a>>,
    pub(super) on_step: Vec<StepHook<'a, M>>,
    pub(super) on_epoch: Vec<EpochHook<'a, M>>,
    pub(super) flag: Option<&'a AtomicBool>,
    /// Where, and after how many epochs.
    pub(super) checkpoint: Option<(PathBuf, u64)>,
    #[cfg(feature = "progress")]
    pub(super) bar: Option<super::bar::Bar>,
}

impl<M, Y, T: Element> Default for Options<'_, M, Y, T> {
    fn default() -> Self {
        Options {
            epochs: None,
            batch: 32,
            accumulate: 1,
            drop_last: false,
            shuffle: true,
            seed: 0,
            schedule: None,
            schedules: Vec::new(),
            plateau: None,
            average: None,
            sets: Vec::new(),
            evaluation_batch: 256,
            metrics: Vec::new(),
            watched: None,
            keep_best: false,
            rules: Vec::new(),
            on_step: Vec::new(),
            on_epoch: Vec::new(),
            flag: None,
            checkpoint: None,
            #[cfg(feature = "progress")]
            bar: None,
        }
    }
}

impl<M, Y, T: Element> Options<'_, M, Y, T> {
    /// Names the first option that cannot be, for so many training rows.
    pub(super) fn check(&self, rows: usize, has_predictions: bool) -> Result<(), ConfigError> {
        let wrong = |field, value: &dyn ToString, wanted| {
            Err(ConfigError::new("Trainer", field, value.to_string(), wanted))
        };
        let counts = [
            ("batch", self.batch),
            ("accumulate", self.accumulate),
            ("evaluation_batch", self.evaluation_batch),
        ];
        counts.into_iter().try_for_each(|(field, n)| count("Trainer", field, n as u64))?;
        match (self.epochs, self.rules.is_empty()) {
            (Some(epochs), _) => count("Trainer", "epochs", epochs)?,
            (None, true) => return wrong("epochs", &"not said", "said, or another rule that ends training"),
            (None, false) => {}
        }
        if let Some((_, every)) = self.checkpoint {
            count("Trainer", "checkpoint every", every)?;
        }
        if self.drop_last && self.batch > rows {
            return wrong("batch", &self.batch, "at most the number of rows if the last batch is dropped");
        }
        if let Some(schedule) = &self.schedule {
            schedule.check()?;
            if self.plateau.is_some() {
                return wrong("plateau", &"said beside a schedule", "the only one to set the learning rate");
            }
        }
        self.schedules.iter().try_for_each(|(_, schedule)| schedule.check())?;
        self.plateau.iter().try_for_each(Plateau::check)?;
        self.average.iter().try_for_each(|average| Ema::<M>::check(average.decay))?;
        self.rules.check()?;
        self.check_names(has_predictions)
    }

    /// Whether the optimiser tells what the rules want to know.
    pub(super) fn check_norm(&self, measures_norm: bool) -> Result<(), ConfigError> {
        if !self.rules.needs_gradient_norm() || measures_norm {
            return Ok(());
        }
        let wanted = "measured: say clip_norm(f64::MAX) of the optimiser";
        Err(ConfigError::new("Trainer", "the gradient norm of a stopping rule", "unknown", wanted))
    }

    /// Whether each number that follows a schedule is one of the optimiser's, but not the learning rate.
    pub(super) fn check_numbers(&self, names: &[&str]) -> Result<(), ConfigError> {
        match self.schedules.iter().find(|(name, _)| name == "lr" || !names.contains(&name.as_str())) {
            None => Ok(()),
            Some((name, _)) => {
                let wanted =
                    "the name of a number of the optimiser's rule other than lr, as in its numbers()";
                Err(ConfigError::new("Trainer", "name in schedule_number", name, wanted))
            }
        }
    }

    fn check_names(&self, has_predictions: bool) -> Result<(), ConfigError> {
        let wrong = |field, value: &str, wanted| Err(ConfigError::new("Trainer", field, value, wanted));
        let metrics = || self.metrics.iter().map(|(name, _)| name.as_str());
        let sets = || self.sets.iter().map(|(name, _)| name.as_str());
        if let Some(name) = metrics().chain(sets()).find(|name| !history::fits(name)) {
            return wrong("name of a metric or data set", name, history::WANTED);
        }
        if let (Some(name), false) = (metrics().next(), has_predictions) {
            return wrong("metric", name, "of a trainer made by Trainer::with_predictions");
        }
        if let (Some(name), true) = (metrics().next(), self.sets.is_empty()) {
            return wrong("metric", name, "evaluated on something: say validate(data)");
        }
        let columns = self.columns();
        for (at, name) in columns.iter().enumerate() {
            if columns[..at].contains(name) {
                return wrong("name in the history", name, "there once");
            }
        }
        match &self.watched {
            Some((name, _)) if !columns.contains(name) => {
                wrong("watched", name, "a number of the history, such as loss or validation loss")
            }
            _ => Ok(()),
        }
    }

    /// The names of all numbers of an epoch.
    fn columns(&self) -> Vec<String> {
        let mut names = [LOSS, GRADIENT_NORM, LR].map(str::to_owned).to_vec();
        for (set, _) in &self.sets {
            let measures = self.metrics.iter().map(|(name, _)| name.as_str());
            names.extend(std::iter::once(LOSS).chain(measures).map(|name| format!("{set} {name}")));
        }
        names
    }

    /// The name of what is watched, and the sign with which low is good.
    pub(super) fn watched(&self) -> (String, f64) {
        match (&self.watched, self.sets.first()) {
            (Some((name, Goal::Lowest)), _) => (name.clone(), 1.0),
            (Some((name, Goal::Highest)), _) => (name.clone(), -1.0),
            (None, Some((set, _))) => (format!("{set} {LOSS}"), 1.0),
            (None, None) => (LOSS.to_owned(), 1.0),
        }
    }
}

/// The mean loss of the steps of an epoch.
pub(super) const LOSS: &str = "loss";
/// The norm of the last gradient, where it is measured.
pub(super) const GRADIENT_NORM: &str = "gradient norm";
/// The learning rate of the last step.
pub(super) const LR: &str = "lr";
