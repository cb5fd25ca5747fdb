//! `Adaline`: the linear unit of Widrow and Hoff.

use autograd::{Element, Tensor, Var};

use super::unit::check_inputs;
use super::{Examples, Unit, UnitBuilder, UnitError};
use crate::check::or_panic;
use crate::layers::Forward;
use crate::module;

/// The adaptive linear neuron: its output is w · x + b, and it learns by least mean squares (Widrow, Hoff 1960), which goes
/// down (t - y)² / 2. Targets are any numbers; for two classes, -1 and 1, of which the sign of the output is taken.
///
/// ```
/// use nn::units::{Adaline, Descent, Examples, Unit};
///
/// let line = Examples::new([[0.0], [2.0]], [1.0_f64, 5.0])?; // t = 2 x + 1
/// let mut unit = Adaline::new(1);
/// assert_eq!(unit.loss(&line), (1.0 + 25.0) / 4.0);
/// assert_eq!(unit.gradient(&line).weight.data(), [-(0.0 + 2.0 * 5.0) / 2.0]);
/// let course = Descent::batch(0.3, 500).fit(&mut unit, &line)?;
/// assert!(course.losses[500] < 1e-10);
/// assert!((unit.weight.item() - 2.0).abs() < 1e-4 && (unit.bias.item() - 1.0).abs() < 1e-4);
/// # Ok::<(), nn::units::UnitError>(())
/// ```
#[derive(Clone, PartialEq, Debug)]
pub struct Adaline<P = Tensor> {
    /// `[inputs]`.
    pub weight: P,
    /// `[]`.
    pub bias: P,
}
module!(Adaline { param weight, param bias });

impl<T: Element> Adaline<Tensor<T>> {
    /// A unit whose weights are all 0.
    ///
    /// # Panics
    /// If `inputs` is 0.
    #[track_caller]
    pub fn new(inputs: usize) -> Adaline<Tensor<T>> {
        or_panic(Adaline::builder(inputs).build())
    }

    /// A unit for a size or weights that come from outside: mistakes are errors.
    pub fn builder(inputs: usize) -> UnitBuilder<Adaline<Tensor<T>>> {
        UnitBuilder::new("Adaline", inputs, Ok(()), |weight, bias| Adaline { weight, bias })
    }
}

impl<T: Element> Unit<T> for Adaline<Tensor<T>> {
    fn weight(&self) -> &Tensor<T> {
        &self.weight
    }

    fn bias(&self) -> &Tensor<T> {
        &self.bias
    }

    fn with_weights(&self, weight: Tensor<T>, bias: Tensor<T>) -> Self {
        Adaline { weight, bias }
    }

    fn activate(&self, z: T) -> T {
        z
    }

    /// (t - z)² / 2.
    fn loss_of(&self, z: T, target: T) -> T {
        T::lit(0.5) * (target - z) * (target - z)
    }

    fn check(&self, examples: &Examples<T>) -> Result<(), UnitError> {
        check_inputs(self, examples)
    }
}

impl<'g, T: Element> Adaline<Var<'g, T>> {
    /// The output, w · x + b: `[batch, inputs] -> [batch]`, or `[inputs] -> []`.
    ///
    /// # Panics
    /// If the last extent of `x` is not the number of inputs.
    #[track_caller]
    pub fn forward(&self, x: Var<'g, T>) -> Var<'g, T> {
        x.matmul(self.weight) + self.bias
    }
}

impl<'g, T: Element> Forward<'g, T> for Adaline<Var<'g, T>> {
    fn forward(&self, x: Var<'g, T>) -> Var<'g, T> {
        Adaline::forward(self, x)
    }
}
