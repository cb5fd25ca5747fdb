//! Scalar functions to be differentiated: for any number, by statements, by ranges, by the crate `reverse`, and by hand.

/// Σ 100 (x₁ - x₀²)² + (1 - x₀)² over neighbours.
pub(crate) mod rosenbrock {
    use autograd::prelude::*;

    pub(crate) fn operations(count: usize) -> u64 {
        8 * (count as u64 - 1)
    }

    pub(crate) fn point(count: usize) -> Vec<f64> {
        (0..count).map(|i| 0.5 + (i as f64 * 0.37).sin()).collect()
    }

    pub(crate) fn value<S: Scalar>(x: &[S]) -> S {
        let mut sum = S::from(0.0);
        for x in x.windows(2) {
            let (a, b) = (x[1] - x[0] * x[0], x[0] - 1.0);
            sum += a * a * 100.0 + b * b;
        }
        sum
    }

    pub(crate) fn statements<S: Scalar>(x: &[S]) -> S {
        let term = |x: &[S]| {
            S::statement([x[0], x[1]], |[x, y]| {
                let (a, b) = (y - x * x, x - 1.0);
                a * a * 100.0 + b * b
            })
        };
        S::sum_of(&x.windows(2).map(term).collect::<Vec<_>>())
    }

    pub(crate) fn reverse<'t>(x: &[reverse::Var<'t>]) -> reverse::Var<'t> {
        let term = |x: &[reverse::Var<'t>]| {
            let (a, b) = (x[1] - x[0] * x[0], x[0] - 1.0);
            a * a * 100.0 + b * b
        };
        let first = term(&x[..2]);
        x[1..].windows(2).fold(first, |sum, x| sum + term(x))
    }

    pub(crate) fn by_hand(x: &[f64], gradient: &mut [f64]) -> f64 {
        gradient.fill(0.0);
        let mut sum = 0.0;
        for i in 0..x.len() - 1 {
            let (a, b) = (x[i + 1] - x[i] * x[i], x[i] - 1.0);
            sum += 100.0 * a * a + b * b;
            gradient[i] += 2.0 * b - 400.0 * a * x[i];
            gradient[i + 1] += 200.0 * a;
        }
        sum
    }
}

/// The squared error of a network with two inputs, two hidden layers of 16 rectifiers, and one output.
pub(crate) mod network {
    use autograd::ops::Relu;
    use autograd::prelude::*;
    use autograd::tape::{Var, Vars};

    const HIDDEN: usize = 16;
    /// Where the parts of the parameters end: weights and bias of each layer.
    const ENDS: [usize; 6] = [32, 48, 304, 320, 336, 337];

    pub(crate) fn operations(samples: usize) -> u64 {
        640 * samples as u64
    }

    pub(crate) fn parameters() -> Vec<f64> {
        (0..ENDS[5]).map(|i| (i as f64 * 1.7).sin() * 0.5).collect()
    }

    /// Two inputs and a target for each sample.
    pub(crate) fn data(samples: usize) -> Vec<f64> {
        (0..3 * samples).map(|i| (i as f64 * 0.9).cos()).collect()
    }

    fn parts<T>(p: &[T]) -> [&[T]; 6] {
        std::array::from_fn(|i| &p[if i == 0 { 0 } else { ENDS[i - 1] }..ENDS[i]])
    }

    pub(crate) fn value<S: Scalar>(p: &[S], data: &[f64]) -> S {
        let [w1, b1, w2, b2, w3, b3] = parts(p);
        let mut loss = S::from(0.0);
        let (mut h, mut k) = ([loss; HIDDEN], [loss; HIDDEN]);
        for x in data.chunks_exact(3) {
            for (i, h) in h.iter_mut().enumerate() {
                *h = (b1[i] + w1[2 * i] * x[0] + w1[2 * i + 1] * x[1]).relu();
            }
            for (i, k) in k.iter_mut().enumerate() {
                let mut sum = b2[i];
                for (&w, &h) in w2[HIDDEN * i..].iter().zip(&h) {
                    sum += w * h;
                }
                *k = sum.relu();
            }
            let mut out = b3[0];
            for (&w, &k) in w3.iter().zip(&k) {
                out += w * k;
            }
            loss += (out - x[2]).square();
        }
        loss
    }

    pub(crate) fn slices<S: Scalar>(p: &[S], data: &[f64]) -> S {
        let [w1, b1, w2, b2, w3, b3] = parts(p);
        let mut loss = S::from(0.0);
        let (mut h, mut sums) = ([loss; HIDDEN], [loss; HIDDEN]);
        for x in data.chunks_exact(3) {
            for (i, h) in h.iter_mut().enumerate() {
                *h = b1[i] + S::linear_combination(&w1[2 * i..2 * i + 2], &x[..2]);
            }
            h.iter_mut().for_each(|h| *h = h.relu());
            S::matvec(w2, &h, &mut sums);
            sums.iter_mut().zip(b2).for_each(|(sum, &bias)| *sum += bias);
            sums.iter_mut().for_each(|sum| *sum = sum.relu());
            loss += (b3[0] + S::dot(w3, &sums) - x[2]).square();
        }
        loss
    }

