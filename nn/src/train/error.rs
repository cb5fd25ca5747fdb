//! `TrainError`: why training did not go on.

use std::error::Error;

#[cfg(feature = "safetensors")]
use super::CheckpointError;
use super::NotFinite;
use crate::config::ConfigError;
use crate::optim::StepError;

/// Why training did not go on. The model is as it was after the last step that was taken.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TrainError {
    /// Something is NaN or infinite.
    #[error("training diverged in epoch {epoch}: {error}{}", found(.origin))]
    Diverged {
        /// The epoch, from 1.
        epoch: u64,
        /// The step that was not taken, counted from 1.
        step: u64,
        /// What is not finite.
        error: StepError,
        /// The node with which it began, if it was found.
        origin: Option<Box<NotFinite>>,
    },
    /// After the last step of an epoch a number of the model is NaN or infinite: the gradient of that step was too large.
    #[error(
        "training diverged in epoch {epoch}: after step {step}, {name} has {value}; bound gradients with clip_norm"
    )]
    Parameter {
        /// The epoch, from 1.
        epoch: u64,
        /// The last step, counted from 1.
        step: u64,
        /// The name of the parameter or state.
        name: String,
        /// The number.
        value: f64,
    },
    /// A step was not taken for another reason.
    #[error("epoch {epoch}: {error}")]
    Step {
        /// The epoch, from 1.
        epoch: u64,
        /// Why.
        error: StepError,
    },
    /// A metric cannot be computed.
    #[error("metric {name} of the {set} set: {error}")]
    Metric {
        /// The metric.
        name: String,
        /// The data set.
        set: String,
        /// What it returned.
        error: Box<dyn Error + Send + Sync>,
    },
    /// A number of the configuration that a schedule or a step met.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// A checkpoint cannot be written or does not fit.
    #[cfg(feature = "safetensors")]
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
}

fn found(origin: &Option<Box<NotFinite>>) -> String {
    origin.as_ref().map_or_else(String::new, |origin| format!("; {origin}"))
}
