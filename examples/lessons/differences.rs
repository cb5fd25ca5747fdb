//! The loss of a small network as a function of one weight, and how far off differences are as its derivative.

use autograd::Element;
use autograd::prelude::*;

/// The loss.
fn loss<T: Element>(w: Var<'_, T>) -> Var<'_, T> {
    ((w * 0.7 + 0.9).tanh() * 1.3 + 0.35).square()
}

/// Its value, computed in the precision of `T`.
pub(crate) fn value<T: Element>(w: f64) -> f64 {
    loss(Graph::<T>::default().var(T::from_f64(w))).item().to_f64()
}

/// Its derivative by the chain rule.
fn derivative(w: f64) -> f64 {
    let g = Graph::f64();
    let w = g.var(w);
    loss(w).backward()[w].item()
}

/// A function computed in some precision.
pub(crate) type Values = fn(f64) -> f64;

/// The error of forward differences.
pub(crate) fn forward(f: Values, w: f64, h: f64) -> f64 {
    ((f(w + h) - f(w)) / h - derivative(w)).abs()
}

/// The error of central differences.
pub(crate) fn central(f: Values, w: f64, h: f64) -> f64 {
    ((f(w + h) - f(w - h)) / (2.0 * h) - derivative(w)).abs()
}
