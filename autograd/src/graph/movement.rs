//! Operations that move numbers without changing them.

use std::ops::{Bound, RangeBounds};

use super::var::{Var, or_panic};
use crate::element::Element;
use crate::number::Real;
use crate::ops::{MAX_RANK, Op, Shape, Structural, infer};

impl<'g, T: Element> Var<'g, T> {
    /// The same numbers in another shape of the same count.
    ///
    /// # Panics
    /// If the counts differ.
    #[track_caller]
    pub fn reshape(self, shape: impl Into<Shape>) -> Self {
        let shape = or_panic(infer::reshape(self.shape(), shape.into()));
        self.reshape_to(shape)
    }

    /// All numbers in one axis.
    #[track_caller]
    pub fn flatten(self) -> Self {
        self.reshape_to(Shape::from([self.shape().count()]))
    }

    /// Without an axis of extent 1.
    ///
    /// # Panics
    /// If there is no such axis or its extent is not 1.
    #[track_caller]
    pub fn squeeze(self, axis: isize) -> Self {
        let shape = self.shape();
        let axis = or_panic(infer::axis("squeeze", shape, axis));
        assert!(
            shape[axis] == 1,
            "squeeze: axis {axis} of shape {shape} has extent {}: only an axis of extent 1 can go",
            shape[axis]
        );
        self.reshape_to(infer::without(shape, |i| i == axis))
    }

    /// With a new axis of extent 1 before axis `axis` (negative: counted from the back of the result).
    ///
    /// # Panics
    /// If `axis` is beyond the axes of the result, or these would be too many.
    #[track_caller]
    pub fn unsqueeze(self, axis: isize) -> Self {
        self.raised("unsqueeze", axis)
    }

    #[track_caller]
    fn raised(self, name: &str, axis: isize) -> Self {
        let shape = self.shape();
        let rank = shape.rank() as isize + 1;
        let at = if axis < 0 { axis + rank } else { axis };
        assert!(
            (0..rank).contains(&at),
            "{name}: axis {axis} for a new axis in shape {shape}: it must be in {}..={}",
            -rank,
            rank - 1
        );
        self.reshape_to(or_panic(infer::inserted(name, shape, at as usize, 1)))
    }

    /// With two axes swapped.
    ///
    /// # Panics
    /// If an axis does not exist.
    #[track_caller]
    pub fn transpose(self, a: isize, b: isize) -> Self {
        let shape = self.shape();
        let (a, b) =
            (or_panic(infer::axis("transpose", shape, a)), or_panic(infer::axis("transpose", shape, b)));
        let mut order: [usize; MAX_RANK] = std::array::from_fn(|axis| axis);
        order.swap(a, b);
        self.permute(&order[..shape.rank()])
    }

    /// The transposed matrix: the last two axes swapped.
    ///
    /// # Panics
    /// If there are fewer than two axes.
    #[track_caller]
    pub fn t(self) -> Self {
        let shape = self.shape();
        assert!(shape.rank() >= 2, "t: shape {shape} has no two axes to swap");
        self.transpose(-2, -1)
    }

    /// With the axes reordered: axis `i` of the result is axis `order[i]`.
    ///
    /// # Panics
    /// If `order` does not name every axis once.
    #[track_caller]
    pub fn permute(self, order: &[usize]) -> Self {
        let shape = or_panic(infer::permute(self.shape(), order));
        if order.iter().enumerate().all(|(i, &axis)| i == axis) {
            return self;
        }
        let mut packed = [0; MAX_RANK];
        for (i, &axis) in order.iter().enumerate() {
            packed[i] = axis as u8;
        }
        Var::apply(Op::Permute(packed), &[self], shape)
    }

    /// Repeated to `shape` along new leading axes and axes of extent 1.
    ///
    /// # Panics
    /// If another extent differs.
    #[track_caller]
    pub fn broadcast_to(self, shape: impl Into<Shape>) -> Self {
        let shape = or_panic(infer::broadcast_to(self.shape(), shape.into()));
        self.broadcast(shape)
    }

