//! What a recording is made of: steps that compute one number from others, and what must come out as it did.

use std::cmp::Ordering;
use std::panic::Location;

use super::replay_error::{Outcome, ReplayError};
use crate::number::Real;
use crate::ops::{Binary, BinaryRow, BinaryVisitor, Unary, UnaryRow, UnaryVisitor};

/// How a number is computed.
#[derive(Clone, Copy)]
pub(super) enum Operation {
    /// A row on the first operand.
    Unary(Unary),
    /// A row on the first and the second operand.
    Binary(Binary),
    /// The second operand where the first is not 0, else the third.
    Select,
    /// The first operand, without its derivatives.
    Detach,
}

/// One number computed from others. Numbers have places: inputs first, then results and constants as they came up, so
/// operands stand before the result.
#[derive(Clone, Copy)]
pub(super) struct Step {
    pub(super) operation: Operation,
    pub(super) operands: [u32; 3],
    pub(super) result: u32,
}

/// The partial derivatives of a step by its operands; of a selection, the first says whether it takes the second operand.
pub(super) type Partials = [f64; 2];

impl Step {
    /// Computes the result.
    #[inline]
    pub(super) fn run(&self, values: &mut [f64]) {
        let [a, b, c] = self.operands.map(|at| values[at as usize]);
        values[self.result as usize] = match self.operation {
            Operation::Unary(row) => row.dispatch(Value(a)),
            Operation::Binary(row) => row.dispatch(Values(a, b)),
            Operation::Select => a.where_(b, c),
            Operation::Detach => a,
        };
    }

    /// Computes the result and its partial derivatives.
    #[inline]
    pub(super) fn run_with_partials(&self, values: &mut [f64]) -> Partials {
        let [a, b, c] = self.operands.map(|at| values[at as usize]);
        let (value, partials) = match self.operation {
            Operation::Unary(row) => row.dispatch(Slope(a)),
            Operation::Binary(row) => row.dispatch(Slopes(a, b)),
            Operation::Select => (a.where_(b, c), [a.where_(1.0, 0.0), 0.0]),
            Operation::Detach => (a, [0.0; 2]),
        };
        values[self.result as usize] = value;
        partials
    }

    /// The operands that derivatives flow to, with their partial derivatives.
    #[inline(always)]
    fn parents(&self, partials: Partials) -> impl Iterator<Item = (usize, f64)> {
        let [a, b, c] = self.operands.map(|at| at as usize);
        let (parents, count) = match self.operation {
            Operation::Unary(_) => ([(a, partials[0]); 2], 1),
            Operation::Binary(_) => ([(a, partials[0]), (b, partials[1])], 2),
            // Nothing flows to the one that is not taken, not even 0 times infinity.
            Operation::Select => ([(if partials[0] != 0.0 { b } else { c }, 1.0); 2], 1),
            Operation::Detach => ([(a, 0.0); 2], 0),
        };
        parents.into_iter().take(count)
    }

    /// Hands the adjoints of the result to the operands.
    #[inline(always)]
    pub(super) fn pull<const N: usize>(&self, partials: Partials, adjoints: &mut [[f64; N]]) {
        let adjoint = adjoints[self.result as usize];
        if adjoint == [0.0; N] {
            return;
        }
        for (parent, partial) in self.parents(partials) {
            add_scaled(&mut adjoints[parent], partial, adjoint);
        }
    }

    /// The tangents of the result from those of the operands.
    #[inline(always)]
    pub(super) fn push<const N: usize>(&self, partials: Partials, tangents: &mut [[f64; N]]) {
        let mut tangent = [0.0; N];
        for (parent, partial) in self.parents(partials) {
            add_scaled(&mut tangent, partial, tangents[parent]);
        }
        tangents[self.result as usize] = tangent;
    }
}

/// Lanes that are 0 stay as they are: what does not depend does not see an infinite partial derivative.
#[inline(always)]
fn add_scaled<const N: usize>(to: &mut [f64; N], partial: f64, from: [f64; N]) {
    for (to, from) in to.iter_mut().zip(from) {
        *to += if from == 0.0 { 0.0 } else { partial * from };
    }
}

struct Value(f64);
struct Values(f64, f64);
struct Slope(f64);
struct Slopes(f64, f64);

impl UnaryVisitor for Value {
    type Out = f64;
    #[inline(always)]
    fn visit<O: UnaryRow>(self, row: O) -> f64 {
        self.0.map(row)
    }
}

impl BinaryVisitor for Values {
    type Out = f64;
    #[inline(always)]
    fn visit<O: BinaryRow>(self, row: O) -> f64 {
        self.0.zip(row, self.1)
    }
}

impl UnaryVisitor for Slope {
    type Out = (f64, Partials);
    #[inline(always)]
    fn visit<O: UnaryRow>(self, row: O) -> (f64, Partials) {
        let y = self.0.map(row);
        (y, [row.slope(self.0, y), 0.0])
    }
}

impl BinaryVisitor for Slopes {
    type Out = (f64, Partials);
    #[inline(always)]
    fn visit<O: BinaryRow>(self, row: O) -> (f64, Partials) {
        let Slopes(a, b) = self;
        let y = a.zip(row, b);
        (y, [row.slope_a(a, b, y), row.slope_b(a, b, y)])
    }
}

/// A question that the recorded function asked of its numbers.
#[derive(Clone, Copy)]
pub(super) enum Question {
    Equal,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Order,
}

impl Question {
    #[inline]
    pub(super) fn ask(self, a: f64, b: f64) -> Outcome {
        match self {
            Question::Equal => (a == b).into(),
            Question::Less => (a < b).into(),
            Question::LessOrEqual => (a <= b).into(),
            Question::Greater => (a > b).into(),
            Question::GreaterOrEqual => (a >= b).into(),
            Question::Order => (a.partial_cmp(&b) as Option<Ordering>).into(),
        }
    }

    fn sign(self) -> &'static str {
        match self {
            Question::Equal => "==",
            Question::Less => "<",
            Question::LessOrEqual => "<=",
            Question::Greater => ">",
            Question::GreaterOrEqual => ">=",
            Question::Order => "partial_cmp",
        }
    }
}

/// What must come out as it did for the path through the function to be the same.
#[derive(Clone, Copy)]
pub(super) enum Guard {
    /// The question about two numbers.
    Answer { question: Question, operands: [u32; 2], recorded: Outcome, origin: &'static Location<'static> },
    /// The number itself, which the program was told.
    Number { operand: u32, recorded: f64, origin: &'static Location<'static> },
}

impl Guard {
    #[inline]
    pub(super) fn check(&self, values: &[f64]) -> Result<(), ReplayError> {
        match *self {
            Guard::Answer { question, operands, recorded, origin } => {
                let [left, right] = operands.map(|at| values[at as usize]);
                let now = question.ask(left, right);
                if now == recorded {
                    return Ok(());
                }
                Err(ReplayError::Comparison { sign: question.sign(), origin, left, right, recorded, now })
            }
            Guard::Number { operand, recorded, origin } => {
                let now = values[operand as usize];
                if now.to_bits() == recorded.to_bits() {
                    return Ok(());
                }
                Err(ReplayError::Escaped { origin, recorded, now })
            }
        }
    }
}
