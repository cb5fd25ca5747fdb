//! Groups: parameters with numbers of their own.

use autograd::Element;

use super::{AnyRule, Optimizer, Rule};

/// Parameters that the rule treats with other numbers.
#[derive(Clone, Debug)]
pub(super) struct Group<R> {
    pub(super) pattern: String,
    pub(super) rule: R,
    /// Its learning rate as a multiple of the optimiser's.
    lr_ratio: f64,
}

impl<R: Rule + Clone, T: Element> Optimizer<R, T> {
    /// Gives parameters whose names fit a pattern, in which `*` stands for any characters, numbers of
    /// their own: the closure changes a copy of the rule.
    ///
    /// Of several groups that fit a name the last has it. Learning rates keep their proportion: [`set_lr`](Optimizer::set_lr), and
    /// so every schedule, scales those of all groups. A pattern that fits no parameter makes the next step
    /// an error.
    ///
    /// ```
    /// use nn::prelude::*;
    /// use nn::Rule;
    /// let mut net: Linear = Linear { weight: Tensor::from([[1.0]]), bias: Some(Tensor::from([1.0])) };
    /// let mut sgd = Sgd::new(0.1).weight_decay(0.5).group("bias", |rule| rule.weight_decay(0.0).scale_lr(2.0));
    /// sgd.set_lr(0.2); // and so 0.4 for the bias
    /// sgd.step(&mut net, |_, net| (net.weight * 0.0 + net.bias.unwrap()).sum())?;
    /// assert!((net.weight.item() - 0.9).abs() < 1e-6); // decay alone: 1 - 0.2 · 0.5
    /// assert!((net.bias.unwrap().item() - 0.6).abs() < 1e-6); // gradient alone: 1 - 0.4 · 1
    /// # Ok::<(), nn::StepError>(())
    /// ```
    ///
    /// # Panics
    /// If a step has been taken, if a number cannot be, or if the group's learning rate has no proportion to
    /// the optimiser's, which is 0.
    #[track_caller]
    #[must_use]
    pub fn group(mut self, pattern: &str, change: impl FnOnce(R) -> R) -> Self {
        assert!(
            self.steps == 0,
            "group: say which groups there are before the first step, or make a new optimiser"
        );
        let rule = change(self.rule.clone());
        super::check::expect(rule.check());
        let (own, all) = (rule.lr(), self.rule.lr());
        assert!(
            all > 0.0,
            "group: the learning rates of groups keep their proportion to the optimiser's, which is {all}: \
             give it one above 0 first"
        );
        self.groups.push(Group { pattern: pattern.to_owned(), rule, lr_ratio: own / all });
        self
    }

    /// The patterns of the groups and their numbers, in the order in which they were made.
    ///
    /// ```
    /// let adam: nn::Adam = nn::Adam::new(1e-3).group("*.bias", |rule| rule.betas(0.8, 0.99));
    /// let (pattern, rule) = adam.groups().next().unwrap();
    /// assert_eq!((pattern, rule.betas), ("*.bias", (0.8, 0.99)));
    /// ```
    pub fn groups(&self) -> impl Iterator<Item = (&str, &R)> {
        self.groups.iter().map(|group| (group.pattern.as_str(), &group.rule))
    }
}

impl<R: AnyRule<T>, T: Element> Optimizer<R, T> {
    /// The rule of a group by its number, 0 for the parameters in none.
    pub(super) fn rule_of(&self, group: usize) -> &R {
        match group {
            0 => &self.rule,
            _ => &self.groups[group - 1].rule,
        }
    }

    /// Sets the number of this name, one of those that the rule shows, for the parameters of all groups.
    pub(crate) fn set_number(&mut self, name: &str, number: f64) {
        self.rule.any_set_number(name, number);
        self.groups.iter_mut().for_each(|group| group.rule.any_set_number(name, number));
    }

    /// The names of the numbers that the rule shows.
    pub(crate) fn number_names(&self) -> Vec<&'static str> {
        let mut names = Vec::new();
        self.rule.any_numbers(&mut |name, _| names.push(name));
        names
    }

    /// Brings the groups' learning rates into proportion to the optimiser's, however that was set.
    pub(super) fn follow_lr(&mut self) {
        let lr = self.rule.any_lr();
        for group in &mut self.groups {
            group.rule.any_set_lr(lr * group.lr_ratio);
        }
    }
}