    /// A range of an axis.
    ///
    /// ```
    /// let g = autograd::Graph::new();
    /// let x = g.constant([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]);
    /// assert_eq!(x.slice(1, 1..).value().data(), [2.0, 3.0, 5.0, 6.0]);
    /// ```
    ///
    /// # Panics
    /// If there is no such axis or the range leaves it.
    #[track_caller]
    pub fn slice(self, axis: isize, range: impl RangeBounds<usize>) -> Self {
        let shape = self.shape();
        let axis = or_panic(infer::axis("slice", shape, axis));
        let start = match range.start_bound() {
            Bound::Included(&start) => start,
            Bound::Excluded(&start) => start + 1,
            Bound::Unbounded => 0,
        };
        let end = match range.end_bound() {
            Bound::Included(&end) => end + 1,
            Bound::Excluded(&end) => end,
            Bound::Unbounded => shape[axis],
        };
        or_panic(infer::slice("slice", shape, axis, start, end));
        self.range_of(axis, start, end)
    }

    /// `length` slices of an axis from `start` on.
    ///
    /// # Panics
    /// If there is no such axis or the range leaves it.
    #[track_caller]
    pub fn narrow(self, axis: isize, start: usize, length: usize) -> Self {
        let shape = self.shape();
        let axis = or_panic(infer::axis("narrow", shape, axis));
        let end = start.saturating_add(length);
        or_panic(infer::slice("narrow", shape, axis, start, end));
        self.range_of(axis, start, end)
    }

    #[track_caller]
    pub(super) fn range_of(self, axis: usize, start: usize, end: usize) -> Self {
        let shape = self.shape();
        if start == 0 && end == shape[axis] {
            return self;
        }
        let op = Op::Slice { axis: axis as u8, start: start as u32 };
        Var::apply(op, &[self], infer::with_extent(shape, axis, end - start))
    }

    /// Zeros put around an axis.
    ///
    /// # Panics
    /// If there is no such axis.
    #[track_caller]
    pub fn pad(self, axis: isize, before: usize, after: usize) -> Self {
        let shape = self.shape();
        let axis = or_panic(infer::axis("pad", shape, axis));
        let op = Op::Pad { axis: axis as u8, before: before as u32 };
        Var::apply(op, &[self], infer::with_extent(shape, axis, before + shape[axis] + after))
    }

    /// An axis read backwards.
    ///
    /// # Panics
    /// If there is no such axis.
    #[track_caller]
    pub fn flip(self, axis: isize) -> Self {
        let shape = self.shape();
        let axis = or_panic(infer::axis("flip", shape, axis)) as u8;
        Var::apply(Op::Flip { axis }, &[self], shape)
    }

    /// Parts one after the other along an axis.
    ///
    /// ```
    /// use autograd::{Graph, Var};
    /// let g = Graph::new();
    /// let (a, b) = (g.constant([1.0, 2.0]), g.constant([3.0]));
    /// assert_eq!(Var::concat(&[a, b], 0).value().data(), [1.0, 2.0, 3.0]);
    /// ```
    ///
    /// # Panics
    /// If there are no parts, or they differ in another axis.
    #[track_caller]
    pub fn concat(parts: &[Self], axis: isize) -> Self {
        assert!(!parts.is_empty(), "concat: there must be at least one part");
        let axis = or_panic(infer::axis("concat", parts[0].shape(), axis));
        let mut shapes = smallvec::SmallVec::<[Shape; 4]>::new();
        for part in parts {
            parts[0].same_graph(*part);
            shapes.push(part.shape());
        }
        let shape = or_panic(infer::concat(&shapes, axis));
        if parts.len() == 1 {
            return parts[0];
        }
        Var::apply(Op::Concat { axis: axis as u8 }, parts, shape)
    }

