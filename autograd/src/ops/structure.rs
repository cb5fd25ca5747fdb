//! `Op`: the closed set of what a graph node can be.

use super::{Binary, MAX_RANK, Unary};

/// What a node of the graph is. Its shape and inputs are the node's own.
///
/// Parameters that are part of the structure (an axis, the `n` of `powi`) are here and
/// compare by bits; numbers that are data (a literal in an expression, a learning rate)
/// are leaves.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Op {
    /// Data from outside.
    Leaf(Leaf),
    /// A number that a rule of the engine wrote, by bits; never a user's.
    Lit(u64),
    /// A row of one argument.
    Unary(Unary),
    /// A row of two arguments, broadcasting.
    Binary(Binary),
    /// `where_(mask, then, other)`, broadcasting.
    Where,
    /// Matrix product over the last two axes, batched over the others, each operand read as it is or transposed.
    MatMul {
        /// The left operand is read transposed.
        transpose_a: bool,
        /// The right operand is read transposed.
        transpose_b: bool,
    },
    /// Reduction over the axes `first..end`, which stay with extent 1.
    Reduce {
        /// How numbers are combined.
        how: Reduction,
        /// First axis reduced.
        first: u8,
        /// One past the last axis reduced.
        end: u8,
    },
    /// Running sum along an axis.
    CumSum {
        /// The axis.
        axis: u8,
        /// From the end to the start.
        reverse: bool,
    },
    /// The same numbers in the node's shape.
    Reshape,
    /// Axes reordered: axis `i` of the result is axis `order[i]` of the input.
    Permute([u8; MAX_RANK]),
    /// Repeated to the node's shape along new leading axes and axes of extent 1.
    Broadcast,
    /// A range of an axis; its length is in the node's shape.
    Slice {
        /// The axis.
        axis: u8,
        /// First index kept.
        start: u32,
    },
    /// Zeros around an axis; the length after is in the node's shape.
    Pad {
        /// The axis.
        axis: u8,
        /// Zeros before.
        before: u32,
    },
    /// An axis read backwards.
    Flip {
        /// The axis.
        axis: u8,
    },
    /// Inputs one after the other along an axis.
    Concat {
        /// The axis.
        axis: u8,
    },
    /// Whole slices picked along an axis by a list: inputs are `x` and a 1-D index leaf.
    Select {
        /// The axis.
        axis: u8,
    },
    /// Adjoint of `Select`: slices of the input added into zeros at the listed places.
    SelectAdd {
        /// The axis.
        axis: u8,
    },
    /// Numbers picked along an axis: inputs are `x` and an index leaf of the result's shape.
    Gather {
        /// The axis.
        axis: u8,
    },
    /// Adjoint of `Gather`: numbers of the input added into zeros at the given places.
    ScatterAdd {
        /// The axis.
        axis: u8,
    },
    /// Ones where `column - row <= diagonal` in the last two axes, zeros elsewhere.
    Triangle {
        /// Highest diagonal that has ones; 0 is the main one.
        diagonal: i32,
    },
    /// The value, without its derivative.
    Detach,
    /// The value of the first input with the derivative of the second.
    Substitute,
    /// A user's operation, by its interned identity.
    Custom(u32),
}

/// What kind of data a leaf holds.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Leaf {
    /// A tensor that gradients are wanted for.
    Variable,
    /// A tensor that is data.
    Constant,
    /// A single number, as a literal in an expression or a learning rate.
    Scalar,
    /// Indices: labels or places.
    Index,
}

/// How a reduction combines numbers.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Reduction {
    /// The sum; 0 of nothing.
    Sum,
    /// The largest; -inf of nothing, NaN if one is NaN. Ties share the gradient equally.
    Max,
    /// The smallest; inf of nothing, NaN if one is NaN. Ties share the gradient equally.
    Min,
    /// Place of the (first) largest along one axis, as a number. Not differentiable.
    ArgMax,
    /// Place of the (first) smallest along one axis, as a number. Not differentiable.
    ArgMin,
}

