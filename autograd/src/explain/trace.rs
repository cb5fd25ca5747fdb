//! `Trace`: one computation as plain data, from the leaves to its result. Everything that is shown is made from it, and knows
//! neither graph nor tape.

use std::panic::Location;

use super::number::Quantity;
use crate::ops::{Op, Rule};

/// A computation below a root: its nodes with values, local derivatives and cotangents, and how they belong together.
///
/// ```
/// use autograd::Graph;
/// let g = Graph::f64();
/// let (x, y, z) = (g.var(-2.0).named("x"), g.var(5.0).named("y"), g.var(-4.0).named("z"));
/// let q = (x + y).named("q");
/// let trace = (q * z).named("f").trace();
/// let f = trace.root();
/// assert_eq!((f.expression.as_str(), f.with_values.as_deref()), ("q*z", Some("3*(-4)")));
/// let by_q = &f.operands[0];
/// assert_eq!(by_q.local.as_ref().unwrap().number(), Some(-4.0)); // ∂f/∂q = z
/// assert_eq!(trace.node(x).unwrap().cotangent.as_ref().unwrap().number(), Some(-4.0));
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Trace {
    /// The nodes in the order of recording: operands stand before what is computed from them, the root stands last.
    pub nodes: Vec<Node>,
    /// Nodes below the root that are not among them.
    pub left_out: usize,
    /// What a reader should know: what was left out, what to do to see more.
    pub notes: Vec<String>,
}

/// One step of a computation.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Node {
    /// The node, as `Var::id` of a graph and `Var::node` of a tape count; `None` of a number on a tape.
    pub id: Option<usize>,
    /// Its name, its number, or v1, v2, …; in one line, and no other node's.
    pub label: String,
    /// Whether the user named it.
    pub is_named: bool,
    /// What it is.
    pub kind: Kind,
    /// Name of the operation.
    pub operation: String,
    /// What is computed, over the labels of the operands; the label itself of a leaf.
    pub expression: String,
    /// The same with the operands' numbers, if they are single numbers.
    pub with_values: Option<String>,
    /// The value; `None` if it is not known.
    pub value: Option<Quantity>,
    /// The derivative of the root (of the sum of its elements) by this node; `None` where none arrives.
    pub cotangent: Option<Quantity>,
    /// Where in the source it was recorded, if that is known.
    pub origin: Option<&'static Location<'static>>,
    /// What it was computed from.
    pub operands: Vec<Operand>,
    /// The part of the model that it belongs to, as `layers.0`; empty if none is known.
    pub group: String,
    /// The operation, if it can be computed anew from numbers.
    pub(crate) op: Option<Op>,
}

/// What a node is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum Kind {
    /// A leaf that gradients are wanted for.
    Variable,
    /// A leaf that is data.
    Constant,
    /// A literal in an expression.
    Number,
    /// Anything computed.
    Operation,
}

/// An operand of a node, and the derivative of the node by it.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Operand {
    /// Its place among the nodes of the trace; `None` if it was left out.
    pub node: Option<usize>,
    /// Its label.
    pub label: String,
    /// How the node's cotangent becomes its own; `None` if no formula is known.
    pub rule: Option<Rule>,
    /// The local derivative as number, where that is one for each element; `None` where no derivative is asked for.
    pub local: Option<Quantity>,
    /// The cotangent that the node hands to it: cotangent times local derivative.
    pub contribution: Option<Quantity>,
}

impl Trace {
    /// The result that the trace is of.
    pub fn root(&self) -> &Node {
        self.nodes.last().expect("a trace has its root")
    }

    /// The node of a variable, if it is in the trace.
    pub fn node(&self, var: impl super::Traced) -> Option<&Node> {
        self.place(var.node_id()?).map(|place| &self.nodes[place])
    }

    pub(crate) fn place(&self, id: usize) -> Option<usize> {
        self.nodes.iter().position(|node| node.id == Some(id))
    }

    /// For each node, where it is used: the place of the user, and which of its operands it is; nearest the root first.
    pub(crate) fn uses(&self) -> Vec<Vec<(usize, usize)>> {
        let mut uses = vec![Vec::new(); self.nodes.len()];
        for (place, node) in self.nodes.iter().enumerate().rev() {
            for (which, operand) in node.operands.iter().enumerate() {
                if let Some(operand) = operand.node {
                    uses[operand].push((place, which));
                }
            }
        }
        uses
    }
}

/// How much a trace takes in.
///
/// ```
/// use autograd::Graph;
/// use autograd::explain::Tracing;
/// let g = Graph::new();
/// let mut x = g.var(1.0);
/// for _ in 0..500 {
///     x = x.sin();
/// }
/// let trace = x.trace_with(&Tracing::default().nodes(20));
/// assert_eq!((trace.nodes.len(), trace.left_out), (20, 481));
/// ```
#[derive(Clone, Debug)]
pub struct Tracing {
    pub(crate) nodes: usize,
    pub(crate) elements: usize,
    pub(crate) wrt: Vec<usize>,
}

impl Default for Tracing {
    fn default() -> Tracing {
        Tracing { nodes: 1000, elements: 64, wrt: Vec::new() }
    }
}

impl Tracing {
    /// At most so many nodes, those that were recorded last; 1000 if nothing is said.
    #[must_use]
    pub fn nodes(mut self, most: usize) -> Self {
        self.nodes = most.max(1);
        self
    }
    /// Keeps the elements of tensors that have no more than so many; 64 if nothing is said. Larger ones are summarised.
    #[must_use]
    pub fn elements(mut self, most: usize) -> Self {
        self.elements = most;
        self
    }
    /// Follows derivatives to this node too, be it a constant, and keeps it among the nodes.
    #[must_use]
    pub fn wrt(mut self, var: impl super::Traced) -> Self {
        self.wrt.extend(var.node_id());
        self
    }
}
