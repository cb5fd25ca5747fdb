//! `Examples`: rows of inputs, and the target of each.

use autograd::{Element, IntoTensor, Shape, Tensor};

use super::UnitError;
use crate::data::Dataset;

/// Rows of inputs and the target of each, checked once: finite, and at least one row.
///
/// ```
/// use nn::data::{Dataset, Labels};
/// use nn::units::{Coding, Examples};
///
/// let written = Examples::new([[0.5, 1.0], [2.0, 0.0]], [-1.0, 1.0])?;
/// let data = Dataset::new([[0.5, 1.0], [2.0, 0.0]].into(), Labels::new([0, 1], 2)?)?;
/// assert_eq!(Examples::from_dataset(&data, Coding::PlusMinus)?, written);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Debug)]
pub struct Examples<T: Element = f32> {
    x: Tensor<T>,
    targets: Tensor<T>,
}

/// The numbers that stand for the classes 0 and 1.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Coding {
    /// 0 and 1, for a step and for probabilities.
    ZeroOne,
    /// -1 and 1, for a sign.
    PlusMinus,
}

#[expect(clippy::len_without_is_empty, reason = "there is always an example")]
impl<T: Element> Examples<T> {
    /// Examples from inputs `[rows, inputs]` and targets `[rows]`.
    ///
    /// # Errors
    /// [`UnitError::Shapes`] unless there is one target for each row, [`UnitError::Empty`] for no rows, and
    /// [`UnitError::Input`] and [`UnitError::Target`] at the first number that is NaN or infinite.
    pub fn new(
        x: impl IntoTensor<Elem = T>,
        targets: impl IntoTensor<Elem = T>,
    ) -> Result<Examples<T>, UnitError> {
        let (x, targets) = (x.into_tensor(), targets.into_tensor());
        let (of_x, of_targets) = (x.shape(), targets.shape());
        if of_x.rank() != 2 || of_targets != [of_x[0]] {
            return Err(UnitError::Shapes { x: of_x.to_vec(), targets: of_targets.to_vec() });
        }
        if of_x[0] == 0 {
            return Err(UnitError::Empty);
        }
        if let Some(at) = x.data().iter().position(|number| !number.is_finite()) {
            let inputs = of_x[1];
            return Err(UnitError::Input {
                row: at / inputs,
                column: at % inputs,
                value: x.data()[at].to_f64(),
            });
        }
        let examples = Examples { x, targets };
        examples.check_targets("a finite number", |t| t.is_finite())?;
        Ok(examples)
    }

    /// The inputs, `[rows, inputs]`.
    pub fn x(&self) -> &Tensor<T> {
        &self.x
    }

    /// The targets, `[rows]`.
    pub fn targets(&self) -> &Tensor<T> {
        &self.targets
    }

    /// Number of rows, at least 1.
    pub fn len(&self) -> usize {
        self.targets.count()
    }

    /// Numbers in a row.
    pub fn inputs(&self) -> usize {
        self.x.shape()[1]
    }

    /// The rows with their targets, in order.
    ///
    /// ```
    /// let examples = nn::units::Examples::new([[1.0, 2.0], [3.0, 4.0]], [0.0, 1.0])?;
    /// assert_eq!(examples.rows().last(), Some((&[3.0, 4.0][..], 1.0)));
    /// # Ok::<(), nn::units::UnitError>(())
    /// ```
    pub fn rows(&self) -> impl Iterator<Item = (&[T], T)> {
        let inputs = self.inputs();
        let targets = self.targets.data().iter().enumerate();
        targets.map(move |(row, &target)| (&self.x.data()[row * inputs..][..inputs], target))
    }

    /// An error for the first target that is not as wanted.
    pub(super) fn check_targets(
        &self,
        wanted: &'static str,
        holds: impl Fn(T) -> bool,
    ) -> Result<(), UnitError> {
        match self.targets.data().iter().position(|&target| !holds(target)) {
            None => Ok(()),
            Some(row) => Err(UnitError::Target { row, value: self.targets.data()[row].to_f64(), wanted }),
        }
    }
}

impl Examples {
    /// The examples of a data set of two classes, in this coding; rows of several axes become flat.
    ///
    /// # Errors
    /// [`UnitError::Classes`] if there are not two classes.
    pub fn from_dataset(data: &Dataset, coding: Coding) -> Result<Examples, UnitError> {
        if data.classes() != 2 {
            return Err(UnitError::Classes { classes: data.classes() });
        }
        let labels = data.labels().as_slice();
        let target = |row: usize| match coding {
            Coding::ZeroOne => labels[row] as f32,
            Coding::PlusMinus => 2.0 * labels[row] as f32 - 1.0,
        };
        let flat = Shape::from([data.len(), data.features()]);
        let x = data.x().reshaped(flat).expect("features are the numbers of a row");
        Examples::new(x, Tensor::from_fn([data.len()], target))
    }
}
