//! Tensors from and to arrays of the `ndarray` crate.
//!
//! Numbers are copied in logical order, so a transposed or sliced array becomes the tensor that it shows. Array views of tensors copy nothing.

use ::ndarray::{
    ArrayBase, ArrayView, ArrayViewD, Data, Dimension, Ix0, Ix1, Ix2, Ix3, Ix4, Ix5, Ix6, IxDyn, OwnedRepr,
};

use crate::element::Element;
use crate::ops::{MAX_RANK, Shape};
use crate::tensor::{Tensor, TensorError};

/// The tensor of an array with at most [`MAX_RANK`] axes.
fn tensor<T: Element, S: Data<Elem = T>, D: Dimension>(array: &ArrayBase<S, D>) -> Tensor<T> {
    let shape = Shape::new(array.shape());
    match array.as_slice() {
        Some(data) => Tensor::from_slice(shape, data).expect("an array has the count of its shape"),
        None => {
            let mut numbers = array.iter();
            Tensor::from_fn(shape, |_| *numbers.next().expect("an array has the count of its shape"))
        }
    }
}

/// The array view of a tensor with as many axes as `D`.
fn view<T: Element, D: Dimension>(tensor: &Tensor<T>) -> Result<ArrayView<'_, T, D>, TensorError> {
    let wanted = D::NDIM.unwrap_or(tensor.shape().rank());
    if tensor.shape().rank() != wanted {
        return Err(TensorError::Axes { shape: tensor.shape(), wanted });
    }
    let all = ArrayViewD::from_shape(IxDyn(&tensor.shape()), tensor.data());
    let all = all.expect("a tensor has the count of its shape");
    Ok(all.into_dimensionality().expect("the number of axes was checked"))
}

macro_rules! fixed {
    ($($D:ident)*) => {$(
        /// Copies the numbers in logical order.
        ///
        /// # Panics
        /// If an axis without numbers beside it has 2^32 indices or more.
        impl<T: Element, S: Data<Elem = T>> From<&ArrayBase<S, $D>> for Tensor<T> {
            fn from(array: &ArrayBase<S, $D>) -> Tensor<T> {
                tensor(array)
            }
        }

        /// Copies the numbers in logical order.
        ///
        /// # Panics
        /// If an axis without numbers beside it has 2^32 indices or more.
        impl<T: Element, S: Data<Elem = T>> From<ArrayBase<S, $D>> for Tensor<T> {
            fn from(array: ArrayBase<S, $D>) -> Tensor<T> {
                tensor(&array)
            }
        }

        /// A view of the tensor's numbers; [`TensorError::Axes`] if it has another number of axes.
        impl<'a, T: Element> TryFrom<&'a Tensor<T>> for ArrayView<'a, T, $D> {
            type Error = TensorError;
            fn try_from(tensor: &'a Tensor<T>) -> Result<Self, TensorError> {
                view(tensor)
            }
        }

        /// A copy of the tensor's numbers; [`TensorError::Axes`] if it has another number of axes.
        impl<T: Element> TryFrom<&Tensor<T>> for ArrayBase<OwnedRepr<T>, $D> {
            type Error = TensorError;
            fn try_from(tensor: &Tensor<T>) -> Result<Self, TensorError> {
                Ok(view(tensor)?.to_owned())
            }
        }

        /// A copy of the tensor's numbers; [`TensorError::Axes`] if it has another number of axes.
        impl<T: Element> TryFrom<Tensor<T>> for ArrayBase<OwnedRepr<T>, $D> {
            type Error = TensorError;
            fn try_from(tensor: Tensor<T>) -> Result<Self, TensorError> {
                Ok(view(&tensor)?.to_owned())
            }
        }
    )*};
}
fixed! { Ix0 Ix1 Ix2 Ix3 Ix4 Ix5 Ix6 }

/// Copies the numbers in logical order; [`TensorError::TooManyAxes`] above [`MAX_RANK`].
impl<T: Element, S: Data<Elem = T>> TryFrom<&ArrayBase<S, IxDyn>> for Tensor<T> {
    type Error = TensorError;
    fn try_from(array: &ArrayBase<S, IxDyn>) -> Result<Tensor<T>, TensorError> {
        if array.ndim() > MAX_RANK {
            return Err(TensorError::TooManyAxes { extents: array.shape().to_vec() });
        }
        Ok(tensor(array))
    }
}

/// Copies the numbers in logical order; [`TensorError::TooManyAxes`] above [`MAX_RANK`].
impl<T: Element, S: Data<Elem = T>> TryFrom<ArrayBase<S, IxDyn>> for Tensor<T> {
    type Error = TensorError;
    fn try_from(array: ArrayBase<S, IxDyn>) -> Result<Tensor<T>, TensorError> {
        Tensor::try_from(&array)
    }
}

/// A view of the tensor's numbers, with as many axes.
impl<'a, T: Element> From<&'a Tensor<T>> for ArrayViewD<'a, T> {
    fn from(tensor: &'a Tensor<T>) -> Self {
        view(tensor).expect("any number of axes fits")
    }
}

/// A copy of the tensor's numbers, with as many axes.
impl<T: Element> From<&Tensor<T>> for ArrayBase<OwnedRepr<T>, IxDyn> {
    fn from(tensor: &Tensor<T>) -> Self {
        ArrayViewD::from(tensor).to_owned()
    }
}

/// A copy of the tensor's numbers, with as many axes.
impl<T: Element> From<Tensor<T>> for ArrayBase<OwnedRepr<T>, IxDyn> {
    fn from(tensor: Tensor<T>) -> Self {
        ArrayViewD::from(&tensor).to_owned()
    }
}
