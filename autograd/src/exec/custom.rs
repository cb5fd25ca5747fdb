//! Runs a user's operation and checks what it gives.

use crate::element::Element;
use crate::graph::CustomOp;
use crate::ops::Shape;
use crate::tensor::Tensor;

/// The value of a custom operation.
///
/// # Panics
/// If it has another shape than the operation said when it was recorded.
pub(crate) fn forward<T: Element>(op: &dyn CustomOp<T>, inputs: &[Tensor<T>], claimed: Shape) -> Tensor<T> {
    let value = op.forward(inputs);
    assert!(
        value.shape() == claimed,
        "custom operation {:?}: its shape() said {claimed}, but its forward() gave {}: make the two agree",
        op.name(),
        value.shape()
    );
    value
}
