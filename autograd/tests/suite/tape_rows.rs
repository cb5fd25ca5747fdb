//! Every elementwise row on the tape: its value and gradient are those of dual numbers and of the graph, and what
//! differences say; in second order those of nested dual numbers.

use autograd::ops::{Binary, BinaryRow, BinaryVisitor, Unary, UnaryRow, UnaryVisitor};
use autograd::prelude::*;

use crate::common::close;

/// Points of an interval, its ends left out, at distances that are no round numbers.
fn points((from, to): (f64, f64)) -> impl Iterator<Item = f64> + Clone {
    (0..11).map(move |i| from + (to - from) * (i as f64 + 0.487) / 11.0)
}

fn difference(f: impl Fn(f64) -> f64, x: f64) -> f64 {
    let h = 1e-3;
    (8.0 * (f(x + h) - f(x - h)) - (f(x + 2.0 * h) - f(x - 2.0 * h))) / (12.0 * h)
}

struct Agree;

impl UnaryVisitor for Agree {
    type Out = ();
    fn visit<O: UnaryRow>(self, row: O) {
        let kinks = row.kinks().into_iter().flatten();
        for x in points(O::DOMAIN).chain(kinks.clone()) {
            let name = format!("{} at {x}", row.op());
            let (tape, graph) = (Tape::new(), Graph::f64());
            let v = tape.var(x);
            let y = v.map(row);
            let slope = y.backward()[v];
            let dual = Dual::variable(x).map(row);
            let several = DualN::<f64, 3>::variable(x, 1).map(row);
            for (value, tangent) in [(dual.value, dual.tangent), (several.value, several.tangents[1])] {
                assert!(close(value, y.value(), 0.0) && close(tangent, slope, 0.0), "{name}: {y:?} {slope}");
            }
            let node = graph.var(x);
            let (result, by_graph) = (node.map(row), node.map(row).backward());
            assert!(close(result.item(), y.value(), 0.0), "{name}");
            // Where a slope is 0 everywhere, the graph has no path.
            assert!(close(by_graph.get(node).map_or(0.0, Tensor::item), slope, 1e-15), "{name}: {slope}");
            if kinks.clone().all(|kink| (x - kink).abs() > 5e-3) {
                assert!(close(slope, difference(|x| x.map(row), x), 1e-7), "{name}: {slope}");
                // Second order: a tape of a tape.
                let outer = Tape::new();
                let x1 = outer.var(x);
                let inner = Tape::nested();
                let x2 = inner.var(x1);
                let second = x2.map(row).backward()[x2];
                let expected = Dual::variable(Dual::variable(x)).map(row).tangent.tangent;
                let got = if second.is_constant() { 0.0 } else { second.backward()[x1] };
                assert!(close(got, expected, 1e-12), "{name}: second derivative {got}, not {expected}");
            }
        }
    }
}

impl BinaryVisitor for Agree {
    type Out = ();
    fn visit<O: BinaryRow>(self, row: O) {
        let [in_a, in_b] = O::DOMAIN;
        let pairs = points(in_a).flat_map(|a| points(in_b).map(move |b| (a, b)));
        for (a, b) in pairs.chain([(1.0, 1.0), (0.5, 0.5)]) {
            let name = format!("{} at ({a}, {b})", O::NAME);
            let (tape, graph) = (Tape::new(), Graph::f64());
            let (u, v) = (tape.var(a), tape.var(b));
            let y = u.zip(row, v);
            let grads = y.backward();
            let slopes = [grads[u], grads[v]];
            let [p, q] = DualN::variables([a, b]);
            let dual = p.zip(row, q);
            assert_eq!(y.value().to_bits(), dual.value.to_bits(), "{name}");
            assert_eq!(slopes, dual.tangents, "{name}");
            // A constant on one side, as a number and as a handle.
            for (one, x, slope) in [
                (u.zip_number(row, b), u, slopes[0]),
                (u.zip(row, b.into()), u, slopes[0]),
                (Scalar::number_zip(a, row, v), v, slopes[1]),
                (autograd::tape::Var::from(a).zip(row, v), v, slopes[1]),
            ] {
                assert_eq!(
                    (one.value().to_bits(), one.backward()[x]),
                    (y.value().to_bits(), slope),
                    "{name}"
                );
            }
            let nodes = [graph.var(a), graph.var(b)];
            let by_graph = nodes[0].zip(row, nodes[1]).backward();
            for (node, slope) in nodes.into_iter().zip(slopes) {
                assert!(close(by_graph.get(node).map_or(0.0, Tensor::item), slope, 1e-15), "{name}: {slope}");
            }
            if row.distance_to_kink(a, b) > 0.03 {
                assert!(close(slopes[0], difference(|a| a.zip(row, b), a), 1e-7), "{name}");
                assert!(close(slopes[1], difference(|b| a.zip(row, b), b), 1e-7), "{name}");
            }
        }
    }
}

#[test]
fn every_row_agrees_with_dual_numbers_the_graph_and_differences() {
    Unary::examples().iter().for_each(|row| row.dispatch(Agree));
    Binary::ALL.iter().for_each(|row| row.dispatch(Agree));
}

#[test]
fn rows_are_methods_and_take_numbers() {
    let tape = Tape::new();
    let x = tape.var(0.5);
    let y = x.sin() + x.powi(3) + x.max(0.25) + x.clamp(0.0, 1.0) + x.pow(2.0) + x.atan2(x * 2.0);
    let expected = |x: f64| x.sin() + x.powi(3) + x.max(0.25) + x.clamp(0.0, 1.0) + x * x + 0.5f64.atan();
    assert!(close(y.value(), expected(0.5), 1e-15));
    assert!(close(y.backward()[x], difference(expected, 0.5), 1e-9));
}
