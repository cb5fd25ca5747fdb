//! Which part of a model a node belongs to, from the names of parameters: `layers.0.weight` is of the part `layers.0`.

use super::trace::{Kind, Node};

/// The part that a name belongs to: all but what stands behind the last dot.
fn part_of(name: &str) -> &str {
    name.rsplit_once('.').map_or("", |(part, _)| part)
}

/// Sets the groups of nodes that have none, in the order of recording. A parameter belongs to its module, an operation to that of
/// the first parameter that it uses, or to that which all its operands belong to. A scope that the user opened ends where it was closed:
/// it is not handed on.
pub(crate) fn assign(nodes: &mut [Node]) {
    let is_scoped: Vec<bool> = nodes.iter().map(|node| !node.group.is_empty()).collect();
    for place in 0..nodes.len() {
        let node = &nodes[place];
        if !node.group.is_empty() {
            continue;
        }
        let group = if node.is_named && !part_of(&node.label).is_empty() {
            part_of(&node.label).to_owned()
        } else {
            of_operands(nodes, node, &is_scoped).unwrap_or_default().to_owned()
        };
        nodes[place].group = group;
    }
}

fn of_operands<'a>(nodes: &'a [Node], node: &Node, is_scoped: &[bool]) -> Option<&'a str> {
    if node.operands.iter().any(|operand| operand.node.is_some_and(|at| is_scoped[at])) {
        return None;
    }
    let operands = || node.operands.iter().filter_map(|operand| Some(&nodes[operand.node?]));
    let parameter = operands().find(|operand| operand.kind == Kind::Variable && !operand.group.is_empty());
    if let Some(parameter) = parameter {
        return Some(&parameter.group);
    }
    // What changes the shape, such as the maximum in a softmax, is no layer's own any more.
    let shape = |node: &Node| node.value.as_ref().map(|value| value.shape());
    let mut data = operands().filter(|operand| operand.kind != Kind::Number);
    let first = data.next()?;
    let stays = shape(first) == shape(node) && data.all(|operand| operand.group == first.group);
    stays.then_some(&first.group)
}
