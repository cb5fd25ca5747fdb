//! `Shape`: the extents of a tensor, and why two of them do not fit.

use std::fmt;
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
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Shape {
    extents: [usize; MAX_RANK], // zero beyond `rank`, so that equality and hash may be derived
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
    pub fn new(extents: &[usize]) -> Shape {
        assert!(
            extents.len() <= MAX_RANK,
            "a tensor has at most {MAX_RANK} axes, but {extents:?} has {}: flatten some of them first",
            extents.len()
        );
        let mut shape = Shape::SCALAR;
        shape.extents[..extents.len()].copy_from_slice(extents);
        shape.rank = extents.len() as u8;
        shape
    }

    /// Number of axes.
    pub fn rank(&self) -> usize {
        self.rank as usize
    }

    /// Number of elements: the product of the extents, 1 for a scalar.
    pub fn count(&self) -> usize {
        self.iter().product()
    }
}

impl Deref for Shape {
    type Target = [usize];
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
