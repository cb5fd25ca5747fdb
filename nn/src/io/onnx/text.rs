//! An ONNX graph as text, one line a node.

use std::fmt::Write;

use super::messages::{Attribute, Extent, Graph, ValueInfo};

/// Input, nodes and output; a parameter is shown with its shape where it is used.
pub(super) fn text(graph: &Graph) -> String {
    let mut text = String::new();
    for input in &graph.input {
        let _ = writeln!(text, "{} {}", input.name, extents(input));
    }
    for node in &graph.node {
        for name in &node.output {
            let output = graph.output.iter().find(|output| output.name == *name);
            let shape = output.map_or_else(String::new, |output| format!(" {}", extents(output)));
            let _ = write!(text, "{name}{shape} ");
        }
        let inputs = node.input.iter().map(|name| {
            match graph.initializer.iter().find(|tensor| tensor.name == *name) {
                Some(tensor) => format!("{name} {:?}", tensor.dims),
                None => name.clone(),
            }
        });
        let arguments: Vec<String> = inputs.chain(node.attribute.iter().map(attribute)).collect();
        let _ = writeln!(text, "= {}({})", node.op_type, arguments.join(", "));
    }
    text
}

fn extents(value: &ValueInfo) -> String {
    let tensor = value.kind.as_ref().and_then(|kind| kind.tensor.as_ref());
    let extents = tensor.and_then(|tensor| tensor.shape.as_ref()).map_or(&[][..], |shape| &shape.dim);
    let extent = |extent: &Extent| match (&extent.name, extent.value) {
        (Some(name), _) => name.clone(),
        (None, value) => value.unwrap_or_default().to_string(),
    };
    format!("[{}]", extents.iter().map(extent).collect::<Vec<_>>().join(", "))
}

fn attribute(attribute: &Attribute) -> String {
    let value = match (attribute.int, attribute.float, &attribute.text) {
        (Some(int), ..) => int.to_string(),
        (_, Some(float), _) => float.to_string(),
        (.., Some(text)) => String::from_utf8_lossy(text).into_owned(),
        _ => format!("{:?}", attribute.ints),
    };
    format!("{} = {value}", attribute.name)
}
