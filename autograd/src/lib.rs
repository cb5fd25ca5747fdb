//! Reverse-mode automatic differentiation: ordinary expressions are recorded in a graph, and gradients of any order
//! come from the chain rule.
//!
//! # Record, then ask
//!
//! A [`Graph`] records what is written on its [`Var`]s: `Copy` handles with the usual operators, which broadcast, and a
//! number on either side. Nothing is computed before it is asked for.
//!
//! ```
//! use autograd::prelude::*;
//!
//! let g = Graph::f64();
//! let (x, y, z) = (g.var(-2.0), g.var(5.0), g.var(-4.0));
//! let f = (x + y) * z;
//! let grads = f.backward();
//! assert_eq!((f.item(), grads[x].item(), grads[y].item(), grads[z].item()), (-12.0, -4.0, -4.0, 3.0));
//! ```
//!
//! [`var`](Graph::var) is a leaf that gradients are wanted for, [`constant`](Graph::constant) one that is data. Both take numbers,
//! nested arrays and [`Tensor`]s: a shape and shared immutable numbers. [`Graph::new`] computes in `f32`, [`Graph::f64`]
//! in `f64`.
//!
//! # Scalars
//!
//! A [`Tape`] is for formulas of single numbers: they are computed at once, and recorded with their partial derivatives. The words are
//! the same. Functions that are generic over [`Scalar`](number::Scalar) run on a tape, on plain `f64`, in forward mode, and on tapes of tapes.
//!
//! ```
//! use autograd::prelude::*;
//!
//! fn area<S: Scalar>(a: S, b: S, c: S) -> S {
//!     let s = (a + b + c) * 0.5; // Heron's formula
//!     (s * (s - a) * (s - b) * (s - c)).sqrt()
//! }
//! let tape = Tape::new();
//! let (a, b, c) = (tape.var(3.0), tape.var(4.0), tape.var(5.0));
//! let grads = area(a, b, c).backward();
//! assert_eq!((area(3.0, 4.0, 5.0), grads[a], grads[b], grads[c]), (6.0, 2.0, 1.5, 0.0));
//! assert_eq!(area(Dual::variable(3.0), 4.0.into(), 5.0.into()).tangent, 2.0);
//! ```
//!
//! # Values
//!
//! [`value`](Var::value) gives a tensor, [`item`](Var::item) the number of a node that has one. A value that was asked for is held;
//! what lies between is not kept, so ask for several at once:
//!
//! ```
//! use autograd::prelude::*;
//!
//! let g = Graph::new();
//! let x = g.constant([[1.0, 2.0], [3.0, 4.0]]);
//! let p = x.softmax(-1);
//! let [p, largest] = g.eval([p, p.amax()]);
//! assert_eq!((p.shape(), largest.item()), ([2, 2].into(), p.at(&[0, 1])));
//! ```
//!
//! # Gradients
//!
//! [`backward`](Var::backward) gives [`Gradients`], tensors that outlive the graph. [`grad`](Var::grad) gives nodes of the graph again,
//! to be used and differentiated like any other:
//!
//! ```
//! use autograd::prelude::*;
//!
//! let g = Graph::f64();
//! let w = g.var([0.5, -1.0]);
//! let y = w.powi(3).sum();
//! let dw = y.grad(&[w])[0]; // 3w²
//! let penalty = dw.square().sum(); // a gradient in a loss: Σ 9w⁴
//! assert_eq!(penalty.backward()[w].data(), [4.5, -36.0]); // 36w³
//! ```
//!
//! A gradient that is missing is not a zero: `grads[w]` says where the path from `w` is cut, and
//! [`get`](Gradients::get) is an option.
//!
//! ```
//! use autograd::prelude::*;
//!
//! let g = Graph::new();
//! let w = g.var(2.0).named("w");
//! let grads = (w.round() * 3.0).backward();
//! let why = grads.try_get(w).unwrap_err().to_string();
//! assert!(why.contains("\"w\"") && why.contains("cut by round"), "{why}");
//! ```
//!
//! # Seeing the chain rule
//!
//! [`explain`](Var::explain) tells how a value and its derivatives came about, [`draw`](Var::draw) makes a picture of it, and
//! [`check_derivation`](Var::check_derivation) finds the wrong factor in a derivation by hand; on a graph and on a tape alike
//! (module [`explain`]).
//!
//! ```
//! use autograd::prelude::*;
//!
//! let tape = Tape::new().explaining(); // keeps what is done, for explanations
//! let (x, y, z) = (tape.var(-2.0).named("x"), tape.var(5.0).named("y"), tape.var(-4.0).named("z"));
//! let q = (x + y).named("q");
//! let f = (q * z).named("f");
//! assert!(f.explain().to_string().contains("df/dx = df/dq · ∂q/∂x = -4 · 1 = -4"));
//! assert!(f.draw().to_svg().starts_with("<svg"));
//! let wrong = f.check_derivation().local(f, q, 3.0).report().unwrap_err();
//! assert!(wrong.to_string().starts_with("∂f/∂q is stated as 3, but is z = -4"));
//! ```
//!
//! # Training
//!
//! A step is a new graph: it costs no more than one that is kept, because memory of nodes, tensors and plans belongs to the
//! thread. The plan of a step is made once and found again by the structure of what was recorded; numbers and data
//! are not structure.
//!
//! ```
//! use autograd::prelude::*;
//!
//! // y = a x + b, fitted to points on y = 2x - 1.
//! let x = Tensor::from([0.0, 1.0, 2.0, 3.0]);
//! let y = Tensor::from([-1.0, 1.0, 3.0, 5.0]);
//! let (mut a, mut b) = (0.0, 0.0);
//! let before = autograd::plan_stats().built;
//! for _ in 0..500 {
//!     let g = Graph::f64();
//!     let (slope, offset) = (g.var(a), g.var(b));
//!     let loss = (slope * g.constant(&x) + offset - g.constant(&y)).square().mean();
//!     let grads = loss.backward();
//!     (a, b) = (a - 0.1 * grads[slope].item(), b - 0.1 * grads[offset].item());
//! }
//! assert!((a - 2.0).abs() < 1e-6 && (b + 1.0).abs() < 1e-6);
//! assert!(autograd::plan_stats().built - before <= 1); // none, if the reference executor is asked for
//! ```
//!
//! Layers, losses and optimisers are in the crate `nn`, which uses what is public here and nothing else: an optimiser is a
//! [`Continuation`], a piece of graph that one request appends, computes and cuts off again ([`Graph::run_with`]).
//!
//! # Functions
//!
//! A function that is generic over [`Scalar`](number::Scalar) runs on plain numbers, dual numbers and the scalars of a [`Tape`]. So there are
//! [`value_and_grad`], [`jvp`], [`vjp`], [`jacobian`], [`hvp`] and [`hessian`] of it; [`functions`] also has them
//! for functions of tensors, recordings that are replayed without running the function, and long chains of
//! steps in little memory.
//!
//! ```
//! use autograd::prelude::*;
//!
//! fn rosenbrock<S: Scalar>(x: &[S]) -> S {
//!     (x[1] - x[0] * x[0]).square() * 100.0 + (x[0] - 1.0).square()
//! }
//! // Newton's method finds the minimum at (1, 1) in a few steps.
//! let mut x = [1.2, 1.0];
//! for _ in 0..8 {
//!     let g = grad(|x| rosenbrock(x), &x);
//!     let h = hessian(|x| rosenbrock(x), &x);
//!     let [a, b, c, d] = [h.at(&[0, 0]), h.at(&[0, 1]), h.at(&[1, 0]), h.at(&[1, 1])];
//!     let determinant = a * d - b * c;
//!     x = [x[0] - (d * g[0] - b * g[1]) / determinant, x[1] - (a * g[1] - c * g[0]) / determinant];
//! }
//! assert!((x[0] - 1.0).abs() < 1e-12 && (x[1] - 1.0).abs() < 1e-12);
//! ```
//!
//! # Errors
//!
//! A wrong shape in an expression is a bug of the program: it panics at the line that wrote the operation, with both shapes and a
//! hint. What comes from outside returns a typed error: [`TensorError`], [`GradientError`], [`GradientMismatch`].
//!
//! ```should_panic
//! use autograd::prelude::*;
//!
//! let g = Graph::new();
//! let (x, w) = (g.constant([[1.0, 2.0]]), g.var([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]));
//! x.matmul(w); // matmul: shapes [1, 2] and [3, 2] do not fit: the left has 2 columns, the right 3 rows; …
//! ```
//!
//! # Checking, and operations of one's own
//!
//! [`check_gradients`] compares every derivative with differences of values; [`GradientCheck`] has options. [`FnOp`] and
//! [`CustomOp`] bring operations with their own value and derivative.
//!
//! ```
//! use autograd::FnOp;
//! use autograd::prelude::*;
//!
//! fn cubes<'g>(g: &'g Graph<f64>, x: Var<'g, f64>) -> Var<'g, f64> {
//!     g.custom(FnOp::new("cube", |x| x[0].map(|x| x * x * x), |_, x, _, g| Some(g * x[0] * x[0] * 3.0)), &[x])
//! }
//! let checked = GradientCheck::new().second_order().check(|g, v| cubes(g, v[0]), &[[0.5, -2.0]]).unwrap();
//! assert_eq!(checked.checked, 4);
//! ```
//!
//! # Costs, times, and what went wrong
//!
//! [`cost`](Var::cost) counts FLOPs and bytes of a value and of its gradients without computing them; [`profile`] measures where the time
//! went; [`find_nan`](Var::find_nan) and [`gradient_flow`](Var::gradient_flow) say where a number stopped being finite and where a gradient
//! was lost ([`diagnose`]).
//!
//! ```
//! use autograd::prelude::*;
//!
//! let g = Graph::new();
//! let (x, w) = (g.constant(Tensor::zeros([64, 784])), g.var(Tensor::zeros([784, 10])).named("w"));
//! let y = x.matmul(w);
//! println!("{}", y.square().mean().cost());
//! assert_eq!(y.square().mean().cost().product_ratio(), 1.0); // x needs no gradient
//! assert_eq!(y.norm().find_nan(), None);
//! assert_eq!(y.sqrt().sum().find_nan().unwrap().op, "sqrt"); // its slope at 0
//! ```
//!
//! # Where derivatives come from
//!
//! [`ops`] is the rule book: each elementwise operation is a row with its value and its slope, written once. [`number`] has
//! what reads them beside the graph: dual numbers (forward mode) and text. The module's documentation lists the conventions at kinks
//! and limits.
//!
//! ```
//! use autograd::number::{Dual, Formulas};
//! use autograd::ops::{Tanh, UnaryRow};
//!
//! let formulas = Formulas::new();
//! assert_eq!(Tanh.slope(formulas.name("x"), formulas.name("y")).to_string(), "1 - y*y");
//! assert_eq!(Tanh.apply(Dual::variable(0.0)).tangent, 1.0);
//! ```
//!
//! # On one screen
//!
//! ```
//! use autograd::prelude::*;
//!
//! let g = Graph::new(); // f32; Graph::f64() for checking
//! let w = g.var([[1.0, 2.0], [3.0, 4.0]]).named("w");
//! let x = g.constant([[0.5, -1.0]]);
//! let loss = x.matmul(w).tanh().sum();
//! let grads = loss.backward();
//! println!("{} {:?}", loss.item(), grads[w]);
//! # let by_hand = (-2.5_f32).tanh() + (-3.0_f32).tanh();
//! # assert!((loss.item() - by_hand).abs() < 1e-5, "{}", loss.item());
//!
//! // A derivative can be a node of the graph again, and differentiated once more.
//! let dw = loss.grad(&[w])[0];
//! assert_eq!(dw.value(), grads[w]);
//! let curvature = dw.sum().backward();
//! assert_eq!(curvature[w].shape(), w.shape());
//!
//! println!("{}", loss.cost()); // FLOPs, bytes: forward | backward | ratio
//! ```

