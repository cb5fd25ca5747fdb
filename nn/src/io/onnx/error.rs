//! `OnnxError`: why a model cannot be written as ONNX.

use crate::Place;

/// Why a model cannot be written as an ONNX file: which layer, and what to do.
///
/// ```
/// use nn::io::onnx::{self, OnnxError};
/// use nn::prelude::*;
/// let net = Sequential((Linear::new(4, 8, &mut nn::rng(1)), nn::Relu));
/// let error = onnx::to_bytes(&net, &[3]).unwrap_err();
/// assert_eq!(error.to_string(), "layer 0 (Linear): takes 4 numbers in the last axis, but what comes before gives [batch, 3]");
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OnnxError {
    /// A layer, or an option of it, that has no form in ONNX here.
    #[error("layer {} ({what}): cannot be written as ONNX: {why}", named(.layer))]
    Unsupported {
        /// Where the layer stands: `layers.0`; empty for the model itself.
        layer: String,
        /// What it is.
        what: String,
        /// Why, and what to do instead.
        why: String,
    },
    /// A layer that does not take the shape of what comes before it.
    #[error("layer {} ({what}): takes {wanted}, but what comes before gives {}", named(.layer), batched(.found))]
    Shape {
        /// Where the layer stands.
        layer: String,
        /// What it is.
        what: String,
        /// What it takes.
        wanted: String,
        /// What comes before, without the axis of the batch.
        found: Vec<usize>,
    },
    /// Two values with one name.
    #[error(
        "two values are named {name:?}: parameters, input and output of an ONNX graph need names of their own"
    )]
    Duplicate {
        /// The name.
        name: String,
    },
    /// A model that is larger than the encoding allows.
    #[error(
        "the model has {bytes} bytes, and an ONNX file has at most {}: keep its numbers in a safetensors file",
        super::LARGEST
    )]
    TooLarge {
        /// The length that the file would have.
        bytes: usize,
    },
    /// The file cannot be written; what was under its name before is still there.
    #[error("{file}: cannot be written: {error}; what was there before is unchanged")]
    Write {
        /// Path of the file.
        file: String,
        /// What the operating system says.
        error: std::io::Error,
    },
}

impl OnnxError {
    /// That the layer at `at`, which is `what`, cannot be written, for a reason that also says what to do.
    ///
    /// ```
    /// use nn::Place;
    /// use nn::io::onnx::OnnxError;
    /// let layers = Place::ROOT.field("layers");
    /// let error = OnnxError::unsupported(&layers.index(2), "Spline", "ONNX has no splines");
    /// assert_eq!(error.to_string(), "layer layers.2 (Spline): cannot be written as ONNX: ONNX has no splines");
    /// ```
    pub fn unsupported(at: &Place<'_>, what: impl Into<String>, why: impl Into<String>) -> OnnxError {
        OnnxError::Unsupported { layer: at.to_string(), what: what.into(), why: why.into() }
    }

    /// That the layer at `at`, which is `what`, takes `wanted` and not the shape `found`, given without the axis of the batch.
    pub fn shape(
        at: &Place<'_>,
        what: impl Into<String>,
        wanted: impl Into<String>,
        found: &[usize],
    ) -> OnnxError {
        OnnxError::Shape {
            layer: at.to_string(),
            what: what.into(),
            wanted: wanted.into(),
            found: found.to_vec(),
        }
    }
}

fn named(layer: &str) -> &str {
    if layer.is_empty() { "at the top" } else { layer }
}

fn batched(shape: &[usize]) -> String {
    let extents: String = shape.iter().map(|extent| format!(", {extent}")).collect();
    format!("[batch{extents}]")
}
