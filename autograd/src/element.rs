//! `Element`: the machine numbers that tensors hold.

use std::fmt::{Debug, Display};

use crate::buffer::Pooled;
use crate::number::Float;

/// A number type that tensors can hold: `f32` or `f64`.
pub trait Element: Float + Pooled + Debug + Display + PartialEq {
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
    /// What there is for this number type, of a thing that each of the two has its own of.
    #[doc(hidden)]
    fn choose<P: PerElement>(single: P::Of<f32>, double: P::Of<f64>) -> P::Of<Self>;
}

/// A thing that each number type has its own of: memory of a thread, code that is compiled in this crate.
/// So a part of the engine that is generic over the number type finds its own things, and the trait
/// [`Element`], which all parts stand on, knows none of them.
pub trait PerElement {
    /// The thing of one number type.
    type Of<T: Element>;
}

macro_rules! element {
    ($($t:ident: $single:ident $double:ident => $chosen:ident;)*) => {$(
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
            #[inline(always)]
            fn choose<P: PerElement>($single: P::Of<f32>, $double: P::Of<f64>) -> P::Of<Self> {
                $chosen
            }
        }
    )*};
}
element! {
    f32: single _double => single;
    f64: _single double => double;
}