    pub(crate) fn ranges<'t>(p: Vars<'t>, data: &[f64]) -> Var<'t> {
        let part = |i: usize| p.slice(if i == 0 { 0 } else { ENDS[i - 1] }..ENDS[i]);
        let (w1, b1, w2, b2, w3, b3) = (part(0), part(1), part(2), part(3), part(4), part(5).at(0));
        let mut loss = Var::from(0.0);
        for x in data.chunks_exact(3) {
            let h = w1.affine(p.tape().vars(&x[..2]), b1).map(Relu);
            let k = w2.affine(h, b2).map(Relu);
            loss += (b3 + w3.dot(k) - x[2]).square();
        }
        loss
    }

    pub(crate) fn reverse<'t>(p: &[reverse::Var<'t>], data: &[f64]) -> reverse::Var<'t> {
        let [w1, b1, w2, b2, w3, b3] = parts(p);
        let zero = p[0].tape.add_var(0.0);
        let relu = |x: reverse::Var<'t>| if x.val() > 0.0 { x } else { zero };
        let mut loss = zero;
        let (mut h, mut k) = ([loss; HIDDEN], [loss; HIDDEN]);
        for x in data.chunks_exact(3) {
            for (i, h) in h.iter_mut().enumerate() {
                *h = relu(b1[i] + w1[2 * i] * x[0] + w1[2 * i + 1] * x[1]);
            }
            for (i, k) in k.iter_mut().enumerate() {
                let terms = w2[HIDDEN * i..].iter().zip(&h);
                *k = relu(terms.fold(b2[i], |sum, (&w, &h)| sum + w * h));
            }
            let out = w3.iter().zip(&k).fold(b3[0], |sum, (&w, &k)| sum + w * k) - x[2];
            loss = loss + out * out;
        }
        loss
    }

    pub(crate) fn by_hand(p: &[f64], data: &[f64], gradient: &mut [f64]) -> f64 {
        let [w1, b1, w2, b2, w3, b3] = parts(p);
        gradient.fill(0.0);
        let (g1, rest) = gradient.split_at_mut(48);
        let (g2, g3) = rest.split_at_mut(272);
        let mut loss = 0.0;
        for x in data.chunks_exact(3) {
            let h: [f64; HIDDEN] =
                std::array::from_fn(|i| (b1[i] + w1[2 * i] * x[0] + w1[2 * i + 1] * x[1]).max(0.0));
            let k: [f64; HIDDEN] = std::array::from_fn(|i| {
                let terms = w2[HIDDEN * i..].iter().zip(&h);
                (b2[i] + terms.map(|(w, h)| w * h).sum::<f64>()).max(0.0)
            });
            let error = b3[0] + w3.iter().zip(&k).map(|(w, k)| w * k).sum::<f64>() - x[2];
            loss += error * error;
            let by_out = 2.0 * error;
            g3[HIDDEN] += by_out;
            let mut by_h = [0.0; HIDDEN];
            for i in 0..HIDDEN {
                g3[i] += by_out * k[i];
                let by_k = if k[i] > 0.0 { by_out * w3[i] } else { 0.0 };
                g2[256 + i] += by_k;
                for j in 0..HIDDEN {
                    g2[HIDDEN * i + j] += by_k * h[j];
                    by_h[j] += by_k * w2[HIDDEN * i + j];
                }
            }
            for i in 0..HIDDEN {
                let by_h = if h[i] > 0.0 { by_h[i] } else { 0.0 };
                g1[32 + i] += by_h;
                g1[2 * i] += by_h * x[0];
                g1[2 * i + 1] += by_h * x[1];
            }
        }
        loss
    }
}

/// A chain of operations, each on the result of the one before.
pub(crate) mod chain {
    use autograd::prelude::*;

    pub(crate) const OPERATIONS: u64 = 1_000_000;

    pub(crate) fn value<S: Scalar>(x: &[S]) -> S {
        let (y, z) = (x[0], x[1]);
        let mut x = y;
        for _ in 0..OPERATIONS / 8 {
            x = ((x * y + z) * 0.5).sin() - y;
            x = (x * x + 0.1) / z;
        }
        x
    }

    pub(crate) fn reverse<'t>(x: &[reverse::Var<'t>]) -> reverse::Var<'t> {
        let (y, z) = (x[0], x[1]);
        let mut x = y;
        for _ in 0..OPERATIONS / 8 {
            x = ((x * y + z) * 0.5).sin() - y;
            x = (x * x + 0.1) / z;
        }
        x
    }

    /// The derivatives by y and z.
    pub(crate) fn by_hand([y, z]: [f64; 2], values: &mut Vec<[f64; 2]>) -> [f64; 2] {
        values.clear();
        let mut x = y;
        for _ in 0..OPERATIONS / 8 {
            let u = (x * y + z) * 0.5;
            let v = u.sin() - y;
            values.push([x, u]);
            x = (v * v + 0.1) / z;
        }
        let (mut by_x, mut by_y, mut by_z) = (1.0, 0.0, 0.0);
        for &[before, u] in values.iter().rev() {
            let (sine, cosine) = u.sin_cos();
            let v = sine - y;
            by_z -= by_x * (v * v + 0.1) / (z * z);
            let by_v = by_x * 2.0 * v / z;
            let by_sum = by_v * cosine * 0.5;
            by_y += by_sum * before - by_v;
            by_z += by_sum;
            by_x = by_sum * y;
        }
        [by_y + by_x, by_z]
    }
}
