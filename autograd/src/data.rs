//! `Data`: what a leaf holds, or a value that is known.

use crate::element::Element;
use crate::indices::Indices;
use crate::tensor::Tensor;

/// A number, numbers or indices that are there before anything is computed.
pub(crate) enum Data<'a, T: Element> {
    Number(f64),
    Tensor(&'a Tensor<T>),
    Indices(&'a Indices),
}
