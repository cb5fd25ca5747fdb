//! Reductions over any axes, and what is composed of them: softmax, variance, norms, running sums.

use std::ops::RangeFull;

use smallvec::SmallVec;

use super::var::{Var, or_panic};
use crate::element::Element;
use crate::number::Real;
use crate::ops::{self, Op, Reduction, Shape, ShapeError, Structural, infer};

/// Which axes: a number (negative counts from the back), an array of them, or `..` for all.
pub trait Axes {
    /// One flag per axis of `shape`.
    ///
    /// # Errors
    /// Names an axis that does not exist or is given twice.
    fn flags(&self, name: &str, shape: Shape) -> Result<[bool; ops::MAX_RANK], ShapeError>;
}

impl Axes for [isize] {
    fn flags(&self, name: &str, shape: Shape) -> Result<[bool; ops::MAX_RANK], ShapeError> {
        let mut flags = [false; ops::MAX_RANK];
        for &axis in self {
            let axis = infer::axis(name, shape, axis)?;
            if std::mem::replace(&mut flags[axis], true) {
                return Err(ShapeError::new(format!(
                    "{name}: axes {self:?} name axis {axis} of {shape} twice"
                )));
            }
        }
        Ok(flags)
    }
}

impl Axes for isize {
    fn flags(&self, name: &str, shape: Shape) -> Result<[bool; ops::MAX_RANK], ShapeError> {
        [*self][..].flags(name, shape)
    }
}

impl<const N: usize> Axes for [isize; N] {
    fn flags(&self, name: &str, shape: Shape) -> Result<[bool; ops::MAX_RANK], ShapeError> {
        self[..].flags(name, shape)
    }
}

impl Axes for &[isize] {
    fn flags(&self, name: &str, shape: Shape) -> Result<[bool; ops::MAX_RANK], ShapeError> {
        (**self).flags(name, shape)
    }
}

impl Axes for RangeFull {
    fn flags(&self, _: &str, shape: Shape) -> Result<[bool; ops::MAX_RANK], ShapeError> {
        Ok(std::array::from_fn(|axis| axis < shape.rank()))
    }
}

