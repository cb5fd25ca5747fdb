//! What a graph remembers: nodes in the order they were recorded, and the data of leaves.

use std::cell::Cell;
use std::collections::HashMap;
use std::panic::Location;

use smallvec::SmallVec;

use super::script::Script;
use crate::data::Data;
use crate::element::Element;
use crate::indices::Indices;
use crate::ops::{Extents, Leaf, Op, Shape};
use crate::tensor::Tensor;

/// Ids of a node's inputs.
pub(crate) type Inputs = SmallVec<[u32; 4]>;

/// One recorded operation. Inputs always come before the node itself.
#[derive(Clone)]
pub(crate) struct Node {
    pub(crate) op: Op,
    pub(crate) inputs: Inputs,
    pub(crate) extents: Extents,
    /// Hash of the structure of all nodes up to this one.
    pub(crate) hash: u64,
    /// Where the script of all nodes up to this one ends.
    pub(crate) end: u32,
    /// Place of the node's data in the list that fits its kind.
    payload: u32,
    /// Place of a held value in the list of tensors.
    held: u32,
    /// Where in the user's source the node was recorded.
    pub(crate) origin: &'static Location<'static>,
}

impl Node {
    /// The shape of the value.
    #[inline]
    pub(crate) fn shape(&self) -> Shape {
        self.extents.shape()
    }
}

const NOTHING: u32 = u32::MAX;

/// Where a walk backward came by: what is recorded from here on differentiates `node`.
#[derive(Clone, Copy)]
pub(crate) struct Visit {
    /// The first node recorded since.
    pub(crate) first: u32,
    /// The node that is differentiated; `None` once the walk has ended.
    pub(crate) node: Option<u32>,
    /// Its cotangent; `None` where the walk begins.
    pub(crate) incoming: Option<u32>,
}

/// Nodes and data of one graph. `C` is what its owner keeps of a user's operation.
pub(crate) struct Store<T: Element, C> {
    pub(crate) nodes: Vec<Node>,
    pub(crate) script: Script,
    numbers: Vec<f64>,
    tensors: Vec<Tensor<T>>,
    indices: Vec<Indices>,
    customs: Vec<C>,
    names: HashMap<u32, String>,
    kept: Vec<u32>,
    /// What leaves are to become: pairs of a leaf and a node.
    nexts: Vec<(u32, u32)>,
    /// Pieces that the user named: the first node, one past the last, the name; an inner one stands before the one around it.
    scopes: Vec<(u32, u32, String)>,
    /// The pieces that are being recorded, the innermost last.
    pub(crate) open: Vec<String>,
    held: usize,
    /// Walks backward in the continuation that is being recorded.
    pub(crate) visits: Vec<Visit>,
    /// While a continuation is recorded: numbers in it are part of its structure.
    pub(crate) scratch: bool,
    /// Runs under way that were shown data: it must stay in memory until they have ended.
    pub(crate) running: Cell<u32>,
}

impl<T: Element, C> Default for Store<T, C> {
    fn default() -> Store<T, C> {
        Store {
            nodes: Vec::new(),
            script: Script::new(),
            numbers: Vec::new(),
            tensors: Vec::new(),
            indices: Vec::new(),
            customs: Vec::new(),
            names: HashMap::new(),
            kept: Vec::new(),
            nexts: Vec::new(),
            scopes: Vec::new(),
            open: Vec::new(),
            held: 0,
            visits: Vec::new(),
            scratch: false,
            running: Cell::new(0),
        }
    }
}

impl<T: Element, C> Store<T, C> {
    /// Forgets everything but the memory.
    pub(crate) fn clear(&mut self) {
        self.nodes.clear();
        self.script.clear();
        self.numbers.clear();
        self.tensors.clear();
        self.indices.clear();
        self.customs.clear();
        self.names.clear();
        self.kept.clear();
        self.nexts.clear();
        self.scopes.clear();
        self.open.clear();
        self.held = 0;
        self.scratch = false;
    }

    fn push(
        &mut self,
        op: Op,
        inputs: &[u32],
        shape: Shape,
        payload: usize,
        origin: &'static Location<'static>,
    ) -> u32 {
        self.push_extents(op, inputs, Extents::new(shape), payload, origin)
    }

