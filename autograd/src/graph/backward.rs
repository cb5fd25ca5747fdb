//! Walks the list of nodes downwards and appends cotangents: reverse mode on the graph.

use smallvec::SmallVec;

use super::recorder::Graph;
use super::scratch::Scratch;
use super::var::Var;
use crate::element::Element;
use crate::ops::{Leaf, Op, Structural, cotangent, infer};
use crate::record::Inputs;

/// The cotangents of `wanted` nodes, recorded on the graph; `None` where no path leads to `root`.
///
/// Parents precede children, so descending ids are a topological order: no sort, no recursion.
#[track_caller]
pub(super) fn record_cotangents<'g, T: Element>(
    root: Var<'g, T>,
    seed: Option<Var<'g, T>>,
    wanted: &[u32],
) -> SmallVec<[Option<Var<'g, T>>; 8]> {
    record_observed(root, seed, wanted, &mut |_, _, _| {})
}

/// Like [`record_cotangents`]; `observe` is told of each contribution: the node, which of its operands, what it gets.
#[track_caller]
pub(super) fn record_observed<'g, T: Element>(
    root: Var<'g, T>,
    seed: Option<Var<'g, T>>,
    wanted: &[u32],
    observe: &mut dyn FnMut(u32, usize, Var<'g, T>),
) -> SmallVec<[Option<Var<'g, T>>; 8]> {
    let graph = root.graph();
    let Some(&lowest) = wanted.iter().min() else {
        return SmallVec::new();
    };
    let depends = dependents(graph, root.id, lowest, wanted);
    let mut cotangents: Vec<Option<Var<'g, T>>> = vec![None; depends.len()];
    let mut guarded = vec![false; depends.len()];
    let at = |id: u32| (id - lowest) as usize;
    let mut stays = vec![false; depends.len()];
    for &id in wanted.iter().filter(|&&id| id <= root.id) {
        stays[at(id)] = true;
    }
    graph.store().borrow_mut().visit(Some(root.id), None);
    if lowest <= root.id && depends[at(root.id)] {
        let seed = seed.unwrap_or_else(|| graph.ones(root.shape()));
        cotangents[at(root.id)] = Some(seed);
    }
    for id in (lowest..=root.id).rev() {
        let Some(g) = cotangents[at(id)] else { continue };
        let (op, inputs) = {
            let mut store = graph.store().borrow_mut();
            store.visit(Some(id), Some(g.id));
            let node = &store.nodes[id as usize];
            (node.op, node.inputs.clone())
        };
        let y = Var::new(graph, id);
        let x: SmallVec<[Var<'g, T>; 4]> = inputs.iter().map(|&input| Var::new(graph, input)).collect();
        for (which, &input) in inputs.iter().enumerate() {
            if input < lowest || !depends[at(input)] {
                continue;
            }
            let guard = guarded[at(id)];
            let Some(part) = argument_cotangent(op, which, &x, y, g, guard) else { continue };
            let part = part.sum_to(x[which].shape());
            observe(id, which, part);
            guarded[at(input)] |= guard || op.guards();
            let slot = &mut cotangents[at(input)];
            *slot = Some(match *slot {
                Some(sum) => sum + part,
                None => part,
            });
        }
        if !stays[at(id)] {
            cotangents[at(id)] = None;
        }
    }
    graph.store().borrow_mut().visit(None, None);
    // A wanted node may have been recorded after the root, which does not depend on it.
    wanted.iter().map(|&id| cotangents.get(at(id)).copied().flatten()).collect()
}

#[track_caller]
pub(super) fn argument_cotangent<'g, T: Element>(
    op: Op,
    which: usize,
    x: &[Var<'g, T>],
    y: Var<'g, T>,
    g: Var<'g, T>,
    guarded: bool,
) -> Option<Var<'g, T>> {
    if !op.is_custom() {
        return cotangent(op, which, x, y, g, guarded);
    }
    let custom = y.graph().store().borrow().custom_op(y.id).clone();
    let part = custom.cotangent(which, x, y, g)?;
    let (found, expected) = (part.shape(), x[which].shape());
    // A smaller shape stands for all elements (such as a constant slope); a larger one is summed by the caller.
    if infer::broadcast_to(found, expected).is_ok() {
        return Some(part.broadcast(expected));
    }
    assert!(
        infer::broadcast_to(expected, found).is_ok(),
        "{}, recorded at {}: its cotangent for input {which} has shape {found}, but the input has {expected}: \
         make them the same",
        custom.name(),
        y.origin()
    );
    Some(part)
}

