//! `Opened`: a value and its gradients as a program that can be looked at, or computed step by step.

use super::backward;
use super::recorder::Graph;
use super::scratch::Scratch;
use super::var::Var;
use crate::element::Element;
use crate::plan::{self, Output, Program, StepValue};
use crate::record::{Cone, Inputs};

/// The program of a node and of its derivatives, from the leaves on: held values are computed too.
///
/// The outputs are the node itself, then the cotangents of the wanted nodes.
pub(crate) struct Opened<T: Element> {
    pub(crate) program: Program<T>,
    /// Nodes that derivatives were asked for.
    pub(crate) wanted: Inputs,
    cone: Cone,
}

impl<T: Element> Opened<T> {
    /// The program of a node and of its derivatives with respect to the variables below it.
    #[track_caller]
    pub(crate) fn new(root: Var<'_, T>) -> Opened<T> {
        let wanted = backward::variables_below(root.graph(), root.id, &[]);
        Opened::of(root, wanted)
    }

    /// The program of a node and of its derivatives with respect to `wanted` nodes.
    #[track_caller]
    pub(crate) fn of(root: Var<'_, T>, wanted: Inputs) -> Opened<T> {
        let graph = root.graph();
        let roots = [root.id].into_iter().chain(wanted.iter().copied());
        let cone = Cone::from_leaves(&graph.store().borrow(), roots);
        let scratch = Scratch::begin(graph);
        let mut outputs = vec![Output::of(Some(root.id))];
        for cotangent in backward::record_cotangents(root, None, &wanted) {
            outputs.push(Output::of(cotangent.map(|var| var.id)));
        }
        let program = Program::new(&graph.store().borrow(), &cone, scratch.cut(), &outputs, true);
        Opened { program, wanted, cone }
    }

    /// Computes the program one operation at a time, and keeps the value of every step.
    pub(crate) fn values(&self, graph: &Graph<T>) -> Vec<Option<StepValue<T>>> {
        plan::values_of_steps(graph.store(), &self.cone, &self.program)
    }

    /// For each node up to the root: whether a derivative is needed of it.
    pub(crate) fn needs_gradient(&self, root: Var<'_, T>) -> Vec<bool> {
        backward::needs_gradient(root.graph(), root.id, &self.wanted)
    }
}
