//! `Shape`: the extents of a tensor, and why two of them do not fit.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::ops::Deref;

/// The largest number of axes a tensor can have.
pub const MAX_RANK: usize = 8;

/// The extents of a tensor, outermost axis first; `[]` is a scalar.
///
/// ```
/// use autograd::Shape;
/// let shape = Shape::new(&[2, 3]);
/// assert_eq!((shape.rank(), shape.count()), (2, 6));
/// assert_eq!(shape.to_string(), "[2, 3]");
/// ```
#[derive(Clone, Copy, Eq, Default)]
pub struct Shape {
    extents: [usize; MAX_RANK],
    rank: u8,
}

impl Shape {
    /// The shape of a single number: no axes.
    pub const SCALAR: Shape = Shape { extents: [0; MAX_RANK], rank: 0 };

    /// The shape with these extents.
    ///
    /// # Panics
    /// If there are more than [`MAX_RANK`] axes.
    #[track_caller]
    #[inline]
    pub fn new(extents: &[usize]) -> Shape {
        assert!(
            extents.len() <= MAX_RANK,
            "a tensor has at most {MAX_RANK} axes, but {extents:?} has {}: flatten some of them first",
            extents.len()
        );
        let mut shape = Shape::SCALAR;
        // A loop, because a copy of unknown length would be a call.
        for (to, &extent) in shape.extents.iter_mut().zip(extents) {
            *to = extent;
        }
        shape.rank = extents.len() as u8;
        shape
    }

    /// With one more axis, the innermost.
    ///
    /// # Panics
    /// If there are more than [`MAX_RANK`] axes.
    #[track_caller]
    #[inline]
    pub(crate) fn and(mut self, extent: usize) -> Shape {
        assert!(self.rank() < MAX_RANK, "a tensor has at most {MAX_RANK} axes: flatten some of {self} first");
        self.extents[self.rank()] = extent;
        self.rank += 1;
        self
    }

    /// The outermost `rank` axes, of at least as many.
    #[inline]
    pub(crate) fn outermost(mut self, rank: usize) -> Shape {
        assert!(rank <= self.rank());
        for extent in &mut self.extents[rank..] {
            *extent = 0;
        }
        self.rank = rank as u8;
        self
    }

    /// Sets the extent of an axis it has.
    #[inline]
    pub(crate) fn set(&mut self, axis: usize, extent: usize) {
        assert!(axis < self.rank());
        self.extents[axis] = extent;
    }

    /// Number of axes.
    #[inline]
    pub fn rank(&self) -> usize {
        self.rank as usize
    }

    /// Number of elements: the product of the extents, 1 for a scalar.
    #[inline]
    pub fn count(&self) -> usize {
        self.iter().product()
    }
}

/// A shape in half the room: tensors and nodes hold one each.
#[derive(Clone, Copy)]
pub(crate) struct Extents {
    extents: [u32; MAX_RANK],
    rank: u32,
}

impl Extents {
    /// Those of `shape`.
    ///
    /// # Panics
    /// If an axis has 2^32 indices or more.
    #[inline]
    pub(crate) fn new(shape: Shape) -> Extents {
        // All eight at once, unused ones too (they are 0): a loop of known length.
        let all = shape.extents.iter().fold(0, |all, extent| all | extent);
        assert!(all <= u32::MAX as usize, "shape {shape}: an axis has fewer than 2^32 indices");
        Extents { extents: shape.extents.map(|extent| extent as u32), rank: u32::from(shape.rank) }
    }

    /// The shape.
    #[inline]
    pub(crate) fn shape(&self) -> Shape {
        Shape { extents: self.extents.map(|extent| extent as usize), rank: self.rank as u8 }
    }

    /// Whether there are no axes.
    #[inline]
    pub(crate) fn is_scalar(&self) -> bool {
        self.rank == 0
    }

    /// Number of elements.
    #[inline]
    pub(crate) fn count(&self) -> usize {
        self.in_use().iter().map(|&extent| extent as usize).product()
    }

    /// The extents, outermost first.
    #[inline]
    pub(crate) fn in_use(&self) -> &[u32] {
        &self.extents[..self.rank as usize]
    }
}

impl PartialEq for Extents {
    /// A loop over the few extents in use: a comparison of arrays would be a call.
    #[inline]
    fn eq(&self, other: &Extents) -> bool {
        self.rank == other.rank && self.in_use().iter().eq(other.in_use())
    }
}

impl Deref for Shape {
    type Target = [usize];
    #[inline]
    fn deref(&self) -> &[usize] {
        &self.extents[..self.rank as usize]
    }
}

impl From<&[usize]> for Shape {
    #[track_caller]
    fn from(extents: &[usize]) -> Shape {
        Shape::new(extents)
    }
}

impl<const N: usize> From<[usize; N]> for Shape {
    #[track_caller]
    fn from(extents: [usize; N]) -> Shape {
        Shape::new(&extents)
    }
}

impl<const N: usize> From<&[usize; N]> for Shape {
    #[track_caller]
    fn from(extents: &[usize; N]) -> Shape {
        Shape::new(extents)
    }
}

impl From<Vec<usize>> for Shape {
    #[track_caller]
    fn from(extents: Vec<usize>) -> Shape {
        Shape::new(&extents)
    }
}

impl From<&Vec<usize>> for Shape {
    #[track_caller]
    fn from(extents: &Vec<usize>) -> Shape {
        Shape::new(extents)
    }
}

impl PartialEq for Shape {
    fn eq(&self, other: &Shape) -> bool {
        self.rank == other.rank && self.iter().zip(other.iter()).all(|(a, b)| a == b)
    }
}

impl Hash for Shape {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self[..].hash(state);
    }
}

impl PartialEq<[usize]> for Shape {
    fn eq(&self, other: &[usize]) -> bool {
        self[..] == *other
    }
}

impl<const N: usize> PartialEq<[usize; N]> for Shape {
    fn eq(&self, other: &[usize; N]) -> bool {
        self[..] == other[..]
    }
}

impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", &self[..])
    }
}

impl fmt::Debug for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Why shapes do not fit an operation: what was being done, the shapes, the axis, a hint.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct ShapeError {
    message: String,
}

impl ShapeError {
    /// An error with this message.
    pub fn new(message: impl Into<String>) -> ShapeError {
        ShapeError { message: message.into() }
    }
}
