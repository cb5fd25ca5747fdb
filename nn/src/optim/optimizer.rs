//! `Optimizer`: a rule, its state for one model, and what the user may set.

use std::fmt;

use autograd::{Element, Shape, Tensor};

use super::{AnyRule, StepError};
use crate::module::{Kind, Model};

/// Trains one model by a [`Rule`](super::Rule): [`Adam`](super::Adam) and [`Sgd`](super::Sgd) are optimisers.
///
/// The state belongs to the model of the first step; a model of another form is an error. Several
/// models are trained together as a tuple.
///
/// ```
/// use nn::prelude::*;
/// let mut net = Linear::new(2, 1, &mut nn::rng(1));
/// let (x, y) = (Tensor::from([[0.0, 1.0], [1.0, 0.0]]), Tensor::from([[1.0], [-1.0]]));
/// let mut sgd = Sgd::new(0.5);
/// for _ in 0..100 {
///     sgd.step(&mut net, |g, net| mse(net.forward(g.constant(&x)), g.constant(&y)))?;
/// }
/// let (loss, _) = net.value_and_grad(|g, net| mse(net.forward(g.constant(&x)), g.constant(&y)))?;
/// assert!(loss < 1e-6);
/// # Ok::<(), nn::StepError>(())
/// ```
#[derive(Clone)]
pub struct Optimizer<R, T: Element = f32> {
    pub(super) rule: R,
    pub(super) steps: u64,
    pub(super) seed: u64,
    pub(super) allow_unused: bool,
    pub(super) find_nan: bool,
    frozen: Vec<String>,
    /// The parameters of the model that the state belongs to.
    pub(super) parameters: Vec<Parameter>,
    /// State tensors, those of each trained parameter together, in parameter order.
    pub(super) state: Vec<Tensor<T>>,
    /// Memory that is used again in every step.
    pub(super) scalars: Vec<f64>,
    pub(super) form: Vec<u64>,
    pub(super) values: Vec<Option<Tensor<T>>>,
}

/// What an optimiser remembers of a parameter.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Parameter {
    pub(super) shape: Shape,
    pub(super) trained: bool,
}

impl<R: AnyRule<T>, T: Element> Optimizer<R, T> {
    /// An optimiser that applies `rule`.
    pub fn from_rule(rule: R) -> Optimizer<R, T> {
        Optimizer {
            rule,
            steps: 0,
            seed: 0,
            allow_unused: false,
            find_nan: false,
            frozen: Vec::new(),
            parameters: Vec::new(),
            state: Vec::new(),
            scalars: Vec::new(),
            form: Vec::new(),
            values: Vec::new(),
        }
    }

    pub(super) fn with_rule(mut self, change: impl FnOnce(&mut R)) -> Self {
        change(&mut self.rule);
        self
    }

    /// Leaves parameters out of training whose names fit a pattern, in which `*` stands for any
    /// characters. A pattern that fits no parameter makes the next step an error.
    ///
    /// ```
    /// use nn::prelude::*;
    /// let mut rng = nn::rng(1);
    /// let mut net = (Linear::new(2, 3, &mut rng), Linear::new(3, 1, &mut rng));
    /// let before = net.0.weight.clone();
    /// let mut sgd = Sgd::new(0.1).freeze("0.*");
    /// sgd.step(&mut net, |g, (a, b)| b.forward(a.forward(g.constant([[1.0, 2.0]]))).square().sum())?;
    /// assert_eq!(net.0.weight, before);
    /// # Ok::<(), nn::StepError>(())
    /// ```
    ///
    /// # Panics
    /// If a step has been taken: the state has a place for each trained parameter.
    #[track_caller]
    pub fn freeze(mut self, pattern: &str) -> Self {
        assert!(self.steps == 0, "freeze: say what is frozen before the first step, or make a new optimiser");
        self.frozen.push(pattern.to_owned());
        self
    }

    /// Lets a parameter that the loss does not depend on stay as it is, which is an error otherwise.
    ///
    /// ```
    /// use nn::prelude::*;
    /// let mut net = (Linear::new(2, 1, &mut nn::rng(1)), Linear::new(2, 1, &mut nn::rng(2)));
    /// let x = Tensor::from([[1.0, 2.0]]);
    /// assert!(Sgd::new(0.1).step(&mut net, |g, (a, _)| a.forward(g.constant(&x)).sum()).is_err());
    /// assert!(Sgd::new(0.1).allow_unused().step(&mut net, |g, (a, _)| a.forward(g.constant(&x)).sum()).is_ok());
    /// ```
    pub fn allow_unused(mut self) -> Self {
        self.allow_unused = true;
        self
    }

