//! `GradientFlow`: which variables a gradient reaches, and where it is lost on the way to the others.

use std::fmt;
use std::panic::Location;

use super::birth::number;
use crate::element::{Element, PerElement};
use crate::graph::{Opened, Var};
use crate::ops::Shape;
use crate::plan::{Pass, StepValue};
use crate::tensor::Tensor;

/// How the gradient of a value arrives at the variables of its graph: [`Var::gradient_flow`](crate::Var::gradient_flow).
///
/// `Display` lists the variables that it does not reach, each with the operation at which it is lost.
#[derive(Clone, PartialEq, Debug)]
#[non_exhaustive]
pub struct GradientFlow {
    /// All variables of the graph, in the order of recording.
    pub variables: Vec<VariableFlow>,
}

/// How the gradient arrives at one variable.
#[derive(Clone, PartialEq, Debug)]
#[non_exhaustive]
pub struct VariableFlow {
    /// The variable, as [`Var::id`](crate::Var::id) counts.
    pub id: usize,
    /// Its name, if it has one.
    pub name: Option<String>,
    /// Its shape.
    pub shape: Shape,
    /// Where it was recorded.
    pub origin: &'static Location<'static>,
    /// What arrives.
    pub flow: Flow,
}

/// What arrives at a variable.
#[derive(Clone, PartialEq, Debug)]
#[non_exhaustive]
pub enum Flow {
    /// A gradient.
    Reached {
        /// Its Euclidean norm.
        norm: f64,
        /// The share of its numbers that are 0, from 0 to 1.
        zeros: f64,
    },
    /// A gradient that is 0 everywhere.
    Zero {
        /// The operations at which it became so.
        lost: Vec<Lost>,
    },
    /// Nothing: no derivative passes on any path.
    Cut {
        /// Where and why.
        why: String,
    },
    /// Nothing: the value is not computed from it.
    Unused,
}

/// An operation that receives a gradient and passes on 0.
#[derive(Clone, PartialEq, Debug)]
#[non_exhaustive]
pub struct Lost {
    /// The node, as [`Var::id`](crate::Var::id) counts.
    pub node: usize,
    /// Its operation.
    pub op: String,
    /// Where it was recorded.
    pub origin: &'static Location<'static>,
    /// Why it passes on 0.
    pub why: String,
}

impl GradientFlow {
    /// The variables that no gradient reaches, or one that is 0 everywhere.
    pub fn lost(&self) -> impl Iterator<Item = &VariableFlow> {
        self.variables.iter().filter(|variable| !matches!(variable.flow, Flow::Reached { .. }))
    }

    /// Whether a gradient other than 0 reaches every variable.
    pub fn reaches_all(&self) -> bool {
        self.lost().next().is_none()
    }
}

impl fmt::Display for GradientFlow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (lost, all) = (self.lost().count(), self.variables.len());
        if lost == 0 {
            return write!(f, "a gradient reaches all {all} variables");
        }
        write!(f, "no gradient reaches {lost} of {all} variables:")?;
        self.lost().try_for_each(|variable| write!(f, "\n  {variable}"))
    }
}

impl fmt::Display for VariableFlow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.name {
            Some(name) => write!(f, "{name:?} of shape {}: ", self.shape)?,
            None => write!(f, "the variable of shape {} recorded at {}: ", self.shape, self.origin)?,
        }
        match &self.flow {
            Flow::Reached { norm, zeros } => {
                write!(f, "a gradient of norm {}, {:.0} % of it zeros", number(*norm), 100.0 * zeros)
            }
            Flow::Zero { lost } => {
                write!(f, "0 everywhere")?;
                let mut join = ", lost in";
                for Lost { op, origin, why, .. } in lost {
                    write!(f, "{join} {op} recorded at {origin}: {why}")?;
                    join = "; and in";
                }
                Ok(())
            }
            Flow::Cut { why } => f.write_str(why),
            Flow::Unused => f.write_str("the value does not depend on it"),
        }
    }
}

impl<T: Element> Var<'_, T> {
    /// Which variables of the graph the gradient of this value reaches, and where it is lost on the way to the others: cut by
    /// `detach` or an operation without derivative, or 0 because all units of a `relu` are dead.
    ///
    /// Everything is computed again, one operation at a time: it is for looking once, not for every step.
    ///
    /// ```
    /// use autograd::prelude::*;
    /// use autograd::diagnose::Flow;
    ///
    /// let g = Graph::new();
    /// let x = g.constant([[1.0, 2.0]]);
    /// let [a, b, c] = [-1.0, 1.0, 1.0].map(|k| g.var(Tensor::full([2, 2], k as f32)));
    /// let dead = x.matmul(a.named("a")).relu().sum();
    /// let cut = x.matmul(b.named("b")).detach().sum();
    /// let flow = (dead + cut + x.matmul(c.named("c")).sum()).gradient_flow();
    /// assert!(matches!(flow.variables[0].flow, Flow::Zero { .. }));
    /// assert!(matches!(flow.variables[1].flow, Flow::Cut { .. }));
    /// assert!(matches!(flow.variables[2].flow, Flow::Reached { .. }));
    /// println!("{flow}"); // "a" of shape [2, 2]: 0 everywhere, lost in relu recorded at …: all its 2 outputs are 0 …
    /// ```
    #[track_caller]
    pub fn gradient_flow(self) -> GradientFlow {
        T::choose::<Flows>(flow_single, flow_double)(self)
    }
}

