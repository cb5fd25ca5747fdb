//! `TrainError`: why training did not go on.

use std::error::Error;

#[cfg(feature = "safetensors")]
use super::CheckpointError;
use crate::config::ConfigError;
use crate::optim::StepError;

/// Why training did not go on. The model is as it was after the last step that was taken, but for the best weights: see
/// [`fit`](super::Trainer::fit).
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TrainError {
    /// A step was not taken. Training that diverges ends so: [`StepError::NotFinite`] has the step, the loss, and where its
    /// NaN or infinity was born.
    #[error("epoch {epoch}: {error}")]
    Step {
        /// The epoch, from 1.
        epoch: u64,
        /// Why.
        error: Box<StepError>,
    },
    /// After the last step of an epoch a number of the model is NaN or infinite.
    #[error(
        "epoch {epoch}: the last step, {step}, made {name} {value}: take steps with find_nan(true) to see where it was \
         born, or bound gradients with clip_norm"
    )]
    NotFinite {
        /// The epoch, from 1.
        epoch: u64,
        /// The step, counted from 1 over all epochs.
        step: u64,
        /// The name of the parameter or state.
        name: String,
        /// A number of it.
        value: f64,
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
    /// An option that does not go with the optimiser.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// A checkpoint cannot be written or does not fit.
    #[cfg(feature = "safetensors")]
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
}

impl TrainError {
    /// Whether numbers became NaN or infinite, which a smaller learning rate may mend; otherwise something is wrong that
    /// training itself did not cause.
    ///
    /// ```
    /// use nn::prelude::*;
    /// let train = nn::data::linear(20, &[3.0], 1.0, 0.1, &mut nn::rng(1));
    /// let fit = |lr| {
    ///     let (mut net, mut sgd) = (Linear::new(1, 1, &mut nn::rng(2)), Sgd::new(lr));
    ///     let trainer = Trainer::builder(&net, &train, |g, net, x, y| mse(net.forward(g.constant(x)), g.constant(y)));
    ///     trainer.epochs(100).build()?.fit(&mut net, &mut sgd)
    /// };
    /// assert!(fit(1e10).unwrap_err().is_divergence() && fit(0.1).is_ok());
    /// ```
    pub fn is_divergence(&self) -> bool {
        match self {
            TrainError::NotFinite { .. } => true,
            TrainError::Step { error, .. } => matches!(
                **error,
                StepError::NotFinite { .. }
                    | StepError::UpdateNotFinite { .. }
                    | StepError::GradientNotFinite { .. }
                    | StepError::NormNotFinite { .. }
            ),
            _ => false,
        }
    }
}
