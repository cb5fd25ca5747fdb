//! Gradients, and products with Jacobian and Hessian matrices, of functions of numbers.

use std::cell::Cell;

use crate::number::{Dual, DualN};
use crate::tape::{Gradients, Tape, Var};
use crate::tensor::Tensor;

/// The value of a function and its gradient, in reverse mode.
///
/// ```
/// use autograd::prelude::*;
///
/// fn f<S: Scalar>(x: &[S]) -> S {
///     x[0] * x[1] + x[0].sin()
/// }
/// let (value, gradient) = value_and_grad(|x| f(x), &[0.0, 3.0]);
/// assert_eq!((value, gradient), (0.0, vec![4.0, 0.0])); // y + cos x, x
/// ```
///
/// A closure may also be written out, with captured numbers:
///
/// ```
/// use autograd::prelude::*;
///
/// let data = [1.0, 2.0, 6.0];
/// let distance = |c: f64| value_and_grad(|x| data.iter().map(|&d| (x[0] - d).square()).sum(), &[c]);
/// assert_eq!(distance(3.0), (14.0, vec![0.0])); // least at the mean
/// ```
///
/// The name of a generic function does not compile, for it would have to stand for all lifetimes of a tape:
///
/// ```compile_fail
/// use autograd::prelude::*;
///
/// fn f<S: Scalar>(x: &[S]) -> S {
///     x[0]
/// }
/// value_and_grad(f, &[1.0]); // write |x| f(x)
/// ```
pub fn value_and_grad<F>(f: F, x: &[f64]) -> (f64, Vec<f64>)
where
    F: for<'t> FnOnce(&[Var<'t>]) -> Var<'t>,
{
    with_tape(|tape, gradients| {
        let vars = tape.vars(x).to_vec();
        let y = f(&vars);
        let gradient = swept(tape, &vars, &[(y, 1.0)], gradients);
        (y.value(), gradient)
    })
}

/// The gradient of a function, in reverse mode: [`value_and_grad`] without the value.
///
/// ```
/// use autograd::prelude::*;
/// assert_eq!(grad(|x| x[0] * x[1].square(), &[2.0, 3.0]), [9.0, 12.0]); // y², 2xy
/// ```
pub fn grad<F>(f: F, x: &[f64]) -> Vec<f64>
where
    F: for<'t> FnOnce(&[Var<'t>]) -> Var<'t>,
{
    value_and_grad(f, x).1
}

/// The values of a function, and its Jacobian matrix times a vector: the derivative along `tangents`, in forward mode.
///
/// ```
/// use autograd::prelude::*;
///
/// fn polar<S: Scalar>(x: &[S]) -> Vec<S> {
///     vec![x[0] * x[1].cos(), x[0] * x[1].sin()]
/// }
/// // Turning the angle moves a point at right angles to the radius.
/// let (point, velocity) = jvp(polar, &[2.0, 0.0], &[0.0, 1.0]);
/// assert_eq!((point, velocity), (vec![2.0, 0.0], vec![0.0, 2.0]));
/// ```
///
/// # Panics
/// If there are not as many tangents as numbers.
#[track_caller]
pub fn jvp<F>(f: F, x: &[f64], tangents: &[f64]) -> (Vec<f64>, Vec<f64>)
where
    F: FnOnce(&[Dual<f64>]) -> Vec<Dual<f64>>,
{
    check_count("jvp", "tangents", tangents.len(), "inputs", x.len());
    let duals: Vec<_> = x.iter().zip(tangents).map(|(&x, &tangent)| Dual::new(x, tangent)).collect();
    f(&duals).into_iter().map(|y| (y.value, y.tangent)).unzip()
}

/// The values of a function, and a vector times its Jacobian matrix: the gradient of Σ seed · value, in reverse mode.
///
/// ```
/// use autograd::prelude::*;
///
/// fn polar<S: Scalar>(x: &[S]) -> Vec<S> {
///     vec![x[0] * x[1].cos(), x[0] * x[1].sin()]
/// }
/// let (point, gradient) = vjp(|x| polar(x), &[2.0, 0.0], &[10.0, 1.0]);
/// assert_eq!((point, gradient), (vec![2.0, 0.0], vec![10.0, 2.0]));
/// ```
///
/// # Panics
/// If there are not as many seeds as values.
#[track_caller]
pub fn vjp<F>(f: F, x: &[f64], seeds: &[f64]) -> (Vec<f64>, Vec<f64>)
where
    F: for<'t> FnOnce(&[Var<'t>]) -> Vec<Var<'t>>,
{
    with_tape(|tape, gradients| {
        let vars = tape.vars(x).to_vec();
        let y = f(&vars);
        check_count("vjp", "seeds", seeds.len(), "values", y.len());
        let seeded: Vec<_> = y.iter().copied().zip(seeds.iter().copied()).collect();
        let gradient = swept(tape, &vars, &seeded, gradients);
        (y.iter().map(|y| y.value()).collect(), gradient)
    })
}

