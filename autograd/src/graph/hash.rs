//! `Mixer`: the hash of what was recorded. It finds candidates; a comparison of structures decides.

use std::hash::{Hash, Hasher};

use crate::ops::{Extents, Op};

/// Start of the structure hash: the fractional digits of pi.
const SEED: u64 = 0x243f_6a88_85a3_08d3;

/// The structure hash: one multiplication a word. Collisions are found by comparing structures.
pub(crate) struct Mixer(pub(crate) u64);

impl Mixer {
    pub(crate) fn new() -> Mixer {
        Mixer(SEED)
    }

    /// The multiplier is the golden ratio's fraction.
    #[inline]
    pub(crate) fn word(&mut self, word: u64) {
        self.0 = (self.0 ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(29);
    }

    /// An operation; the frequent ones in one word.
    #[inline]
    pub(crate) fn op(&mut self, op: Op) {
        match op {
            Op::Leaf(leaf) => self.word(0x100 | leaf as u64),
            Op::Binary(row) => self.word(0x200 | row as u64),
            Op::Unary(row) => {
                self.word(0x300 | row.kind as u64);
                let [first, second] = row.params().map(f64::to_bits);
                if first | second != 0 {
                    self.word(first);
                    self.word(second);
                }
            }
            other => other.hash(self),
        }
    }

    /// A shape, two extents a word.
    #[inline]
    pub(crate) fn extents(&mut self, extents: &Extents) {
        let extents = extents.in_use();
        self.word(extents.len() as u64);
        for pair in extents.chunks(2) {
            self.word(u64::from(pair[0]) << 32 | pair.get(1).map_or(0, |&extent| u64::from(extent)));
        }
    }
}

impl Hasher for Mixer {
    fn finish(&self) -> u64 {
        self.0 ^ self.0 >> 32
    }
    fn write(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.word(u64::from(byte));
        }
    }
    fn write_u8(&mut self, x: u8) {
        self.word(u64::from(x));
    }
    fn write_u32(&mut self, x: u32) {
        self.word(u64::from(x));
    }
    fn write_u64(&mut self, x: u64) {
        self.word(x);
    }
    fn write_usize(&mut self, x: usize) {
        self.word(x as u64);
    }
    fn write_isize(&mut self, x: isize) {
        self.word(x as u64);
    }
}
