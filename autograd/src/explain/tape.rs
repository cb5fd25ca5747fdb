//! The trace of a variable of a tape: what its journal says, or without one, what its records know.

use super::group;
use super::label::{self, Unlabelled};
use super::number::{self, Quantity};
use super::trace::{Kind, Node, Operand, Trace, Tracing};
use crate::number::Scalar;
use crate::ops::{Rule, Shape};
use crate::tape::{Known, Look, Var, What, look};

pub(super) fn trace<R: Scalar>(root: Var<'_, R>, tracing: &Tracing) -> Trace {
    if root.is_constant() {
        let mut node = leaf(number::text(root.value().peek()), Some(root.value().peek()));
        node.kind = Kind::Number;
        let notes = vec!["the result is a constant: it depends on no variable".to_owned()];
        return Trace { nodes: vec![node], left_out: 0, notes };
    }
    let wrt: Vec<u32> = tracing.wrt.iter().map(|&id| id as u32).collect();
    let (looks, below) = look(root, tracing.nodes, &wrt);
    let unlabelled = |look: &Look| Unlabelled { name: look.name.clone(), number: None };
    let labels = label::assign(&looks.iter().map(unlabelled).collect::<Vec<_>>());
    let left_out = below - looks.len();
    let has_journal = looks.iter().any(|look| look.entry.is_some());
    let many = looks.iter().find(|look| look.arity > look.parents.len());

    let mut nodes: Vec<Node> = Vec::with_capacity(looks.len());
    // Where a node of the tape stands in the trace: numbers stand between them.
    let mut places: Vec<usize> = Vec::with_capacity(looks.len());
    for (look, label) in looks.iter().zip(&labels) {
        let place = |id: u32| looks.binary_search_by_key(&id, |look| look.id).ok();
        let of_node = |id: u32, places: &[usize]| match place(id) {
            Some(at) => (places.get(at).copied(), labels[at].clone()),
            None => (None, format!("node {id}")),
        };
        let mut parents = look.parents.iter();
        let mut operands = Vec::new();
        if let Some(What::Row(_, known)) = look.entry.map(|entry| entry.what) {
            for known in known {
                match known {
                    Known::Nothing => {}
                    Known::Number(x) => {
                        let mut node = leaf(number::text(x), Some(x));
                        (node.kind, node.operation) = (Kind::Number, "number".to_owned());
                        nodes.push(node);
                        let at = Some(nodes.len() - 1);
                        let label = number::text(x);
                        operands.push(Operand {
                            node: at,
                            label,
                            rule: None,
                            local: None,
                            contribution: None,
                        });
                    }
                    Known::Node(id) => {
                        operands.extend(
                            parents
                                .next()
                                .map(|&(_, partial)| operand(of_node(id, &places), partial, look.adjoint)),
                        );
                    }
                }
            }
        } else {
            let of = |&(id, partial): &(u32, f64)| operand(of_node(id, &places), partial, look.adjoint);
            operands = parents.map(of).collect();
        }
        places.push(nodes.len());
        let mut node = described(look, label, operands, &nodes);
        if look.id as usize == root.node().expect("a variable is a node") {
            node.value = Some(Quantity::single(root.value().peek()));
        }
        nodes.push(node);
    }
    group::assign(&mut nodes);

    let mut notes = Vec::new();
    if !has_journal {
        notes.push(
            "this tape kept no journal: operations (?), values and lines are not known; make it with \
             Tape::new().explaining() to see them"
                .to_owned(),
        );
    }
    if left_out > 0 {
        notes.push(format!(
            "{left_out} of {below} nodes are left out: those recorded first; Tracing::nodes takes in more"
        ));
    }
    if let Some(look) = many {
        notes.push(format!("of {} operands, the first {} are shown", look.arity, look.parents.len()));
    }
    Trace { nodes, left_out, notes }
}

fn operand((node, label): (Option<usize>, String), partial: f64, adjoint: f64) -> Operand {
    // As in a sweep, an adjoint of 0 hands on nothing, whatever the partial.
    let contribution = if adjoint == 0.0 { 0.0 } else { partial * adjoint };
    let [local, contribution] = [partial, contribution].map(|x| Some(Quantity::single(x)));
    Operand { node, label, rule: None, local, contribution }
}

fn leaf(label: String, value: Option<f64>) -> Node {
    Node {
        id: None,
        expression: label.clone(),
        label,
        is_named: false,
        kind: Kind::Variable,
        operation: "var".to_owned(),
        with_values: None,
        value: value.map(Quantity::single),
        cotangent: None,
        origin: None,
        operands: Vec::new(),
        group: String::new(),
        op: None,
    }
}

/// A node with its texts.
fn described(look: &Look, label: &str, mut operands: Vec<Operand>, nodes: &[Node]) -> Node {
    let names: Vec<String> = operands.iter().map(|operand| operand.label.clone()).collect();
    let mut node = leaf(label.to_owned(), look.entry.map(|entry| entry.value));
    node.id = Some(look.id as usize);
    node.is_named = look.name.is_some();
    node.cotangent = Some(Quantity::single(look.adjoint));
    node.origin = look.entry.map(|entry| entry.origin);
    match look.entry.map(|entry| entry.what) {
        Some(What::Leaf) => {}
        Some(What::Row(op, _)) => {
            let shapes = vec![Shape::SCALAR; names.len()];
            let write = |names: &[String]| op.written(names, &shapes, Shape::SCALAR, "");
            node.kind = Kind::Operation;
            node.operation = op.name().to_owned();
            node.expression = write(&names);
            let value = |operand: &Operand| nodes[operand.node?].value.as_ref()?.number().map(number::text);
            node.with_values = operands.iter().map(value).collect::<Option<Vec<String>>>().map(|x| write(&x));
            for (which, operand) in operands.iter_mut().enumerate().filter(|(_, x)| x.contribution.is_some())
            {
                operand.rule = op.rule(which, &names, &shapes, label, Shape::SCALAR);
            }
            node.op = Some(op);
        }
        Some(What::Many(name)) => {
            node.kind = Kind::Operation;
            node.operation = name.to_owned();
            node.expression = call(name, &names, look.arity);
        }
        None if look.arity == 0 => {}
        None => {
            node.kind = Kind::Operation;
            node.operation = "?".to_owned();
            node.expression = call("?", &names, look.arity);
        }
    }
    // A derivative that is 0 by its formula has a number all the same.
    for operand in &mut operands {
        if operand.rule == Some(Rule::Nothing) {
            operand.rule = Some(Rule::Factor("0".to_owned()));
        }
    }
    node.operands = operands;
    node
}

/// A function of some of its operands.
fn call(name: &str, names: &[String], arity: usize) -> String {
    const MOST: usize = 6;
    if arity <= MOST {
        return format!("{name}({})", names.join(", "));
    }
    format!("{name}({}, … {} more)", names[..MOST - 1].join(", "), arity - (MOST - 1))
}