/// Reached from generic code: compiled once, here.
struct Flows;

impl PerElement for Flows {
    type Of<T: Element> = for<'g> fn(Var<'g, T>) -> GradientFlow;
}

#[inline(never)]
fn flow_single(root: Var<'_, f32>) -> GradientFlow {
    flow(root)
}

#[inline(never)]
fn flow_double(root: Var<'_, f64>) -> GradientFlow {
    flow(root)
}

fn flow<T: Element>(root: Var<'_, T>) -> GradientFlow {
    let variables = root.graph().variables();
    let opened = Opened::of(root, variables.iter().map(|variable| variable.id() as u32).collect());
    let values = opened.values(root.graph());
    let seen = Seen { root, opened: &opened, values: &values };
    let flows = variables.iter().zip(&opened.program.outputs[1..]).map(|(&variable, &cotangent)| {
        let flow = match cotangent.and_then(|at| seen.numbers(at)) {
            Some(gradient) => seen.arriving(variable, gradient),
            None if !seen.is_used(variable) => Flow::Unused,
            None => Flow::Cut { why: root.explain_cut(variable) },
        };
        VariableFlow {
            id: variable.id(),
            name: variable.name(),
            shape: variable.shape(),
            origin: variable.origin(),
            flow,
        }
    });
    GradientFlow { variables: flows.collect() }
}

/// A value, its gradients, and the numbers of all steps to them.
struct Seen<'a, 'g, T: Element> {
    root: Var<'g, T>,
    opened: &'a Opened<T>,
    values: &'a [Option<StepValue<T>>],
}

impl<'g, T: Element> Seen<'_, 'g, T> {
    fn numbers(&self, at: u32) -> Option<&Tensor<T>> {
        match &self.values[at as usize] {
            Some(StepValue::Numbers(tensor)) => Some(tensor),
            _ => None,
        }
    }

    /// The value of a node.
    fn value(&self, node: Var<'g, T>) -> Option<&Tensor<T>> {
        let own = |at: &usize| {
            let provenance = &self.opened.program.steps[*at].provenance;
            provenance.pass == Pass::Forward && provenance.node == Some(node.id() as u32)
        };
        self.numbers((0..self.values.len()).find(own)? as u32)
    }

    /// Whether the root is computed from a node.
    fn is_used(&self, node: Var<'g, T>) -> bool {
        node.id() == self.root.id() || self.root.is_computed_from(node)
    }

    fn arriving(&self, variable: Var<'g, T>, gradient: &Tensor<T>) -> Flow {
        let count = gradient.count().max(1) as f64;
        let zeros = gradient.data().iter().filter(|x| x.to_f64() == 0.0).count();
        if zeros == gradient.count() {
            return Flow::Zero { lost: self.lost(variable) };
        }
        let squares: f64 = gradient.data().iter().map(|x| x.to_f64() * x.to_f64()).sum();
        Flow::Reached { norm: squares.sqrt(), zeros: zeros as f64 / count }
    }

    /// The operations above a variable that receive a gradient and pass 0 down to it.
    fn lost(&self, variable: Var<'g, T>) -> Vec<Lost> {
        let mut silent = vec![variable.id() as u32];
        let mut lost = Vec::new();
        let mut cotangents = self.opened.program.incoming.clone();
        cotangents.sort_unstable();
        for (id, at) in cotangents {
            let node = self.root.sibling(id);
            let inputs = node.input_ids();
            if !inputs.iter().any(|input| silent.contains(input)) {
                continue;
            }
            let received = self.numbers(at).map_or(&[][..], |tensor| tensor.data());
            if received.iter().all(|x| x.to_f64() == 0.0) {
                silent.push(id);
                continue;
            }
            lost.push(Lost {
                node: node.id(),
                op: node.op_name(),
                origin: node.origin(),
                why: self.why(node, &silent),
            });
        }
        lost
    }

    fn why(&self, node: Var<'g, T>, silent: &[u32]) -> String {
        let is_zero = |value: &Tensor<T>| value.data().iter().all(|x| x.to_f64() == 0.0);
        if node.op().rectifies() && self.value(node).is_some_and(is_zero) {
            let (shape, count) = (node.shape(), node.shape().count());
            return format!(
                "all its {count} outputs, of shape {shape}, are 0: the units are dead for this data"
            );
        }
        let others = node.input_ids().into_iter().filter(|input| !silent.contains(input));
        for other in others.map(|id| self.root.sibling(id)) {
            if self.value(other).is_some_and(is_zero) {
                return format!("its other operand, {}, is 0 everywhere", other.described());
            }
        }
        "its slope is 0 everywhere here, or its parts cancel".to_owned()
    }
}
