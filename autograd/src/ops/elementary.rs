//! `Elementary`: every row as a method, so that rules and generic formulas read like maths.

use super::binary::for_each_binary;
use super::unary::for_each_unary;
use crate::number::Real;

macro_rules! unary_methods {
    ($($(#[$doc:meta])+ $name:ident($($parameter:ident: $type:ty),*) = $row:expr;)+) => {$(
        $(#[$doc])+
        #[track_caller]
        #[inline(always)]
        fn $name(self $(, $parameter: $type)*) -> Self {
            self.map($row)
        }
    )+};
}

macro_rules! binary_methods {
    ($($(#[$doc:meta])+ $name:ident() = $row:expr;)+) => {$(
        $(#[$doc])+
        #[track_caller]
        #[inline(always)]
        fn $name(self, other: Self) -> Self {
            self.zip($row, other)
        }
    )+};
}

/// The rows of the rule book as methods of every [`Real`]; the signs `+ - * /` and unary `-` are Rust's own.
///
/// On `f64` and `f32` Rust's inherent methods of the same name win, and some of them swallow NaN (`max`) or round
/// differently (`round`); in generic code, where the number is only known to be `Real`, it is always the row.
///
/// ```
/// use autograd::number::{Dual, Real};
/// use autograd::ops::Elementary;
/// fn gate<R: Real>(x: R) -> R { x.sigmoid() * x.tanh() }
/// assert_eq!(gate(0.0), 0.0);
/// assert_eq!(gate(Dual::variable(0.0)).tangent, 0.5);
/// ```
pub trait Elementary: Real {
    for_each_unary! { unary_methods }
    for_each_binary! { binary_methods }
}

impl<R: Real> Elementary for R {}