impl Op {
    /// The engine's own literal.
    pub fn lit(c: f64) -> Op {
        Op::Lit(c.to_bits())
    }

    /// Name in error texts, pictures and explanations.
    pub fn name(&self) -> &'static str {
        match self {
            Op::Leaf(Leaf::Variable) => "var",
            Op::Leaf(Leaf::Constant) => "constant",
            Op::Leaf(Leaf::Scalar) => "number",
            Op::Leaf(Leaf::Index) => "indices",
            Op::Lit(_) => "literal",
            Op::Unary(row) => row.name(),
            Op::Binary(row) => row.name(),
            Op::Where => "where_",
            Op::MatMul { .. } => "matmul",
            Op::Reduce { how, .. } => how.name(),
            Op::CumSum { .. } => "cumsum",
            Op::Reshape => "reshape",
            Op::Permute(_) => "permute",
            Op::Broadcast => "broadcast_to",
            Op::Slice { .. } => "slice",
            Op::Pad { .. } => "pad",
            Op::Flip { .. } => "flip",
            Op::Concat { .. } => "concat",
            Op::Select { .. } => "index_select",
            Op::SelectAdd { .. } => "index_add",
            Op::Gather { .. } => "gather",
            Op::ScatterAdd { .. } => "scatter_add",
            Op::Triangle { .. } => "triangle",
            Op::Detach => "detach",
            Op::Substitute => "with_derivative_of",
            Op::Custom(_) => "custom",
        }
    }

    /// The number, if this is a literal that a rule wrote.
    pub fn as_literal(&self) -> Option<f64> {
        match *self {
            Op::Lit(bits) => Some(f64::from_bits(bits)),
            _ => None,
        }
    }

    /// What kind of data a leaf holds; `None` for what is computed.
    #[inline]
    pub fn leaf(&self) -> Option<Leaf> {
        match *self {
            Op::Leaf(kind) => Some(kind),
            _ => None,
        }
    }

    /// Whether the operation is a user's: its name, its value and its cotangent are elsewhere.
    pub fn is_custom(&self) -> bool {
        matches!(self, Op::Custom(_))
    }

    /// Whether the value is the first input's memory, read in another shape at most.
    pub fn is_alias(&self) -> bool {
        matches!(self, Op::Reshape | Op::Detach | Op::Substitute)
    }

    /// Why a derivative cannot pass through, for the error of who asks for it.
    pub fn severs(&self) -> Option<&'static str> {
        match self {
            Op::Detach => Some("detach() passes no derivative"),
            Op::Reduce { how: Reduction::ArgMax | Reduction::ArgMin, .. } => {
                Some("a place (argmax, argmin) is not differentiable")
            }
            _ => None,
        }
    }

    /// Whether a derivative may pass to input `which`: not where the path is severed, nor to a value that another
    /// input's derivative stands for. The rule may still say that it is zero.
    pub fn carries(&self, which: usize) -> bool {
        match self {
            Op::Substitute => which == 1,
            _ => self.severs().is_none(),
        }
    }

    /// Whether this is a row of the rule book, so that the derivative is a factor for each element.
    pub fn is_row(&self) -> bool {
        matches!(self, Op::Unary(_) | Op::Binary(_))
    }

    /// Whether the rule may say that the derivative is zero everywhere, as those of `step` and comparisons do.
    pub fn may_be_flat(&self) -> bool {
        matches!(self, Op::Unary(_) | Op::Binary(_) | Op::Where | Op::Custom(_))
    }

    /// Whether elements of an input may not count, so that what their own slopes are means nothing: the operations
    /// below are then differentiated guarded (see [`cotangent`](super::cotangent)).
    pub fn guards(&self) -> bool {
        matches!(self, Op::Where)
    }
}

impl Reduction {
    /// Name of the method.
    pub fn name(self) -> &'static str {
        match self {
            Reduction::Sum => "sum",
            Reduction::Max => "max",
            Reduction::Min => "min",
            Reduction::ArgMax => "argmax",
            Reduction::ArgMin => "argmin",
        }
    }
}
