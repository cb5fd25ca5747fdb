//! What a row of the rule book is, and the macros `unary!` and `binary!` that turn rows into all that is read from them:
//! the row's type, the closed set of rows, dispatch, and the list `for_each_…!` from which methods are made.

use super::{Binary, Unary, UnaryKind};
use crate::number::{Float, Real};

/// One elementwise operation of one argument, with its derivative.
///
/// ```
/// use autograd::number::Dual;
/// use autograd::ops::{Tanh, UnaryRow};
/// // The value is read over machine numbers, the slope over anything that does arithmetic.
/// let y: f64 = Tanh.value(0.5);
/// assert_eq!(Tanh.slope(0.5, y), 1.0 - y * y);
/// let second = Tanh.slope(Dual::variable(0.5), Tanh.apply(Dual::variable(0.5))).tangent;
/// assert!((second - -2.0 * y * (1.0 - y * y)).abs() < 1e-15);
/// ```
pub trait UnaryRow: Copy + 'static {
    /// Name of the method and of the row in docs and pictures.
    const NAME: &'static str;
    /// What the row computes, as in its documentation.
    const DOC: &'static str;
    /// Names of the parameters.
    const PARAMS: &'static [&'static str];
    /// What to write before the operand instead of `name(operand)`, for rows that have a usual sign.
    const PREFIX: Option<&'static str>;
    /// An interval on which the row is defined and on which it is tested.
    const DOMAIN: (f64, f64);
    /// The text of [`kinks`](UnaryRow::kinks), for docs.
    const KINKS: &'static [&'static str];
    /// FLOPs of one element, by convention of the cost model (1 for arithmetic, more for transcendental functions).
    const FLOPS: u32;
    /// This row as a value of the closed set of rows.
    fn op(self) -> Unary;
    /// The row with these parameters (a row without parameters ignores them).
    fn from_params(params: [f64; 2]) -> Self;
    /// Points at which the derivative jumps or does not exist; of infinitely many, those in the test domain.
    fn kinks(self) -> [Option<f64>; 2];
    /// y = f(x).
    fn value<F: Float>(self, x: F) -> F;
    /// dy/dx, given x and y = f(x).
    #[track_caller]
    fn slope<R: Real>(self, x: R, y: R) -> R;
    /// y = f(x) over any [`Real`]: `x.map(self)`, said from the row's side.
    #[track_caller]
    #[inline(always)]
    fn apply<R: Real>(self, x: R) -> R {
        x.map(self)
    }
}

/// One elementwise operation of two arguments, with its two derivatives.
///
/// ```
/// use autograd::ops::{BinaryRow, Mul};
/// assert_eq!(Mul.value(3.0, 4.0), 12.0);
/// assert_eq!((Mul.slope_a(3.0, 4.0, 12.0), Mul.slope_b(3.0, 4.0, 12.0)), (4.0, 3.0));
/// ```
pub trait BinaryRow: Copy + 'static {
    /// Name of the method and of the row in docs and pictures.
    const NAME: &'static str;
    /// What the row computes, as in its documentation.
    const DOC: &'static str;
    /// The usual sign between the operands and how tightly it binds: 0 comparisons, 1 sums, 2 products.
    const INFIX: Option<(&'static str, u8)>;
    /// Intervals of a and of b on which the row is defined and on which it is tested.
    const DOMAIN: [(f64, f64); 2];
    /// FLOPs of one element, by convention of the cost model.
    const FLOPS: u32;
    /// The text of [`distance_to_kink`](BinaryRow::distance_to_kink), empty for a smooth row.
    const KINK: &'static str;
    /// This row as a value of the closed set of rows.
    fn op(self) -> Binary;
    /// A quantity that is 0 exactly where a derivative jumps or does not exist; infinite for a smooth row.
    fn distance_to_kink(self, a: f64, b: f64) -> f64;
    /// y = f(a, b).
    fn value<F: Float>(self, a: F, b: F) -> F;
    /// dy/da, given a, b and y = f(a, b).
    #[track_caller]
    fn slope_a<R: Real>(self, a: R, b: R, y: R) -> R;
    /// dy/db, given a, b and y = f(a, b).
    #[track_caller]
    fn slope_b<R: Real>(self, a: R, b: R, y: R) -> R;
}

/// Something to be done with a unary row whose type is known only at run time.
pub trait UnaryVisitor {
    /// What comes of it.
    type Out;
    /// Called with the row.
    fn visit<O: UnaryRow>(self, row: O) -> Self::Out;
}

/// Something to be done with a binary row whose type is known only at run time.
pub trait BinaryVisitor {
    /// What comes of it.
    type Out;
    /// Called with the row.
    fn visit<O: BinaryRow>(self, row: O) -> Self::Out;
}

