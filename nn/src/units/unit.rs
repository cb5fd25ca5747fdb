//! `Unit`: what the three units have in common, the rule above all.

use autograd::{Element, Tensor};

use super::{Examples, UnitError};

/// A neuron that learns by w ← w + lr · (t - y) · x, in plain loops.
///
/// A unit says what its output is for the weighted sum z = w · x + b, and of which loss the rule is the descent:
/// -(t - y) is the slope of that loss in z.
pub trait Unit<T: Element>: Clone {
    /// `[inputs]`.
    fn weight(&self) -> &Tensor<T>;

    /// `[]`.
    fn bias(&self) -> &Tensor<T>;

    /// This unit with other weights.
    fn with_weights(&self, weight: Tensor<T>, bias: Tensor<T>) -> Self;

    /// The output y for a weighted sum z.
    fn activate(&self, z: T) -> T;

    /// The loss of one example, whose slope in z is y - t.
    fn loss_of(&self, z: T, target: T) -> T;

    /// Whether the unit can learn these examples.
    ///
    /// # Errors
    /// [`UnitError::Inputs`] if they have another number of inputs, [`UnitError::Target`] for the first target that the
    /// unit cannot have as its output.
    fn check(&self, examples: &Examples<T>) -> Result<(), UnitError>;

    /// The weighted sum w · x + b.
    ///
    /// # Panics
    /// If `x` does not have one number for each weight.
    #[track_caller]
    fn net(&self, x: &[T]) -> T {
        let inputs = self.weight().count();
        assert!(x.len() == inputs, "an example of {} numbers for a unit of {inputs} inputs", x.len());
        weighted_sum(self.weight().data(), self.bias().item(), x)
    }

    /// The output for an example.
    ///
    /// # Panics
    /// If `x` does not have one number for each weight.
    #[track_caller]
    fn output(&self, x: &[T]) -> T {
        self.activate(self.net(x))
    }

    /// The mean loss of the examples.
    ///
    /// # Panics
    /// If they have another number of inputs.
    #[track_caller]
    fn loss(&self, examples: &Examples<T>) -> T {
        let mut sum = T::lit(0.0);
        for (x, target) in examples.rows() {
            sum = sum + self.loss_of(self.net(x), target);
        }
        sum / T::lit(examples.len() as f64)
    }

    /// The gradient of [`loss`](Unit::loss), in the form of a unit: the mean of (y - t) · x, and of y - t.
    ///
    /// # Panics
    /// If the examples have another number of inputs.
    #[track_caller]
    fn gradient(&self, examples: &Examples<T>) -> Self {
        let (mut weight, mut bias) = (vec![T::lit(0.0); self.weight().count()], T::lit(0.0));
        let share = T::lit(1.0 / examples.len() as f64);
        for (x, target) in examples.rows() {
            let step = (self.output(x) - target) * share;
            add(&mut weight, &mut bias, step, x);
        }
        self.with_weights(vector(&weight), Tensor::scalar(bias))
    }

    /// Learns from one example, and gives the output that the unit had for it: w ← w + lr · (t - y) · x.
    ///
    /// # Panics
    /// If `x` does not have one number for each weight.
    #[track_caller]
    fn learn(&mut self, x: &[T], target: T, lr: f64) -> T {
        let y = self.output(x);
        let (mut weight, mut bias) = (self.weight().to_vec(), self.bias().item());
        add(&mut weight, &mut bias, T::lit(lr) * (target - y), x);
        *self = self.with_weights(vector(&weight), Tensor::scalar(bias));
        y
    }

    /// Learns from each example in turn, as [`learn`](Unit::learn) does, and gives the number of outputs that were not the
    /// target.
    ///
    /// # Panics
    /// If the examples have another number of inputs.
    #[track_caller]
    fn incremental(&mut self, examples: &Examples<T>, lr: f64) -> usize {
        let (inputs, found) = (self.weight().count(), examples.inputs());
        assert!(inputs == found, "examples of {found} inputs for a unit of {inputs}");
        let (mut weight, mut bias, mut missed) = (self.weight().to_vec(), self.bias().item(), 0);
        for (x, target) in examples.rows() {
            let y = self.activate(weighted_sum(&weight, bias, x));
            if y != target {
                missed += 1;
                add(&mut weight, &mut bias, T::lit(lr) * (target - y), x);
            }
        }
        *self = self.with_weights(vector(&weight), Tensor::scalar(bias));
        missed
    }

    /// Takes one step down the [`gradient`](Unit::gradient) of all examples.
    ///
    /// # Panics
    /// If the examples have another number of inputs.
    #[track_caller]
    fn batch(&mut self, examples: &Examples<T>, lr: f64) {
        let down = self.gradient(examples);
        let mut weight = self.weight().to_vec();
        for (w, &slope) in weight.iter_mut().zip(down.weight().data()) {
            *w = *w - T::lit(lr) * slope;
        }
        let bias = self.bias().item() - T::lit(lr) * down.bias().item();
        *self = self.with_weights(vector(&weight), Tensor::scalar(bias));
    }
}

/// w · x + b, added up in order.
fn weighted_sum<T: Element>(weight: &[T], bias: T, x: &[T]) -> T {
    weight.iter().zip(x).fold(bias, |sum, (&w, &x)| sum + w * x)
}

/// Adds `step` · x to the weights, and `step` · 1 to the bias.
fn add<T: Element>(weight: &mut [T], bias: &mut T, step: T, x: &[T]) {
    for (w, &x) in weight.iter_mut().zip(x) {
        *w = *w + step * x;
    }
    *bias = *bias + step;
}

fn vector<T: Element>(numbers: &[T]) -> Tensor<T> {
    Tensor::from_slice([numbers.len()], numbers).expect("a list has the count of its shape")
}

/// An error unless the examples have as many inputs as the unit.
pub(super) fn check_inputs<T: Element>(unit: &impl Unit<T>, examples: &Examples<T>) -> Result<(), UnitError> {
    let (inputs, found) = (unit.weight().count(), examples.inputs());
    if inputs != found {
        return Err(UnitError::Inputs { inputs, found });
    }
    Ok(())
}
