//! Requests: everything that makes a graph compute.

use smallvec::SmallVec;

use super::backward;
use super::compute::compute;
use super::gradients::Gradients;
use super::recorder::Graph;
use super::var::Var;
use crate::element::Element;
use crate::exec::Ready;
use crate::record::Key;
use crate::tensor::Tensor;

impl Key {
    /// A node that the continuation uses.
    pub fn var<T: Element>(&mut self, var: Var<'_, T>) {
        self.id(var.id);
    }
}

/// A piece of graph that one request appends, computes and cuts off again, recorded only
/// when no plan for it exists: backward passes and optimiser steps are continuations.
///
/// What [`record`](Continuation::record) records may depend on nothing but the structure of
/// the graph and what [`key`](Continuation::key) says. Numbers that change from step to step
/// must be recorded as leaves before the request, and named in the key with [`Key::var`].
pub trait Continuation<'g, T: Element> {
    /// Puts everything that changes what is recorded, or what [`replaced`](Continuation::replaced) shows, into `key`:
    /// types, options, nodes used.
    fn key(&self, key: &mut Key);
    /// Records the continuation and hands `emit` the nodes whose values are wanted, `None` where there is none.
    fn record(&self, graph: &'g Graph<T>, emit: &mut dyn FnMut(Option<Var<'g, T>>));
    /// Shows for each value that [`record`](Continuation::record) emits, in the same order, the leaf that it takes the
    /// place of, `None` where it is of another kind: for [`Graph::run_replacing`]. Values behind the last one shown
    /// replace nothing, as all do if nothing else is said.
    fn replaced(&self, show: &mut dyn FnMut(Option<Var<'g, T>>)) {
        let _ = show;
    }
}