    #[inline]
    fn push_extents(
        &mut self,
        op: Op,
        inputs: &[u32],
        extents: Extents,
        payload: usize,
        origin: &'static Location<'static>,
    ) -> u32 {
        let id = self.nodes.len();
        assert!(id < NOTHING as usize, "a graph has at most {NOTHING} nodes: clear() it between steps");
        self.script.node(&op, inputs, &extents);
        // Copied by words: a copy of unknown length would be a call.
        let inputs = match *inputs {
            [] => Inputs::new(),
            [x] => Inputs::from_buf_and_len([x, 0, 0, 0], 1),
            [a, b] => Inputs::from_buf_and_len([a, b, 0, 0], 2),
            _ => Inputs::from_slice(inputs),
        };
        self.nodes.push(Node {
            op,
            inputs,
            extents,
            hash: self.script.hash(),
            end: u32::try_from(self.script.len()).expect("too many nodes: clear() the graph between steps"),
            payload: payload as u32,
            held: NOTHING,
            origin,
        });
        id as u32
    }

    /// An operation whose result has the shape of another node.
    #[inline]
    pub(crate) fn operation_like(
        &mut self,
        op: Op,
        inputs: &[u32],
        like: u32,
        origin: &'static Location<'static>,
    ) -> u32 {
        let extents = self.nodes[like as usize].extents;
        self.push_extents(op, inputs, extents, NOTHING as usize, origin)
    }

    #[inline]
    pub(crate) fn operation(
        &mut self,
        op: Op,
        inputs: &[u32],
        shape: Shape,
        origin: &'static Location<'static>,
    ) -> u32 {
        self.push(op, inputs, shape, NOTHING as usize, origin)
    }

    pub(crate) fn tensor(
        &mut self,
        kind: Leaf,
        tensor: Tensor<T>,
        origin: &'static Location<'static>,
    ) -> u32 {
        let extents = tensor.extents();
        self.tensors.push(tensor);
        self.push_extents(Op::Leaf(kind), &[], extents, self.tensors.len() - 1, origin)
    }

    /// A number from the user's program: data, unless a continuation is being recorded.
    pub(crate) fn number(&mut self, number: f64, origin: &'static Location<'static>) -> u32 {
        if self.scratch {
            return self.operation(Op::lit(number), &[], Shape::SCALAR, origin);
        }
        self.numbers.push(number);
        self.push(Op::Leaf(Leaf::Scalar), &[], Shape::SCALAR, self.numbers.len() - 1, origin)
    }

    pub(crate) fn indices(&mut self, indices: Indices, origin: &'static Location<'static>) -> u32 {
        let shape = indices.shape();
        self.indices.push(indices);
        self.push(Op::Leaf(Leaf::Index), &[], shape, self.indices.len() - 1, origin)
    }

    pub(crate) fn custom(
        &mut self,
        identity: u32,
        op: C,
        inputs: &[u32],
        shape: Shape,
        origin: &'static Location<'static>,
    ) -> u32 {
        self.customs.push(op);
        self.push(Op::Custom(identity), inputs, shape, self.customs.len() - 1, origin)
    }

