//! `Given`: what a plan asks for when it runs: data and custom operations, by position, of whoever knows them.

use crate::data::Data;
use crate::element::Element;
use crate::exec::custom::Custom;
use crate::tensor::Tensor;

/// What one run of a plan is given. Positions are those that the planner wrote into the plan.
pub(crate) trait Given<T: Element> {
    /// The data, lent while nothing of the user's runs. Tensors and indices that it shows stay in
    /// memory until the run has ended, also when they are lent no longer.
    fn lend(&self) -> impl Lent<T>;
    /// Takes the tensor at a position away from whoever has it, if nobody else holds its memory; it is not asked for
    /// again.
    fn take(&self, position: u32) -> Option<Tensor<T>>;
    /// The custom operation at a position.
    fn custom(&self, position: u32) -> impl Custom<T>;
}

/// Data of one run.
pub(crate) trait Lent<T: Element> {
    /// What is at a position.
    fn data(&self, position: u32) -> Data<'_, T>;
}
