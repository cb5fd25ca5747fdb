//! How elements of a result hang on elements of the inputs, for those who follow one back; and what activations do to them.

use super::{Op, Reduction, UnaryKind};

impl Op {
    /// Whether each element of the result is computed from the elements of the inputs at the same place, broadcast.
    pub fn is_elementwise(&self) -> bool {
        matches!(self, Op::Unary(_) | Op::Binary(_) | Op::Where)
    }

    /// Whether each element of the result is 0 or an element of one input.
    pub fn only_moves(&self) -> bool {
        matches!(
            self,
            Op::Reshape
                | Op::Permute(_)
                | Op::Broadcast
                | Op::Slice { .. }
                | Op::Pad { .. }
                | Op::Flip { .. }
                | Op::Concat { .. }
                | Op::Select { .. }
                | Op::Gather { .. }
                | Op::Detach
                | Op::Substitute
        )
    }

    /// The axes that are reduced, `first..end`, if this is a reduction.
    pub fn reduced_axes(&self) -> Option<std::ops::Range<usize>> {
        match *self {
            Op::Reduce { first, end, how: Reduction::Sum | Reduction::Max | Reduction::Min } => {
                Some(first as usize..end as usize)
            }
            _ => None,
        }
    }

    /// Whether input `which` counts for the element whose operands these are: a branch that is not taken does not.
    pub fn counts(&self, which: usize, operands: &[f64]) -> bool {
        match self {
            Op::Where => which == 0 || (which == 1) == (operands[0] != 0.0),
            Op::Substitute => which == 0,
            _ => true,
        }
    }

    /// For an activation that flattens out: the values that it tends to, below and above.
    pub fn saturates(&self) -> Option<(f64, f64)> {
        let Op::Unary(row) = self else { return None };
        match row.kind {
            UnaryKind::Sigmoid | UnaryKind::SigmoidWith | UnaryKind::HardSigmoid => Some((0.0, 1.0)),
            UnaryKind::PiecewiseLinear | UnaryKind::ThresholdLogic => Some((0.0, 1.0)),
            UnaryKind::Tanh | UnaryKind::HardTanh | UnaryKind::Erf => Some((-1.0, 1.0)),
            _ => None,
        }
    }

    /// Whether this is an activation whose value and slope are both 0 on one side, so that a unit can be dead.
    pub fn rectifies(&self) -> bool {
        matches!(self, Op::Unary(row) if row.kind == UnaryKind::Relu)
    }
}
