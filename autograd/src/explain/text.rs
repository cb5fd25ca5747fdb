//! An explanation as text for a terminal.

use std::fmt::{self, Write};

use super::explanation::Explanation;
use super::number;
use super::paths::Paths;
use super::source;
use super::steps::{Part, Step, derivative, partial};
use super::trace::{Kind, Node, Trace};
use crate::ops::Rule;

/// Marks of a terminal that are written, or not.
struct Marks {
    bold: &'static str,
    dim: &'static str,
    end: &'static str,
}

const PLAIN: Marks = Marks { bold: "", dim: "", end: "" };
const COLOURED: Marks = Marks { bold: "\u{1b}[1m", dim: "\u{1b}[2m", end: "\u{1b}[0m" };

/// Columns after which the place in the source no longer stands on its line's right.
const WIDE: usize = 72;

pub(super) fn write(explanation: &Explanation, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let marks = if explanation.colour { COLOURED } else { PLAIN };
    let trace = &explanation.trace;
    for note in &trace.notes {
        writeln!(f, "{}note: {note}{}", marks.dim, marks.end)?;
    }
    heading(f, &marks, "Forward: values")?;
    write_forward(explanation, &marks, f)?;
    let backward = explanation.steps();
    if backward.is_empty() {
        let root = &trace.root().label;
        return writeln!(f, "\n{root} depends on no variable: it has no derivatives.");
    }
    f.write_char('\n')?;
    heading(f, &marks, "Backward: the chain rule, from the result to the leaves")?;
    let all = backward.len();
    for step in backward.iter().take(explanation.limit) {
        write_step(trace, step, f)?;
    }
    if all > explanation.limit {
        writeln!(f, "  … and {} more; Explanation::limit shows them", all - explanation.limit)?;
    }
    if let Some((label, paths)) = &explanation.paths {
        f.write_char('\n')?;
        write_paths(trace, label, paths.as_ref(), &marks, f)?;
    }
    Ok(())
}

fn heading(f: &mut fmt::Formatter<'_>, marks: &Marks, text: &str) -> fmt::Result {
    writeln!(f, "{}{text}{}", marks.bold, marks.end)
}

/// A node as an equation: `q = x + y = -2 + 5 = 3`.
fn equation(node: &Node) -> String {
    let mut text = node.label.clone();
    let mut add = |side: &str| {
        let _ = write!(text, " = {side}");
    };
    if node.kind == Kind::Operation {
        add(&node.expression);
    }
    if let Some(with_values) = &node.with_values {
        add(with_values);
    }
    match &node.value {
        Some(value) => add(&value.to_string()),
        None if node.kind != Kind::Operation => text.push_str(", a leaf"),
        None => {}
    }
    text
}

fn write_forward(explanation: &Explanation, marks: &Marks, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let nodes = explanation.forward();
    let hidden = nodes.len().saturating_sub(explanation.limit);
    if hidden > 0 {
        writeln!(f, "  … {hidden} earlier ones; Explanation::limit shows them")?;
    }
    let lines: Vec<(String, &Node)> = nodes[hidden..].iter().map(|&node| (equation(node), node)).collect();
    let lengths = lines.iter().map(|(line, _)| line.chars().count());
    let width = lengths.filter(|&length| length <= WIDE).max().unwrap_or(0);
    for (line, node) in lines {
        let place = node.origin.map_or_else(String::new, source::place);
        let line = format!("  {line:width$}   {}{place}{}", marks.dim, marks.end);
        writeln!(f, "{}", line.trim_end())?;
    }
    Ok(())
}

fn write_step(trace: &Trace, step: &Step<'_>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let root = &trace.root().label;
    let own = derivative(root, &step.node.label);
    let by = step.cotangent;
    match step.parts.as_slice() {
        [] => writeln!(f, "  {own} = {by}"),
        [part] => writeln!(f, "  {own} = {}", part_text(root, part)),
        parts => {
            writeln!(f, "  {own}, a sum over {} uses:", parts.len())?;
            for part in parts {
                let which = part.which.map_or_else(String::new, |which| format!(" as operand {which}"));
                writeln!(f, "      in {}{which}: {}", part.user.label, part_text(root, part))?;
            }
            let numbers = parts.iter().map(|part| part.operand.contribution.as_ref()?.number());
            match numbers.collect::<Option<Vec<f64>>>() {
                Some(numbers) => writeln!(f, "      {own} = {} = {by}", sum(&numbers)),
                None => writeln!(f, "      {own} = their sum = {by}"),
            }
        }
    }
}

