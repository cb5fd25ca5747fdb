//! A look at the nodes below a root: values, cotangents, and what each operand gets, in requests of bounded size. The graph
//! is afterwards as long as before, and holds no more values.

use std::collections::HashMap;

use super::backward::{argument_cotangent, record_observed};
use super::recorder::Graph;
use super::request::Continuation;
use super::var::Var;
use crate::element::Element;
use crate::ops::Structural;
use crate::record::{Inputs, Key};
use crate::tensor::Tensor;

/// What was found out about one node.
pub(crate) struct Look<T: Element> {
    /// The value; `None` of indices.
    pub(crate) value: Option<Tensor<T>>,
    /// The derivative of the root (of the sum of its elements) by this node; `None` where none arrives.
    pub(crate) cotangent: Option<Tensor<T>>,
    /// For each operand, the derivative of this node by it as numbers, where that is one for each element.
    pub(crate) locals: Vec<Option<Tensor<T>>>,
    /// For each operand, the cotangent that this node hands to it.
    pub(crate) contributions: Vec<Option<Tensor<T>>>,
}

/// Numbers that one request gives at the most, unless a single node has more.
const NUMBERS: usize = 1 << 22;

impl<T: Element> Look<T> {
    /// Looks at `nodes`, ascending and not above the root. Derivatives are followed to those that are `live`.
    pub(crate) fn at(root: Var<'_, T>, nodes: &[u32], live: &dyn Fn(u32) -> bool) -> Vec<Look<T>> {
        let graph = root.graph();
        let mut looks = Vec::with_capacity(nodes.len());
        let mut rest = nodes;
        while !rest.is_empty() {
            let mut numbers = 0;
            let mut fits = |&id: &u32| {
                let store = graph.store().borrow();
                let node = &store.nodes[id as usize];
                let count = |id: u32| store.nodes[id as usize].shape().count();
                numbers += 2 * count(id) + 2 * node.inputs.iter().map(|&input| count(input)).sum::<usize>();
                numbers <= NUMBERS
            };
            let length = rest.iter().take_while(|&id| fits(id)).count().max(1);
            let (part, later) = rest.split_at(length);
            look(root, part, live, &mut looks);
            rest = later;
        }
        looks
    }
}

/// One request.
fn look<T: Element>(root: Var<'_, T>, nodes: &[u32], live: &dyn Fn(u32) -> bool, looks: &mut Vec<Look<T>>) {
    let graph = root.graph();
    let mut wanted: Vec<u32> = Vec::new();
    let mut unknown = Vec::new();
    for &id in nodes {
        let store = graph.store().borrow();
        if live(id) {
            wanted.push(id);
            wanted.extend(store.nodes[id as usize].inputs.iter().filter(|&&input| live(input)));
        }
        if store.data(id).is_none() {
            unknown.push(id);
        }
    }
    wanted.sort_unstable();
    wanted.dedup();
    let request = Request { root, nodes, wanted: &wanted, unknown: &unknown };
    let mut values = Vec::new();
    if !(wanted.is_empty() && unknown.is_empty()) {
        graph.run_with(&[], &request, &mut values);
    }
    let mut values = values.into_iter();
    let mut next = || values.next().expect("the request gives what it was asked for");
    for &id in nodes {
        let var = Var::new(graph, id);
        let value = if unknown.binary_search(&id).is_ok() { next() } else { var.known() };
        let (mut cotangent, mut locals, mut contributions) = (None, Vec::new(), Vec::new());
        if wanted.binary_search(&id).is_ok() {
            cotangent = next();
            for _ in inputs(graph, id) {
                locals.push(next());
                contributions.push(next());
            }
        }
        looks.push(Look { value, cotangent, locals, contributions });
    }
}

fn inputs<T: Element>(graph: &Graph<T>, id: u32) -> Inputs {
    graph.store().borrow().nodes[id as usize].inputs.clone()
}

/// What one request asks for.
struct Request<'a, 'g, T: Element> {
    root: Var<'g, T>,
    nodes: &'a [u32],
    wanted: &'a [u32],
    unknown: &'a [u32],
}

impl<'g, T: Element> Continuation<'g, T> for Request<'_, 'g, T> {
    fn key(&self, key: &mut Key) {
        key.of_type::<Request<'static, 'static, T>>();
        key.var(self.root);
        for list in [self.nodes, self.wanted, self.unknown] {
            key.word(list.len() as u64);
            list.iter().for_each(|&id| key.id(id));
        }
    }

    fn record(&self, graph: &'g Graph<T>, emit: &mut dyn FnMut(Option<Var<'g, T>>)) {
        let mut parts = HashMap::new();
        let mut observe = |id, which, part| {
            parts.insert((id, which), part);
        };
        let cotangents = record_observed(self.root, None, self.wanted, &mut observe);
        for &id in self.nodes {
            let y = Var::new(graph, id);
            if self.unknown.binary_search(&id).is_ok() {
                emit(Some(y));
            }
            let Ok(place) = self.wanted.binary_search(&id) else { continue };
            emit(cotangents[place]);
            let (op, inputs) = (graph.store().borrow().nodes[id as usize].op, inputs(graph, id));
            let x: Vec<Var<'g, T>> = inputs.iter().map(|&input| Var::new(graph, input)).collect();
            let has_numbers = op.is_row() || y.shape().count() == 1;
            for (which, input) in inputs.iter().enumerate() {
                let follows = self.wanted.binary_search(input).is_ok() && op.carries(which);
                let local = if follows && has_numbers {
                    argument_cotangent(op, which, &x, y, graph.ones(y.shape()), false)
                } else {
                    None
                };
                // Of a repeated operand there is one derivative for each element of the result.
                emit(if op.is_row() {
                    local.map(|local| local.broadcast(y.shape()))
                } else {
                    local.map(|local| local.sum_to(x[which].shape()))
                });
                emit(parts.get(&(id, which)).copied());
            }
        }
    }
}
