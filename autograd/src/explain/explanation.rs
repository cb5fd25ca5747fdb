//! `Explanation`: a trace told step by step, and how much of it is told.

use std::fmt;
use std::io::{self, IsTerminal, Write};

use super::paths::Paths;
use super::steps::{self, Step};
use super::trace::{Kind, Node, Trace};
use super::{latex, markdown, text};

/// How a value and its derivatives came about, step by step, for people.
///
/// `Display` is text for a terminal; [`to_markdown`](Explanation::to_markdown) and [`to_latex`](Explanation::to_latex) are for
/// documents.
///
/// ```
/// use autograd::Graph;
/// let g = Graph::f64();
/// let (x, y, z) = (g.var(-2.0).named("x"), g.var(5.0).named("y"), g.var(-4.0).named("z"));
/// let q = (x + y).named("q");
/// let f = (q * z).named("f");
/// let text = f.explain().to_string();
/// assert!(text.contains("q = x + y = -2 + 5 = 3"));
/// assert!(text.contains("df/dq = df/df · ∂f/∂q = 1 · z = 1 · (-4) = -4"));
/// println!("{text}");
/// ```
///
/// ```text
/// Forward: values
///   x = -2                   src/main.rs:4
///   y = 5                    src/main.rs:4
///   z = -4                   src/main.rs:4
///   q = x + y = -2 + 5 = 3   src/main.rs:5
///   f = q*z = 3*(-4) = -12   src/main.rs:6
///
/// Backward: the chain rule, from the result to the leaves
///   df/df = 1
///   df/dq = df/df · ∂f/∂q = 1 · z = 1 · (-4) = -4
///   df/dz = df/df · ∂f/∂z = 1 · q = 1 · 3 = 3
///   df/dy = df/dq · ∂q/∂y = -4 · 1 = -4
///   df/dx = df/dq · ∂q/∂x = -4 · 1 = -4
/// ```
#[derive(Clone, Debug)]
pub struct Explanation {
    pub(super) trace: Trace,
    pub(super) limit: usize,
    pub(super) colour: bool,
    /// The node that is asked for, and the paths to it.
    pub(super) paths: Option<(String, Option<Paths>)>,
    only: Option<Vec<bool>>,
}

/// Steps that are told if nothing is said.
const STEPS: usize = 100;
/// Paths that are listed.
const PATHS: usize = 12;

impl Explanation {
    /// The explanation of a trace, which [`Var::trace_with`](crate::Var::trace_with) makes to measure.
    pub fn of(trace: Trace) -> Explanation {
        Explanation { trace, limit: STEPS, colour: false, paths: None, only: None }
    }

    /// The explanation of one derivative: only what lies between the root and `wrt`, and the paths between them.
    pub(super) fn of_derivative(trace: Trace, wrt: Option<usize>) -> Explanation {
        let mut explanation = Explanation::of(trace);
        let trace = &mut explanation.trace;
        let Some(to) = wrt.and_then(|id| trace.place(id)) else {
            trace
                .notes
                .push("the node that is asked for is not below the result: the derivative is 0".to_owned());
            return explanation;
        };
        let mut between = vec![false; trace.nodes.len()];
        between[to] = true;
        for place in to + 1..trace.nodes.len() {
            let operands = &trace.nodes[place].operands;
            between[place] = operands.iter().any(|operand| operand.node.is_some_and(|node| between[node]));
        }
        let label = trace.nodes[to].label.clone();
        explanation.paths = Some((label, trace.paths_to(to, PATHS)));
        explanation.only = Some(between);
        explanation
    }

    /// The trace that is explained.
    pub fn trace(&self) -> &Trace {
        &self.trace
    }

    /// Tells at most so many steps in each direction, those next to the result; 100 if nothing is said.
    #[must_use]
    pub fn limit(mut self, steps: usize) -> Self {
        self.limit = steps;
        self
    }

    /// Whether the text has the marks of a terminal for bold and dim; it has not, if nothing is said.
    #[must_use]
    pub fn colour(mut self, colour: bool) -> Self {
        self.colour = colour;
        self
    }

    /// Writes the text to the standard output, with colour if that is a terminal and the variable `NO_COLOR` is not set.
    ///
    /// # Errors
    /// If it cannot be written, as into a closed pipe.
    pub fn print(&self) -> io::Result<()> {
        let mut stdout = io::stdout().lock();
        let colour =
            stdout.is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
        write!(stdout, "{}", self.clone().colour(colour))
    }

    /// Tables in Markdown.
    pub fn to_markdown(&self) -> String {
        markdown::write(self)
    }

    /// Aligned equations in LaTeX; they need the package `amsmath`.
    pub fn to_latex(&self) -> String {
        latex::write(self)
    }

    /// The nodes of the forward pass that are worth a line.
    pub(super) fn forward(&self) -> Vec<&Node> {
        let nodes = self.trace.nodes.iter();
        nodes.filter(|node| node.kind != Kind::Number || node.is_named).collect()
    }

    /// The cotangents that are told, the root's first.
    pub(super) fn steps(&self) -> Vec<Step<'_>> {
        let all = steps::backward(&self.trace);
        let Some(only) = &self.only else { return all };
        let places: std::collections::HashSet<*const Node> = self
            .trace
            .nodes
            .iter()
            .zip(only)
            .filter(|(_, between)| **between)
            .map(|(node, _)| std::ptr::from_ref(node))
            .collect();
        all.into_iter().filter(|step| places.contains(&std::ptr::from_ref(step.node))).collect()
    }
}

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        text::write(self, f)
    }
}