/// `df/dq · ∂f/∂q = 1 · z = 1 · (-4) = -4`.
fn part_text(root: &str, part: &Part<'_>) -> String {
    let incoming = derivative(root, &part.user.label);
    let product = part.product(&incoming);
    let mut sides = vec![format!("{incoming} · {}", partial(&part.user.label, &part.operand.label))];
    sides.extend(product.formulas);
    sides.extend(product.numbers);
    if sides.len() > 1 && part.operand.local.as_ref().is_none_or(|local| local.number().is_none()) {
        sides.remove(0); // between tensors ∂ is no factor
    }
    let contribution = part.operand.contribution.as_ref();
    let from = part.user.cotangent.as_ref().map(|cotangent| cotangent.shape());
    if let (Some(Rule::Factor(_)), Some(to)) = (&part.operand.rule, contribution.map(|part| part.shape()))
        && from.is_some_and(|from| from != to)
        && let Some(last) = sides.last_mut()
    {
        *last = format!("sum of {last} to {to}"); // what was repeated gets a sum
    }
    sides.extend(contribution.map(ToString::to_string));
    let mut text = sides.join(" = ");
    if let Some(names) = product.names {
        let _ = write!(text, "   with {names}");
    }
    text
}

/// `2 + 3 + (-4)`.
pub(super) fn sum(numbers: &[f64]) -> String {
    const MOST: usize = 8;
    let mut texts: Vec<String> = numbers.iter().take(MOST).map(|&x| number::bracketed(x)).collect();
    if numbers.len() > MOST {
        let rest: f64 = numbers[MOST..].iter().sum();
        texts.push(format!("{} of {} more", number::bracketed(rest), numbers.len() - MOST));
    }
    texts.join(" + ")
}

fn write_paths(
    trace: &Trace,
    to: &str,
    paths: Option<&Paths>,
    marks: &Marks,
    f: &mut fmt::Formatter<'_>,
) -> fmt::Result {
    let own = derivative(&trace.root().label, to);
    let Some(paths) = paths else {
        heading(f, marks, &format!("{own} along each path"))?;
        return writeln!(
            f,
            "  not listed: between tensors a path's factor is a matrix; above, each use of {to} is one summand"
        );
    };
    heading(f, marks, &format!("{own} as a sum over paths"))?;
    let width = |text: &str| text.chars().count();
    let names: Vec<String> = paths.listed.iter().map(|path| way(trace, &path.nodes)).collect();
    let widest = names.iter().map(|name| width(name)).filter(|&width| width <= WIDE).max().unwrap_or(0);
    for (path, name) in paths.listed.iter().zip(&names) {
        let factors = folded(path.factors.iter().map(|&x| number::bracketed(x)).collect(), " · ");
        writeln!(f, "  {name:widest$}   {factors} = {}", number::text(path.product))?;
    }
    let others = paths.count - paths.listed.len() as f64;
    if others > 0.0 {
        let of = if paths.compared_all { "" } else { " (the listed ones are the largest of the first 1000)" };
        let rest = number::text(paths.rest);
        writeln!(f, "  {} more paths together: {rest}{of}", number::text(others))?;
    }
    if paths.listed.is_empty() {
        writeln!(f, "  none: {} does not depend on it", trace.root().label)?;
    }
    writeln!(f, "  {own} = {}", number::text(paths.total))
}

/// A path as labels with arrows.
pub(super) fn way(trace: &Trace, nodes: &[usize]) -> String {
    folded(nodes.iter().map(|&node| trace.nodes[node].label.clone()).collect(), " ← ")
}

/// The first and the last of many, with their number between.
fn folded(texts: Vec<String>, between: &str) -> String {
    const ENDS: usize = 5;
    if texts.len() <= 2 * ENDS + 1 {
        return texts.join(between);
    }
    let hidden = format!("({} more)", texts.len() - 2 * ENDS);
    let (first, last) = (&texts[..ENDS], &texts[texts.len() - ENDS..]);
    [first.join(between), hidden, last.join(between)].join(between)
}
