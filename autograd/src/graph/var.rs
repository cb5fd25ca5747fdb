//! `Var`: a handle to a node.

use std::fmt;
use std::panic::Location;

use smallvec::SmallVec;

use super::backward;
use super::gradients::describe;
use super::recorder::Graph;
use crate::data::Data;
use crate::element::Element;
use crate::number::Real;
use crate::ops::{BinaryRow, Op, Shape, ShapeError, Structural, UnaryRow, infer};
use crate::record::Inputs;
use crate::tensor::Tensor;

/// A node of a [`Graph`]: `Copy`, so `(x + y) * z` needs no clones and no references.
///
/// Operators take another `Var` or an `f64` on either side and broadcast as NumPy does.
///
/// # Panics
/// Every operation panics at the caller's line if shapes do not fit, or if its operands
/// belong to two graphs.
pub struct Var<'g, T: Element = f32> {
    pub(super) graph: &'g Graph<T>,
    pub(super) id: u32,
}

impl<T: Element> Clone for Var<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T: Element> Copy for Var<'_, T> {}

/// The value, or a panic with the error's message at the caller's line.
#[track_caller]
pub(super) fn or_panic<R>(result: Result<R, ShapeError>) -> R {
    match result {
        Ok(value) => value,
        Err(error) => panic!("{error}"),
    }
}

impl<'g, T: Element> Var<'g, T> {
    pub(super) fn new(graph: &'g Graph<T>, id: u32) -> Self {
        Var { graph, id }
    }

