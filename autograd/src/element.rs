//! `Element`: the machine numbers that tensors hold.

use std::fmt::{Debug, Display};

use crate::buffer::Pooled;
use crate::exec::Kernels;
use crate::graph::{Continuation, Graph};
use crate::local::Local;
use crate::number::Float;
use crate::plan;
use crate::tensor::Tensor;

/// A number type that tensors can hold: `f32` or `f64`.
pub trait Element: Float + Kernels + Pooled + Debug + Display + PartialEq {
    /// Name of the type, as in `f32`.
    const NAME: &'static str;
    /// Distance from 1 to the next number.
    const EPSILON: Self;
    /// `self` as an `f64` (exact).
    fn to_f64(self) -> f64;
    /// The number nearest to `c`.
    fn from_f64(c: f64) -> Self;
    /// Neither infinite nor NaN.
    fn is_finite(self) -> bool;
    /// Calls `f` with what this thread keeps for the engine; `None` while the thread shuts down.
    #[doc(hidden)]
    fn with_local<R>(f: impl FnOnce(&Local<Self>) -> R) -> Option<R>;
    /// Computes `roots` and what a continuation emits. A method, so that the engine is compiled
    /// in this crate, once for each number type, and not again in every crate that uses it.
    #[doc(hidden)]
    fn compute<'g>(
        graph: &'g Graph<Self>,
        roots: &[u32],
        continuation: Option<&dyn Continuation<'g, Self>>,
        values: &mut Vec<Option<Tensor<Self>>>,
    );
}

macro_rules! element {
    ($($t:ident)*) => {$(
        impl Element for $t {
            const NAME: &'static str = stringify!($t);
            const EPSILON: Self = $t::EPSILON;
            fn to_f64(self) -> f64 {
                self as f64
            }
            fn from_f64(c: f64) -> Self {
                c as $t
            }
            fn is_finite(self) -> bool {
                $t::is_finite(self)
            }
            fn with_local<R>(f: impl FnOnce(&Local<Self>) -> R) -> Option<R> {
                thread_local! {
                    static LOCAL: Local<$t> = Local::new();
                }
                LOCAL.try_with(f).ok()
            }
            fn compute<'g>(
                graph: &'g Graph<Self>,
                roots: &[u32],
                continuation: Option<&dyn Continuation<'g, Self>>,
                values: &mut Vec<Option<Tensor<Self>>>,
            ) {
                plan::run(graph, roots, continuation, values);
            }
        }
    )*};
}
element!(f32 f64);
