//! `Parameters`: the tensors of a model by name.

use std::fmt;

use autograd::Shape;

use super::table;
use crate::module::Kind;

/// The parameters and states of a model: from [`Summarize::parameter_table`](crate::Summarize::parameter_table).
/// `Display` writes a table.
#[derive(Clone, PartialEq, Debug)]
#[non_exhaustive]
pub struct Parameters {
    /// In the order of the model.
    pub rows: Vec<ParameterRow>,
    /// How many numbers are learned, in all.
    pub parameters: usize,
    /// How many numbers are kept without being learned.
    pub states: usize,
}

/// One tensor of a model.
#[derive(Clone, PartialEq, Debug)]
#[non_exhaustive]
pub struct ParameterRow {
    /// Its name, as in `layers.0.weight`.
    pub name: String,
    /// Its shape.
    pub shape: Shape,
    /// How many numbers it has.
    pub count: usize,
    /// Whether it is learned.
    pub kind: Kind,
}

impl fmt::Display for Parameters {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut rows = vec![table::head(["name", "shape", "numbers"])];
        for row in &self.rows {
            rows.push([row.name.clone(), row.shape.to_string(), table::grouped(row.count as u64)]);
        }
        let total = |name: &str, count| [name.to_owned(), String::new(), table::grouped(count as u64)];
        rows.push(total("parameters", self.parameters));
        let mut totals = 1;
        if self.states > 0 {
            rows.push(total("states", self.states));
            totals = 2;
        }
        table::write(f, &rows, totals, 2, |row| match self.rows.get(row).map(|row| row.kind) {
            Some(Kind::State) => "  state",
            _ => "",
        })
    }
}
