//! What `Lbfgs` remembers, as plain data.

use std::collections::BTreeMap;

use autograd::{Element, Shape, Tensor};

use super::{Lbfgs, Pair};
use crate::module::Model;
use crate::optim::{OptimizerState, StepError};

/// The name of half a pair of one parameter.
fn name(parameter: &str, half: &str, pair: usize) -> String {
    format!("{parameter}/{half}.{pair}")
}

impl<T: Element> Lbfgs<T> {
    /// All that this optimiser remembers of training the model: changes of parameters `s` and of gradients `y`, the
    /// oldest first, as in `hidden.weight/s.0`.
    ///
    /// # Errors
    /// [`StepError::OtherModel`] if the model is not the one that was trained.
    pub fn snapshot<M: Model<T>>(&self, model: &M) -> Result<OptimizerState<T>, StepError> {
        let mut tensors = BTreeMap::new();
        if self.steps > 0 {
            self.binding.check(model)?;
            let mut at = 0;
            self.binding.visit_trained(model, &mut |place, parameter, tensor| {
                let (own, parameter_name) = (at..at + tensor.count(), place.to_string());
                at = own.end;
                for (number, pair) in self.pairs.iter().enumerate() {
                    for (half, numbers) in [("s", &pair.s), ("y", &pair.y)] {
                        let tensor = Tensor::from_slice(parameter.shape, &numbers[own.clone()]);
                        let tensor = tensor.expect("as many numbers as the shape has");
                        tensors.insert(name(&parameter_name, half, number), tensor);
                    }
                }
            });
        }
        let counts = [("steps", self.steps), ("seed", self.seed), ("pairs", self.pairs.len() as u64)];
        let counts = counts.map(|(name, count)| (name.to_owned(), count)).into();
        Ok(OptimizerState { rule: "Lbfgs".to_owned(), counts, numbers: BTreeMap::new(), tensors })
    }

    /// Makes this optimiser remember what another one did with a model of this form.
    ///
    /// # Errors
    /// [`StepError::OtherState`] naming what does not fit the model, or [`StepError::NoSuchParameter`]; the optimiser
    /// is then as it was.
    pub fn restore<M: Model<T>>(&mut self, model: &M, saved: &OptimizerState<T>) -> Result<(), StepError> {
        let counts = saved.counts("Lbfgs", &["steps", "seed", "pairs"])?;
        let mut binding = self.binding.clone();
        binding.remember(model, std::iter::empty())?;
        let mut parameters: Vec<(String, Shape)> = Vec::new();
        binding.visit_trained(model, &mut |place, parameter, _| {
            parameters.push((place.to_string(), parameter.shape));
        });
        let (mut names, mut shapes) = (Vec::new(), Vec::new());
        // A count that is too large for the tensors ends at the first that is missing, not at the memory's end.
        let pairs = usize::try_from(counts[2]).unwrap_or(usize::MAX).min(saved.tensors.len() + 1);
        for number in 0..pairs {
            for half in ["s", "y"] {
                names.extend(parameters.iter().map(|(parameter, _)| name(parameter, half, number)));
                shapes.extend(parameters.iter().map(|&(_, shape)| shape));
            }
        }
        let tensors = saved.tensors(&names, &shapes)?;
        let mut halves = tensors.chunks(parameters.len().max(1)).map(|parts| {
            let numbers = parts.iter().flat_map(|tensor| tensor.data().iter().copied());
            numbers.collect::<Vec<T>>()
        });
        self.pairs.clear();
        while let Some((s, y)) = halves.next().zip(halves.next()) {
            self.pairs.push_back(Pair { s, y });
        }
        (self.binding, self.steps, self.seed) = (binding, counts[0], counts[1]);
        Ok(())
    }
}
