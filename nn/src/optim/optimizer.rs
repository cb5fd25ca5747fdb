//! `Optimizer`: a rule, its state for one model, and what the user may set.

use std::fmt;

use autograd::{Element, Tensor};

use super::binding::Binding;
use super::clip::Clip;
use super::groups::Group;
use super::{AnyRule, StepError, check};
use crate::config::ConfigError;
use crate::module::Model;

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
    pub(super) groups: Vec<Group<R>>,
    pub(super) clip: Clip,
    pub(super) steps: u64,
    pub(super) seed: u64,
    pub(super) allow_unused: bool,
    pub(super) last_norm: Option<f64>,
    pub(super) binding: Binding,
    pub(super) find_nan: bool,
    /// State tensors, those of each trained parameter together, in parameter order.
    pub(super) state: Vec<Tensor<T>>,
    /// Memory that is used again in every step.
    pub(super) scalars: Vec<f64>,
    pub(super) ends: Vec<usize>,
    pub(super) form: Vec<u64>,
    pub(super) values: Vec<Option<Tensor<T>>>,
}

impl<R: AnyRule<T>, T: Element> Optimizer<R, T> {
    /// An optimiser that applies `rule`.
    ///
    /// ```
    /// use nn::{AdamRule, ConfigError, Optimizer, Rule};
    /// // Where numbers come from outside, the rule is checked first.
    /// fn optimizer(lr: f64) -> Result<Optimizer<AdamRule>, ConfigError> {
    ///     let rule = AdamRule::new(lr);
    ///     rule.check()?;
    ///     Ok(Optimizer::from_rule(rule))
    /// }
    /// assert!(optimizer(1e-3).is_ok() && optimizer(f64::NAN).is_err());
    /// ```
    ///
    /// # Panics
    /// If a number of the rule cannot be.
    #[track_caller]
    pub fn from_rule(rule: R) -> Optimizer<R, T> {
        check::expect(rule.any_check());
        Optimizer {
            rule,
            groups: Vec::new(),
            clip: Clip::default(),
            steps: 0,
            seed: 0,
            allow_unused: false,
            last_norm: None,
            binding: Binding::default(),
            find_nan: false,
            state: Vec::new(),
            scalars: Vec::new(),
            ends: Vec::new(),
            form: Vec::new(),
            values: Vec::new(),
        }
    }

    #[track_caller]
    pub(super) fn with_rule(mut self, change: impl FnOnce(R) -> R) -> Self {
        self.rule = change(self.rule);
        check::expect(self.rule.any_check());
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
        self.binding.frozen.push(pattern.to_owned());
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

    /// Sets the learning rate of the steps to come, and in proportion those of groups; costs nothing, as it
    /// is a number of the step. One that cannot be makes the next step an error.
    ///
    /// ```
    /// let mut sgd: nn::Sgd = nn::Sgd::new(0.1);
    /// sgd.set_lr(0.5 * sgd.lr());
    /// assert_eq!(sgd.lr(), 0.05);
    /// ```
    pub fn set_lr(&mut self, lr: f64) {
        self.rule.any_set_lr(lr);
        self.follow_lr();
    }

    /// The rule's numbers.
    pub fn rule(&self) -> &R {
        &self.rule
    }

    /// The rule's numbers, to be changed between steps; other groups keep theirs, but for the learning rate.
    /// One that cannot be makes the next step an error.
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

    /// The seed of the graph of the next step: from it layers draw random numbers.
    pub(crate) fn step_seed(&self) -> u64 {
        self.seed.rotate_left(32) ^ self.steps
    }

    /// Whether the norm of gradients is measured.
    pub(crate) fn measures_norm(&self) -> bool {
        self.clip.norm.is_some()
    }

    /// Prepares a step: brings the numbers of all groups up to date and checks them, binds the optimiser to
    /// the model if no step was taken yet, and makes the state.
    pub(super) fn bind<M: Model<T>>(&mut self, model: &M) -> Result<(), StepError> {
        self.follow_lr();
        self.check_numbers()?;
        if self.steps == 0 {
            self.binding.remember(model, self.groups.iter().map(|group| group.pattern.as_str()))?;
            self.state.clear();
        }
        let trained = self.binding.trained().map(|parameter| parameter.group);
        let wanted: usize = trained.map(|group| self.rule_of(group).any_state().len()).sum();
        if self.state.len() != wanted {
            self.state = self.first_state();
        }
        Ok(())
    }

    /// An error for the first number of a rule that cannot be.
    pub(super) fn check_numbers(&self) -> Result<(), ConfigError> {
        self.rule.any_check()?;
        self.groups.iter().try_for_each(|group| group.rule.any_check())
    }

    /// The state before the first step.
    fn first_state(&self) -> Vec<Tensor<T>> {
        let mut state = Vec::new();
        for parameter in self.binding.trained() {
            let rule = self.rule_of(parameter.group);
            for slot in 0..rule.any_state().len() {
                state.push(Tensor::full(parameter.shape, T::from_f64(rule.any_initial(slot))));
            }
        }
        state
    }
}

impl<R: fmt::Debug, T: Element> fmt::Debug for Optimizer<R, T> {
    /// The rule and how many steps were taken; the state may be large.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Optimizer({:?} after {} steps)", self.rule, self.steps)
    }
}
