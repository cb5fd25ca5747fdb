//! Where records are kept: one stream of words that is written forwards and read backwards, without a check per record.
//!
//! With its parts `reader` and `sweep` the only unsafe code of the tape. Two things make it sound. Ids that are recorded were
//! given by the same arena, because a variable brings its tape along and `reset` needs that no variable is left. And what is read was written by
//! the function of the same name.

use std::cell::{Cell, UnsafeCell};
use std::marker::PhantomData;
use std::mem::MaybeUninit;

mod reader;
mod sweep;

use reader::Reader;
pub(super) use reader::Record;
pub(super) use sweep::sweep;

/// Records are made of words; numbers among them need no stricter alignment.
pub(super) type Word = MaybeUninit<u64>;

/// Words that an arena begins with: a page.
const FIRST: usize = 512;

/// What a record is that has neither one nor two parents.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub(super) enum Kind {
    /// Variables: nodes without parents.
    Leaves,
    /// One node, its parents anywhere, with partials.
    Statement,
    /// One node, its parents neighbours, with partials.
    Weighted,
    /// One node, its parents neighbours, all partials 1.
    Sum,
    /// One node, its parents two ranges whose partials are each other's values.
    Dot,
    /// As many nodes as rows: a dot of each row with the same range, and perhaps a bias.
    Matvec,
    /// Each node has one parent, in a range, with a partial.
    Map,
    /// Each node has two parents, in two ranges, with partials.
    Zip,
}

impl Kind {
    const ALL: [Kind; 8] = {
        use Kind::*;
        [Leaves, Statement, Weighted, Sum, Dot, Matvec, Map, Zip]
    };
}

/// The last word of a record: two parents; or one, and 0; or 0, and kind and length of a compound record.
#[derive(Clone, Copy)]
pub(super) struct Trailer {
    pub(super) first: u32,
    pub(super) second: u32,
}

/// Bits of the kind in the second half of the trailer of a compound record.
const KIND_BITS: u32 = 3;
/// The largest length of a compound record.
pub(super) const MAX_LENGTH: usize = (1 << (32 - KIND_BITS)) - 1;

impl Trailer {
    #[inline(always)]
    fn word(kind: Kind, length: u32) -> u64 {
        u64::from(length << KIND_BITS | kind as u32) << 32
    }
    #[inline(always)]
    pub(super) fn compound(self) -> (Kind, usize) {
        (Kind::ALL[(self.second & 0b111) as usize], (self.second >> KIND_BITS) as usize)
    }
}

/// Records of a tape. Node 0 stands for everything passive; it is never a record's own node.
pub(super) struct Arena<R> {
    /// Where the next record begins.
    next: Cell<*mut Word>,
    /// Where it must end; so near that the number of nodes cannot pass the limit before the slow path is taken.
    end: Cell<*mut Word>,
    nodes: Cell<u32>,
    limit: u32,
    /// A sweep reads: nothing may be written.
    swept: Cell<bool>,
    /// Every record is noted by who writes it. `end` is then kept at `next`, so that each takes the slow path, where it is noted.
    noted: Cell<bool>,
    /// The owner of the memory; its length is not used.
    words: UnsafeCell<Vec<Word>>,
    numbers: PhantomData<R>,
}

// SAFETY: the pointers are into memory that the arena owns, and nothing of it is shared while it can be moved.
unsafe impl<R: Send> Send for Arena<R> {}

impl<R: Copy> Arena<R> {
    /// Words of a number.
    pub(super) const WORDS: usize = {
        let fits = align_of::<R>() <= align_of::<Word>() && size_of::<R>().is_multiple_of(size_of::<Word>());
        assert!(fits && size_of::<R>() > 0, "numbers of a tape must be made of f64");
        size_of::<R>() / size_of::<Word>()
    };

    pub(super) fn new(limit: u32) -> Arena<R> {
        let nowhere = std::ptr::null_mut();
        Arena {
            next: Cell::new(nowhere),
            end: Cell::new(nowhere),
            nodes: Cell::new(1),
            limit,
            swept: Cell::new(false),
            noted: Cell::new(false),
            words: UnsafeCell::new(Vec::new()),
            numbers: PhantomData,
        }
    }

    /// Nodes, the passive one included.
    #[inline(always)]
    pub(super) fn nodes(&self) -> usize {
        self.nodes.get() as usize
    }

    /// Limits the number of nodes, the passive one included.
    pub(super) fn set_limit(&mut self, limit: u32) {
        self.limit = limit;
        self.bound();
    }

    /// Has every record noted from now on.
    pub(super) fn note_records(&mut self) {
        self.noted.set(true);
        self.bound();
    }

    /// Whether every record is to be noted.
    #[inline(always)]
    pub(super) fn is_noted(&self) -> bool {
        self.noted.get()
    }

