//! Derivatives of functions of tensors: all of them agree with one another and with forms known by hand.

use autograd::functions::tensors;
use autograd::prelude::*;

use crate::common::{assert_close, caught, numbers};

/// A layer, of shape [rows, 3], from [rows, 2] and [3, 2].
fn layer<'g>(_: &'g Graph<f64>, v: &[Var<'g, f64>]) -> Var<'g, f64> {
    v[0].matmul(v[1].t()).tanh()
}

fn loss<'g>(g: &'g Graph<f64>, v: &[Var<'g, f64>]) -> Var<'g, f64> {
    layer(g, v).square().sum() + v[0].sum() * v[1].mean()
}

fn inputs(rows: usize) -> [Tensor<f64>; 2] {
    [numbers([rows, 2], 1), numbers([3, 2], 2)]
}

fn inner(a: &Tensor<f64>, b: &Tensor<f64>) -> f64 {
    a.data().iter().zip(b.data()).map(|(a, b)| a * b).sum()
}

fn unit(like: &Tensor<f64>, place: usize) -> Tensor<f64> {
    Tensor::from_fn(like.shape(), |i| f64::from(u8::from(i == place)))
}

#[test]
fn gradients_are_those_of_backward() {
    let inputs = inputs(4);
    let g = Graph::f64();
    let vars = [g.var(&inputs[0]), g.var(&inputs[1])];
    let y = loss(&g, &vars);
    let expected = y.backward();
    let (value, grads) = tensors::value_and_grad(loss, &inputs);
    assert!((value - y.item()).abs() <= 1e-14 * value.abs());
    assert_close("x", &grads[0], &expected[vars[0]], 1e-14);
    assert_close("w", &grads[1], &expected[vars[1]], 1e-14);
    assert_eq!(tensors::grad(loss, &inputs)[1], grads[1]);
}

#[test]
fn jacobians_of_either_direction_have_jvps_as_columns_and_vjps_as_rows() {
    // 10 columns against 3 rows, and 26 against 30.
    for rows in [1, 10] {
        let w = numbers([3, 2], 2);
        let x = inputs(rows)[0].clone();
        let both = [x.clone(), w.clone()];
        let j = tensors::jacobian(layer, &both);
        assert_eq!((j[0].shape(), j[1].shape()), ([rows, 3, rows, 2].into(), [rows, 3, 3, 2].into()));
        let outputs = rows * 3;
        for (input, matrix) in j.iter().enumerate() {
            let columns = both[input].count();
            for column in 0..columns {
                let mut tangents = both.each_ref().map(|x| Tensor::zeros(x.shape()));
                tangents[input] = unit(&both[input], column);
                let (y, along) = tensors::jvp(layer, &both, &tangents);
                assert_eq!((y.shape(), along.shape()), ([rows, 3].into(), [rows, 3].into()));
                let found = Tensor::from_fn([rows, 3], |row| matrix.data()[row * columns + column]);
                assert_close("column", &found, &along, 1e-14);
            }
        }
        for row in 0..outputs {
            let seed = Tensor::from_fn([rows, 3], |i| f64::from(u8::from(i == row)));
            let (_, back) = tensors::vjp(layer, &both, &seed);
            for (matrix, back) in j.iter().zip(&back) {
                let count = back.count();
                let found = Tensor::from_slice(back.shape(), &matrix.data()[row * count..][..count]).unwrap();
                assert_close("row", &found, back, 1e-14);
            }
        }
    }
    // Many outputs of one number go forward: the derivatives of t, t², … by t.
    let exponents = Tensor::from_fn([9], |i| (i + 1) as f64);
    let j = tensors::jacobian(|g, v| v[0].pow(g.constant(&exponents)), &[1.5]);
    let by_hand = Tensor::from_fn([9], |i| (i + 1) as f64 * 1.5_f64.powi(i as i32));
    assert_close("powers", &j[0], &by_hand, 1e-14);
}

#[test]
fn forward_and_backward_products_are_adjoint() {
    let inputs = inputs(5);
    let tangents = [numbers([5, 2], 7), numbers([3, 2], 8)];
    let seed = numbers([5, 3], 9);
    let (y, along) = tensors::jvp(layer, &inputs, &tangents);
    let (same, back) = tensors::vjp(layer, &inputs, &seed);
    assert_close("value", &y, &same, 1e-15);
    let (left, right) = (inner(&along, &seed), inner(&tangents[0], &back[0]) + inner(&tangents[1], &back[1]));
    assert!((left - right).abs() < 1e-13, "{left} {right}");
}

#[test]
fn hessians_are_symmetric_and_have_hvps_as_columns() {
    let inputs = inputs(2);
    let h = tensors::hessian(loss, &inputs);
    let (nx, nw) = (inputs[0].count(), inputs[1].count());
    assert_eq!(h[0][1].shape(), [2, 2, 3, 2]);
    for i in 0..nx {
        for k in 0..nw {
            let (a, b) = (h[0][1].data()[i * nw + k], h[1][0].data()[k * nx + i]);
            assert!((a - b).abs() < 1e-13, "{i} {k}: {a} {b}");
        }
    }
    for k in 0..nw {
        let tangents = [Tensor::zeros([2, 2]), unit(&inputs[1], k)];
        let products = tensors::hvp(loss, &inputs, &tangents);
        for i in 0..nx {
            assert!((products[0].data()[i] - h[0][1].data()[i * nw + k]).abs() < 1e-13);
        }
        for i in 0..nw {
            assert!((products[1].data()[i] - h[1][1].data()[i * nw + k]).abs() < 1e-13);
        }
    }
    // And differences of gradients.
    let step = 1e-5;
    for k in 0..nw {
        let moved = |by: f64| {
            let w = Tensor::from_fn([3, 2], |i| inputs[1].data()[i] + if i == k { by } else { 0.0 });
            tensors::grad(loss, &[inputs[0].clone(), w])
        };
        let (above, below) = (moved(step), moved(-step));
        for i in 0..nx {
            let difference = (above[0].data()[i] - below[0].data()[i]) / (2.0 * step);
            assert!((difference - h[0][1].data()[i * nw + k]).abs() < 1e-7);
        }
    }
}

#[test]
fn what_does_not_depend_is_zero() {
    let x = [[1.0, 2.0], [3.0, 4.0]];
    let (_, grads) = tensors::value_and_grad(|_, v| v[0].sum(), &x);
    assert_eq!(grads[1].data(), [0.0, 0.0]);
    let h = tensors::hessian(|_, v| v[0].sum(), &x);
    assert!(h.iter().flatten().all(|block| block.shape() == [2, 2] && block.data() == [0.0; 4]));
    assert_eq!(tensors::hvp(|_, v| v[0].sum(), &x, &x)[1].data(), [0.0, 0.0]);
    assert_eq!(tensors::jvp(|_, v| v[0] * 2.0, &x, &x).1.data(), [2.0, 4.0]);
    assert_eq!(tensors::jvp(|g, _| g.constant([5.0, 6.0]), &x, &x).1.data(), [0.0, 0.0]);
    // The result may be an input that was recorded before another.
    assert_eq!(tensors::grad(|_, v| v[0], &[1.0, 2.0]), [Tensor::scalar(1.0), Tensor::scalar(0.0)]);
    let j = tensors::jacobian(|_, v| v[0].round(), &x);
    assert!(j.iter().all(|block| block.data() == [0.0; 4]));
}

#[test]
fn wrong_shapes_and_counts_are_named() {
    let text = caught(|| tensors::grad(|_, v| v[0] * 2.0, &[[1.0, 2.0]])).message;
    assert!(text.contains("grad differentiates a single number") && text.contains("[2]"), "{text}");
    let text = caught(|| tensors::jvp(|_, v| v[0], &[[1.0, 2.0]], &[[1.0]])).message;
    assert!(text.contains("a tangent has shape [1], its input [2]"), "{text}");
    let text = caught(|| tensors::vjp(|_, v| v[0], &[[1.0, 2.0]], 1.0)).message;
    assert!(text.contains("the seed has shape [], the value [2]"), "{text}");
    let text = caught(|| tensors::hvp(|_, v| v[0].sum(), &[1.0, 2.0], &[1.0])).message;
    assert!(text.contains("there are 1 tangents for 2 inputs"), "{text}");
}
