//! `Script`: the structure of what was recorded, as words. Equal words are equal structures, told by one
//! comparison of memory; the hash finds candidates.

use std::hash::{Hash, Hasher};

use super::hash::Mixer;
use crate::ops::{Extents, Op};

/// Words that determine a list of nodes, and their hash.
pub(crate) struct Script {
    words: Vec<u64>,
    mixer: Mixer,
}

impl Script {
    pub(crate) fn new() -> Script {
        Script { words: Vec::new(), mixer: Mixer::new() }
    }

    /// The words up to `end`.
    pub(crate) fn upto(&self, end: usize) -> &[u64] {
        &self.words[..end]
    }

    pub(crate) fn len(&self) -> usize {
        self.words.len()
    }

    /// Hash of all words.
    pub(crate) fn hash(&self) -> u64 {
        self.mixer.0
    }

    /// Forgets the words from `end` on; `hash` is that of what stays.
    pub(crate) fn cut(&mut self, end: usize, hash: u64) {
        self.words.truncate(end);
        self.mixer = Mixer(hash);
    }

    pub(crate) fn clear(&mut self) {
        self.words.clear();
        self.mixer = Mixer::new();
    }

    #[inline]
    pub(crate) fn word(&mut self, word: u64) {
        self.words.push(word);
        self.mixer.word(word);
    }

    /// One node. What follows a word is determined by it, so that no two lists of nodes have the same words.
    #[inline]
    pub(crate) fn node(&mut self, op: &Op, inputs: &[u32], extents: &Extents) {
        let shape = extents.in_use();
        let lengths = (inputs.len() as u64) << 32 | (shape.len() as u64) << 24;
        match op {
            Op::Leaf(leaf) => self.word(lengths | 0x100 | *leaf as u64),
            Op::Binary(row) => self.word(lengths | 0x200 | *row as u64),
            Op::Unary(row) => {
                let [first, second] = row.params().map(f64::to_bits);
                if first | second == 0 {
                    self.word(lengths | 0x300 | row.kind as u64);
                } else {
                    self.word(lengths | 0x400 | row.kind as u64);
                    self.word(first);
                    self.word(second);
                }
            }
            other => {
                self.word(lengths | 0x500);
                other.hash(self);
            }
        }
        self.pairs(inputs);
        self.pairs(shape);
    }

    /// Two numbers a word; their count is said before.
    #[inline]
    fn pairs(&mut self, numbers: &[u32]) {
        for pair in numbers.chunks(2) {
            self.word(u64::from(pair[0]) << 32 | pair.get(1).map_or(0, |&number| u64::from(number)));
        }
    }
}

/// Operations other than the frequent ones are written by their derived `Hash`.
impl Hasher for Script {
    fn finish(&self) -> u64 {
        self.hash()
    }
    fn write(&mut self, bytes: &[u8]) {
        self.word(bytes.len() as u64);
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
