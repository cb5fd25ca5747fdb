//! The last changes of parameters and gradients, and the direction that follows from them.

use std::collections::VecDeque;

use autograd::Element;

/// One change: of the parameters, and of the gradient with it.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Pair<T> {
    pub(super) s: Vec<T>,
    pub(super) y: Vec<T>,
}

/// The direction -H g, where H is the inverse of the second derivatives as far as the changes tell: the two loops of
/// Nocedal and Wright, algorithm 7.4, with the first scaling sᵀy / yᵀy of equation 7.20. Without changes it is -g.
pub(super) fn direction<T: Element>(pairs: &VecDeque<Pair<T>>, gradient: &[f64]) -> Vec<f64> {
    let mut q: Vec<f64> = gradient.iter().map(|g| -g).collect();
    let mut weights = Vec::with_capacity(pairs.len());
    for pair in pairs.iter().rev() {
        let weight = dot(&pair.s, &q) / dot(&pair.s, &pair.y);
        add(&mut q, -weight, &pair.y);
        weights.push(weight);
    }
    if let Some(last) = pairs.back() {
        let scale = dot(&last.s, &last.y) / dot(&last.y, &last.y);
        q.iter_mut().for_each(|q| *q *= scale);
    }
    for (pair, weight) in pairs.iter().zip(weights.into_iter().rev()) {
        let other = dot(&pair.y, &q) / dot(&pair.s, &pair.y);
        add(&mut q, weight - other, &pair.s);
    }
    q
}

/// Σ a b in double precision, in eight sums, which the processor adds to at once.
pub(super) fn dot<A: Element, B: Element>(a: &[A], b: &[B]) -> f64 {
    let mut sums = [0.0; 8];
    for (a, b) in a.chunks(8).zip(b.chunks(8)) {
        for (sum, (a, b)) in sums.iter_mut().zip(a.iter().zip(b)) {
            *sum += a.to_f64() * b.to_f64();
        }
    }
    sums.iter().sum()
}

fn add<T: Element>(q: &mut [f64], weight: f64, x: &[T]) {
    for (q, x) in q.iter_mut().zip(x) {
        *q += weight * x.to_f64();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// With exact pairs of a quadratic, as many as it has dimensions, the direction leads to its minimum.
    #[test]
    fn pairs_along_the_axes_give_newtons_direction() {
        let curvature = [2.0, 0.5, 7.0];
        let pairs = (0..3).map(|axis| {
            let s: Vec<f64> = (0..3).map(|i| if i == axis { 0.3 } else { 0.0 }).collect();
            let y = s.iter().zip(curvature).map(|(s, c)| s * c).collect();
            Pair { s, y }
        });
        let gradient = [1.0, -2.0, 3.0];
        let found = direction(&pairs.collect(), &gradient);
        for i in 0..3 {
            assert!((found[i] + gradient[i] / curvature[i]).abs() < 1e-14, "{found:?}");
        }
        assert_eq!(direction(&VecDeque::<Pair<f64>>::new(), &gradient), [-1.0, 2.0, -3.0]);
    }
}
