//! `LoadReport`: which tensors of a file went into a model, and which did not.

use std::fmt;

use autograd::Shape;

/// What became of each tensor of a model and of a file.
///
/// ```
/// use nn::io::NamedTensors;
/// use nn::prelude::*;
///
/// let mut rng = nn::rng(1);
/// let old = NamedTensors::of(&(Linear::new(2, 3, &mut rng), Linear::new(3, 1, &mut rng)));
/// let mut net = (Linear::new(2, 3, &mut rng), Linear::new(3, 5, &mut rng).without_bias());
/// let report = old.load_partial_into(&mut net)?;
/// assert_eq!(report.loaded, ["0.weight", "0.bias"]);
/// assert!(!report.is_complete());
/// assert_eq!(
///     report.to_string(),
///     "2 tensors fit the model, 2 do not: unexpected in the file: \"1.bias\"; \
///      of another shape: \"1.weight\" ([1, 3] in the file, [5, 3] in the model)"
/// );
/// # Ok::<(), nn::io::FileError>(())
/// ```
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct LoadReport {
    /// Names found in both, with one shape.
    pub loaded: Vec<String>,
    /// Names of the model that the file lacks.
    pub missing: Vec<String>,
    /// Names of the file that the model lacks.
    pub unexpected: Vec<String>,
    /// Names found in both, with two shapes.
    pub mis_shaped: Vec<MisShaped>,
}

/// A tensor that has one shape in a file and another in a model.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct MisShaped {
    /// The name.
    pub name: String,
    /// The shape in the file.
    pub file: Shape,
    /// The shape in the model.
    pub model: Shape,
}

impl LoadReport {
    /// Whether file and model have the same names with the same shapes.
    pub fn is_complete(&self) -> bool {
        self.missing.is_empty() && self.unexpected.is_empty() && self.mis_shaped.is_empty()
    }
}

/// So many names of a kind are shown; the fields have all.
const SHOWN: usize = 8;

impl fmt::Display for LoadReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let loaded = self.loaded.len();
        if self.is_complete() {
            return write!(
                f,
                "{}",
                if loaded == 1 {
                    "1 tensor, which fits the model".to_owned()
                } else {
                    format!("{loaded} tensors, which fit the model")
                }
            );
        }
        let others = self.missing.len() + self.unexpected.len() + self.mis_shaped.len();
        write!(f, "{loaded} tensors fit the model, {others} do not")?;
        let quoted = |name: &String| format!("{:?}", shown(name));
        let shapes = |it: &MisShaped| {
            format!("{:?} ({} in the file, {} in the model)", shown(&it.name), it.file, it.model)
        };
        let mut separator = ": ";
        for (what, items) in [
            ("missing from the file", list(&self.missing, quoted)),
            ("unexpected in the file", list(&self.unexpected, quoted)),
            ("of another shape", list(&self.mis_shaped, shapes)),
        ] {
            if !items.is_empty() {
                write!(f, "{separator}{what}: {items}")?;
                separator = "; ";
            }
        }
        Ok(())
    }
}

fn list<A>(items: &[A], text: impl Fn(&A) -> String) -> String {
    let mut all = items.iter().take(SHOWN).map(text).collect::<Vec<_>>().join(", ");
    if items.len() > SHOWN {
        all.push_str(&format!(" and {} more", items.len() - SHOWN));
    }
    all
}

/// A name as messages show it: a damaged file can have names of any length.
pub(super) fn shown(name: &str) -> String {
    match name.char_indices().nth(100) {
        Some((end, _)) => format!("{}...", &name[..end]),
        None => name.to_owned(),
    }
}
