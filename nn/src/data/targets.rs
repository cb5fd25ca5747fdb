//! `Targets`: what is to be learned of each row of a data set.

use autograd::{Element, Tensor};

use super::{DataError, Labels};

/// What is to be learned of each row: [`Labels`] for classes, a [`Tensor`] `[rows, ...]` of numbers for regression,
/// or a pair of both kinds. A [`Dataset`](super::Dataset) can hold any type with this trait.
///
/// ```
/// use autograd::Tensor;
/// use nn::data::{Dataset, Labels, Targets};
///
/// /// The class of an image, and how sure the person was who said so.
/// #[derive(Clone)]
/// struct Marked(Labels, Tensor);
///
/// impl Targets for Marked {
///     fn check(&self, rows: usize) -> Result<(), nn::data::DataError> {
///         self.0.check(rows)?;
///         self.1.check(rows)
///     }
///     fn select(&self, rows: &[usize]) -> Marked {
///         Marked(self.0.select(rows), self.1.select(rows))
///     }
///     fn concat(parts: &[&Marked]) -> Result<Marked, nn::data::DataError> {
///         let labels: Vec<&Labels> = parts.iter().map(|part| &part.0).collect();
///         let weights: Vec<&Tensor> = parts.iter().map(|part| &part.1).collect();
///         Ok(Marked(Targets::concat(&labels)?, Targets::concat(&weights)?))
///     }
/// }
///
/// let marked = Marked(Labels::new([1, 0], 2)?, Tensor::from([0.9, 0.6]));
/// let data = Dataset::new(Tensor::from([[1.0], [2.0]]), marked)?;
/// let (_, Marked(labels, weights)) = data.in_order(1).next().expect("two batches");
/// assert_eq!((labels.as_slice(), weights.data()), (&[1][..], &[0.9][..]));
/// # Ok::<(), nn::data::DataError>(())
/// ```
pub trait Targets: Clone {
    /// That there is one target for each of so many rows, and that each can be learned.
    ///
    /// # Errors
    /// What is wrong with them.
    fn check(&self, rows: usize) -> Result<(), DataError>;

    /// The targets of these rows, in this order; a row may be named more than once. A training loop calls this for
    /// every batch.
    ///
    /// # Panics
    /// If there is no such row.
    #[track_caller]
    fn select(&self, rows: &[usize]) -> Self;

    /// The targets of several parts, one after the other; there is at least one part.
    ///
    /// # Errors
    /// [`DataError::Parts`] if they do not fit.
    fn concat(parts: &[&Self]) -> Result<Self, DataError>;

    /// What they are, in a few words, for `Debug` of a data set.
    fn describe(&self) -> String {
        "targets".to_owned()
    }
}

impl Targets for Labels {
    fn check(&self, rows: usize) -> Result<(), DataError> {
        if rows == self.len() { Ok(()) } else { Err(DataError::Count { rows, labels: self.len() }) }
    }

    #[track_caller]
    fn select(&self, rows: &[usize]) -> Labels {
        Labels::select(self, rows)
    }

    fn concat(parts: &[&Labels]) -> Result<Labels, DataError> {
        let classes = parts[0].classes();
        if let Some(part) = parts.iter().position(|part| part.classes() != classes) {
            let form = |labels: &Labels| format!("labels of {} classes", labels.classes());
            return Err(DataError::Parts { part, expected: form(parts[0]), found: form(parts[part]) });
        }
        Labels::new(parts.iter().flat_map(|part| part.as_slice()).map(|&label| label as usize), classes)
    }

    fn describe(&self) -> String {
        format!("{} classes", self.classes())
    }
}

impl<T: Element> Targets for Tensor<T> {
    fn check(&self, rows: usize) -> Result<(), DataError> {
        let shape = self.shape();
        if shape.first() != Some(&rows) {
            return Err(DataError::TargetRows { rows, shape });
        }
        match self.data().iter().position(|number| !number.to_f64().is_finite()) {
            None => Ok(()),
            Some(at) => {
                let width = self.count() / rows;
                let value = self.data()[at].to_f64();
                Err(DataError::Target { row: at / width, column: at % width, value })
            }
        }
    }

    #[track_caller]
    fn select(&self, rows: &[usize]) -> Tensor<T> {
        self.select_rows(rows)
    }

    fn concat(parts: &[&Tensor<T>]) -> Result<Tensor<T>, DataError> {
        let shape = parts[0].shape();
        let row = |part: &Tensor<T>| part.shape().get(1..).map(<[usize]>::to_vec);
        let differs = |part: &&Tensor<T>| row(part).is_none() || row(part) != row(parts[0]);
        if let Some(part) = parts.iter().position(differs) {
            let form = |part: &Tensor<T>| format!("numbers of shape {}", part.shape());
            return Err(DataError::Parts { part, expected: form(parts[0]), found: form(parts[part]) });
        }
        let mut extents = shape.to_vec();
        extents[0] = parts.iter().map(|part| part.shape()[0]).sum();
        let numbers = parts.iter().flat_map(|part| part.data()).copied().collect();
        Ok(Tensor::from_vec(extents, numbers).expect("rows of one length"))
    }

    fn describe(&self) -> String {
        format!("targets {}", self.shape())
    }
}

impl<A: Targets, B: Targets> Targets for (A, B) {
    fn check(&self, rows: usize) -> Result<(), DataError> {
        self.0.check(rows)?;
        self.1.check(rows)
    }

    #[track_caller]
    fn select(&self, rows: &[usize]) -> (A, B) {
        (self.0.select(rows), self.1.select(rows))
    }

    fn concat(parts: &[&(A, B)]) -> Result<(A, B), DataError> {
        let first: Vec<&A> = parts.iter().map(|part| &part.0).collect();
        let second: Vec<&B> = parts.iter().map(|part| &part.1).collect();
        Ok((A::concat(&first)?, B::concat(&second)?))
    }

    fn describe(&self) -> String {
        format!("{} and {}", self.0.describe(), self.1.describe())
    }
}
