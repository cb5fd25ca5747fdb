//! Clipping: bounds on gradients, as options of an optimiser and as functions of gradients.

use autograd::{Element, Graph, Tensor};

use super::diagnose::first_not_finite;
use super::{AnyRule, Optimizer, StepError, check};
use crate::config::ConfigError;
use crate::module::{Kind, Model};

/// The bounds that an optimiser keeps, as plain data: what comes from outside goes into the fields, and through
/// [`check`](Clip::check).
///
/// ```
/// use nn::{Adam, Clip, ConfigError};
/// fn optimizer(norm: Option<f64>) -> Result<Adam, ConfigError> {
///     let clip = Clip { norm, ..Clip::default() };
///     clip.check()?;
///     Ok(Adam::new(1e-3).clip(clip))
/// }
/// assert!(optimizer(Some(1.0)).is_ok() && optimizer(None).is_ok());
/// assert_eq!(optimizer(Some(0.0)).unwrap_err().to_string(), "Clip: norm is 0, but must be finite and greater than 0");
/// ```
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub struct Clip {
    /// The largest size of a number, as [`clip_value`](Optimizer::clip_value) sets it.
    pub value: Option<f64>,
    /// The largest norm, as [`clip_norm`](Optimizer::clip_norm) sets it.
    pub norm: Option<f64>,
}

impl Clip {
    /// Whether the bounds can be: each is finite and greater than 0.
    ///
    /// # Errors
    /// The first that cannot be.
    pub fn check(&self) -> Result<(), ConfigError> {
        self.value.iter().try_for_each(|&max| check::positive("Clip", "value", max))?;
        self.norm.iter().try_for_each(|&max| check::positive("Clip", "norm", max))
    }
}

impl<R: AnyRule<T>, T: Element> Optimizer<R, T> {
    /// Keeps these bounds, and no others: see [`clip_value`](Optimizer::clip_value) and
    /// [`clip_norm`](Optimizer::clip_norm), which set one each.
    ///
    /// # Panics
    /// If one of them cannot be.
    #[track_caller]
    #[must_use]
    pub fn clip(mut self, clip: Clip) -> Self {
        check::expect(clip.check());
        self.clip = clip;
        self
    }

    /// Scales the gradient of a step down to a norm of at most `max`: √(Σ g²) over all trained parameters
    /// (Pascanu, Mikolov, Bengio 2013, arXiv 1211.5063). Part of the step's plan.
    ///
    /// A norm that is NaN or infinite, also because a square overflows, is an error. The norm
    /// before clipping is [`last_norm`](Optimizer::last_norm); `f64::MAX` clips nothing and only measures.
    ///
    /// ```
    /// use nn::prelude::*;
    /// let mut net: Linear = Linear { weight: Tensor::from([[3.0, 4.0]]), bias: None };
    /// let mut sgd = Sgd::new(1.0).clip_norm(2.5);
    /// sgd.step(&mut net, |_, net| net.weight.square().sum() * 0.5)?;
    /// // The gradient was [3, 4], of norm 5.
    /// assert_eq!((net.weight.data(), sgd.last_norm()), (&[1.5, 2.0][..], Some(5.0)));
    /// # Ok::<(), nn::StepError>(())
    /// ```
    ///
    /// # Panics
    /// If `max` is not finite and greater than 0.
    #[track_caller]
    #[must_use]
    pub fn clip_norm(mut self, max: f64) -> Self {
        check::expect(check::positive("clip_norm", "max", max));
        self.clip.norm = Some(max);
        self
    }

