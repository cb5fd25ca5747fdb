//! The trace of a node of a graph. Values and derivatives come from requests, after which the graph is as it was.

use super::group;
use super::label::{self, Unlabelled};
use super::number::{self, Quantity};
use super::trace::{Kind, Node, Operand, Trace, Tracing};
use crate::element::Element;
use crate::graph::{Look, Var};
use crate::ops::{Leaf, Op, Rule, Shape};

/// A node as it was recorded.
struct Recorded {
    id: u32,
    op: Op,
    inputs: Vec<u32>,
    shape: Shape,
    scope: String,
}

pub(super) fn trace<T: Element>(root: Var<'_, T>, tracing: &Tracing) -> Trace {
    let root_id = root.id() as u32;
    let wrt: Vec<u32> = tracing.wrt.iter().map(|&id| id as u32).collect();
    let (below, live) = cone(root, &wrt);
    let mut shown: Vec<u32> = below.iter().rev().take(tracing.nodes).copied().collect();
    shown.extend(wrt.iter().filter(|id| below.binary_search(id).is_ok()));
    shown.sort_unstable();
    shown.dedup();

    let is_live = |id: u32| id <= root_id && live[id as usize];
    let looks = Look::at(root, &shown, &is_live);
    let recorded: Vec<Recorded> = shown.iter().map(|&id| recorded(root, id)).collect();
    let labels = label::assign(&unlabelled(root, &recorded, &looks));
    let place = |id: u32| shown.binary_search(&id).ok();

    let mut nodes: Vec<Node> = Vec::with_capacity(shown.len());
    for ((node, look), label) in recorded.iter().zip(looks).zip(&labels) {
        let var = root.at(node.id);
        let (op, shape) = (node.op, node.shape);
        let names: Vec<String> = node
            .inputs
            .iter()
            .map(|&id| place(id).map_or_else(|| format!("node {id}"), |place| labels[place].clone()))
            .collect();
        let shapes: Vec<Shape> = node.inputs.iter().map(|&id| root.at(id).shape()).collect();
        let numbers = node.inputs.iter().map(|&id| nodes[place(id)?].value.as_ref()?.number());
        let numbers: Option<Vec<String>> = numbers.map(|x| x.map(number::text)).collect();
        let is_leaf = node.inputs.is_empty() && kind(op) != Kind::Operation;
        let write = |names: &[String]| op.written(names, &shapes, shape, &var.op_name());
        let mut operands = Vec::with_capacity(names.len());
        let parts = look.locals.into_iter().zip(look.contributions).chain(std::iter::repeat((None, None)));
        for (which, ((&input, name), (local, contribution))) in
            node.inputs.iter().zip(&names).zip(parts).enumerate()
        {
            let follows = is_live(input) && op.carries(which);
            let rule = if follows {
                op.rule(which, &names, &shapes, label, shape)
            } else if is_live(input) {
                Some(Rule::Nothing)
            } else {
                None
            };
            let keep = |tensor| Quantity::of(&tensor, tracing.elements);
            operands.push(Operand {
                node: place(input),
                label: name.clone(),
                rule,
                local: local.map(keep),
                contribution: contribution.map(keep),
            });
        }
        nodes.push(Node {
            id: Some(node.id as usize),
            label: label.clone(),
            is_named: var.name().is_some(),
            kind: kind(op),
            operation: var.op_name(),
            expression: if is_leaf { label.clone() } else { write(&names) },
            with_values: numbers.filter(|numbers| !numbers.is_empty()).map(|numbers| write(&numbers)),
            value: look.value.map(|value| Quantity::of(&value, tracing.elements)),
            cotangent: look.cotangent.map(|cotangent| Quantity::of(&cotangent, tracing.elements)),
            origin: Some(var.origin()),
            operands,
            group: node.scope.clone(),
            op: op.is_row().then_some(op),
        });
    }
    group::assign(&mut nodes);

    let left_out = below.len() - shown.len();
    let mut notes = Vec::new();
    if left_out > 0 {
        notes.push(format!(
            "{left_out} of {} nodes are left out: those recorded first; Tracing::nodes takes in more",
            below.len()
        ));
    }
    if root.shape().count() != 1 {
        let label = &labels[labels.len() - 1];
        notes.push(format!(
            "{label} has shape {}: derivatives are those of the sum of its elements",
            root.shape()
        ));
    }
    Trace { nodes, left_out, notes }
}

/// The nodes that the root is computed from, ascending; and for each node up to the root, whether derivatives are followed to it.
fn cone<T: Element>(root: Var<'_, T>, wrt: &[u32]) -> (Vec<u32>, Vec<bool>) {
    let store = root.graph().store().borrow();
    let root = root.id();
    let mut used = vec![false; root + 1];
    used[root] = true;
    for id in (0..=root).rev() {
        if used[id] {
            store.nodes[id].inputs.iter().for_each(|&input| used[input as usize] = true);
        }
    }
    let below: Vec<u32> = (0..=root as u32).filter(|&id| used[id as usize]).collect();
    let mut live = vec![false; root + 1];
    for &id in &below {
        let node = &store.nodes[id as usize];
        let reached = |(which, &input): (usize, &u32)| live[input as usize] && node.op.carries(which);
        let is_sought = node.op.leaf() == Some(Leaf::Variable) || wrt.contains(&id);
        live[id as usize] = is_sought || node.inputs.iter().enumerate().any(reached);
    }
    (below, live)
}

fn recorded<T: Element>(root: Var<'_, T>, id: u32) -> Recorded {
    let store = root.graph().store().borrow();
    let node = &store.nodes[id as usize];
    let scope = store.scope(id).unwrap_or_default().to_owned();
    Recorded { id, op: node.op, inputs: node.inputs.to_vec(), shape: node.shape(), scope }
}

fn kind(op: Op) -> Kind {
    match op.leaf() {
        Some(Leaf::Variable) => Kind::Variable,
        Some(Leaf::Constant | Leaf::Index) => Kind::Constant,
        Some(Leaf::Scalar) => Kind::Number,
        None if op.as_literal().is_some() => Kind::Number,
        None => Kind::Operation,
    }
}

fn unlabelled<T: Element>(root: Var<'_, T>, nodes: &[Recorded], looks: &[Look<T>]) -> Vec<Unlabelled> {
    let of = |(node, look): (&Recorded, &Look<T>)| {
        let single = look.value.as_ref().filter(|value| value.count() == 1);
        let shown_as_number = matches!(kind(node.op), Kind::Number | Kind::Constant);
        let number = single.filter(|_| shown_as_number).map(|value| value.data()[0].to_f64());
        Unlabelled { name: root.at(node.id).name(), number }
    };
    nodes.iter().zip(looks).map(of).collect()
}
