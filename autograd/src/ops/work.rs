//! What operations cost: arithmetic and memory, from shapes alone.

use super::{Op, Shape, infer};

/// Bytes of one index.
const INDEX: u64 = 4;

impl Op {
    /// Floating-point operations of one evaluation.
    ///
    /// A product of `[m, k]` and `[k, n]` is 2 m k n (a multiplication and an addition each); an elementwise
    /// operation is its row's column for each element; a reduction of n numbers to one is n - 1; what only moves numbers
    /// is 0, and so is a user's operation, which says its own.
    pub fn flops(&self, inputs: &[Shape], shape: Shape) -> u64 {
        let count = shape.count() as u64;
        let from = |which: usize| inputs[which].count() as u64;
        match *self {
            Op::Unary(row) => u64::from(row.flops()) * count,
            Op::Binary(row) => u64::from(row.flops()) * count,
            Op::Where => count,
            Op::MatMul { transpose_a, .. } => 2 * count * infer::last_two(inputs[0], transpose_a).1 as u64,
            Op::Reduce { .. } => from(0).saturating_sub(count),
            Op::CumSum { axis, .. } => count - count / (shape[axis as usize] as u64).max(1),
            Op::SelectAdd { .. } | Op::ScatterAdd { .. } => from(0),
            Op::Leaf(_)
            | Op::Lit(_)
            | Op::Reshape
            | Op::Permute(_)
            | Op::Broadcast
            | Op::Slice { .. }
            | Op::Pad { .. }
            | Op::Flip { .. }
            | Op::Concat { .. }
            | Op::Select { .. }
            | Op::Gather { .. }
            | Op::Triangle { .. }
            | Op::Detach
            | Op::Substitute
            | Op::Custom(_) => 0,
        }
    }

    /// Bytes that the operation reads if it runs by itself, for numbers of `size` bytes.
    pub fn bytes_read(&self, inputs: &[Shape], shape: Shape, size: usize) -> u64 {
        let (size, numbers) = (size as u64, |shape: Shape| shape.count() as u64);
        match self {
            _ if self.is_alias() => 0,
            Op::Slice { .. } => numbers(shape) * size,
            Op::Select { .. } | Op::Gather { .. } => numbers(shape) * size + numbers(inputs[1]) * INDEX,
            Op::SelectAdd { .. } | Op::ScatterAdd { .. } => {
                numbers(inputs[0]) * size + numbers(inputs[1]) * INDEX
            }
            _ => inputs.iter().map(|&input| numbers(input) * size).sum(),
        }
    }

    /// Bytes that the operation writes if it runs by itself, for numbers of `size` bytes.
    pub fn bytes_written(&self, shape: Shape, size: usize) -> u64 {
        if self.leaf().is_some() || self.as_literal().is_some() || self.is_alias() {
            return 0;
        }
        (shape.count() * size) as u64
    }

    /// Bytes of a value of this operation in memory, for numbers of `size` bytes.
    pub fn bytes_held(&self, shape: Shape, size: usize) -> u64 {
        let size = if *self == Op::Leaf(super::Leaf::Index) { INDEX } else { size as u64 };
        shape.count() as u64 * size
    }

    /// Whether this is a matrix product, whose FLOPs are counted apart.
    pub fn is_product(&self) -> bool {
        matches!(self, Op::MatMul { .. })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ops::{Binary, Reduction, Tanh, UnaryRow};

    fn shapes<const N: usize>(shapes: [&[usize]; N]) -> Vec<Shape> {
        shapes.map(Shape::new).to_vec()
    }

    #[test]
    fn products_count_two_for_each_multiplication() {
        let product = |transpose_a, transpose_b| Op::MatMul { transpose_a, transpose_b };
        let out = Shape::new(&[4, 5]);
        assert_eq!(product(false, false).flops(&shapes([&[4, 3], &[3, 5]]), out), 2 * 4 * 3 * 5);
        assert_eq!(product(true, false).flops(&shapes([&[3, 4], &[3, 5]]), out), 2 * 4 * 3 * 5);
        assert_eq!(product(false, true).flops(&shapes([&[4, 3], &[5, 3]]), out), 2 * 4 * 3 * 5);
        let batched = Shape::new(&[2, 7, 4, 5]);
        assert_eq!(
            product(false, false).flops(&shapes([&[2, 7, 4, 3], &[2, 7, 3, 5]]), batched),
            14 * 2 * 4 * 3 * 5
        );
    }

    #[test]
    fn rows_and_reductions_count_elements() {
        let (matrix, column) = (Shape::new(&[4, 5]), Shape::new(&[4, 1]));
        assert_eq!(Op::Unary(Tanh.op()).flops(&[matrix], matrix), 10 * 20);
        assert_eq!(Op::Binary(Binary::Add).flops(&[matrix, column], matrix), 20);
        let sum = Op::Reduce { how: Reduction::Sum, first: 1, end: 2 };
        assert_eq!(sum.flops(&[matrix], column), 16);
        assert_eq!(Op::CumSum { axis: 1, reverse: false }.flops(&[matrix], matrix), 16);
        assert_eq!(Op::Permute([0; 8]).flops(&[matrix], matrix), 0);
    }

    #[test]
    fn what_is_picked_is_read_not_what_it_is_picked_from() {
        let (table, list, picked) = (Shape::new(&[1000, 8]), Shape::new(&[3]), Shape::new(&[3, 8]));
        assert_eq!(Op::Select { axis: 0 }.bytes_read(&[table, list], picked, 4), 24 * 4 + 12);
        assert_eq!(Op::Reshape.bytes_read(&[table], table, 4), 0);
        assert_eq!(Op::Binary(Binary::Mul).bytes_read(&[table, table], table, 8), 2 * 8000 * 8);
        assert_eq!(Op::Binary(Binary::Mul).bytes_written(table, 8), 8000 * 8);
    }
}
