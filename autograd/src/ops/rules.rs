//! The cotangent of every operation, in graph operations: the chain rule in one place.

use super::{
    BinaryRow, BinaryVisitor, Elementary, Op, Reduction, Shape, UnaryRow, UnaryVisitor, binary, infer,
};
use crate::number::Real;

/// The language of the cotangent rules: [`Real`] on tensors, and structural operations.
///
/// Elementwise operations broadcast; who asks for a cotangent sums it back to the shape of its argument.
pub trait Structural: Real {
    /// The shape.
    fn shape(self) -> Shape;
    /// The number, if this is a literal that a rule wrote.
    fn as_literal(self) -> Option<f64>;
    /// `op` applied to `inputs`, giving `shape`.
    #[track_caller]
    fn apply(op: Op, inputs: &[Self], shape: Shape) -> Self;

    /// Repeated to `shape`.
    #[track_caller]
    fn broadcast(self, shape: Shape) -> Self {
        if self.shape() == shape { self } else { Self::apply(Op::Broadcast, &[self], shape) }
    }

    /// The same numbers in another shape.
    #[track_caller]
    fn reshape_to(self, shape: Shape) -> Self {
        if self.shape() == shape { self } else { Self::apply(Op::Reshape, &[self], shape) }
    }

    /// Adjoint of broadcasting: summed over what was repeated from `shape`.
    #[track_caller]
    fn sum_to(self, shape: Shape) -> Self {
        let from = self.shape();
        if from == shape {
            return self;
        }
        let added = from.rank() - shape.rank();
        let mut summed = self;
        let mut axis = 0;
        while axis < from.rank() {
            let repeated = |axis: usize| from[axis] != 1 && (axis < added || shape[axis - added] == 1);
            let first = axis;
            while axis < from.rank() && repeated(axis) {
                axis += 1;
            }
            if axis > first {
                summed = summed.reduce(Reduction::Sum, first, axis);
            } else {
                axis += 1;
            }
        }
        summed.reshape_to(shape)
    }

    /// Reduced over the axes `first..end`, which stay with extent 1.
    #[track_caller]
    fn reduce(self, how: Reduction, first: usize, end: usize) -> Self {
        let op = Op::Reduce { how, first: first as u8, end: end as u8 };
        Self::apply(op, &[self], infer::reduced(self.shape(), first, end))
    }

    /// The matrix product; either operand may be read transposed.
    #[track_caller]
    fn product(self, transpose_a: bool, other: Self, transpose_b: bool) -> Self {
        let shape = infer::matmul(self.shape(), transpose_a, other.shape(), transpose_b)
            .expect("rules multiply matrices that fit");
        Self::apply(Op::MatMul { transpose_a, transpose_b }, &[self, other], shape)
    }
}

