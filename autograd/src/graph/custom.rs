//! Operations that a user brings, with their own value and their own derivative.

use std::any::{Any, TypeId};
use std::cell::RefCell;
use std::collections::HashMap;
use std::panic::Location;
use std::rc::Rc;

use super::recorder::Graph;
use super::var::{Var, or_panic};
use crate::element::Element;
use crate::exec::Custom;
use crate::ops::{Shape, ShapeError};
use crate::record::{Inputs, Key};
use crate::tensor::Tensor;

/// An operation defined outside this crate.
///
/// Its derivative is written in graph operations, so it can be differentiated again. It is
/// run on the calling thread, outside any fused kernel.
///
/// ```
/// use autograd::{CustomOp, Graph, Key, Shape, ShapeError, Tensor, Var};
///
/// /// x ↦ sin(k x), with its own derivative.
/// struct Wave { k: f64 }
///
/// impl CustomOp<f64> for Wave {
///     fn name(&self) -> &str { "wave" }
///     fn key(&self, key: &mut Key) -> bool { key.number(self.k); true }
///     fn shape(&self, inputs: &[Shape]) -> Result<Shape, ShapeError> { Ok(inputs[0]) }
///     fn forward(&self, inputs: &[Tensor<f64>]) -> Tensor<f64> {
///         inputs[0].map(|x| (self.k * x).sin())
///     }
///     fn cotangent<'g>(&self, _: usize, x: &[Var<'g, f64>], _: Var<'g, f64>, g: Var<'g, f64>)
///         -> Option<Var<'g, f64>> {
///         Some(g * (x[0] * self.k).cos() * self.k)
///     }
/// }
///
/// let graph = Graph::f64();
/// let x = graph.var(0.0);
/// let y = graph.custom(Wave { k: 3.0 }, &[x]);
/// assert_eq!(y.backward()[x].item(), 3.0);
/// let slope = y.grad(&[x])[0];                       // 3 cos 3x
/// assert_eq!(slope.grad(&[x])[0].item(), 0.0);       // -9 sin 3x
/// ```
pub trait CustomOp<T: Element>: Any {
    /// Name in error texts, pictures and explanations.
    fn name(&self) -> &str;

    /// Puts everything that changes value or derivative into `key` and returns true;
    /// false if that is not possible, and then every request with this op is planned anew.
    ///
    /// The type is part of the identity without being named here.
    fn key(&self, key: &mut Key) -> bool;

    /// The shape of the result.
    ///
    /// # Errors
    /// If the inputs do not fit; recording then panics with this message at the caller's line.
    fn shape(&self, inputs: &[Shape]) -> Result<Shape, ShapeError>;

    /// The value. Must have the shape that [`shape`](CustomOp::shape) said.
    fn forward(&self, inputs: &[Tensor<T>]) -> Tensor<T>;

    /// Floating-point operations of one evaluation, for [`cost`](Var::cost); 0 if it does not say.
    fn flops(&self, _inputs: &[Shape]) -> u64 {
        0
    }

    /// The cotangent of input `which`, given the inputs, the output and its cotangent, as graph
    /// operations; `None` if the output does not depend on that input differentiably.
    ///
    /// It may not ask for values: it is run once, and its plan is used again with other data. It may have a smaller
    /// shape that broadcasts to the input's. Below a [`where_`](Var::where_) the cotangent of elements not taken is 0;
    /// unlike the rows' rules, this one must itself give 0 there where its slope is infinite.
    fn cotangent<'g>(
        &self,
        which: usize,
        inputs: &[Var<'g, T>],
        output: Var<'g, T>,
        cotangent: Var<'g, T>,
    ) -> Option<Var<'g, T>>;
}

/// A custom operation of two closures, whose result has the shape of its first input.
///
/// Plans are reused only if neither closure captures anything: a captured number could change.
///
/// ```
/// use autograd::{FnOp, Graph};
/// let g = Graph::new();
/// let x = g.var([1.0, 4.0]);
/// let cube = FnOp::new("cube", |x| x[0].map(|x| x * x * x), |_, x, _, g| Some(g * x[0] * x[0] * 3.0));
/// let y = g.custom(cube, &[x]).sum();
/// assert_eq!((y.item(), y.backward()[x].data()), (65.0, &[3.0, 48.0][..]));
/// ```
pub struct FnOp<F, C> {
    name: &'static str,
    forward: F,
    cotangent: C,
}

