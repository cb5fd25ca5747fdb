//! The memory that a plan runs on: slots, found once a run, and tile registers.

use super::level::Level;
use crate::element::Element;

/// Where an operand or a result is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Place {
    /// Tile memory, this many numbers from its start.
    Register(usize),
    /// A slot of the plan.
    Slot(u32),
}

/// Rows of numbers: row r begins at `r * stride`; stride 0 repeats one row.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Operand {
    pub(crate) place: Place,
    pub(crate) stride: usize,
    pub(crate) width: usize,
}

/// A slot's memory.
#[derive(Clone, Copy)]
pub(crate) enum Slot<T> {
    /// Numbers.
    Numbers { start: *mut T, count: usize },
    /// Indices.
    Indices { start: *const u32, count: usize },
}

/// All memory of one run of a plan.
///
/// Slots that are written belong to the run alone; those that are only read may be shared.
pub(crate) struct Memory<'a, T> {
    pub(crate) slots: &'a [Slot<T>],
    pub(crate) registers: *mut T,
    pub(crate) register_count: usize,
    pub(crate) level: Level,
}

impl<T: Element> Memory<'_, T> {
    /// All numbers of a slot.
    pub(crate) fn all(&self, slot: u32) -> &[T] {
        match self.slots[slot as usize] {
            // SAFETY: a slot is made from memory of at least `count` numbers that lives as long as the
            // run; the planner gives no job a result that overlaps what the same job reads.
            Slot::Numbers { start, count } => unsafe { std::slice::from_raw_parts(start, count) },
            Slot::Indices { .. } => unreachable!("the planner reads numbers from number slots"),
        }
    }

    /// All numbers of a slot, to be written.
    ///
    /// # Safety
    /// Nothing else may refer to the slot's memory while the slice lives.
    #[allow(clippy::mut_from_ref)]
    pub(crate) unsafe fn all_mut(&self, slot: u32) -> &mut [T] {
        match self.slots[slot as usize] {
            // SAFETY: as in `all`, and the caller promises to be alone.
            Slot::Numbers { start, count } => unsafe { std::slice::from_raw_parts_mut(start, count) },
            Slot::Indices { .. } => unreachable!("the planner writes numbers to number slots"),
        }
    }

    /// Indices of a slot.
    pub(crate) fn indices(&self, slot: u32) -> &[u32] {
        match self.slots[slot as usize] {
            // SAFETY: as in `all`; indices are never written.
            Slot::Indices { start, count } => unsafe { std::slice::from_raw_parts(start, count) },
            Slot::Numbers { .. } => unreachable!("the planner reads indices from index slots"),
        }
    }

    fn range(&self, operand: Operand, first: usize, rows: usize) -> (*mut T, usize) {
        let length = if rows == 0 { 0 } else { (rows - 1) * operand.stride + operand.width };
        let (start, at, count) = match operand.place {
            Place::Register(at) => (self.registers, at, self.register_count),
            Place::Slot(slot) => match self.slots[slot as usize] {
                Slot::Numbers { start, count } => (start, first * operand.stride, count),
                Slot::Indices { .. } => unreachable!("the planner reads numbers from number slots"),
            },
        };
        assert!(at + length <= count, "an operand of {length} numbers at {at} leaves its memory of {count}");
        // SAFETY: just checked to be inside the memory that starts there.
        (unsafe { start.add(at) }, length)
    }

    /// The rows of an operand that a tile of `rows` rows from row `first` reads.
    #[inline]
    pub(crate) fn read(&self, operand: Operand, first: usize, rows: usize) -> &[T] {
        let (start, length) = self.range(operand, first, rows);
        // SAFETY: in bounds by `range`; see `all`.
        unsafe { std::slice::from_raw_parts(start, length) }
    }

    /// The rows of a result, to be written.
    ///
    /// # Safety
    /// Nothing else may refer to these rows while the slice lives.
    #[inline]
    #[allow(clippy::mut_from_ref)]
    pub(crate) unsafe fn write(&self, operand: Operand, first: usize, rows: usize) -> &mut [T] {
        let (start, length) = self.range(operand, first, rows);
        // SAFETY: in bounds by `range`; the caller promises to be alone.
        unsafe { std::slice::from_raw_parts_mut(start, length) }
    }
}
