//! `Tensor`: a shape and shared immutable numbers.

mod error;

use std::fmt;

use crate::buffer::Storage;
use crate::element::Element;
use crate::ops::{Extents, Shape};

pub use error::TensorError;

/// Numbers in a rectangular arrangement, row-major, immutable and cheap to clone.
///
/// A clone shares the memory. Send + Sync; dropping the last clone returns the memory
/// to a pool of the dropping thread.
///
/// ```
/// use autograd::Tensor;
/// let t = Tensor::from([[1.0_f32, 2.0], [3.0, 4.0]]);
/// assert_eq!(t.shape(), [2, 2]);
/// assert_eq!(t.data(), [1.0, 2.0, 3.0, 4.0]);
/// ```
///
/// # Arrays of `ndarray`
///
/// With the feature `ndarray`, arrays of that crate and their views become tensors with `from`, and tensors become arrays or, without
/// a copy, views with `try_from`, which refuses another number of axes. Where the array's number of axes is open (`ArrayD`), it is the other way
/// round.
///
/// ```
/// # #[cfg(feature = "ndarray")] {
/// use autograd::Tensor;
/// use ndarray::{Array2, ArrayD, ArrayView1, ArrayView2, array};
///
/// let a = array![[1.0_f32, 2.0, 3.0], [4.0, 5.0, 6.0]];
/// let t = Tensor::from(a.t()); // in the order that the view shows
/// assert_eq!((t.shape(), t.data()), ([3, 2].into(), &[1.0, 4.0, 2.0, 5.0, 3.0, 6.0][..]));
///
/// let view = ArrayView2::try_from(&t)?;
/// assert_eq!(view.sum_axis(ndarray::Axis(0)), array![6.0, 15.0]);
/// let owned = Array2::try_from(t.clone())?;
/// assert_eq!(owned, a.t());
/// let any = ArrayD::from(&t);
/// assert_eq!(Tensor::try_from(any)?, t);
/// assert_eq!(
///     ArrayView1::try_from(&t).unwrap_err().to_string(),
///     "a tensor of shape [3, 2] has 2 axes, but 1 are wanted: reshape it first"
/// );
/// # }
/// # Ok::<(), autograd::TensorError>(())
/// ```
#[derive(Clone)]
pub struct Tensor<T: Element = f32> {
    extents: Extents,
    storage: Storage<T>,
}

impl<T: Element> Tensor<T> {
    /// A tensor of shape `shape` from its numbers in row-major order.
    ///
    /// # Errors
    /// [`TensorError::Count`] if `data` has another count than the shape.
    ///
    /// ```
    /// use autograd::Tensor;
    /// let t = Tensor::from_vec([2, 3], vec![0.0_f32; 6])?;
    /// assert_eq!(t.shape(), [2, 3]);
    /// assert!(Tensor::from_vec([2, 3], vec![0.0_f32; 5]).is_err());
    /// # Ok::<(), autograd::TensorError>(())
    /// ```
    pub fn from_vec(shape: impl Into<Shape>, data: Vec<T>) -> Result<Tensor<T>, TensorError> {
        Tensor::from_slice(shape, &data)
    }

    /// As [`from_vec`](Tensor::from_vec), copying from a slice.
    ///
    /// # Errors
    /// [`TensorError::Count`] if `data` has another count than the shape.
    pub fn from_slice(shape: impl Into<Shape>, data: &[T]) -> Result<Tensor<T>, TensorError> {
        let shape = shape.into();
        if shape.count() != data.len() {
            return Err(TensorError::Count { shape, count: data.len() });
        }
        Ok(Tensor::fill_with(shape, |out| out.copy_from_slice(data)))
    }

    /// A matrix from its rows.
    ///
    /// # Errors
    /// [`TensorError::Ragged`] if the rows differ in length.
    ///
    /// ```
    /// use autograd::Tensor;
    /// let rows = vec![vec![1.0_f32, 2.0], vec![3.0]];
    /// let error = Tensor::from_rows(&rows).unwrap_err();
    /// assert!(error.to_string().contains("row 1 has 1 numbers, but row 0 has 2"));
    /// ```
    pub fn from_rows<R: AsRef<[T]>>(rows: &[R]) -> Result<Tensor<T>, TensorError> {
        let expected = rows.first().map_or(0, |row| row.as_ref().len());
        for (row, numbers) in rows.iter().enumerate() {
            let found = numbers.as_ref().len();
            if found != expected {
                return Err(TensorError::Ragged { row, expected, found });
            }
        }
        Ok(Tensor::fill_with(Shape::from([rows.len(), expected]), |out| {
            for (row, numbers) in rows.iter().enumerate() {
                out[row * expected..(row + 1) * expected].copy_from_slice(numbers.as_ref());
            }
        }))
    }

