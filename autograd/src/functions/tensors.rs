//! Derivatives of functions of tensors, recorded on graphs: the same names as for numbers.
//!
//! A function takes a [`Graph`] and a variable for each input, as in [`check_gradients`](crate::check_gradients); everything is in
//! `f64`. Inputs are whatever makes tensors.
//!
//! | function | gives | costs about |
//! |---|---|---|
//! | [`value_and_grad`], [`grad`] | f, ∇f | 1 evaluation forward and backward |
//! | [`vjp`] | f, uᵀJ | 1 evaluation forward and backward |
//! | [`jvp`] | f, J v | backward twice: uᵀJ is linear in u, and its derivative by u along v is J v |
//! | [`jacobian`] | J | a request for each output, or two for each input, whichever are fewer |
//! | [`hvp`] | H v | backward twice |
//! | [`hessian`] | H | a request for each input, backward twice |
//!
//! ```
//! use autograd::functions::tensors;
//! use autograd::prelude::*;
//!
//! let w = Tensor::from([[1.0, 2.0], [3.0, 4.0]]);
//! let (value, grads) = tensors::value_and_grad(|_, v| v[0].square().sum(), &[&w]);
//! assert_eq!((value, &grads[0]), (30.0, &Tensor::from([[2.0, 4.0], [6.0, 8.0]])));
//! ```

use super::scalars::check_count;
use crate::graph::{Graph, Var};
use crate::ops::Shape;
use crate::tensor::{IntoTensor, Tensor};

