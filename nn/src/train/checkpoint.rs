//! `Checkpoint`: a model, its optimiser's state and notes in one file, from which training goes on.

use std::collections::BTreeMap;
use std::path::Path;

use autograd::Element;

use super::CheckpointError;
use super::best::copy;
use crate::io::NamedTensors;
use crate::module::Model;
use crate::optim::{AnyRule, Optimizer, OptimizerState};

/// All from which training goes on to the bit: a model, the state of its optimiser, other models such as an average, and
/// notes. One safetensors file, written whole or not at all.
///
/// In the file, names of tensors begin with `model/`, `optimizer/` or the name of another model; the rest is metadata. A
/// [`Trainer`](super::Trainer) writes checkpoints by itself; this is for a loop of one's own.
///
/// ```
/// use nn::prelude::*;
/// use nn::train::{Checkpoint, epoch_rng};
///
/// let dir = tempfile::tempdir().unwrap();
/// let path = dir.path().join("run.safetensors");
/// # let x = Tensor::from_fn([8, 2], |i| i as f32 / 8.0);
/// # let data = Dataset::new(x, Tensor::from_fn([8, 1], |i| i as f32)).unwrap();
/// let (mut net, mut adam) = (Linear::new(2, 1, &mut nn::rng(1)), Adam::new(1e-2));
/// let mut first = 0;
/// if path.exists() {
///     let saved = Checkpoint::open(&path)?;
///     saved.restore(&mut net, &mut adam)?;
///     first = saved.count("epoch")?;
/// }
/// for epoch in first..10 {
///     for (x, y) in data.batches(4, &mut epoch_rng(7, epoch)) {
///         adam.step(&mut net, |g, net| mse(net.forward(g.constant(&x)), g.constant(&y)))?;
///     }
///     Checkpoint::new(&net, &adam)?.note("epoch", epoch + 1).save(&path)?;
/// }
/// # assert_eq!(Checkpoint::<f32>::open(&path)?.count("epoch")?, 10);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Checkpoint<T: Element = f32> {
    /// The parameters and states of the model.
    pub model: NamedTensors<T>,
    /// All that its optimiser remembers.
    pub optimizer: OptimizerState<T>,
    /// Other models under names of their own, without `/`.
    pub others: BTreeMap<String, NamedTensors<T>>,
    /// Text under names of its own; numbers are written by [`note`](Checkpoint::note).
    pub notes: BTreeMap<String, String>,
}

/// What the entry `format` says: changed when older programs would misread a file.
const FORMAT: &str = "nn checkpoint 1";

impl<T: Element> Checkpoint<T> {
    /// A checkpoint of a model and its optimiser; tensors are shared, not copied.
    ///
    /// # Errors
    /// [`CheckpointError::Optimizer`] if the optimiser has trained another model.
    pub fn new<M: Model<T>, R: AnyRule<T>>(
        model: &M,
        optimizer: &Optimizer<R, T>,
    ) -> Result<Checkpoint<T>, CheckpointError> {
        Ok(Checkpoint {
            model: NamedTensors::of(model),
            optimizer: optimizer.snapshot(model)?,
            others: BTreeMap::new(),
            notes: BTreeMap::new(),
        })
    }

    /// Adds a note. A floating-point number is best given as `format!("{x:?}")`, which is read as the same number.
    #[must_use]
    pub fn note(mut self, name: impl Into<String>, value: impl ToString) -> Checkpoint<T> {
        self.notes.insert(name.into(), value.to_string());
        self
    }

    /// The note of this name.
    ///
    /// # Errors
    /// [`CheckpointError::Missing`].
    pub fn text(&self, name: &str) -> Result<&str, CheckpointError> {
        let missing = || CheckpointError::Missing { name: name.to_owned() };
        self.notes.get(name).map(String::as_str).ok_or_else(missing)
    }

    /// The whole number that the note of this name is.
    ///
    /// # Errors
    /// [`CheckpointError::Missing`] and [`CheckpointError::Number`].
    pub fn count(&self, name: &str) -> Result<u64, CheckpointError> {
        parse(name, self.text(name)?)
    }

    /// The number that the note of this name is.
    ///
    /// # Errors
    /// As [`count`](Checkpoint::count).
    pub fn number(&self, name: &str) -> Result<f64, CheckpointError> {
        parse(name, self.text(name)?)
    }

    /// Brings a model and an optimiser to where those that were saved had been.
    ///
    /// # Errors
    /// [`CheckpointError::File`] naming the tensors of the model that differ, [`CheckpointError::Optimizer`] naming what
    /// differs of the optimiser; both are then as before.
    pub fn restore<M: Model<T>, R: AnyRule<T>>(
        &self,
        model: &mut M,
        optimizer: &mut Optimizer<R, T>,
    ) -> Result<(), CheckpointError> {
        let mut loaded = copy(model);
        self.model.load_into(&mut loaded)?;
        optimizer.restore(&loaded, &self.optimizer)?;
        *model = loaded;
        Ok(())
    }