/// The Hessian matrix of a function times a vector: the derivative of the gradient along `tangents`. Forward over
/// reverse, a tape of dual numbers: it costs about as much as two gradients, whatever the number of inputs.
///
/// ```
/// use autograd::prelude::*;
/// // x²y has the Hessian matrix [[2y, 2x], [2x, 0]].
/// assert_eq!(hvp(|x| x[0].square() * x[1], &[3.0, 5.0], &[1.0, 10.0]), [70.0, 6.0]);
/// ```
///
/// # Panics
/// If there are not as many tangents as numbers.
#[track_caller]
pub fn hvp<F>(f: F, x: &[f64], tangents: &[f64]) -> Vec<f64>
where
    F: for<'t> FnOnce(&[Var<'t, Dual<f64>>]) -> Var<'t, Dual<f64>>,
{
    check_count("hvp", "tangents", tangents.len(), "inputs", x.len());
    let duals: Vec<_> = x.iter().zip(tangents).map(|(&x, &tangent)| Dual::new(x, tangent)).collect();
    let tape = Tape::nested();
    let vars = tape.vars(&duals).to_vec();
    let y = f(&vars);
    if y.is_constant() {
        return vec![0.0; x.len()];
    }
    let gradients = y.backward();
    vars.iter().map(|&x| gradients[x].tangent).collect()
}

/// Columns of a Hessian matrix that are computed at once.
const COLUMNS: usize = 4;

/// The Hessian matrix of a function, `[inputs, inputs]`: forward over reverse, a tape of numbers with four tangents, so the
/// function is called once for every four inputs.
///
/// ```
/// use autograd::prelude::*;
/// let h = hessian(|x| x[0].square() * x[1], &[3.0, 5.0]);
/// assert_eq!(h, Tensor::from([[10.0, 6.0], [6.0, 0.0]])); // [[2y, 2x], [2x, 0]]
/// ```
pub fn hessian<F>(f: F, x: &[f64]) -> Tensor<f64>
where
    F: for<'t> Fn(&[Var<'t, DualN<f64, COLUMNS>>]) -> Var<'t, DualN<f64, COLUMNS>>,
{
    let mut matrix = vec![0.0; x.len() * x.len()];
    let mut tape = Tape::nested();
    let mut gradients = Gradients::new();
    for first in (0..x.len()).step_by(COLUMNS) {
        tape.reset();
        let columns = first..x.len().min(first + COLUMNS);
        let mut numbers: Vec<_> = x.iter().map(|&x| DualN::constant(x)).collect();
        for column in columns.clone() {
            numbers[column] = DualN::variable(x[column], column - first);
        }
        let vars = tape.vars(&numbers).to_vec();
        let y = f(&vars);
        if y.is_constant() {
            continue;
        }
        y.backward_into(&mut gradients);
        for (row, &var) in vars.iter().enumerate() {
            let tangents = gradients[var].tangents;
            let row = &mut matrix[row * x.len()..][columns.clone()];
            row.copy_from_slice(&tangents[..columns.len()]);
        }
    }
    Tensor::from_vec([x.len(), x.len()], matrix).expect("a row for each input, of as many numbers")
}

#[track_caller]
pub(super) fn check_count(what: &str, given: &str, count: usize, wanted: &str, expected: usize) {
    assert!(
        count == expected,
        "{what}: there are {count} {given} for {expected} {wanted}: give one for each"
    );
}

/// The derivatives of Σ seed · result by `vars`.
fn swept<'t>(
    tape: &'t Tape,
    vars: &[Var<'t>],
    seeds: &[(Var<'t>, f64)],
    gradients: &mut Gradients,
) -> Vec<f64> {
    tape.sweep_into([seeds], gradients);
    vars.iter().map(|&x| gradients[x]).collect()
}

thread_local! {
    /// A tape whose memory is used again by the next call.
    static KEPT: Cell<Option<Box<(Tape, Gradients)>>> = const { Cell::new(None) };
}

/// A tape that has taken more is not kept: 64 MiB, about three million operations.
const MOST_KEPT: usize = 64 << 20;

/// An empty tape of this thread. A function that calls for another inside gets another.
fn with_tape<T>(work: impl FnOnce(&Tape, &mut Gradients) -> T) -> T {
    let mut kept = KEPT.take().unwrap_or_default();
    kept.0.reset();
    let (tape, gradients) = &mut *kept;
    let result = work(tape, gradients);
    if tape.kept_bytes() <= MOST_KEPT {
        KEPT.set(Some(kept));
    }
    result
}