    /// A tensor whose memory `write` fills; the memory's first content is unspecified.
    pub(crate) fn fill_with(shape: Shape, write: impl FnOnce(&mut [T])) -> Tensor<T> {
        let extents = Extents::new(shape);
        let mut storage = Storage::take(shape.count());
        write(storage.get_mut().expect("a fresh buffer has one owner"));
        Tensor { extents, storage }
    }

    /// Whether no other tensor shares the memory.
    pub(crate) fn is_alone(&self) -> bool {
        self.storage.is_alone()
    }

    /// The memory.
    pub(crate) fn into_storage(self) -> Storage<T> {
        self.storage
    }

    /// A tensor of memory that holds as many numbers.
    pub(crate) fn from_storage(extents: Extents, storage: Storage<T>) -> Tensor<T> {
        debug_assert_eq!(extents.count(), storage.as_slice().len());
        Tensor { extents, storage }
    }

    /// A tensor of one number everywhere.
    pub fn full(shape: impl Into<Shape>, value: T) -> Tensor<T> {
        Tensor::fill_with(shape.into(), |out| out.fill(value))
    }

    /// A tensor of zeros.
    pub fn zeros(shape: impl Into<Shape>) -> Tensor<T> {
        Tensor::full(shape, T::lit(0.0))
    }

    /// A tensor of ones.
    pub fn ones(shape: impl Into<Shape>) -> Tensor<T> {
        Tensor::full(shape, T::lit(1.0))
    }

    /// A tensor whose number at position `i` in row-major order is `f(i)`.
    ///
    /// ```
    /// use autograd::Tensor;
    /// assert_eq!(Tensor::from_fn([3], |i| i as f32 * 0.5).data(), [0.0, 0.5, 1.0]);
    /// ```
    pub fn from_fn(shape: impl Into<Shape>, mut f: impl FnMut(usize) -> T) -> Tensor<T> {
        // `f` is the user's and may panic or build tensors: collect before taking memory.
        Tensor::fill_with(shape.into(), |out| {
            for (i, number) in out.iter_mut().enumerate() {
                *number = f(i);
            }
        })
    }

    /// A single number as a tensor without axes.
    pub fn scalar(value: T) -> Tensor<T> {
        Tensor::full(Shape::SCALAR, value)
    }

    /// The shape.
    pub fn shape(&self) -> Shape {
        self.extents.shape()
    }

    pub(crate) fn extents(&self) -> Extents {
        self.extents
    }

    /// Number of elements.
    pub fn count(&self) -> usize {
        self.extents.count()
    }

    /// The numbers in row-major order.
    pub fn data(&self) -> &[T] {
        self.storage.as_slice()
    }

    /// The numbers in row-major order, copied.
    pub fn to_vec(&self) -> Vec<T> {
        self.data().to_vec()
    }

    /// The number of a tensor that has exactly one.
    ///
    /// # Panics
    /// If there is not exactly one element.
    #[track_caller]
    pub fn item(&self) -> T {
        assert!(
            self.count() == 1,
            "item() reads the number of a one-element tensor, but this one has shape {}: use data()",
            self.shape()
        );
        self.data()[0]
    }

    /// The number at a position, one index per axis.
    ///
    /// # Panics
    /// If the index has another length than the shape or is out of range.
    #[track_caller]
    pub fn at(&self, index: &[usize]) -> T {
        assert!(
            index.len() == self.shape().rank() && index.iter().zip(self.shape().iter()).all(|(i, n)| i < n),
            "index {index:?} is outside a tensor of shape {}",
            self.shape()
        );
        self.data()[index.iter().zip(self.shape().iter()).fold(0, |at, (i, n)| at * n + i)]
    }

    /// The same numbers in another shape, sharing the memory.
    ///
    /// # Errors
    /// [`TensorError::Count`] if the counts differ.
    pub fn reshaped(&self, shape: impl Into<Shape>) -> Result<Tensor<T>, TensorError> {
        let shape = shape.into();
        if shape.count() != self.count() {
            return Err(TensorError::Count { shape, count: self.count() });
        }
        Ok(Tensor { extents: Extents::new(shape), storage: self.storage.clone() })
    }

