//! Derivatives of functions of numbers: all of them agree with one another, with forms known by hand, and with differences.

use autograd::prelude::*;

use crate::common::{caught, close};
use crate::scalars::everything;

/// Any number of outputs from any number of inputs, none of them linear.
fn mixture<S: Scalar>(x: &[S], outputs: usize) -> Vec<S> {
    let output = |i: usize| {
        let terms = x.iter().enumerate().map(|(j, &x)| (x * (0.3 * i as f64 + 0.1 * j as f64 + 0.2)).sin());
        let sum: S = terms.sum();
        sum * sum + S::dot(x, x) * 0.1
    };
    (0..outputs).map(output).collect()
}

fn point(inputs: usize) -> Vec<f64> {
    (0..inputs).map(|i| 0.4 + 0.37 * i as f64 % 1.3).collect()
}

fn unit(count: usize, place: usize) -> Vec<f64> {
    (0..count).map(|i| f64::from(u8::from(i == place))).collect()
}

#[test]
fn jacobians_of_every_shape_have_jvps_as_columns_and_vjps_as_rows() {
    // Shorter and longer than a sweep of eight lanes, wide and tall.
    for (outputs, inputs) in [(1, 1), (3, 20), (20, 3), (8, 8), (9, 9), (17, 16), (16, 17), (0, 3), (3, 0)] {
        let x = point(inputs);
        let j = jacobian(|x| mixture(x, outputs), &x);
        assert_eq!(j.shape(), [outputs, inputs]);
        for column in 0..inputs {
            let (values, along) = jvp(|x: &[_]| mixture(x, outputs), &x, &unit(inputs, column));
            assert_eq!(values, mixture(&x, outputs));
            for (row, along) in along.into_iter().enumerate() {
                assert!(close(j.at(&[row, column]), along, 1e-14), "{outputs} {inputs}: {row} {column}");
            }
        }
        for row in 0..outputs {
            let (values, back) = vjp(|x| mixture(x, outputs), &x, &unit(outputs, row));
            assert_eq!(values.len(), outputs);
            for (column, back) in back.into_iter().enumerate() {
                assert!(close(j.at(&[row, column]), back, 1e-14), "{outputs} {inputs}: {row} {column}");
            }
        }
    }
}

#[test]
fn hessians_are_derivatives_of_gradients() {
    // Fewer and more inputs than columns are computed at once.
    for inputs in [0, 1, 3, 4, 5, 9] {
        let x = point(inputs);
        let f = |x: &[f64]| grad(|x| mixture(x, 1)[0], x);
        let h = hessian(|x| mixture(x, 1)[0], &x);
        assert_eq!(h.shape(), [inputs, inputs]);
        for column in 0..inputs {
            let product = hvp(|x| mixture(x, 1)[0], &x, &unit(inputs, column));
            let step = 1e-4;
            let [mut above, mut below] = [x.clone(), x.clone()];
            above[column] += step;
            below[column] -= step;
            let (above, below) = (f(&above), f(&below));
            for row in 0..inputs {
                let found = h.at(&[row, column]);
                assert!(close(found, product[row], 1e-14), "{inputs}: {row} {column}");
                assert!(close(found, h.at(&[column, row]), 1e-13), "{inputs}: {row} {column}");
                let difference = (above[row] - below[row]) / (2.0 * step);
                assert!(close(found, difference, 1e-6), "{inputs}: {row} {column}: {found} {difference}");
            }
        }
    }
}

#[test]
fn everything_that_scalars_can_is_differentiated() {
    let x = [0.7, 1.9];
    let (value, gradient) = value_and_grad(|x| everything(x[0], x[1]), &x);
    assert_eq!(value.to_bits(), everything(x[0], x[1]).to_bits());
    let j = jacobian(|x| vec![everything(x[0], x[1])], &x);
    let h = hessian(|x| everything(x[0], x[1]), &x);
    for (i, by_tape) in gradient.into_iter().enumerate() {
        let (_, along) = jvp(|x: &[_]| vec![everything(x[0], x[1])], &x, &unit(2, i));
        assert!(close(along[0], by_tape, 1e-13) && close(along[0], j.data()[i], 1e-13));
        let product = hvp(|x| everything(x[0], x[1]), &x, &unit(2, i));
        assert!((0..2).all(|k| close(product[k], h.at(&[k, i]), 1e-12)));
    }
}

#[test]
fn results_may_be_constants_and_inputs() {
    let x = [3.0, 4.0];
    assert_eq!(value_and_grad(|_| 7.0.into(), &x), (7.0, vec![0.0, 0.0]));
    assert_eq!(grad(|x| x[1], &x), [0.0, 1.0]);
    assert_eq!(hessian(|_| 7.0.into(), &x), Tensor::zeros([2, 2]));
    assert_eq!(hvp(|_| 7.0.into(), &x, &[1.0, 1.0]), [0.0, 0.0]);
    let j = jacobian(|x| vec![x[1], 7.0.into(), x[1], x[0] * 1.0], &x);
    assert_eq!(j, Tensor::from([[0.0, 1.0], [0.0, 0.0], [0.0, 1.0], [1.0, 0.0]]));
    let (values, back) = vjp(|x| vec![x[1], 7.0.into(), x[1]], &x, &[1.0, 10.0, 100.0]);
    assert_eq!((values, back), (vec![4.0, 7.0, 4.0], vec![0.0, 101.0]));
}

#[test]
fn a_function_may_differentiate_inside_and_may_panic() {
    // The inner call finds the tape of the thread in use.
    let (value, gradient) = value_and_grad(
        |x| {
            let slope = grad(|y| y[0].powi(3), &[x[0].to_f64()])[0];
            x[0] * slope
        },
        &[2.0],
    );
    assert_eq!((value, gradient), (24.0, vec![12.0]));
    caught(|| grad(|x| if x[0] > 0.0 { panic!("in the middle") } else { x[0] }, &[1.0]));
    assert_eq!(grad(|x| x[0] * 2.0, &[1.0]), [2.0]);
    // A large function leaves no trace in the next one.
    assert_eq!(grad(|x| (0..100_000).fold(x[0], |y, _| y * 1.0), &[1.0]), [1.0]);
    assert_eq!(grad(|x| x[0].square(), &[3.0]), [6.0]);
}

#[test]
fn counts_that_do_not_fit_are_named() {
    let text = caught(|| jvp(|x: &[Dual<f64>]| x.to_vec(), &[1.0, 2.0], &[1.0])).message;
    assert_eq!(text, "jvp: there are 1 tangents for 2 inputs: give one for each");
    let text = caught(|| vjp(|x| vec![x[0]], &[1.0, 2.0], &[1.0, 2.0])).message;
    assert_eq!(text, "vjp: there are 2 seeds for 1 values: give one for each");
    let text = caught(|| hvp(|x| x[0], &[1.0, 2.0], &[1.0])).message;
    assert_eq!(text, "hvp: there are 1 tangents for 2 inputs: give one for each");
}
