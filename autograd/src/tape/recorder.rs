//! `Tape`: variables, the records of what is computed with them, and their memory.

use std::cell::{Cell, RefCell};
use std::fmt;
use std::panic::Location;
use std::sync::atomic::{AtomicU64, Ordering};

use super::arena::{Arena, Kind, MAX_LENGTH};
use super::journal::{Journal, Names, What};
use super::var::Var;
use super::vars::Vars;
use crate::number::Scalar;

/// A list of the operations done on its variables, each with its partial derivatives.
///
/// Handles are `Copy`, values are there at once, and [`backward`](Var::backward) goes through the list once, from the end to the
/// beginning. It is for scalar formulas; tensors are recorded in a [`Graph`](crate::Graph).
///
/// ```
/// use autograd::prelude::*;
///
/// let tape = Tape::new();
/// let (x, y, z) = (tape.var(-2.0), tape.var(5.0), tape.var(-4.0));
/// let f = (x + y) * z;
/// let grads = f.backward();
/// assert_eq!((f.value(), grads[x], grads[y], grads[z]), (-12.0, -4.0, -4.0, 3.0));
/// ```
///
/// # Memory
///
/// A tape that is used again keeps its memory: [`reset`](Tape::reset) it between evaluations. That takes the tape
/// `&mut`, so a variable that would be left over does not compile:
///
/// ```compile_fail,E0502
/// use autograd::prelude::*;
///
/// let mut tape = Tape::new();
/// let x = tape.var(1.0);
/// tape.reset();
/// let y = x * 2.0; // x is of the time before the reset
/// ```
///
/// nor does one that outlives its tape:
///
/// ```compile_fail,E0597
/// use autograd::prelude::*;
///
/// let x = {
///     let tape = Tape::new();
///     tape.var(1.0)
/// };
/// x.backward();
/// ```
///
/// # Higher order
///
/// The numbers of a tape may be variables of another: [`Tape::nested`].
///
/// # Threads
///
/// A tape may be moved to another thread; it and its variables are used in one. Tapes do not know of each other.
///
/// ```compile_fail,E0277
/// use autograd::prelude::*;
///
/// let tape = Tape::new();
/// let x = tape.var(1.0);
/// std::thread::scope(|scope| scope.spawn(|| x * 2.0).join().unwrap());
/// ```
pub struct Tape<R = f64> {
    pub(super) arena: Arena<R>,
    /// Values of ranges whose partials are each other's values.
    pub(super) values: RefCell<Vec<R>>,
    /// Room for partials that are found one by one.
    pub(super) scratch: Cell<Vec<R>>,
    /// What was done, if it is kept.
    pub(super) journal: Journal,
    /// What the user called nodes.
    pub(super) names: RefCell<Names>,
    id: u64,
    resets: u64,
    flush: Cell<bool>,
    /// The first node whose value is infinite or NaN (in debug builds).
    first_bad: Cell<Option<(u32, &'static Location<'static>)>>,
}

/// Which tape, and how often it was reset before.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Generation {
    tape: u64,
    resets: u64,
}

/// The most nodes that a tape can have, the one for everything passive included.
const MOST: u32 = u32::MAX;

impl Tape {
    /// An empty tape for plain numbers.
    ///
    /// ```
    /// use autograd::prelude::*;
    /// let tape = Tape::new();
    /// assert!(tape.is_empty());
    /// ```
    pub fn new() -> Tape {
        Tape::nested()
    }
}

impl<R: Scalar> Default for Tape<R> {
    fn default() -> Self {
        Tape::nested()
    }
}

