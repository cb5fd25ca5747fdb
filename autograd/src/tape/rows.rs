//! Every row of the rule book as a method of a variable.

use super::var::Var;
use crate::number::{Real, Scalar};
use crate::ops::{for_each_binary, for_each_unary};

macro_rules! unary_methods {
    ($($(#[$doc:meta])+ $name:ident($($parameter:ident: $type:ty),*) = $row:expr;)+) => {
        /// Elementary functions, one row of the rule book each.
        impl<'t, R: Scalar> Var<'t, R> {$(
            $(#[$doc])+
            #[track_caller]
            #[inline(always)]
            pub fn $name(self $(, $parameter: $type)*) -> Self {
                self.map($row)
            }
        )+}
    };
}

macro_rules! binary_methods {
    ($($(#[$doc:meta])+ $name:ident() = $row:expr;)+) => {
        /// Elementary functions of two arguments; the other may be a number.
        impl<'t, R: Scalar> Var<'t, R> {$(
            $(#[$doc])+
            #[track_caller]
            #[inline(always)]
            pub fn $name(self, other: impl Into<Self>) -> Self {
                self.zip($row, other.into())
            }
        )+}
    };
}

for_each_unary! { unary_methods }
for_each_binary! { binary_methods }

impl<'t, R: Scalar> Var<'t, R> {
    /// `then` if this is not 0, else `other`: the handle itself, so nothing flows into the one that is not taken.
    ///
    /// ```
    /// let tape = autograd::Tape::new();
    /// let x = tape.var(0.0);
    /// let safe = x.gt(0.0).where_(x.sqrt(), x * 2.0);
    /// assert_eq!(safe.backward()[x], 2.0);
    /// ```
    #[inline(always)]
    pub fn where_(self, then: impl Into<Self>, other: impl Into<Self>) -> Self {
        Real::where_(self, then.into(), other.into())
    }
}
