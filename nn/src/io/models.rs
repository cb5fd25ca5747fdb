//! Models in safetensors files: saved whole, loaded whole or in part.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use autograd::{Element, Tensor};

use super::report::{LoadReport, MisShaped};
use super::{FileError, NamedTensors};
use crate::Model;

/// Saves a model: every parameter and state under its name, `hidden.weight`, as PyTorch names and shapes them.
///
/// The file is there whole, or is what it was before ([`write_atomic`](super::write_atomic)). For metadata, see [`NamedTensors::of`].
///
/// # Errors
/// [`FileError::Write`], and [`FileError::Duplicate`] for a model with two parameters of one name; the message names the file.
///
/// ```
/// use nn::{Relu, prelude::*};
///
/// let dir = tempfile::tempdir().unwrap();
/// let path = dir.path().join("net.safetensors");
/// let net = Mlp::new(&[2, 8, 1], Relu, &mut nn::rng(1));
/// nn::io::save(&net, &path)?;
///
/// // The structure is code; the file has the numbers.
/// let mut again = Mlp::new(&[2, 8, 1], Relu, &mut nn::rng(2));
/// nn::io::load(&mut again, &path)?;
/// assert_eq!(again.layers[1].weight, net.layers[1].weight);
/// # Ok::<(), nn::io::FileError>(())
/// ```
pub fn save<T: Element, M: Model<T>>(model: &M, path: impl AsRef<Path>) -> Result<(), FileError> {
    NamedTensors::of(model).save(path)
}

/// Loads a model of which every name and shape is that of the file. A model is unchanged when loading fails.
///
/// Number types are converted as [`NamedTensors::open`] says. To change names first, use it and [`NamedTensors::rename`].
///
/// # Errors
/// [`FileError::Mismatch`] with a [`LoadReport`] of all names and shapes that differ, and as [`NamedTensors::open`].
///
/// ```
/// use nn::prelude::*;
///
/// let dir = tempfile::tempdir().unwrap();
/// let path = dir.path().join("net.safetensors");
/// let mut rng = nn::rng(1);
/// nn::io::save(&Linear::new(2, 1, &mut rng), &path)?;
///
/// let mut wider = Linear::new(3, 1, &mut rng);
/// let before = wider.clone();
/// let error = nn::io::load(&mut wider, &path).unwrap_err().to_string();
/// assert!(error.contains("\"weight\" ([1, 2] in the file, [1, 3] in the model)"), "{error}");
/// assert_eq!(wider.weight, before.weight);
/// # Ok::<(), nn::io::FileError>(())
/// ```
pub fn load<T: Element, M: Model<T>>(model: &mut M, path: impl AsRef<Path>) -> Result<(), FileError> {
    NamedTensors::open(path)?.load_into(model)
}

/// Loads what fits: tensors whose name and shape are those of the file. The report tells what did not.
///
/// # Errors
/// As [`NamedTensors::open`]; the model is then unchanged. Names and shapes that differ are no error.
///
/// ```
/// use nn::prelude::*;
///
/// // A trained network gets a new last layer, for ten classes instead of three.
/// let dir = tempfile::tempdir().unwrap();
/// let path = dir.path().join("net.safetensors");
/// let mut rng = nn::rng(1);
/// nn::io::save(&Mlp::new(&[4, 8, 3], nn::Relu, &mut rng), &path)?;
///
/// let mut net = Mlp::new(&[4, 8, 10], nn::Relu, &mut rng);
/// let report = nn::io::load_partial(&mut net, &path)?;
/// assert_eq!(report.loaded, ["layers.0.weight", "layers.0.bias"]);
/// assert_eq!(report.mis_shaped[0].name, "layers.1.weight");
/// # Ok::<(), nn::io::FileError>(())
/// ```
pub fn load_partial<T: Element, M: Model<T>>(
    model: &mut M,
    path: impl AsRef<Path>,
) -> Result<LoadReport, FileError> {
    NamedTensors::open(path)?.load_partial_into(model)
}

impl<T: Element> NamedTensors<T> {
    /// The parameters and states of a model, under their names; tensors are shared, not copied.
    pub fn of<M: Model<T>>(model: &M) -> NamedTensors<T> {
        let mut named = NamedTensors::default();
        model.visit(&mut |place, tensor| named.push(place.to_string(), tensor.clone()));
        named
    }

    /// Loads a model of which every name and shape is here, and no other; see [`load`].
    ///
    /// # Errors
    /// [`FileError::Mismatch`], and [`FileError::Duplicate`] for two tensors of one name; the model is then unchanged.
    pub fn load_into<M: Model<T>>(&self, model: &mut M) -> Result<(), FileError> {
        let report = self.compare(model)?;
        if !report.is_complete() {
            return Err(self.in_its_file(FileError::Mismatch(report)));
        }
        self.put_into(model, &report);
        Ok(())
    }

    /// Loads the tensors whose name and shape are those of the model; see [`load_partial`].
    ///
    /// # Errors
    /// [`FileError::Duplicate`] for two tensors of one name; the model is then unchanged.
    pub fn load_partial_into<M: Model<T>>(&self, model: &mut M) -> Result<LoadReport, FileError> {
        let report = self.compare(model)?;
        self.put_into(model, &report);
        Ok(report)
    }

    /// What would be loaded into this model, and what would not.
    fn compare<M: Model<T>>(&self, model: &M) -> Result<LoadReport, FileError> {
        self.check_names().map_err(|error| self.in_its_file(error))?;
        let mut left = self.by_name();
        let mut report = LoadReport::default();
        model.visit(&mut |place, tensor| {
            let name = place.to_string();
            match left.remove(name.as_str()) {
                None => report.missing.push(name),
                Some(found) if found.shape() == tensor.shape() => report.loaded.push(name),
                Some(found) => {
                    report.mis_shaped.push(MisShaped { name, file: found.shape(), model: tensor.shape() });
                }
            }
        });
        let unexpected = self.tensors.iter().filter(|(name, _)| left.contains_key(name.as_str()));
        report.unexpected = unexpected.map(|(name, _)| name.clone()).collect();
        Ok(report)
    }

    /// Puts the tensors that the report counts as loaded into the model; nothing can fail any more.
    fn put_into<M: Model<T>>(&self, model: &mut M, report: &LoadReport) {
        let fitting: BTreeSet<&str> = report.loaded.iter().map(String::as_str).collect();
        let tensors = self.by_name();
        model.visit_mut(&mut |place, tensor| {
            let name = place.to_string();
            if fitting.contains(name.as_str()) {
                *tensor = tensors[name.as_str()].clone();
            }
        });
    }

    fn by_name(&self) -> BTreeMap<&str, &Tensor<T>> {
        self.tensors.iter().map(|(name, tensor)| (name.as_str(), tensor)).collect()
    }

    fn in_its_file(&self, error: FileError) -> FileError {
        match &self.file {
            Some(file) => error.in_file(file),
            None => error,
        }
    }
}
