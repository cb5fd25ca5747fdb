//! `Perceptron`: a threshold unit, and Rosenblatt's rule.

use std::fmt;

use autograd::{Element, Tensor, Var};

use super::unit::check_inputs;
use super::{Examples, Unit, UnitBuilder, UnitError};
use crate::check::{at_least_one, finite, or_panic, positive};
use crate::layers::{Activation, Forward};
use crate::module;

/// A threshold unit: the sign or the step of w · x + b (Rosenblatt 1958, "The perceptron").
///
/// [`fit`](Perceptron::fit) finds weights without mistakes whenever there are any, in a number of updates that does not
/// depend on the number of examples (Novikoff 1962).
///
/// ```
/// use nn::units::{Examples, Perceptron, Threshold, Unit};
///
/// let xor = Examples::new([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]], [-1.0, 1.0, 1.0, -1.0])?;
/// let mut unit = Perceptron::new(2, Threshold::Sign { at_zero: -1.0 });
/// let fit = unit.fit(&xor, 0.5, 50)?;
/// assert!(!fit.converged && fit.mistakes.len() == 50); // no line separates the classes
///
/// // One example at a time: 0 is taken for -1, so w ← w + 0.5 · (1 - -1) · x.
/// let mut unit = Perceptron::new(2, Threshold::Sign { at_zero: -1.0 });
/// assert_eq!(unit.learn(&[1.0, 2.0], 1.0, 0.5), -1.0);
/// assert_eq!((unit.weight.data(), unit.bias.item()), (&[1.0, 2.0][..], 1.0));
/// # Ok::<(), nn::units::UnitError>(())
/// ```
///
/// Fixed weights make a unit of McCulloch and Pitts. On a graph the output passes no gradient, and an optimiser's step that
/// needs one is an error that says so.
#[derive(Clone, PartialEq, Debug)]
pub struct Perceptron<P = Tensor> {
    /// `[inputs]`.
    pub weight: P,
    /// `[]`: minus the threshold that the weighted inputs have to exceed.
    pub bias: P,
    /// What the output is.
    pub threshold: Threshold,
}
module!(Perceptron { param weight, param bias, keep threshold });

/// The output of a threshold unit. Textbooks differ in its value at 0, so it is said.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Threshold {
    /// -1 or 1.
    Sign {
        /// The output for a weighted sum of 0; where it is neither -1 nor 1, it is always a mistake.
        at_zero: f64,
    },
    /// 0 or 1.
    Step {
        /// The output for a weighted sum of 0; where it is neither 0 nor 1, it is always a mistake.
        at_zero: f64,
    },
}

impl Threshold {
    /// The same as a layer.
    pub fn activation(self) -> Activation {
        match self {
            Threshold::Sign { at_zero } => Activation::Sign(at_zero),
            Threshold::Step { at_zero } => Activation::Step(at_zero),
        }
    }

    /// The output below 0, at 0 and above 0.
    fn outputs(self) -> [f64; 3] {
        match self {
            Threshold::Sign { at_zero } => [-1.0, at_zero, 1.0],
            Threshold::Step { at_zero } => [0.0, at_zero, 1.0],
        }
    }
}

impl<T: Element> Perceptron<Tensor<T>> {
    /// A unit whose weights are all 0.
    ///
    /// # Panics
    /// If `inputs` is 0, or the value at 0 is not finite.
    #[track_caller]
    pub fn new(inputs: usize, threshold: Threshold) -> Perceptron<Tensor<T>> {
        or_panic(Perceptron::builder(inputs, threshold).build())
    }

    /// A unit for a size, a value at 0 or weights that come from outside: mistakes are errors.
    pub fn builder(inputs: usize, threshold: Threshold) -> UnitBuilder<Perceptron<Tensor<T>>> {
        let checked = finite("Perceptron", "at_zero", threshold.outputs()[1]);
        UnitBuilder::new("Perceptron", inputs, checked, |weight, bias| Perceptron { weight, bias, threshold })
    }