/// Each reduction in three forms: over all axes, over some, over some that stay with extent 1.
macro_rules! reductions {
    ($($(#[$doc:meta])* $all:ident $over:ident $keepdim:ident => |$x:ident, $axes:ident| $keep:expr;)*) => {
        impl<'g, T: Element> Var<'g, T> {
            $(
                $(#[$doc])*
                ///
                /// Over all axes: the result has shape `[]`.
                #[track_caller]
                pub fn $all(self) -> Self {
                    self.$over(..)
                }

                $(#[$doc])*
                ///
                /// Over the given axes, which the result lacks: `[2, 3]` over axis 1 gives `[2]`.
                ///
                /// # Panics
                /// If an axis does not exist or is named twice.
                #[track_caller]
                pub fn $over(self, axes: impl Axes) -> Self {
                    let from = self.shape();
                    let flags = or_panic(axes.flags(stringify!($over), from));
                    let ($x, $axes) = (self, &flags);
                    let kept = $keep;
                    kept.reshape_to(infer::without(from, |axis| flags[axis]))
                }

                $(#[$doc])*
                ///
                /// Over the given axes, which stay with extent 1: `[2, 3]` over axis 1 gives `[2, 1]`.
                ///
                /// # Panics
                /// If an axis does not exist or is named twice.
                #[track_caller]
                pub fn $keepdim(self, axes: impl Axes) -> Self {
                    let flags = or_panic(axes.flags(stringify!($keepdim), self.shape()));
                    let ($x, $axes) = (self, &flags);
                    $keep
                }
            )*
        }
    };
}

type Flags = [bool; ops::MAX_RANK];

reductions! {
    /// The sum; 0 of nothing.
    sum sum_over sum_keepdim => |x, axes| x.reduce_flags(Reduction::Sum, axes);
    /// The arithmetic mean; NaN of nothing.
    mean mean_over mean_keepdim => |x, axes| x.mean_flags(axes, 0);
    /// The largest number; -inf of nothing, NaN if one is NaN. Ties share the gradient equally.
    amax max_over max_keepdim => |x, axes| x.extreme_flags(Reduction::Max, axes);
    /// The smallest number; inf of nothing, NaN if one is NaN. Ties share the gradient equally.
    amin min_over min_keepdim => |x, axes| x.extreme_flags(Reduction::Min, axes);
    /// The product; 1 of nothing. Its derivative is right where factors are zero too.
    prod prod_over prod_keepdim => |x, axes| x.prod_flags(axes);
    /// ln Σ eˣ without overflow; -inf of nothing.
    logsumexp logsumexp_over logsumexp_keepdim => |x, axes| x.logsumexp_flags(axes);
    /// The Euclidean norm √Σx²; its derivative where all numbers are 0 is 0.
    norm norm_over norm_keepdim =>
        |x, axes| x.map(ops::Square).reduce_flags(Reduction::Sum, axes).map(ops::SqrtFlatAtZero);
    /// The variance: the mean squared distance from the mean (divided by n; see
    /// [`var_sample`](Var::var_sample) for n - 1).
    variance var_over var_keepdim => |x, axes| x.var_flags(axes, 0);
    /// The sample variance: squared distances from the mean, summed and divided by n - 1.
    var_sample var_sample_over var_sample_keepdim => |x, axes| x.var_flags(axes, 1);
}

impl<'g, T: Element> Var<'g, T> {
    /// Reduces each run of neighbouring flagged axes; they stay with extent 1.
    #[track_caller]
    fn reduce_flags(self, how: Reduction, flags: &Flags) -> Self {
        let rank = self.shape().rank();
        let mut reduced = self;
        let mut axis = 0;
        while axis < rank {
            let first = axis;
            while axis < rank && flags[axis] {
                axis += 1;
            }
            if axis > first {
                reduced = reduced.reduce(how, first, axis);
            } else {
                axis += 1;
            }
        }
        reduced
    }

    /// The largest or smallest over flagged axes in one reduction, so that all ties share equally:
    /// axes that are not neighbours are brought together first.
    #[track_caller]
    fn extreme_flags(self, how: Reduction, flags: &Flags) -> Self {
        let rank = self.shape().rank();
        let runs = (0..rank).filter(|&axis| flags[axis] && (axis == 0 || !flags[axis - 1])).count();
        if runs < 2 {
            return self.reduce_flags(how, flags);
        }
        let mut order: SmallVec<[usize; ops::MAX_RANK]> = (0..rank).filter(|&axis| !flags[axis]).collect();
        let kept = order.len();
        order.extend((0..rank).filter(|&axis| flags[axis]));
        let mut back: SmallVec<[usize; ops::MAX_RANK]> = SmallVec::from_elem(0, rank);
        for (place, &axis) in order.iter().enumerate() {
            back[axis] = place;
        }
        self.permute(&order).reduce(how, kept, rank).permute(&back)
    }

    /// How many numbers go into one result.
    fn reduced_count(self, flags: &Flags) -> usize {
        self.shape().iter().zip(flags).filter(|(_, flag)| **flag).map(|(extent, _)| extent).product()
    }

    #[track_caller]
    fn mean_flags(self, flags: &Flags, less: usize) -> Self {
        let count = self.reduced_count(flags) as f64 - less as f64;
        let sum = self.reduce_flags(Reduction::Sum, flags);
        sum / sum.lit(count.max(0.0))
    }

    #[track_caller]
    fn var_flags(self, flags: &Flags, less: usize) -> Self {
        (self - self.mean_flags(flags, 0)).map(ops::Square).mean_flags(flags, less)
    }

    #[track_caller]
    fn logsumexp_flags(self, flags: &Flags) -> Self {
        let shift = self.finite_max(flags);
        let sum = (self - shift).map(ops::Exp).reduce_flags(Reduction::Sum, flags);
        sum.map(ops::Ln) + shift
    }

    /// The largest number as a constant, 0 where it is not finite: what exponentials are shifted by.
    #[track_caller]
    fn finite_max(self, flags: &Flags) -> Self {
        let max = self.detach().reduce_flags(Reduction::Max, flags);
        max.map(ops::IsFinite).where_(max, max.lit(0.0))
    }

    /// Halves multiplied pairwise, so that no rule divides by a factor that may be 0.
    #[track_caller]
    fn prod_flags(self, flags: &Flags) -> Self {
        let mut product = self;
        for (axis, _) in flags.iter().enumerate().filter(|(_, flagged)| **flagged) {
            if product.shape()[axis] == 0 {
                let shape = infer::with_extent(product.shape(), axis, 1);
                product = product.lit(1.0).broadcast(shape);
            }
            while product.shape()[axis] > 1 {
                let extent = product.shape()[axis];
                let half = extent / 2;
                let pairs = product.range_of(axis, 0, half) * product.range_of(axis, half, 2 * half);
                product = if extent % 2 == 1 {
                    pairs * product.range_of(axis, extent - 1, extent).padded_with_ones(axis, half)
                } else {
                    pairs
                };
            }
        }
        product
    }

    /// One slice along `axis`, followed by ones up to `extent`.
    #[track_caller]
    fn padded_with_ones(self, axis: usize, extent: usize) -> Self {
        if extent == 1 {
            return self;
        }
        let ones = self.lit(1.0).broadcast(infer::with_extent(self.shape(), axis, extent - 1));
        Var::concat(&[self, ones], axis as isize)
    }

    /// eˣ / Σ eˣ along an axis, without overflow: positive numbers that add up to 1.
    ///
    /// ```
    /// let g = autograd::Graph::f64();
    /// let p = g.constant([1000.0, 1000.0]).softmax(-1);
    /// assert_eq!(p.value().data(), [0.5, 0.5]);
    /// ```
    ///
    /// # Panics
    /// If there is no such axis.
    #[track_caller]
    pub fn softmax(self, axis: isize) -> Self {
        let flags = or_panic(axis.flags("softmax", self.shape()));
        let powers = (self - self.finite_max(&flags)).map(ops::Exp);
        powers / powers.reduce_flags(Reduction::Sum, &flags)
    }

    /// ln softmax(x) along an axis, accurate where a probability is nearly 0 or 1.
    ///
    /// # Panics
    /// If there is no such axis.
    #[track_caller]
    pub fn log_softmax(self, axis: isize) -> Self {
        let flags = or_panic(axis.flags("log_softmax", self.shape()));
        let shifted = self - self.finite_max(&flags);
        shifted - shifted.map(ops::Exp).reduce_flags(Reduction::Sum, &flags).map(ops::Ln)
    }

    /// Place of the largest number along an axis (the first of equals), as a number; the axis is dropped.
    ///
    /// Not differentiable: asking for a gradient through it is an error that says so.
    ///
    /// ```
    /// let g = autograd::Graph::new();
    /// let x = g.constant([[1.0, 3.0, 2.0], [9.0, 0.0, 9.0]]);
    /// assert_eq!(x.argmax(-1).value().data(), [1.0, 0.0]);
    /// ```
    ///
    /// # Panics
    /// If there is no such axis, or it has extent 0.
    #[track_caller]
    pub fn argmax(self, axis: isize) -> Self {
        self.place("argmax", Reduction::ArgMax, axis)
    }

    /// Place of the smallest number along an axis (the first of equals), as a number; the axis is dropped.
    ///
    /// Not differentiable: asking for a gradient through it is an error that says so.
    ///
    /// # Panics
    /// If there is no such axis, or it has extent 0.
    #[track_caller]
    pub fn argmin(self, axis: isize) -> Self {
        self.place("argmin", Reduction::ArgMin, axis)
    }

    #[track_caller]
    fn place(self, name: &str, how: Reduction, axis: isize) -> Self {
        let shape = self.shape();
        let axis = or_panic(infer::axis(name, shape, axis));
        assert!(
            shape[axis] > 0,
            "{name}: axis {axis} of shape {shape} is empty, so nothing in it has a place"
        );
        self.reduce(how, axis, axis + 1).reshape_to(infer::without(shape, |i| i == axis))
    }

    /// The running sum along an axis: number `i` is the sum of the first `i + 1`.
    ///
    /// ```
    /// let g = autograd::Graph::new();
    /// assert_eq!(g.constant([1.0, 2.0, 3.0]).cumsum(0).value().data(), [1.0, 3.0, 6.0]);
    /// ```
    ///
    /// # Panics
    /// If there is no such axis.
    #[track_caller]
    pub fn cumsum(self, axis: isize) -> Self {
        let shape = self.shape();
        let axis = or_panic(infer::axis("cumsum", shape, axis)) as u8;
        Var::apply(Op::CumSum { axis, reverse: false }, &[self], shape)
    }
}
