//! Rows as values: `Unary` (which row, with its parameters) and `Binary`, and what can be asked of them without their type.

use std::fmt;

use super::{Binary, UnaryKind, UnaryRow, UnaryVisitor};

/// A unary row as a value: which one, and its parameters (by bits, so that it can be a key).
///
/// ```
/// use autograd::ops::{LeakyRelu, Unary, UnaryKind, UnaryRow};
/// let row: Unary = LeakyRelu(0.01).op();
/// assert_eq!((row.kind, row.params()), (UnaryKind::LeakyRelu, [0.01, 0.0]));
/// assert_eq!(row.to_string(), "leaky_relu(0.01)");
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Unary {
    /// Which row.
    pub kind: UnaryKind,
    params: [u64; 2],
}

impl UnaryKind {
    /// The row of this kind with these parameters; 0 where it has none.
    pub const fn with(self, params: [f64; 2]) -> Unary {
        Unary { kind: self, params: [params[0].to_bits(), params[1].to_bits()] }
    }
}

impl Unary {
    /// The parameters; 0 where the row has none.
    #[inline]
    pub fn params(self) -> [f64; 2] {
        self.params.map(f64::from_bits)
    }
    /// Name of the method and of the row in docs and pictures.
    pub const fn name(self) -> &'static str {
        self.kind.name()
    }
    /// FLOPs of one element.
    pub fn flops(self) -> u32 {
        struct Flops;
        impl UnaryVisitor for Flops {
            type Out = u32;
            fn visit<O: UnaryRow>(self, _: O) -> u32 {
                O::FLOPS
            }
        }
        self.dispatch(Flops)
    }
    /// Names of the parameters.
    pub fn param_names(self) -> &'static [&'static str] {
        struct Names;
        impl UnaryVisitor for Names {
            type Out = &'static [&'static str];
            fn visit<O: UnaryRow>(self, _: O) -> Self::Out {
                O::PARAMS
            }
        }
        self.dispatch(Names)
    }
}

/// The name, with the parameters in brackets if there are any.
impl fmt::Display for Unary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())?;
        match (self.param_names().len(), self.params()) {
            (0, _) => Ok(()),
            (1, [first, _]) => write!(f, "({first})"),
            (_, [first, second]) => write!(f, "({first}, {second})"),
        }
    }
}

impl fmt::Debug for Unary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for Binary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
