//! Snapshots: all that an optimiser remembers, as plain data.

use std::collections::BTreeMap;

use autograd::{Element, Tensor};

use super::{AnyRule, Optimizer, StepError};
use crate::module::Model;

/// All that an optimiser remembers, under names: what a checkpoint keeps beside the model.
///
/// Training that goes on after [`restore`](Optimizer::restore) has the same bits as training that was not
/// interrupted. What the program says anew when it makes the optimiser is not in it: frozen parameters, patterns
/// of groups, bounds of clipping.
#[derive(Clone, PartialEq, Debug)]
pub struct OptimizerState<T: Element = f32> {
    /// The rule's name, as in `Adam`.
    pub rule: String,
    /// Whole numbers: `steps` that were taken, `seed`.
    pub counts: BTreeMap<String, u64>,
    /// The rule's numbers, as in `lr` and `beta1`; those of groups begin with `groups.0.`. Switches are 0 or 1.
    pub numbers: BTreeMap<String, f64>,
    /// State tensors by parameter and slot, as in `hidden.weight/exp_avg`; none before the first step.
    pub tensors: BTreeMap<String, Tensor<T>>,
}

impl<R: AnyRule<T>, T: Element> Optimizer<R, T> {
    /// All that this optimiser remembers of training the model.
    ///
    /// ```
    /// use nn::prelude::*;
    /// let mut net = Linear::new(2, 1, &mut nn::rng(1));
    /// let x = Tensor::from([[1.0, 2.0]]);
    /// let mut adam = Adam::new(1e-2);
    /// adam.step(&mut net, |g, net| net.forward(g.constant(&x)).square().sum())?;
    /// let (saved_net, saved) = (net.clone(), adam.snapshot(&net)?);
    /// assert_eq!((saved.rule.as_str(), saved.counts["steps"], saved.numbers["lr"]), ("Adam", 1, 1e-2));
    /// assert_eq!(saved.tensors["weight/exp_avg"].shape(), [1, 2]);
    ///
    /// // Another program makes the same optimiser, and goes on.
    /// let (mut other_net, mut other) = (saved_net, Adam::new(1e-2));
    /// other.restore(&other_net, &saved)?;
    /// adam.step(&mut net, |g, net| net.forward(g.constant(&x)).square().sum())?;
    /// other.step(&mut other_net, |g, net| net.forward(g.constant(&x)).square().sum())?;
    /// assert_eq!(net.weight, other_net.weight);
    /// # Ok::<(), nn::StepError>(())
    /// ```
    ///
    /// # Errors
    /// [`StepError::OtherModel`] if the model is not the one that was trained.
    pub fn snapshot<M: Model<T>>(&self, model: &M) -> Result<OptimizerState<T>, StepError> {
        let mut tensors = BTreeMap::new();
        if self.steps > 0 {
            self.binding.check(model)?;
            let mut state = self.state.iter();
            self.binding.visit_trained(model, &mut |place, parameter, _| {
                for (slot, tensor) in self.rule_of(parameter.group).any_state().iter().zip(&mut state) {
                    tensors.insert(format!("{place}/{slot}"), tensor.clone());
                }
            });
        }
        let counts = [("steps", self.steps), ("seed", self.seed)];
        Ok(OptimizerState {
            rule: self.rule.any_name().to_owned(),
            counts: counts.map(|(name, count)| (name.to_owned(), count)).into(),
            numbers: self.numbers(),
            tensors,
        })
    }

    /// Makes this optimiser remember what another one did, whose rule, groups and frozen parameters are the same.
    ///
    /// # Errors
    /// [`StepError::OtherState`] naming what does not fit the optimiser or the model, [`StepError::NoSuchParameter`],
    /// or [`StepError::Config`] for a number that cannot be; the optimiser is then as it was.
    pub fn restore<M: Model<T>>(&mut self, model: &M, saved: &OptimizerState<T>) -> Result<(), StepError> {
        let mut counts = saved.counts(self.rule.any_name(), &["steps", "seed"])?.into_iter();
        let (steps, seed) = counts.next().zip(counts.next()).expect("two were asked for");
        let own = self.numbers();
        same_names("number", own.keys(), saved.numbers.keys())?;
        self.set_numbers(&saved.numbers);
        let fits = match self.check_numbers() {
            Ok(()) => self.read_state(model, steps, saved),
            Err(error) => Err(error.into()),
        };
        let (binding, state) = match fits {
            Ok(fits) => fits,
            Err(error) => {
                self.set_numbers(&own);
                return Err(error);
            }
        };
        (self.binding, self.state, self.steps, self.seed) = (binding, state, steps, seed);
        self.last_norm = None;
        Ok(())
    }

