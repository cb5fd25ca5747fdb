//! Reading and adding at places given by indices.

use super::var::{Var, or_panic};
use crate::element::Element;
use crate::indices::Indices;

use crate::ops::{Op, Shape, infer};

impl<'g, T: Element> Var<'g, T> {
    /// Whole slices along an axis, in the order of a list: `[5, 3]` by `[2]` along axis 0 gives `[2, 3]`.
    ///
    /// ```
    /// use autograd::{Graph, Indices};
    /// let g = Graph::new();
    /// let table = g.var([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]);
    /// let rows = table.index_select(0, &Indices::new([2], &[2, 0], 3).unwrap());
    /// assert_eq!(rows.value().data(), [5.0, 6.0, 1.0, 2.0]);
    /// ```
    ///
    /// # Panics
    /// If there is no such axis, the indices are not a list, or their bound exceeds the extent.
    #[track_caller]
    pub fn index_select(self, axis: isize, indices: &Indices) -> Self {
        let shape = self.shape();
        let axis = or_panic(infer::axis("index_select", shape, axis));
        let list = indices.shape();
        assert!(list.rank() == 1, "index_select: indices of shape {list}: it takes a list (one axis)");
        check_bound("index_select", indices, shape, axis);
        let index = self.graph().indices(indices.clone());
        let shape = infer::with_extent(shape, axis, list[0]);
        self.graph().record(Op::Select { axis: axis as u8 }, &[self.id, index], shape)
    }

    /// Slices added up at listed places of an axis of `extent`, zeros elsewhere: the adjoint of
    /// [`index_select`](Var::index_select).
    ///
    /// # Panics
    /// If there is no such axis, or the indices are not one list entry per slice below `extent`.
    #[track_caller]
    pub fn index_add(self, axis: isize, indices: &Indices, extent: usize) -> Self {
        let shape = self.shape();
        let axis = or_panic(infer::axis("index_add", shape, axis));
        let list = indices.shape();
        assert!(
            list == [shape[axis]],
            "index_add: indices of shape {list} for axis {axis} of shape {shape}: it takes one per slice"
        );
        let result = infer::with_extent(shape, axis, extent);
        check_bound("index_add", indices, result, axis);
        let index = self.graph().indices(indices.clone());
        self.graph().record(Op::SelectAdd { axis: axis as u8 }, &[self.id, index], result)
    }

    /// Single numbers along an axis: the result has the shape of the indices, and
    /// `result[i][j] = x[i][indices[i][j]]` for axis 1.
    ///
    /// # Panics
    /// If shapes differ in another axis, or the bound exceeds the extent.
    #[track_caller]
    pub fn gather(self, axis: isize, indices: &Indices) -> Self {
        let shape = self.shape();
        let axis = or_panic(infer::axis("gather", shape, axis));
        let result = or_panic(infer::gather("gather", shape, indices.shape(), axis));
        check_bound("gather", indices, shape, axis);
        let index = self.graph().indices(indices.clone());
        self.graph().record(Op::Gather { axis: axis as u8 }, &[self.id, index], result)
    }

    /// Numbers added up at given places of an axis of `extent`, zeros elsewhere: the adjoint of
    /// [`gather`](Var::gather).
    ///
    /// # Panics
    /// If the indices have another shape, or their bound exceeds `extent`.
    #[track_caller]
    pub fn scatter_add(self, axis: isize, indices: &Indices, extent: usize) -> Self {
        let shape = self.shape();
        let axis = or_panic(infer::axis("scatter_add", shape, axis));
        assert!(
            indices.shape() == shape,
            "scatter_add: indices of shape {} for numbers of shape {shape}: it takes one index per number",
            indices.shape()
        );
        let result = infer::with_extent(shape, axis, extent);
        check_bound("scatter_add", indices, result, axis);
        let index = self.graph().indices(indices.clone());
        self.graph().record(Op::ScatterAdd { axis: axis as u8 }, &[self.id, index], result)
    }

    /// One number of each row, by label: `[batch, classes]` by `[batch]` gives `[batch, 1]`.
    ///
    /// ```
    /// use autograd::{Graph, Indices};
    /// let g = Graph::new();
    /// let scores = g.var([[1.0, 2.0], [3.0, 4.0]]);
    /// let picked = scores.pick(&Indices::new([2], &[1, 0], 2).unwrap());
    /// assert_eq!(picked.value().data(), [2.0, 3.0]);
    /// ```
    ///
    /// # Panics
    /// If there is not one label per row, or the bound exceeds the last extent.
    #[track_caller]
    pub fn pick(self, labels: &Indices) -> Self {
        let shape = self.shape();
        assert!(shape.rank() > 0, "pick: a single number has no rows to pick from");
        let rows = infer::without(shape, |axis| axis + 1 == shape.rank());
        assert!(
            labels.shape() == rows,
            "pick: labels of shape {} for numbers of shape {shape}: it takes one label per row, shape {rows}",
            labels.shape()
        );
        check_bound("pick", labels, shape, shape.rank() - 1);
        let column = infer::with_extent(shape, shape.rank() - 1, 1);
        self.gather(-1, &labels.reshaped(column))
    }
}

impl<T: Element> super::Graph<T> {
    /// Ones at the labels, zeros elsewhere: indices of shape `[n]` give `[n, classes]`.
    ///
    /// # Panics
    /// If the bound of the labels exceeds `classes`.
    #[track_caller]
    pub fn one_hot(&self, labels: &Indices, classes: usize) -> Var<'_, T> {
        let mut column = [1; crate::ops::MAX_RANK];
        let rank = labels.shape().rank();
        assert!(rank < column.len(), "one_hot: {} has too many axes for one more", labels.shape());
        column[..rank].copy_from_slice(&labels.shape());
        let column = Shape::new(&column[..rank + 1]);
        assert!(
            labels.bound() <= classes || labels.shape().count() == 0,
            "one_hot: labels below {} for {classes} classes: there must be at least as many classes",
            labels.bound()
        );
        let ones = self.ones(column);
        ones.scatter_add(-1, &labels.reshaped(column), classes)
    }
}

#[track_caller]
fn check_bound(name: &str, indices: &Indices, shape: Shape, axis: usize) {
    assert!(
        indices.bound() <= shape[axis] || indices.shape().count() == 0,
        "{name}: indices below {} on axis {axis} of shape {shape}, which has {}: \
         the bound of indices (the classes of labels) can be {} at the most",
        indices.bound(),
        shape[axis],
        shape[axis]
    );
}
