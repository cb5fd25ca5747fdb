//! Arrays of the `ndarray` crate become tensors in the order that they show, whatever lies in memory, and back.

use autograd::{Tensor, TensorError};
use ndarray::{
    Array, Array0, Array1, Array2, Array3, ArrayD, ArrayView0, ArrayView2, ArrayViewD, Axis, Ix3, Ix6, IxDyn,
    ShapeBuilder, array, s,
};

/// An array whose number at i, j, k is 100 i + 10 j + k.
fn numbered() -> Array3<f64> {
    Array3::from_shape_fn((2, 3, 4), |(i, j, k)| (100 * i + 10 * j + k) as f64)
}

#[test]
fn an_array_becomes_the_tensor_that_it_shows() {
    let all = numbered();
    let mut columns = Array3::zeros((2, 3, 4).f());
    columns.assign(&all);
    assert!(!columns.is_standard_layout());
    let t = Tensor::from(&all);
    assert_eq!((t.shape(), t.at(&[1, 2, 3])), ([2, 3, 4].into(), 123.0));
    assert_eq!(Tensor::from(columns), t, "stored by columns");

    // Every view, against the numbers at their indices.
    let reversed = all.slice(s![..;-1, 1.., ..;2]);
    let t = Tensor::from(reversed);
    assert_eq!(t.shape(), [2, 2, 2]);
    for (i, j, k) in [(0, 0, 0), (0, 1, 1), (1, 0, 1), (1, 1, 0)] {
        assert_eq!(t.at(&[i, j, k]), (100 * (1 - i) + 10 * (j + 1) + 2 * k) as f64);
    }
    let permuted = all.view().permuted_axes([2, 0, 1]);
    assert_eq!(Tensor::from(permuted).at(&[3, 1, 2]), 123.0);
    assert_eq!(
        Tensor::from(all.index_axis(Axis(1), 2)).data(),
        [20.0, 21.0, 22.0, 23.0, 120.0, 121.0, 122.0, 123.0]
    );
    let repeated = array![1.0_f32, 2.0];
    assert_eq!(Tensor::from(repeated.broadcast((2, 2)).unwrap()).data(), [1.0, 2.0, 1.0, 2.0]);
    assert_eq!(Tensor::from(Array0::from_elem((), 7.0_f32)), Tensor::scalar(7.0));
    assert_eq!(Tensor::from(Array2::<f32>::zeros((0, 3))).shape(), [0, 3]);
    assert_eq!(Tensor::from(all.to_shared()).count(), 24);
}

#[test]
fn a_tensor_becomes_an_array() {
    let t = Tensor::from(&numbered());
    assert_eq!(Array3::try_from(&t).unwrap(), numbered());
    assert_eq!(ArrayD::from(t.clone()), numbered().into_dyn());
    let view = ArrayViewD::from(&t);
    assert_eq!(view.as_slice().unwrap().as_ptr(), t.data().as_ptr(), "a view copies nothing");
    assert_eq!(ArrayView0::try_from(&Tensor::scalar(7.0_f32)).unwrap().into_scalar(), &7.0);
    assert_eq!(Array2::try_from(Tensor::<f32>::zeros([3, 0])).unwrap().dim(), (3, 0));
    let six = Tensor::<f32>::from_fn([1, 2, 1, 2, 1, 2], |i| i as f32);
    assert_eq!(Tensor::from(Array::<f32, Ix6>::try_from(&six).unwrap()), six);

    let wrong = ArrayView2::try_from(&t).unwrap_err();
    assert_eq!(wrong, TensorError::Axes { shape: [2, 3, 4].into(), wanted: 2 });
    assert_eq!(
        Array1::try_from(t.clone()).unwrap_err().to_string(),
        "a tensor of shape [2, 3, 4] has 3 axes, but 1 are wanted: reshape it first"
    );
}

#[test]
fn an_open_number_of_axes_is_checked() {
    let eight = ArrayD::<f32>::zeros(IxDyn(&[1; 8]));
    assert_eq!(Tensor::try_from(&eight).unwrap().shape(), [1; 8]);
    let nine = ArrayD::<f32>::zeros(IxDyn(&[1; 9]));
    assert_eq!(
        Tensor::try_from(nine).unwrap_err().to_string(),
        "a tensor has at most 8 axes, but [1, 1, 1, 1, 1, 1, 1, 1, 1] has 9: flatten some of them first"
    );
    let back = ArrayD::from(Tensor::from(numbered())).into_dimensionality::<Ix3>().unwrap();
    assert_eq!(back, numbered());
    assert_eq!(Tensor::try_from(numbered().into_dyn().view()).unwrap(), Tensor::from(numbered()));
}
