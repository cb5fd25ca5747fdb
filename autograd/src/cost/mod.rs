//! What a computation costs: arithmetic and memory, forward beside backward, by node and by module.

mod count;
mod ideal;
mod report;
pub(crate) mod units;

use std::iter::Sum;
use std::ops::{Add, AddAssign};
use std::panic::Location;

pub use ideal::{Ideal, ProductException};

use crate::ops::Shape;

/// Arithmetic and memory of some operations.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
#[non_exhaustive]
pub struct Work {
    /// Floating-point operations: 2 m k n for a product of `[m, k]` and `[k, n]`, a row's column for each element of an
    /// elementwise operation (1 for arithmetic, about 10 for transcendental functions), n - 1 for a reduction of n numbers.
    pub flops: u64,
    /// Those of them that are in matrix products.
    pub product_flops: u64,
    /// Bytes that the operations read if each runs by itself.
    pub read: u64,
    /// Bytes that they write if each runs by itself.
    pub written: u64,
    /// Bytes that they read and write as planned: what stays in a fused kernel moves nothing.
    pub moved: u64,
}

impl AddAssign for Work {
    fn add_assign(&mut self, other: Work) {
        self.flops += other.flops;
        self.product_flops += other.product_flops;
        self.read += other.read;
        self.written += other.written;
        self.moved += other.moved;
    }
}

impl Add for Work {
    type Output = Work;
    fn add(mut self, other: Work) -> Work {
        self += other;
        self
    }
}

impl Sum for Work {
    fn sum<I: Iterator<Item = Work>>(works: I) -> Work {
        works.fold(Work::default(), Add::add)
    }
}

/// What one node costs.
#[derive(Clone, PartialEq, Debug)]
#[non_exhaustive]
pub struct NodeCost {
    /// The node, as [`Var::id`](crate::Var::id) counts.
    pub id: usize,
    /// Its operation.
    pub op: String,
    /// Its name, if it was given one.
    pub name: Option<String>,
    /// Its shape.
    pub shape: Shape,
    /// Where it was recorded.
    pub origin: &'static Location<'static>,
    /// What it belongs to: the part before the last dot of its name or of the name of a parameter that it uses, as in
    /// `layers.0`; without such a name, where it was recorded, as in `src/net.rs:12`.
    pub module: String,
    /// Computing its value.
    pub forward: Work,
    /// What its derivative adds: the operations that the walk backward records at this node.
    pub backward: Work,
    /// Bytes of its value that backward reads, so that it cannot be forgotten before; 0 of a leaf, which is there anyway.
    pub saved: u64,
}

/// What some nodes cost together.
#[derive(Clone, PartialEq, Debug)]
#[non_exhaustive]
pub struct ModuleCost {
    /// Its name, or the line at which its nodes were recorded.
    pub module: String,
    /// The values of its nodes.
    pub forward: Work,
    /// Their derivatives.
    pub backward: Work,
    /// Bytes of their values that backward reads.
    pub saved: u64,
}

/// What a value and its gradients cost: [`Var::cost`](crate::Var::cost).
///
/// It is counted from shapes, so it is exact and nothing is computed. Backward is what a gradient by all variables
/// below the value adds, after what the planner removes: equal operations count once, transposes are not operations, and
/// nothing is counted for what needs no gradient.
///
/// `Display` is a table by module; `{:#}` one by node.
///
/// ```
/// use autograd::prelude::*;
///
/// // A network 784-15-10, one sample.
/// let g = Graph::new();
/// let x = g.constant(Tensor::zeros([1, 784])).named("x");
/// let hidden = g.var(Tensor::zeros([15, 784])).named("hidden.weight");
/// let out = g.var(Tensor::zeros([10, 15])).named("out.weight");
/// let loss = x.matmul_t(hidden).sigmoid().matmul_t(out).square().sum();
///
/// let cost = loss.cost();
/// // Forward 2 · 784 · 15 + 2 · 15 · 10. Backward has two products for the second layer and one for the first.
/// assert_eq!(cost.forward().product_flops, 23_820);
/// assert_eq!(cost.backward().product_flops, 24_120);
/// assert!((cost.ideal().unwrap().ratio - 1.0126).abs() < 1e-4);
/// println!("{cost}");
/// ```
#[derive(Clone, PartialEq, Debug)]
#[non_exhaustive]
pub struct Cost {
    /// The value that this is the cost of, as an error would name it.
    pub of: String,
    /// Costs of all nodes that are not free, in the order of recording.
    pub nodes: Vec<NodeCost>,
    /// Numbers in the variables below the value.
    pub parameters: u64,
    /// Bytes of these numbers.
    pub parameter_bytes: u64,
    /// Kernels, products and other jobs that the value and its gradients are planned as.
    pub jobs: usize,
    /// Users' operations among the nodes, which count as many FLOPs as they say.
    pub customs: usize,
    pub(crate) ideal: Option<Ideal>,
}

impl Cost {
    /// The value.
    pub fn forward(&self) -> Work {
        self.nodes.iter().map(|node| node.forward).sum()
    }

    /// What its gradients add.
    pub fn backward(&self) -> Work {
        self.nodes.iter().map(|node| node.backward).sum()
    }

    /// FLOPs of backward by those of forward; NaN if there are none.
    ///
    /// ```
    /// let g = autograd::Graph::new();
    /// let x = g.var([1.0, 2.0, 3.0]);
    /// // Forward 3 products, 2 additions; backward 3 products by 2.
    /// assert_eq!(x.square().sum().cost().ratio(), 3.0 / 5.0);
    /// ```
    pub fn ratio(&self) -> f64 {
        self.backward().flops as f64 / self.forward().flops as f64
    }

    /// Of matrix products alone, FLOPs of backward by those of forward; NaN if there are none.
    pub fn product_ratio(&self) -> f64 {
        self.backward().product_flops as f64 / self.forward().product_flops as f64
    }

    /// The ratio that the matrix products must have, and why; `None` if there are none.
    pub fn ideal(&self) -> Option<&Ideal> {
        self.ideal.as_ref()
    }

    /// Bytes of values that backward reads, leaves apart.
    pub fn saved(&self) -> u64 {
        self.nodes.iter().map(|node| node.saved).sum()
    }

    /// The cost of a node, by [`Var::id`](crate::Var::id); `None` if it is free, as leaves are, or not below the value.
    ///
    /// ```
    /// let g = autograd::Graph::new();
    /// let x = g.var([1.0, 2.0]);
    /// let y = x.exp();
    /// let cost = y.sum().cost();
    /// assert_eq!(cost.node(y.id()).unwrap().forward.flops, 16);
    /// assert!(cost.node(x.id()).is_none());
    /// ```
    pub fn node(&self, id: usize) -> Option<&NodeCost> {
        let at = self.nodes.binary_search_by_key(&id, |node| node.id).ok()?;
        Some(&self.nodes[at])
    }

    /// Costs by module, in the order in which the modules first appear.
    pub fn modules(&self) -> Vec<ModuleCost> {
        let mut modules: Vec<ModuleCost> = Vec::new();
        for node in &self.nodes {
            let at = modules.iter().position(|known| known.module == node.module).unwrap_or_else(|| {
                let (forward, backward) = Default::default();
                modules.push(ModuleCost { module: node.module.clone(), forward, backward, saved: 0 });
                modules.len() - 1
            });
            modules[at].forward += node.forward;
            modules[at].backward += node.backward;
            modules[at].saved += node.saved;
        }
        modules
    }
}
