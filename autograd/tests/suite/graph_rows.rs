//! Every elementwise row on the graph: value, gradient, second order, every kind of broadcasting, f32 beside f64.
//! (That the rows themselves are right is another test's duty.)

use crate::common::{assert_gradients, close, spread};
use autograd::number::Real;
use autograd::ops::{Binary, BinaryRow, BinaryVisitor, Unary, UnaryRow, UnaryVisitor};
use autograd::{Element, Graph, Shape, Tensor, Var};

const SHAPES: [&[usize]; 7] = [&[], &[1], &[3], &[2, 3], &[0], &[3, 0, 2], &[2, 1, 2]];

/// Each kind of broadcasting: scalar, row, column, leading axes, both ways at once, with empty axes.
const PAIRS: [(&[usize], &[usize]); 14] = [
    (&[], &[]),
    (&[3], &[3]),
    (&[2, 3], &[2, 3]),
    (&[2, 3], &[]),
    (&[], &[2, 3]),
    (&[2, 3], &[3]),
    (&[3], &[2, 3]),
    (&[2, 3], &[2, 1]),
    (&[2, 1], &[2, 3]),
    (&[2, 2, 3], &[2, 3]),
    (&[2, 1, 3], &[4, 1]),
    (&[1, 1], &[3]),
    (&[0, 3], &[3]),
    (&[1, 3], &[0, 1]),
];

/// A row applied to nodes.
struct Apply<'g, T: Element>(Var<'g, T>);

impl<'g, T: Element> UnaryVisitor for Apply<'g, T> {
    type Out = Var<'g, T>;
    fn visit<O: UnaryRow>(self, row: O) -> Var<'g, T> {
        self.0.map(row)
    }
}

struct Zip<'g, T: Element>(Var<'g, T>, Var<'g, T>);

impl<'g, T: Element> BinaryVisitor for Zip<'g, T> {
    type Out = Var<'g, T>;
    fn visit<O: BinaryRow>(self, row: O) -> Var<'g, T> {
        self.0.zip(row, self.1)
    }
}

/// A row applied to numbers.
struct Value(f64);

impl UnaryVisitor for Value {
    type Out = f64;
    fn visit<O: UnaryRow>(self, row: O) -> f64 {
        row.value(self.0)
    }
}

struct Value2(f64, f64);

impl BinaryVisitor for Value2 {
    type Out = f64;
    fn visit<O: BinaryRow>(self, row: O) -> f64 {
        row.value(self.0, self.1)
    }
}

struct Domain;

impl UnaryVisitor for Domain {
    type Out = ((f64, f64), [Option<f64>; 2]);
    fn visit<O: UnaryRow>(self, row: O) -> Self::Out {
        (O::DOMAIN, row.kinks())
    }
}

impl BinaryVisitor for Domain {
    type Out = [(f64, f64); 2];
    fn visit<O: BinaryRow>(self, _: O) -> Self::Out {
        O::DOMAIN
    }
}

/// Test data of a unary row, kept away from its kinks.
fn data(row: Unary, shape: &[usize]) -> Tensor<f64> {
    let ((low, high), kinks) = row.dispatch(Domain);
    spread(shape, 3, low, high).map(|x| {
        let near = kinks.iter().flatten().any(|kink| (x - kink).abs() < 0.01);
        if near { x + 0.03 } else { x }
    })
}

#[test]
fn unary_values() {
    for &row in Unary::examples() {
        for shape in SHAPES {
            let x = data(row, shape);
            let g = Graph::f64();
            let y = row.dispatch(Apply(g.var(&x))).value();
            assert_eq!(y.shape(), *shape, "{row}");
            for (&x, &y) in x.data().iter().zip(y.data()) {
                let expected = row.dispatch(Value(x));
                assert!(close(y, expected, 1e-15), "{row}({x}) = {y}, not {expected}");
            }
        }
    }
}

#[test]
fn unary_gradients() {
    for &row in Unary::examples() {
        for shape in SHAPES {
            assert_gradients(&row.to_string(), &[data(row, shape)], |_, v| row.dispatch(Apply(v[0])));
        }
    }
}

/// Second order of second order: the rules of rules are right too.
#[test]
fn unary_third_order() {
    for &row in Unary::examples() {
        assert_gradients(&row.to_string(), &[data(row, &[3])], |_, v| {
            row.dispatch(Apply(v[0])).grad(&v[..1])[0]
        });
    }
}

