//! `Gradients`: what backward gives.

use std::fmt;
use std::ops::Index;

use super::var::Var;
use crate::element::Element;
use crate::tensor::Tensor;

/// Gradients of one result with respect to the leaves below it; owned, outlives the graph.
///
/// ```
/// let g = autograd::Graph::new();
/// let (x, y) = (g.var(3.0), g.var(4.0));
/// let grads = (x * y.detach()).backward();
/// assert_eq!(grads[x].item(), 4.0);
/// assert!(grads.get(y).is_none()); // cut by detach, which is not the same as zero
/// ```
pub struct Gradients<T: Element = f32> {
    pub(super) generation: u64,
    /// By node id, ascending.
    pub(super) found: Vec<(u32, Tensor<T>)>,
    pub(super) cuts: Vec<(u32, String)>,
}

/// Why there is no gradient.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum GradientError {
    /// The path to the result is cut.
    #[error("no gradient reaches {node}: {cut}")]
    Cut {
        /// The node asked for.
        node: String,
        /// Where and why.
        cut: String,
    },
    /// The result does not depend on the node, or it is neither a variable nor kept.
    #[error(
        "no gradient was kept for {node}: gradients are kept for variables that the result depends on; \
         call keep_grad() on an intermediate node before backward(), or use grad(&[..])"
    )]
    NotKept {
        /// The node asked for.
        node: String,
    },
}

impl<T: Element> Gradients<T> {
    /// The gradient of a node, if one reached it.
    ///
    /// # Panics
    /// If the node belongs to another graph, or to what was there before a clear.
    #[track_caller]
    pub fn get(&self, var: Var<'_, T>) -> Option<&Tensor<T>> {
        assert!(
            var.graph().generation() == self.generation,
            "these gradients belong to another graph than the node that they are asked for: \
             call backward() on a result of the node's own graph"
        );
        let at = self.found.binary_search_by_key(&(var.id() as u32), |(id, _)| *id).ok()?;
        Some(&self.found[at].1)
    }

    /// The gradient of a node.
    ///
    /// # Errors
    /// Names the node and where its path to the result is cut.
    ///
    /// # Panics
    /// If the node belongs to another graph.
    #[track_caller]
    pub fn try_get(&self, var: Var<'_, T>) -> Result<&Tensor<T>, GradientError> {
        match self.get(var) {
            Some(gradient) => Ok(gradient),
            None => Err(self.missing(var)),
        }
    }

    fn missing(&self, var: Var<'_, T>) -> GradientError {
        let node = describe(var);
        match self.cuts.iter().find(|(id, _)| *id == var.id() as u32) {
            Some((_, cut)) => GradientError::Cut { node, cut: cut.clone() },
            None => GradientError::NotKept { node },
        }
    }

    /// Number of gradients.
    pub fn len(&self) -> usize {
        self.found.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.found.is_empty()
    }
}

/// A node as error texts name it.
pub(super) fn describe<T: Element>(var: Var<'_, T>) -> String {
    let name = var.name().map_or_else(|| format!("the {}", var.op_name()), |name| format!("{name:?}"));
    format!("{name} of shape {} recorded at {}", var.shape(), var.origin())
}

impl<T: Element> Index<Var<'_, T>> for Gradients<T> {
    type Output = Tensor<T>;

    /// The gradient of a node.
    ///
    /// # Panics
    /// If there is none: names the node and where its path to the result is cut.
    #[track_caller]
    fn index(&self, var: Var<'_, T>) -> &Tensor<T> {
        match self.get(var) {
            Some(gradient) => gradient,
            None => panic!("{}", self.missing(var)),
        }
    }
}

impl<T: Element> fmt::Debug for Gradients<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.found.iter().map(|(id, tensor)| (id, tensor))).finish()
    }
}
