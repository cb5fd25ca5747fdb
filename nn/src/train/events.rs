//! What callbacks of a trainer are shown.

use super::History;

/// A step that was taken.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct StepEvent<'a, M> {
    /// The epoch that is under way, from 1.
    pub epoch: u64,
    /// The number of the step, from 1, over all epochs.
    pub step: u64,
    /// The loss before the step.
    pub loss: f64,
    /// The norm of its gradient, if the optimiser measures it.
    pub gradient_norm: Option<f64>,
    /// The learning rate that it had.
    pub lr: f64,
    /// The model after the step.
    pub model: &'a M,
}

/// An epoch that is done.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct EpochEvent<'a, M> {
    /// Its number, from 1.
    pub epoch: u64,
    /// All numbers of this epoch and those before.
    pub history: &'a History,
    /// Whether what is watched was never better.
    pub is_best: bool,
    /// The model after the epoch.
    pub model: &'a M,
}
