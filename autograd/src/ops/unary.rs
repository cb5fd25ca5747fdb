//! Elementwise operations of one argument, one row each.

use super::table::{UnaryRow, UnaryVisitor};
use crate::number::{Float, Real};

/// Which unary row.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[repr(u8)]
pub enum UnaryKind {
    /// eˣ.
    Exp,
}

/// A unary row as a value: which one, and its parameters (by bits, so that it can be a key).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Unary {
    /// Which row.
    pub kind: UnaryKind,
    params: [u64; 2],
}

impl Unary {
    /// The parameters; 0 where the row has none.
    pub fn params(self) -> [f64; 2] {
        self.params.map(f64::from_bits)
    }
    /// Calls the visitor with the row's own type.
    pub fn dispatch<V: UnaryVisitor>(self, visitor: V) -> V::Out {
        match self.kind {
            UnaryKind::Exp => visitor.visit(Exp::from_params(self.params())),
        }
    }
}

/// eˣ.
#[derive(Clone, Copy, Debug)]
pub struct Exp;
impl UnaryRow for Exp {
    const NAME: &'static str = "exp";
    const DOMAIN: (f64, f64) = (-3.0, 3.0);
    const FLOPS: u32 = 8;
    fn op(self) -> Unary {
        Unary { kind: UnaryKind::Exp, params: [0; 2] }
    }
    fn from_params(_: [f64; 2]) -> Self {
        Exp
    }
    fn kinks(self) -> [Option<f64>; 2] {
        [None; 2]
    }
    fn value<F: Float>(self, x: F) -> F {
        x.exp()
    }
    fn slope<R: Real>(self, _: R, y: R) -> R {
        y
    }
}
