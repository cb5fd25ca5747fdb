//! Measures of what a model predicts, beside the losses that it is trained on.
//!
//! They are plain numbers of labels, tensors and slices: nothing is recorded, and nothing has a gradient.
//!
//! | of | measures |
//! |---|---|
//! | predicted labels | [`accuracy`], [`precision`], [`recall`], [`f1`], [`matthews_correlation`], [`ConfusionMatrix`], [`ClassificationReport`] |
//! | scores, of which only the order counts | [`predictions`], [`binary_predictions`], [`top_k_accuracy`], [`roc_auc`], [`roc_auc_one_vs_rest`], [`RocCurve`] |
//! | probabilities | [`log_loss`], [`brier_score`], [`expected_calibration_error`], [`Calibration`] |
//! | numbers | [`mse`], [`rmse`], [`mae`], [`r2`], [`explained_variance`], [`RegressionReport`] |
//!
//! Sums are in double precision, whatever the numbers are. What cannot be measured (no rows, a NaN, one class where it takes
//! two) is a [`MetricError`]; a share of nothing, such as the recall of a class that never occurs, is NaN, and `-` in tables.
//! Labels of which there are not as many as predictions are a mistake in the program, which panics at its line.

mod calibration;
mod confusion;
mod error;
mod labels;
mod probabilities;
mod ranking;
mod regression;
mod report;
mod scores;
mod top;

pub use calibration::{Calibration, CalibrationBin, expected_calibration_error};
pub use confusion::ConfusionMatrix;
pub use error::MetricError;
pub use labels::{accuracy, f1, matthews_correlation, precision, recall};
pub use probabilities::{brier_score, log_loss};
pub use ranking::{RocCurve, RocPoint, roc_auc, roc_auc_one_vs_rest};
pub use regression::{RegressionReport, explained_variance, mae, mse, r2, rmse};
pub use report::ClassificationReport;
pub use scores::{Average, Scores};
pub use top::{binary_predictions, predictions, top_k_accuracy};