    /// Sets the seed from which, with the number of the step, layers draw random numbers; 0 otherwise.
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// The learning rate.
    pub fn lr(&self) -> f64 {
        self.rule.any_lr()
    }

    /// Sets the learning rate of the steps to come; costs nothing, as it is a number of the step.
    ///
    /// ```
    /// let mut sgd: nn::Sgd = nn::Sgd::new(0.1);
    /// sgd.set_lr(0.5 * sgd.lr());
    /// assert_eq!(sgd.lr(), 0.05);
    /// ```
    pub fn set_lr(&mut self, lr: f64) {
        self.rule.any_set_lr(lr);
    }

    /// The rule's numbers.
    pub fn rule(&self) -> &R {
        &self.rule
    }

    /// The rule's numbers, to be changed between steps.
    pub fn rule_mut(&mut self) -> &mut R {
        &mut self.rule
    }

    /// How many steps were taken.
    pub fn steps(&self) -> u64 {
        self.steps
    }

    /// The state tensors: those of each trained parameter together, in parameter order.
    pub fn state(&self) -> &[Tensor<T>] {
        &self.state
    }

    /// Binds the optimiser to the model if no step was taken yet, and makes the state.
    pub(super) fn bind<M: Model<T>>(&mut self, model: &M) -> Result<(), StepError> {
        if self.steps == 0 {
            self.remember(model)?;
        }
        let slots = self.rule.any_state();
        let trained = self.parameters.iter().filter(|parameter| parameter.trained);
        if self.state.len() != slots * trained.clone().count() {
            self.state.clear();
            for parameter in trained {
                self.state.extend((0..slots).map(|_| Tensor::zeros(parameter.shape)));
            }
        }
        Ok(())
    }

    fn remember<M: Model<T>>(&mut self, model: &M) -> Result<(), StepError> {
        let Optimizer { parameters, frozen, .. } = self;
        parameters.clear();
        self.state.clear();
        let mut fitted = vec![false; frozen.len()];
        model.visit(&mut |place, tensor| {
            if place.kind() == Kind::State {
                return;
            }
            let mut trained = true;
            for (pattern, fitted) in frozen.iter().zip(&mut fitted) {
                if place.fits(pattern) {
                    (trained, *fitted) = (false, true);
                }
            }
            parameters.push(Parameter { shape: tensor.shape(), trained });
        });
        let Some(unfit) = fitted.iter().position(|fitted| !fitted) else {
            return Ok(());
        };
        let mut names = Vec::new();
        model.visit(&mut |place, _| {
            if place.kind() == Kind::Param {
                names.push(place.to_string());
            }
        });
        Err(StepError::NoSuchParameter { pattern: frozen[unfit].clone(), names: names.join(", ") })
    }

    /// Checks that the model is the one that the state belongs to.
    pub(super) fn check<M: Model<T>>(&self, model: &M) -> Result<(), StepError> {
        match difference(&self.parameters, model) {
            None => Ok(()),
            Some(difference) => Err(StepError::OtherModel { difference }),
        }
    }
}

/// How a model's parameters differ from remembered ones.
pub(super) fn difference<T: Element, M: Model<T>>(parameters: &[Parameter], model: &M) -> Option<String> {
    let mut found = None;
    let mut count = 0;
    model.visit(&mut |place, tensor| {
        if place.kind() == Kind::State {
            return;
        }
        if let Some(expected) = parameters.get(count).map(|parameter| parameter.shape)
            && expected != tensor.shape()
            && found.is_none()
        {
            found =
                Some(format!("parameter {place} has shape {}, where {expected} is known", tensor.shape()));
        }
        count += 1;
    });
    let known = parameters.len();
    if count != known {
        return Some(format!("it has {count} parameters, where {known} are known"));
    }
    found
}

impl<R: fmt::Debug, T: Element> fmt::Debug for Optimizer<R, T> {
    /// The rule and how many steps were taken; the state may be large.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Optimizer({:?} after {} steps)", self.rule, self.steps)
    }
}
