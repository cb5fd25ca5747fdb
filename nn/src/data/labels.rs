//! `Labels`: the class of each row, checked once.

use std::fmt;

use autograd::{Element, Indices, Tensor, TensorError};

use super::DataError;

/// The class of each row, every one known to be in range. A clone shares the memory, which comes
/// from the pool that tensors take theirs from.
///
/// ```
/// use nn::data::Labels;
/// let labels = Labels::new([2, 0, 1], 3)?;
/// assert_eq!((labels.len(), labels.classes()), (3, 3));
/// assert_eq!(labels.as_slice(), [2, 0, 1]);
/// # Ok::<(), nn::data::DataError>(())
/// ```
#[derive(Clone)]
pub struct Labels {
    values: Indices,
    classes: usize,
}

impl Labels {
    /// Labels from their values, each less than `classes`.
    ///
    /// # Errors
    /// [`DataError::Label`] names the first one out of range; [`DataError::Classes`] if there
    /// are more classes than 32 bits can number.
    ///
    /// ```
    /// use nn::data::Labels;
    /// let bytes: &[u8] = &[7, 2, 1];
    /// assert_eq!(Labels::new(bytes.iter().map(|&b| b.into()), 10)?.as_slice(), [7, 2, 1]);
    /// assert!(Labels::new([10], 10).is_err());
    /// # Ok::<(), nn::data::DataError>(())
    /// ```
    pub fn new(values: impl IntoIterator<Item = usize>, classes: usize) -> Result<Labels, DataError> {
        if u32::try_from(classes).is_err() {
            return Err(DataError::Classes { classes });
        }
        let values: Vec<usize> = values.into_iter().collect();
        match Indices::new([values.len()], &values, classes) {
            Ok(values) => Ok(Labels { values, classes }),
            Err(TensorError::Index { position, index, .. }) => {
                Err(DataError::Label { position, value: index, classes })
            }
            Err(error) => unreachable!("a list has the count of its shape: {error}"),
        }
    }

    /// Labels from numbers, as files of arrays hold them; `[rows]` or `[rows, 1]`.
    ///
    /// # Errors
    /// [`DataError::NoLabel`] names the first that is not a whole number less than `classes`.
    ///
    /// ```
    /// use autograd::Tensor;
    /// use nn::data::Labels;
    /// assert_eq!(Labels::from_tensor(&Tensor::from([2.0_f32, 0.0]), 3)?.as_slice(), [2, 0]);
    /// assert!(Labels::from_tensor(&Tensor::from([0.5_f32]), 3).is_err());
    /// # Ok::<(), nn::data::DataError>(())
    /// ```
    pub fn from_tensor<T: Element>(numbers: &Tensor<T>, classes: usize) -> Result<Labels, DataError> {
        let label = |(position, number): (usize, &T)| {
            let value = number.to_f64();
            let is_label = value.fract() == 0.0 && value >= 0.0 && value < classes as f64;
            if is_label { Ok(value as usize) } else { Err(DataError::NoLabel { position, value, classes }) }
        };
        let labels = numbers.data().iter().enumerate().map(label).collect::<Result<Vec<_>, _>>()?;
        Labels::new(labels, classes)
    }

    /// The labels as a column of numbers, `[rows, 1]`: 0 and 1 are what binary losses take.
    ///
    /// ```
    /// use nn::data::Labels;
    /// assert_eq!(Labels::new([1, 0], 2)?.column::<f32>().data(), [1.0, 0.0]);
    /// # Ok::<(), nn::data::DataError>(())
    /// ```
    pub fn column<T: Element>(&self) -> Tensor<T> {
        Tensor::from_fn([self.len(), 1], |row| T::from_f64(f64::from(self.as_slice()[row])))
    }

    /// Number of labels.
    pub fn len(&self) -> usize {
        self.as_slice().len()
    }

    /// Whether there are none.
    ///
    /// ```
    /// assert!(nn::data::Labels::new([], 10)?.is_empty());
    /// # Ok::<(), nn::data::DataError>(())
    /// ```
    pub fn is_empty(&self) -> bool {
        self.as_slice().is_empty()
    }

