//! `Element`: the machine numbers that tensors hold.

use std::cell::RefCell;
use std::fmt::{Debug, Display};

use crate::buffer::Pool;
use crate::exec::Kernels;
use crate::number::Float;

mod sealed {
    pub trait Sealed {}
    impl Sealed for f32 {}
    impl Sealed for f64 {}
}

/// A number type that tensors can hold: `f32` or `f64`.
pub trait Element:
    Float + Kernels + Default + Debug + Display + PartialEq + Send + Sync + sealed::Sealed + 'static
{
    /// Name of the type, as in `f32`.
    const NAME: &'static str;
    /// Unit roundoff times two: the distance from 1 to the next number.
    const EPSILON: Self;
    /// `self` as an `f64` (exact).
    fn to_f64(self) -> f64;
    /// The number nearest to `c`.
    fn from_f64(c: f64) -> Self;
    /// Neither infinite nor NaN.
    fn is_finite(self) -> bool;
    #[doc(hidden)]
    fn with_pool<R>(f: impl FnOnce(&RefCell<Pool<Self>>) -> R) -> Option<R>;
}

macro_rules! element {
    ($($t:ident),*) => {$(
        impl Element for $t {
            const NAME: &'static str = stringify!($t);
            const EPSILON: Self = $t::EPSILON;
            fn to_f64(self) -> f64 { self as f64 }
            fn from_f64(c: f64) -> Self { c as $t }
            fn is_finite(self) -> bool { $t::is_finite(self) }
            fn with_pool<R>(f: impl FnOnce(&RefCell<Pool<Self>>) -> R) -> Option<R> {
                thread_local! {
                    static POOL: RefCell<Pool<$t>> = RefCell::new(Pool::new());
                }
                // None while the thread shuts down: the buffer is then simply freed.
                POOL.try_with(f).ok()
            }
        }
    )*};
}
element!(f32, f64);
