//! `Course`: how far a run has come.

use super::{Best, History, Reason, TrainError};
use crate::optim::StepError;

/// How far a run has come: with the model, the optimiser and the rules, all from which it goes on.
pub(super) struct Course<M> {
    /// Epochs that are done.
    pub(super) epoch: u64,
    /// Batches of the epoch under way that are done.
    pub(super) batches: u64,
    /// Σ rows · loss of these batches.
    pub(super) loss_sum: f64,
    /// Their rows.
    pub(super) rows: u64,
    /// The norm of the last gradient, if it was measured: an epoch may be closed by another process than took its last step.
    pub(super) gradient_norm: Option<f64>,
    pub(super) history: History,
    pub(super) best: Best<M>,
    /// Which rule ended the run, other than the number of epochs: it does not go on after that.
    pub(super) ended: Option<Reason>,
}

impl<M> Default for Course<M> {
    fn default() -> Course<M> {
        Course {
            epoch: 0,
            batches: 0,
            loss_sum: 0.0,
            rows: 0,
            gradient_norm: None,
            history: History::default(),
            best: Best::new(),
            ended: None,
        }
    }
}

impl<M> Course<M> {
    /// Takes a step into account.
    pub(super) fn add(&mut self, batches: u64, rows: usize, loss: f64) {
        self.batches += batches;
        self.rows += rows as u64;
        self.loss_sum += rows as f64 * loss;
    }

    /// Why a step of the epoch under way was not taken.
    pub(super) fn step_error(&self, error: StepError) -> TrainError {
        TrainError::Step { epoch: self.epoch + 1, error: Box::new(error) }
    }

    /// Closes the epoch, and gives the mean loss over its rows.
    pub(super) fn close_epoch(&mut self) -> f64 {
        let loss = self.loss_sum / self.rows as f64;
        self.epoch += 1;
        (self.batches, self.rows, self.loss_sum) = (0, 0, 0.0);
        loss
    }
}