    /// Bytes of the records.
    pub(super) fn used_bytes(&self) -> usize {
        self.used() * size_of::<Word>()
    }

    /// Bytes taken from the system.
    pub(super) fn kept_bytes(&self) -> usize {
        // SAFETY: no reference to the vector outlives a function of this file.
        unsafe { &*self.words.get() }.capacity() * size_of::<Word>()
    }

    /// Forgets the records and keeps the memory.
    pub(super) fn clear(&mut self) {
        self.nodes.set(1);
        let start = if self.words.get_mut().capacity() == 0 {
            std::ptr::null_mut()
        } else {
            self.words.get_mut().as_mut_ptr()
        };
        self.next.set(start);
        self.bound();
    }

    fn used(&self) -> usize {
        let next = self.next.get();
        if next.is_null() {
            return 0;
        }
        // SAFETY: `next` is in, or at the end of, the memory that begins at `as_ptr`.
        unsafe { next.cast_const().offset_from((*self.words.get()).as_ptr()) as usize }
    }

    /// Sets `end` by memory and limit: a record of a single node has two words or more.
    fn bound(&self) {
        // SAFETY: no other reference to the vector is alive.
        let capacity = unsafe { &*self.words.get() }.capacity();
        let left = (self.limit as usize).saturating_sub(self.nodes()).saturating_mul(2);
        let words = if self.noted.get() { 0 } else { (capacity - self.used()).min(left) };
        // SAFETY: `used + words` is at most the capacity; 0 words may be added to null.
        self.end.set(unsafe { self.next.get().add(words) });
    }

    /// Whether there is no room for a record of so many words, or it has to be noted.
    #[inline(always)]
    fn lacks(&self, words: usize) -> bool {
        let free = (self.end.get() as usize).wrapping_sub(self.next.get() as usize);
        free < words * size_of::<Word>()
    }

    /// Makes room for `words` words and checks that there may be so many nodes more.
    #[cold]
    #[inline(never)]
    fn grow(&self, words: usize, nodes: usize) {
        assert!(!self.swept.get(), "nothing can be recorded on a tape while a sweep reads it");
        let left = self.limit as usize - self.nodes().min(self.limit as usize);
        assert!(
            nodes <= left,
            "a tape of at most {} nodes is full: reset it between evaluations, record less with statement(), dot() \
             and their like, or divide the computation",
            self.limit - 1
        );
        let used = self.used();
        // SAFETY: no other reference to the vector is alive.
        let memory = unsafe { &mut *self.words.get() };
        // SAFETY: `used` words are within the capacity, and words need not be initialised.
        unsafe { memory.set_len(used) };
        if memory.capacity() - used < words {
            memory.reserve(words.max(FIRST).max(used));
        }
        // SAFETY: as above; `used` is within the capacity.
        self.next.set(unsafe { memory.as_mut_ptr().add(used) });
        self.bound();
        // The last nodes before the limit: bounding them by two words each may leave less than this record needs.
        let free = (self.end.get() as usize - self.next.get() as usize) / size_of::<Word>();
        if free < words {
            // SAFETY: `words` words were reserved.
            self.end.set(unsafe { self.next.get().add(words) });
        }
    }

    #[inline(always)]
    fn node(&self) -> u32 {
        let id = self.nodes.get();
        self.nodes.set(id + 1);
        id
    }

    /// A variable: like one of `compound`, but short. `None` where there is no room or records are noted.
    #[inline(always)]
    pub(super) fn leaf(&self) -> Option<u32> {
        if self.lacks(2) {
            return None;
        }
        // SAFETY: there is room.
        Some(unsafe { self.write_leaf() })
    }

    /// A node with one parent. `None` where there is no room or records are noted.
    #[inline(always)]
    pub(super) fn unary(&self, parent: u32, partial: R) -> Option<u32> {
        if self.lacks(Self::WORDS + 1) {
            return None;
        }
        // SAFETY: there is room.
        Some(unsafe { self.write_unary(parent, partial) })
    }

    /// A node with two parents, which may be the same. `None` where there is no room or records are noted.
    #[inline(always)]
    pub(super) fn binary(&self, parents: [u32; 2], partials: [R; 2]) -> Option<u32> {
        if self.lacks(2 * Self::WORDS + 1) {
            return None;
        }
        // SAFETY: there is room.
        Some(unsafe { self.write_binary(parents, partials) })
    }

    /// Makes room, calls `note` if records are noted, and makes a variable.
    pub(super) fn noted_leaf(&self, note: impl FnOnce()) -> u32 {
        self.make_room(2, note);
        // SAFETY: there is room now.
        unsafe { self.write_leaf() }
    }

