//! What a row of the rule book is, and the macros that turn rows into everything that is read from them.

use crate::number::{Float, Real};
use crate::ops::{Binary, Unary};

/// One elementwise operation of one argument, with its derivative.
pub trait UnaryRow: Copy + 'static {
    /// Name of the method and of the row in docs and pictures.
    const NAME: &'static str;
    /// An interval on which the row is defined and on which it is tested.
    const DOMAIN: (f64, f64);
    /// FLOPs of one element, by convention of the cost model (1 for arithmetic, more for transcendental functions).
    const FLOPS: u32;
    /// This row as a value of the closed set of rows.
    fn op(self) -> Unary;
    /// The row with these parameters (a row without parameters ignores them).
    fn from_params(params: [f64; 2]) -> Self;
    /// Points at which the derivative jumps or does not exist.
    fn kinks(self) -> [Option<f64>; 2];
    /// y = f(x).
    fn value<F: Float>(self, x: F) -> F;
    /// dy/dx, given x and y = f(x).
    fn slope<R: Real>(self, x: R, y: R) -> R;
}

/// One elementwise operation of two arguments, with its two derivatives.
pub trait BinaryRow: Copy + 'static {
    /// Name of the method and of the row in docs and pictures.
    const NAME: &'static str;
    /// FLOPs of one element, by convention of the cost model.
    const FLOPS: u32;
    /// This row as a value of the closed set of rows.
    fn op(self) -> Binary;
    /// y = f(a, b).
    fn value<F: Float>(self, a: F, b: F) -> F;
    /// dy/da, given a, b and y = f(a, b).
    fn slope_a<R: Real>(self, a: R, b: R, y: R) -> R;
    /// dy/db, given a, b and y = f(a, b).
    fn slope_b<R: Real>(self, a: R, b: R, y: R) -> R;
}

/// Something to be done with a unary row whose type is known only at run time.
pub trait UnaryVisitor {
    /// What comes of it.
    type Out;
    /// Called with the row.
    fn visit<O: UnaryRow>(self, row: O) -> Self::Out;
}

/// Something to be done with a binary row whose type is known only at run time.
pub trait BinaryVisitor {
    /// What comes of it.
    type Out;
    /// Called with the row.
    fn visit<O: BinaryRow>(self, row: O) -> Self::Out;
}