    /// The graph that this node is in.
    pub fn graph(self) -> &'g Graph<T> {
        self.graph
    }

    /// Another node of the same graph, which has so many.
    pub(crate) fn at(self, id: u32) -> Self {
        Var::new(self.graph, id)
    }

    /// The shape.
    pub fn shape(self) -> Shape {
        self.graph.store().borrow().nodes[self.id as usize].shape()
    }

    /// The extent of an axis, counted from the back where negative.
    ///
    /// # Panics
    /// If there is no such axis.
    #[track_caller]
    pub fn extent(self, axis: isize) -> usize {
        let shape = self.shape();
        shape[or_panic(infer::axis("extent", shape, axis))]
    }

    /// Position in the order of recording.
    pub fn id(self) -> usize {
        self.id as usize
    }

    /// Name of the operation.
    pub fn op_name(self) -> String {
        let store = self.graph.store().borrow();
        let node = &store.nodes[self.id as usize];
        if node.op.is_custom() {
            return store.custom_op(self.id).name().to_owned();
        }
        node.op.name().to_owned()
    }

    /// Floating-point operations of this node alone, by convention: 2 n k m for a product `[n, k] . [k, m]`, for each
    /// element what docs/OPS.md says of the row (1 for arithmetic, more for functions), 1 for each number added up. Moving
    /// numbers costs none; what a custom operation costs is not known, and counts 0.
    ///
    /// ```
    /// let g = autograd::Graph::new();
    /// let y = g.ones([5, 3]).matmul(g.ones([3, 4]));
    /// assert_eq!((y.flops(), (y + 1.0).flops(), y.reshape([20]).flops()), (2 * 5 * 3 * 4, 5 * 4, 0));
    /// ```
    pub fn flops(self) -> u64 {
        let store = self.graph.store().borrow();
        let node = &store.nodes[self.id as usize];
        let inputs: SmallVec<[Shape; 4]> =
            node.inputs.iter().map(|&input| store.nodes[input as usize].shape()).collect();
        node.op.flops(&inputs, node.shape())
    }

    /// Where in the source the node was recorded.
    pub fn origin(self) -> &'static Location<'static> {
        self.graph.store().borrow().nodes[self.id as usize].origin
    }

    /// Gives the node a name for explanations, pictures and errors.
    ///
    /// ```
    /// let g = autograd::Graph::new();
    /// let w = g.var([1.0, 2.0]).named("w");
    /// assert_eq!(w.name().as_deref(), Some("w"));
    /// ```
    pub fn named(self, name: &str) -> Self {
        self.graph.store().borrow_mut().set_name(self.id, name);
        self
    }

    /// The name given with [`named`](Var::named).
    pub fn name(self) -> Option<String> {
        self.graph.store().borrow().name(self.id).map(str::to_owned)
    }

    /// The same value, through which no derivative passes.
    ///
    /// ```
    /// let g = autograd::Graph::new();
    /// let x = g.var(3.0);
    /// let y = x * x.detach();
    /// assert_eq!(y.backward()[x].item(), 3.0); // not 6: one factor is a constant
    /// ```
    #[track_caller]
    pub fn detach(self) -> Self {
        self.graph.record(Op::Detach, &[self.id], self.shape())
    }

    /// This value with the derivative of another expression of the same shape.
    ///
    /// The straight-through estimator (Bengio, Léonard, Courville 2013, arXiv 1308.3432): round
    /// in the forward pass, pass the gradient as if nothing had been rounded.
    ///
    /// ```
    /// let g = autograd::Graph::new();
    /// let x = g.var(2.6);
    /// let y = x.round().with_derivative_of(x);
    /// assert_eq!((y.item(), y.backward()[x].item()), (3.0, 1.0));
    /// ```
    ///
    /// # Panics
    /// If the shapes differ.
    #[track_caller]
    pub fn with_derivative_of(self, other: Self) -> Self {
        self.same_graph(other);
        let (shape, surrogate) = (self.shape(), other.shape());
        assert!(
            shape == surrogate,
            "with_derivative_of: the value has shape {shape}, the expression that differentiates for it {surrogate}: \
             they must be the same"
        );
        self.graph.record(Op::Substitute, &[self.id, other.id], shape)
    }

    /// Says what this leaf is to become once the step that is being recorded has succeeded: a
    /// running mean, a counter. Nothing changes in this graph; who runs the step reads
    /// [`next`](Var::next) and stores its value. Said twice, the last word counts.
    ///
    /// ```
    /// let g = autograd::Graph::new();
    /// let mean = g.constant(1.0);
    /// mean.set_next(0.9 * mean + 0.1 * 5.0);
    /// assert_eq!(mean.item(), 1.0);
    /// assert_eq!(mean.next().map(|next| next.item()), Some(1.4));
    /// ```
    ///
    /// # Panics
    /// If the shapes differ.
    #[track_caller]
    pub fn set_next(self, next: Self) {
        self.same_graph(next);
        let (shape, found) = (self.shape(), next.shape());
        assert!(shape == found, "set_next: a leaf of shape {shape} cannot become one of shape {found}");
        self.graph.store().borrow_mut().set_next(self.id, next.id);
    }

    /// What this leaf is to become, if [`set_next`](Var::set_next) was said of it.
    pub fn next(self) -> Option<Self> {
        self.graph.store().borrow().next(self.id).map(|id| Var::new(self.graph, id))
    }

    /// Another node of the same graph.
    pub(crate) fn sibling(self, id: u32) -> Self {
        Var::new(self.graph, id)
    }

    /// The inputs, by id.
    pub(crate) fn input_ids(self) -> Inputs {
        self.graph.store().borrow().nodes[self.id as usize].inputs.clone()
    }

    /// For each node up to this one: whether this one is computed from it, or is it.
    pub(crate) fn all_below(self) -> Vec<bool> {
        backward::cone(self.graph, self.id)
    }

    /// Whether this value is computed from that of another node of the same graph.
    pub(crate) fn is_computed_from(self, other: Self) -> bool {
        self.all_below().get(other.id()).copied().unwrap_or(false)
    }

    /// The operation.
    pub(crate) fn op(self) -> Op {
        self.graph.store().borrow().nodes[self.id as usize].op
    }

    /// FLOPs of a user's operation.
    pub(crate) fn custom_flops(self, inputs: &[Shape]) -> u64 {
        let op = self.graph.store().borrow().custom_op(self.id).clone();
        op.flops(inputs)
    }

    /// The node as error texts name it.
    pub(crate) fn described(self) -> String {
        describe(self)
    }

    #[track_caller]
    pub(super) fn same_graph(self, other: Self) {
        assert!(
            std::ptr::eq(self.graph, other.graph),
            "the operands belong to two different graphs: record both in the same Graph, \
             or carry a value over with constant(&other.value())"
        );
    }

    /// The value if it is known without computing: data, or a result that was asked for before.
    pub(crate) fn known(self) -> Option<Tensor<T>> {
        match self.graph.store().borrow().data(self.id) {
            Some(Data::Number(c)) => Some(Tensor::scalar(T::from_f64(c))),
            Some(Data::Tensor(tensor)) => Some(tensor.clone()),
            Some(Data::Indices(_)) | None => None,
        }
    }
}

