//! What one request computes: a piece of graph, renumbered, with its sources and wanted results.

use std::panic::Location;
use std::rc::Rc;

use crate::data::Data;
use crate::element::Element;
use crate::exec::Custom;
use crate::indices::Indices;
use crate::ops::{Op, Shape};
use crate::record::{Cone, Inputs, Node, Store, Visit};
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
    FrozenCustom(Rc<dyn Custom<T>>),
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

/// In which pass of a request an operation is computed.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Pass {
    /// It was written by the user.
    Forward,
    /// It belongs to a derivative.
    Backward,
    /// A continuation added it to derivatives: an optimiser's new parameters.
    Update,
}

/// What a step is to who reads of it.
#[derive(Clone, Copy)]
pub(crate) struct Provenance {
    pub(crate) pass: Pass,
    /// The node of the graph that it computes, or whose derivative it belongs to; of an update, none.
    pub(crate) node: Option<u32>,
    /// Where that node was recorded; of an update, where the step itself was.
    pub(crate) origin: &'static Location<'static>,
}

/// One operation of a program.
#[derive(Clone)]
pub(crate) struct Step<T: Element> {
    pub(crate) op: Op,
    pub(crate) inputs: Inputs,
    pub(crate) shape: Shape,
    pub(crate) source: Source<T>,
    pub(crate) provenance: Provenance,
}

/// A value that is wanted, as nodes of a graph.
#[derive(Clone, Copy)]
pub(crate) struct Output {
    /// The node; `None` where a continuation has nothing to give.
    pub(crate) value: Option<u32>,
    /// The leaf that it takes the place of, if there is one.
    pub(crate) replaces: Option<u32>,
}

impl Output {
    /// The value of a node.
    pub(crate) fn of(node: Option<u32>) -> Output {
        Output { value: node, replaces: None }
    }
}

/// A piece of graph to be run. Inputs precede the steps that use them.
#[derive(Clone)]
pub(crate) struct Program<T: Element> {
    pub(crate) steps: Vec<Step<T>>,
    /// Steps whose values are wanted; `None` where a continuation has nothing to give.
    pub(crate) outputs: Vec<Option<u32>>,
    /// For each output, the leaf that it takes the place of, if there is one.
    pub(crate) replaces: Vec<Option<u32>>,
    /// Nodes of the graph that the continuation differentiates, and the steps of their cotangents.
    pub(crate) incoming: Vec<(u32, u32)>,
}

impl<T: Element> Program<T> {
    /// The program of a cone and of the continuation recorded from node `cut` on. `afresh` computes held values too;
    /// the cone must then reach down to the leaves.
    ///
    /// # Panics
    /// If the continuation uses a node that its key does not name.
    pub(crate) fn new<C: Custom<T> + Clone + 'static>(
        store: &Store<T, C>,
        cone: &Cone,
        cut: u32,
        outputs: &[Output],
        afresh: bool,
    ) -> Program<T> {
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
            let held = store.is_held(id) && !afresh;
            let source = match node.op {
                _ if held => Source::Input(position),
                Op::Leaf(_) => Source::Input(position),
                Op::Custom(_) => Source::Custom(position),
                _ => Source::Compute,
            };
            // A held value is an input: what it was computed from may lie outside the cone.
            let provenance = Provenance { pass: Pass::Forward, node: Some(id), origin: node.origin };
            steps.push(match held {
                true => step(node, source, provenance, |_| position),
                false => step(node, source, provenance, place),
            });
        }
        let mut visits = store.visits.iter().peekable();
        let mut visited = None;
        for id in cut..store.nodes.len() as u32 {
            while let Some(visit) = visits.next_if(|visit| visit.first <= id) {
                visited = visit.node;
            }
            let node = &store.nodes[id as usize];
            let source = match (node.op, store.data(id)) {
                (Op::Custom(_), _) => Source::FrozenCustom(Rc::new(store.custom_op(id).clone())),
                (Op::Leaf(_), Some(Data::Indices(indices))) => Source::FrozenIndices(indices.clone()),
                (Op::Leaf(_), Some(Data::Tensor(tensor))) => Source::Frozen(tensor.clone()),
                _ => Source::Compute,
            };
            let provenance = match visited {
                Some(of) => Provenance {
                    pass: Pass::Backward,
                    node: Some(of),
                    origin: store.nodes[of as usize].origin,
                },
                None => Provenance { pass: Pass::Update, node: None, origin: node.origin },
            };
            steps.push(step(node, source, provenance, place));
        }
        let incoming = |visit: &Visit| Some((visit.node?, place(visit.incoming?)));
        let incoming = store.visits.iter().filter_map(incoming).collect();
        let (mut values, mut replaces) =
            (Vec::with_capacity(outputs.len()), Vec::with_capacity(outputs.len()));
        for output in outputs {
            values.push(output.value.map(place));
            replaces.push(output.replaces.map(place));
        }
        Program { steps, outputs: values, replaces, incoming }
    }

    /// Which steps the outputs depend on.
    pub(crate) fn live(&self) -> Vec<bool> {
        self.needed(self.outputs.iter().flatten().copied())
    }

    /// Which steps these depend on.
    pub(crate) fn needed(&self, steps: impl Iterator<Item = u32>) -> Vec<bool> {
        let mut live = vec![false; self.steps.len()];
        steps.for_each(|at| live[at as usize] = true);
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

fn step<T: Element>(
    node: &Node,
    source: Source<T>,
    provenance: Provenance,
    place: impl Fn(u32) -> u32,
) -> Step<T> {
    Step {
        op: node.op,
        inputs: node.inputs.iter().map(|&id| place(id)).collect(),
        shape: node.shape(),
        source,
        provenance,
    }
}
