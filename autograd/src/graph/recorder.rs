//! `Graph`: records operations in the order in which they are written.

use std::cell::{Cell, RefCell};
use std::fmt;
use std::panic::Location;
use std::rc::Rc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::custom::CustomOp;
use super::local;
use super::var::Var;
use crate::element::Element;
use crate::indices::Indices;
use crate::ops::{Leaf, Op, Shape};
use crate::record;
use crate::tensor::{IntoTensor, Tensor};

/// What a graph has recorded.
pub(crate) type Store<T> = record::Store<T, Rc<dyn CustomOp<T>>>;

/// A computational graph over `f32` or `f64` tensors.
///
/// Ordinary expressions on its [`Var`]s record nodes; nothing is computed before a value
/// is asked for. Memory of nodes is kept by the thread, so a new graph for every step is
/// as fast as one that is [`clear`](Graph::clear)ed.
///
/// ```
/// use autograd::Graph;
/// let g = Graph::new();
/// let (x, y, z) = (g.var(-2.0), g.var(5.0), g.var(-4.0));
/// let f = (x + y) * z;
/// let grads = f.backward();
/// assert_eq!((f.item(), grads[x].item(), grads[y].item(), grads[z].item()), (-12.0, -4.0, -4.0, 3.0));
/// ```
pub struct Graph<T: Element = f32> {
    /// Shared with the thread, which keeps it for the next graph; a move would copy all its lists' heads.
    store: Rc<RefCell<Store<T>>>,
    generation: Cell<u64>,
    mode: Cell<Option<Mode>>,
    seed: Cell<u64>,
    draws: Cell<u64>,
}

/// What a graph is recorded for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Mode {
    /// Layers behave as in training: dropout drops, batch statistics are taken.
    Training,
    /// Layers behave as in use.
    Inference,
}

/// Tells graphs (and what they were before a clear) apart; never part of a result.
static GENERATIONS: AtomicU64 = AtomicU64::new(1);

fn next_generation() -> u64 {
    GENERATIONS.fetch_add(1, Ordering::Relaxed)
}

impl Graph<f32> {
    /// An empty graph of single precision.
    pub fn new() -> Graph<f32> {
        Graph::default()
    }
}

impl Graph<f64> {
    /// An empty graph of double precision, for checking.
    pub fn f64() -> Graph<f64> {
        Graph::default()
    }
}

impl<T: Element> Default for Graph<T> {
    fn default() -> Graph<T> {
        let store = local::take_store();
        Graph {
            store,
            generation: Cell::new(next_generation()),
            mode: Cell::new(None),
            seed: Cell::new(0),
            draws: Cell::new(0),
        }
    }
}

impl<T: Element> Drop for Graph<T> {
    fn drop(&mut self) {
        self.store.borrow_mut().clear();
        local::give_store(&self.store);
    }
}

