//! One request from its roots to its values.

use crate::element::Element;
use crate::exec::reference;
use crate::graph::{Continuation, Graph, Key, Mark};
use crate::plan::{Cone, Program};
use crate::tensor::Tensor;

/// Computes `roots`, and what a continuation emits, into `values`.
pub(crate) fn run<'g, T: Element>(
    graph: &'g Graph<T>,
    roots: &[u32],
    continuation: Option<&dyn Continuation<'g, T>>,
    values: &mut Vec<Option<Tensor<T>>>,
) {
    let mut key = Key::default();
    if let Some(continuation) = continuation {
        continuation.key(&mut key);
    }
    let nodes = roots.iter().copied().chain(key.nodes().iter().copied());
    let cone = Cone::of(&graph.store().borrow(), nodes, continuation.is_some());
    let scratch = Scratch::begin(graph);
    let mut outputs: Vec<Option<u32>> = roots.iter().copied().map(Some).collect();
    if let Some(continuation) = continuation {
        continuation.record(graph, &mut |var| outputs.push(var.map(|var| var.id() as u32)));
    }
    let program = Program::new(&graph.store().borrow(), &cone, scratch.cut(), &outputs);
    drop(scratch);
    reference::run(&program, graph, &cone, values);
}

/// A continuation under way; cut off when dropped, also on unwinding.
struct Scratch<'g, T: Element> {
    graph: &'g Graph<T>,
    mark: Mark,
}

impl<'g, T: Element> Scratch<'g, T> {
    fn begin(graph: &'g Graph<T>) -> Self {
        let mut store = graph.store().borrow_mut();
        store.scratch = true;
        let mark = store.mark();
        drop(store);
        Scratch { graph, mark }
    }

    fn cut(&self) -> u32 {
        self.mark.nodes as u32
    }
}

impl<T: Element> Drop for Scratch<'_, T> {
    fn drop(&mut self) {
        let mut store = self.graph.store().borrow_mut();
        store.cut(&self.mark);
        store.scratch = false;
    }
}
