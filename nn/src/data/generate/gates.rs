//! The truth tables of logic gates.

use autograd::Tensor;

use super::super::{Dataset, Labels};

/// A logic gate of two inputs, as a data set of four rows: the first problems that a neuron was given. A single neuron
/// computes all but [`Xor`](Gate::Xor) and [`Xnor`](Gate::Xnor) (Minsky and Papert, "Perceptrons", 1969).
///
/// ```
/// use nn::data::Gate;
/// let xor = Gate::Xor.dataset();
/// assert_eq!(xor.x().data(), [0.0, 0.0, 0.0, 1.0, 1.0, 0.0, 1.0, 1.0]);
/// assert_eq!(xor.labels().as_slice(), [0, 1, 1, 0]);
/// let column = xor.labels().column::<f32>(); // as binary losses take it
/// assert_eq!(column.shape(), [4, 1]);
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Gate {
    /// Both.
    And,
    /// One of them, or both.
    Or,
    /// Not both.
    Nand,
    /// Neither.
    Nor,
    /// One of them, not both.
    Xor,
    /// Both or neither.
    Xnor,
}

impl Gate {
    /// All gates.
    pub const ALL: [Gate; 6] = [Gate::And, Gate::Or, Gate::Nand, Gate::Nor, Gate::Xor, Gate::Xnor];

    /// What the gate gives.
    ///
    /// ```
    /// assert!(nn::data::Gate::Nand.output(true, false));
    /// ```
    pub fn output(self, a: bool, b: bool) -> bool {
        match self {
            Gate::And => a && b,
            Gate::Or => a || b,
            Gate::Nand => !(a && b),
            Gate::Nor => !(a || b),
            Gate::Xor => a != b,
            Gate::Xnor => a == b,
        }
    }

    /// Inputs `[4, 2]` of zeros and ones, in the order 00, 01, 10, 11, and the outputs as labels of 2 classes.
    pub fn dataset(self) -> Dataset {
        let x = Tensor::from([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]);
        let outputs = (0..4).map(|row| usize::from(self.output(row >= 2, row % 2 == 1)));
        Dataset::new(x, Labels::new(outputs, 2).expect("zeros and ones")).expect("four rows")
    }
}
