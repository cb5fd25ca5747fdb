//! `Reader`: the records of a tape from the last to the first. See `arena.rs` for why that is sound.

use super::{Arena, Kind, Trailer, Word};

/// Reads records backwards.
pub(in crate::tape) struct Reader<'a, R: Copy> {
    pub(super) arena: &'a Arena<R>,
    /// The end of the record before.
    pub(super) at: *const Word,
    pub(super) start: *const Word,
    /// There was another reader before.
    pub(super) nested: bool,
}

/// What a record says.
pub(in crate::tape) struct Record<'a, R> {
    /// What it is; `None`: one node with one or two parents.
    pub(in crate::tape) kind: Option<Kind>,
    /// As the kind has it.
    pub(in crate::tape) length: usize,
    /// One or two parents, where there is no kind; the second may be 0.
    pub(in crate::tape) parents: [u32; 2],
    /// Words in the order of writing.
    pub(in crate::tape) words: [u64; 4],
    /// Parents of a statement.
    pub(in crate::tape) indices: &'a [u32],
    /// Partials that are kept.
    pub(in crate::tape) partials: &'a [R],
}

impl<R> Record<'_, R> {
    /// Nodes of its own.
    pub(in crate::tape) fn nodes(&self) -> usize {
        match self.kind {
            Some(Kind::Leaves | Kind::Matvec | Kind::Map | Kind::Zip) => self.length,
            _ => 1,
        }
    }
}

impl<'a, R: Copy> Reader<'a, R> {
    #[inline(always)]
    pub(super) fn is_done(&self) -> bool {
        self.at == self.start
    }

    /// The record before.
    pub(in crate::tape) fn record(&mut self) -> Option<Record<'a, R>> {
        if self.is_done() {
            return None;
        }
        // SAFETY: the reader stands at a record's end, and reads what the function of the same name wrote.
        unsafe {
            let trailer = self.trailer();
            if trailer.first != 0 {
                let numbers = self.numbers(if trailer.second == 0 { 1 } else { 2 });
                let parents = [trailer.first, trailer.second];
                return Some(Record {
                    kind: None,
                    length: 1,
                    parents,
                    words: [0; 4],
                    indices: &[],
                    partials: numbers,
                });
            }
            let (kind, length) = trailer.compound();
            let (indices, words, numbers) = match kind {
                Kind::Leaves => (0, 1, 0),
                Kind::Statement => (length, 0, length),
                Kind::Sum => (0, 1, 0),
                Kind::Dot => (0, 3, 0),
                Kind::Matvec => (0, 4, 0),
                Kind::Weighted | Kind::Map => (0, 1, length),
                Kind::Zip => (0, 1, 2 * length),
            };
            let indices = self.indices(indices);
            let mut read = [0; 4];
            read[..words].iter_mut().rev().for_each(|word| *word = self.word());
            let partials = self.numbers(numbers);
            Some(Record { kind: Some(kind), length, parents: [0; 2], words: read, indices, partials })
        }
    }

    /// The trailer of the record before.
    ///
    /// # Safety
    /// There is one: the reader stands at a record's end and is not done.
    #[inline(always)]
    pub(super) unsafe fn trailer(&mut self) -> Trailer {
        // SAFETY: the caller's promise.
        let word = unsafe { self.word() };
        Trailer { first: word as u32, second: (word >> 32) as u32 }
    }

    /// The word before.
    ///
    /// # Safety
    /// The record that is read has one here.
    #[inline(always)]
    pub(super) unsafe fn word(&mut self) -> u64 {
        // SAFETY: the caller's promise.
        unsafe {
            self.at = self.at.sub(1);
            self.at.cast::<u64>().read()
        }
    }

    /// The number before.
    ///
    /// # Safety
    /// The record that is read has one here.
    #[inline(always)]
    pub(super) unsafe fn number(&mut self) -> R {
        // SAFETY: the caller's promise.
        unsafe {
            self.at = self.at.sub(Arena::<R>::WORDS);
            self.at.cast::<R>().read()
        }
    }

    /// The numbers before.
    ///
    /// # Safety
    /// The record that is read has so many here.
    #[inline(always)]
    pub(super) unsafe fn numbers(&mut self, count: usize) -> &'a [R] {
        // SAFETY: the caller's promise; nothing is written while the reader lives.
        unsafe {
            self.at = self.at.sub((count * size_of::<R>()).div_ceil(size_of::<Word>()));
            std::slice::from_raw_parts(self.at.cast::<R>(), count)
        }
    }

    /// The indices before.
    ///
    /// # Safety
    /// The record that is read has so many here.
    #[inline(always)]
    pub(super) unsafe fn indices(&mut self, count: usize) -> &'a [u32] {
        // SAFETY: the caller's promise; nothing is written while the reader lives.
        unsafe {
            self.at = self.at.sub(count.div_ceil(2));
            std::slice::from_raw_parts(self.at.cast::<u32>(), count)
        }
    }
}

impl<R: Copy> Drop for Reader<'_, R> {
    fn drop(&mut self) {
        self.arena.end_reading(self.nested);
    }
}