    /// The numbers of all rules by name.
    fn numbers(&self) -> BTreeMap<String, f64> {
        let mut numbers = BTreeMap::new();
        self.rule.any_numbers(&mut |name, number| {
            numbers.insert(name.to_owned(), number);
        });
        for (at, group) in self.groups.iter().enumerate() {
            group.rule.any_numbers(&mut |name, number| {
                numbers.insert(format!("groups.{at}.{name}"), number);
            });
        }
        numbers
    }

    fn set_numbers(&mut self, numbers: &BTreeMap<String, f64>) {
        for (name, &number) in numbers {
            let group = name.strip_prefix("groups.").and_then(|name| name.split_once('.'));
            match group.and_then(|(at, name)| Some((self.groups.get_mut(at.parse::<usize>().ok()?)?, name))) {
                Some((group, name)) => group.rule.any_set_number(name, number),
                None => self.rule.any_set_number(name, number),
            }
        }
    }

    /// The saved tensors in the order of this model's parameters.
    fn read_state<M: Model<T>>(
        &self,
        model: &M,
        steps: u64,
        saved: &OptimizerState<T>,
    ) -> Result<(super::binding::Binding, Vec<Tensor<T>>), StepError> {
        let mut binding = self.binding.clone();
        binding.remember(model, self.groups.iter().map(|group| group.pattern.as_str()))?;
        let (mut names, mut shapes) = (Vec::new(), Vec::new());
        if steps > 0 {
            binding.visit_trained(model, &mut |place, parameter, tensor| {
                for slot in self.rule_of(parameter.group).any_state() {
                    names.push(format!("{place}/{slot}"));
                    shapes.push(tensor.shape());
                }
            });
        }
        let state = saved.tensors(&names, &shapes)?;
        Ok((binding, state))
    }
}

impl<T: Element> OptimizerState<T> {
    /// The counts of these names, one of which is `steps`, if this is a state of this rule with just these.
    pub(super) fn counts(&self, rule: &str, names: &[&str]) -> Result<Vec<u64>, StepError> {
        if self.rule != rule {
            return Err(other(format!("it is one of {}, not of {rule}", self.rule)));
        }
        same_names("count", names.iter(), self.counts.keys())?;
        let steps = self.counts["steps"];
        if steps > MOST_STEPS {
            return Err(other(format!(
                "its steps are {steps}, and {MOST_STEPS} are the most that are counted"
            )));
        }
        Ok(names.iter().map(|&name| self.counts[name]).collect())
    }

    /// The tensors of these names, if they have these shapes and are all that there are.
    pub(super) fn tensors(
        &self,
        names: &[String],
        shapes: &[autograd::Shape],
    ) -> Result<Vec<Tensor<T>>, StepError> {
        same_names("tensor", names.iter(), self.tensors.keys())?;
        let mut tensors = Vec::with_capacity(names.len());
        for (name, &expected) in names.iter().zip(shapes) {
            let tensor = &self.tensors[name];
            if tensor.shape() != expected {
                let shape = tensor.shape();
                return Err(other(format!(
                    "its tensor {name} has shape {shape}, where the model has {expected}"
                )));
            }
            tensors.push(tensor.clone());
        }
        Ok(tensors)
    }
}

/// Steps are counted exactly in double precision too, which schedules and corrections of bias compute with.
const MOST_STEPS: u64 = 1 << f64::MANTISSA_DIGITS;

pub(super) fn other(difference: String) -> StepError {
    StepError::OtherState { difference }
}

/// An error for the first name that only one side has.
fn same_names<'a, A: AsRef<str> + 'a, B: AsRef<str> + 'a>(
    kind: &str,
    wanted: impl Iterator<Item = &'a A> + Clone,
    found: impl Iterator<Item = &'a B> + Clone,
) -> Result<(), StepError> {
    if let Some(missing) =
        wanted.clone().find(|name| !found.clone().any(|there| there.as_ref() == name.as_ref()))
    {
        return Err(other(format!("its {kind} {} is missing", missing.as_ref())));
    }
    match found.clone().find(|name| !wanted.clone().any(|there| there.as_ref() == name.as_ref())) {
        Some(unknown) => Err(other(format!("its {kind} {} is not one of the optimiser's", unknown.as_ref()))),
        None => Ok(()),
    }
}