impl<T: Element> Graph<T> {
    /// A leaf that gradients are wanted for.
    ///
    /// ```
    /// use autograd::Graph;
    /// let g = Graph::new();
    /// let w = g.var([[1.0, 2.0], [3.0, 4.0]]);
    /// assert_eq!(w.shape(), [2, 2]);
    /// ```
    #[track_caller]
    pub fn var(&self, data: impl IntoTensor<Elem = T>) -> Var<'_, T> {
        self.leaf(Leaf::Variable, data.into_tensor())
    }

    /// A leaf that is data: no gradient flows into it.
    #[track_caller]
    pub fn constant(&self, data: impl IntoTensor<Elem = T>) -> Var<'_, T> {
        self.leaf(Leaf::Constant, data.into_tensor())
    }

    /// A leaf that is data, under the name that textbooks give it; the same as [`constant`](Graph::constant).
    #[track_caller]
    pub fn input(&self, data: impl IntoTensor<Elem = T>) -> Var<'_, T> {
        self.leaf(Leaf::Constant, data.into_tensor())
    }

    /// A single number that is data, given in double precision, as literals in expressions are.
    #[track_caller]
    pub fn number(&self, number: f64) -> Var<'_, T> {
        let origin = Location::caller();
        Var::new(self, self.store.borrow_mut().number(number, origin))
    }

    /// A constant of one number everywhere.
    #[track_caller]
    pub fn full(&self, shape: impl Into<Shape>, value: f64) -> Var<'_, T> {
        self.number(value).broadcast_to(shape)
    }

    /// A constant of zeros.
    #[track_caller]
    pub fn zeros(&self, shape: impl Into<Shape>) -> Var<'_, T> {
        self.record(Op::lit(0.0), &[], Shape::SCALAR).broadcast_to(shape)
    }

    /// A constant of ones.
    #[track_caller]
    pub fn ones(&self, shape: impl Into<Shape>) -> Var<'_, T> {
        self.record(Op::lit(1.0), &[], Shape::SCALAR).broadcast_to(shape)
    }

    #[track_caller]
    fn leaf(&self, kind: Leaf, tensor: Tensor<T>) -> Var<'_, T> {
        let origin = Location::caller();
        Var::new(self, self.store.borrow_mut().tensor(kind, tensor, origin))
    }

    #[track_caller]
    pub(crate) fn indices(&self, indices: Indices) -> u32 {
        let origin = Location::caller();
        self.store.borrow_mut().indices(indices, origin)
    }

    #[track_caller]
    pub(crate) fn record(&self, op: Op, inputs: &[u32], shape: Shape) -> Var<'_, T> {
        let origin = Location::caller();
        Var::new(self, self.store.borrow_mut().operation(op, inputs, shape, origin))
    }

    /// The node at this position in the order of recording: the inverse of [`Var::id`].
    ///
    /// ```
    /// let g = autograd::Graph::new();
    /// let x = g.var(1.0);
    /// assert!(g.node(x.id()).is_some() && g.node(1).is_none());
    /// ```
    pub fn node(&self, id: usize) -> Option<Var<'_, T>> {
        (id < self.len()).then(|| Var::new(self, id as u32))
    }

    /// All variables, in the order of recording.
    ///
    /// ```
    /// let g = autograd::Graph::new();
    /// let (w, x) = (g.var(1.0), g.constant(2.0));
    /// assert_eq!(g.variables().iter().map(|variable| variable.id()).collect::<Vec<_>>(), [w.id()]);
    /// # let _ = x;
    /// ```
    pub fn variables(&self) -> Vec<Var<'_, T>> {
        let store = self.store.borrow();
        let nodes = (0..).zip(&store.nodes).filter(|(_, node)| node.op.leaf() == Some(Leaf::Variable));
        nodes.map(|(id, _)| Var::new(self, id)).collect()
    }

    /// Number of nodes recorded.
    pub fn len(&self) -> usize {
        self.store.borrow().nodes.len()
    }

    /// The nodes in the order in which they were recorded, inputs before what is made of them; indices, which are no
    /// numbers to compute with, are left out.
    ///
    /// ```
    /// let g = autograd::Graph::new();
    /// let y = (g.var(2.0).named("x") * 3.0).tanh();
    /// let names: Vec<String> = g.nodes().map(|node| node.name().unwrap_or(node.op_name())).collect();
    /// assert_eq!(names, ["x", "number", "mul", "tanh"]);
    /// assert_eq!(g.nodes().map(|node| node.flops()).sum::<u64>(), 1 + 10);
    /// # let _ = y;
    /// ```
    pub fn nodes(&self) -> impl Iterator<Item = Var<'_, T>> {
        (0..self.len() as u32)
            .filter(|&id| self.store.borrow().nodes[id as usize].op.leaf() != Some(Leaf::Index))
            .map(|id| Var::new(self, id))
    }

    /// Whether nothing is recorded.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Forgets all nodes and held values. Needs the graph for itself, so no `Var` can outlive it.
    ///
    /// ```compile_fail
    /// let mut g = autograd::Graph::new();
    /// let x = g.var(1.0);
    /// g.clear();
    /// x.item(); // does not compile: x belongs to what was cleared
    /// ```
    pub fn clear(&mut self) {
        self.store.borrow_mut().clear();
        self.generation.set(next_generation());
        self.draws.set(0);
    }

    /// Says that layers recorded from now on behave as in training.
    pub fn training(&self) -> &Self {
        self.mode.set(Some(Mode::Training));
        self
    }

    /// Says that layers recorded from now on behave as in use.
    pub fn inference(&self) -> &Self {
        self.mode.set(Some(Mode::Inference));
        self
    }

    /// What the graph was said to be recorded for, if anything.
    pub fn mode(&self) -> Option<Mode> {
        self.mode.get()
    }

    /// Sets where [`next_seed`](Graph::next_seed) starts.
    pub fn seed(&self, seed: u64) -> &Self {
        self.seed.set(seed);
        self.draws.set(0);
        self
    }

    /// A seed for a layer that draws random numbers: the same sequence for the same [`seed`](Graph::seed).
    pub fn next_seed(&self) -> u64 {
        let draw = self.draws.get();
        self.draws.set(draw + 1);
        split_mix(self.seed.get() ^ split_mix(draw))
    }

    pub(crate) fn store(&self) -> &RefCell<Store<T>> {
        &self.store
    }

    pub(crate) fn generation(&self) -> u64 {
        self.generation.get()
    }
}

/// SplitMix64 (Steele, Lea, Flood 2014): turns neighbouring seeds into unrelated ones.
fn split_mix(x: u64) -> u64 {
    let mut z = x.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

impl<T: Element> fmt::Debug for Graph<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Graph<{}> of {} nodes", T::NAME, self.len())
    }
}
