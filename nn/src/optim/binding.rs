//! `Binding`: the parameters of the model that an optimiser's state belongs to, and which of them are trained.

use autograd::{Element, Shape, Tensor};

use super::StepError;
use crate::module::{Kind, Model};

/// Which model an optimiser belongs to: known from its first step on.
#[derive(Clone, Debug, Default)]
pub(super) struct Binding {
    /// Patterns of names that are left out of training.
    pub(super) frozen: Vec<String>,
    /// In the order in which a model shows them.
    pub(super) parameters: Vec<Parameter>,
}

/// What an optimiser remembers of a parameter.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Parameter {
    pub(super) shape: Shape,
    pub(super) trained: bool,
    /// Number of its group from 1, or 0 if it is in none.
    pub(super) group: usize,
}

impl Binding {
    /// Remembers the model's parameters; the last group whose pattern fits a name has it.
    pub(super) fn remember<'a, T: Element, M: Model<T>>(
        &mut self,
        model: &M,
        groups: impl Iterator<Item = &'a str> + Clone,
    ) -> Result<(), StepError> {
        let Binding { frozen, parameters } = self;
        parameters.clear();
        let mut unfit = frozen.clone();
        unfit.extend(groups.clone().map(str::to_owned));
        model.visit(&mut |place, tensor| {
            if place.kind() == Kind::State {
                return;
            }
            let mut parameter = Parameter { shape: tensor.shape(), trained: true, group: 0 };
            for pattern in frozen.iter().filter(|pattern| place.fits(pattern)) {
                parameter.trained = false;
                unfit.retain(|unfit| unfit != pattern);
            }
            for (number, pattern) in groups.clone().enumerate().filter(|(_, pattern)| place.fits(pattern)) {
                parameter.group = number + 1;
                unfit.retain(|unfit| unfit != pattern);
            }
            parameters.push(parameter);
        });
        match unfit.into_iter().next() {
            None => Ok(()),
            Some(pattern) => Err(StepError::NoSuchParameter { pattern, names: names(model).join(", ") }),
        }
    }

    /// The parameters that are trained.
    pub(super) fn trained(&self) -> impl Iterator<Item = &Parameter> + Clone {
        self.parameters.iter().filter(|parameter| parameter.trained)
    }

    /// Checks that the model is the one that the state belongs to.
    pub(super) fn check<T: Element, M: Model<T>>(&self, model: &M) -> Result<(), StepError> {
        match self.difference(model) {
            None => Ok(()),
            Some(difference) => Err(StepError::OtherModel { difference }),
        }
    }

    /// How a model's parameters differ from the remembered ones.
    pub(super) fn difference<T: Element, M: Model<T>>(&self, model: &M) -> Option<String> {
        let mut found = None;
        let mut count = 0;
        model.visit(&mut |place, tensor| {
            if place.kind() == Kind::State {
                return;
            }
            if let Some(expected) = self.parameters.get(count).map(|parameter| parameter.shape)
                && expected != tensor.shape()
                && found.is_none()
            {
                let shape = tensor.shape();
                found = Some(format!("parameter {place} has shape {shape}, where {expected} is known"));
            }
            count += 1;
        });
        let known = self.parameters.len();
        if count != known {
            return Some(format!("it has {count} parameters, where {known} are known"));
        }
        found
    }

    /// Shows the trained parameters of a model with their names.
    pub(super) fn visit_trained<'a, T: Element, M: Model<T>>(
        &self,
        model: &'a M,
        f: &mut dyn FnMut(&crate::Place<'_>, &Parameter, &'a Tensor<T>),
    ) {
        let mut known = self.parameters.iter();
        model.visit(&mut |place, tensor| {
            if place.kind() == Kind::Param
                && let Some(parameter) = known.next()
                && parameter.trained
            {
                f(place, parameter, tensor);
            }
        });
    }
}

/// The names of a model's parameters, in order.
pub(super) fn names<T: Element, M: Model<T>>(model: &M) -> Vec<String> {
    let mut names = Vec::new();
    model.visit(&mut |place, _| {
        if place.kind() == Kind::Param {
            names.push(place.to_string());
        }
    });
    names
}

/// How the tensors of a model differ from those of a known one, in number or shape.
pub(super) fn other_form<T: Element, M: Model<T>>(known: &M, model: &M) -> Option<String> {
    let mut shapes = Vec::new();
    known.visit(&mut |_, tensor| shapes.push(tensor.shape()));
    let (mut count, mut found) = (0, None);
    model.visit(&mut |place, tensor| {
        let (shape, expected) = (tensor.shape(), shapes.get(count));
        if let Some(expected) = expected.filter(|&&expected| expected != shape && found.is_none()) {
            found = Some(format!("{place} has shape {shape}, where {expected} is known"));
        }
        count += 1;
    });
    let known = shapes.len();
    match count == known {
        true => found,
        false => Some(format!("it has {count} tensors, where {known} are known")),
    }
}
