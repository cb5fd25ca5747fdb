//! `Key`: the identity of what a user brings.

use std::any::TypeId;
use std::hash::{Hash, Hasher};

use super::hash::Mixer;

/// What identifies a continuation or a custom operation, beside its type: everything that
/// changes what it records or computes.
#[derive(Clone, Default, PartialEq, Eq, Hash, Debug)]
pub struct Key {
    words: Vec<u64>,
    nodes: Vec<u32>,
}

impl Key {
    /// A key with nothing in it.
    pub(crate) const fn new() -> Key {
        Key { words: Vec::new(), nodes: Vec::new() }
    }

    /// A whole number that changes what is recorded.
    pub fn word(&mut self, word: u64) {
        self.words.push(word);
    }

    /// A number that changes what is computed, by bits.
    pub fn number(&mut self, number: f64) {
        self.words.push(number.to_bits());
    }

    /// Text that changes what is recorded.
    pub fn text(&mut self, text: &str) {
        self.words.push(text.len() as u64);
        for chunk in text.as_bytes().chunks(8) {
            let mut bytes = [0; 8];
            bytes[..chunk.len()].copy_from_slice(chunk);
            self.words.push(u64::from_le_bytes(bytes));
        }
    }

    /// A type whose code decides what is recorded.
    pub fn of_type<R: 'static>(&mut self) {
        let mut hasher = Mixer::new();
        TypeId::of::<R>().hash(&mut hasher);
        self.words.push(hasher.finish());
    }

    pub(crate) fn id(&mut self, id: u32) {
        self.nodes.push(id);
        // Marks the place among the words; nodes themselves are compared by their place in the request.
        self.words.push(u64::MAX - self.nodes.len() as u64);
    }

    pub(crate) fn words(&self) -> &[u64] {
        &self.words
    }

    /// The nodes that were named.
    pub(crate) fn nodes(&self) -> &[u32] {
        &self.nodes
    }

    /// Appends what else a request is made of: places of the nodes that were named and of `roots`, and a word of `options`.
    /// How many there are stands behind them: read from the end, the words have one meaning.
    pub(crate) fn complete(&mut self, roots: &[u32], options: u64, position: impl Fn(u32) -> u32) {
        let places = self.nodes.iter().chain(roots).map(|&node| u64::from(position(node)));
        self.words.extend(places);
        self.words.push((self.nodes.len() as u64) << 32 | roots.len() as u64);
        self.words.push(options);
    }

    pub(crate) fn clear(&mut self) {
        self.words.clear();
        self.nodes.clear();
    }
}