/// For each node from `lowest` to `root`: whether it depends on a wanted node by a path
/// that derivatives can take.
fn dependents<T: Element>(graph: &Graph<T>, root: u32, lowest: u32, wanted: &[u32]) -> Vec<bool> {
    let store = graph.store().borrow();
    let mut depends = vec![false; (root.max(lowest) - lowest + 1) as usize];
    for &id in wanted {
        if id <= root {
            depends[(id - lowest) as usize] = true;
        }
    }
    for id in lowest..=root {
        let node = &store.nodes[id as usize];
        let reached =
            reaches(node.op, &node.inputs, |input| input >= lowest && depends[(input - lowest) as usize]);
        depends[(id - lowest) as usize] |= reached;
    }
    // Wanted nodes above the root stay false or unreached: nothing to add.
    depends
}

/// For each node up to `root`: whether it depends on a wanted node by a path that derivatives can take.
pub(super) fn needs_gradient<T: Element>(graph: &Graph<T>, root: u32, wanted: &[u32]) -> Vec<bool> {
    dependents(graph, root, 0, wanted)
}

/// Whether a derivative may pass from a node to an input of which `depends` says that it leads on.
fn reaches(op: Op, inputs: &[u32], depends: impl Fn(u32) -> bool) -> bool {
    inputs.iter().enumerate().any(|(which, &input)| depends(input) && op.carries(which))
}

/// The variables that a node's value is computed from, ascending.
pub(super) fn variables_below<T: Element>(graph: &Graph<T>, root: u32, kept: &[u32]) -> Inputs {
    let used = cone(graph, root);
    let store = graph.store().borrow();
    let mut leaves = Inputs::new();
    for id in 0..=root {
        let is_variable = store.nodes[id as usize].op.leaf() == Some(Leaf::Variable);
        if used[id as usize] && (is_variable || kept.contains(&id)) {
            leaves.push(id);
        }
    }
    leaves
}

/// For each node up to `root`: whether the root's value is computed from it.
pub(super) fn cone<T: Element>(graph: &Graph<T>, root: u32) -> Vec<bool> {
    let store = graph.store().borrow();
    let mut used = vec![false; root as usize + 1];
    used[root as usize] = true;
    for id in (0..=root as usize).rev() {
        if used[id] {
            for &input in &store.nodes[id].inputs {
                used[input as usize] = true;
            }
        }
    }
    used
}

/// Where the path from a leaf up to the root is cut, as a sentence.
pub(super) fn explain_cut<T: Element>(graph: &Graph<T>, leaf: u32, root: u32) -> String {
    let used = cone(graph, root);
    let mut reached = vec![false; (root.max(leaf) - leaf + 1) as usize];
    reached[0] = true;
    for id in (leaf + 1..=root).filter(|&id| used[id as usize]) {
        let (op, inputs, origin) = {
            let store = graph.store().borrow();
            let node = &store.nodes[id as usize];
            (node.op, node.inputs.clone(), node.origin)
        };
        let leads = |input: u32| input >= leaf && reached[(input - leaf) as usize];
        if !inputs.iter().any(|&input| leads(input)) {
            continue;
        }
        let var = Var::new(graph, id);
        let name = var.op_name();
        if let Some(why) = op.severs() {
            return format!("the path is cut by {name} at {origin}: {why}");
        }
        if !reaches(op, &inputs, leads) {
            return format!(
                "the path is cut by {name} at {origin}: the other expression's derivative stands for it"
            );
        }
        if op.may_be_flat() {
            // The rule itself says zero everywhere, as those of step, floor and comparisons do.
            let passes = inputs
                .iter()
                .enumerate()
                .any(|(which, &input)| leads(input) && rule_passes(graph, id, which));
            if !passes {
                return format!("the path is cut by {name} at {origin}: its derivative is zero everywhere");
            }
        }
        reached[(id - leaf) as usize] = true;
    }
    "the result does not depend on it".to_owned()
}

/// Whether the rule of a node passes any cotangent to an argument, found out on a scratch recording.
fn rule_passes<T: Element>(graph: &Graph<T>, id: u32, which: usize) -> bool {
    let _scratch = Scratch::begin(graph);
    let y = Var::new(graph, id);
    let (op, inputs) = {
        let store = graph.store().borrow();
        (store.nodes[id as usize].op, store.nodes[id as usize].inputs.clone())
    };
    let x: SmallVec<[Var<'_, T>; 4]> = inputs.iter().map(|&input| Var::new(graph, input)).collect();
    argument_cotangent(op, which, &x, y, graph.ones(y.shape()), false).is_some()
}
