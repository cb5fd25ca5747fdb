//! The chain rule made visible: one trace of a computation, and what is shown of it.
//!
//! A [`Trace`] is a computation below a root as plain data: values, local derivatives, cotangents. It is made of a result on a
//! [`Graph`](crate::Graph) or on a [`Tape`](crate::Tape), and all else is made from it: an [`Explanation`] as text, Markdown or LaTeX, a
//! check of a derivation by hand ([`Derivation`]), and pictures ([`draw`](crate::draw)).
//!
//! ```
//! use autograd::prelude::*;
//!
//! // a is used twice: its derivative is a sum over both paths.
//! let g = Graph::f64();
//! let (a, b) = (g.var(2.0).named("a"), g.var(3.0).named("b"));
//! let (c, d) = ((a + b).named("c"), (a * b).named("d"));
//! let f = (c * d).named("f");
//! let text = f.explain_wrt(a).to_string();
//! assert!(text.contains("df/da = 15 + 6 = 21"), "{text}");
//! assert!(text.contains("f ← d ← a   5 · 3 = 15"), "{text}");
//! ```
//!
//! What is explained must still be there:
//!
//! ```compile_fail,E0502
//! use autograd::prelude::*;
//!
//! let mut g = Graph::new();
//! let x = g.var(1.0);
//! g.clear();
//! x.explain(); // x belongs to what was cleared
//! ```
//!
//! Everything is bounded: a trace takes in the 1000 nodes recorded last ([`Tracing`] says otherwise), tensors are summarised, and of
//! exponentially many paths some are listed and the others are one number. What is left out is said.

mod derivation;
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
pub use derivation::{Claimed, Derivation, DerivationError, DerivationReport, Evidence};
pub use explanation::Explanation;
pub use number::Quantity;
pub use paths::{Path, Paths};
pub use trace::{Kind, Node, Operand, Trace, Tracing};

use crate::element::Element;
use crate::graph::Var;
use crate::number::Scalar;

/// What can be explained: the variables of graphs and tapes.
pub trait Traced: Copy {
    /// The computation that it is the result of.
    fn trace_with(self, tracing: &Tracing) -> Trace;
    /// The node, as a trace of its graph or tape counts; `None` of a constant on no tape.
    fn node_id(self) -> Option<usize>;
    /// Whether both are of the same graph or tape; a constant is of any.
    fn is_beside(self, other: Self) -> bool;
}

impl<T: Element> Traced for Var<'_, T> {
    fn trace_with(self, tracing: &Tracing) -> Trace {
        graph::trace(self, tracing)
    }
    fn node_id(self) -> Option<usize> {
        Some(self.id())
    }
    fn is_beside(self, other: Self) -> bool {
        std::ptr::eq(self.graph(), other.graph())
    }
}

impl<R: Scalar> Traced for crate::tape::Var<'_, R> {
    fn trace_with(self, tracing: &Tracing) -> Trace {
        tape::trace(self, tracing)
    }
    fn node_id(self) -> Option<usize> {
        self.node()
    }
    fn is_beside(self, other: Self) -> bool {
        self.tape().zip(other.tape()).is_none_or(|(tape, other)| std::ptr::eq(tape, other))
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
        ///
        /// # Panics
        /// If the other belongs to another graph or tape.
        #[track_caller]
        pub fn explain_wrt(self, wrt: Self) -> Explanation {
            assert!(
                wrt.is_beside(self),
                "explain_wrt: the two belong to different graphs or tapes, so none is computed from the other"
            );
            let trace = self.trace_with(&Tracing::default().wrt(wrt));
            Explanation::of_derivative(trace, wrt.node_id())
        }

        /// Compares local derivatives and gradients that were found by hand with those of the engine.
        pub fn check_derivation(self) -> Derivation<Self> {
            Derivation::new(self)
        }
    };
}

impl<T: Element> Var<'_, T> {
    methods!();
}

impl<R: Scalar> crate::tape::Var<'_, R> {
    methods!();
}
