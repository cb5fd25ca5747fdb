//! The derivative of each node as a reader wants it: from which users it comes, by which factors, and what they add up to.

use super::number::{self, Quantity};
use super::trace::{Node, Operand, Trace};
use crate::ops::Rule;

/// The cotangent of one node.
pub(crate) struct Step<'a> {
    pub(crate) node: &'a Node,
    pub(crate) cotangent: &'a Quantity,
    /// What it is the sum of; empty for the root.
    pub(crate) parts: Vec<Part<'a>>,
}

/// What one user of a node hands to it.
pub(crate) struct Part<'a> {
    pub(crate) user: &'a Node,
    pub(crate) operand: &'a Operand,
    /// Which operand it is, if the user has the node for more than one.
    pub(crate) which: Option<usize>,
}

/// The cotangents of all nodes, the root first.
pub(crate) fn backward(trace: &Trace) -> Vec<Step<'_>> {
    let uses = trace.uses();
    let mut steps = Vec::new();
    for (place, node) in trace.nodes.iter().enumerate().rev() {
        let Some(cotangent) = &node.cotangent else { continue };
        let mut parts = Vec::new();
        for &(user, which) in &uses[place] {
            let user = &trace.nodes[user];
            let operand = &user.operands[which];
            if operand.contribution.is_some() {
                let twice = user.operands.iter().filter(|other| other.node == Some(place)).count() > 1;
                parts.push(Part { user, operand, which: twice.then_some(which + 1) });
            }
        }
        steps.push(Step { node, cotangent, parts });
    }
    steps
}

/// A product as three texts: over symbols, over formulas, over numbers; and names for parts of the formula.
pub(crate) struct Product {
    pub(crate) formulas: Option<String>,
    pub(crate) numbers: Option<String>,
    pub(crate) names: Option<String>,
}

impl Part<'_> {
    /// The incoming cotangent times the local derivative, beside the symbols `du` and `∂u/∂x`.
    pub(crate) fn product(&self, incoming: &str) -> Product {
        let cotangent = self.user.cotangent.as_ref();
        let single = |quantity: Option<&Quantity>| quantity.and_then(Quantity::number);
        let numbers = single(cotangent).zip(single(self.operand.local.as_ref()));
        let left = single(cotangent).map_or_else(|| incoming.to_owned(), number::text);
        let mut names = None;
        let formulas = match &self.operand.rule {
            Some(Rule::Factor(formula)) => {
                let (formula, parts) = split_names(formula);
                names = parts.map(str::to_owned);
                let is_sum = formula.contains(' ') || formula.starts_with('-');
                Some(if is_sum { format!("{left} · ({formula})") } else { format!("{left} · {formula}") })
            }
            Some(Rule::Carried(formula)) if numbers.is_none() => {
                names = Some(format!("ḡ = {incoming}"));
                Some(formula.clone())
            }
            _ => None,
        };
        let numbers = numbers
            .map(|(cotangent, local)| format!("{} · {}", number::text(cotangent), number::bracketed(local)));
        // A formula that is a number already need not be said twice.
        let formulas = formulas.filter(|formulas| numbers.as_ref() != Some(formulas));
        Product { formulas, numbers, names }
    }
}

/// A formula, and the names of its parts that stand behind it: `s*s, s = tanh(x)`.
fn split_names(formula: &str) -> (&str, Option<&str>) {
    let mut depth = 0;
    for (at, c) in formula.char_indices() {
        match c {
            '(' | '[' => depth += 1,
            ')' | ']' => depth -= 1,
            ',' if depth == 0 => return (&formula[..at], Some(formula[at + 1..].trim_start())),
            _ => {}
        }
    }
    (formula, None)
}

/// `df/dx`.
pub(crate) fn derivative(of: &str, by: &str) -> String {
    format!("d{of}/d{by}")
}

/// `∂f/∂x`.
pub(crate) fn partial(of: &str, by: &str) -> String {
    format!("∂{of}/∂{by}")
}
