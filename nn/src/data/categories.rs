//! `Categories`: texts as numbers and back.

use std::collections::HashMap;

use autograd::{Element, Tensor};

use super::{DataError, Labels};

/// A list of texts and the number of each: label encoding and one-hot encoding, both ways.
///
/// [`fit`](Categories::fit) takes them from training rows; a text that was not among them is later an error with its row.
/// [`names`](Categories::names) is all there is to save, and [`new`](Categories::new) makes it again.
///
/// ```
/// use nn::data::Categories;
///
/// let species = Categories::fit(["setosa", "virginica", "setosa", "versicolor"]);
/// assert_eq!(species.names(), ["setosa", "versicolor", "virginica"]);
/// let labels = species.labels(["virginica", "setosa"])?;
/// assert_eq!(labels.as_slice(), [2, 0]);
/// assert_eq!(species.decode(&labels), ["virginica", "setosa"]);
///
/// let error = species.labels(["setosa", "rosa"]).unwrap_err();
/// assert_eq!(error.to_string(), "\"rosa\" in row 1 (from 0) is none of the 3 categories setosa, versicolor, virginica");
/// # Ok::<(), nn::data::DataError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Categories {
    names: Vec<String>,
    numbers: HashMap<String, usize>,
}

impl Categories {
    /// Categories with these names, numbered in this order.
    ///
    /// # Errors
    /// [`DataError::Repeated`] if a name comes twice.
    ///
    /// ```
    /// use nn::data::Categories;
    /// let size = Categories::new(["small", "medium", "large"])?;
    /// assert_eq!(size.number("large"), Some(2));
    /// # Ok::<(), nn::data::DataError>(())
    /// ```
    pub fn new(names: impl IntoIterator<Item = impl Into<String>>) -> Result<Categories, DataError> {
        let names: Vec<String> = names.into_iter().map(Into::into).collect();
        let mut numbers = HashMap::with_capacity(names.len());
        for (number, name) in names.iter().enumerate() {
            if numbers.insert(name.clone(), number).is_some() {
                return Err(DataError::Repeated { name: name.clone() });
            }
        }
        Ok(Categories { names, numbers })
    }

    /// The different texts among these, numbered in ascending order, which does not depend on the order of the rows: by
    /// size if all are numbers, so that `10` comes after `9`, otherwise by their bytes.
    ///
    /// ```
    /// use nn::data::Categories;
    /// assert_eq!(Categories::fit(["10", "9", "10"]).names(), ["9", "10"]);
    /// ```
    pub fn fit<S: AsRef<str>>(values: impl IntoIterator<Item = S>) -> Categories {
        let mut numbers = HashMap::new();
        for value in values {
            if !numbers.contains_key(value.as_ref()) {
                numbers.insert(value.as_ref().to_owned(), 0);
            }
        }
        let mut names: Vec<String> = numbers.keys().cloned().collect();
        let sizes: Option<HashMap<String, f64>> =
            names.iter().map(|name| Some((name.clone(), name.parse().ok()?))).collect();
        names.sort();
        if let Some(sizes) = sizes {
            names.sort_by(|a, b| sizes[a].total_cmp(&sizes[b]));
        }
        for (number, name) in names.iter().enumerate() {
            numbers.insert(name.clone(), number);
        }
        Categories { names, numbers }
    }

    /// Number of categories.
    pub fn len(&self) -> usize {
        self.names.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    /// The names, by number.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// The number of a name, if it is a category.
    pub fn number(&self, name: &str) -> Option<usize> {
        self.numbers.get(name).copied()
    }

    /// The label of each text.
    ///
    /// # Errors
    /// [`DataError::Unseen`] for the first that is no category.
    pub fn labels<S: AsRef<str>>(&self, values: impl IntoIterator<Item = S>) -> Result<Labels, DataError> {
        let number = |(row, value): (usize, S)| {
            let value = value.as_ref();
            self.number(value).ok_or_else(|| self.unseen(format!("row {row} (from 0)"), value))
        };
        let numbers = values.into_iter().enumerate().map(number).collect::<Result<Vec<_>, _>>()?;
        Labels::new(numbers, self.len())
    }

    /// `[rows, categories]` of zeros, with 1 in the column of each text.
    ///
    /// # Errors
    /// As [`labels`](Categories::labels).
    ///
    /// ```
    /// use nn::data::Categories;
    /// let color = Categories::new(["red", "green"])?;
    /// assert_eq!(color.one_hot::<f32, _>(["green", "red"])?.data(), [0.0, 1.0, 1.0, 0.0]);
    /// # Ok::<(), nn::data::DataError>(())
    /// ```
    pub fn one_hot<T: Element, S: AsRef<str>>(
        &self,
        values: impl IntoIterator<Item = S>,
    ) -> Result<Tensor<T>, DataError> {
        Ok(self.labels(values)?.one_hot())
    }

    /// The names of labels.
    ///
    /// # Panics
    /// If the labels have another number of classes.
    #[track_caller]
    pub fn decode(&self, labels: &Labels) -> Vec<&str> {
        assert!(
            labels.classes() == self.len(),
            "labels of {} classes are not of these {} categories",
            labels.classes(),
            self.len()
        );
        labels.as_slice().iter().map(|&label| &*self.names[label as usize]).collect()
    }

    /// The error that `value` is no category.
    pub(super) fn unseen(&self, place: String, value: &str) -> DataError {
        const SHOWN: usize = 8;
        let mut known: String =
            self.names.iter().take(SHOWN).map(|name| super::shown(name)).collect::<Vec<_>>().join(", ");
        if self.len() > SHOWN {
            known.push_str(", ...");
        }
        DataError::Unseen { place, value: super::shown(value), count: self.len(), known }
    }
}

impl PartialEq for Categories {
    fn eq(&self, other: &Self) -> bool {
        self.names == other.names
    }
}

impl Eq for Categories {}
