//! The steps of one epoch.

use std::ops::ControlFlow;

use autograd::{Element, Tensor};

use super::best::copy;
use super::{StepEvent, TrainError, Trainer, epoch_rng};
use crate::data::Targets;
use crate::module::Model;
use crate::optim::{Accumulate, AnyRule, Optimizer, StepError};

impl<M: Model<T>, Y: Targets, T: Element> Trainer<'_, M, Y, T> {
    /// Takes the steps of the epoch under way that are left; `Break` if it was interrupted after one.
    #[track_caller]
    pub(super) fn epoch<R: AnyRule<T>>(
        &mut self,
        model: &mut M,
        optimizer: &mut Optimizer<R, T>,
    ) -> Result<ControlFlow<()>, TrainError> {
        let options = &self.options;
        let mut batches = match options.shuffle {
            true => self.data.batches(options.batch, &mut epoch_rng(options.seed, self.course.epoch)),
            false => self.data.in_order(options.batch),
        };
        if options.drop_last {
            batches = batches.drop_last();
        }
        #[cfg(feature = "progress")]
        if let Some(bar) = &options.bar {
            bar.begin(self.course.epoch, options.epochs, batches.len(), self.course.batches);
        }
        let mut batches = batches.skip(self.course.batches as usize);
        while let Some(first) = batches.next() {
            if let Some(schedule) = &self.options.schedule {
                optimizer.set_lr(schedule.lr(optimizer.steps()));
            }
            for (name, schedule) in &self.options.schedules {
                optimizer.set_number(name, schedule.lr(optimizer.steps()));
            }
            let loss = match self.options.accumulate {
                1 => self.step(model, optimizer, &first)?,
                several => self.step_of_several(
                    model,
                    optimizer,
                    std::iter::once(first).chain(batches.by_ref().take(several - 1)),
                )?,
            };
            self.course.gradient_norm = optimizer.last_norm();
            if let Some(average) = &mut self.options.average {
                let moved = average.update(model);
                moved.map_err(|error| self.course.step_error(error))?;
            }
            #[cfg(feature = "progress")]
            if let Some(bar) = &self.options.bar {
                bar.step(self.course.batches, loss);
            }
            let event = StepEvent {
                epoch: self.course.epoch + 1,
                step: optimizer.steps(),
                loss,
                gradient_norm: self.course.gradient_norm,
                lr: optimizer.lr(),
                model,
            };
            let mut stops = false;
            for hook in &mut self.options.on_step {
                stops |= hook(&event).is_break();
            }
            if stops || self.is_interrupted() {
                return Ok(ControlFlow::Break(()));
            }
        }
        Ok(ControlFlow::Continue(()))
    }

    /// One step on one batch.
    #[track_caller]
    fn step<R: AnyRule<T>>(
        &mut self,
        model: &mut M,
        optimizer: &mut Optimizer<R, T>,
        (x, y): &(Tensor, Y),
    ) -> Result<f64, TrainError> {
        let loss = &mut self.loss;
        match optimizer.step(model, |g, net| loss.record(g, net, x, y).0) {
            Ok(loss) => {
                let loss = loss.to_f64();
                self.course.add(1, x.shape()[0], loss);
                Ok(loss)
            }
            Err(error) => Err(self.course.step_error(error)),
        }
    }

    /// One step on several batches, by their mean gradient.
    #[track_caller]
    fn step_of_several<R: AnyRule<T>>(
        &mut self,
        model: &mut M,
        optimizer: &mut Optimizer<R, T>,
        batches: impl Iterator<Item = (Tensor, Y)>,
    ) -> Result<f64, TrainError> {
        // The states of the model are written batch by batch, and brought back if the step cannot be taken.
        let before = copy(model);
        let mut parts = Accumulate::new().seed(optimizer.step_seed());
        let (mut count, mut failed) = (0, None);
        for (x, y) in batches {
            let (rows, loss) = (x.shape()[0], &mut self.loss);
            failed = parts.add(model, rows, |g, net| loss.record(g, net, &x, &y).0).err();
            if failed.is_some() {
                break;
            }
            count += 1;
        }
        let rows = parts.rows();
        let taken = match failed {
            Some(error) => Err(error),
            None => {
                let (loss, gradients) = parts.finish();
                optimizer.apply(model, &gradients).map(|()| loss)
            }
        };
        match taken {
            Ok(loss) => {
                self.course.add(count, rows, loss);
                Ok(loss)
            }
            Err(mut error) => {
                *model = before;
                // Micro-batches are counted by themselves.
                match &mut error {
                    StepError::NotFinite { step, .. } => *step = optimizer.steps() + 1,
                    StepError::GradientNotFinite { step, .. } => *step = Some(optimizer.steps() + 1),
                    _ => {}
                }
                Err(self.course.step_error(error))
            }
        }
    }
}
