//! What is to be drawn, before it has a place: boxes and edges, parts of the model folded.

use std::collections::BTreeMap;

use super::order::{self, Units};
use crate::explain::number;
use crate::explain::{Kind, Node, Quantity, Trace};

/// Boxes in an order in which edges lead from earlier to later ones; the result is the last.
pub(super) struct Picture {
    pub(super) boxes: Vec<Piece>,
    pub(super) edges: Vec<Edge>,
    /// Value and gradient of the result.
    pub(super) result: (String, String),
    pub(super) title: String,
    pub(super) description: String,
}

/// A box.
pub(super) struct Piece {
    pub(super) title: String,
    pub(super) lines: Vec<String>,
    pub(super) style: Style,
    /// Where it stands between the smallest and the largest number, if boxes are coloured by one.
    pub(super) shade: Option<f64>,
}

/// What a box stands for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Style {
    Variable,
    Constant,
    Operation,
    Folded,
}

/// An operand on its way to its user.
pub(super) struct Edge {
    pub(super) from: usize,
    pub(super) to: usize,
    pub(super) value: String,
    pub(super) gradient: String,
}

/// Boxes beyond which parts are folded if nothing is said.
const MANY: usize = 30;

impl Picture {
    pub(super) fn new(
        trace: &Trace,
        fold: Option<bool>,
        limit: usize,
        numbers: Option<&[Option<f64>]>,
    ) -> Picture {
        let nodes = &trace.nodes;
        // Literals stand in the text of their users.
        let is_drawn =
            |at: usize| nodes[at].kind != Kind::Number || nodes[at].is_named || at + 1 == nodes.len();
        let drawn = (0..nodes.len()).filter(|&at| is_drawn(at)).count();
        let fold = fold.unwrap_or(drawn > MANY);
        let units = order::units(trace, &is_drawn, fold, limit);
        let numbers = numbers.map(|numbers| shades(&units, numbers));
        let boxes = units.members.iter().enumerate().map(|(at, members)| {
            let mut piece = piece(trace, members, &units.names[at]);
            piece.shade = numbers.as_ref().and_then(|shades| shades[at]);
            piece
        });
        let boxes: Vec<Piece> = boxes.collect();
        let edges = edges(trace, &units);
        let root = trace.root();
        let result = (short(root.value.as_ref()), short(root.cotangent.as_ref()));
        let title = format!("{} = {}", root.label, cut(&root.expression, 60));
        let mut description = format!(
            "Computation of {} in {} boxes, operands before their users. On each edge: the value, then the part of the gradient \
             that flows back; of a tensor its shape and, between bars, its Euclidean length.",
            root.label,
            boxes.len()
        );
        trace.notes.iter().for_each(|note| description.push_str(&format!(" Note: {note}.")));
        Picture { boxes, edges, result, title, description }
    }
}

/// A number, or shape and length of a tensor.
fn short(quantity: Option<&Quantity>) -> String {
    match quantity {
        None => String::new(),
        Some(quantity) => match quantity.number() {
            Some(x) => number::text(x),
            None => format!("{} |{}|", quantity.shape(), number::text(round(quantity.norm()))),
        },
    }
}

/// Three digits are enough for a length in a picture.
fn round(x: f64) -> f64 {
    format!("{x:.2e}").parse().unwrap_or(x)
}

/// A text of at most so many characters.
fn cut(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    text.chars().take(most - 1).chain(std::iter::once('…')).collect()
}

/// Characters of a line in a box.
const WIDE: usize = 26;