impl<'g, T: Element> Real for Var<'g, T> {
    #[track_caller]
    fn lit(self, c: f64) -> Self {
        self.graph.record(Op::lit(c), &[], Shape::SCALAR)
    }

    #[track_caller]
    fn map<O: UnaryRow>(self, row: O) -> Self {
        let origin = Location::caller();
        let mut store = self.graph.store().borrow_mut();
        let id = store.operation_like(Op::Unary(row.op()), &[self.id], self.id, origin);
        drop(store);
        Var::new(self.graph, id)
    }

    #[track_caller]
    fn zip<O: BinaryRow>(self, row: O, other: Self) -> Self {
        self.same_graph(other);
        let origin = Location::caller();
        let mut store = self.graph.store().borrow_mut();
        let (op, inputs) = (Op::Binary(row.op()), [self.id, other.id]);
        let (a, b) = (store.nodes[self.id as usize].extents, store.nodes[other.id as usize].extents);
        let id = if a == b || b.is_scalar() {
            store.operation_like(op, &inputs, self.id, origin)
        } else {
            match infer::broadcast(O::NAME, a.shape(), b.shape()) {
                Ok(shape) => store.operation(op, &inputs, shape, origin),
                Err(error) => {
                    drop(store);
                    panic!("{error}");
                }
            }
        };
        drop(store);
        Var::new(self.graph, id)
    }

    #[track_caller]
    fn where_(self, then: Self, other: Self) -> Self {
        self.same_graph(then);
        self.same_graph(other);
        let branches = or_panic(infer::broadcast("where_ (the two branches)", then.shape(), other.shape()));
        let shape = or_panic(infer::broadcast("where_ (mask and branches)", self.shape(), branches));
        self.graph.record(Op::Where, &[self.id, then.id, other.id], shape)
    }
}

impl<'g, T: Element> Structural for Var<'g, T> {
    fn shape(self) -> Shape {
        Var::shape(self)
    }

    fn as_literal(self) -> Option<f64> {
        self.graph.store().borrow().nodes[self.id as usize].op.as_literal()
    }

    #[track_caller]
    fn apply(op: Op, inputs: &[Self], shape: Shape) -> Self {
        let graph = inputs[0].graph;
        match *inputs {
            [x] => graph.record(op, &[x.id], shape),
            [a, b] => graph.record(op, &[a.id, b.id], shape),
            _ => {
                let ids: Inputs = inputs.iter().map(|input| input.id).collect();
                graph.record(op, &ids, shape)
            }
        }
    }
}

impl<T: Element> fmt::Debug for Var<'_, T> {
    /// Operation, shape, and the value if it is held; computes nothing.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Var({} {}", self.op_name(), self.shape())?;
        if let Some(name) = self.name() {
            write!(f, " {name:?}")?;
        }
        if let Some(value) = self.known() {
            write!(f, " = {value:?}")?;
        }
        write!(f, ")")
    }
}
