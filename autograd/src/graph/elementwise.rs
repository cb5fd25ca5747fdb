//! Every row of the rule book as a method of a handle.

use super::recorder::Graph;
use super::var::Var;
use crate::element::Element;
use crate::number::Real;
use crate::ops::{for_each_binary, for_each_unary};

/// What can stand beside a [`Var`] in a method of two arguments: another `Var`, or a number.
pub trait Operand<'g, T: Element> {
    /// The operand as a node of `graph`.
    #[track_caller]
    fn operand(self, graph: &'g Graph<T>) -> Var<'g, T>;
}

impl<'g, T: Element> Operand<'g, T> for Var<'g, T> {
    fn operand(self, _: &'g Graph<T>) -> Var<'g, T> {
        self
    }
}

impl<'g, T: Element> Operand<'g, T> for f64 {
    #[track_caller]
    fn operand(self, graph: &'g Graph<T>) -> Var<'g, T> {
        graph.number(self)
    }
}

macro_rules! unary_methods {
    ($($(#[$doc:meta])+ $name:ident($($parameter:ident: $type:ty),*) = $row:expr;)+) => {
        /// Elementwise functions, one row of the rule book each.
        impl<'g, T: Element> Var<'g, T> {$(
            $(#[$doc])+
            #[track_caller]
            pub fn $name(self $(, $parameter: $type)*) -> Self {
                self.map($row)
            }
        )+}
    };
}

macro_rules! binary_methods {
    ($($(#[$doc:meta])+ $name:ident() = $row:expr;)+) => {
        /// Elementwise functions of two arguments, which broadcast; the other may be a number.
        impl<'g, T: Element> Var<'g, T> {$(
            $(#[$doc])+
            #[track_caller]
            pub fn $name(self, other: impl Operand<'g, T>) -> Self {
                self.zip($row, other.operand(self.graph()))
            }
        )+}
    };
}

for_each_unary! { unary_methods }
for_each_binary! { binary_methods }

impl<'g, T: Element> Var<'g, T> {
    /// `then` where this mask is not 0, else `other`; broadcasts. No derivative reaches the
    /// branch that is not taken, so a NaN there does no harm.
    ///
    /// ```
    /// let g = autograd::Graph::new();
    /// let x = g.var([0.0, 4.0]);
    /// let safe = x.gt(0.0).where_(x.sqrt(), 0.0).sum();
    /// assert_eq!(safe.backward()[x].data(), [0.0, 0.25]);
    /// ```
    ///
    /// # Panics
    /// If the shapes do not broadcast.
    #[track_caller]
    pub fn where_(self, then: impl Operand<'g, T>, other: impl Operand<'g, T>) -> Self {
        Real::where_(self, then.operand(self.graph()), other.operand(self.graph()))
    }
}
