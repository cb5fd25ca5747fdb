//! `Recipe`: how a table of texts becomes numbers.

mod column;
mod fitted;
mod target;
mod text;

pub use column::{Encoding, FittedColumn, OnMissing};
pub use fitted::FittedRecipe;
pub use target::TargetColumn;

use std::marker::PhantomData;

use autograd::Tensor;

use super::{Categories, DataError, Fill, Labels, Table};
use column::Choice;

/// How a table of texts becomes a data set: which column is to be learned, what the others are, and what is done about
/// missing values.
///
/// A recipe is fitted to the training rows, which gives a [`FittedRecipe`], and that is applied to any rows. Categories, and
/// numbers that stand for missing ones, so come from training rows only.
///
/// Columns that are not mentioned are taken as they look in the training rows: all numbers, a number; no numbers,
/// categories as one-hot columns; some of each, an error, because one of both is a mistake and only a person knows which.
///
/// ```
/// use nn::data::{Fill, Recipe, Table};
///
/// let train = Table::new(["city", "rooms", "id", "price"], [
///     ["Rome", "3", "a1", "300"], ["Oslo", "", "a2", "500"], ["Rome", "5", "a3", "420"],
/// ])?;
/// let recipe = Recipe::regress("price").without("id").missing(Fill::Mean).fit(&train)?;
/// assert_eq!(recipe.features(), ["city=Oslo", "city=Rome", "rooms"]);
///
/// let data = recipe.apply(&train)?;
/// assert_eq!(data.row(1), [1.0, 0.0, 4.0]);
/// assert_eq!(data.targets().data(), [300.0, 500.0, 420.0]);
///
/// let new = Table::new(["city", "rooms"], [["Bonn", "2"]])?;
/// let error = recipe.examples(&new).unwrap_err();
/// assert_eq!(error.to_string(), "\"Bonn\" in row 0 (from 0), column city is none of the 2 categories Oslo, Rome");
/// # Ok::<(), nn::data::DataError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Recipe<Y> {
    target: String,
    classes: Option<Vec<String>>,
    columns: Option<Vec<String>>,
    without: Vec<String>,
    choices: Vec<(String, Choice)>,
    missing: Missing,
    missing_in: Vec<(String, Missing)>,
    kind: PhantomData<Y>,
}

/// What is done about a missing value.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub enum Missing {
    /// It is an error that names its place.
    #[default]
    Error,
    /// Its row is left out.
    DropRow,
    /// It is filled. Categories know [`Fill::MostFrequent`] only.
    Fill(Fill),
}

impl From<Fill> for Missing {
    fn from(fill: Fill) -> Missing {
        Missing::Fill(fill)
    }
}

impl Recipe<Labels> {
    /// A recipe for learning the class of each row, which is the text in column `target`.
    ///
    /// ```
    /// use nn::data::{Recipe, Table};
    /// let table = Table::new(["kind", "width"], [["tulip", "0.5"], ["rose", "2"]])?;
    /// let recipe = Recipe::classify("kind").fit(&table)?;
    /// let data = recipe.apply(&table)?;
    /// assert_eq!(recipe.classes().decode(data.labels()), ["tulip", "rose"]);
    /// # Ok::<(), nn::data::DataError>(())
    /// ```
    pub fn classify(target: impl Into<String>) -> Recipe<Labels> {
        Recipe::new(target)
    }

    /// The classes in this order, instead of those of the training rows in the order of [`Categories::fit`].
    pub fn classes(mut self, names: impl IntoIterator<Item = impl Into<String>>) -> Recipe<Labels> {
        self.classes = Some(names.into_iter().map(Into::into).collect());
        self
    }
}

impl Recipe<Tensor> {
    /// A recipe for learning the number in column `target`; targets have shape `[rows, 1]`.
    pub fn regress(target: impl Into<String>) -> Recipe<Tensor> {
        Recipe::new(target)
    }
}

impl<Y: TargetColumn> Recipe<Y> {
    fn new(target: impl Into<String>) -> Recipe<Y> {
        Recipe {
            target: target.into(),
            classes: None,
            columns: None,
            without: Vec::new(),
            choices: Vec::new(),
            missing: Missing::Error,
            missing_in: Vec::new(),
            kind: PhantomData,
        }
    }

    /// Learns from these columns, in this order, instead of from all but the target.
    pub fn columns(mut self, names: impl IntoIterator<Item = impl Into<String>>) -> Recipe<Y> {
        self.columns = Some(names.into_iter().map(Into::into).collect());
        self
    }

    /// Learns nothing from this column.
    pub fn without(mut self, name: impl Into<String>) -> Recipe<Y> {
        self.without.push(name.into());
        self
    }

    fn with_choice(mut self, name: impl Into<String>, choice: Choice) -> Recipe<Y> {
        self.choices.push((name.into(), choice));
        self
    }

    /// This column holds numbers; anything else in it is an error.
    pub fn number(self, name: impl Into<String>) -> Recipe<Y> {
        self.with_choice(name, Choice::Number)
    }

