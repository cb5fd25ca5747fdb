//! Checks a derivation made by hand: which of the stated factors is the first wrong one, what is right, and what numbers say.

use std::fmt;

use super::number::{self, Quantity};
use super::steps::{derivative, partial};
use super::trace::{Operand, Trace, Tracing};
use super::{Rule, Traced};

/// Elements of a tensor that can be compared.
const ELEMENTS: usize = 1 << 20;

/// Statements about a computation, to be compared with it.
///
/// ```
/// use autograd::Tape;
/// let tape = Tape::new().explaining();
/// let (x, y, z) = (tape.var(-2.0).named("x"), tape.var(5.0).named("y"), tape.var(-4.0).named("z"));
/// let q = (x + y).named("q");
/// let f = (q * z).named("f");
/// // By hand: ∂q/∂x = 1, ∂f/∂q = z, so df/dx = z. All is right:
/// let report = f.check_derivation().local(q, x, 1.0).local_by(f, q, |of| of[1]).gradient(x, -4.0).report();
/// assert_eq!(report.unwrap().to_string(), "3 statements are right");
/// // ∂f/∂q is not q:
/// let wrong = f.check_derivation().local(q, x, 1.0).local(f, q, 3.0).gradient(x, 3.0).report().unwrap_err();
/// let text = wrong.to_string();
/// assert!(text.contains("∂f/∂q is stated as 3, but is z = -4") && text.contains("central difference"), "{text}");
/// ```
#[must_use = "a derivation is checked by report()"]
pub struct Derivation<V> {
    root: V,
    locals: Vec<(V, V, Stated)>,
    gradients: Vec<(V, Vec<f64>)>,
    tolerance: f64,
}

/// A derivative as a function of the operands' values.
type Claim = Box<dyn Fn(&[f64]) -> f64>;

/// A local derivative as stated.
enum Stated {
    Numbers(Vec<f64>),
    Formula(Claim),
}

/// What a derivative can be stated as: a number, or the elements of a tensor, row after row.
pub trait Claimed {
    /// The numbers.
    fn numbers(self) -> Vec<f64>;
}

impl Claimed for f64 {
    fn numbers(self) -> Vec<f64> {
        vec![self]
    }
}
impl Claimed for &[f64] {
    fn numbers(self) -> Vec<f64> {
        self.to_vec()
    }
}
impl<const N: usize> Claimed for [f64; N] {
    fn numbers(self) -> Vec<f64> {
        self.to_vec()
    }
}
impl<T: crate::element::Element> Claimed for &crate::tensor::Tensor<T> {
    fn numbers(self) -> Vec<f64> {
        self.data().iter().map(|x| x.to_f64()).collect()
    }
}

/// All that was stated is right.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub struct DerivationReport {
    /// How many statements were compared.
    pub checked: usize,
}

impl fmt::Display for DerivationReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.checked {
            1 => f.write_str("1 statement is right"),
            checked => write!(f, "{checked} statements are right"),
        }
    }
}

/// A central difference of one operation, the other operands kept.
#[derive(Clone, PartialEq, Debug)]
#[non_exhaustive]
pub struct Evidence {
    /// What was computed, with numbers.
    pub difference: String,
    /// Its value, an estimate of the local derivative.
    pub value: f64,
}

/// The first statement that is wrong, or that says nothing about the computation.
#[derive(Clone, PartialEq, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DerivationError {
    /// A local derivative is wrong.
    #[error(
        "{what} is stated as {stated}, but is {right}{}{}",
        origin.as_ref().map_or_else(String::new, |origin| format!(" (at {origin})")),
        evidence.as_ref().map_or_else(String::new, |e| format!(
            "\n  central difference: {} = {}", e.difference, number::text(e.value)
        )),
    )]
    Local {
        /// The local derivative, as `∂f/∂q`.
        what: String,
        /// What was stated.
        stated: String,
        /// The formula, and the number.
        right: String,
        /// Where the operation stands in the source.
        origin: Option<String>,
        /// What numbers say.
        evidence: Option<Box<Evidence>>,
    },
    /// A gradient is wrong, though no stated local derivative is.
    #[error("{what} is stated as {stated}, but is {right}\n  every stated local derivative is right; {hint}")]
    Gradient {
        /// The derivative, as `df/dx`.
        what: String,
        /// What was stated.
        stated: String,
        /// What is right.
        right: String,
        /// What may have been overlooked: a sign, a factor, a path.
        hint: String,
    },
    /// The statement is about something that the computation does not have.
    #[error("{what}: {why}")]
    NotThere {
        /// The derivative, or the node.
        what: String,
        /// What is not there.
        why: String,
    },
}

