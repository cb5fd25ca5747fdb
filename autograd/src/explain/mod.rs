//! The chain rule made visible: one trace of a computation, and what is shown of it.
//!
//! A [`Trace`] is a computation below a root as plain data: values, local derivatives, cotangents. It is made of a result on a
//! [`Graph`](crate::Graph) or on a [`Tape`](crate::Tape), and all else is made from it.

pub(crate) mod escape;
mod explanation;
mod graph;
mod group;
mod label;
mod latex;
mod markdown;
pub(crate) mod number;
mod paths;
pub(crate) mod source;
mod steps;
mod tape;
mod text;
mod trace;

pub use crate::ops::Rule;
pub use explanation::Explanation;
pub use number::Quantity;
pub use paths::{Path, Paths};
pub use trace::{Kind, Node, Operand, Trace, Tracing};

use crate::element::Element;
use crate::number::Scalar;

/// What can be explained: the variables of graphs and tapes.
pub trait Traced: Copy {
    /// The computation that it is the result of.
    fn trace_with(self, tracing: &Tracing) -> Trace;
    /// The node, as a trace of its graph or tape counts; `None` of a constant on no tape.
    fn node_id(self) -> Option<usize>;
}

impl<T: Element> Traced for crate::Var<'_, T> {
    fn trace_with(self, tracing: &Tracing) -> Trace {
        graph::trace(self, tracing)
    }
    fn node_id(self) -> Option<usize> {
        Some(self.id())
    }
}

impl<R: Scalar> Traced for crate::tape::Var<'_, R> {
    fn trace_with(self, tracing: &Tracing) -> Trace {
        tape::trace(self, tracing)
    }
    fn node_id(self) -> Option<usize> {
        self.node()
    }
}

/// What a result can tell about how it came about.
macro_rules! methods {
    () => {
        /// The computation that this is the result of, as plain data.
        pub fn trace(self) -> Trace {
            self.trace_with(&Tracing::default())
        }

        /// The same, with a say in how much is taken in.
        pub fn trace_with(self, tracing: &Tracing) -> Trace {
            Traced::trace_with(self, tracing)
        }

        /// The chain rule, step by step, with numbers: how the value came about, and the derivatives by all below it.
        pub fn explain(self) -> Explanation {
            Explanation::of(self.trace())
        }

        /// The same of one derivative, with the paths over which it is a sum.
        pub fn explain_wrt(self, wrt: Self) -> Explanation {
            let trace = self.trace_with(&Tracing::default().wrt(wrt));
            Explanation::of_derivative(trace, wrt.node_id())
        }
    };
}

impl<T: Element> crate::Var<'_, T> {
    methods!();
}

impl<R: Scalar> crate::tape::Var<'_, R> {
    methods!();
}