    /// Number of classes, of which not all need occur.
    pub fn classes(&self) -> usize {
        self.classes
    }

    /// The labels, each less than [`classes`](Labels::classes).
    pub fn as_slice(&self) -> &[u32] {
        self.values.data()
    }

    /// The labels as the places that a graph picks: what [`cross_entropy`](crate::cross_entropy) reads.
    ///
    /// ```
    /// use autograd::Graph;
    /// use nn::data::Labels;
    /// let g = Graph::new();
    /// let scores = g.constant([[0.5, 2.0], [1.0, 3.0]]);
    /// let picked = scores.pick(Labels::new([1, 0], 2)?.indices());
    /// assert_eq!(picked.value().data(), [2.0, 1.0]);
    /// # Ok::<(), nn::data::DataError>(())
    /// ```
    pub fn indices(&self) -> &Indices {
        &self.values
    }

    /// `[rows, classes]` of zeros, with 1 in the column of each label.
    ///
    /// ```
    /// use nn::data::Labels;
    /// assert_eq!(Labels::new([2, 0], 3)?.one_hot::<f32>().data(), [0.0, 0.0, 1.0, 1.0, 0.0, 0.0]);
    /// # Ok::<(), nn::data::DataError>(())
    /// ```
    pub fn one_hot<T: Element>(&self) -> Tensor<T> {
        let at = |i: usize| self.as_slice()[i / self.classes] as usize == i % self.classes;
        Tensor::from_fn([self.len(), self.classes], |i| T::from_f64(f64::from(at(i))))
    }

    /// The labels of these rows, in this order; a row may be named more than once.
    ///
    /// # Panics
    /// If there is no such row.
    ///
    /// ```
    /// use nn::data::Labels;
    /// let labels = Labels::new([2, 0, 1], 3)?;
    /// assert_eq!(labels.select(&[2, 2, 0]).as_slice(), [1, 1, 2]);
    /// # Ok::<(), nn::data::DataError>(())
    /// ```
    #[track_caller]
    pub fn select(&self, rows: &[usize]) -> Labels {
        if let Some(row) = rows.iter().find(|&&row| row >= self.len()) {
            panic!("label {row} was selected, but there are only {} labels (counted from 0)", self.len());
        }
        Labels { values: self.values.select(rows), classes: self.classes }
    }
}

impl PartialEq for Labels {
    fn eq(&self, other: &Self) -> bool {
        self.classes == other.classes && self.values == other.values
    }
}

impl Eq for Labels {}

impl fmt::Debug for Labels {
    /// The first few labels, as a data set may have millions.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const SHOWN: usize = 20;
        write!(f, "Labels({} of {} classes: ", self.len(), self.classes)?;
        if self.len() > SHOWN {
            return write!(f, "{:?} ...)", &self.as_slice()[..SHOWN]);
        }
        write!(f, "{:?})", self.as_slice())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_out_of_range_is_named() {
        assert_eq!(
            Labels::new([0, 9, 10, 11], 10).unwrap_err().to_string(),
            "label 10 at position 2 is no class: with 10 classes, labels are at least 0 and less than 10"
        );
        assert!(matches!(Labels::new([0], 0), Err(DataError::Label { position: 0, value: 0, classes: 0 })));
    }

    #[test]
    fn too_many_classes_are_refused() {
        let error = Labels::new([0], u32::MAX as usize + 1).unwrap_err();
        assert_eq!(
            error.to_string(),
            "4294967296 classes are too many: labels are kept in 32 bits, so at most 4294967295 are possible"
        );
    }

    #[test]
    #[should_panic(expected = "label 3 was selected, but there are only 3 labels (counted from 0)")]
    fn a_missing_row_is_named() {
        Labels::new([0, 1, 2], 3).unwrap().select(&[0, 3]);
    }

    #[test]
    fn debug_is_short() {
        let labels = Labels::new((0..1000).map(|i| i % 3), 3).unwrap();
        assert!(format!("{labels:?}").len() < 100);
        assert_eq!(format!("{:?}", labels.select(&[1, 2])), "Labels(2 of 3 classes: [1, 2])");
    }
}
