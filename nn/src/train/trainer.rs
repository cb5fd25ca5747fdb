//! `Trainer`: epochs of steps, with all that is done around them.

use std::sync::atomic::Ordering;

use autograd::{Element, Graph, Tensor, Var};

use super::course::Course;
use super::options::Options;
use super::{Best, History, Reason, TrainError, TrainerBuilder};
use crate::data::{Dataset, Labels, Targets};
use crate::module::{Model, Module};
use crate::optim::{AnyRule, Ema, Optimizer};

/// Trains a model on a data set, epoch by epoch, with what is usually wanted around the steps: evaluation on held-out data,
/// metrics, schedules, stopping rules, the best weights, checkpoints to go on from, callbacks.
///
/// Model and optimiser stay the program's, and are handed to [`fit`](Trainer::fit). A trainer does nothing that a loop could not do
/// with the same parts: the steps are those of [`Optimizer::step`], the batches those of [`Dataset::batches`] with the
/// generator [`epoch_rng`](super::epoch_rng)`(seed, epoch)`.
///
/// ```
/// use nn::metrics::{accuracy, predictions};
/// use nn::prelude::*;
/// use nn::train::EarlyStopping;
///
/// let mut rng = nn::rng(1);
/// let (train, held_out) = (nn::data::moons(200, 0.1, &mut rng), nn::data::moons(100, 0.1, &mut rng));
/// let mut net = Mlp::new(&[2, 16, 2], nn::Tanh, &mut rng);
/// let mut adam = Adam::new(0.02);
///
/// // The loss, and the predictions that metrics are computed from.
/// let mut trainer = Trainer::with_predictions(&net, &train, |g, net, x, labels| {
///     let logits = net.forward(g.constant(x));
///     (cross_entropy(logits, labels), logits)
/// })
/// .epochs(40)
/// .batch(20)
/// .validate(&held_out)
/// .metric("accuracy", |logits, labels| Ok(accuracy(&predictions(logits)?, labels)))
/// .early_stopping(EarlyStopping::new(10))
/// .build()?;
/// let reason = trainer.fit(&mut net, &mut adam)?;
/// println!("{reason}: {}", trainer.history());
/// assert!(trainer.history().last("validation accuracy") > Some(0.95));
///
/// // Back to a loop of one's own at any time.
/// adam.step(&mut net, |g, net| cross_entropy(net.forward(g.constant(train.x())), train.labels()))?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Trainer<'a, M: Model<T>, Y = Labels, T: Element = f32> {
    pub(super) data: &'a Dataset<Y>,
    pub(super) loss: Loss<'a, M, Y, T>,
    pub(super) options: Options<'a, M, Y, T>,
    pub(super) course: Course<M>,
}

