//! One request from its roots to its values.

use smallvec::SmallVec;

use super::local;
use super::recorder::Graph;
use super::request::Continuation;
use super::scratch::Scratch;
use crate::element::{Element, PerElement};
use crate::plan::{self, Program};
use crate::record::Cone;
use crate::tensor::Tensor;

/// Computes `roots`, and what a continuation emits, into `values`.
type Compute<T> =
    for<'g> fn(&'g Graph<T>, &[u32], Option<&dyn Continuation<'g, T>>, &mut Vec<Option<Tensor<T>>>);

struct Computes;

impl PerElement for Computes {
    type Of<T: Element> = Compute<T>;
}

/// Computes `roots`, and what a continuation emits, into `values`.
///
/// Engine and kernels are generic, and reached from generic code: without the two functions that it chooses from,
/// every crate that asks for a value would compile them again.
pub(super) fn compute<'g, T: Element>(
    graph: &'g Graph<T>,
    roots: &[u32],
    continuation: Option<&dyn Continuation<'g, T>>,
    values: &mut Vec<Option<Tensor<T>>>,
) {
    T::choose::<Computes>(compute_single, compute_double)(graph, roots, continuation, values);
}

#[inline(never)]
fn compute_single<'g>(
    graph: &'g Graph<f32>,
    roots: &[u32],
    continuation: Option<&dyn Continuation<'g, f32>>,
    values: &mut Vec<Option<Tensor<f32>>>,
) {
    run(graph, roots, continuation, values);
}

#[inline(never)]
fn compute_double<'g>(
    graph: &'g Graph<f64>,
    roots: &[u32],
    continuation: Option<&dyn Continuation<'g, f64>>,
    values: &mut Vec<Option<Tensor<f64>>>,
) {
    run(graph, roots, continuation, values);
}

fn run<'g, T: Element>(
    graph: &'g Graph<T>,
    roots: &[u32],
    continuation: Option<&dyn Continuation<'g, T>>,
    values: &mut Vec<Option<Tensor<T>>>,
) {
    let mut key = local::take_key::<T>();
    if let Some(continuation) = continuation {
        continuation.key(&mut key);
    }
    let nodes = roots.iter().copied().chain(key.nodes().iter().copied());
    let cone = Cone::of(&graph.store().borrow(), nodes, continuation.is_some());
    let program = || record(graph, &cone, roots, continuation);
    plan::run(graph.store(), &cone, roots, &mut key, program, values);
    local::give_key::<T>(key);
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
    Program::new(&graph.store().borrow(), cone, scratch.cut(), &outputs, false)
}