    /// Parts of one shape along a new axis.
    ///
    /// # Panics
    /// If there are no parts or their shapes differ.
    #[track_caller]
    pub fn stack(parts: &[Self], axis: isize) -> Self {
        assert!(!parts.is_empty(), "stack: there must be at least one part");
        let first = parts[0].shape();
        let mut raised = smallvec::SmallVec::<[Self; 4]>::new();
        for (i, part) in parts.iter().enumerate() {
            let shape = part.shape();
            assert!(
                shape == first,
                "stack: part 0 has shape {first}, part {i} has {shape}: all shapes must agree"
            );
            raised.push(part.raised("stack", axis));
        }
        Var::concat(&raised, axis)
    }

    /// An axis cut into pieces of the given lengths.
    ///
    /// # Panics
    /// If there is no such axis or the lengths do not add up to its extent.
    #[track_caller]
    pub fn split(self, axis: isize, lengths: &[usize]) -> Vec<Self> {
        let shape = self.shape();
        let axis = or_panic(infer::axis("split", shape, axis));
        let total: usize = lengths.iter().sum();
        assert!(
            total == shape[axis],
            "split: lengths {lengths:?} add up to {total}, but axis {axis} of shape {shape} has {}: they must cover it",
            shape[axis]
        );
        let mut pieces = Vec::with_capacity(lengths.len());
        let mut start = 0;
        for &length in lengths {
            pieces.push(self.range_of(axis, start, start + length));
            start += length;
        }
        pieces
    }

    /// The whole repeated `times` along an axis.
    ///
    /// ```
    /// let g = autograd::Graph::new();
    /// assert_eq!(g.constant([1.0, 2.0]).repeat(0, 2).value().data(), [1.0, 2.0, 1.0, 2.0]);
    /// ```
    ///
    /// # Panics
    /// If there is no such axis.
    #[track_caller]
    pub fn repeat(self, axis: isize, times: usize) -> Self {
        let shape = self.shape();
        let axis = or_panic(infer::axis("repeat", shape, axis));
        let raised = self.reshape_to(or_panic(infer::inserted("repeat", shape, axis, 1)));
        let copies = raised.broadcast(infer::with_extent(raised.shape(), axis, times));
        copies.reshape_to(infer::with_extent(shape, axis, shape[axis] * times))
    }

    /// The lower triangle of the matrices in the last two axes, zeros above diagonal `diagonal` (0: the main one).
    ///
    /// # Panics
    /// If there are fewer than two axes.
    #[track_caller]
    pub fn tril(self, diagonal: i32) -> Self {
        self.triangle("tril", diagonal).where_(self, self.lit(0.0))
    }

    /// The upper triangle of the matrices in the last two axes, zeros below diagonal `diagonal` (0: the main one).
    ///
    /// # Panics
    /// If there are fewer than two axes.
    #[track_caller]
    pub fn triu(self, diagonal: i32) -> Self {
        self.triangle("triu", diagonal - 1).where_(self.lit(0.0), self)
    }

    #[track_caller]
    fn triangle(self, name: &str, diagonal: i32) -> Self {
        let shape = self.shape();
        assert!(shape.rank() >= 2, "{name}: shape {shape} has no matrix in its last two axes");
        let matrix = Shape::from([shape[shape.rank() - 2], shape[shape.rank() - 1]]);
        self.graph().record(Op::Triangle { diagonal }, &[], matrix)
    }

    /// A square matrix with this vector on its diagonal, or the diagonal of a matrix.
    ///
    /// ```
    /// let g = autograd::Graph::new();
    /// let m = g.constant([2.0, 3.0]).diag();
    /// assert_eq!(m.value().data(), [2.0, 0.0, 0.0, 3.0]);
    /// assert_eq!(m.diag().value().data(), [2.0, 3.0]);
    /// ```
    ///
    /// # Panics
    /// If there is neither one axis nor two.
    #[track_caller]
    pub fn diag(self) -> Self {
        let shape = self.shape();
        match *shape {
            [n] => {
                let rows = self.broadcast(Shape::from([n, n]));
                rows.tril(0).triu(0)
            }
            [rows, columns] => {
                let n = rows.min(columns);
                let square = self.range_of(0, 0, n).range_of(1, 0, n);
                square.tril(0).triu(0).sum_over(1)
            }
            _ => panic!("diag: shape {shape}: it takes a vector or a matrix"),
        }
    }
}
