//! The rule book: what each operation is and how it differentiates. It knows no engine.

mod binary;
mod shape;
mod table;
mod unary;

pub use binary::*;
pub use shape::{MAX_RANK, Shape, ShapeError};
pub use table::{BinaryRow, BinaryVisitor, UnaryRow, UnaryVisitor};
pub use unary::*;