    /// The slices of the first axis at these places, in this order: `[rows, ..]` by `n` places
    /// gives `[n, ..]`. A place may be named more than once.
    ///
    /// ```
    /// use autograd::Tensor;
    /// let t = Tensor::from([[1.0_f32, 2.0], [3.0, 4.0], [5.0, 6.0]]);
    /// assert_eq!(t.select_rows(&[2, 0, 2]).data(), [5.0, 6.0, 1.0, 2.0, 5.0, 6.0]);
    /// ```
    ///
    /// # Panics
    /// If there is no first axis, or a place is not below its extent.
    #[track_caller]
    pub fn select_rows(&self, rows: &[usize]) -> Tensor<T> {
        let shape = self.shape();
        assert!(shape.rank() > 0, "select_rows: a single number has no rows");
        let extent = shape[0];
        if let Some(row) = rows.iter().find(|&&row| row >= extent) {
            panic!("select_rows: row {row} is outside a tensor of shape {shape}: rows are below {extent}");
        }
        let inner = shape[1..].iter().product();
        Tensor::fill_with(crate::ops::infer::with_extent(shape, 0, rows.len()), |out| {
            // Empty rows have no chunks, and nothing to copy.
            for (to, &row) in out.chunks_exact_mut(usize::max(inner, 1)).zip(rows) {
                to.copy_from_slice(&self.data()[row * inner..][..inner]);
            }
        })
    }

    /// `f` of every number.
    pub fn map(&self, mut f: impl FnMut(T) -> T) -> Tensor<T> {
        Tensor::from_fn(self.shape(), |i| f(self.data()[i]))
    }

    /// The same numbers in another number type.
    ///
    /// ```
    /// use autograd::Tensor;
    /// assert_eq!(Tensor::from([0.5_f32]).cast::<f64>().data(), [0.5]);
    /// ```
    pub fn cast<U: Element>(&self) -> Tensor<U> {
        Tensor::from_fn(self.shape(), |i| U::from_f64(self.data()[i].to_f64()))
    }
}

impl<T: Element> PartialEq for Tensor<T> {
    fn eq(&self, other: &Self) -> bool {
        self.extents == other.extents && self.data() == other.data()
    }
}

/// Numbers shown whole up to this many; longer tensors are cut in the middle.
const SHOWN: usize = 100;

impl<T: Element> fmt::Debug for Tensor<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Tensor<{}>{} ", T::NAME, self.shape())?;
        if self.count() > SHOWN {
            let data = self.data();
            return write!(
                f,
                "[{:?}, {:?}, {:?}, ... {:?}]",
                data[0],
                data[1],
                data[2],
                data[data.len() - 1]
            );
        }
        fn nested<T: Element>(f: &mut fmt::Formatter<'_>, shape: &[usize], data: &[T]) -> fmt::Result {
            let Some((&extent, inner)) = shape.split_first() else {
                return write!(f, "{:?}", data[0]);
            };
            let stride: usize = inner.iter().product();
            f.write_str("[")?;
            for i in 0..extent {
                if i > 0 {
                    f.write_str(", ")?;
                }
                nested(f, inner, &data[i * stride..(i + 1) * stride])?;
            }
            f.write_str("]")
        }
        nested(f, &self.shape(), self.data())
    }
}

/// What can become a tensor: tensors, numbers, and nested arrays of numbers.
///
/// Literals follow the number type that is asked for, so `graph.var([1.0, 2.0])` needs no suffix.
pub trait IntoTensor {
    /// The number type.
    type Elem: Element;
    /// The tensor.
    fn into_tensor(self) -> Tensor<Self::Elem>;
}

impl<T: Element> IntoTensor for Tensor<T> {
    type Elem = T;
    fn into_tensor(self) -> Tensor<T> {
        self
    }
}

impl<T: Element> IntoTensor for &Tensor<T> {
    type Elem = T;
    fn into_tensor(self) -> Tensor<T> {
        self.clone()
    }
}

impl<T: Element> IntoTensor for T {
    type Elem = T;
    fn into_tensor(self) -> Tensor<T> {
        Tensor::scalar(self)
    }
}

macro_rules! arrays {
    ($($array:ty, [$($n:ident),*], $flatten:expr;)*) => {$(
        impl<T: Element, $(const $n: usize),*> IntoTensor for $array {
            type Elem = T;
            fn into_tensor(self) -> Tensor<T> {
                let flatten: fn(&$array) -> &[T] = $flatten;
                Tensor::from_slice([$($n),*], flatten(&self)).expect("an array has the count of its shape")
            }
        }
        impl<T: Element, $(const $n: usize),*> From<$array> for Tensor<T> {
            fn from(array: $array) -> Tensor<T> {
                array.into_tensor()
            }
        }
    )*};
}
arrays! {
    [T; A], [A], |a| a;
    [[T; B]; A], [A, B], |a| a.as_flattened();
    [[[T; C]; B]; A], [A, B, C], |a| a.as_flattened().as_flattened();
    [[[[T; D]; C]; B]; A], [A, B, C, D], |a| a.as_flattened().as_flattened().as_flattened();
}