    /// Brings each number of the gradient of a step into the range from -max to max, before
    /// [`clip_norm`](Optimizer::clip_norm) if both are wanted. Part of the step's plan.
    ///
    /// ```
    /// use nn::prelude::*;
    /// let mut net: Linear = Linear { weight: Tensor::from([[3.0, -0.5]]), bias: None };
    /// Sgd::new(1.0).clip_value(1.0).step(&mut net, |_, net| net.weight.square().sum() * 0.5)?;
    /// assert_eq!(net.weight.data(), [2.0, 0.0]);
    /// # Ok::<(), nn::StepError>(())
    /// ```
    ///
    /// # Panics
    /// If `max` is not finite and greater than 0.
    #[track_caller]
    #[must_use]
    pub fn clip_value(mut self, max: f64) -> Self {
        check::expect(check::positive("clip_value", "max", max));
        self.clip.value = Some(max);
        self
    }

    /// The norm of the last step's gradient before it was scaled, if [`clip_norm`](Optimizer::clip_norm) was said.
    pub fn last_norm(&self) -> Option<f64> {
        self.last_norm
    }
}

/// Scales gradients down to a norm of at most `max`, and gives the norm that they had: √(Σ g²) over
/// all parameters.
///
/// ```
/// use nn::prelude::*;
/// let net: Linear = Linear { weight: Tensor::from([[3.0, 4.0]]), bias: None };
/// let (_, mut grads) = net.value_and_grad(|_, net| net.weight.square().sum() * 0.5)?;
/// assert_eq!(nn::clip_norm(&mut grads, 2.5)?, 5.0);
/// assert_eq!(grads.weight.data(), [1.5, 2.0]);
/// # Ok::<(), nn::StepError>(())
/// ```
///
/// # Errors
/// [`StepError::GradientNotFinite`] names the first number that is NaN or infinite, [`StepError::NormNotFinite`] says that
/// squares overflow; the gradients are then as they were.
///
/// # Panics
/// If `max` is not finite and greater than 0.
#[track_caller]
pub fn clip_norm<T: Element, M: Model<T>>(gradients: &mut M, max: f64) -> Result<f64, StepError> {
    check::expect(check::positive("clip_norm", "max", max));
    let graph = Graph::default();
    let mut sum = graph.number(0.0);
    gradients.visit(&mut |place, tensor| {
        if place.kind() == Kind::Param {
            sum += graph.constant(tensor).square().sum();
        }
    });
    let norm = sum.sqrt().item().to_f64();
    if !norm.is_finite() {
        let broken = first_not_finite(None, |look| {
            gradients.visit(&mut |place, tensor| {
                if place.kind() == Kind::Param {
                    look(place, tensor);
                }
            });
        });
        return Err(broken.unwrap_or(StepError::NormNotFinite { step: None, norm, birth: None }));
    }
    if norm > max {
        let scale = T::from_f64(max / norm);
        change(gradients, &mut |tensor| tensor.map(|x: T| x * scale));
    }
    Ok(norm)
}

/// Brings each number of gradients into the range from -max to max; NaN stays NaN.
///
/// ```
/// use nn::prelude::*;
/// let net: Linear = Linear { weight: Tensor::from([[3.0, -0.5]]), bias: None };
/// let (_, mut grads) = net.value_and_grad(|_, net| net.weight.square().sum() * 0.5)?;
/// nn::clip_value(&mut grads, 1.0);
/// assert_eq!(grads.weight.data(), [1.0, -0.5]);
/// # Ok::<(), nn::StepError>(())
/// ```
///
/// # Panics
/// If `max` is not finite and greater than 0.
#[track_caller]
pub fn clip_value<T: Element, M: Model<T>>(gradients: &mut M, max: f64) {
    check::expect(check::positive("clip_value", "max", max));
    change(gradients, &mut |tensor| tensor.map(|x: T| T::from_f64(x.to_f64().clamp(-max, max))));
}

fn change<T: Element, M: Model<T>>(gradients: &mut M, f: &mut dyn FnMut(&Tensor<T>) -> Tensor<T>) {
    gradients.visit_mut(&mut |place, tensor| {
        if place.kind() == Kind::Param {
            *tensor = f(tensor);
        }
    });
}