impl<V: Traced> Derivation<V> {
    pub(super) fn new(root: V) -> Derivation<V> {
        Derivation { root, locals: Vec::new(), gradients: Vec::new(), tolerance: 1e-3 }
    }

    /// States the derivative of one node by one of its operands; between tensors that of an elementwise operation, one number for
    /// each element of the result.
    pub fn local(mut self, of: V, by: V, value: impl Claimed) -> Self {
        self.locals.push((of, by, Stated::Numbers(value.numbers())));
        self
    }

    /// States it as a formula of the operands' values, in the order in which they are written.
    pub fn local_by(mut self, of: V, by: V, formula: impl Fn(&[f64]) -> f64 + 'static) -> Self {
        self.locals.push((of, by, Stated::Formula(Box::new(formula))));
        self
    }

    /// States the derivative of the result by a node.
    pub fn gradient(mut self, by: V, value: impl Claimed) -> Self {
        self.gradients.push((by, value.numbers()));
        self
    }

    /// How far a statement may be off, as a part of the right number or, below 1, absolutely; 0.001 if nothing is said, so that numbers
    /// may be rounded to four digits.
    pub fn tolerance(mut self, tolerance: f64) -> Self {
        self.tolerance = tolerance;
        self
    }

    /// Compares all statements: local derivatives in the order of the chain, from the result to the leaves, then gradients.
    ///
    /// # Errors
    /// The first statement that is wrong.
    pub fn report(self) -> Result<DerivationReport, DerivationError> {
        let mut tracing = Tracing::default().elements(ELEMENTS).nodes(100_000);
        for (of, by, _) in &self.locals {
            tracing = tracing.wrt(*of).wrt(*by);
        }
        for (by, _) in &self.gradients {
            tracing = tracing.wrt(*by);
        }
        let trace = self.root.trace_with(&tracing);
        let place = |var: &V| {
            let id = var.node_id().filter(|_| var.is_beside(self.root));
            id.and_then(|id| trace.place(id)).ok_or_else(|| DerivationError::NotThere {
                what: format!("the derivation of {}", trace.root().label),
                why: "a node that it speaks of is a constant, of another graph or tape, or not below the result".to_owned(),
            })
        };
        let mut locals = Vec::new();
        for (of, by, stated) in &self.locals {
            locals.push((place(of)?, place(by)?, stated));
        }
        locals.sort_by_key(|&(of, by, _)| std::cmp::Reverse((of, by)));
        for (of, by, stated) in locals {
            self.check_local(&trace, of, by, stated)?;
        }
        let mut gradients = Vec::new();
        for (by, stated) in &self.gradients {
            gradients.push((place(by)?, stated));
        }
        gradients.sort_by_key(|&(by, _)| std::cmp::Reverse(by));
        for (by, stated) in gradients {
            self.check_gradient(&trace, by, stated)?;
        }
        Ok(DerivationReport { checked: self.locals.len() + self.gradients.len() })
    }

    fn agrees(&self, stated: f64, right: f64) -> bool {
        stated == right || (stated - right).abs() <= self.tolerance * right.abs().max(1.0)
    }

    /// The place of the first element that is wrong.
    fn first_wrong(&self, stated: &[f64], right: &[f64]) -> Option<usize> {
        stated.iter().zip(right).position(|(&stated, &right)| !self.agrees(stated, right))
    }

    fn check_local(
        &self,
        trace: &Trace,
        of: usize,
        by: usize,
        stated: &Stated,
    ) -> Result<(), DerivationError> {
        let node = &trace.nodes[of];
        let what = partial(&node.label, &trace.nodes[by].label);
        let not_there = |why: &str| DerivationError::NotThere { what: what.clone(), why: why.to_owned() };
        // The same operand twice, as in x*x: the derivative by it is the sum over both.
        let operands: Vec<&Operand> =
            node.operands.iter().filter(|operand| operand.node == Some(by)).collect();
        let Some(first) = operands.first() else {
            let written = &node.expression;
            return Err(not_there(&format!("{} = {written} does not have it as an operand", node.label)));
        };
        let mut right: Vec<f64> = Vec::new();
        for operand in &operands {
            let Some(local) = &operand.local else {
                if operand.rule == Some(Rule::Nothing) {
                    continue;
                }
                return Err(not_there(
                    "between these tensors it is a matrix: state the gradient by it instead",
                ));
            };
            let local = local.elements().ok_or_else(|| not_there("the tensor is too large to compare"))?;
            right.resize(local.len(), 0.0);
            right.iter_mut().zip(local).for_each(|(sum, x)| *sum += x);
        }
        right.resize(right.len().max(1), 0.0);
        let stated = match stated {
            Stated::Numbers(numbers) => numbers.clone(),
            Stated::Formula(formula) => {
                let value = |operand: &Operand| trace.nodes[operand.node?].value.as_ref()?.number();
                let values: Option<Vec<f64>> = node.operands.iter().map(value).collect();
                let values = values.ok_or_else(|| {
                    not_there("a formula needs operands that are known single numbers: make the tape with explaining()")
                })?;
                vec![formula(&values)]
            }
        };
        if stated.len() != right.len() {
            let why = format!("{} numbers are stated, but there are {}", stated.len(), right.len());
            return Err(not_there(&why));
        }
        let Some(wrong) = self.first_wrong(&stated, &right) else { return Ok(()) };
        let index = first.local.as_ref().map_or_else(Vec::new, |local| local.index(wrong));
        let formula = match &first.rule {
            Some(Rule::Factor(formula)) if operands.len() == 1 => Some(formula.clone()),
            _ => None,
        };
        let number = number::text(right[wrong]);
        Err(DerivationError::Local {
            what: if index.is_empty() { what } else { format!("{what} at {index:?}") },
            stated: number::text(stated[wrong]),
            right: formula
                .filter(|formula| *formula != number)
                .map_or(number.clone(), |formula| format!("{formula} = {number}")),
            origin: node.origin.map(super::source::place),
            evidence: evidence(trace, of, by).map(Box::new),
        })
    }

