//! `Mixer`: the hash of what was recorded.

use std::hash::Hasher;

/// Start of the structure hash: the fractional digits of pi.
const SEED: u64 = 0x243f_6a88_85a3_08d3;

/// The structure hash: one multiplication a word. It finds candidates; a comparison of words decides.
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
