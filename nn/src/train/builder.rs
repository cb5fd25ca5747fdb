//! `TrainerBuilder`: what a trainer is to do, checked when it is built.

use std::error::Error;
use std::ops::ControlFlow;
use std::sync::atomic::AtomicBool;

use autograd::{Element, Tensor};

use super::course::Course;
use super::options::Options;
use super::trainer::Loss;
use super::{EarlyStopping, EpochEvent, StepEvent, Stop, Trainer};
use crate::config::ConfigError;
use crate::data::{Dataset, Labels, Targets};
use crate::module::Model;
use crate::optim::Ema;
use crate::schedules::{Plateau, Schedule};

/// What a [`Trainer`] is to do: from [`Trainer::builder`]. Nothing but when to end must be said.
#[must_use = "a builder makes nothing until build()"]
pub struct TrainerBuilder<'a, M: Model<T>, Y = Labels, T: Element = f32> {
    pub(super) data: &'a Dataset<Y>,
    pub(super) loss: Loss<'a, M, Y, T>,
    pub(super) options: Options<'a, M, Y, T>,
}

/// Which numbers of what is watched are good.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Goal {
    /// Low ones, as of a loss.
    Lowest,
    /// High ones, as of an accuracy.
    Highest,
}

impl<'a, M: Model<T>, Y: Targets, T: Element> TrainerBuilder<'a, M, Y, T> {
    fn with(mut self, change: impl FnOnce(&mut Options<'a, M, Y, T>)) -> Self {
        change(&mut self.options);
        self
    }

    /// Ends after so many epochs.
    pub fn epochs(self, epochs: u64) -> Self {
        self.with(|options| options.epochs = Some(epochs))
    }

    /// How many rows a batch has; 32 unless said otherwise.
    pub fn batch(self, rows: usize) -> Self {
        self.with(|options| options.batch = rows)
    }

    /// Takes one step for so many batches, by their mean gradient: a large batch in little memory
    /// ([`Accumulate`](crate::Accumulate)). The loss must be a mean over rows.
    pub fn accumulate(self, batches: usize) -> Self {
        self.with(|options| options.accumulate = batches)
    }

    /// Leaves out the last batch of an epoch if it is smaller than the others.
    pub fn drop_last(self) -> Self {
        self.with(|options| options.drop_last = true)
    }

    /// Takes rows in their order; without this each epoch draws a new one.
    pub fn in_order(self) -> Self {
        self.with(|options| options.shuffle = false)
    }

    /// The seed from which, with the number of the epoch, the order of rows is drawn
    /// ([`epoch_rng`](super::epoch_rng)); 0 unless said otherwise. What layers draw follows from the optimiser's
    /// [`seed`](crate::Optimizer::seed).
    pub fn seed(self, seed: u64) -> Self {
        self.with(|options| options.seed = seed)
    }

    /// The learning rate of each step.
    pub fn schedule(self, schedule: impl Schedule + 'a) -> Self {
        self.with(|options| options.schedule = Some(Box::new(schedule)))
    }

    /// Another number of the optimiser's rule in each step, by its [name](crate::Rule::numbers): `momentum` of
    /// [`Sgd`](crate::Sgd), `beta1` of [`Adam`](crate::Adam). The parameters of all groups have it. A name that the rule does
    /// not have is an error of [`fit`](Trainer::fit).
    ///
    /// ```
    /// use nn::prelude::*;
    /// use nn::schedules::OneCycle;
    ///
    /// let train = nn::data::moons(64, 0.1, &mut nn::rng(1));
    /// let (mut net, mut sgd) = (Mlp::new(&[2, 8, 2], nn::Tanh, &mut nn::rng(2)), Sgd::new(0.1).momentum(0.95));
    /// let cycle = OneCycle::new(0.5, 20); // two steps in each of ten epochs
    /// let mut trainer = Trainer::builder(&net, &train, |g, net, x, y| cross_entropy(net.forward(g.constant(x)), y))
    ///     .epochs(10)
    ///     .schedule(cycle)
    ///     .schedule_number("momentum", cycle.of_momentum(0.95, 0.85)) // low where the rate is high
    ///     .build()?;
    /// trainer.fit(&mut net, &mut sgd)?;
    /// assert_eq!(sgd.rule().momentum, cycle.momentum(19, 0.95, 0.85));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn schedule_number(self, name: impl Into<String>, schedule: impl Schedule + 'a) -> Self {
        self.with(|options| options.schedules.push((name.into(), Box::new(schedule))))
    }

    /// Lowers the learning rate when what is watched stays where it is.
    pub fn plateau(self, plateau: Plateau) -> Self {
        self.with(|options| options.plateau = Some(plateau))
    }

    /// Keeps a [running mean](Trainer::average) of the weights, moved after each step. It, and not the model, is then what is
    /// evaluated and what is kept when it is best.
    pub fn average(self, average: Ema<M>) -> Self {
        self.with(|options| options.average = Some(average))
    }