impl<F, C> FnOp<F, C> {
    /// The operation with this name, value and cotangent (see [`CustomOp`]).
    pub fn new<T: Element>(name: &'static str, forward: F, cotangent: C) -> FnOp<F, C>
    where
        F: Fn(&[Tensor<T>]) -> Tensor<T> + 'static,
        C: for<'g> Fn(usize, &[Var<'g, T>], Var<'g, T>, Var<'g, T>) -> Option<Var<'g, T>> + 'static,
    {
        FnOp { name, forward, cotangent }
    }
}

impl<T: Element, F, C> CustomOp<T> for FnOp<F, C>
where
    F: Fn(&[Tensor<T>]) -> Tensor<T> + 'static,
    C: for<'g> Fn(usize, &[Var<'g, T>], Var<'g, T>, Var<'g, T>) -> Option<Var<'g, T>> + 'static,
{
    fn name(&self) -> &str {
        self.name
    }
    fn key(&self, _: &mut Key) -> bool {
        size_of::<F>() == 0 && size_of::<C>() == 0
    }
    fn shape(&self, inputs: &[Shape]) -> Result<Shape, ShapeError> {
        inputs
            .first()
            .copied()
            .ok_or_else(|| ShapeError::new(format!("{}: it takes at least one input", self.name)))
    }
    fn forward(&self, inputs: &[Tensor<T>]) -> Tensor<T> {
        (self.forward)(inputs)
    }
    fn cotangent<'g>(
        &self,
        which: usize,
        inputs: &[Var<'g, T>],
        output: Var<'g, T>,
        cotangent: Var<'g, T>,
    ) -> Option<Var<'g, T>> {
        (self.cotangent)(which, inputs, output, cotangent)
    }
}

/// What the planner and what it plans need to know of an operation: not its derivative.
impl<T: Element> Custom<T> for Rc<dyn CustomOp<T>> {
    fn name(&self) -> &str {
        CustomOp::name(&**self)
    }
    fn forward(&self, inputs: &[Tensor<T>]) -> Tensor<T> {
        CustomOp::forward(&**self, inputs)
    }
}

impl<T: Element> Graph<T> {
    /// Records a custom operation.
    ///
    /// # Panics
    /// If the operation refuses the shapes of its inputs.
    #[track_caller]
    pub fn custom<'g>(&'g self, op: impl CustomOp<T>, inputs: &[Var<'g, T>]) -> Var<'g, T> {
        let mut shapes = smallvec::SmallVec::<[Shape; 4]>::new();
        let mut ids = Inputs::new();
        for input in inputs {
            assert!(
                std::ptr::eq(input.graph(), self),
                "{}: an input belongs to another graph: record it in the same Graph",
                op.name()
            );
            shapes.push(input.shape());
            ids.push(input.id);
        }
        let shape = or_panic(op.shape(&shapes));
        let identity = identity(&op);
        let origin = Location::caller();
        let id = self.store().borrow_mut().custom(identity, Rc::new(op), &ids, shape, origin);
        Var::new(self, id)
    }
}

/// Identities remembered at the most; then they are numbered on from fresh ones.
const IDENTITIES: usize = 1 << 14;

/// The identities that a thread has met, and the last number given out.
#[derive(Default)]
struct Identities {
    last: u32,
    known: HashMap<(TypeId, Key), u32>,
}

thread_local! {
    static IDENTITY: RefCell<Identities> = RefCell::default();
}

/// A number that is equal for operations of one type with one key, and fresh where there is no key.
fn identity<T: Element, O: CustomOp<T>>(op: &O) -> u32 {
    let mut key = Key::default();
    let keyed = op.key(&mut key);
    IDENTITY.with_borrow_mut(|Identities { last, known }| {
        if keyed && let Some(&identity) = known.get(&(TypeId::of::<O>(), key.clone())) {
            return identity;
        }
        *last = last.checked_add(1).expect("a thread meets fewer than 2^32 custom operations");
        if keyed {
            if known.len() >= IDENTITIES {
                known.clear();
            }
            known.insert((TypeId::of::<O>(), key), *last);
        }
        *last
    })
}
