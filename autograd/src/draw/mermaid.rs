//! A picture in the language of Mermaid.

use std::fmt::Write;

use super::picture::{Picture, Style};
use crate::explain::escape::mermaid as escaped;

pub(super) fn write(picture: &Picture, top_down: bool) -> String {
    let mut out = format!("flowchart {}\n", if top_down { "TB" } else { "LR" });
    for (at, piece) in picture.boxes.iter().enumerate() {
        let text = escaped(&[std::slice::from_ref(&piece.title), &piece.lines].concat().join("\n"));
        let (open, close, class) = match piece.style {
            Style::Variable => ("[", "]", "variable"),
            Style::Constant => ("[", "]", "constant"),
            Style::Operation => ("(", ")", "operation"),
            Style::Folded => ("[[", "]]", "folded"),
        };
        let _ = writeln!(out, "  n{at}{open}\"{text}\"{close}:::{class}");
    }
    for edge in &picture.edges {
        let _ = writeln!(out, "  n{} {} n{}", edge.from, arrow(&edge.value, &edge.gradient), edge.to);
    }
    let arrow = arrow(&picture.result.0, &picture.result.1);
    let _ = writeln!(out, "  n{} {arrow} result(( ))", picture.boxes.len() - 1);
    out.push_str(
        "  classDef variable fill:#d6ebf7,stroke:#0072b2,color:#111\n  classDef constant fill:#eee,stroke:#777,color:#111\n  \
         classDef operation fill:#fff,stroke:#333,color:#111\n  classDef folded fill:#fdf0d5,stroke:#b37400,color:#111\n",
    );
    out
}

/// An arrow with value and gradient, or a bare one.
fn arrow(value: &str, gradient: &str) -> String {
    if value.is_empty() && gradient.is_empty() {
        return "-->".to_owned();
    }
    format!("-->|\"{}\"|", escaped(&format!("{value}\n{gradient}")))
}
