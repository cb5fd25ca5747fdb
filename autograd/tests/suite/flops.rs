//! Floating-point operations of nodes, against counts by hand.

use autograd::{FnOp, Graph, Indices};

#[test]
fn operations_of_each_kind_of_node() {
    let g = Graph::new();
    let (a, b) = (g.ones([5, 3]), g.ones([3, 4]));
    let places = Indices::new([2], &[4, 0], 5).unwrap();
    let double = || FnOp::new("double", |x: &[_]| x[0].map(|x: f32| 2.0 * x), |_, _, _, g| Some(g * 2.0));
    for (node, flops) in [
        (a.matmul(b), 2 * 5 * 3 * 4),
        (a.matmul_t(g.ones([4, 3])), 2 * 5 * 3 * 4),
        (a.t().matmul(a), 2 * 3 * 5 * 3),
        (g.ones([2, 5, 3]).matmul(g.ones([2, 3, 4])), 2 * (2 * 5 * 3 * 4)),
        (a + g.ones([3]), 5 * 3),
        (a.tanh(), 10 * 5 * 3),
        (a.gt(0.0).where_(a, 0.0), 5 * 3),
        (a.sum_keepdim(0), (5 - 1) * 3),
        (a.amax(), 0), // the reshape that drops the axes
        (a.max_keepdim(..), 5 * 3 - 1),
        (a.cumsum(0), (5 - 1) * 3),
        (a.index_select(0, &places), 0),
        (a.slice(0, 0..2).index_add(0, &places, 5), 2 * 3),
        (a.reshape([15]), 0),
        (a.t(), 0),
        (g.custom(double(), &[a]), 0),
        (a, 0),
    ] {
        assert_eq!(node.flops(), flops, "{} of shape {}", node.op_name(), node.shape());
    }
}

#[test]
fn nodes_come_in_order_and_without_indices() {
    let g = Graph::new();
    let x = g.var([[1.0, 2.0]]);
    let y = x.pick(&Indices::new([1], &[1], 2).unwrap());
    let nodes: Vec<_> = g.nodes().map(|node| node.id()).collect();
    assert!(nodes.is_sorted() && nodes.contains(&x.id()) && nodes.contains(&y.id()));
    // Each node has a value: indices would have none.
    assert_eq!(nodes.len(), g.len() - 1);
    assert!(g.nodes().all(|node| node.value().count() > 0));
}
