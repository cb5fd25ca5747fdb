//! Rows narrower than a block: 16 of them are laid side by side, so that most of the arithmetic
//! is on whole blocks.

use super::kernels::Kernels;
use super::part::{BLOCK, load};
use super::simd::Simd;
use super::slices::Rows;

/// Rows that are laid side by side at a time, and the room that they take.
pub(super) const TOGETHER: usize = 16;
/// Fewer rows than this are computed one by one.
pub(super) const FEW: usize = 5;
const ROOM: usize = TOGETHER * BLOCK;

/// An operand with narrow rows.
#[derive(Clone, Copy)]
pub(super) enum Narrow<'a, T> {
    /// Rows of numbers.
    Rows(Rows<'a, T>),
    /// One number for each row.
    Scalars(Rows<'a, T>),
}

/// An operand laid out in pieces of 16 rows.
pub(super) struct Flat<'a, T> {
    operand: Narrow<'a, T>,
    width: usize,
    buffer: [T; ROOM],
}

impl<'a, T: Kernels> Flat<'a, T> {
    /// The operand, with `rows` rows of `width` numbers (fewer than 16).
    #[inline(always)]
    pub(super) fn new<L: Simd>(operand: Narrow<'a, T>, rows: usize, width: usize) -> Self {
        let mut flat = Flat { operand, width, buffer: [T::default(); ROOM] };
        if flat.repeats() {
            flat.fill::<L>(0, rows.min(TOGETHER));
        }
        flat
    }

    /// One row for all.
    #[inline(always)]
    fn repeats(&self) -> bool {
        let (Narrow::Rows(x) | Narrow::Scalars(x)) = self.operand;
        x.stride == 0
    }

    /// Lays `count` rows from row `first` on side by side in the buffer.
    #[inline(always)]
    fn fill<L: Simd>(&mut self, first: usize, count: usize) {
        // Each row is written as a whole block; the next one overwrites what is too much.
        for r in 0..count {
            let block = match self.operand {
                Narrow::Rows(x) => load::<L, T>(&x.data[(first + r) * x.stride..][..self.width]),
                Narrow::Scalars(x) => [x.data[(first + r) * x.stride]; BLOCK],
            };
            self.buffer[r * self.width..][..BLOCK].copy_from_slice(&block);
        }
    }

    /// The numbers of `count` rows (16 at the most) from row `first` on, without gaps.
    #[inline(always)]
    pub(super) fn piece<L: Simd>(&mut self, first: usize, count: usize) -> &[T] {
        match self.operand {
            Narrow::Rows(x) if x.stride == self.width => {
                return &x.data[first * self.width..][..count * self.width];
            }
            _ if self.repeats() => {}
            _ => self.fill::<L>(first, count),
        }
        &self.buffer[..count * self.width]
    }
}