    /// The same for a node with one parent.
    pub(super) fn noted_unary(&self, parent: u32, partial: R, note: impl FnOnce()) -> u32 {
        self.make_room(Self::WORDS + 1, note);
        // SAFETY: there is room now.
        unsafe { self.write_unary(parent, partial) }
    }

    /// The same for a node with two parents.
    pub(super) fn noted_binary(&self, parents: [u32; 2], partials: [R; 2], note: impl FnOnce()) -> u32 {
        self.make_room(2 * Self::WORDS + 1, note);
        // SAFETY: there is room now.
        unsafe { self.write_binary(parents, partials) }
    }

    fn make_room(&self, words: usize, note: impl FnOnce()) {
        self.grow(words, 1);
        if self.noted.get() {
            note();
        }
    }

    /// The first of its two words says nothing: see `end`.
    ///
    /// # Safety
    /// There is room for two words.
    #[inline(always)]
    unsafe fn write_leaf(&self) -> u32 {
        let at = self.next.get();
        // SAFETY: the caller's promise.
        unsafe {
            at.cast::<u64>().write(0);
            at.add(1).cast::<u64>().write(Trailer::word(Kind::Leaves, 1));
            self.next.set(at.add(2));
        }
        self.node()
    }

    /// # Safety
    /// There is room for a number and a word.
    #[inline(always)]
    unsafe fn write_unary(&self, parent: u32, partial: R) -> u32 {
        debug_assert!(parent != 0 && parent < self.nodes.get());
        let at = self.next.get();
        // SAFETY: the caller's promise; words are aligned for a number.
        unsafe {
            at.cast::<R>().write(partial);
            at.add(Self::WORDS).cast::<u64>().write(u64::from(parent));
            self.next.set(at.add(Self::WORDS + 1));
        }
        self.node()
    }

    /// # Safety
    /// There is room for two numbers and a word.
    #[inline(always)]
    unsafe fn write_binary(&self, parents: [u32; 2], partials: [R; 2]) -> u32 {
        debug_assert!(parents.iter().all(|&parent| parent != 0 && parent < self.nodes.get()));
        let at = self.next.get();
        // SAFETY: the caller's promise; words are aligned for numbers.
        unsafe {
            at.cast::<R>().write(partials[0]);
            at.add(Self::WORDS).cast::<R>().write(partials[1]);
            let trailer = u64::from(parents[0]) | u64::from(parents[1]) << 32;
            at.add(2 * Self::WORDS).cast::<u64>().write(trailer);
            self.next.set(at.add(2 * Self::WORDS + 1));
        }
        self.node()
    }

    /// A compound record of `nodes` nodes; gives the first. It is read as `indices`, `words`, `numbers`.
    pub(super) fn compound<const K: usize>(
        &self,
        (kind, length): (Kind, usize),
        nodes: usize,
        numbers: &[R],
        words: [u64; K],
        indices: &[u32],
    ) -> u32 {
        assert!(length <= MAX_LENGTH, "a tape takes at most {MAX_LENGTH} numbers at once, not {length}");
        let number_words = size_of_val(numbers).div_ceil(size_of::<Word>());
        let index_words = indices.len().div_ceil(2);
        let total = number_words + K + index_words + 1;
        let free = (self.end.get() as usize).wrapping_sub(self.next.get() as usize);
        if free < total * size_of::<Word>() || nodes > (self.limit as usize).saturating_sub(self.nodes()) {
            self.grow(total, nodes);
        }
        let at = self.next.get();
        // SAFETY: there are `total` words of room; the slices are elsewhere, for nobody has a reference into the arena.
        unsafe {
            at.cast::<R>().copy_from_nonoverlapping(numbers.as_ptr(), numbers.len());
            let at = at.add(number_words);
            at.cast::<u64>().copy_from_nonoverlapping(words.as_ptr(), K);
            let at = at.add(K);
            at.cast::<u32>().copy_from_nonoverlapping(indices.as_ptr(), indices.len());
            let at = at.add(index_words);
            at.cast::<u64>().write(Trailer::word(kind, length as u32));
            self.next.set(at.add(1));
        }
        let first = self.nodes.get();
        self.nodes.set(first + nodes as u32);
        if nodes > 1 {
            self.bound();
        }
        first
    }

    /// The records from the last to the first. Nothing can be recorded while the reader lives.
    pub(super) fn reader(&self) -> Reader<'_, R> {
        self.end.set(self.next.get());
        let nested = self.swept.replace(true);
        // SAFETY: no other reference to the vector is alive.
        let start = unsafe { &*self.words.get() }.as_ptr();
        let at = if self.next.get().is_null() { start } else { self.next.get().cast_const() };
        Reader { arena: self, at, start, nested }
    }

    /// A reader is gone; `nested` if there is another.
    pub(super) fn end_reading(&self, nested: bool) {
        self.swept.set(nested);
        if !nested {
            self.bound();
        }
    }
}