    /// The data of a leaf, or of an operation whose value is held.
    pub(crate) fn data(&self, id: u32) -> Option<Data<'_, T>> {
        let node = &self.nodes[id as usize];
        let at = node.payload as usize;
        Some(match node.op.leaf() {
            Some(Leaf::Scalar) => Data::Number(self.numbers[at]),
            Some(Leaf::Index) => Data::Indices(&self.indices[at]),
            Some(Leaf::Variable | Leaf::Constant) => {
                Data::Tensor(self.tensors.get(at).unwrap_or_else(|| gone(node)))
            }
            None if node.held != NOTHING => Data::Tensor(&self.tensors[node.held as usize]),
            None => return None,
        })
    }

    /// Takes a leaf's tensor, if nobody else holds its memory and no other run was shown it. The leaf has no data from
    /// then on.
    pub(crate) fn take(&mut self, id: u32) -> Option<Tensor<T>> {
        let node = &mut self.nodes[id as usize];
        let is_tensor = matches!(node.op.leaf(), Some(Leaf::Variable | Leaf::Constant));
        if !is_tensor || self.running.get() != 1 {
            return None;
        }
        let tensor = self.tensors.get_mut(node.payload as usize)?;
        if !tensor.is_alone() {
            return None;
        }
        node.payload = NOTHING;
        Some(std::mem::replace(tensor, Tensor::zeros([0])))
    }

    /// The user's operation of a custom node.
    pub(crate) fn custom_op(&self, id: u32) -> &C {
        &self.customs[self.nodes[id as usize].payload as usize]
    }

    /// Keeps the value of an operation for later requests.
    pub(crate) fn hold(&mut self, id: u32, value: Tensor<T>) {
        let node = &mut self.nodes[id as usize];
        if node.held == NOTHING && node.op.leaf().is_none() {
            node.held = self.tensors.len() as u32;
            self.tensors.push(value);
            self.held += 1;
        }
    }

    /// Whether the value of this operation is held.
    pub(crate) fn is_held(&self, id: u32) -> bool {
        self.nodes[id as usize].held != NOTHING
    }

    /// Whether any operation's value is held.
    pub(crate) fn holds_any(&self) -> bool {
        self.held > 0
    }

    pub(crate) fn set_name(&mut self, id: u32, name: &str) {
        self.names.insert(id, name.to_owned());
    }

    pub(crate) fn name(&self, id: u32) -> Option<&str> {
        self.names.get(&id).map(String::as_str)
    }

    /// Asks `backward` for the gradient of an intermediate node too.
    pub(crate) fn keep_grad(&mut self, id: u32) {
        if !self.kept.contains(&id) {
            self.kept.push(id);
        }
    }

    pub(crate) fn kept(&self) -> &[u32] {
        &self.kept
    }

    /// Notes what a leaf is to become; the last word counts.
    pub(crate) fn set_next(&mut self, leaf: u32, next: u32) {
        self.nexts.retain(|(known, _)| *known != leaf);
        self.nexts.push((leaf, next));
    }

    pub(crate) fn next(&self, leaf: u32) -> Option<u32> {
        self.nexts.iter().find(|(known, _)| *known == leaf).map(|(_, next)| *next)
    }

    /// Names the nodes recorded since `first`.
    pub(crate) fn set_scope(&mut self, first: u32, name: String) {
        self.scopes.push((first, self.nodes.len() as u32, name));
    }

    /// The name of the innermost piece that a node is in.
    pub(crate) fn scope(&self, id: u32) -> Option<&str> {
        let inside = |(first, end, _): &&(u32, u32, String)| (*first..*end).contains(&id);
        self.scopes.iter().find(inside).map(|(_, _, name)| name.as_str())
    }

    /// Notes, in a continuation, that the walk backward comes by a node, with its cotangent; or that it ends.
    pub(crate) fn visit(&mut self, node: Option<u32>, incoming: Option<u32>) {
        if self.scratch {
            self.visits.push(Visit { first: self.nodes.len() as u32, node, incoming });
        }
    }

    /// How much is recorded, to cut back to.
    pub(crate) fn mark(&self) -> Mark {
        Mark {
            nodes: self.nodes.len(),
            numbers: self.numbers.len(),
            tensors: self.tensors.len(),
            indices: self.indices.len(),
            customs: self.customs.len(),
        }
    }

    /// Forgets what was recorded since `mark`.
    pub(crate) fn cut(&mut self, mark: &Mark) {
        self.nodes.truncate(mark.nodes);
        match self.nodes.last() {
            Some(last) => self.script.cut(last.end as usize, last.hash),
            None => self.script.clear(),
        }
        self.numbers.truncate(mark.numbers);
        self.tensors.truncate(mark.tensors);
        self.indices.truncate(mark.indices);
        self.customs.truncate(mark.customs);
        self.names.retain(|&id, _| (id as usize) < mark.nodes);
        self.kept.retain(|&id| (id as usize) < mark.nodes);
        self.nexts.retain(|&(_, next)| (next as usize) < mark.nodes);
        self.scopes.retain(|&(_, end, _)| (end as usize) <= mark.nodes);
    }
}

#[cold]
#[inline(never)]
fn gone(node: &Node) -> ! {
    panic!(
        "the leaf recorded at {} has given its memory to the value that replaced it: clear the graph",
        node.origin
    )
}

/// Lengths of a store's lists at one moment.
pub(crate) struct Mark {
    pub(crate) nodes: usize,
    numbers: usize,
    tensors: usize,
    indices: usize,
    customs: usize,
}