/// At most two numbers, padded with 0.
pub(super) const fn pad(params: &[f64]) -> [f64; 2] {
    match params {
        [] => [0.0, 0.0],
        [first] => [*first, 0.0],
        [first, second] => [*first, *second],
        _ => panic!("a row has at most two parameters"),
    }
}

/// At most two points, padded with `None`.
pub(super) const fn points(kinks: &[f64]) -> [Option<f64>; 2] {
    match kinks {
        [] => [None, None],
        [first] => [Some(*first), None],
        [first, second] => [Some(*first), Some(*second)],
        _ => panic!("a row has at most two kinks in its test domain"),
    }
}

/// The kind's own constructor, so that rows and their examples are made in one way.
pub(super) const fn example(kind: UnaryKind, params: &[f64]) -> Unary {
    kind.with(pad(params))
}

/// The table of unary rows. Rows under `operators` get no method of their own name (Rust has a sign for them).
macro_rules! unary {
    (operators { $($operators:tt)* } methods { $($methods:tt)* }) => {
        unary!(@rows $($operators)* $($methods)*);
        unary!(@for_each ($) $($methods)*);
    };
    (@rows $(
        $(#[doc = $doc:literal])+
        $Row:ident $(($($p:ident: $pt:ident = $example:expr),+))? $name:ident {
            value($x:ident) = $value:expr;
            slope($sx:ident, $sy:ident) = $slope:expr;
            on $domain:expr; $(kinks $($kink:expr),+;)? flops $flops:literal;
            $(also $(($($more:expr),+)),+;)? $(prefix $prefix:literal;)?
        }
    )+) => {
        /// Which unary row.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        #[repr(u8)]
        pub enum UnaryKind { $($(#[doc = $doc])+ $Row,)+ }

        impl UnaryKind {
            /// Every unary row.
            pub const ALL: &'static [UnaryKind] = &[$(UnaryKind::$Row),+];
            /// Name of the method and of the row in docs and pictures.
            pub const fn name(self) -> &'static str {
                match self { $(UnaryKind::$Row => $Row::NAME,)+ }
            }
        }

        impl Unary {
            /// Instances to test with: every row at least once, rows with parameters for several of them.
            #[allow(clippy::unnecessary_cast)] // a parameter may be an integer
            pub const fn examples() -> &'static [Unary] {
                const EXAMPLES: &[Unary] = &[$(
                    example(UnaryKind::$Row, &[$($($example as $pt as f64),+)?]),
                    $($(example(UnaryKind::$Row, &[$($more as f64),+]),)+)?
                )+];
                EXAMPLES
            }
            /// Calls the visitor with the row's own type.
            #[inline]
            pub fn dispatch<V: UnaryVisitor>(self, visitor: V) -> V::Out {
                match self.kind { $(UnaryKind::$Row => visitor.visit($Row::from_params(self.params())),)+ }
            }
        }

        $(
            $(#[doc = $doc])+
            #[derive(Clone, Copy, PartialEq, Debug)]
            pub struct $Row $(($(#[doc = concat!("The parameter `", stringify!($p), "`.")] pub $pt),+))?;

            #[allow(unused_variables, unused_mut, clippy::unnecessary_cast)]
            impl UnaryRow for $Row {
                const NAME: &'static str = stringify!($name);
                const DOC: &'static str = concat!($($doc),+);
                const PARAMS: &'static [&'static str] = &[$($(stringify!($p)),+)?];
                const PREFIX: Option<&'static str> = [$(Some($prefix),)? None][0];
                const DOMAIN: (f64, f64) = { let domain: std::ops::Range<f64> = $domain; (domain.start, domain.end) };
                const KINKS: &'static [&'static str] = &[$($(stringify!($kink)),+)?];
                const FLOPS: u32 = $flops;
                #[inline(always)]
                fn op(self) -> Unary {
                    let $Row $(($($p),+))? = self;
                    UnaryKind::$Row.with(pad(&[$($($p as f64),+)?]))
                }
                #[inline(always)]
                fn from_params(params: [f64; 2]) -> Self {
                    let mut params = params.into_iter();
                    $Row $(($({
                        let $p = params.next().expect("a row has at most two parameters");
                        $p as $pt
                    }),+))?
                }
                fn kinks(self) -> [Option<f64>; 2] {
                    let $Row $(($($p),+))? = self;
                    points(&[$($($kink),+)?])
                }
                #[inline(always)]
                fn value<F: Float>(self, $x: F) -> F {
                    let $Row $(($($p),+))? = self;
                    $value
                }
                #[inline]
                fn slope<R: Real>(self, $sx: R, $sy: R) -> R {
                    let $Row $(($($p),+))? = self;
                    $slope
                }
            }
        )+
    };
    (@for_each ($d:tt) $(
        $(#[$doc:meta])+
        $Row:ident $(($($p:ident: $pt:ident = $example:expr),+))? $name:ident { $($columns:tt)* }
    )+) => {
        /// Calls the macro `callback` with every unary row that has a method, as
        /// `$(#[doc])+ method(parameter: type, …) = Row(parameter, …);`, the row being an expression.
        macro_rules! for_each_unary {
            ($d callback:ident) => {
                $d callback! { $($(#[$doc])+ $name($($($p: $pt),+)?) = crate::ops::$Row $(($($p),+))?;)+ }
            };
        }
        pub(crate) use for_each_unary;
    };
}
pub(super) use unary;

/// The table of binary rows. Rows under `operators` get no method of their own name (Rust has a sign for them).
macro_rules! binary {
    (operators { $($operators:tt)* } methods { $($methods:tt)* }) => {
        binary!(@rows $($operators)* $($methods)*);
        binary!(@for_each ($) $($methods)*);
    };
    (@rows $(
        $(#[doc = $doc:literal])+
        $Row:ident $name:ident {
            value($a:ident, $b:ident) = $value:expr;
            slope_a($aa:ident, $ab:ident, $ay:ident) = $slope_a:expr;
            slope_b($ba:ident, $bb:ident, $by:ident) = $slope_b:expr;
            on $domain_a:expr, $domain_b:expr; $(kink($ka:ident, $kb:ident) $kink:expr;)? flops $flops:literal;
            $(infix $infix:literal $binds:literal;)?
        }
    )+) => {
        /// A binary row as a value.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        #[repr(u8)]
        pub enum Binary { $($(#[doc = $doc])+ $Row,)+ }

        impl Binary {
            /// Every binary row.
            pub const ALL: &'static [Binary] = &[$(Binary::$Row),+];
            /// Name of the method and of the row in docs and pictures.
            pub const fn name(self) -> &'static str {
                match self { $(Binary::$Row => $Row::NAME,)+ }
            }
            /// FLOPs of one element.
            pub const fn flops(self) -> u32 {
                match self { $(Binary::$Row => $Row::FLOPS,)+ }
            }
            /// Calls the visitor with the row's own type.
            #[inline]
            pub fn dispatch<V: BinaryVisitor>(self, visitor: V) -> V::Out {
                match self { $(Binary::$Row => visitor.visit($Row),)+ }
            }
        }

        $(
            $(#[doc = $doc])+
            #[derive(Clone, Copy, PartialEq, Debug)]
            pub struct $Row;

            #[allow(unused_variables)]
            impl BinaryRow for $Row {
                const NAME: &'static str = stringify!($name);
                const DOC: &'static str = concat!($($doc),+);
                const INFIX: Option<(&'static str, u8)> = [$(Some(($infix, $binds)),)? None][0];
                const DOMAIN: [(f64, f64); 2] = {
                    let (a, b): (std::ops::Range<f64>, std::ops::Range<f64>) = ($domain_a, $domain_b);
                    [(a.start, a.end), (b.start, b.end)]
                };
                const FLOPS: u32 = $flops;
                const KINK: &'static str = concat!($(stringify!($kink))?);
                #[inline(always)]
                fn op(self) -> Binary {
                    Binary::$Row
                }
                fn distance_to_kink(self, a: f64, b: f64) -> f64 {
                    $(let ($ka, $kb) = (a, b); let distance: f64 = $kink; return distance.abs();)?
                    #[allow(unreachable_code)]
                    f64::INFINITY
                }
                #[inline(always)]
                fn value<F: Float>(self, $a: F, $b: F) -> F {
                    $value
                }
                #[inline]
                fn slope_a<R: Real>(self, $aa: R, $ab: R, $ay: R) -> R {
                    $slope_a
                }
                #[inline]
                fn slope_b<R: Real>(self, $ba: R, $bb: R, $by: R) -> R {
                    $slope_b
                }
            }
        )+
    };
    (@for_each ($d:tt) $($(#[$doc:meta])+ $Row:ident $name:ident { $($columns:tt)* })+) => {
        /// Calls the macro `callback` with every binary row that has a method, as `$(#[doc])+ method() = Row;`.
        macro_rules! for_each_binary {
            ($d callback:ident) => {
                $d callback! { $($(#[$doc])+ $name() = crate::ops::$Row;)+ }
            };
        }
        pub(crate) use for_each_binary;
    };
}
pub(super) use binary;
