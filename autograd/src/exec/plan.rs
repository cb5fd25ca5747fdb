//! `Plan`: what is run. Holds offsets and positions only, never a graph's data.

use std::cell::Cell;
use std::rc::Rc;

use super::custom::Custom;
use super::frame::Frame;
use super::rows::Kernel;
use crate::element::Element;
use crate::indices::Indices;
use crate::ops::{Extents, Op, Shape};
use crate::tensor::Tensor;

/// How a slot's memory is found when the plan is run.
pub(crate) enum Binding {
    /// The tensor, or the held value, at this position of the cone.
    Tensor(u32),
    /// The number in this place of `Plan::numbers`.
    Number(u32),
    /// The indices at this position of the cone.
    Indices(u32),
    /// This literal.
    Literal(u32),
    /// This tensor of the continuation.
    Frozen(u32),
    /// These indices of the continuation.
    FrozenIndices(u32),
    /// Working memory from this offset on.
    Working { offset: usize, count: usize },
    /// The memory of this result.
    Result(u32),
    /// Tile memory: the first slot of every plan.
    Registers,
}

/// A matrix product, for each of `batch` pairs of matrices that follow each other.
pub(crate) struct Product {
    pub(crate) a: u32,
    pub(crate) b: u32,
    pub(crate) out: u32,
    pub(crate) transpose_a: bool,
    pub(crate) transpose_b: bool,
    pub(crate) batch: usize,
    pub(crate) rows: usize,
    pub(crate) inner: usize,
    pub(crate) columns: usize,
}

/// An operation that moves numbers, or reduces in an order that no kernel has.
pub(crate) struct Move {
    pub(crate) op: Op,
    /// Slots of the inputs and the shapes they are read in.
    pub(crate) inputs: Vec<(u32, Shape)>,
    pub(crate) out: u32,
    pub(crate) shape: Shape,
}

/// A user's operation.
pub(crate) struct CustomJob<T: Element> {
    pub(crate) op: CustomSource<T>,
    pub(crate) inputs: Vec<(u32, Shape)>,
    pub(crate) out: u32,
    pub(crate) shape: Shape,
}

/// Where a user's operation is found.
pub(crate) enum CustomSource<T: Element> {
    /// At this position of the cone.
    Given(u32),
    /// This one of the continuation.
    Frozen(Rc<dyn Custom<T>>),
}

/// One thing to run.
pub(crate) enum Job<T: Element> {
    Kernel(Kernel<T>),
    Product(Product),
    Move(Move),
    Custom(CustomJob<T>),
}

/// Where a requested value is after a run.
#[derive(Clone)]
pub(crate) enum Output<T: Element> {
    /// The result of this number, in this shape; `last` if no later output is the same.
    Result { result: u32, extents: Extents, last: bool },
    /// The tensor, the number or the held value at this position of the cone, in this shape.
    Input { position: u32, shape: Shape },
    /// A value that is known.
    Known(Tensor<T>),
}

/// A result that is computed into memory of its own.
pub(crate) struct Owned {
    pub(crate) slot: u32,
    pub(crate) count: usize,
    /// The position in the cone of a leaf whose memory it takes, if nobody else holds it.
    pub(crate) replaces: Option<u32>,
}

/// A program that is ready to run again and again.
pub(crate) struct Plan<T: Element> {
    /// Positions in the cone of single numbers.
    pub(crate) numbers: Vec<u32>,
    pub(crate) literals: Vec<T>,
    pub(crate) frozen: Vec<Tensor<T>>,
    pub(crate) frozen_indices: Vec<Indices>,
    pub(crate) slots: Vec<Binding>,
    pub(crate) jobs: Vec<Job<T>>,
    /// Jobs before this one compute all outputs that replace no leaf.
    pub(crate) half: usize,
    /// Outputs that take the place of leaves, ascending; the second half may compute them.
    pub(crate) later: Vec<usize>,
    /// Those among them that take the memory of their leaves; if there are none, the first half has all jobs.
    pub(crate) taking: Vec<usize>,
    /// Slots of tensors and indices of the graph, and their positions in the cone.
    pub(crate) inputs: Vec<(u32, u32)>,
    pub(crate) results: Vec<Owned>,
    /// Numbers of working memory between jobs.
    pub(crate) working: usize,
    /// Numbers of tile memory inside kernels.
    pub(crate) registers: usize,
    pub(crate) outputs: Vec<Option<Output<T>>>,
    /// Memory of the last run, while none is under way.
    pub(crate) frame: Cell<Option<Box<Frame<T>>>>,
}

impl<T: Element> Plan<T> {
    /// A plan with nothing to do.
    pub(crate) fn empty() -> Plan<T> {
        Plan {
            numbers: Vec::new(),
            literals: Vec::new(),
            frozen: Vec::new(),
            frozen_indices: Vec::new(),
            slots: vec![Binding::Registers],
            jobs: Vec::new(),
            half: 0,
            later: Vec::new(),
            taking: Vec::new(),
            inputs: Vec::new(),
            results: Vec::new(),
            working: 0,
            registers: 0,
            outputs: Vec::new(),
            frame: Cell::new(None),
        }
    }
}
