//! What one request computes: a piece of graph, renumbered, with its sources and wanted results.

use std::collections::HashSet;
use std::rc::Rc;

use crate::element::Element;
use crate::graph::{CustomOp, Data, Inputs, Node, Store};
use crate::indices::Indices;
use crate::ops::{Leaf, Op, Shape};
use crate::tensor::Tensor;

/// Where a step's value comes from.
#[derive(Clone)]
pub(crate) enum Source<T: Element> {
    /// Computed from its inputs.
    Compute,
    /// Data or a held value of the graph that is run, at this position of the cone.
    Input(u32),
    /// A custom operation of the graph that is run, at this position of the cone.
    Custom(u32),
    /// A custom operation that a continuation brought; its key determines it.
    FrozenCustom(Rc<dyn CustomOp<T>>),
    /// Data that a continuation brought.
    Frozen(Tensor<T>),
    /// Indices that a continuation brought.
    FrozenIndices(Indices),
}

impl<T: Element> Source<T> {
    /// Whether the inputs of the step are read.
    pub(crate) fn computes(&self) -> bool {
        matches!(self, Source::Compute | Source::Custom(_) | Source::FrozenCustom(_))
    }
}

/// One operation of a program.
#[derive(Clone)]
pub(crate) struct Step<T: Element> {
    pub(crate) op: Op,
    pub(crate) inputs: Inputs,
    pub(crate) shape: Shape,
    pub(crate) source: Source<T>,
}

/// A piece of graph to be run. Inputs precede the steps that use them.
#[derive(Clone)]
pub(crate) struct Program<T: Element> {
    pub(crate) steps: Vec<Step<T>>,
    /// Steps whose values are wanted; `None` where a continuation has nothing to give.
    pub(crate) outputs: Vec<Option<u32>>,
}

/// The nodes of a graph that a request looks at, ascending.
pub(crate) enum Cone {
    /// All nodes up to, excluding, this one: nothing is held, so a node's hash is that of its prefix.
    Prefix(u32),
    /// These nodes.
    Listed(Vec<u32>),
}

impl Cone {
    pub(crate) fn len(&self) -> usize {
        match self {
            Cone::Prefix(end) => *end as usize,
            Cone::Listed(ids) => ids.len(),
        }
    }

    /// Tells the two kinds apart.
    pub(crate) fn kind(&self) -> u64 {
        u64::from(matches!(self, Cone::Listed(_)))
    }

    /// The node at a position.
    pub(crate) fn node(&self, position: u32) -> u32 {
        match self {
            Cone::Prefix(_) => position,
            Cone::Listed(ids) => ids[position as usize],
        }
    }

    /// The position of a node.
    pub(crate) fn position(&self, node: u32) -> Option<u32> {
        match self {
            Cone::Prefix(end) => (node < *end).then_some(node),
            Cone::Listed(ids) => ids.binary_search(&node).ok().map(|at| at as u32),
        }
    }

    /// The nodes that values of `roots` depend on. With `through_held`, also those behind held
    /// values: a derivative needs their structure, though not their values.
    pub(crate) fn of<T: Element>(
        store: &Store<T>,
        roots: impl Iterator<Item = u32>,
        through_held: bool,
    ) -> Cone {
        if !store.holds_any() {
            return Cone::Prefix(roots.max().map_or(0, |highest| highest + 1));
        }
        let mut ids: Vec<u32> = Vec::new();
        let mut waiting: Vec<u32> = roots.collect();
        let mut seen = HashSet::new();
        while let Some(id) = waiting.pop() {
            if !seen.insert(id) {
                continue;
            }
            ids.push(id);
            if through_held || !store.is_held(id) {
                waiting.extend_from_slice(&store.nodes[id as usize].inputs);
            }
        }
        ids.sort_unstable();
        Cone::Listed(ids)
    }
}

impl<T: Element> Program<T> {
    /// The program of a cone and of the continuation recorded from node `cut` on.
    ///
    /// # Panics
    /// If the continuation uses a node that its key does not name.
    pub(crate) fn new(store: &Store<T>, cone: &Cone, cut: u32, outputs: &[Option<u32>]) -> Program<T> {
        let base = cone.len() as u32;
        let place = |id: u32| {
            if id >= cut {
                return base + (id - cut);
            }
            cone.position(id).unwrap_or_else(|| {
                let node = &store.nodes[id as usize];
                panic!(
                    "a continuation uses the {} recorded at {}, which its key does not name: \
                     name every node that it uses with Key::var",
                    node.op.name(),
                    node.origin
                )
            })
        };
        let mut steps = Vec::with_capacity(cone.len() + store.nodes.len() - cut as usize);
        for position in 0..base {
            let id = cone.node(position);
            let node = &store.nodes[id as usize];
            let held = store.is_held(id);
            let source = match node.op {
                _ if held => Source::Input(position),
                Op::Leaf(_) => Source::Input(position),
                Op::Custom(_) => Source::Custom(position),
                _ => Source::Compute,
            };
            // A held value is an input: what it was computed from may lie outside the cone.
            steps.push(if held { step(node, source, |_| position) } else { step(node, source, place) });
        }
        for id in cut..store.nodes.len() as u32 {
            let node = &store.nodes[id as usize];
            let source = match (node.op, store.data(id)) {
                (Op::Leaf(Leaf::Index), Data::Indices(indices)) => Source::FrozenIndices(indices.clone()),
                (Op::Leaf(_), Data::Tensor(tensor)) => Source::Frozen(tensor.clone()),
                (Op::Custom(_), _) => Source::FrozenCustom(store.custom_op(id)),
                _ => Source::Compute,
            };
            steps.push(step(node, source, place));
        }
        Program { steps, outputs: outputs.iter().map(|id| id.map(place)).collect() }
    }

    /// Which steps the outputs depend on.
    pub(crate) fn live(&self) -> Vec<bool> {
        let mut live = vec![false; self.steps.len()];
        for &output in self.outputs.iter().flatten() {
            live[output as usize] = true;
        }
        for at in (0..self.steps.len()).rev() {
            if live[at] && self.steps[at].source.computes() {
                for &input in &self.steps[at].inputs {
                    live[input as usize] = true;
                }
            }
        }
        live
    }
}

fn step<T: Element>(node: &Node, source: Source<T>, place: impl Fn(u32) -> u32) -> Step<T> {
    Step {
        op: node.op,
        inputs: node.inputs.iter().map(|&id| place(id)).collect(),
        shape: node.shape(),
        source,
    }
}
