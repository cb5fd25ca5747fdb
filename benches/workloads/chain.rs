//! A chain of eight elementwise operations, summed: y = Σ f(x), on the graph and as a plain loop.

use std::hint::black_box;

use autograd::prelude::*;

/// Arguments from -1 to 1.
pub(crate) fn arguments(count: usize) -> Tensor {
    Tensor::from_fn([count], |i| (i as f32 * 12.9898).sin())
}

/// y, recorded.
pub(crate) fn record(x: Var<'_>) -> Var<'_> {
    let t = x.tanh();
    let u = t.sigmoid() * x + t;
    let v = u.tanh();
    (v.sigmoid() * u + v).sum()
}

/// y and its gradient, from a new graph.
pub(crate) fn value_and_gradient(x: &Tensor) -> (f32, Tensor) {
    let g = Graph::new();
    let x = g.var(black_box(x));
    let y = record(x);
    let [value, gradient] = g.eval([y, y.grad(&[x])[0]]);
    (value.item(), gradient)
}