    fn check_gradient(&self, trace: &Trace, by: usize, stated: &[f64]) -> Result<(), DerivationError> {
        let node = &trace.nodes[by];
        let what = derivative(&trace.root().label, &node.label);
        let zero = Quantity::single(0.0);
        let right = node.cotangent.as_ref().unwrap_or(&zero);
        let not_there = |why: String| DerivationError::NotThere { what: what.clone(), why };
        let elements =
            right.elements().ok_or_else(|| not_there("the tensor is too large to compare".to_owned()))?;
        if elements.len() != stated.len() {
            return Err(not_there(format!(
                "{} numbers are stated, but it has shape {}",
                stated.len(),
                right.shape()
            )));
        }
        let Some(wrong) = self.first_wrong(stated, elements) else { return Ok(()) };
        let index = right.index(wrong);
        Err(DerivationError::Gradient {
            hint: self.hint(trace, by, stated[wrong], elements[wrong]),
            what: if index.is_empty() { what } else { format!("{what} at {index:?}") },
            stated: number::text(stated[wrong]),
            right: number::text(elements[wrong]),
        })
    }

    /// What the wrong number looks like: the usual slips.
    fn hint(&self, trace: &Trace, by: usize, stated: f64, right: f64) -> String {
        if self.agrees(stated, -right) {
            return "the sign is the wrong one".to_owned();
        }
        let Some(paths) = trace.paths_to(by, 100) else {
            return "explain_wrt() shows the chain".to_owned();
        };
        let label = |at: usize| trace.nodes[at].label.as_str();
        if paths.listed.len() > 1 {
            for path in &paths.listed {
                if self.agrees(stated, path.product) {
                    let way: Vec<&str> = path.nodes.iter().map(|&at| label(at)).collect();
                    return format!(
                        "{} is the product along {} alone: the derivative is the sum over all {} paths",
                        number::text(stated),
                        way.join(" ← "),
                        number::text(paths.count)
                    );
                }
            }
        }
        if let [path] = &paths.listed[..] {
            for (pair, &factor) in path.nodes.windows(2).zip(&path.factors) {
                let what = partial(label(pair[0]), label(pair[1]));
                if self.agrees(stated * factor, right) && !self.agrees(factor, 1.0) {
                    return format!("the factor {what} = {} is missing", number::text(factor));
                }
            }
        }
        "the product or the sum is wrong: explain_wrt() shows it".to_owned()
    }
}

/// The central difference of one operation in one of its operands.
fn evidence(trace: &Trace, of: usize, by: usize) -> Option<Evidence> {
    let node = &trace.nodes[of];
    let op = node.op?;
    let value = |operand: &Operand| trace.nodes[operand.node?].value.as_ref()?.number();
    let values: Vec<f64> = node.operands.iter().map(value).collect::<Option<_>>()?;
    let x = trace.nodes[by].value.as_ref()?.number()?;
    // The cube root of the rounding error balances rounding and curvature.
    let step = f64::EPSILON.cbrt() * x.abs().max(1.0);
    let at = |x: f64| {
        let moved = node
            .operands
            .iter()
            .zip(&values)
            .map(|(operand, &v)| if operand.node == Some(by) { x } else { v });
        op.at(&moved.collect::<Vec<_>>())
    };
    let value = (at(x + step)? - at(x - step)?) / (2.0 * step);
    let label = &trace.nodes[by].label;
    let h = number::text(step);
    let difference = format!("({0}({label} + h) - {0}({label} - h)) / 2h with h = {h}", node.label);
    Some(Evidence { difference, value })
}
