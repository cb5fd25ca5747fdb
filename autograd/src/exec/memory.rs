//! The memory that a plan runs on: slots, found once a run, and tile registers.

use super::level::Level;
use crate::element::Element;

/// Rows of numbers. Row r of a tile that begins at row `first` is `width` numbers from
/// `offset + first * advance + r * stride` on; stride 0 repeats one row.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Operand {
    pub(crate) slot: u32,
    pub(crate) offset: u32,
    /// From one row of the kernel to the next: 0 in tile memory, which every tile uses anew.
    pub(crate) advance: u32,
    pub(crate) stride: u32,
    pub(crate) width: u32,
}

impl Operand {
    /// Rows of a value in a slot.
    pub(crate) fn slot(slot: u32, stride: usize, width: usize) -> Operand {
        let (stride, width) = (small(stride), small(width));
        Operand { slot, offset: 0, advance: stride, stride, width }
    }

    /// Rows of tile memory.
    pub(crate) fn register(offset: usize, stride: usize, width: usize) -> Operand {
        let (stride, width) = (small(stride), small(width));
        Operand { slot: REGISTERS, offset: small(offset), advance: 0, stride, width }
    }

    pub(crate) fn is_register(&self) -> bool {
        self.slot == REGISTERS
    }
}

fn small(extent: usize) -> u32 {
    u32::try_from(extent).expect("one row of a tensor has fewer than 2^32 numbers")
}

/// Bytes that come from memory together.
const CACHE_LINE: usize = 64;

/// The slot of tile memory.
pub(crate) const REGISTERS: u32 = 0;

/// A slot's memory.
#[derive(Clone, Copy)]
pub(crate) struct Slot<T> {
    /// Numbers; or, in a slot of indices, the same address of theirs.
    start: *mut T,
    count: usize,
}

impl<T: Element> Slot<T> {
    /// Memory that may be written.
    ///
    /// # Safety
    /// `start` must be valid for `count` numbers as long as the slot is used, and for writing if
    /// the planner writes there.
    pub(crate) unsafe fn new(start: *mut T, count: usize) -> Slot<T> {
        Slot { start, count }
    }

    /// Memory that is only read.
    pub(crate) fn shared(numbers: &[T]) -> Slot<T> {
        Slot { start: numbers.as_ptr().cast_mut(), count: numbers.len() }
    }

    /// Indices.
    pub(crate) fn indices(indices: &[u32]) -> Slot<T> {
        Slot { start: indices.as_ptr().cast_mut().cast(), count: indices.len() }
    }
}

/// All memory of one run of a plan.
///
/// Slots that are written belong to the run alone; those that are only read may be shared. Two slots may be the same memory,
/// where a result takes that of a leaf: it is written when nobody reads those numbers of the leaf any more.
pub(crate) struct Memory<'a, T> {
    pub(crate) slots: &'a [Slot<T>],
    pub(crate) level: Level,
}

impl<T: Element> Memory<'_, T> {
    /// All numbers of a slot.
    pub(crate) fn all(&self, slot: u32) -> &[T] {
        let Slot { start, count } = self.slots[slot as usize];
        // SAFETY: a slot is made from memory of `count` numbers that lives as long as the run; the
        // planner gives no job a result that overlaps what the same job reads, but for stores of kernels, which wait until
        // the rows have been read.
        unsafe { std::slice::from_raw_parts(start, count) }
    }

    /// All numbers of a slot, to be written.
    ///
    /// # Safety
    /// Nothing else may refer to the slot's memory while the slice lives.
    #[allow(clippy::mut_from_ref)]
    pub(crate) unsafe fn all_mut(&self, slot: u32) -> &mut [T] {
        let Slot { start, count } = self.slots[slot as usize];
        // SAFETY: as in `all`, and the caller promises to be alone.
        unsafe { std::slice::from_raw_parts_mut(start, count) }
    }

    /// Indices of a slot of indices.
    pub(crate) fn indices(&self, slot: u32) -> &[u32] {
        let Slot { start, count } = self.slots[slot as usize];
        // SAFETY: the planner reads indices only from slots that were made from indices, by
        // `Slot::indices`, which kept their address; they are never written.
        unsafe { std::slice::from_raw_parts(start.cast(), count) }
    }

    #[inline(always)]
    fn range(&self, operand: &Operand, first: usize, rows: usize) -> (*mut T, usize) {
        let Slot { start, count } = self.slots[operand.slot as usize];
        let at = operand.offset as usize + first * operand.advance as usize;
        let length = (rows - 1) * operand.stride as usize + operand.width as usize;
        assert!(at + length <= count, "an operand leaves its memory");
        // SAFETY: just checked to be inside the memory that starts there.
        (unsafe { start.add(at) }, length)
    }

    /// The rows of an operand that a tile of `rows` rows (at least one) from row `first` reads.
    #[inline(always)]
    pub(crate) fn read(&self, operand: &Operand, first: usize, rows: usize) -> &[T] {
        let (start, length) = self.range(operand, first, rows);
        // SAFETY: in bounds by `range`; see `all`.
        unsafe { std::slice::from_raw_parts(start, length) }
    }

    /// The rows of a result, to be written.
    ///
    /// # Safety
    /// Nothing else may refer to these rows while the slice lives.
    #[inline(always)]
    #[allow(clippy::mut_from_ref)]
    pub(crate) unsafe fn write(&self, operand: &Operand, first: usize, rows: usize) -> &mut [T] {
        let (start, length) = self.range(operand, first, rows);
        // SAFETY: in bounds by `range`; the caller promises to be alone.
        unsafe { std::slice::from_raw_parts_mut(start, length) }
    }

    /// Asks for the rows of an operand that a later tile of `rows` rows (at least one) from row `first` needs, to be in
    /// the cache by then. Changes no value.
    #[inline]
    pub(crate) fn prefetch(&self, operand: &Operand, first: usize, rows: usize) {
        let (start, length) = self.range(operand, first, rows);
        for at in (0..length).step_by(CACHE_LINE / size_of::<T>()) {
            #[cfg(target_arch = "x86_64")]
            // SAFETY: in bounds by `range`; every processor of this kind has the instruction, which reads nothing.
            unsafe {
                use std::arch::x86_64::{_MM_HINT_T1, _mm_prefetch};
                _mm_prefetch::<_MM_HINT_T1>(start.add(at).cast());
            }
            #[cfg(not(target_arch = "x86_64"))]
            let _ = (start, at);
        }
    }
}
