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

impl<'a, R: Copy> Reader<'a, R> {
    #[inline(always)]
    pub(super) fn is_done(&self) -> bool {
        self.at == self.start
    }

    /// The record before: what it is (`None`: one or two parents), its length, its partials.
    pub(in crate::tape) fn record(&mut self) -> Option<(Option<Kind>, usize, &'a [R])> {
        if self.is_done() {
            return None;
        }
        // SAFETY: the reader stands at a record's end, and reads what the function of the same name wrote.
        unsafe {
            let trailer = self.trailer();
            if trailer.first != 0 {
                let numbers = self.numbers(if trailer.second == 0 { 1 } else { 2 });
                return Some((None, 1, numbers));
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
            self.indices(indices);
            for _ in 0..words {
                self.word();
            }
            Some((Some(kind), length, self.numbers(numbers)))
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
