//! The Jacobian matrix of a function.

use super::recorded::Recorded;
use super::recording::Recording;
use crate::tensor::Tensor;

/// The Jacobian matrix of a function, `[outputs, inputs]`.
///
/// The function is called once and [recorded](Recording); then derivatives go through the record eight at a time, forward from the
/// inputs or backward from the outputs, whichever are fewer. (Dual numbers in one direction and a tape in the other
/// would need the closure for two types of argument, which no closure has; and would call it again for every few inputs.)
///
/// ```
/// use autograd::prelude::*;
///
/// fn polar<S: Scalar>(x: &[S]) -> Vec<S> {
///     vec![x[0] * x[1].cos(), x[0] * x[1].sin()]
/// }
/// let j = jacobian(|x| polar(x), &[2.0, 0.0]);
/// assert_eq!(j, Tensor::from([[1.0, 0.0], [0.0, 2.0]])); // [[cos, -r sin], [sin, r cos]]
/// ```
pub fn jacobian<F>(f: F, x: &[f64]) -> Tensor<f64>
where
    F: for<'r> FnOnce(&[Recorded<'r>]) -> Vec<Recorded<'r>>,
{
    let mut recording = Recording::many(f, x);
    recording.jacobian(x).expect("at the point of the recording, every comparison comes out as recorded")
}
