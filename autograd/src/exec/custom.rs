//! Runs a user's operation and checks what it gives.

use crate::element::Element;
use crate::ops::Shape;
use crate::tensor::Tensor;

/// What a run needs of a user's operation.
pub(crate) trait Custom<T: Element> {
    /// Name in error texts.
    fn name(&self) -> &str;
    /// The value.
    fn forward(&self, inputs: &[Tensor<T>]) -> Tensor<T>;
}

/// The value of a custom operation.
///
/// # Panics
/// If it has another shape than the operation said when it was recorded.
pub(crate) fn forward<T: Element>(
    op: &(impl Custom<T> + ?Sized),
    inputs: &[Tensor<T>],
    claimed: Shape,
) -> Tensor<T> {
    let value = op.forward(inputs);
    assert!(
        value.shape() == claimed,
        "custom operation {:?}: its shape() said {claimed}, but its forward() gave {}: make the two agree",
        op.name(),
        value.shape()
    );
    value
}