    /// Evaluates the loss, and all metrics, on held-out data after each epoch: under the name `validation`. The loss there is
    /// what is watched unless [`watch`](TrainerBuilder::watch) says otherwise.
    pub fn validate(self, data: &'a Dataset<Y>) -> Self {
        self.evaluate("validation", data)
    }

    /// Evaluates loss and metrics on these data after each epoch, in inference mode. The numbers have the names `{name} loss` and
    /// `{name} {metric}` in the [history](Trainer::history).
    pub fn evaluate(self, name: impl Into<String>, data: &'a Dataset<Y>) -> Self {
        self.with(|options| options.sets.push((name.into(), data)))
    }

    /// How many rows are evaluated at a time; 256 unless said otherwise.
    pub fn evaluation_batch(self, rows: usize) -> Self {
        self.with(|options| options.evaluation_batch = rows)
    }

    /// A measure of predictions and targets, computed once for all rows of each data set that is evaluated. The trainer
    /// is one made [with predictions](Trainer::with_predictions).
    pub fn metric(
        self,
        name: impl Into<String>,
        measure: impl FnMut(&Tensor<T>, &Y) -> Result<f64, Box<dyn Error + Send + Sync>> + 'a,
    ) -> Self {
        self.with(|options| options.metrics.push((name.into(), Box::new(measure))))
    }

    /// Which number of the history is watched: by early stopping, a plateau, and for the best weights. Otherwise it is the loss
    /// of the data set that was named first, or the training loss if there is none.
    pub fn watch(self, name: impl Into<String>, goal: Goal) -> Self {
        self.with(|options| options.watched = Some((name.into(), goal)))
    }

    /// Ends when what is watched has not become better for a while, and gives the model the best weights.
    pub fn early_stopping(self, rule: EarlyStopping) -> Self {
        self.keep_best().stop(rule)
    }

    /// Gives the model the weights that were best, at the end of training, also where it ends because it diverged.
    pub fn keep_best(self) -> Self {
        self.with(|options| options.keep_best = true)
    }

    /// Ends when this rule says so; with several, when any does.
    pub fn stop(self, rule: impl Stop + 'a) -> Self {
        self.with(|options| options.rules.push(Box::new(rule)))
    }

    /// Calls a function after each step; `Break` ends training, which can go on from there.
    pub fn on_step(self, f: impl FnMut(&StepEvent<'_, M>) -> ControlFlow<()> + 'a) -> Self {
        self.with(|options| options.on_step.push(Box::new(f)))
    }

    /// Calls a function after each epoch; `Break` ends training, which can go on from there.
    pub fn on_epoch(self, f: impl FnMut(&EpochEvent<'_, M>) -> ControlFlow<()> + 'a) -> Self {
        self.with(|options| options.on_epoch.push(Box::new(f)))
    }

    /// Ends after the step under way while this flag is true, as a handler of Ctrl-C may set it; training can go on from
    /// there, once the program has set it to false again.
    pub fn interrupt(self, flag: &'a AtomicBool) -> Self {
        self.with(|options| options.flag = Some(flag))
    }

    /// Writes a checkpoint after every so many epochs, at the end, and when training is interrupted. Each replaces the one before,
    /// whole or not at all.
    #[cfg(feature = "safetensors")]
    pub fn checkpoint(self, path: impl Into<std::path::PathBuf>, every: u64) -> Self {
        self.with(|options| options.checkpoint = Some((path.into(), every)))
    }

    /// Shows a bar and the numbers of the last epoch on the standard error stream, if that is a terminal.
    #[cfg(feature = "progress")]
    pub fn progress(self) -> Self {
        self.with(|options| options.bar = super::bar::Bar::in_terminal())
    }

    /// The trainer.
    ///
    /// # Errors
    /// Names the first option that cannot be: a count of 0, a name that is there twice, a metric without predictions, no rule
    /// that ends training.
    ///
    /// ```
    /// use nn::prelude::*;
    /// let (net, train) = (Linear::new(2, 2, &mut nn::rng(1)), nn::data::moons(10, 0.1, &mut nn::rng(1)));
    /// let trainer = Trainer::builder(&net, &train, |g, net, x, y| {
    ///     cross_entropy(net.forward(g.constant(x)), y)
    /// });
    /// let error = trainer.epochs(3).batch(0).build().err().unwrap();
    /// assert_eq!(error.to_string(), "Trainer: batch is 0, but must be at least 1");
    /// ```
    pub fn build(self) -> Result<Trainer<'a, M, Y, T>, ConfigError> {
        let TrainerBuilder { data, loss, options } = self;
        options.check(data.len(), loss.has_predictions())?;
        Ok(Trainer { data, loss, options, course: Course::default() })
    }
}
