//! `Embedding`: a learned row for each of a set of things.

use autograd::{Element, Indices, Shape, Tensor, TensorError, Var};
use rand::Rng;

use crate::check::{at_least_one, must, or_panic};
use crate::config::ConfigError;
use crate::init::Init;
use crate::module;

/// A table with a row of numbers for each word, user or other thing that has a number: a lookup, whose gradient is added up
/// in the rows that were looked up (words: Bengio, Ducharme, Vincent, Jauvin 2003, "A neural probabilistic language model",
/// JMLR 3; categories of tables: Guo, Berkhahn 2016, arXiv 1604.06737).
///
/// ```
/// use nn::prelude::*;
/// let mut table = Embedding::new(5, 2, &mut nn::rng(1)); // 5 words, 2 numbers each
/// let words = table.indices(&[3, 0, 3])?; // checked once, against the number of rows
/// let x = table.predict(|_, table| table.forward(&words));
/// assert_eq!((x.shape(), x.at(&[0, 1])), ([3, 2].into(), table.weight.at(&[3, 1])));
///
/// let before = table.weight.clone();
/// Sgd::new(0.5).step(&mut table, |_, table| table.forward(&words).sum())?;
/// assert_eq!(table.weight.at(&[1, 0]), before.at(&[1, 0])); // not looked up
/// assert_eq!(table.weight.at(&[3, 0]), before.at(&[3, 0]) - 0.5 * 2.0); // looked up twice
///
/// let error = table.indices(&[4, 5]).unwrap_err();
/// assert_eq!(error.to_string(), "index 5 at position 1 is out of range: it must be below 5");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// Categories in a column of a table are looked up by [`FittedRecipe::codes`](crate::data::FittedRecipe::codes),
/// [`Labels`](crate::data::Labels) by their [`indices`](crate::data::Labels::indices).
#[derive(Clone, Debug)]
pub struct Embedding<P = Tensor> {
    /// `[rows, dim]`.
    pub weight: P,
    /// A row that stands for nothing, such as the end of a short sentence: it gets no gradient, and so stays as it is.
    pub padding: Option<usize>,
}
module!(Embedding { param weight, keep padding });

impl Embedding {
    /// A table of `rows` rows of `dim` numbers, drawn normal with mean 0 and deviation 1.
    ///
    /// # Panics
    /// If one of them is 0.
    #[track_caller]
    pub fn new(rows: usize, dim: usize, rng: &mut impl Rng) -> Embedding {
        or_panic(Embedding::builder(rows, dim).build(rng))
    }

    /// A table with options, for sizes that come from outside: mistakes are errors.
    ///
    /// ```
    /// use nn::{Embedding, Init};
    /// let mut rng = nn::rng(1);
    /// let table = Embedding::builder(100, 8).init(Init::Normal(0.02)).build(&mut rng)?;
    /// assert_eq!(table.weight.shape(), [100, 8]);
    /// let error = Embedding::builder(0, 8).build(&mut rng).unwrap_err();
    /// assert_eq!(error.to_string(), "Embedding: rows is 0, but must be at least 1");
    /// # Ok::<(), nn::ConfigError>(())
    /// ```
    pub fn builder(rows: usize, dim: usize) -> EmbeddingBuilder {
        EmbeddingBuilder { rows, dim, init: Init::Normal(1.0), padding: None }
    }
}

/// What an [`Embedding`] is to be: from [`Embedding::builder`].
#[derive(Clone, Debug)]
#[must_use = "a builder makes nothing until build()"]
pub struct EmbeddingBuilder {
    rows: usize,
    dim: usize,
    init: Init,
    padding: Option<usize>,
}

impl EmbeddingBuilder {
    /// How rows are drawn; normal with deviation 1 unless said otherwise. Fan-in is the number of rows, fan-out `dim`.
    pub fn init(mut self, init: Init) -> EmbeddingBuilder {
        self.init = init;
        self
    }

    /// This row stands for nothing: its numbers are 0, and it gets no gradient.
    ///
    /// ```
    /// use nn::prelude::*;
    /// let mut table = Embedding::builder(4, 2).padding(0).build(&mut nn::rng(1))?;
    /// let (sentence, before) = (table.indices(&[3, 2, 0, 0])?, table.weight.clone());
    /// Sgd::new(0.5).step(&mut table, |_, table| (table.forward(&sentence) + 1.0).square().sum())?;
    /// assert_eq!((table.weight.at(&[0, 0]), table.weight.at(&[0, 1])), (0.0, 0.0));
    /// assert_ne!(table.weight.at(&[3, 0]), before.at(&[3, 0]));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn padding(mut self, row: usize) -> EmbeddingBuilder {
        self.padding = Some(row);
        self
    }

    /// The table.
    ///
    /// # Errors
    /// Names a size that is 0, a padding that is no row, or a number of the [`Init`] that cannot be.
    pub fn build(self, rng: &mut impl Rng) -> Result<Embedding, ConfigError> {
        let EmbeddingBuilder { rows, dim, init, padding } = self;
        at_least_one("Embedding", "rows", rows)?;
        at_least_one("Embedding", "dim", dim)?;
        init.check([rows, dim])?;
        if let Some(row) = padding {
            must(row < rows, "Embedding", "padding", row, "one of the rows, which count from 0")?;
        }
        let mut weight: Tensor = init.draw([rows, dim], rows, dim, rng);
        if let Some(row) = padding {
            let drawn = weight.data();
            weight = Tensor::from_fn([rows, dim], |at| if at / dim == row { 0.0 } else { drawn[at] });
        }
        Ok(Embedding { weight, padding })
    }
}

impl<T: Element> Embedding<Tensor<T>> {
    /// Numbers of rows, checked against the table: what [`forward`](Embedding::forward) takes.
    ///
    /// # Errors
    /// [`TensorError::Index`] names the first that has no row, and its position.
    pub fn indices(&self, rows: &[usize]) -> Result<Indices, TensorError> {
        Indices::new([rows.len()], rows, self.weight.shape()[0])
    }
}

impl<'g, T: Element> Embedding<Var<'g, T>> {
    /// The rows at these places: `[n]` by a table `[rows, dim]` gives `[n, dim]`, and `[batch, n]` gives `[batch, n, dim]`.
    ///
    /// # Panics
    /// If the bound of the indices exceeds the number of rows.
    #[track_caller]
    pub fn forward(&self, indices: &Indices) -> Var<'g, T> {
        let (places, table) = (indices.shape(), self.weight.shape());
        assert!(
            indices.bound() <= table[0] || places.count() == 0,
            "Embedding: indices below {} for a table of shape {table}, whose rows are below {}: \
             indices() of the embedding checks them against it",
            indices.bound(),
            table[0]
        );
        if places.rank() == 1 {
            return self.look_up(indices);
        }
        let order: Vec<usize> = (0..places.count()).collect();
        let mut extents = places.to_vec();
        extents.push(table[1]);
        self.look_up(&indices.select(&order)).reshape(Shape::from(extents))
    }

    /// The rows at a list of places; of padding, as constants.
    #[track_caller]
    fn look_up(&self, indices: &Indices) -> Var<'g, T> {
        let rows = self.weight.index_select(0, indices);
        let Some(padding) = self.padding else {
            return rows;
        };
        let is_padding = |at: usize| f64::from(u8::from(indices.data()[at] as usize == padding));
        let mask = Tensor::from_fn([indices.data().len(), 1], |at| T::from_f64(is_padding(at)));
        rows.graph().constant(mask).where_(rows.detach(), rows)
    }
}