impl<R: Scalar> Tape<R> {
    /// An empty tape for numbers of any kind: of another tape for second derivatives, or dual numbers.
    ///
    /// ```
    /// use autograd::prelude::*;
    ///
    /// let outer = Tape::new();
    /// let x = outer.var(2.0);
    /// let inner = Tape::nested();
    /// let y = inner.var(x);
    /// let slope = y.powi(3).backward()[y]; // 3x², a variable of the outer tape
    /// assert_eq!((slope.value(), slope.backward()[x]), (12.0, 12.0)); // 6x
    /// ```
    pub fn nested() -> Tape<R> {
        static TAPES: AtomicU64 = AtomicU64::new(0);
        Tape {
            arena: Arena::new(MOST),
            values: RefCell::new(Vec::new()),
            scratch: Cell::new(Vec::new()),
            journal: Journal::default(),
            names: RefCell::default(),
            id: TAPES.fetch_add(1, Ordering::Relaxed),
            resets: 0,
            flush: Cell::new(false),
            first_bad: Cell::new(None),
        }
    }

    /// Limits the number of nodes, and so the memory; without it, there may be 2³² - 2.
    ///
    /// # Panics
    /// Later, whoever records more.
    ///
    /// ```should_panic
    /// let tape = autograd::Tape::new().max_nodes(2);
    /// let x = tape.var(1.0);
    /// x * x * x; // "a tape of at most 2 nodes is full: reset it …"
    /// ```
    #[must_use]
    pub fn max_nodes(mut self, nodes: u32) -> Self {
        self.arena.set_limit(nodes.saturating_add(1));
        self
    }

    /// Keeps a journal of what is done: operations, numbers, lines of the source. [`explain`](Var::explain) then
    /// shows them; without it it knows nodes, partial derivatives and products only. A record takes some
    /// four times as long and 80 bytes more; a tape without a journal pays nothing for its records, and
    /// some twenty instructions for each `reset`.
    ///
    /// ```
    /// use autograd::Tape;
    /// let tape = Tape::new().explaining();
    /// let x = tape.var(3.0).named("x");
    /// let y = x.square() + 1.0;
    /// assert!(y.explain().to_string().contains("v1 = square(x) = square(3) = 9"));
    /// ```
    ///
    /// # Panics
    /// If something is recorded already, which the journal would lack.
    #[must_use]
    #[track_caller]
    pub fn explaining(mut self) -> Self {
        assert!(self.is_empty(), "explaining() begins a journal: say it before the first variable is made");
        self.arena.note_records();
        self
    }

