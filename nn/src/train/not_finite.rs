//! `NotFinite`: where in a computation NaN or infinity began.

use std::fmt;

use autograd::explain::{Node, Quantity, Tracing};
use autograd::{Element, Var};

/// The node with which numbers that are not finite began, found by looking at every node below a loss.
///
/// ```
/// use nn::prelude::*;
/// use nn::train::NotFinite;
///
/// let net: Linear = Linear { weight: Tensor::from([[-1.0]]), bias: None };
/// let g = Graph::new();
/// let loss = net.named_on(&g).forward(g.constant([[2.0]])).ln().square().sum(); // ln(-2)
/// let found = NotFinite::find(loss).unwrap();
/// assert_eq!((found.operation.as_str(), found.value.is_nan()), ("ln", true));
///
/// // A value may be finite and its derivative not: √x at 0.
/// let x = g.var([0.0]).named("x");
/// let found = NotFinite::find(x.sqrt().sum()).unwrap();
/// assert!(found.in_gradient && found.node == "x");
/// ```
#[derive(Clone, PartialEq, Debug)]
pub struct NotFinite {
    /// The name or number of the node.
    pub node: String,
    /// Its operation.
    pub operation: String,
    /// What it computes, over the names of its operands.
    pub expression: String,
    /// A number of it that is NaN or infinite.
    pub value: f64,
    /// Whether values are finite, and the gradient of the loss by this node is not.
    pub in_gradient: bool,
    /// The line of the program that recorded it, as `src/main.rs:12:9`.
    pub origin: String,
}

/// Nodes that are looked at, from the loss down.
const MOST: usize = 100_000;

impl NotFinite {
    /// The first node below `loss`, in the order of recording, of which a number is NaN or infinite; if there is none, the
    /// first one backwards of which the gradient's is. `None` if all are finite.
    ///
    /// Every value and derivative is computed and looked at: this is for a loss that is known to be wrong.
    pub fn find<T: Element>(loss: Var<'_, T>) -> Option<NotFinite> {
        let trace = loss.trace_with(&Tracing::default().nodes(MOST).elements(0));
        let of_value = |node: &Node| Some((strange(node.value.as_ref()?)?, false));
        let of_gradient = |node: &Node| Some((strange(node.cotangent.as_ref()?)?, true));
        let nodes = trace.nodes.iter();
        let found = nodes.clone().find_map(|node| Some((node, of_value(node)?)));
        let found = found.or_else(|| nodes.rev().find_map(|node| Some((node, of_gradient(node)?))));
        found.map(|(node, (value, in_gradient))| NotFinite {
            node: node.label.clone(),
            operation: node.operation.clone(),
            expression: node.expression.clone(),
            value,
            in_gradient,
            origin: node.origin.map_or_else(String::new, ToString::to_string),
        })
    }
}

/// A number that is NaN or infinite.
fn strange(quantity: &Quantity) -> Option<f64> {
    [quantity.min(), quantity.max()].into_iter().find(|number| !number.is_finite())
}

impl fmt::Display for NotFinite {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let NotFinite { node, expression, value, origin, .. } = self;
        match (self.in_gradient, node == expression) {
            (true, _) => write!(f, "{value} is first in the gradient by {node}")?,
            (false, true) => write!(f, "{value} is first in {node}")?,
            (false, false) => write!(f, "{value} is first in {node} = {expression}")?,
        }
        if !origin.is_empty() {
            write!(f, ", recorded at {origin}")?;
        }
        Ok(())
    }
}
