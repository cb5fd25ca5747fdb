//! What a step says when numbers stop being finite, and what it can tell of gradients on the way.

use autograd::diagnose::{Birth, Statistics};
use autograd::{Element, Graph, Tensor, Var};

use super::{AnyRule, Optimizer, StepError};
use crate::module::{Model, Place, inspect};

impl<R: AnyRule<T>, T: Element> Optimizer<R, T> {
    /// Looks at all new numbers before a step is taken: a gradient that is NaN or infinite is then a
    /// [`StepError::UpdateNotFinite`], which says where it was born, and the model stays as it was. Otherwise only the loss
    /// is looked at, and such a gradient is found by the next step; but [`clip_norm`](Optimizer::clip_norm) always
    /// looks at gradients, and its [`StepError::NormNotFinite`] says as much.
    ///
    /// It costs one reading of all parameters in each step.
    ///
    /// ```
    /// use nn::prelude::*;
    /// let mut net: Linear = Linear { weight: Tensor::from([[0.0, 4.0]]), bias: None };
    /// let mut sgd = Sgd::new(0.1).find_nan(true);
    /// // The loss is 2, but the slope of the root at 0 is infinite.
    /// let error = sgd.step(&mut net, |_, net| net.weight.sqrt().sum()).unwrap_err();
    /// let text = error.to_string();
    /// assert!(text.contains("the derivative of sqrt") && text.contains("gradient of \"weight\""), "{text}");
    /// assert_eq!(net.weight.data(), [0.0, 4.0]);
    /// ```
    pub fn find_nan(mut self, find: bool) -> Self {
        self.find_nan = find;
        self
    }

    /// As [`step`](Optimizer::step), and tells how gradients and activations are spread: norms, shares of zeros, dead and
    /// saturated units, with [`warnings`](Statistics::warnings). The figures are computed in the plan of the step, so this
    /// costs a few per cent of it.
    ///
    /// ```
    /// use nn::prelude::*;
    /// let mut net = Mlp::new(&[4, 8, 8, 1], nn::Sigmoid, &mut nn::rng(1));
    /// let x = Tensor::from_fn([16, 4], |i| (i as f32).sin());
    /// let (loss, statistics) =
    ///     Sgd::new(0.1).step_probed(&mut net, |g, net| net.forward(g.constant(&x)).square().mean())?;
    /// for variable in &statistics.variables {
    ///     println!("{}: {}", variable.name.as_deref().unwrap_or("?"), variable.gradient_norm);
    /// }
    /// # assert!(loss.is_finite());
    /// # assert_eq!(statistics.variables[0].name.as_deref(), Some("layers.0.weight"));
    /// # Ok::<(), nn::StepError>(())
    /// ```
    ///
    /// # Errors
    /// As `step`.
    ///
    /// # Panics
    /// As `step`.
    #[track_caller]
    pub fn step_probed<M: Model<T>>(
        &mut self,
        model: &mut M,
        loss: impl for<'g> FnOnce(&'g Graph<T>, M::With<Var<'g, T>>) -> Var<'g, T>,
    ) -> Result<(T, Statistics), StepError> {
        let mut made = None;
        let (value, [figures]) = self.step_with(model, |g, net| {
            let loss = loss(g, net);
            let (probe, figures) = loss.probe();
            made = Some(probe);
            (loss, [figures])
        })?;
        let mut statistics = made.expect("the closure was called").read(&figures);
        let names = inspect::names(model);
        for variable in &mut statistics.variables {
            variable.name = names.get(variable.id).cloned();
        }
        Ok((value, statistics))
    }

    /// An error if a new number is not finite and that is to be looked for.
    pub(super) fn check_new_values<M: Model<T>>(
        &self,
        model: &M,
        values: &[Option<Tensor<T>>],
        loss: Var<'_, T>,
    ) -> Result<(), StepError> {
        if !self.find_nan || values.iter().flatten().all(|tensor| broken(tensor).is_none()) {
            return Ok(());
        }
        Err(StepError::UpdateNotFinite { step: self.steps + 1, birth: birth(model, loss) })
    }
}

/// Where a loss that is not finite, or its gradient, was born; with the names of the model's parameters.
pub(crate) fn birth<T: Element, M: Model<T>>(model: &M, loss: Var<'_, T>) -> Option<Box<Birth>> {
    for (node, name) in inspect::names(model).iter().enumerate() {
        if let Some(node) = loss.graph().node(node) {
            node.named(name);
        }
    }
    loss.find_nan().map(Box::new)
}

/// The error of a loss that is NaN or infinite.
pub(crate) fn not_finite<T: Element, M: Model<T>>(
    model: &M,
    loss: Var<'_, T>,
    value: T,
    step: u64,
) -> StepError {
    StepError::NotFinite { step, loss: value.to_f64(), birth: birth(model, loss) }
}

/// How an error text goes on where it says what was not finite.
pub(super) fn because(birth: &Option<Box<Birth>>) -> String {
    match birth {
        Some(birth) if birth.given && birth.name.is_some() => format!(
            ": parameter {} was already {} before this step, at {:?}; if an earlier step made it so, take steps with \
             find_nan(true) to see where",
            birth.name.as_deref().unwrap_or_default(),
            birth.value,
            birth.index
        ),
        Some(birth) => format!(": {birth}"),
        None => ": look for too large a learning rate, or numbers near the largest of their type".to_owned(),
    }
}

/// How an error text goes on after a gradient, if the number of its step is known.
pub(super) fn of_step(step: &Option<u64>) -> String {
    step.map_or_else(String::new, |step| format!(" of step {step}"))
}

/// How an error text goes on where it says what of a gradient was not finite.
pub(super) fn born(birth: &Option<Box<Birth>>) -> String {
    match birth {
        Some(_) => because(birth),
        None => "; find_nan() of the model and its loss says where it was born".to_owned(),
    }
}

/// How an error text goes on where it says which norm was not finite.
pub(super) fn because_of_squares(birth: &Option<Box<Birth>>) -> String {
    match birth {
        Some(_) => because(birth),
        None => ": its numbers are finite, but the sum of their squares is not; scale the loss down, or bound them first \
                 with clip_value"
            .to_owned(),
    }
}

/// The error for the first of these gradients, named by their places, that is NaN or infinite.
pub(super) fn first_not_finite<T: Element>(
    step: Option<u64>,
    visit: impl FnOnce(&mut dyn FnMut(&Place<'_>, &Tensor<T>)),
) -> Option<StepError> {
    let mut error = None;
    visit(&mut |place, tensor| {
        if let (None, Some((position, value))) = (&error, broken(tensor)) {
            let name = place.to_string();
            error = Some(StepError::GradientNotFinite { step, name, position, value, birth: None });
        }
    });
    error
}

/// The first number of a tensor that is NaN or infinite, and its place in the flat order.
pub(super) fn broken<T: Element>(tensor: &Tensor<T>) -> Option<(usize, f64)> {
    let position = tensor.data().iter().position(|number| !number.is_finite())?;
    Some((position, tensor.data()[position].to_f64()))
}
