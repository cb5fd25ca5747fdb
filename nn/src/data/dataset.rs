//! `Dataset`: rows of numbers and the class of each, in memory.

use std::fmt;

use autograd::Tensor;
use rand::Rng;

use super::{Batches, DataError, Labels};

/// Examples and their classes, in memory: at least one row, every number finite.
///
/// A clone shares the memory.
///
/// ```
/// use autograd::Tensor;
/// use nn::data::{Dataset, Labels};
///
/// let data = Dataset::new(Tensor::from([[0.5, 1.0], [2.0, 0.0], [1.5, 3.0]]), Labels::new([0, 1, 1], 2)?)?;
/// assert_eq!((data.len(), data.features(), data.classes()), (3, 2, 2));
/// # Ok::<(), nn::data::DataError>(())
/// ```
#[derive(Clone, PartialEq)]
pub struct Dataset {
    x: Tensor,
    labels: Labels,
}

#[expect(clippy::len_without_is_empty, reason = "a data set always has a row")]
impl Dataset {
    /// A data set from its examples, `[rows, features]` or `[rows, ...]`, and a label for each row.
    ///
    /// # Errors
    /// [`DataError::NoRows`] if `x` has no axes, [`DataError::Count`] if rows and labels differ
    /// in number, [`DataError::Empty`] if there are none, and [`DataError::NotFinite`] at the
    /// first NaN or infinity.
    ///
    /// ```
    /// use autograd::Tensor;
    /// use nn::data::{Dataset, Labels};
    ///
    /// let error = Dataset::new(Tensor::from([[1.0, 2.0], [3.0, f32::NAN]]), Labels::new([0, 1], 2)?).unwrap_err();
    /// assert_eq!(
    ///     error.to_string(),
    ///     "NaN in row 1, column 1 (both from 0): clean or drop this row first"
    /// );
    /// # Ok::<(), nn::data::DataError>(())
    /// ```
    pub fn new(x: Tensor, labels: Labels) -> Result<Dataset, DataError> {
        let Some(&rows) = x.shape().first() else {
            return Err(DataError::NoRows);
        };
        if rows != labels.len() {
            return Err(DataError::Count { rows, labels: labels.len() });
        }
        if rows == 0 {
            return Err(DataError::Empty { what: "a data set" });
        }
        if let Some(at) = x.data().iter().position(|number| !number.is_finite()) {
            let features = x.count() / rows;
            return Err(DataError::NotFinite {
                row: at / features,
                column: at % features,
                value: x.data()[at],
            });
        }
        Ok(Dataset { x, labels })
    }

    /// The examples, one per row.
    pub fn x(&self) -> &Tensor {
        &self.x
    }

    /// The label of each row.
    pub fn labels(&self) -> &Labels {
        &self.labels
    }

    /// Number of rows, at least 1.
    pub fn len(&self) -> usize {
        self.labels.len()
    }

    /// Numbers in a row: the product of all extents but the first.
    pub fn features(&self) -> usize {
        self.x.count() / self.len()
    }

    /// Number of classes, of which not all need occur.
    pub fn classes(&self) -> usize {
        self.labels.classes()
    }

    /// The numbers of a row.
    ///
    /// # Panics
    /// If there is no such row.
    ///
    /// ```
    /// # use autograd::Tensor;
    /// # use nn::data::{Dataset, Labels};
    /// let data = Dataset::new(Tensor::from([[1.0, 2.0], [3.0, 4.0]]), Labels::new([0, 1], 2)?)?;
    /// assert_eq!(data.row(1), [3.0, 4.0]);
    /// # Ok::<(), nn::data::DataError>(())
    /// ```
    #[track_caller]
    pub fn row(&self, row: usize) -> &[f32] {
        assert!(
            row < self.len(),
            "row {row} was asked for, but there are only {} rows (counted from 0)",
            self.len()
        );
        &self.x.data()[row * self.features()..][..self.features()]
    }

