//! One request from its roots to its values.

use smallvec::SmallVec;

use super::local;
use super::recorder::Graph;
use super::request::Continuation;
use super::scratch::Scratch;
use super::var::Var;
use crate::element::{Element, PerElement};
use crate::exec::Ready;
use crate::plan::{self, Output, Program};
use crate::record::Cone;
use crate::tensor::Tensor;

type Compute<T> = for<'g> fn(
    &'g Graph<T>,
    &[u32],
    Option<&dyn Continuation<'g, T>>,
    Option<&mut Ready<T>>,
    &mut Vec<Option<Tensor<T>>>,
) -> bool;

struct Computes;

impl PerElement for Computes {
    type Of<T: Element> = Compute<T>;
}

/// Computes `roots`, and what a continuation emits, into `values`, which is empty. Values replace leaves if there is a
/// `ready`; whether it said yes.
///
/// Engine and kernels are generic, and reached from generic code: without the two functions that it chooses from,
/// every crate that asks for a value would compile them again.
pub(super) fn compute<'g, T: Element>(
    graph: &'g Graph<T>,
    roots: &[u32],
    continuation: Option<&dyn Continuation<'g, T>>,
    ready: Option<&mut Ready<T>>,
    values: &mut Vec<Option<Tensor<T>>>,
) -> bool {
    T::choose::<Computes>(compute_single, compute_double)(graph, roots, continuation, ready, values)
}

#[inline(never)]
fn compute_single<'g>(
    graph: &'g Graph<f32>,
    roots: &[u32],
    continuation: Option<&dyn Continuation<'g, f32>>,
    ready: Option<&mut Ready<f32>>,
    values: &mut Vec<Option<Tensor<f32>>>,
) -> bool {
    run(graph, roots, continuation, ready, values)
}

#[inline(never)]
fn compute_double<'g>(
    graph: &'g Graph<f64>,
    roots: &[u32],
    continuation: Option<&dyn Continuation<'g, f64>>,
    ready: Option<&mut Ready<f64>>,
    values: &mut Vec<Option<Tensor<f64>>>,
) -> bool {
    run(graph, roots, continuation, ready, values)
}

fn run<'g, T: Element>(
    graph: &'g Graph<T>,
    roots: &[u32],
    continuation: Option<&dyn Continuation<'g, T>>,
    ready: Option<&mut Ready<T>>,
    values: &mut Vec<Option<Tensor<T>>>,
) -> bool {
    let mut key = local::take_key::<T>();
    if let Some(continuation) = continuation {
        continuation.key(&mut key);
        key.word(u64::from(ready.is_some()));
    }
    let nodes = roots.iter().copied().chain(key.nodes().iter().copied());
    let cone = Cone::of(&graph.store().borrow(), nodes, continuation.is_some());
    let replacing = ready.is_some();
    let program = || record(graph, &cone, roots, continuation, replacing);
    let mut always = |_: &[Option<Tensor<T>>], _: &[usize]| true;
    let ready = ready.unwrap_or(&mut always);
    let done = plan::run(graph.store(), &cone, roots, &mut key, program, ready, values);
    local::give_key::<T>(key);
    done
}

/// The program of a request: the cone, and the continuation recorded behind it and cut off again.
fn record<'g, T: Element>(
    graph: &'g Graph<T>,
    cone: &Cone,
    roots: &[u32],
    continuation: Option<&dyn Continuation<'g, T>>,
    replacing: bool,
) -> Program<T> {
    let scratch = Scratch::begin(graph);
    let mut outputs: SmallVec<[Output; 16]> = roots.iter().map(|&root| Output::of(Some(root))).collect();
    if let Some(continuation) = continuation {
        continuation.record(graph, &mut |var| outputs.push(Output::of(var.map(|var| var.id))));
        let mut emitted = outputs[roots.len()..].iter_mut();
        let mut show = |leaf: Option<Var<'g, T>>| {
            let output = emitted.next().expect("a continuation names a leaf for each value at the most");
            output.replaces = leaf.map(|leaf| leaf.id);
        };
        if replacing {
            continuation.replaced(&mut show);
        }
    }
    Program::new(&graph.store().borrow(), cone, scratch.cut(), &outputs, false)
}
