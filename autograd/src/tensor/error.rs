//! `TensorError`: why numbers from outside do not make a tensor.

use crate::ops::Shape;

/// Why numbers from outside do not make a tensor.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TensorError {
    /// The count of numbers is not the product of the extents.
    #[error(
        "a tensor of shape {shape} has {} numbers, but {count} were given: \
         pass a shape whose extents multiply to {count}",
        shape.count()
    )]
    Count {
        /// The wanted shape.
        shape: Shape,
        /// How many numbers were given.
        count: usize,
    },
    /// Rows of different lengths.
    #[error(
        "row {row} has {found} numbers, but row 0 has {expected}: \
         every row of a tensor has the same length"
    )]
    Ragged {
        /// The first row that differs.
        row: usize,
        /// Length of row 0.
        expected: usize,
        /// Length of that row.
        found: usize,
    },
    /// More axes than a tensor can have.
    #[error(
        "a tensor has at most {} axes, but {extents:?} has {}: flatten some of them first",
        crate::ops::MAX_RANK,
        .extents.len()
    )]
    TooManyAxes {
        /// The wanted extents.
        extents: Vec<usize>,
    },
    /// Another number of axes than is asked for.
    #[error("a tensor of shape {shape} has {} axes, but {wanted} are wanted: reshape it first", .shape.rank())]
    Axes {
        /// The shape of the tensor.
        shape: Shape,
        /// How many axes are wanted.
        wanted: usize,
    },
    /// An index that is not below its bound.
    #[error("index {index} at position {position} is out of range: it must be below {bound}")]
    Index {
        /// Position in the flat order.
        position: usize,
        /// The index.
        index: usize,
        /// What it must be below.
        bound: usize,
    },
}