    /// This column holds categories, each of which becomes a column of zeros and ones. Of more than 1,000 categories that is
    /// an error; take [`codes`](Recipe::codes) and an [`Embedding`](crate::Embedding).
    pub fn one_hot(self, name: impl Into<String>) -> Recipe<Y> {
        self.with_choice(name, Choice::OneHot)
    }

    /// This column holds categories, which become their numbers in the order of [`Categories::fit`]: whole numbers without a
    /// meaning, by which [`FittedRecipe::codes`] looks up the rows of an [`Embedding`](crate::Embedding).
    pub fn codes(self, name: impl Into<String>) -> Recipe<Y> {
        self.with_choice(name, Choice::Codes)
    }

    /// This column holds these categories, which become their numbers in this order: for sizes, grades, degrees.
    pub fn ordered(
        self,
        name: impl Into<String>,
        categories: impl IntoIterator<Item = impl Into<String>>,
    ) -> Recipe<Y> {
        self.with_choice(name, Choice::Ordered(categories.into_iter().map(Into::into).collect()))
    }

    /// What is done about missing values, of every column without a rule of its own; an error by default.
    /// A row without a target is left out if this is [`Missing::DropRow`], otherwise it is an error.
    pub fn missing(mut self, missing: impl Into<Missing>) -> Recipe<Y> {
        self.missing = missing.into();
        self
    }

    /// What is done about missing values of this column.
    pub fn missing_in(mut self, name: impl Into<String>, missing: impl Into<Missing>) -> Recipe<Y> {
        self.missing_in.push((name.into(), missing.into()));
        self
    }

    /// Learns from the training rows what categories there are and what fills missing values.
    ///
    /// # Errors
    /// [`DataError::Named`] for a name of no column, and those that name a column or a field:
    /// [`Mixed`](DataError::Mixed), [`Cell`](DataError::Cell), [`NoValue`](DataError::NoValue),
    /// [`AllMissing`](DataError::AllMissing), [`ManyCategories`](DataError::ManyCategories),
    /// [`Repeated`](DataError::Repeated); [`DataError::Config`] for a fill that categories do not know;
    /// [`DataError::Empty`] if no column or no row is left.
    pub fn fit(&self, train: &Table) -> Result<FittedRecipe<Y>, DataError> {
        let target = train.column(&self.target)?;
        let columns = self.names(train)?;
        let places = columns.iter().map(|name| train.column(name)).collect::<Result<Vec<_>, _>>()?;

        // What fills a gap comes from the rows that stay.
        let drops = |name: &str| self.missing_of(name) == Missing::DropRow;
        let row_stays = |&row: &usize| {
            let gap = |(name, &column): (&String, &usize)| drops(name) && train.cell(row, column).is_none();
            let no_target = self.missing == Missing::DropRow && train.cell(row, target).is_none();
            !no_target && !columns.iter().zip(&places).any(gap)
        };
        let rows: Vec<usize> = (0..train.len()).filter(row_stays).collect();
        if rows.is_empty() {
            return Err(train.in_file(DataError::Empty { what: "a table without the rows that are dropped" }));
        }
        let train = train.select(&rows)?;

        let fit = |(name, &column): (&String, &usize)| {
            let choice = self.choices.iter().rev().find(|(chosen, _)| chosen == name);
            FittedColumn::fit(&train, column, choice.map(|(_, choice)| choice), self.missing_of(name))
        };
        let columns = columns.iter().zip(&places).map(fit).collect::<Result<Vec<_>, _>>()?;
        let kind = Y::fit(&train, target, self.classes.as_deref())?;
        let drops_without_target = self.missing == Missing::DropRow;
        Ok(FittedRecipe { target: self.target.clone(), drops_without_target, columns, kind })
    }

    /// The columns to learn from. Every name that was said must be one, so that a misspelt one is not passed over.
    fn names(&self, train: &Table) -> Result<Vec<String>, DataError> {
        let said =
            self.choices.iter().map(|(name, _)| name).chain(self.missing_in.iter().map(|(name, _)| name));
        for name in said.chain(&self.without) {
            train.column(name)?;
        }
        let all = self.columns.as_deref().unwrap_or(train.names());
        let is_one = |name: &&String| **name != self.target && !self.without.contains(name);
        let names: Vec<String> = all.iter().filter(is_one).cloned().collect();
        match names.is_empty() {
            true => Err(train.in_file(DataError::Empty { what: "the columns to learn from" })),
            false => Ok(names),
        }
    }

    fn missing_of(&self, name: &str) -> Missing {
        let own = self.missing_in.iter().rev().find(|(of, _)| of == name);
        own.map_or(self.missing, |&(_, missing)| missing)
    }
}

/// Names of classes: those that were said, or those that occur.
fn categories<'a>(
    said: Option<&[String]>,
    texts: impl Iterator<Item = &'a str>,
) -> Result<Categories, DataError> {
    match said {
        Some(names) => Categories::new(names.iter().cloned()),
        None => Ok(Categories::fit(texts)),
    }
}