fn piece(trace: &Trace, members: &[usize], name: &Option<String>) -> Piece {
    let nodes: Vec<&Node> = members.iter().map(|&at| &trace.nodes[at]).collect();
    if let Some(name) = name {
        let mut lines: Vec<String> = Vec::new();
        let parameters: Vec<&&Node> = nodes.iter().filter(|node| node.kind == Kind::Variable).collect();
        let shape =
            |node: &Node| node.value.as_ref().map_or_else(String::new, |value| value.shape().to_string());
        for parameter in parameters.iter().take(3) {
            let own = parameter.label.rsplit('.').next().unwrap_or_default();
            lines.push(cut(&format!("{own} {}", shape(parameter)), WIDE));
        }
        if parameters.len() > 3 {
            lines = vec![format!("{} parameters", parameters.len())];
        }
        let operations: Vec<&str> =
            nodes.iter().filter(|node| node.kind == Kind::Operation).map(|node| &*node.operation).collect();
        let names = operations.join(", ");
        let few = operations.len() <= 4 && names.chars().count() <= WIDE;
        lines.push(if few { names } else { format!("{} operations", operations.len()) });
        return Piece { title: cut(name, WIDE), lines, style: Style::Folded, shade: None };
    }
    let node = nodes[0];
    let style = match node.kind {
        Kind::Variable => Style::Variable,
        Kind::Constant | Kind::Number => Style::Constant,
        _ => Style::Operation,
    };
    let mut lines = Vec::new();
    if style == Style::Operation {
        lines.push(cut(&node.expression, WIDE));
    }
    Piece { title: cut(&node.label, WIDE), lines, style, shade: None }
}

/// Uses of one box by another: the node that is used, and what it gets.
type Uses<'a> = Vec<(usize, Option<&'a Quantity>)>;

/// One edge for each operand of a box that is another box; several uses of one node by one box are one edge.
fn edges(trace: &Trace, units: &Units) -> Vec<Edge> {
    let mut found: BTreeMap<(usize, usize), Uses> = BTreeMap::new();
    let mut sequence = Vec::new();
    for (user, node) in trace.nodes.iter().enumerate() {
        for operand in &node.operands {
            let Some(from) = operand.node else { continue };
            let (Some(a), Some(b)) = (units.of[from], units.of[user]) else { continue };
            if a != b {
                let uses = found.entry((b, a)).or_default();
                if uses.is_empty() {
                    sequence.push((b, a));
                }
                uses.push((from, operand.contribution.as_ref()));
            }
        }
    }
    // By user, and there in the order of its operands: so they arrive beside each other as they are written.
    sequence.sort_by_key(|&(user, _)| user);
    let edge = |key: (usize, usize)| {
        let uses = &found[&key];
        let (first, contribution) = uses[0];
        let same = uses.iter().all(|&(node, _)| node == first);
        let value = if same {
            short(trace.nodes[first].value.as_ref())
        } else {
            format!(
                "{} values",
                uses.iter().map(|use_| use_.0).collect::<std::collections::BTreeSet<_>>().len()
            )
        };
        let numbers: Option<Vec<f64>> = uses.iter().map(|(_, x)| x.and_then(Quantity::number)).collect();
        let gradient = match (same, uses.len(), numbers) {
            (true, 1, _) => short(contribution),
            (true, _, Some(numbers)) => number::text(numbers.iter().sum()),
            _ => String::new(),
        };
        Edge { from: key.1, to: key.0, value, gradient }
    };
    sequence.into_iter().map(edge).collect()
}

/// Numbers of boxes between 0 and 1.
fn shades(units: &Units, numbers: &[Option<f64>]) -> Vec<Option<f64>> {
    let sum = |members: &Vec<usize>| {
        let mut known = members.iter().filter_map(|&at| numbers[at]).filter(|x| x.is_finite()).peekable();
        known.peek()?;
        Some(known.sum::<f64>())
    };
    let sums: Vec<Option<f64>> = units.members.iter().map(sum).collect();
    let known = || sums.iter().copied().flatten();
    let (low, high) = (known().fold(f64::INFINITY, f64::min), known().fold(f64::NEG_INFINITY, f64::max));
    let scale = if high > low { high - low } else { 1.0 };
    sums.iter().map(|sum| sum.map(|sum| (sum - low) / scale)).collect()
}