    /// Learns from each example in turn, epoch after epoch, until there is no mistake in one; at most `epochs` of them.
    ///
    /// # Errors
    /// [`UnitError::Inputs`] and [`UnitError::Target`] for examples that are not of this unit,
    /// [`UnitError::Config`] for a learning rate that is not above 0 or no epochs.
    ///
    /// ```
    /// use nn::units::{Examples, Perceptron, Threshold};
    /// let or = Examples::new([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]], [0.0, 1.0, 1.0, 1.0])?;
    /// let mut unit = Perceptron::new(2, Threshold::Step { at_zero: 0.0 });
    /// let fit = unit.fit(&or, 1.0, 10)?;
    /// assert_eq!((fit.converged, &fit.mistakes[..], fit.updates), (true, &[1, 2, 1, 0][..], 4));
    /// // The weights after each epoch, the first before any: a line each, w₁ x₁ + w₂ x₂ + b = 0.
    /// let last = &fit.history[4];
    /// assert_eq!((last, last.weight.data(), last.bias.item()), (&unit, &[1.0, 1.0][..], 0.0));
    /// # Ok::<(), nn::units::UnitError>(())
    /// ```
    pub fn fit(
        &mut self,
        examples: &Examples<T>,
        lr: f64,
        epochs: usize,
    ) -> Result<PerceptronFit<T>, UnitError> {
        positive("Perceptron::fit", "lr", lr)?;
        at_least_one("Perceptron::fit", "epochs", epochs)?;
        self.check(examples)?;
        let mut fit =
            PerceptronFit { converged: false, mistakes: Vec::new(), updates: 0, history: vec![self.clone()] };
        while !fit.converged && fit.mistakes.len() < epochs {
            let mistakes = self.incremental(examples, lr);
            fit.converged = mistakes == 0;
            fit.updates += mistakes;
            fit.mistakes.push(mistakes);
            fit.history.push(self.clone());
        }
        Ok(fit)
    }
}

/// How a perceptron learned. `Display` says it in a line.
#[derive(Clone, PartialEq, Debug)]
#[non_exhaustive]
pub struct PerceptronFit<T: Element = f32> {
    /// Whether the last epoch had no mistake.
    pub converged: bool,
    /// Mistakes in each epoch, each of which changed the weights; as many as there were epochs.
    pub mistakes: Vec<usize>,
    /// Changes of the weights in all.
    pub updates: usize,
    /// The unit before the first epoch, and after each.
    pub history: Vec<Perceptron<Tensor<T>>>,
}

impl<T: Element> fmt::Display for PerceptronFit<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (epochs, updates) = (self.mistakes.len(), self.updates);
        match self.converged {
            true => write!(f, "converged: no mistake in epoch {epochs}, after {updates} updates"),
            false => {
                let last = self.mistakes.last().copied().unwrap_or(0);
                write!(f, "not converged: {last} mistakes in epoch {epochs}, after {updates} updates")
            }
        }
    }
}

impl<T: Element> Unit<T> for Perceptron<Tensor<T>> {
    fn weight(&self) -> &Tensor<T> {
        &self.weight
    }

    fn bias(&self) -> &Tensor<T> {
        &self.bias
    }

    fn with_weights(&self, weight: Tensor<T>, bias: Tensor<T>) -> Self {
        Perceptron { weight, bias, threshold: self.threshold }
    }

    fn activate(&self, z: T) -> T {
        let [below, at_zero, above] = self.threshold.outputs().map(T::lit);
        let zero = T::lit(0.0);
        T::select(z > zero, above, T::select(z < zero, below, z.pass_nan(at_zero)))
    }

    /// The perceptron criterion (y - t) · z, which is 0 where the output is right.
    fn loss_of(&self, z: T, target: T) -> T {
        (self.activate(z) - target) * z
    }

    fn check(&self, examples: &Examples<T>) -> Result<(), UnitError> {
        check_inputs(self, examples)?;
        let [below, _, above] = self.threshold.outputs().map(T::lit);
        let wanted = match self.threshold {
            Threshold::Sign { .. } => "-1 or 1, the outputs of a sign",
            Threshold::Step { .. } => "0 or 1, the outputs of a step",
        };
        examples.check_targets(wanted, |target| target == below || target == above)
    }
}

impl<'g, T: Element> Perceptron<Var<'g, T>> {
    /// The weighted sum: `[batch, inputs] -> [batch]`, or `[inputs] -> []`.
    ///
    /// # Panics
    /// If the last extent of `x` is not the number of inputs.
    #[track_caller]
    pub fn net(&self, x: Var<'g, T>) -> Var<'g, T> {
        x.matmul(self.weight) + self.bias
    }

    /// The output: `[batch, inputs] -> [batch]`, or `[inputs] -> []`.
    ///
    /// # Panics
    /// If the last extent of `x` is not the number of inputs.
    #[track_caller]
    pub fn forward(&self, x: Var<'g, T>) -> Var<'g, T> {
        self.threshold.activation().forward(self.net(x))
    }
}

impl<'g, T: Element> Forward<'g, T> for Perceptron<Var<'g, T>> {
    fn forward(&self, x: Var<'g, T>) -> Var<'g, T> {
        Perceptron::forward(self, x)
    }
}
