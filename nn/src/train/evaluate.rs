//! The end of an epoch: evaluation, the numbers of the history, the rules that end training.

use std::ops::ControlFlow;

use autograd::{Element, Graph, Tensor};

use super::options::{GRADIENT_NORM, LOSS, LR};
use super::trainer::Loss;
use super::{EpochEvent, Reason, Seen, Stop, TrainError, Trainer};
use crate::data::{Dataset, Targets};
use crate::module::Model;
use crate::optim::{AnyRule, Optimizer};

impl<M: Model<T>, Y: Targets, T: Element> Trainer<'_, M, Y, T> {
    /// Evaluates, writes down the numbers of the epoch, and asks the rules; `Break` if a callback ends training.
    pub(super) fn close_epoch<R: AnyRule<T>>(
        &mut self,
        model: &M,
        optimizer: &mut Optimizer<R, T>,
    ) -> Result<ControlFlow<()>, TrainError> {
        self.check_model(model, optimizer.steps())?;
        let loss = self.course.close_epoch();
        let mut numbers = vec![(LOSS.to_owned(), loss)];
        let norm = self.course.gradient_norm;
        numbers.extend(norm.map(|norm| (GRADIENT_NORM.to_owned(), norm)));
        numbers.push((LR.to_owned(), optimizer.lr()));
        numbers.extend(self.evaluate(model)?);
        self.course.history.push(numbers);

        let (name, sign) = self.options.watched();
        let watched = sign * self.course.history.last(&name).unwrap_or(f64::NAN);
        if let Some(plateau) = &mut self.options.plateau {
            optimizer.set_lr(plateau.observe(watched));
        }
        let is_best = self.options.keep_best && {
            let judged = self.options.average.as_ref().map_or(model, |average| average.model());
            self.course.best.observe(watched, judged)
        };
        let seen = Seen::new(self.course.epoch, loss).watching(watched).gradient_norm(norm);
        self.course.ended = self.options.rules.observe(&seen);
        if let Some(Reason::NoBetter { best, .. }) = &mut self.course.ended {
            *best *= sign;
        }

        let history = &self.course.history;
        #[cfg(feature = "progress")]
        if let Some(bar) = &self.options.bar {
            bar.end(history, self.course.ended.is_some() || self.options.epochs == Some(self.course.epoch));
        }
        let event = EpochEvent { epoch: self.course.epoch, history, is_best, model };
        let mut stops = false;
        for hook in &mut self.options.on_epoch {
            stops |= hook(&event).is_break();
        }
        Ok(if stops || self.is_interrupted() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) })
    }

    /// The last step of an epoch may have broken the model, which no further step would meet.
    fn check_model(&self, model: &M, step: u64) -> Result<(), TrainError> {
        let mut broken = None;
        model.visit(&mut |place, tensor| {
            let strange = tensor.data().iter().map(|x| x.to_f64()).find(|x| !x.is_finite());
            if let (None, Some(value)) = (&broken, strange) {
                broken = Some((place.to_string(), value));
            }
        });
        match broken {
            None => Ok(()),
            Some((name, value)) => {
                let epoch = self.course.epoch + 1;
                Err(TrainError::NotFinite { epoch, step, name, value })
            }
        }
    }

    /// The numbers of all data sets that are evaluated, by name.
    fn evaluate(&mut self, model: &M) -> Result<Vec<(String, f64)>, TrainError> {
        let options = &mut self.options;
        let model = options.average.as_ref().map_or(model, |average| average.model());
        let mut numbers = Vec::new();
        for (set, data) in &options.sets {
            let wanted = !options.metrics.is_empty();
            let (loss, predictions) = look(model, &mut self.loss, data, options.evaluation_batch, wanted);
            numbers.push((format!("{set} {LOSS}"), loss));
            let Some((first, _)) = options.metrics.first() else {
                continue;
            };
            let failed =
                |name: &str, error| TrainError::Metric { name: name.to_owned(), set: set.clone(), error };
            let parts: Vec<&Tensor<T>> = predictions.iter().collect();
            let whole = Targets::concat(&parts).map_err(|error| failed(first, error.into()))?;
            for (name, measure) in &mut options.metrics {
                let measured = measure(&whole, data.targets()).map_err(|error| failed(name, error))?;
                numbers.push((format!("{set} {name}"), measured));
            }
        }
        Ok(numbers)
    }
}

/// The mean loss over the rows of a data set in inference mode, and the predictions if they are wanted.
fn look<M: Model<T>, Y: Targets, T: Element>(
    model: &M,
    loss: &mut Loss<'_, M, Y, T>,
    data: &Dataset<Y>,
    rows: usize,
    wants_predictions: bool,
) -> (f64, Vec<Tensor<T>>) {
    let (mut sum, mut parts) = (0.0, Vec::new());
    for (x, y) in data.in_order(rows) {
        let graph = Graph::default();
        graph.inference();
        let (value, predictions) = loss.record(&graph, model.on(&graph), &x, &y);
        let value = match predictions.filter(|_| wants_predictions) {
            Some(predictions) => {
                let [value, predictions] = graph.eval([value, predictions]);
                parts.push(predictions);
                value.item()
            }
            None => value.item(),
        };
        sum += x.shape()[0] as f64 * value.to_f64();
    }
    (sum / data.len() as f64, parts)
}