    /// A variable: a leaf that gradients are taken by.
    ///
    /// ```
    /// let tape = autograd::Tape::new();
    /// let x = tape.var(2.0);
    /// assert_eq!((x * x).backward()[x], 4.0);
    /// ```
    #[track_caller]
    #[inline(always)]
    pub fn var(&self, value: R) -> Var<'_, R> {
        match self.arena.leaf() {
            Some(id) => self.made(value, id),
            None => self.made(value, self.slow_leaf(value, Location::caller())),
        }
    }

    /// Variables beside each other: what is done with them as a whole is one record.
    ///
    /// ```
    /// let tape = autograd::Tape::new();
    /// let x = tape.vars(&[3.0, 4.0]);
    /// let length = x.norm();
    /// let grads = length.backward();
    /// assert_eq!((length.value(), grads.of(x)), (5.0, vec![0.6, 0.8]));
    /// ```
    #[track_caller]
    #[inline(never)] // with its record inlined instead, whose lengths are then known
    pub fn vars(&self, values: &[R]) -> Vars<'_, R> {
        let at = self.store(values);
        let origin = Location::caller();
        let mut first = None;
        for part in values.chunks(MAX_LENGTH) {
            let id = self.arena.compound((Kind::Leaves, part.len()), part.len(), &[], [0], &[]);
            if self.arena.is_noted() {
                part.iter().for_each(|&value| self.journal.note(What::Leaf, value, origin));
            }
            first.get_or_insert(id);
        }
        self.note_all(values, first.unwrap_or(1));
        Vars { tape: self, first: first.unwrap_or(1), length: values.len() as u32, at }
    }

    /// Keeps values for a later sweep; gives their place.
    pub(super) fn store(&self, values: &[R]) -> usize {
        let mut kept = self.values.borrow_mut();
        let at = kept.len();
        kept.extend_from_slice(values);
        at
    }

    /// The variable of a node that was just recorded.
    #[track_caller]
    #[inline(always)]
    pub(super) fn made(&self, value: R, id: u32) -> Var<'_, R> {
        if cfg!(debug_assertions) {
            self.note(value, id);
        }
        Var { value, id, tape: Some(self) }
    }

    #[track_caller]
    fn note(&self, value: R, id: u32) {
        if !value.peek().is_finite() && self.first_bad.get().is_none() {
            self.first_bad.set(Some((id, Location::caller())));
        }
    }

    #[track_caller]
    pub(super) fn note_all(&self, values: &[R], first: u32) {
        if cfg!(debug_assertions) {
            values.iter().zip(first..).for_each(|(&value, id)| self.note(value, id));
        }
    }

    /// Forgets everything and keeps the memory. No variable may be left, which the compiler sees to.
    ///
    /// ```
    /// let mut tape = autograd::Tape::new();
    /// let x = tape.var(2.0);
    /// let _ = x * x;
    /// let kept = tape.kept_bytes();
    /// tape.reset();
    /// assert_eq!((tape.len(), tape.kept_bytes()), (0, kept));
    /// ```
    pub fn reset(&mut self) {
        self.arena.clear();
        self.values.get_mut().clear();
        self.first_bad.set(None);
        if self.arena.is_noted() {
            self.journal.clear();
        }
        if !self.names.get_mut().is_empty() {
            self.names.get_mut().clear();
        }
        self.resets += 1;
    }

    /// Whether sweeps over this tape count numbers too small for a normal one as 0. They are IEEE arithmetic otherwise, which
    /// takes a hundred times as long on such numbers. The variable `AUTOGRAD_DENORMALS=keep` has the last word.
    ///
    /// ```
    /// let tape = autograd::Tape::new().flush_denormals(true);
    /// let x = tape.var(1.0);
    /// let grads = (x * 1e-160 * 1e-160).backward(); // 1e-320 or 0
    /// assert!(grads[x] < 1e-300);
    /// ```
    #[must_use]
    pub fn flush_denormals(self, flush: bool) -> Self {
        self.flush.set(flush);
        self
    }

    pub(super) fn flushes(&self) -> bool {
        self.flush.get()
    }

    pub(super) fn generation(&self) -> Generation {
        Generation { tape: self.id, resets: self.resets }
    }

    /// Number of nodes: variables, and results of what was done with them.
    ///
    /// ```
    /// let tape = autograd::Tape::new();
    /// let x = tape.var(1.0);
    /// let _ = x * x + 1.0;
    /// assert_eq!(tape.len(), 3);
    /// ```
    pub fn len(&self) -> usize {
        self.arena.nodes() - 1
    }

    /// Whether there are none.
    ///
    /// ```
    /// assert!(autograd::Tape::new().is_empty());
    /// ```
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Bytes that the records take; a sweep needs an adjoint for each node beside them.
    ///
    /// ```
    /// let tape = autograd::Tape::new();
    /// let x = tape.var(1.0);
    /// let before = tape.used_bytes();
    /// let _ = x * x;
    /// assert_eq!(tape.used_bytes() - before, 24);
    /// ```
    pub fn used_bytes(&self) -> usize {
        self.arena.used_bytes() + size_of_val(self.values.borrow().as_slice())
    }

    /// Bytes that the tape has taken from the system and keeps until it is dropped.
    ///
    /// ```
    /// let tape = autograd::Tape::new();
    /// assert_eq!(tape.kept_bytes(), 0);
    /// let x = tape.var(1.0);
    /// assert!(tape.kept_bytes() >= tape.used_bytes());
    /// # let _ = x;
    /// ```
    pub fn kept_bytes(&self) -> usize {
        self.arena.kept_bytes() + self.values.borrow().capacity() * size_of::<R>()
    }

    pub(super) fn first_bad_value(&self) -> Option<(u32, &'static Location<'static>)> {
        self.first_bad.get()
    }
}

impl<R: Scalar> fmt::Debug for Tape<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tape").field("nodes", &self.len()).field("bytes", &self.used_bytes()).finish()
    }
}