impl<'a, M: Model<T>, Y: Targets, T: Element> Trainer<'a, M, Y, T> {
    /// What a trainer of models like this one is to do. The closure gets a graph, the model on it, the examples of a batch and their
    /// targets, and gives the loss: as that of [`Optimizer::step`].
    ///
    /// ```
    /// use nn::prelude::*;
    /// let train = nn::data::moons(100, 0.1, &mut nn::rng(1));
    /// let (mut net, mut adam) = (Mlp::new(&[2, 8, 2], nn::Relu, &mut nn::rng(2)), Adam::new(0.01));
    /// let trainer = Trainer::builder(&net, &train, |g, net, x, labels| {
    ///     cross_entropy(net.forward(g.constant(x)), labels)
    /// });
    /// let mut trainer = trainer.epochs(10).seed(7).build()?;
    /// trainer.fit(&mut net, &mut adam)?;
    /// let losses = trainer.history().get("loss").unwrap();
    /// assert!(losses[9] < losses[0]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn builder(
        model: &M,
        data: &'a Dataset<Y>,
        loss: impl for<'g> FnMut(&'g Graph<T>, M::With<Var<'g, T>>, &Tensor, &Y) -> Var<'g, T> + 'a,
    ) -> TrainerBuilder<'a, M, Y, T> {
        let _ = model; // Its type alone is wanted, without which nobody could tell what the closure gets.
        let loss = Loss::Alone(Box::new(loss));
        TrainerBuilder { data, loss, options: Options::default() }
    }

    /// The same with a closure that gives the loss and what metrics are computed from, of shape `[rows, ...]`.
    pub fn with_predictions(
        model: &M,
        data: &'a Dataset<Y>,
        loss: impl for<'g> FnMut(&'g Graph<T>, M::With<Var<'g, T>>, &Tensor, &Y) -> (Var<'g, T>, Var<'g, T>) + 'a,
    ) -> TrainerBuilder<'a, M, Y, T> {
        let _ = model; // Its type alone is wanted, without which nobody could tell what the closure gets.
        let loss = Loss::WithPredictions(Box::new(loss));
        TrainerBuilder { data, loss, options: Options::default() }
    }

    /// Trains until a rule, a callback or the flag ends it, and says which. After an interruption, a further call goes on
    /// where it ended, with the same model and optimiser; after the end of training it does nothing.
    ///
    /// # Errors
    /// [`TrainError`]; model and optimiser are as they were after the last step that was taken, and the history has the epochs
    /// before. Where training [diverged](TrainError::is_divergence) and the best weights are kept, the model has those, if an
    /// epoch was closed at all; a further call would try the same batches again, so take a new trainer and a new optimiser
    /// with a smaller learning rate, or one that clips gradients.
    ///
    /// # Panics
    /// If the loss is not a single number.
    #[track_caller]
    pub fn fit<R: AnyRule<T>>(
        &mut self,
        model: &mut M,
        optimizer: &mut Optimizer<R, T>,
    ) -> Result<Reason, TrainError> {
        self.options.check_norm(optimizer.measures_norm())?;
        self.options.check_numbers(&optimizer.number_names())?;
        let result = self.run(model, optimizer);
        let is_over = match &result {
            Ok(reason) => *reason != Reason::Asked,
            Err(error) => error.is_divergence(),
        };
        if is_over && self.options.keep_best {
            self.course.best.restore(model);
        }
        result
    }

    /// Trains until something ends it.
    #[track_caller]
    fn run<R: AnyRule<T>>(
        &mut self,
        model: &mut M,
        optimizer: &mut Optimizer<R, T>,
    ) -> Result<Reason, TrainError> {
        loop {
            if let Some(reason) = self.over() {
                return Ok(reason);
            }
            if self.epoch(model, optimizer)?.is_break() {
                self.save(model, optimizer)?;
                return Ok(Reason::Asked);
            }
            let asked = self.close_epoch(model, optimizer)?.is_break();
            let over = self.over();
            let is_due = |&(_, every): &(_, u64)| self.course.epoch.is_multiple_of(every);
            if asked || over.is_some() || self.options.checkpoint.as_ref().is_some_and(is_due) {
                self.save(model, optimizer)?;
            }
            match over {
                Some(reason) => return Ok(reason),
                None if asked => return Ok(Reason::Asked),
                None => {}
            }
        }
    }

    /// Why there is nothing more to do, if so.
    fn over(&self) -> Option<Reason> {
        let epochs = self.options.epochs.filter(|&epochs| self.course.epoch >= epochs);
        self.course.ended.clone().or(epochs.map(Reason::Epochs))
    }

    /// Whether the flag is raised.
    pub(super) fn is_interrupted(&self) -> bool {
        self.options.flag.is_some_and(|flag| flag.load(Ordering::Relaxed))
    }

    #[cfg(not(feature = "safetensors"))]
    fn save<R>(&mut self, _: &M, _: &Optimizer<R, T>) -> Result<(), TrainError> {
        Ok(())
    }

    /// How many epochs are done.
    pub fn epochs(&self) -> u64 {
        self.course.epoch
    }

    /// The numbers of each epoch: `loss` (the mean of its steps' losses, each before its step), `lr`, `gradient norm` if the
    /// optimiser measures it, both of the last step, and those of each data set that is evaluated.
    pub fn history(&self) -> &History {
        &self.course.history
    }

    /// The running mean of the weights, if there is one.
    pub fn average(&self) -> Option<&Ema<M>> {
        self.options.average.as_ref()
    }

    /// The weights that were best so far and their number, which is negative where high ones are good; kept if
    /// [`keep_best`](TrainerBuilder::keep_best) or early stopping was said.
    pub fn best(&self) -> &Best<M> {
        &self.course.best
    }
}

/// How the loss of a batch is recorded.
pub(super) enum Loss<'a, M: Model<T>, Y, T: Element> {
    Alone(RecordLoss<'a, M, Y, T>),
    WithPredictions(RecordBoth<'a, M, Y, T>),
}

/// A closure that records a loss.
type RecordLoss<'a, M, Y, T> =
    Box<dyn for<'g> FnMut(&'g Graph<T>, On<'g, M, T>, &Tensor, &Y) -> Var<'g, T> + 'a>;

/// A closure that records a loss and predictions.
type RecordBoth<'a, M, Y, T> =
    Box<dyn for<'g> FnMut(&'g Graph<T>, On<'g, M, T>, &Tensor, &Y) -> (Var<'g, T>, Var<'g, T>) + 'a>;

/// A model on a graph.
type On<'g, M, T> = <M as Module<Tensor<T>>>::With<Var<'g, T>>;

impl<M: Model<T>, Y, T: Element> Loss<'_, M, Y, T> {
    /// Records the loss, and predictions if there are any.
    pub(super) fn record<'g>(
        &mut self,
        graph: &'g Graph<T>,
        model: M::With<Var<'g, T>>,
        x: &Tensor,
        y: &Y,
    ) -> (Var<'g, T>, Option<Var<'g, T>>) {
        match self {
            Loss::Alone(loss) => (loss(graph, model, x, y), None),
            Loss::WithPredictions(loss) => {
                let (loss, predictions) = loss(graph, model, x, y);
                (loss, Some(predictions))
            }
        }
    }

    pub(super) fn has_predictions(&self) -> bool {
        matches!(self, Loss::WithPredictions(_))
    }
}
