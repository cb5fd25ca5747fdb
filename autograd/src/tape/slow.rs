//! Records that do not fit: more memory is taken, and who keeps a journal notes them. Each function takes all that it needs and makes
//! the record itself, so that on the fast path nothing is kept for the time after.

use std::panic::Location;

use super::journal::{Known, What};
use super::recorder::Tape;
use crate::number::Scalar;
use crate::ops::{BinaryRow, Op, UnaryRow};

type Origin = &'static Location<'static>;

impl<R: Scalar> Tape<R> {
    #[cold]
    #[inline(never)]
    pub(super) fn slow_leaf(&self, value: R, origin: Origin) -> u32 {
        self.arena.noted_leaf(|| self.journal.note(What::Leaf, value, origin))
    }

    #[cold]
    #[inline(never)]
    pub(super) fn slow_unary<O: UnaryRow>(&self, op: O, x: u32, partial: R, y: R, origin: Origin) -> u32 {
        let what = || What::Row(Op::Unary(op.op()), [Known::Node(x), Known::Nothing]);
        self.arena.noted_unary(x, partial, || self.journal.note(what(), y, origin))
    }

    /// Of a node and a constant.
    #[cold]
    #[inline(never)]
    pub(super) fn slow_right_number<O: BinaryRow>(
        &self,
        op: O,
        (a, b): (u32, R),
        partial: R,
        y: R,
        origin: Origin,
    ) -> u32 {
        let what = || What::Row(Op::Binary(op.op()), [Known::Node(a), Known::Number(b.peek())]);
        self.arena.noted_unary(a, partial, || self.journal.note(what(), y, origin))
    }

    /// Of a constant and a node.
    #[cold]
    #[inline(never)]
    pub(super) fn slow_left_number<O: BinaryRow>(
        &self,
        op: O,
        (a, b): (R, u32),
        partial: R,
        y: R,
        origin: Origin,
    ) -> u32 {
        let what = || What::Row(Op::Binary(op.op()), [Known::Number(a.peek()), Known::Node(b)]);
        self.arena.noted_unary(b, partial, || self.journal.note(what(), y, origin))
    }

    #[expect(clippy::too_many_arguments, reason = "both operands, both slopes, and what the journal keeps")]
    #[cold]
    #[inline(never)]
    pub(super) fn slow_binary<O: BinaryRow>(
        &self,
        op: O,
        a: u32,
        b: u32,
        by_a: R,
        by_b: R,
        y: R,
        origin: Origin,
    ) -> u32 {
        let what = || What::Row(Op::Binary(op.op()), [Known::Node(a), Known::Node(b)]);
        self.arena.noted_binary([a, b], [by_a, by_b], || self.journal.note(what(), y, origin))
    }

    /// A statement of one variable.
    #[cold]
    #[inline(never)]
    pub(super) fn slow_statement_of_one(&self, x: u32, partial: R, y: R, origin: Origin) -> u32 {
        self.arena.noted_unary(x, partial, || self.journal.note(What::Many("statement"), y, origin))
    }

    /// A statement of two variables.
    #[cold]
    #[inline(never)]
    pub(super) fn slow_statement_of_two(
        &self,
        a: u32,
        b: u32,
        by_a: R,
        by_b: R,
        y: R,
        origin: Origin,
    ) -> u32 {
        let note = || self.journal.note(What::Many("statement"), y, origin);
        self.arena.noted_binary([a, b], [by_a, by_b], note)
    }
}
