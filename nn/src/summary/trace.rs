//! `Trace`: what a forward pass recorded, layer by layer.

use std::fmt::{Display, Write};

use autograd::{Element, Graph, Shape, Var};

use crate::layers::Forward;

/// A layer as it was used once.
#[derive(Clone, PartialEq, Debug)]
#[non_exhaustive]
pub struct SummaryRow {
    /// Where in the model the layer stands, as in `layers.0`; empty for the model itself.
    pub layer: String,
    /// The layer's type, or the function that it is.
    pub kind: String,
    /// The shape that comes out.
    pub output: Shape,
    /// How many numbers of it are learned.
    pub parameters: usize,
    /// Floating-point operations of one forward pass.
    pub flops: u64,
    /// Those of them in matrix products.
    pub product_flops: u64,
}

/// Writes down a forward pass layer by layer: what [`Forward::trace`] is given.
///
/// A layer of layers says where its parts stand, by the names that [`module!`](crate::module!) gives them:
///
/// ```
/// use nn::prelude::*;
/// use nn::Trace;
///
/// struct Net<P = Tensor> { hidden: Linear<P>, out: Linear<P> }
/// module!(Net { child hidden, child out });
///
/// impl<'g> Forward<'g> for Net<Var<'g>> {
///     fn forward(&self, x: Var<'g>) -> Var<'g> {
///         self.out.forward(self.hidden.forward(x).tanh())
///     }
///     fn trace(&self, x: Var<'g>, trace: &mut Trace) -> Var<'g> {
///         let hidden = trace.child("hidden", &self.hidden, x).tanh();
///         trace.child("out", &self.out, hidden)
///     }
/// }
///
/// let mut rng = nn::rng(1);
/// let net = Net { hidden: Linear::new(2, 3, &mut rng), out: Linear::new(3, 1, &mut rng) };
/// let summary = net.summary([1, 2]);
/// assert_eq!(summary.rows[1].layer, "out");
/// assert_eq!(summary.rows[2].flops, 3 * 10); // elsewhere: three tanh, at 10 each
/// ```
#[derive(Debug)]
pub struct Trace {
    pub(super) rows: Vec<SummaryRow>,
    place: String,
    /// The first node of the pass, and the first one that no row accounts for.
    first: usize,
    next: usize,
}

impl Trace {
    /// A trace of what is recorded on this graph from now on.
    pub(super) fn begin<T: Element>(graph: &Graph<T>) -> Trace {
        Trace { rows: Vec::new(), place: String::new(), first: graph.len(), next: graph.len() }
    }

    /// The output of a part of this layer for `x`; the part stands at `name` in it.
    ///
    /// # Panics
    /// As the part's own forward pass: where the shape of `x` does not fit it.
    #[track_caller]
    pub fn child<'g, T: Element, L: Forward<'g, T>>(
        &mut self,
        name: impl Display,
        part: &L,
        x: Var<'g, T>,
    ) -> Var<'g, T> {
        self.next = x.graph().len();
        let outer = self.place.len();
        let point = if outer == 0 { "" } else { "." };
        write!(self.place, "{point}{name}").expect("a String takes what is written");
        let y = part.trace(x, self);
        self.place.truncate(outer);
        y
    }

    /// Writes a row: the layer here, of this kind, has recorded everything since the row before, and `y` comes out.
    pub fn row<T: Element>(&mut self, kind: impl Display, y: Var<'_, T>) {
        let (flops, product_flops) = count(y.graph(), self.next);
        self.next = y.graph().len();
        self.rows.push(SummaryRow {
            layer: self.place.clone(),
            kind: kind.to_string(),
            output: y.shape(),
            parameters: 0,
            flops,
            product_flops,
        });
    }

    /// Operations of the whole pass, and those of them in matrix products.
    pub(super) fn flops_of<T: Element>(&self, graph: &Graph<T>) -> (u64, u64) {
        count(graph, self.first)
    }
}

/// Operations of the nodes from `first` on, and those of them in matrix products.
fn count<T: Element>(graph: &Graph<T>, first: usize) -> (u64, u64) {
    let (mut all, mut products) = (0, 0);
    for node in graph.nodes().skip_while(|node| node.id() < first) {
        all += node.flops();
        if node.op_name() == "matmul" {
            products += node.flops();
        }
    }
    (all, products)
}