    /// The data set of these rows, in this order; a row may be named more than once.
    ///
    /// # Errors
    /// [`DataError::Row`] for a row that does not exist, [`DataError::Empty`] for no rows.
    ///
    /// ```
    /// use autograd::Tensor;
    /// use nn::data::{Dataset, Labels};
    ///
    /// let data = Dataset::new(Tensor::from([[0.0], [1.0], [2.0]]), Labels::new([0, 1, 0], 2)?)?;
    /// assert_eq!(data.select(&[2, 0])?.x().data(), [2.0, 0.0]);
    /// assert_eq!(data.select(&[]).unwrap_err().to_string(), "no rows: a selection must have at least one");
    /// # Ok::<(), nn::data::DataError>(())
    /// ```
    pub fn select(&self, rows: &[usize]) -> Result<Dataset, DataError> {
        if rows.is_empty() {
            return Err(DataError::Empty { what: "a selection" });
        }
        if let Some(&row) = rows.iter().find(|&&row| row >= self.len()) {
            return Err(DataError::Row { row, rows: self.len() });
        }
        let (x, labels) = self.gather(rows);
        Ok(Dataset { x, labels })
    }

    /// Splits off one of `of` folds: `(train, test)`, where `test` has the rows whose number is
    /// `fold` modulo `of`. Over all folds each row is tested exactly once.
    ///
    /// # Errors
    /// [`DataError::Fold`] unless both parts get a row.
    ///
    /// ```
    /// use autograd::Tensor;
    /// use nn::data::{Dataset, Labels};
    ///
    /// let data = Dataset::new(Tensor::from_fn([7, 1], |i| i as f32), Labels::new([0; 7], 1)?)?;
    /// let (train, test) = data.fold(1, 3)?;
    /// assert_eq!(train.x().data(), [0.0, 2.0, 3.0, 5.0, 6.0]);
    /// assert_eq!(test.x().data(), [1.0, 4.0]);
    /// # Ok::<(), nn::data::DataError>(())
    /// ```
    pub fn fold(&self, fold: usize, of: usize) -> Result<(Dataset, Dataset), DataError> {
        let rows = self.len();
        if of < 2 || of > rows || fold >= of {
            return Err(DataError::Fold { fold, of, rows });
        }
        let (test, train): (Vec<usize>, Vec<usize>) = (0..rows).partition(|row| row % of == fold);
        Ok((self.select(&train)?, self.select(&test)?))
    }

    /// All rows once, in an order drawn from `rng`, `size` at a time: an iterator of `(x, labels)`.
    /// The last batch has what is left; [`drop_last`](Batches::drop_last) leaves a smaller one out.
    ///
    /// Each call draws a new order, so call it once per epoch.
    ///
    /// # Panics
    /// If `size` is 0.
    ///
    /// ```
    /// use autograd::Tensor;
    /// use nn::data::{Dataset, Labels};
    ///
    /// let data = Dataset::new(Tensor::from_fn([10, 4], |i| i as f32), Labels::new([0; 10], 1)?)?;
    /// let mut rng = nn::rng(1);
    /// for epoch in 0..3 {
    ///     let sizes: Vec<usize> = data.batches(4, &mut rng).map(|(_, labels)| labels.len()).collect();
    ///     assert_eq!(sizes, [4, 4, 2]);
    /// }
    /// assert_eq!(data.batches(4, &mut rng).drop_last().count(), 2);
    /// # Ok::<(), nn::data::DataError>(())
    /// ```
    #[track_caller]
    pub fn batches(&self, size: usize, rng: &mut impl Rng) -> Batches<'_> {
        Batches::shuffled(self, size, rng)
    }

    /// As [`batches`](Dataset::batches), in the order of the rows.
    ///
    /// # Panics
    /// If `size` is 0.
    ///
    /// ```
    /// use autograd::Tensor;
    /// use nn::data::{Dataset, Labels};
    ///
    /// let data = Dataset::new(Tensor::from_fn([5, 1], |i| i as f32), Labels::new([0, 1, 0, 1, 0], 2)?)?;
    /// let (x, labels) = data.in_order(2).last().expect("three batches");
    /// assert_eq!((x.data(), labels.as_slice()), (&[4.0][..], &[0][..]));
    /// # Ok::<(), nn::data::DataError>(())
    /// ```
    #[track_caller]
    pub fn in_order(&self, size: usize) -> Batches<'_> {
        Batches::in_order(self, size)
    }

    /// Copies rows that exist, into memory of the pool.
    pub(super) fn gather(&self, rows: &[usize]) -> (Tensor, Labels) {
        (self.x.select_rows(rows), self.labels.select(rows))
    }
}

impl fmt::Debug for Dataset {
    /// Sizes only: the numbers are in [`x`](Dataset::x).
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Dataset({} rows, {} features, {} classes)", self.len(), self.features(), self.classes())
    }
}