impl<T: Element> Graph<T> {
    /// Computes several nodes in one request.
    ///
    /// ```
    /// let g = autograd::Graph::new();
    /// let x = g.constant([1.0, 2.0]);
    /// let y = x * 3.0;
    /// let [y, sum] = g.eval([y, y.sum()]);
    /// assert_eq!((y.data(), sum.item()), (&[3.0, 6.0][..], 9.0));
    /// ```
    ///
    /// # Panics
    /// If a node belongs to another graph.
    #[track_caller]
    pub fn eval<const N: usize>(&self, vars: [Var<'_, T>; N]) -> [Tensor<T>; N] {
        if let Some(first) = vars.first() {
            self.compute(&vars);
            assert!(std::ptr::eq(first.graph(), self), "eval: a node belongs to another graph");
        }
        vars.map(|var| var.known().expect("what was computed is held"))
    }

    /// Computes nodes and holds their values.
    #[track_caller]
    pub(crate) fn compute(&self, vars: &[Var<'_, T>]) {
        self.assert_not_scratch();
        let mut roots: SmallVec<[u32; 4]> = SmallVec::new();
        for var in vars {
            assert!(std::ptr::eq(var.graph(), self), "eval: a node belongs to another graph");
            if !roots.contains(&var.id) && var.known().is_none() {
                roots.push(var.id);
            }
        }
        if roots.is_empty() {
            return;
        }
        let mut values = Vec::with_capacity(roots.len());
        compute(self, &roots, None, None, &mut values);
        let mut store = self.store().borrow_mut();
        for (&id, value) in roots.iter().zip(values) {
            store.hold(id, value.expect("a root has a value"));
        }
    }

    /// What a rule reads now would go stale: its plan is used again with other data.
    #[track_caller]
    fn assert_not_scratch(&self) {
        assert!(
            !self.store().borrow().scratch,
            "a value cannot be asked for while a derivative is being recorded: \
             write the rule in graph operations, which see the values of every later run"
        );
    }

    /// Computes `roots` together with a continuation, in one plan. `values` receives the roots'
    /// values, then what the continuation emits; its memory is reused.
    ///
    /// # Panics
    /// If a node belongs to another graph.
    pub fn run_with<'g>(
        &'g self,
        roots: &[Var<'g, T>],
        continuation: &dyn Continuation<'g, T>,
        values: &mut Vec<Option<Tensor<T>>>,
    ) {
        self.request(roots, continuation, None, values);
    }

    /// As [`run_with`](Graph::run_with), and lets values take the memory of the leaves that they
    /// [replace](Continuation::replaced): a step of an optimiser then needs no second copy of parameters and state.
    ///
    /// Before anything is written over, `ready` sees the values that replace no leaf, with tensors of no numbers for
    /// those that do, and the places of values that will take their leaves' memory; if none will, it sees all values. That is the moment to drop other
    /// clones of these leaves' tensors: memory that somebody else holds is left alone, and the value gets its own.
    /// Nothing of the user's runs afterwards. A leaf whose memory was taken has no value any more, so the graph
    /// should be dropped or cleared. Where `ready` says no, everything is as it was, and what stands in `values` is
    /// what it saw. Gives what `ready` said.
    ///
    /// Only large leaves lose their memory, which a kernel reads number by number and no later job reads.
    ///
    /// ```
    /// use autograd::{Continuation, Graph, Key, Tensor, Var};
    ///
    /// struct Descent<'g> { loss: Var<'g, f32>, w: Var<'g, f32> }
    ///
    /// impl<'g> Continuation<'g, f32> for Descent<'g> {
    ///     fn key(&self, key: &mut Key) {
    ///         key.of_type::<Descent<'static>>();
    ///         key.var(self.loss);
    ///         key.var(self.w);
    ///     }
    ///     fn record(&self, _: &'g Graph, emit: &mut dyn FnMut(Option<Var<'g, f32>>)) {
    ///         emit(Some(self.w - self.loss.grad(&[self.w])[0] * 0.25));
    ///     }
    ///     fn replaced(&self, show: &mut dyn FnMut(Option<Var<'g, f32>>)) {
    ///         show(Some(self.w));
    ///     }
    /// }
    ///
    /// let mut weights = Tensor::full([1 << 20], 2.0);
    /// let address = weights.data().as_ptr();
    /// let g = Graph::new();
    /// let w = g.var(&weights);
    /// let loss = w.square().mean() * (1 << 20) as f64;
    /// let mut values = Vec::new();
    /// let done = g.run_replacing(
    ///     &[loss],
    ///     &Descent { loss, w },
    ///     &mut |values, taking| {
    ///         let finite = values[0].as_ref().is_some_and(|loss| loss.item().is_finite());
    ///         if finite && taking == [1] {
    ///             weights = Tensor::zeros([0]);
    ///         }
    ///         finite
    ///     },
    ///     &mut values,
    /// );
    /// weights = values.pop().flatten().expect("the new weights come last");
    /// assert!(done && weights.data()[0] == 1.0);
    /// // The reference executor replaces nothing.
    /// # if autograd::Executor::current() == autograd::Executor::Planned {
    /// assert_eq!(weights.data().as_ptr(), address);
    /// # }
    /// ```
    ///
    /// # Panics
    /// If a node belongs to another graph.
    pub fn run_replacing<'g>(
        &'g self,
        roots: &[Var<'g, T>],
        continuation: &dyn Continuation<'g, T>,
        ready: &mut Ready<T>,
        values: &mut Vec<Option<Tensor<T>>>,
    ) -> bool {
        self.request(roots, continuation, Some(ready), values)
    }

    fn request<'g>(
        &'g self,
        roots: &[Var<'g, T>],
        continuation: &dyn Continuation<'g, T>,
        ready: Option<&mut Ready<T>>,
        values: &mut Vec<Option<Tensor<T>>>,
    ) -> bool {
        values.clear();
        let mut ids: SmallVec<[u32; 8]> = SmallVec::new();
        for root in roots {
            assert!(std::ptr::eq(root.graph(), self), "run_with: a root belongs to another graph");
            ids.push(root.id);
        }
        compute(self, &ids, Some(continuation), ready, values)
    }
}

impl<'g, T: Element> Var<'g, T> {
    /// The value; computed now if it was not asked for before.
    ///
    /// Intermediate values are not kept: ask for several at once with [`Graph::eval`].
    ///
    /// ```
    /// let g = autograd::Graph::new();
    /// assert_eq!(g.constant([1.0, 4.0]).sqrt().value().data(), [1.0, 2.0]);
    /// ```
    #[track_caller]
    pub fn value(self) -> Tensor<T> {
        self.graph.assert_not_scratch();
        if let Some(value) = self.known() {
            return value;
        }
        self.graph.compute(&[self]);
        self.known().expect("what was computed is held")
    }

    /// The number of a node that has exactly one.
    ///
    /// # Panics
    /// If there is not exactly one element.
    #[track_caller]
    pub fn item(self) -> T {
        let shape = self.shape();
        assert!(
            shape.count() == 1,
            "item() reads the number of a one-element node, but this one has shape {shape}: use value()"
        );
        self.value().item()
    }

    /// Gradients of this single number with respect to the variables that it is computed from.
    ///
    /// # Panics
    /// If this is not a single number: [`backward_with`](Var::backward_with) takes a seed.
    #[track_caller]
    pub fn backward(self) -> Gradients<T> {
        let shape = self.shape();
        assert!(
            shape.count() == 1,
            "backward() differentiates a single number, but this node has shape {shape}: \
             reduce it with sum() or mean(), or say with backward_with(seed) how its elements are weighted"
        );
        self.gradients(None)
    }

    /// Gradients of Σ seed · self: a vector-Jacobian product.
    ///
    /// ```
    /// use autograd::{Graph, Tensor};
    /// let g = Graph::new();
    /// let x = g.var([1.0, 2.0]);
    /// let grads = (x * x).backward_with(&Tensor::from([10.0, 1.0]));
    /// assert_eq!(grads[x].data(), [20.0, 4.0]);
    /// ```
    ///
    /// # Panics
    /// If the seed has another shape.
    #[track_caller]
    pub fn backward_with(self, seed: &Tensor<T>) -> Gradients<T> {
        let (shape, given) = (self.shape(), seed.shape());
        assert!(
            shape == given,
            "backward_with: the seed has shape {given}, the node {shape}: they must be the same"
        );
        // The seed is a leaf of this request alone: the graph is as long afterwards as before.
        let mark = self.graph.store().borrow().mark();
        let seed = self.graph.constant(seed);
        let gradients = self.gradients(Some(seed));
        self.graph.store().borrow_mut().cut(&mark);
        gradients
    }

    /// Has [`backward`](Var::backward) give the gradient of this intermediate node too.
    ///
    /// ```
    /// let g = autograd::Graph::new();
    /// let (x, y, z) = (g.var(-2.0), g.var(5.0), g.var(-4.0));
    /// let q = (x + y).keep_grad();
    /// assert_eq!((q * z).backward()[q].item(), -4.0);
    /// ```
    pub fn keep_grad(self) -> Self {
        self.graph.store().borrow_mut().keep_grad(self.id);
        self
    }

    #[track_caller]
    fn gradients(self, seed: Option<Var<'g, T>>) -> Gradients<T> {
        let kept: SmallVec<[u32; 4]> = self.graph.store().borrow().kept().into();
        let wanted = backward::variables_below(self.graph, self.id, &kept);
        let continuation = Backward { root: self, seed, wanted: &wanted };
        let mut values = Vec::new();
        self.graph.run_with(&[], &continuation, &mut values);
        let mut gradients = Gradients {
            generation: self.graph.generation(),
            found: Vec::with_capacity(wanted.len()),
            cuts: Vec::new(),
        };
        for (&id, value) in wanted.iter().zip(values) {
            match value {
                Some(value) => gradients.found.push((id, value)),
                None => gradients.cuts.push((id, backward::explain_cut(self.graph, id, self.id))),
            }
        }
        gradients
    }

    /// Derivatives of Σ self with respect to `vars`, recorded as nodes that can be
    /// differentiated again. Zero where there is no dependence.
    ///
    /// ```
    /// let g = autograd::Graph::f64();
    /// let x = g.var(2.0);
    /// let first = (x * x * x).grad(&[x])[0];    // 3x²
    /// let second = first.grad(&[x])[0];         // 6x
    /// assert_eq!((first.item(), second.item()), (12.0, 12.0));
    /// ```
    ///
    /// # Panics
    /// If a node belongs to another graph.
    #[track_caller]
    pub fn grad(self, vars: &[Var<'g, T>]) -> Vec<Var<'g, T>> {
        let mut ids: SmallVec<[u32; 8]> = SmallVec::new();
        for var in vars {
            self.same_graph(*var);
            ids.push(var.id);
        }
        let cotangents = backward::record_cotangents(self, None, &ids);
        let mut derivatives = Vec::with_capacity(vars.len());
        for (var, cotangent) in vars.iter().zip(cotangents) {
            derivatives.push(match cotangent {
                Some(cotangent) => cotangent,
                None => self.graph.zeros(var.shape()),
            });
        }
        derivatives
    }

    /// Records the cotangents of `vars` with respect to this single number, `None` where no
    /// path leads to it: what an optimiser's continuation starts with.
    #[track_caller]
    pub fn try_grad(self, vars: &[Var<'g, T>], emit: &mut dyn FnMut(Option<Var<'g, T>>)) {
        let ids: SmallVec<[u32; 8]> = vars.iter().map(|var| var.id).collect();
        for cotangent in backward::record_cotangents(self, None, &ids) {
            emit(cotangent);
        }
    }

    /// Where the path from `leaf` to this node is cut, as a sentence for an error text.
    pub fn explain_cut(self, leaf: Var<'g, T>) -> String {
        backward::explain_cut(self.graph, leaf.id, self.id)
    }
}

/// The continuation of `backward`.
struct Backward<'a, 'g, T: Element> {
    root: Var<'g, T>,
    seed: Option<Var<'g, T>>,
    wanted: &'a [u32],
}

impl<'g, T: Element> Continuation<'g, T> for Backward<'_, 'g, T> {
    fn key(&self, key: &mut Key) {
        key.of_type::<Backward<'static, 'static, T>>();
        key.var(self.root);
        key.word(u64::from(self.seed.is_some()));
        if let Some(seed) = self.seed {
            key.var(seed);
        }
        for &id in self.wanted {
            key.id(id);
        }
    }

    fn record(&self, _: &'g Graph<T>, emit: &mut dyn FnMut(Option<Var<'g, T>>)) {
        for cotangent in backward::record_cotangents(self.root, self.seed, self.wanted) {
            emit(cotangent);
        }
    }
}