/// The cotangent of argument `which` of a node: `cotangent` (of the shape of `y`) times the
/// derivative of `y = op(x...)` in that argument, or `None` where that is zero by definition.
///
/// The result may have the broadcast shape of an elementwise operation: see [`Structural`].
///
/// With `guarded`, a cotangent of 0 gives 0 also where the slope is infinite or NaN: below a `where_`,
/// elements of the branch that was not taken have cotangent 0, and their slope means nothing.
#[track_caller]
pub fn cotangent<R: Structural>(
    op: Op,
    which: usize,
    x: &[R],
    y: R,
    cotangent: R,
    guarded: bool,
) -> Option<R> {
    let g = cotangent;
    let shape = x[which].shape();
    Some(match op {
        Op::Unary(row) => return times(g, row.dispatch(Slope { x: x[0], y }), guarded),
        Op::Binary(row) => {
            return times(g, row.dispatch(BinarySlope { a: x[0], b: x[1], y, which }), guarded);
        }
        Op::Where => match which {
            1 => x[0].where_(g, g.lit(0.0)),
            2 => x[0].where_(g.lit(0.0), g),
            _ => return None,
        },
        Op::MatMul { transpose_a, transpose_b } => {
            let (a, b) = (x[0], x[1]);
            match (which, transpose_a, transpose_b) {
                (0, false, _) => g.product(false, b, !transpose_b),
                (0, true, _) => b.product(transpose_b, g, true),
                (_, _, false) => a.product(!transpose_a, g, false),
                (_, _, true) => g.product(true, a, transpose_a),
            }
        }
        Op::Reduce { how: Reduction::Sum, .. } => g.broadcast(shape),
        Op::Reduce { how: Reduction::Max | Reduction::Min, first, end } => {
            let ties = x[0].zip(binary::Eq, y);
            let share = ties / ties.reduce(Reduction::Sum, first as usize, end as usize);
            return times(g, share, guarded);
        }
        Op::CumSum { axis, reverse } => R::apply(Op::CumSum { axis, reverse: !reverse }, &[g], shape),
        Op::Reshape => g.reshape_to(shape),
        Op::Permute(order) => {
            let mut inverse = order;
            for (i, &axis) in order.iter().enumerate().take(shape.rank()) {
                inverse[axis as usize] = i as u8;
            }
            R::apply(Op::Permute(inverse), &[g], shape)
        }
        Op::Broadcast => g.sum_to(shape),
        Op::Slice { axis, start } => R::apply(Op::Pad { axis, before: start }, &[g], shape),
        Op::Pad { axis, before } => R::apply(Op::Slice { axis, start: before }, &[g], shape),
        Op::Flip { .. } => R::apply(op, &[g], shape),
        Op::Concat { axis } => {
            let start: usize = x[..which].iter().map(|part| part.shape()[axis as usize]).sum();
            R::apply(Op::Slice { axis, start: start as u32 }, &[g], shape)
        }
        Op::Select { axis } if which == 0 => R::apply(Op::SelectAdd { axis }, &[g, x[1]], shape),
        Op::SelectAdd { axis } if which == 0 => R::apply(Op::Select { axis }, &[g, x[1]], shape),
        Op::Gather { axis } if which == 0 => R::apply(Op::ScatterAdd { axis }, &[g, x[1]], shape),
        Op::ScatterAdd { axis } if which == 0 => R::apply(Op::Gather { axis }, &[g, x[1]], shape),
        Op::Substitute if which == 1 => g,
        Op::Reduce { .. }
        | Op::Select { .. }
        | Op::SelectAdd { .. }
        | Op::Gather { .. }
        | Op::ScatterAdd { .. }
        | Op::Substitute
        | Op::Detach
        | Op::Leaf(_)
        | Op::Lit(_)
        | Op::Triangle { .. } => return None,
        Op::Custom(_) => unreachable!("a custom operation brings its own rule"),
    })
}

/// `g * slope`, without the work where a rule wrote 1, -1 or 0.
#[track_caller]
fn times<R: Structural>(g: R, slope: R, guarded: bool) -> Option<R> {
    match (slope.as_literal(), g.as_literal()) {
        (Some(0.0), _) => None,
        (Some(1.0), _) => Some(g),
        (Some(-1.0), _) => Some(-g),
        (_, Some(1.0)) => Some(slope),
        _ if guarded => {
            // A finite slope passes even where g happens to be 0: the product has a derivative in g.
            let seen = slope.is_finite().max(g.ne(g.lit(0.0)));
            Some(seen.where_(g * slope, g.lit(0.0)))
        }
        _ => Some(g * slope),
    }
}

/// The slope of a unary row.
pub(super) struct Slope<R> {
    pub(super) x: R,
    pub(super) y: R,
}

impl<R: Real> UnaryVisitor for Slope<R> {
    type Out = R;
    fn visit<O: UnaryRow>(self, row: O) -> R {
        row.slope(self.x, self.y)
    }
}

/// The slope of a binary row in one of its arguments.
pub(super) struct BinarySlope<R> {
    pub(super) a: R,
    pub(super) b: R,
    pub(super) y: R,
    pub(super) which: usize,
}

impl<R: Real> BinaryVisitor for BinarySlope<R> {
    type Out = R;
    fn visit<O: BinaryRow>(self, row: O) -> R {
        if self.which == 0 {
            row.slope_a(self.a, self.b, self.y)
        } else {
            row.slope_b(self.a, self.b, self.y)
        }
    }
}
