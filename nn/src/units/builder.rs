//! `UnitBuilder`: units whose sizes and weights come from outside.

use autograd::{Element, IntoTensor, Tensor};

use super::Unit;
use crate::check::{at_least_one, finite, must};
use crate::config::ConfigError;

/// What a unit is to be: from the `builder` of [`Perceptron`](super::Perceptron), [`Adaline`](super::Adaline) and
/// [`LogisticUnit`](super::LogisticUnit). Mistakes are errors, where `new`, for literals, panics with their text.
///
/// ```
/// use nn::units::{Adaline, LogisticUnit, Perceptron, Threshold, Unit};
/// let unit = Adaline::builder(2).weights([0.5, -1.0], 0.25).build()?;
/// assert_eq!(unit.output(&[1.0, 2.0]), 0.5 - 2.0 + 0.25);
///
/// let error = LogisticUnit::<autograd::Tensor>::builder(0).build().unwrap_err();
/// assert_eq!(error.to_string(), "LogisticUnit: inputs is 0, but must be at least 1");
/// let step = Threshold::Step { at_zero: 0.0 };
/// let error = Perceptron::builder(3, step).weights([0.5, -1.0], 0.25).build().unwrap_err();
/// assert_eq!(error.to_string(), "Perceptron: weight is [2], but must be a list of one number for each input");
/// # Ok::<(), nn::ConfigError>(())
/// ```
#[derive(Clone, Debug)]
#[must_use = "a builder makes nothing until build()"]
pub struct UnitBuilder<U> {
    what: &'static str,
    inputs: usize,
    /// What is already known to be wrong, or not.
    checked: Result<(), ConfigError>,
    unit: U,
}

impl<U> UnitBuilder<U> {
    /// A unit of this name and form, whose own numbers were checked.
    pub(super) fn new<T: Element>(
        what: &'static str,
        inputs: usize,
        checked: Result<(), ConfigError>,
        make: impl FnOnce(Tensor<T>, Tensor<T>) -> U,
    ) -> UnitBuilder<U> {
        let unit = make(Tensor::zeros([inputs]), Tensor::scalar(T::lit(0.0)));
        UnitBuilder { what, inputs, checked, unit }
    }

    /// These weights, one for each input, and this bias; otherwise all are 0.
    pub fn weights<T: Element>(mut self, weight: impl IntoTensor<Elem = T>, bias: f64) -> UnitBuilder<U>
    where
        U: Unit<T>,
    {
        self.unit = self.unit.with_weights(weight.into_tensor(), Tensor::scalar(T::from_f64(bias)));
        self
    }

    /// The unit.
    ///
    /// # Errors
    /// Names a number of inputs that is 0, weights that are not as many or not finite, or a value at 0 that is not finite.
    pub fn build<T: Element>(self) -> Result<U, ConfigError>
    where
        U: Unit<T>,
    {
        let UnitBuilder { what, inputs, checked, unit } = self;
        at_least_one(what, "inputs", inputs)?;
        checked?;
        let (weight, bias) = (unit.weight(), unit.bias());
        let wanted = "a list of one number for each input";
        must(weight.shape() == [inputs], what, "weight", weight.shape(), wanted)?;
        weight.data().iter().try_for_each(|w| finite(what, "weight", w.to_f64()))?;
        finite(what, "bias", bias.item().to_f64())?;
        Ok(unit)
    }
}
