//! `Indices`: places along an axis, such as class labels.

use std::fmt;

use crate::buffer::Storage;
use crate::ops::Shape;
use crate::tensor::TensorError;

/// Whole numbers in a rectangular arrangement, all below a bound that was checked once.
///
/// Immutable and cheap to clone, as a [`Tensor`](crate::Tensor) is; no gradient flows into them.
///
/// ```
/// use autograd::Indices;
/// let labels = Indices::new([3], &[2, 0, 1], 3)?;
/// assert_eq!(labels.data(), [2, 0, 1]);
/// assert!(Indices::new([3], &[2, 0, 3], 3).is_err());
/// # Ok::<(), autograd::TensorError>(())
/// ```
#[derive(Clone)]
pub struct Indices {
    shape: Shape,
    bound: usize,
    storage: Storage<u32>,
}

impl Indices {
    /// Indices of shape `shape`, each below `bound`.
    ///
    /// # Errors
    /// [`TensorError::Count`] if the count differs from the shape's, [`TensorError::Index`] for
    /// the first that is not below `bound`.
    pub fn new(shape: impl Into<Shape>, data: &[usize], bound: usize) -> Result<Indices, TensorError> {
        let shape = shape.into();
        if shape.count() != data.len() {
            return Err(TensorError::Count { shape, count: data.len() });
        }
        let bound = bound.min(u32::MAX as usize);
        if let Some(position) = data.iter().position(|&index| index >= bound) {
            return Err(TensorError::Index { position, index: data[position], bound });
        }
        Ok(Indices::write(shape, bound, |i| data[i] as u32))
    }

    /// The indices at the given positions of the flat order, as one axis.
    ///
    /// # Panics
    /// If a position is out of range.
    ///
    /// ```
    /// use autograd::Indices;
    /// let labels = Indices::new([3], &[2, 0, 1], 3)?;
    /// assert_eq!(labels.select(&[2, 2, 0]).data(), [1, 1, 2]);
    /// # Ok::<(), autograd::TensorError>(())
    /// ```
    #[track_caller]
    pub fn select(&self, positions: &[usize]) -> Indices {
        Indices::write(Shape::from([positions.len()]), self.bound, |i| self.data()[positions[i]])
    }

    fn write(shape: Shape, bound: usize, at: impl Fn(usize) -> u32) -> Indices {
        let mut storage = Storage::take(shape.count());
        let out = storage.get_mut().expect("a fresh buffer has one owner");
        for (i, place) in out.iter_mut().enumerate() {
            *place = at(i);
        }
        Indices { shape, bound, storage }
    }

    /// The shape.
    pub fn shape(&self) -> Shape {
        self.shape
    }

    /// Every index is below this.
    pub fn bound(&self) -> usize {
        self.bound
    }

    /// The indices in row-major order.
    pub fn data(&self) -> &[u32] {
        self.storage.as_slice()
    }

    /// The same indices in another shape of the same count.
    pub(crate) fn reshaped(&self, shape: Shape) -> Indices {
        Indices { shape, bound: self.bound, storage: self.storage.clone() }
    }
}

impl PartialEq for Indices {
    fn eq(&self, other: &Self) -> bool {
        self.shape == other.shape && self.data() == other.data()
    }
}

impl fmt::Debug for Indices {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Indices{} below {}", self.shape, self.bound)
    }
}
