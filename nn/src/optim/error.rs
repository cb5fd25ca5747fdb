//! `StepError`: why a step was not taken.

use autograd::Shape;
use autograd::diagnose::Birth;

use super::diagnose::{because, because_of_squares, born, of_step};
use crate::config::ConfigError;

/// Why a step was not taken. The model and the optimiser are as they were before it.
///
/// ```
/// use nn::prelude::*;
/// let mut net = (Linear::new(2, 1, &mut nn::rng(1)), Linear::new(2, 1, &mut nn::rng(2)));
/// let x = Tensor::from([[1.0, 2.0]]);
/// let error = Sgd::new(0.1).step(&mut net, |g, (a, b)| (a.forward(g.constant(&x)) + b.bias.unwrap()).sum()).unwrap_err();
/// assert!(error.to_string().starts_with("no gradient reaches parameter 1.weight"));
/// ```
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum StepError {
    /// A parameter that the loss does not depend on by any path that derivatives can take.
    #[error(
        "no gradient reaches parameter {name}, shape {shape}: {cut}; use it in the loss, \
         or leave it out of training with freeze({name:?}) or allow_unused()"
    )]
    NoGradient {
        /// The parameter's name, as in `hidden.weight`.
        name: String,
        /// Its shape.
        shape: Shape,
        /// Where and why the path is cut.
        cut: String,
    },
    /// A loss that is NaN or infinite.
    #[error("the loss of step {step} is {loss}{}", because(birth))]
    NotFinite {
        /// The step that was not taken, counted from 1.
        step: u64,
        /// The loss.
        loss: f64,
        /// Where it was born; a weight that was not finite before the step is `given`.
        birth: Option<Box<Birth>>,
    },
    /// A finite loss with a gradient that is NaN or infinite, or a new number that is: looked for with
    /// [`find_nan`](crate::Optimizer::find_nan).
    #[error("step {step} would make numbers of the model NaN or infinite{}", because(birth))]
    UpdateNotFinite {
        /// The step that was not taken, counted from 1.
        step: u64,
        /// Where the gradient was born; `None` if all gradients are finite, and the rule's arithmetic is not.
        birth: Option<Box<Birth>>,
    },
    /// A gradient that is NaN or infinite, though the loss is finite: one given to `apply` or
    /// [`clip_norm`](crate::clip_norm), of a micro-batch, or of [`Lbfgs`](crate::Lbfgs).
    #[error(
        "the gradient of parameter {name}{} is not finite: number {position} of it, from 0, is {value}{}",
        of_step(step),
        born(birth)
    )]
    GradientNotFinite {
        /// The step that was not taken, counted from 1; `None` if the gradient is of no step yet.
        step: Option<u64>,
        /// The parameter's name.
        name: String,
        /// Place in the flat order, from 0.
        position: usize,
        /// The number there.
        value: f64,
        /// Where it was born; `None` if the gradient was given, so that nothing is known of its loss.
        birth: Option<Box<Birth>>,
    },
    /// A gradient whose norm, which was to be bounded, is NaN or infinite.
    #[error("the norm of the gradient{} is {norm}{}", of_step(step), because_of_squares(birth))]
    NormNotFinite {
        /// The step that was not taken, counted from 1; `None` if the gradient is of no step yet.
        step: Option<u64>,
        /// The norm.
        norm: f64,
        /// Where the gradient was born; `None` if its numbers are finite, and only their squares overflow.
        birth: Option<Box<Birth>>,
    },
    /// A number of the optimiser that cannot be.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The optimiser has already taken steps with a model of another form.
    #[error(
        "this optimiser belongs to another model: {difference}; its state has a place for each parameter \
         of the model that it was first used with, so make a new optimiser for this one"
    )]
    OtherModel {
        /// What differs.
        difference: String,
    },
    /// No length of a step along a direction was good enough for [`Lbfgs`](crate::Lbfgs).
    #[error(
        "the line search of step {step} found no length of the step that satisfies the Wolfe conditions in \
         {evaluations} looks at the loss, where the largest slope is {gradient:e}: if that is small, rounding is \
         reached; otherwise the loss may be random, or not smooth here"
    )]
    LineSearch {
        /// The step that was not taken, counted from 1.
        step: u64,
        /// How many times the loss was computed.
        evaluations: u64,
        /// The largest slope where the step began.
        gradient: f64,
    },
    /// A saved state that does not fit the optimiser or the model.
    #[error("this state is not of this optimiser and model: {difference}")]
    OtherState {
        /// What differs.
        difference: String,
    },
    /// A gradient given to `apply` that does not have the model's form.
    #[error("these gradients are not of this model: {difference}")]
    OtherGradients {
        /// What differs.
        difference: String,
    },
    /// A pattern of `freeze` or `group` that no parameter's name fits.
    #[error("no parameter's name fits {pattern:?}; the names are {names}")]
    NoSuchParameter {
        /// The pattern.
        pattern: String,
        /// All names.
        names: String,
    },
}
