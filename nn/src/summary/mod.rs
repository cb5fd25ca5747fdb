//! Summaries: a model's layers with output shapes, parameters and operations; its parameters by name.

mod parameters;
mod table;
mod trace;

use std::fmt;

use autograd::{Element, Graph, Shape, Var};

use crate::layers::Forward;
use crate::module::{Kind, Model};

pub use parameters::{ParameterRow, Parameters};
pub use trace::{SummaryRow, Trace};

/// What every model can say of itself.
pub trait Summarize<T: Element = f32>: Model<T> {
    /// The layers of this model for an input of shape `input`: a table, and its rows as data.
    ///
    /// One forward pass is recorded in inference mode, and not computed. Operations are counted node by node, each by the
    /// convention of its row in docs/OPS.md: 1 for arithmetic, more for functions such as `exp`; a product
    /// `[n, k] . [k, m]` counts 2 n k m.
    ///
    /// ```
    /// use nn::prelude::*;
    /// let net = Mlp::new(&[784, 15, 10], nn::Sigmoid, &mut nn::rng(1));
    /// let summary = net.summary([1, 784]);
    /// assert_eq!((summary.parameters, summary.product_flops), (11_935, 23_820));
    /// assert_eq!(summary.to_string(), "\
    /// layer          kind     output   parameters   FLOPs
    /// -------------  -------  -------  ----------  ------
    /// layers.0       Linear   [1, 15]      11,775  23,535
    /// activations.0  Sigmoid  [1, 15]           0     165
    /// layers.1       Linear   [1, 10]         160     310
    /// -------------  -------  -------  ----------  ------
    /// total                   [1, 10]      11,935  24,010
    /// of which matrix products: 23,820 FLOPs");
    /// ```
    ///
    /// # Panics
    /// If the model does not take an input of this shape.
    #[track_caller]
    fn summary(&self, input: impl Into<Shape>) -> Summary
    where
        for<'g> Self::With<Var<'g, T>>: Forward<'g, T>,
    {
        let graph = Graph::default();
        graph.inference();
        let (on_graph, x) = (self.on(&graph), graph.zeros(input));
        let mut trace = Trace::begin(&graph);
        let output = on_graph.trace(x, &mut trace);
        Summary::new(trace, output, &self.parameter_table())
    }

    /// The parameters and states of this model by name, in their order: for any model, whether it has a
    /// [`Forward`] or not.
    ///
    /// ```
    /// use nn::prelude::*;
    /// let table = (Linear::new(2, 3, &mut nn::rng(1)), BatchNorm::new(3)).parameter_table();
    /// assert_eq!((table.rows[0].name.as_str(), table.rows[0].count), ("0.weight", 6));
    /// assert_eq!((table.parameters, table.states), (15, 6));
    /// assert_eq!(table.to_string(), "\
    /// name            shape   numbers
    /// --------------  ------  -------
    /// 0.weight        [3, 2]        6
    /// 0.bias          [3]           3
    /// 1.weight        [3]           3
    /// 1.bias          [3]           3
    /// 1.running_mean  [3]           3  state
    /// 1.running_var   [3]           3  state
    /// --------------  ------  -------
    /// parameters                   15
    /// states                        6");
    /// ```
    fn parameter_table(&self) -> Parameters {
        let mut table = Parameters { rows: Vec::new(), parameters: 0, states: 0 };
        self.visit(&mut |place, tensor| {
            let row = ParameterRow {
                name: place.to_string(),
                shape: tensor.shape(),
                count: tensor.count(),
                kind: place.kind(),
            };
            match row.kind {
                Kind::Param => table.parameters += row.count,
                Kind::State => table.states += row.count,
            }
            table.rows.push(row);
        });
        table
    }
}

impl<T: Element, M: Model<T>> Summarize<T> for M {}

/// The layers of a model and their totals: from [`Summarize::summary`]. `Display` writes a table.
#[derive(Clone, PartialEq, Debug)]
#[non_exhaustive]
pub struct Summary {
    /// The layers, in the order in which they were used.
    pub rows: Vec<SummaryRow>,
    /// The shape that comes out.
    pub output: Shape,
    /// How many numbers are learned, in all.
    pub parameters: usize,
    /// How many numbers are kept without being learned, such as running means.
    pub states: usize,
    /// Floating-point operations of one forward pass.
    pub flops: u64,
    /// Those of them in matrix products.
    pub product_flops: u64,
}

/// The row of what no layer accounts for.
const ELSEWHERE: &str = "(elsewhere)";

impl Summary {
    /// Gives each parameter to the layer whose place in the model is the beginning of its name.
    fn new<T: Element>(mut trace: Trace, output: Var<'_, T>, table: &Parameters) -> Summary {
        let (flops, product_flops) = trace.flops_of(output.graph());
        let mut elsewhere = SummaryRow {
            layer: ELSEWHERE.to_owned(),
            kind: String::new(),
            output: output.shape(),
            parameters: 0,
            flops: flops - trace.rows.iter().map(|row| row.flops).sum::<u64>(),
            product_flops: product_flops - trace.rows.iter().map(|row| row.product_flops).sum::<u64>(),
        };
        for parameter in table.rows.iter().filter(|parameter| parameter.kind == Kind::Param) {
            let holds = |row: &SummaryRow| {
                let rest = parameter.name.strip_prefix(row.layer.as_str());
                row.layer.is_empty() || rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
            };
            // The longest place is the innermost layer; of two uses of one layer the first counts.
            let holders = trace.rows.iter_mut().rev().filter(|row| holds(row));
            let row = holders.max_by_key(|row| row.layer.len()).unwrap_or(&mut elsewhere);
            row.parameters += parameter.count;
        }
        if elsewhere.parameters > 0 || elsewhere.flops > 0 {
            trace.rows.push(elsewhere);
        }
        let Parameters { parameters, states, .. } = *table;
        Summary { rows: trace.rows, output: output.shape(), parameters, states, flops, product_flops }
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut rows = vec![table::head(["layer", "kind", "output", "parameters", "FLOPs"])];
        for row in &self.rows {
            rows.push([
                row.layer.clone(),
                row.kind.clone(),
                row.output.to_string(),
                table::grouped(row.parameters as u64),
                table::grouped(row.flops),
            ]);
        }
        rows.push([
            "total".to_owned(),
            String::new(),
            self.output.to_string(),
            table::grouped(self.parameters as u64),
            table::grouped(self.flops),
        ]);
        table::write(f, &rows, 1, 3, |_| "")?;
        write!(f, "\nof which matrix products: {} FLOPs", table::grouped(self.product_flops))?;
        if self.states > 0 {
            write!(f, "\nkept beside the parameters: {} numbers", table::grouped(self.states as u64))?;
        }
        Ok(())
    }
}
