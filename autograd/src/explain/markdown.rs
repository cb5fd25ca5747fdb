//! An explanation as tables in Markdown.

use std::fmt::Write;

use super::escape::markdown as escaped;
use super::explanation::Explanation;
use super::number;
use super::source;
use super::steps::{Part, derivative, partial};
use super::text::way;
use super::trace::Kind;

pub(super) fn write(explanation: &Explanation) -> String {
    let trace = &explanation.trace;
    let mut out = String::new();
    for note in &trace.notes {
        let _ = writeln!(out, "> {}\n", escaped(note));
    }
    out.push_str("| node | computed as | value | recorded at |\n|---|---|---|---|\n");
    let nodes = explanation.forward();
    let hidden = nodes.len().saturating_sub(explanation.limit);
    if hidden > 0 {
        let _ = writeln!(out, "| … | {hidden} earlier ones | | |");
    }
    for node in &nodes[hidden..] {
        let mut computed = if node.kind == Kind::Operation { node.expression.clone() } else { String::new() };
        if let Some(with_values) = &node.with_values {
            let _ = write!(computed, " = {with_values}");
        }
        let value = node.value.as_ref().map_or_else(String::new, ToString::to_string);
        row(
            &mut out,
            &[&node.label, &computed, &value, &node.origin.map_or_else(String::new, source::place)],
        );
    }
    let steps = explanation.steps();
    if !steps.is_empty() {
        out.push_str("\n| derivative | chain rule | value |\n|---|---|---|\n");
    }
    let root = &trace.root().label;
    for step in steps.iter().take(explanation.limit) {
        let parts: Vec<String> = step.parts.iter().map(|part| summand(root, part)).collect();
        row(
            &mut out,
            &[&derivative(root, &step.node.label), &parts.join("\n + "), &step.cotangent.to_string()],
        );
    }
    if steps.len() > explanation.limit {
        let _ = writeln!(out, "| … | {} more | |", steps.len() - explanation.limit);
    }
    if let Some((to, Some(paths))) = &explanation.paths {
        out.push_str("\n| path | product of local derivatives | |\n|---|---|---|\n");
        for path in &paths.listed {
            let factors: Vec<String> = path.factors.iter().map(|&x| number::bracketed(x)).collect();
            row(&mut out, &[&way(trace, &path.nodes), &factors.join(" · "), &number::text(path.product)]);
        }
        let others = paths.count - paths.listed.len() as f64;
        if others > 0.0 {
            row(&mut out, &[&format!("{} more", number::text(others)), "", &number::text(paths.rest)]);
        }
        row(&mut out, &[&derivative(root, to), "the sum", &number::text(paths.total)]);
    }
    out
}

fn row(out: &mut String, cells: &[&str]) {
    for cell in cells {
        let _ = write!(out, "| {} ", escaped(cell));
    }
    out.push_str("|\n");
}

fn summand(root: &str, part: &Part<'_>) -> String {
    let incoming = derivative(root, &part.user.label);
    let product = part.product(&incoming);
    let mut sides = vec![format!("{incoming} · {}", partial(&part.user.label, &part.operand.label))];
    sides.extend(product.formulas);
    sides.extend(product.numbers);
    let names = product.names.map_or_else(String::new, |names| format!(" with {names}"));
    format!("{}{names}", sides.join(" = "))
}
