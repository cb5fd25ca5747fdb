//! `Dataset`: rows of numbers and what is to be learned of each, in memory.

use std::fmt;

use autograd::Tensor;
use rand::Rng;

use super::{Batches, DataError, Labels, Targets};

/// Examples and what is to be learned of each, in memory: at least one row, every number finite.
///
/// Targets are [`Labels`] (classes) unless said otherwise; a [`Tensor`] `[rows, ...]` holds those of a regression,
/// and any type with the trait [`Targets`] fits. A clone shares the memory.
///
/// ```
/// use autograd::Tensor;
/// use nn::data::{Dataset, Labels};
///
/// let data = Dataset::new(Tensor::from([[0.5, 1.0], [2.0, 0.0], [1.5, 3.0]]), Labels::new([0, 1, 1], 2)?)?;
/// assert_eq!((data.len(), data.features(), data.classes()), (3, 2, 2));
///
/// // A number to be learned of each row: a batch is a pair of tensors.
/// let data = Dataset::new(Tensor::from([[0.5], [2.0], [1.5]]), Tensor::from([[1.0], [4.0], [3.0]]))?;
/// let (x, y) = data.in_order(2).next().expect("two batches");
/// assert_eq!((x.data(), y.data()), (&[0.5, 2.0][..], &[1.0, 4.0][..]));
/// # Ok::<(), nn::data::DataError>(())
/// ```
#[derive(Clone, PartialEq)]
pub struct Dataset<Y = Labels> {
    x: Tensor,
    targets: Y,
}

impl Dataset {
    /// The label of each row.
    pub fn labels(&self) -> &Labels {
        &self.targets
    }

    /// Number of classes, of which not all need occur.
    pub fn classes(&self) -> usize {
        self.targets.classes()
    }
}

#[expect(clippy::len_without_is_empty, reason = "a data set always has a row")]
impl<Y: Targets> Dataset<Y> {
    /// A data set from its examples, `[rows, features]` or `[rows, ...]`, and a target for each row.
    ///
    /// # Errors
    /// [`DataError::NoRows`] if `x` has no axes, [`DataError::Count`] or [`DataError::TargetRows`] if rows and
    /// targets differ in number, [`DataError::Empty`] if there are none, and [`DataError::NotFinite`] or
    /// [`DataError::Target`] at the first NaN or infinity.
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
    pub fn new(x: Tensor, targets: Y) -> Result<Dataset<Y>, DataError> {
        let Some(&rows) = x.shape().first() else {
            return Err(DataError::NoRows);
        };
        targets.check(rows)?;
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
        Ok(Dataset { x, targets })
    }

    /// The examples, one per row.
    pub fn x(&self) -> &Tensor {
        &self.x
    }

    /// What is to be learned of each row.
    pub fn targets(&self) -> &Y {
        &self.targets
    }

    /// Number of rows, at least 1.
    pub fn len(&self) -> usize {
        self.x.shape()[0]
    }

    /// Numbers in a row: the product of all extents but the first.
    pub fn features(&self) -> usize {
        self.x.count() / self.len()
    }

    /// The same targets with other examples, such as scaled ones.
    ///
    /// # Errors
    /// As [`new`](Dataset::new).
    ///
    /// ```
    /// use nn::data::{Dataset, Standardize};
    /// # use autograd::Tensor;
    /// # use nn::data::Labels;
    /// # let train = Dataset::new(Tensor::from([[1.0], [3.0]]), Labels::new([0, 1], 2)?)?;
    /// # let test = train.select(&[1])?;
    /// let scale = Standardize::fit(train.x())?;
    /// let (train, test) = (train.map_x(|x| scale.apply(x))?, test.map_x(|x| scale.apply(x))?);
    /// # assert_eq!((train.x().data(), test.x().data()), (&[-1.0, 1.0][..], &[1.0][..]));
    /// # Ok::<(), nn::data::DataError>(())
    /// ```
    pub fn map_x(&self, f: impl FnOnce(&Tensor) -> Tensor) -> Result<Dataset<Y>, DataError> {
        Dataset::new(f(&self.x), self.targets.clone())
    }

    /// The same examples with other targets, such as scaled ones, or one class against the others.
    ///
    /// # Errors
    /// As [`new`](Dataset::new).
    ///
    /// ```
    /// # use autograd::Tensor;
    /// # use nn::data::{Dataset, Labels};
    /// # let data = Dataset::new(Tensor::from([[1.0], [3.0], [4.0]]), Labels::new([0, 2, 1], 3)?)?;
    /// let is_two = data.map_targets(|labels| {
    ///     Tensor::from_fn([labels.len(), 1], |row| if labels.as_slice()[row] == 2 { 1.0 } else { 0.0 })
    /// })?;
    /// assert_eq!(is_two.targets().data(), [0.0, 1.0, 0.0]);
    /// # Ok::<(), nn::data::DataError>(())
    /// ```
    pub fn map_targets<Z: Targets>(&self, f: impl FnOnce(&Y) -> Z) -> Result<Dataset<Z>, DataError> {
        Dataset::new(self.x.clone(), f(&self.targets))
    }

    /// Several data sets as one, one after the other.
    ///
    /// # Errors
    /// [`DataError::Parts`] unless all have rows and targets of one form, [`DataError::Empty`] for no parts.
    ///
    /// ```
    /// # use autograd::Tensor;
    /// # use nn::data::{Dataset, Labels};
    /// # let data = Dataset::new(Tensor::from([[1.0], [3.0], [4.0]]), Labels::new([0, 2, 1], 3)?)?;
    /// let (first, rest) = (data.select(&[0])?, data.select(&[1, 2])?);
    /// assert_eq!(Dataset::concat(&[&first, &rest])?, data);
    /// # Ok::<(), nn::data::DataError>(())
    /// ```
    pub fn concat(parts: &[&Dataset<Y>]) -> Result<Dataset<Y>, DataError> {
        if parts.is_empty() {
            return Err(DataError::Empty { what: "a data set" });
        }
        let x: Vec<&Tensor> = parts.iter().map(|part| &part.x).collect();
        let targets: Vec<&Y> = parts.iter().map(|part| &part.targets).collect();
        Ok(Dataset { x: Targets::concat(&x)?, targets: Y::concat(&targets)? })
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
    pub fn select(&self, rows: &[usize]) -> Result<Dataset<Y>, DataError> {
        if rows.is_empty() {
            return Err(DataError::Empty { what: "a selection" });
        }
        if let Some(&row) = rows.iter().find(|&&row| row >= self.len()) {
            return Err(DataError::Row { row, rows: self.len() });
        }
        let (x, targets) = self.gather(rows);
        Ok(Dataset { x, targets })
    }

    /// All rows once, in an order drawn from `rng`, `size` at a time: an iterator of `(x, targets)`.
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
    pub fn batches(&self, size: usize, rng: &mut impl Rng) -> Batches<'_, Y> {
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
    pub fn in_order(&self, size: usize) -> Batches<'_, Y> {
        Batches::in_order(self, size)
    }

    /// Copies rows that exist, into memory of the pool.
    pub(super) fn gather(&self, rows: &[usize]) -> (Tensor, Y) {
        (self.x.select_rows(rows), self.targets.select(rows))
    }
}

impl<Y: Targets> fmt::Debug for Dataset<Y> {
    /// Sizes only: the numbers are in [`x`](Dataset::x).
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Dataset({} rows, {} features, {})", self.len(), self.features(), self.targets.describe())
    }
}
