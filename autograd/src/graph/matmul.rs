//! Products of vectors, matrices and batches of matrices.

use super::var::Var;
use crate::element::Element;
use crate::ops::{Op, Shape, Structural, infer};

impl<'g, T: Element> Var<'g, T> {
    /// The matrix product.
    ///
    /// `[n, k] . [k, m] -> [n, m]`; a vector on the left is a row, on the right a column, and
    /// its axis is dropped from the result; leading axes are batches and broadcast.
    ///
    /// ```
    /// let g = autograd::Graph::new();
    /// let (a, b) = (g.constant([[1.0, 2.0], [3.0, 4.0]]), g.constant([10.0, 1.0]));
    /// assert_eq!(a.matmul(b).value().data(), [12.0, 34.0]);
    /// ```
    ///
    /// # Panics
    /// If inner extents differ, leading axes do not broadcast, or an operand is a single number.
    #[track_caller]
    pub fn matmul(self, other: Self) -> Self {
        self.same_graph(other);
        let (a, b) = (self.shape(), other.shape());
        let left = if let [n] = *a { self.reshape_to(Shape::from([1, n])) } else { self };
        let right = if let [n] = *b { other.reshape_to(Shape::from([n, 1])) } else { other };
        let product = left.multiply(right, false, (left.shape(), right.shape()), (a, b));
        if a.rank() > 1 && b.rank() > 1 {
            return product;
        }
        let rank = product.shape().rank();
        product.reshape_to(infer::without(product.shape(), |axis| {
            (a.rank() == 1 && axis + 2 == rank) || (b.rank() == 1 && axis + 1 == rank)
        }))
    }

    /// The product with the transposed matrix: `[n, k] . [m, k]ᵀ -> [n, m]`, the form of a
    /// layer with weights `[out, in]`.
    ///
    /// # Panics
    /// If the last extents differ or an operand has fewer than two axes.
    #[track_caller]
    pub fn matmul_t(self, other: Self) -> Self {
        self.same_graph(other);
        let shapes = (self.shape(), other.shape());
        self.multiply(other, true, shapes, shapes)
    }

    /// The product of operands of shapes `a` and `b`; `said` are those that the user wrote.
    #[track_caller]
    fn multiply(self, other: Self, transpose_b: bool, (a, b): (Shape, Shape), said: (Shape, Shape)) -> Self {
        let shape = match infer::matmul(a, false, b, transpose_b) {
            Ok(shape) => shape,
            Err(_) if said.0.rank() == 0 || said.1.rank() == 0 => panic!(
                "matmul: shapes {} and {}: a single number has no axis to multiply along: use * for numbers",
                said.0, said.1
            ),
            // A vector was given an axis: judge, and name, the shapes that the user wrote.
            Err(error) if said == (a, b) => panic!("{error}"),
            Err(_) => panic!(
                "matmul: shapes {} and {} do not fit: the last axis of the left has {}, the {} of the right {}",
                said.0,
                said.1,
                a[a.rank() - 1],
                if said.1.rank() == 1 { "only axis" } else { "last axis but one" },
                b[b.rank() - 2]
            ),
        };
        let op = Op::MatMul { transpose_a: false, transpose_b };
        if a.rank() == 2 && b.rank() == 2 {
            return Var::apply(op, &[self, other], shape);
        }
        if a.rank() > 2 && b.rank() == 2 {
            // One matrix for all batches: the leading axes are just more rows.
            let inner = a[a.rank() - 1];
            let rows = a[..a.rank() - 1].iter().product();
            let flat = self.reshape_to(Shape::from([rows, inner]));
            let columns = shape[shape.rank() - 1];
            return Var::apply(op, &[flat, other], Shape::from([rows, columns])).reshape_to(shape);
        }
        // The engine multiplies batches of equal shape: broadcasting stays one rule, that of broadcast.
        let batch = infer::leading(shape);
        let (left, right) = (self.with_batch(batch), other.with_batch(batch));
        Var::apply(op, &[left, right], shape)
    }

    #[track_caller]
    fn with_batch(self, batch: Shape) -> Self {
        let (rows, columns) = infer::last_two(self.shape(), false);
        self.broadcast(infer::with_last_two(batch, rows, columns))
    }

    /// The inner product of two vectors: `[n] . [n] -> []`.
    ///
    /// # Panics
    /// If they are not vectors of one length.
    #[track_caller]
    pub fn dot(self, other: Self) -> Self {
        let (a, b) = (self.shape(), other.shape());
        assert!(
            a.rank() == 1 && a == b,
            "dot: shapes {a} and {b}: it takes two vectors of one length; matmul multiplies matrices"
        );
        (self * other).sum()
    }

    /// The outer product of two vectors: `[n], [m] -> [n, m]`.
    ///
    /// # Panics
    /// If they are not vectors.
    #[track_caller]
    pub fn outer(self, other: Self) -> Self {
        let (a, b) = (self.shape(), other.shape());
        assert!(
            a.rank() == 1 && b.rank() == 1,
            "outer: shapes {a} and {b}: it takes two vectors; flatten() makes one"
        );
        self.unsqueeze(1) * other.unsqueeze(0)
    }
}
