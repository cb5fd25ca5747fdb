//! Forward and reverse mode as types, so that one may stand inside the other; gradient descent through both.

use autograd::prelude::*;
use autograd::tape::Var;

/// A function of `N` numbers that may hold numbers of kind `R` of its own.
pub(super) trait Function<R: Scalar, const N: usize> {
    /// The function's value, in numbers of kind `S`; `lift` takes its own numbers there, as constants.
    fn value<S: Scalar>(&self, x: [S; N], lift: impl Fn(R) -> S) -> S;
}

/// A way to find gradients, of any kind of number.
pub(super) trait Mode {
    fn gradient<R: Scalar, const N: usize>(f: &impl Function<R, N>, x: [R; N]) -> [R; N];
}

/// Derivatives carried along.
pub(super) struct Forward;

/// Derivatives swept back.
pub(super) struct Reverse;

impl Mode for Forward {
    fn gradient<R: Scalar, const N: usize>(f: &impl Function<R, N>, x: [R; N]) -> [R; N] {
        f.value(DualN::variables(x), DualN::constant).tangents
    }
}

impl Mode for Reverse {
    fn gradient<R: Scalar, const N: usize>(f: &impl Function<R, N>, x: [R; N]) -> [R; N] {
        let tape = Tape::nested();
        let x = x.map(|x| tape.var(x));
        let gradients = f.value(x, Var::constant).backward();
        x.map(|x| gradients[x])
    }
}

/// The length of the difference, as a plain number: it only decides when to stop.
fn distance<S: Scalar, const N: usize>(a: [S; N], b: [S; N]) -> f64 {
    a.iter().zip(&b).map(|(a, b)| (a.to_f64() - b.to_f64()).powi(2)).sum::<f64>().sqrt()
}

/// Where `f` is least, by gradient descent whose rate doubles after ten steps down and halves after one up: the suite
/// prescribes it. What it finds can be differentiated by what `S` carries.
pub(super) fn argmin<S: Scalar, const N: usize>(
    f: impl Fn([S; N]) -> S,
    gradient: impl Fn([S; N]) -> [S; N],
    start: [S; N],
) -> [S; N] {
    const CLOSE: f64 = 1e-5;
    // Some hundreds are usual. Where there is no minimum, or numbers overflow, the search must end too.
    const STEPS: usize = 100_000;
    let zero = [S::from(0.0); N];
    let (mut x, mut y, mut slopes) = (start, f(start), gradient(start));
    let (mut rate, mut steps) = (1e-5, 0);
    for _ in 0..STEPS {
        if distance(slopes, zero) <= CLOSE {
            break;
        }
        if steps == 10 {
            (rate, steps) = (rate * 2.0, 0);
            continue;
        }
        let mut next = x;
        for (next, &slope) in next.iter_mut().zip(&slopes) {
            *next -= slope * rate;
        }
        if distance(x, next) <= CLOSE {
            break;
        }
        let below = f(next);
        if below < y {
            (x, y, slopes, steps) = (next, below, gradient(next), steps + 1);
        } else {
            (rate, steps) = (rate / 2.0, 0);
        }
    }
    x
}
