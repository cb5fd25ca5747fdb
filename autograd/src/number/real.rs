//! `Real`: what a derivative rule may say.

use std::ops::{Add, Div, Mul, Neg, Sub};

use crate::ops::{BinaryRow, UnaryRow};

/// The language of derivative rules: arithmetic, literals and rows of the rule book.
///
/// Rules have no order and no branches, so that one rule can be read over numbers, dual
/// numbers, graph nodes and text alike.
pub trait Real:
    Copy + Add<Output = Self> + Sub<Output = Self> + Mul<Output = Self> + Div<Output = Self> + Neg<Output = Self>
{
    /// The literal `c` in the same world as `self`.
    #[track_caller]
    fn lit(self, c: f64) -> Self;
    /// The unary row `op` applied to `self`.
    #[track_caller]
    fn map<O: UnaryRow>(self, op: O) -> Self;
    /// The binary row `op` applied to `self` and `other`.
    #[track_caller]
    fn zip<O: BinaryRow>(self, op: O, other: Self) -> Self;
    /// `then` where `self` (a mask of 0 and 1) is not 0, else `other`.
    #[track_caller]
    fn where_(self, then: Self, other: Self) -> Self;
}