#[test]
fn binary_values() {
    for &row in Binary::ALL {
        let [(a_low, a_high), (b_low, b_high)] = row.dispatch(Domain);
        for (a, b) in PAIRS {
            let (a, b) = (spread(a, 1, a_low, a_high), spread(b, 2, b_low, b_high));
            let g = Graph::f64();
            let y = row.dispatch(Zip(g.var(&a), g.var(&b))).value();
            let shape = y.shape();
            assert_eq!(shape[..], broadcast_shape(&a.shape(), &b.shape()), "{row}");
            for position in 0..y.count() {
                let (x, z) = (broadcast_at(&a, shape, position), broadcast_at(&b, shape, position));
                let (found, expected) = (y.data()[position], row.dispatch(Value2(x, z)));
                assert!(close(found, expected, 1e-15), "{row}({x}, {z}) = {found}, not {expected}");
            }
        }
    }
}

/// NumPy's rule, from the back.
fn broadcast_shape(a: &[usize], b: &[usize]) -> Vec<usize> {
    let mut shape = Vec::new();
    for from_end in 1..=a.len().max(b.len()) {
        let extent = |of: &[usize]| if from_end <= of.len() { of[of.len() - from_end] } else { 1 };
        shape.insert(0, if extent(a) == 1 { extent(b) } else { extent(a) });
    }
    shape
}

/// The number of `x`, repeated to `shape`, at a position: one axis at a time from the back.
fn broadcast_at(x: &Tensor<f64>, shape: Shape, mut position: usize) -> f64 {
    let mut index = vec![0; x.shape().rank()];
    for from_end in 1..=shape.rank() {
        let extent = shape[shape.rank() - from_end];
        if from_end <= index.len() {
            let place = index.len() - from_end;
            index[place] = if x.shape()[place] == 1 { 0 } else { position % extent };
        }
        position /= extent;
    }
    x.at(&index)
}

#[test]
fn binary_gradients() {
    for &row in Binary::ALL {
        let [(a_low, a_high), (b_low, b_high)] = row.dispatch(Domain);
        for (a, b) in PAIRS {
            let inputs = [spread(a, 1, a_low, a_high), spread(b, 2, b_low, b_high)];
            assert_gradients(row.name(), &inputs, |_, v| row.dispatch(Zip(v[0], v[1])));
        }
    }
}

/// One node on both sides: both paths count.
#[test]
fn binary_of_one_node() {
    for &row in Binary::ALL {
        let [(a_low, a_high), (b_low, b_high)] = row.dispatch(Domain);
        let x = spread([3], 5, a_low.max(b_low), a_high.min(b_high));
        assert_gradients(row.name(), &[x], |_, v| row.dispatch(Zip(v[0], v[0] * 1.5)));
    }
    assert_gradients("x * x", &[crate::common::numbers([3], 0)], |_, v| v[0] * v[0]);
}

#[test]
fn where_gradients_and_values() {
    let mask = Tensor::from([[1.0, 0.0, 2.0], [0.0, 0.0, -1.0]]);
    for (a, b) in [(&[2, 3][..], &[2, 3][..]), (&[], &[3]), (&[2, 1], &[]), (&[3], &[1, 2, 1])] {
        let inputs = [crate::common::numbers(a, 1), crate::common::numbers(b, 2)];
        assert_gradients("where_", &inputs, |g, v| g.constant(&mask).where_(v[0], v[1]));
    }
    let g = Graph::f64();
    let y = g.constant(&mask).where_(g.constant([1.0, 2.0, 3.0]), -7.0).value();
    assert_eq!(y.data(), [1.0, -7.0, 3.0, -7.0, -7.0, 3.0]);
}

/// A number stands for itself on either side, in both precisions.
#[test]
fn numbers_beside_nodes() {
    assert_gradients("numbers", &[spread([3], 1, 0.5, 2.0)], |_, v| {
        let x = v[0];
        let mut y = (x + 2.0) * 3.0 - 1.0 / x + (2.0 - x) / (3.0 * x) + (5.0 + x) % 7.0 + x % 3.0;
        y += 1.0;
        y -= x;
        y *= 0.5;
        y /= x;
        y.max(0.1).min(100.0).pow(1.5) - -x
    });
}

/// Single precision follows double precision, value and gradient.
#[test]
fn single_precision_is_close_to_double() {
    fn run<T: Element>(row: Unary, x: &Tensor<f64>) -> [Tensor<f64>; 2] {
        let g = Graph::<T>::default();
        let x = g.var(x.cast::<T>());
        let y = row.dispatch(Apply(x));
        let grads = y.sum().backward();
        [y.value().cast(), grads.get(x).cloned().unwrap_or_else(|| Tensor::zeros([16])).cast()]
    }
    for &row in Unary::examples() {
        let x = data(row, &[16]).cast::<f32>().cast::<f64>(); // the same numbers for both
        let (single, double) = (run::<f32>(row, &x), run::<f64>(row, &x));
        for (single, double) in single.iter().zip(&double) {
            crate::common::assert_close(&row.to_string(), single, double, 1e-5);
        }
    }
}
