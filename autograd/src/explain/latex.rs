//! An explanation as aligned equations in LaTeX.

use std::fmt::Write;

use super::escape::latex as escaped;
use super::explanation::Explanation;
use super::number;
use super::trace::Kind;

pub(super) fn write(explanation: &Explanation) -> String {
    let trace = &explanation.trace;
    let root = escaped(&trace.root().label);
    let mut out = String::from("\\begin{align*}\n");
    let nodes = explanation.forward();
    let hidden = nodes.len().saturating_sub(explanation.limit);
    if hidden > 0 {
        let _ = writeln!(out, "  & \\text{{({hidden} earlier ones)}} \\\\");
    }
    for node in &nodes[hidden..] {
        let mut sides = vec![escaped(&node.label)];
        if node.kind == Kind::Operation {
            sides.push(escaped(&node.expression));
        }
        sides.extend(node.with_values.as_deref().map(escaped));
        sides.extend(node.value.as_ref().map(|value| quantity(&value.to_string())));
        equation(&mut out, &sides);
    }
    out.push_str("\\end{align*}\n");
    let steps = explanation.steps();
    if steps.is_empty() {
        return out;
    }
    out.push_str("\\begin{align*}\n");
    for step in steps.iter().take(explanation.limit) {
        let mut sides = vec![derivative(&root, &escaped(&step.node.label))];
        if !step.parts.is_empty() {
            let symbols = step.parts.iter().map(|part| {
                let user = escaped(&part.user.label);
                let by = escaped(&part.operand.label);
                format!("{} \\cdot \\frac{{\\partial {user}}}{{\\partial {by}}}", derivative(&root, &user))
            });
            sides.push(symbols.collect::<Vec<_>>().join(" + "));
            let products = step.parts.iter().map(|part| {
                let product = part.product(&format!("d{}/d{}", trace.root().label, part.user.label));
                [product.formulas, product.numbers]
            });
            let (formulas, numbers): (Vec<_>, Vec<_>) = products.map(|[a, b]| (a, b)).unzip();
            for texts in [formulas, numbers] {
                if let Some(texts) = texts.into_iter().collect::<Option<Vec<String>>>() {
                    sides.push(escaped(&texts.join(" + ")));
                }
            }
        }
        sides.push(quantity(&step.cotangent.to_string()));
        equation(&mut out, &sides);
    }
    if steps.len() > explanation.limit {
        let _ = writeln!(out, "  & \\text{{({} more)}} \\\\", steps.len() - explanation.limit);
    }
    out.push_str("\\end{align*}\n");
    if let Some((to, Some(paths))) = &explanation.paths {
        let products: Vec<String> = paths.listed.iter().map(|path| number::bracketed(path.product)).collect();
        let mut sum = escaped(&products.join(" + "));
        if paths.count > paths.listed.len() as f64 {
            let _ =
                write!(sum, " + \\underbrace{{{}}}_{{\\text{{other paths}}}}", number::bracketed(paths.rest));
        }
        let left = derivative(&root, &escaped(to));
        let _ = writeln!(out, "\\[ {left} = {sum} = {} \\]", number::text(paths.total));
    }
    out
}

fn derivative(of: &str, by: &str) -> String {
    format!("\\frac{{d {of}}}{{d {by}}}")
}

/// A number, or what a summary says of a tensor.
fn quantity(text: &str) -> String {
    let is_number = text.parse::<f64>().is_ok() || text.starts_with('[') && !text.contains("of");
    if is_number { escaped(text) } else { format!("\\text{{{}}}", text.replace('∞', "$\\infty$")) }
}

/// One line: the first side, then each further one behind an equals sign; empty sides are left out.
fn equation(out: &mut String, sides: &[String]) {
    let (first, others) = sides.split_first().expect("an equation has a left side");
    let others = others.iter().filter(|side| !side.is_empty());
    let right = others.map(String::as_str).collect::<Vec<_>>().join(" = ");
    let _ = writeln!(out, "  {first} &= {right} \\\\");
}
