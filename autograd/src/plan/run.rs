//! One request from its roots to its values.

use std::rc::Rc;

use smallvec::SmallVec;

use crate::element::Element;
use crate::exec::level::Level;
use crate::exec::{self, reference};
use crate::graph::{Continuation, Graph, Scratch};
use crate::local::Executor;
use crate::plan::build::build;
use crate::plan::cache::Request;
use crate::plan::{Cone, Plan, Program};
use crate::tensor::Tensor;

/// Computes `roots`, and what a continuation emits, into `values`.
pub(crate) fn run<'g, T: Element>(
    graph: &'g Graph<T>,
    roots: &[u32],
    continuation: Option<&dyn Continuation<'g, T>>,
    values: &mut Vec<Option<Tensor<T>>>,
) {
    let mut key = T::with_local(|local| local.take_key()).unwrap_or_default();
    if let Some(continuation) = continuation {
        continuation.key(&mut key);
    }
    let nodes = roots.iter().copied().chain(key.nodes().iter().copied());
    let cone = Cone::of(&graph.store().borrow(), nodes, continuation.is_some());
    match Executor::current() {
        Executor::Reference => {
            reference::run(&record(graph, &cone, roots, continuation), graph, &cone, values)
        }
        Executor::Planned => {
            let level = Level::best();
            key.complete(roots, cone.kind() << 8 | level as u64, |node| {
                cone.position(node).expect("roots and named nodes are in the cone")
            });
            let plan = find_or_build(graph, &cone, roots, continuation, key.words(), level);
            exec::run::run(&plan, level, graph, &cone, values);
        }
    }
    T::with_local(|local| local.give_key(key));
}

/// The plan of a request, found by structure or made now.
fn find_or_build<'g, T: Element>(
    graph: &'g Graph<T>,
    cone: &Cone,
    roots: &[u32],
    continuation: Option<&dyn Continuation<'g, T>>,
    asked: &[u64],
    level: Level,
) -> Rc<Plan<T>> {
    let (hash, found) = {
        let store = graph.store().borrow();
        let request = Request::new(&store, cone, asked);
        let hash = request.hash();
        (hash, T::with_local(|local| local.plans().borrow_mut().find(hash, &request)).flatten())
    };
    if let Some(plan) = found {
        return plan;
    }
    let plan = Rc::new(build(record(graph, cone, roots, continuation), level));
    let store = graph.store().borrow();
    let request = Request::new(&store, cone, asked);
    T::with_local(|local| local.plans().borrow_mut().insert(hash, &request, plan.clone()));
    plan
}

/// The program of a request: the cone, and the continuation recorded behind it and cut off again.
fn record<'g, T: Element>(
    graph: &'g Graph<T>,
    cone: &Cone,
    roots: &[u32],
    continuation: Option<&dyn Continuation<'g, T>>,
) -> Program<T> {
    let scratch = Scratch::begin(graph);
    let mut outputs: SmallVec<[Option<u32>; 16]> = roots.iter().copied().map(Some).collect();
    if let Some(continuation) = continuation {
        continuation.record(graph, &mut |var| outputs.push(var.map(|var| var.id() as u32)));
    }
    Program::new(&graph.store().borrow(), cone, scratch.cut(), &outputs)
}
