//! Elementwise operations of two arguments, one row each.

use super::table::{BinaryRow, BinaryVisitor};
use crate::number::{Float, Real};

/// A binary row as a value.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[repr(u8)]
pub enum Binary {
    /// a + b.
    Add,
}

impl Binary {
    /// Calls the visitor with the row's own type.
    pub fn dispatch<V: BinaryVisitor>(self, visitor: V) -> V::Out {
        match self {
            Binary::Add => visitor.visit(Add),
        }
    }
}

/// a + b.
#[derive(Clone, Copy, Debug)]
pub struct Add;
impl BinaryRow for Add {
    const NAME: &'static str = "add";
    const FLOPS: u32 = 1;
    fn op(self) -> Binary {
        Binary::Add
    }
    fn value<F: Float>(self, a: F, b: F) -> F {
        a + b
    }
    fn slope_a<R: Real>(self, a: R, _: R, _: R) -> R {
        a.lit(1.0)
    }
    fn slope_b<R: Real>(self, a: R, _: R, _: R) -> R {
        a.lit(1.0)
    }
}
