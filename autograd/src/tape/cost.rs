//! What a tape has recorded, counted.

use std::fmt;

use super::Tape;
use super::arena::Kind;
use crate::number::Scalar;

/// What a tape has recorded: [`Tape::cost`].
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
#[non_exhaustive]
pub struct TapeCost {
    /// Nodes without parents: variables.
    pub variables: usize,
    /// Records of operations, whatever their number of parents.
    pub operations: usize,
    /// Those of them that stand for whole ranges: sums, dots, products of a matrix and a vector, and the like.
    pub ranges: usize,
    /// Partial derivatives that are stored. A sweep multiplies and adds once for each, and once for each pair of a
    /// range of which no partials are stored.
    pub partials: usize,
    /// Bytes of all records.
    pub bytes: usize,
    /// Bytes of the adjoints that a sweep needs beside them.
    pub adjoint_bytes: usize,
}

impl<R: Scalar> Tape<R> {
    /// Counts what is recorded: operations, partial derivatives, bytes.
    ///
    /// ```
    /// let tape = autograd::Tape::new();
    /// let (x, y, z) = (tape.var(-2.0), tape.var(5.0), tape.var(-4.0));
    /// let f = (x + y) * z;
    /// let cost = tape.cost();
    /// assert_eq!((cost.variables, cost.operations, cost.partials), (3, 2, 4));
    /// assert_eq!(cost.bytes, 3 * 16 + 2 * 24);
    /// assert_eq!(cost.to_string(), "3 variables, 2 operations with 4 partial derivatives, 96 bytes; \
    ///     a sweep needs 48 bytes of adjoints");
    /// # let _ = f;
    /// ```
    pub fn cost(&self) -> TapeCost {
        let mut cost = TapeCost {
            bytes: self.used_bytes(),
            adjoint_bytes: (self.len() + 1) * size_of::<R>(),
            ..TapeCost::default()
        };
        let mut reader = self.arena.reader();
        while let Some(record) = reader.record() {
            match record.kind {
                Some(Kind::Leaves) => cost.variables += record.length,
                Some(Kind::Statement) | None => cost.operations += 1,
                Some(_) => {
                    cost.operations += 1;
                    cost.ranges += 1;
                }
            }
            cost.partials += record.partials.len();
        }
        cost
    }
}

impl fmt::Display for TapeCost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} variables, {} operations", self.variables, self.operations)?;
        if self.ranges > 0 {
            write!(f, " ({} of whole ranges)", self.ranges)?;
        }
        write!(
            f,
            " with {} partial derivatives, {} bytes; a sweep needs {} bytes of adjoints",
            self.partials, self.bytes, self.adjoint_bytes
        )
    }
}