    /// Writes the file, which is there whole or is what it was before.
    ///
    /// # Errors
    /// [`CheckpointError::File`], with the name of the file.
    pub fn save(&self, path: impl AsRef<Path>) -> Result<(), CheckpointError> {
        Ok(self.to_tensors().save(path)?)
    }

    /// Reads a file.
    ///
    /// # Errors
    /// [`CheckpointError`] with the name of the file: one that is damaged, not a checkpoint, or of other numbers than `T`.
    pub fn open(path: impl AsRef<Path>) -> Result<Checkpoint<T>, CheckpointError> {
        let path = path.as_ref();
        Checkpoint::from_tensors(NamedTensors::open(path)?).map_err(|error| error.in_file(path))
    }

    /// The content of the file.
    pub fn to_tensors(&self) -> NamedTensors<T> {
        let mut all = NamedTensors::default();
        let models = [(MODEL, &self.model)];
        let others = self.others.iter().map(|(name, model)| (name.as_str(), model));
        for (prefix, model) in models.into_iter().chain(others) {
            for (name, tensor) in &model.tensors {
                all.push(format!("{prefix}/{name}"), tensor.clone());
            }
        }
        for (name, tensor) in &self.optimizer.tensors {
            all.push(format!("{OPTIMIZER}/{name}"), tensor.clone());
        }
        let mut entry = |name: String, text: String| all.metadata.insert(name, text);
        entry("format".to_owned(), FORMAT.to_owned());
        entry("numbers".to_owned(), T::NAME.to_owned());
        entry(OPTIMIZER.to_owned(), self.optimizer.rule.clone());
        for (name, count) in &self.optimizer.counts {
            entry(format!("{OPTIMIZER}.counts.{name}"), count.to_string());
        }
        for (name, number) in &self.optimizer.numbers {
            entry(format!("{OPTIMIZER}.numbers.{name}"), format!("{number:?}"));
        }
        for (name, text) in &self.notes {
            entry(format!("notes.{name}"), text.clone());
        }
        all
    }

    /// Takes the content of a file apart.
    ///
    /// # Errors
    /// As [`open`](Checkpoint::open), without the name of a file.
    pub fn from_tensors(all: NamedTensors<T>) -> Result<Checkpoint<T>, CheckpointError> {
        let entry = |name: &str| all.metadata.get(name).cloned();
        for (name, wanted) in [("format", FORMAT), ("numbers", T::NAME)] {
            let found = entry(name).unwrap_or_else(|| "missing".to_owned());
            if found != wanted {
                return Err(CheckpointError::Form { name: name.to_owned(), found, wanted });
            }
        }
        let Some(rule) = entry(OPTIMIZER) else {
            return Err(CheckpointError::Missing { name: OPTIMIZER.to_owned() });
        };
        let mut optimizer = OptimizerState {
            rule,
            counts: BTreeMap::new(),
            numbers: BTreeMap::new(),
            tensors: BTreeMap::new(),
        };
        let mut notes = BTreeMap::new();
        for (name, text) in &all.metadata {
            if let Some(name) = name.strip_prefix("notes.") {
                notes.insert(name.to_owned(), text.clone());
            } else if let Some(count) = name.strip_prefix("optimizer.counts.") {
                optimizer.counts.insert(count.to_owned(), parse(name, text)?);
            } else if let Some(number) = name.strip_prefix("optimizer.numbers.") {
                optimizer.numbers.insert(number.to_owned(), parse(name, text)?);
            }
        }
        let (mut model, mut others) = (NamedTensors::default(), BTreeMap::<String, NamedTensors<T>>::new());
        for (name, tensor) in all.tensors {
            match name.split_once('/') {
                Some((MODEL, name)) => model.push(name, tensor),
                Some((OPTIMIZER, name)) => {
                    optimizer.tensors.insert(name.to_owned(), tensor);
                }
                Some((other, name)) => others.entry(other.to_owned()).or_default().push(name, tensor),
                None => {
                    let (found, wanted) = ("a tensor".to_owned(), "a name with a / in it");
                    return Err(CheckpointError::Form { name, found, wanted });
                }
            }
        }
        Ok(Checkpoint { model, optimizer, others, notes })
    }
}

const MODEL: &str = "model";
const OPTIMIZER: &str = "optimizer";

fn parse<N: std::str::FromStr>(name: &str, text: &str) -> Result<N, CheckpointError> {
    text.parse().map_err(|_| CheckpointError::Number { name: name.to_owned(), found: text.to_owned() })
}