mod buffer;
mod check;
mod cost;
mod data;
mod denormals;
pub mod diagnose;
pub mod draw;
mod element;
mod exec;
pub mod explain;
pub mod functions;
mod graph;
mod indices;
#[cfg(feature = "ndarray")]
mod ndarray;
pub mod number;
pub mod ops;
mod plan;
mod profile;
mod record;
pub mod tape;
mod tensor;

pub use buffer::{clear_pool, pooled_bytes};
pub use check::{Comparison, GradientCheck, GradientMismatch, GradientReport, check_gradients};
pub use cost::{Cost, Ideal, ModuleCost, NodeCost, ProductException, Work};
pub use element::Element;
pub use exec::level::{Level, with_level};
pub use functions::{grad, hessian, hvp, jacobian, jvp, value_and_grad, vjp};
pub use graph::{
    Axes, Continuation, CustomOp, FnOp, GradientError, Gradients, Graph, Mode, Operand, Scope, Var,
};
pub use indices::Indices;
pub use ops::{Shape, ShapeError};
pub use plan::{Executor, JobKind, Pass, PlanStats, clear_plans, plan_stats, with_executor};
pub use profile::{JobProfile, LineTime, Machine, OpSite, PlanProfile, Profile, profile};
pub use record::Key;
pub use tape::Tape;
pub use tensor::{IntoTensor, Tensor, TensorError};

/// The names that most programs need: `use autograd::prelude::*;`.
pub mod prelude {
    pub use crate::functions::{grad, hessian, hvp, jacobian, jvp, value_and_grad, vjp};
    pub use crate::number::{Dual, DualN, Real, Scalar};
    pub use crate::ops::Elementary;
    pub use crate::{GradientCheck, Graph, Indices, IntoTensor, Tape, Tensor, Var, check_gradients};
}