/// The value of a function with a single number as its result, and its gradient by each input, in one request.
///
/// ```
/// use autograd::functions::tensors;
/// let (value, grads) = tensors::value_and_grad(|_, v| (v[0] * v[1]).sum(), &[[1.0, 2.0], [3.0, 5.0]]);
/// assert_eq!((value, grads[0].data(), grads[1].data()), (13.0, &[3.0, 5.0][..], &[1.0, 2.0][..]));
/// ```
///
/// # Panics
/// If the result is not a single number.
#[track_caller]
pub fn value_and_grad<F, I>(f: F, inputs: &[I]) -> (f64, Vec<Tensor<f64>>)
where
    F: for<'g> FnOnce(&'g Graph<f64>, &[Var<'g, f64>]) -> Var<'g, f64>,
    I: IntoTensor + Clone,
{
    let graph = Graph::f64();
    let vars = variables(&graph, inputs);
    let y = f(&graph, &vars);
    check_single("value_and_grad", y);
    let mut wanted = y.grad(&vars);
    wanted.push(y);
    let mut values = computed(&graph, &wanted);
    (values.pop().expect("the value is there").item(), values)
}

/// The gradient of a function by each input: [`value_and_grad`] without the value.
///
/// ```
/// use autograd::functions::tensors;
/// assert_eq!(tensors::grad(|_, v| v[0].powi(3).sum(), &[[1.0, 2.0]])[0].data(), [3.0, 12.0]);
/// ```
///
/// # Panics
/// If the result is not a single number.
#[track_caller]
pub fn grad<F, I>(f: F, inputs: &[I]) -> Vec<Tensor<f64>>
where
    F: for<'g> FnOnce(&'g Graph<f64>, &[Var<'g, f64>]) -> Var<'g, f64>,
    I: IntoTensor + Clone,
{
    value_and_grad(f, inputs).1
}

/// The value of a function, and the gradient of Σ seed · value by each input: a vector times the Jacobian matrix.
///
/// ```
/// use autograd::functions::tensors;
/// let (y, grads) = tensors::vjp(|_, v| v[0].square(), &[[1.0, 2.0]], [10.0, 1.0]);
/// assert_eq!((y.data(), grads[0].data()), (&[1.0, 4.0][..], &[20.0, 4.0][..]));
/// ```
///
/// # Panics
/// If the seed has another shape than the value.
#[track_caller]
pub fn vjp<F, I>(f: F, inputs: &[I], seed: impl IntoTensor) -> (Tensor<f64>, Vec<Tensor<f64>>)
where
    F: for<'g> FnOnce(&'g Graph<f64>, &[Var<'g, f64>]) -> Var<'g, f64>,
    I: IntoTensor + Clone,
{
    let graph = Graph::f64();
    let vars = variables(&graph, inputs);
    let y = f(&graph, &vars);
    let seed = graph.constant(seed.into_tensor().cast::<f64>());
    check_shape("vjp: the seed", seed.shape(), "the value", y.shape());
    let mut wanted = (y * seed).sum().grad(&vars);
    wanted.push(y);
    let mut values = computed(&graph, &wanted);
    (values.pop().expect("the value is there"), values)
}

/// The value of a function, and its derivative along `tangents`, one for each input: the Jacobian matrix times a vector.
///
/// Graphs have reverse mode only; but uᵀJ is linear in u, so it is differentiated by u, which gives J. This costs
/// as much as a gradient and its derivative.
///
/// ```
/// use autograd::functions::tensors;
/// let (y, along) = tensors::jvp(|_, v| v[0].square(), &[[1.0, 2.0]], &[[10.0, 1.0]]);
/// assert_eq!((y.data(), along.data()), (&[1.0, 4.0][..], &[20.0, 4.0][..]));
/// ```
///
/// # Panics
/// If a tangent has another shape than its input.
#[track_caller]
pub fn jvp<F, I, J>(f: F, inputs: &[I], tangents: &[J]) -> (Tensor<f64>, Tensor<f64>)
where
    F: for<'g> FnOnce(&'g Graph<f64>, &[Var<'g, f64>]) -> Var<'g, f64>,
    I: IntoTensor + Clone,
    J: IntoTensor + Clone,
{
    let graph = Graph::f64();
    // Constants: the request for the derivative by u wants no other.
    let xs = constants(&graph, inputs);
    let y = f(&graph, &xs);
    let tangents = constants(&graph, tangents);
    let along = Transposed::new(y, &xs).times("jvp", &xs, &tangents);
    let [y, along] = graph.eval([y, along]);
    (y, along)
}

/// The Jacobian matrix of a function by each input, of shape `[output.., input..]`.
///
/// One request for each output number, or two for each input number where these are so few; all of them run
/// one plan.
///
/// ```
/// use autograd::functions::tensors;
/// use autograd::prelude::*;
/// let j = tensors::jacobian(|_, v| v[0].cumsum(0), &[[1.0, 2.0]]);
/// assert_eq!(j, [Tensor::from([[1.0, 0.0], [1.0, 1.0]])]);
/// ```
///
/// # Panics
/// If output and input have more axes together than a shape can have, [`MAX_RANK`](crate::ops::MAX_RANK).
#[track_caller]
pub fn jacobian<F, I>(f: F, inputs: &[I]) -> Vec<Tensor<f64>>
where
    F: for<'g> FnOnce(&'g Graph<f64>, &[Var<'g, f64>]) -> Var<'g, f64>,
    I: IntoTensor + Clone,
{
    let graph = Graph::f64();
    let vars = variables(&graph, inputs);
    let y = f(&graph, &vars);
    let (rows, columns) = (y.shape().count(), vars.iter().map(|x| x.shape().count()).sum::<usize>());
    if rows <= 2 * columns {
        return derivatives(y, &vars);
    }
    // Column by column: each is the derivative, by u, of a number of uᵀJ.
    let transposed = Transposed::new(y, &vars);
    let column = |cotangent: Var<'_, f64>| {
        let shape = joined(y.shape(), cotangent.shape());
        let inputs = cotangent.shape().count();
        let mut matrix = vec![0.0; rows * inputs];
        for input in 0..inputs {
            let grads =
                (cotangent * graph.constant(unit(cotangent.shape(), input))).sum().grad(&[transposed.u]);
            let column = grads[0].value();
            column.data().iter().enumerate().for_each(|(row, &number)| matrix[row * inputs + input] = number);
        }
        Tensor::from_vec(shape, matrix).expect("a row for each output")
    };
    transposed.cotangents.iter().map(|&cotangent| column(cotangent)).collect()
}

/// The Hessian matrix of a function with a single number as its result, times a vector: the derivative of the gradient
/// along `tangents`, one for each input. It costs about as much as differentiating a gradient once.
///
/// ```
/// use autograd::functions::tensors;
/// // Σ x³ has 6x on the diagonal.
/// assert_eq!(tensors::hvp(|_, v| v[0].powi(3).sum(), &[[1.0, 2.0]], &[[1.0, 10.0]])[0].data(), [6.0, 120.0]);
/// ```
///
/// # Panics
/// If the result is not a single number, or a tangent has another shape than its input.
#[track_caller]
pub fn hvp<F, I, J>(f: F, inputs: &[I], tangents: &[J]) -> Vec<Tensor<f64>>
where
    F: for<'g> FnOnce(&'g Graph<f64>, &[Var<'g, f64>]) -> Var<'g, f64>,
    I: IntoTensor + Clone,
    J: IntoTensor + Clone,
{
    let graph = Graph::f64();
    let vars = variables(&graph, inputs);
    let y = f(&graph, &vars);
    check_single("hvp", y);
    let tangents = constants(&graph, tangents);
    let along = along("hvp", &y.grad(&vars), &tangents);
    let products = match along {
        Some(along) => along.grad(&vars),
        None => Vec::new(),
    };
    computed(&graph, &products)
}

/// The Hessian matrix of a function with a single number as its result: for each input, and each input again, a tensor of shape
/// `[input.., other.input..]`.
///
/// ```
/// use autograd::functions::tensors;
/// use autograd::prelude::*;
/// let h = tensors::hessian(|_, v| (v[0] * v[0] * v[1]).sum(), &[[2.0, 3.0], [5.0, 7.0]]); // Σ x²y
/// assert_eq!(h[0][0], Tensor::from([[10.0, 0.0], [0.0, 14.0]])); // 2y
/// assert_eq!(h[0][1], Tensor::from([[4.0, 0.0], [0.0, 6.0]])); // 2x
/// ```
///
/// # Panics
/// If the result is not a single number, or two inputs have more axes together than a shape can have.
#[track_caller]
pub fn hessian<F, I>(f: F, inputs: &[I]) -> Vec<Vec<Tensor<f64>>>
where
    F: for<'g> FnOnce(&'g Graph<f64>, &[Var<'g, f64>]) -> Var<'g, f64>,
    I: IntoTensor + Clone,
{
    let graph = Graph::f64();
    let vars = variables(&graph, inputs);
    let y = f(&graph, &vars);
    check_single("hessian", y);
    y.grad(&vars).into_iter().map(|gradient| derivatives(gradient, &vars)).collect()
}

/// uᵀJ recorded as a function of u, in which it is linear.
struct Transposed<'g> {
    u: Var<'g, f64>,
    /// By each input.
    cotangents: Vec<Var<'g, f64>>,
}

impl<'g> Transposed<'g> {
    #[track_caller]
    fn new(y: Var<'g, f64>, xs: &[Var<'g, f64>]) -> Self {
        let u = y.graph().var(Tensor::zeros(y.shape()));
        Transposed { u, cotangents: (y * u).sum().grad(xs) }
    }

    /// J times the tangents.
    #[track_caller]
    fn times(&self, what: &str, xs: &[Var<'g, f64>], tangents: &[Var<'g, f64>]) -> Var<'g, f64> {
        check_count(what, "tangents", tangents.len(), "inputs", xs.len());
        match along(what, &self.cotangents, tangents) {
            Some(along) => along.grad(&[self.u])[0],
            None => self.u, // of no inputs: 0
        }
    }
}

/// Σ of all derivatives times their tangents.
#[track_caller]
fn along<'g>(what: &str, derivatives: &[Var<'g, f64>], tangents: &[Var<'g, f64>]) -> Option<Var<'g, f64>> {
    check_count(what, "tangents", tangents.len(), "inputs", derivatives.len());
    let mut total = None;
    for (&derivative, &tangent) in derivatives.iter().zip(tangents) {
        check_shape(&format!("{what}: a tangent"), tangent.shape(), "its input", derivative.shape());
        let part = (derivative * tangent).sum();
        total = Some(match total {
            Some(total) => total + part,
            None => part,
        });
    }
    total
}

/// The derivatives of each number of `y`, of shape `[y.., x..]` for each x.
#[track_caller]
fn derivatives(y: Var<'_, f64>, xs: &[Var<'_, f64>]) -> Vec<Tensor<f64>> {
    let shape = y.shape();
    let mut matrices: Vec<_> = xs.iter().map(|x| vec![0.0; shape.count() * x.shape().count()]).collect();
    for row in 0..shape.count() {
        let gradients = y.backward_with(&unit(shape, row));
        for (matrix, &x) in matrices.iter_mut().zip(xs) {
            if let Some(gradient) = gradients.get(x) {
                let count = gradient.count();
                matrix[row * count..(row + 1) * count].copy_from_slice(gradient.data());
            }
        }
    }
    let tensor = |(matrix, x): (Vec<f64>, &Var<'_, f64>)| {
        Tensor::from_vec(joined(shape, x.shape()), matrix).expect("a row for each number of y")
    };
    matrices.into_iter().zip(xs).map(tensor).collect()
}

/// 1 at a place, 0 elsewhere.
fn unit(shape: Shape, place: usize) -> Tensor<f64> {
    Tensor::from_fn(shape, |i| if i == place { 1.0 } else { 0.0 })
}

fn joined(first: Shape, second: Shape) -> Shape {
    Shape::new(&[&first[..], &second[..]].concat())
}

fn variables<'g, I: IntoTensor + Clone>(graph: &'g Graph<f64>, inputs: &[I]) -> Vec<Var<'g, f64>> {
    inputs.iter().map(|input| graph.var(input.clone().into_tensor().cast::<f64>())).collect()
}

fn constants<'g, I: IntoTensor + Clone>(graph: &'g Graph<f64>, inputs: &[I]) -> Vec<Var<'g, f64>> {
    inputs.iter().map(|input| graph.constant(input.clone().into_tensor().cast::<f64>())).collect()
}

/// The values of nodes, from one request.
#[track_caller]
fn computed(graph: &Graph<f64>, vars: &[Var<'_, f64>]) -> Vec<Tensor<f64>> {
    graph.compute(vars);
    vars.iter().map(|var| var.value()).collect()
}

#[track_caller]
fn check_single(what: &str, y: Var<'_, f64>) {
    let shape = y.shape();
    assert!(
        shape.count() == 1,
        "{what} differentiates a single number, but the function's result has shape {shape}: reduce it with sum() or \
         mean(), or ask for its vjp or jacobian"
    );
}

#[track_caller]
fn check_shape(what: &str, shape: Shape, wanted: &str, expected: Shape) {
    assert!(shape == expected, "{what} has shape {shape}, {wanted} {expected}: they must be the same");
}
