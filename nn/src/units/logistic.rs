//! `LogisticUnit`: logistic regression as a unit.

use autograd::{Element, Tensor, Var};

use super::unit::check_inputs;
use super::{Examples, Unit, UnitBuilder, UnitError};
use crate::check::or_panic;
use crate::layers::Forward;
use crate::module;

/// Logistic regression: the output, the probability of class 1, is the sigmoid of w · x + b, and the rule goes down the
/// cross-entropy -t ln y - (1 - t) ln(1 - y). Targets are from 0 to 1.
///
/// ```
/// use autograd::Tensor;
/// use nn::units::{LogisticUnit, Unit};
///
/// // Gates with weights by hand.
/// let gate = |bias: f64, a: f64, b: f64| LogisticUnit { weight: Tensor::from([a, b]), bias: Tensor::scalar(bias) };
/// let (and, or) = (gate(-30.0, 20.0, 20.0), gate(-10.0, 20.0, 20.0));
/// for (x, both, either) in [([0.0, 0.0], 0.0, 0.0), ([0.0, 1.0], 0.0, 1.0), ([1.0, 0.0], 0.0, 1.0), ([1.0, 1.0], 1.0, 1.0)] {
///     assert!((and.output(&x) - both).abs() < 1e-4 && (or.output(&x) - either).abs() < 1e-4);
/// }
/// ```
#[derive(Clone, PartialEq, Debug)]
pub struct LogisticUnit<P = Tensor> {
    /// `[inputs]`.
    pub weight: P,
    /// `[]`.
    pub bias: P,
}
module!(LogisticUnit { param weight, param bias });

impl<T: Element> LogisticUnit<Tensor<T>> {
    /// A unit whose weights are all 0: every probability is 1/2.
    ///
    /// # Panics
    /// If `inputs` is 0.
    #[track_caller]
    pub fn new(inputs: usize) -> LogisticUnit<Tensor<T>> {
        or_panic(LogisticUnit::builder(inputs).build())
    }

    /// A unit for a size or weights that come from outside: mistakes are errors.
    pub fn builder(inputs: usize) -> UnitBuilder<LogisticUnit<Tensor<T>>> {
        UnitBuilder::new("LogisticUnit", inputs, Ok(()), |weight, bias| LogisticUnit { weight, bias })
    }
}

impl<T: Element> Unit<T> for LogisticUnit<Tensor<T>> {
    fn weight(&self) -> &Tensor<T> {
        &self.weight
    }

    fn bias(&self) -> &Tensor<T> {
        &self.bias
    }

    fn with_weights(&self, weight: Tensor<T>, bias: Tensor<T>) -> Self {
        LogisticUnit { weight, bias }
    }

    fn activate(&self, z: T) -> T {
        T::lit(1.0) / (T::lit(1.0) + (-z).exp())
    }

    /// ln(1 + e^z) - t z, which is the cross-entropy without logarithms of 0.
    fn loss_of(&self, z: T, target: T) -> T {
        z.max(T::lit(0.0)) + (-z.abs()).exp().ln_1p() - target * z
    }

    fn check(&self, examples: &Examples<T>) -> Result<(), UnitError> {
        check_inputs(self, examples)?;
        let (zero, one) = (T::lit(0.0), T::lit(1.0));
        examples.check_targets("a probability, from 0 to 1", |target| zero <= target && target <= one)
    }
}

impl<'g, T: Element> LogisticUnit<Var<'g, T>> {
    /// The weighted sum w · x + b, which is the logit that [`bce_with_logits`](crate::bce_with_logits) takes:
    /// `[batch, inputs] -> [batch]`, or `[inputs] -> []`.
    ///
    /// # Panics
    /// If the last extent of `x` is not the number of inputs.
    #[track_caller]
    pub fn net(&self, x: Var<'g, T>) -> Var<'g, T> {
        x.matmul(self.weight) + self.bias
    }

    /// The probability of class 1: `[batch, inputs] -> [batch]`, or `[inputs] -> []`.
    ///
    /// # Panics
    /// If the last extent of `x` is not the number of inputs.
    #[track_caller]
    pub fn forward(&self, x: Var<'g, T>) -> Var<'g, T> {
        self.net(x).sigmoid()
    }
}

impl<'g, T: Element> Forward<'g, T> for LogisticUnit<Var<'g, T>> {
    fn forward(&self, x: Var<'g, T>) -> Var<'g, T> {
        LogisticUnit::forward(self, x)
    }
}
