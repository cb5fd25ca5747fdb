//! A picture in the language of Graphviz.

use std::fmt::Write;

use super::picture::{Picture, Style};
use crate::explain::escape::dot as escaped;

pub(super) fn write(picture: &Picture, top_down: bool) -> String {
    let direction = if top_down { "TB" } else { "LR" };
    let mut out = format!(
        "digraph computation {{\n  rankdir={direction};\n  label=\"{}\";\n  node [shape=box, style=\"rounded,filled\", fontname=monospace];\n  \
         edge [fontname=monospace];\n",
        escaped(&picture.title)
    );
    for (at, piece) in picture.boxes.iter().enumerate() {
        let text = [std::slice::from_ref(&piece.title), &piece.lines].concat().join("\n");
        let colour = match piece.style {
            Style::Variable => "#d6ebf7",
            Style::Constant => "#eeeeee",
            Style::Operation => "#ffffff",
            Style::Folded => "#fdf0d5",
        };
        let colour = piece.shade.map_or(colour.to_owned(), |shade| format!("0.57 {shade:.3} 1.000"));
        let _ = writeln!(out, "  n{at} [label=\"{}\", fillcolor=\"{colour}\"];", escaped(&text));
    }
    for edge in &picture.edges {
        let text = escaped(&format!("{}\n{}", edge.value, edge.gradient));
        let _ = writeln!(out, "  n{} -> n{} [label=\"{text}\"];", edge.from, edge.to);
    }
    let text = escaped(&format!("{}\n{}", picture.result.0, picture.result.1));
    let _ = writeln!(
        out,
        "  result [shape=point, style=invis];\n  n{} -> result [label=\"{text}\"];",
        picture.boxes.len() - 1
    );
    out.push_str("}\n");
    out
}
