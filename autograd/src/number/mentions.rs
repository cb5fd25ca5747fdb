//! `Mentions`: which arguments a rule reads, found by running the rule over bitsets.

use std::ops::{Add, BitOr, Div, Mul, Neg, Sub};

use super::Real;
use crate::ops::{self, Binary, BinaryRow, BinaryVisitor, Unary, UnaryRow, UnaryVisitor};

/// A set of arguments of a row: what its slope reads, so what must be kept for backward.
///
/// ```
/// use autograd::number::Mentions;
/// use autograd::ops::{Tanh, Binary, UnaryRow};
/// assert_eq!(Tanh.op().slope_reads(), Mentions::OUTPUT);
/// assert_eq!(Binary::Mul.slope_reads(), [Mentions::SECOND, Mentions::FIRST]);
/// assert_eq!(Binary::Add.slope_reads(), [Mentions::NOTHING; 2]);
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Mentions(u8);

impl Mentions {
    /// No argument: the slope is a constant.
    pub const NOTHING: Mentions = Mentions(0);
    /// The argument x of a unary row, a of a binary one.
    pub const FIRST: Mentions = Mentions(1);
    /// The argument b of a binary row.
    pub const SECOND: Mentions = Mentions(2);
    /// The result y.
    pub const OUTPUT: Mentions = Mentions(4);

    /// Whether every argument in `other` is in this set.
    pub const fn contains(self, other: Mentions) -> bool {
        self.0 & other.0 == other.0
    }
}

impl Unary {
    /// What the slope reads of x ([`Mentions::FIRST`]) and y ([`Mentions::OUTPUT`]).
    pub fn slope_reads(self) -> Mentions {
        struct Reads;
        impl UnaryVisitor for Reads {
            type Out = Mentions;
            fn visit<O: UnaryRow>(self, row: O) -> Mentions {
                row.slope(Mentions::FIRST, Mentions::OUTPUT)
            }
        }
        self.dispatch(Reads)
    }
}

impl Binary {
    /// What the slopes in a and in b read of a ([`Mentions::FIRST`]), b ([`Mentions::SECOND`]) and y ([`Mentions::OUTPUT`]).
    pub fn slope_reads(self) -> [Mentions; 2] {
        struct Reads;
        impl BinaryVisitor for Reads {
            type Out = [Mentions; 2];
            fn visit<O: BinaryRow>(self, row: O) -> [Mentions; 2] {
                let (a, b, y) = (Mentions::FIRST, Mentions::SECOND, Mentions::OUTPUT);
                [row.slope_a(a, b, y), row.slope_b(a, b, y)]
            }
        }
        self.dispatch(Reads)
    }
}

impl Real for Mentions {
    fn lit(self, _: f64) -> Self {
        Mentions::NOTHING
    }
    fn map<O: UnaryRow>(self, _: O) -> Self {
        self
    }
    fn zip<O: BinaryRow>(self, _: O, other: Self) -> Self {
        self | other
    }
    fn where_(self, then: Self, other: Self) -> Self {
        self | then | other
    }
}

impl BitOr for Mentions {
    type Output = Self;
    fn bitor(self, other: Self) -> Self {
        Mentions(self.0 | other.0)
    }
}

macro_rules! operators {
    ($($Op:ident $method:ident)*) => {$(
        impl $Op for Mentions {
            type Output = Self;
            fn $method(self, other: Self) -> Self {
                self.zip(ops::$Op, other)
            }
        }
    )*};
}
operators!(Add add Sub sub Mul mul Div div);

impl Neg for Mentions {
    type Output = Self;
    fn neg(self) -> Self {
        self
    }
}
