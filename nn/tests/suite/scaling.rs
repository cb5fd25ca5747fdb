//! Scales against loops by hand and known values.

use autograd::Tensor;
use nn::data::{DataError, MinMax, Robust, Standardize};
use proptest::prelude::*;

#[test]
fn constant_columns_stay_finite() {
    // 0.1 has no exact binary form: a mean that is rounded would leave a deviation of 1e-17 to divide by.
    let x = Tensor::full([7, 1], 0.1_f64);
    let other = Tensor::from([[0.6_f64]]);
    let difference = 0.6 - 0.1;
    for (own, later) in [
        (Standardize::fit(&x).unwrap().apply(&x), Standardize::fit(&x).unwrap().apply(&other)),
        (MinMax::fit(&x).unwrap().apply(&x), MinMax::fit(&x).unwrap().apply(&other)),
        (Robust::fit(&x).unwrap().apply(&x), Robust::fit(&x).unwrap().apply(&other)),
    ] {
        assert!(own.data().iter().all(|&number| number == 0.0));
        assert!((later.item() - difference).abs() < 1e-15);
    }
}

#[test]
fn quartiles_are_those_of_the_textbook() {
    // Type 7 of Hyndman and Fan: of 1, 2, 3, 4 the quartiles are 1.75, 2.5, 3.25.
    let scale = Robust::fit(&Tensor::from([4.0_f64, 2.0, 1.0, 3.0])).unwrap();
    assert_eq!(scale, Robust { median: vec![2.5], range: vec![1.5] });
    let one = Robust::fit(&Tensor::from([[3.0_f64, 5.0]])).unwrap();
    assert_eq!(one, Robust { median: vec![3.0, 5.0], range: vec![0.0, 0.0] });
}

#[test]
fn columns_of_images_are_their_pixels() {
    let x = Tensor::from_fn([2, 2, 2], |i| i as f32);
    let scale = MinMax::fit(&x).unwrap();
    assert_eq!(scale.low, [0.0, 1.0, 2.0, 3.0]);
    assert_eq!(scale.apply(&x).shape(), [2, 2, 2]);
    let empty = Tensor::<f32>::zeros([2, 0]);
    assert_eq!(Standardize::fit(&empty).unwrap().apply(&empty).shape(), [2, 0]);
}

#[test]
fn what_cannot_be_fitted_is_refused() {
    let fit = |x: Tensor| {
        let errors = [
            Standardize::fit(&x).unwrap_err().to_string(),
            MinMax::fit(&x).unwrap_err().to_string(),
            Robust::fit(&x).unwrap_err().to_string(),
        ];
        assert!(errors.iter().all(|error| *error == errors[0]), "{errors:?}");
        errors[0].clone()
    };
    assert!(matches!(Robust::fit(&Tensor::scalar(1.0_f32)), Err(DataError::NoRows)));
    assert_eq!(fit(Tensor::zeros([0, 3])), "no rows: a tensor to be fitted to must have at least one");
    assert_eq!(
        fit(Tensor::from([[1.0, 2.0], [f32::NAN, 1.0]])),
        "NaN in row 1, column 0 (both from 0): clean or drop this row first"
    );
}

fn matrix() -> impl Strategy<Value = Tensor<f64>> {
    (1_usize..30, 1_usize..5).prop_flat_map(|(rows, columns)| {
        prop::collection::vec(-1e3..1e3_f64, rows * columns)
            .prop_map(move |numbers| Tensor::from_vec([rows, columns], numbers).unwrap())
    })
}

fn columns(x: &Tensor<f64>) -> Vec<Vec<f64>> {
    let width = x.shape()[1];
    (0..width).map(|column| x.data().iter().skip(column).step_by(width).copied().collect()).collect()
}

fn close(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-9 * (1.0 + a.abs().max(b.abs()))
}

proptest! {
    #[test]
    fn scaled_columns_have_the_moments_they_should(x in matrix()) {
        for (column, z) in columns(&x).iter().zip(columns(&Standardize::fit(&x).unwrap().apply(&x))) {
            let n = z.len() as f64;
            let (sum, squares) = z.iter().fold((0.0, 0.0), |(sum, squares), z| (sum + z, squares + z * z));
            prop_assert!(close(sum / n, 0.0));
            let constant = column.iter().all(|x| *x == column[0]);
            prop_assert!(close(squares / n, f64::from(!constant)));
        }
        for (column, z) in columns(&x).iter().zip(columns(&MinMax::fit(&x).unwrap().apply(&x))) {
            let (low, high) = z.iter().fold((f64::MAX, f64::MIN), |(low, high), &z| (low.min(z), high.max(z)));
            let constant = column.iter().all(|x| *x == column[0]);
            prop_assert_eq!((low, high), (0.0, if constant { 0.0 } else { 1.0 }));
        }
        // Half of the rows lie at or below the median, and half at or above it.
        for z in columns(&Robust::fit(&x).unwrap().apply(&x)) {
            prop_assert!(2 * z.iter().filter(|&&z| z <= 1e-12).count() >= z.len());
            prop_assert!(2 * z.iter().filter(|&&z| z >= -1e-12).count() >= z.len());
        }
    }

    #[test]
    fn inverting_gives_back(x in matrix(), y in matrix()) {
        prop_assume!(x.shape()[1] == y.shape()[1]);
        let (a, b, c) = (Standardize::fit(&x).unwrap(), MinMax::fit(&x).unwrap(), Robust::fit(&x).unwrap());
        for back in [a.invert(&a.apply(&y)), b.invert(&b.apply(&y)), c.invert(&c.apply(&y))] {
            prop_assert!(back.data().iter().zip(y.data()).all(|(&back, &y)| (back - y).abs() < 1e-6));
        }
    }
}
