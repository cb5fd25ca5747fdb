//! `Vars`: variables beside each other; an operation on all of them is one record.

use std::ops::{Bound, RangeBounds};
use std::panic::Location;

use super::arena::Kind;
use super::journal::{Known, What};
use super::ranges::{self, Range};
use super::recorder::Tape;
use super::var::{Var, two_tapes};
use crate::number::Scalar;
use crate::ops::{BinaryRow, Op, UnaryRow};

/// Neighbours on a tape, from [`Tape::vars`] or from an operation on neighbours: a `Copy` handle.
///
/// Sums, products and elementwise functions of them are one record each, with fewer numbers than as many records of single
/// variables, and with loops over plain slices in both directions.
///
/// ```
/// use autograd::ops;
/// use autograd::prelude::*;
///
/// // A layer: two neurons with three inputs.
/// let tape = Tape::new();
/// let weights = tape.vars(&[0.5, -1.0, 2.0, 1.0, 0.0, -3.0]);
/// let (bias, x) = (tape.vars(&[0.1, -0.1]), tape.vars(&[1.0, 2.0, 3.0]));
/// let h = weights.affine(x, bias).map(ops::Relu);
/// assert_eq!(h.values(), [4.6, 0.0]);
/// let grads = h.sum().backward();
/// assert_eq!(grads.of(weights), [1.0, 2.0, 3.0, 0.0, 0.0, 0.0]);
/// assert_eq!(grads.of(bias), [1.0, 0.0]);
/// ```
pub struct Vars<'t, R = f64> {
    pub(super) tape: &'t Tape<R>,
    pub(super) first: u32,
    pub(super) length: u32,
    /// Place of the values among those that the tape keeps.
    pub(super) at: usize,
}

impl<R> Clone for Vars<'_, R> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<R> Copy for Vars<'_, R> {}

impl<'t, R: Scalar> Vars<'t, R> {
    /// The tape that they are on.
    ///
    /// ```
    /// let tape = autograd::Tape::new();
    /// let x = tape.vars(&[1.0]);
    /// assert_eq!(x.tape().len(), 1);
    /// ```
    pub fn tape(self) -> &'t Tape<R> {
        self.tape
    }

    /// Names each of them with its place: `w[0]`, `w[1]` and so on, for explanations and pictures.
    ///
    /// ```
    /// let tape = autograd::Tape::new();
    /// let w = tape.vars(&[1.0, 2.0]).named("w");
    /// assert_eq!(w.at(1).name().as_deref(), Some("w[1]"));
    /// ```
    pub fn named(self, name: &str) -> Self {
        self.tape.names.borrow_mut().set_all(self.first, self.length, name);
        self
    }

    /// How many.
    ///
    /// ```
    /// let tape = autograd::Tape::new();
    /// assert_eq!(tape.vars(&[1.0, 2.0]).len(), 2);
    /// ```
    pub fn len(self) -> usize {
        self.length as usize
    }

    /// Whether there are none.
    ///
    /// ```
    /// let tape = autograd::Tape::new();
    /// assert!(tape.vars(&[]).is_empty());
    /// ```
    pub fn is_empty(self) -> bool {
        self.length == 0
    }

    /// One of them.
    ///
    /// ```
    /// let tape = autograd::Tape::new();
    /// let x = tape.vars(&[1.0, 2.0]);
    /// assert_eq!(x.at(1).value(), 2.0);
    /// ```
    ///
    /// # Panics
    /// If there are not so many.
    #[track_caller]
    pub fn at(self, i: usize) -> Var<'t, R> {
        assert!(i < self.len(), "there is no variable {i} among {}", self.len());
        Var {
            value: self.tape.values.borrow()[self.at + i],
            id: self.first + i as u32,
            tape: Some(self.tape),
        }
    }

    /// All of them, one after the other.
    ///
    /// ```
    /// let tape = autograd::Tape::new();
    /// let x = tape.vars(&[1.0, 2.0]);
    /// let y: autograd::tape::Var = x.iter().map(|x| x * x).sum();
    /// assert_eq!(y.backward().of(x), [2.0, 4.0]);
    /// ```
    pub fn iter(self) -> impl ExactSizeIterator<Item = Var<'t, R>> + DoubleEndedIterator + Clone {
        (0..self.len()).map(move |i| self.at(i))
    }

    /// All of them as single variables.
    ///
    /// ```
    /// let tape = autograd::Tape::new();
    /// let x = tape.vars(&[1.0, 2.0]).to_vec();
    /// assert_eq!((x[0] + x[1]).value(), 3.0);
    /// ```
    pub fn to_vec(self) -> Vec<Var<'t, R>> {
        self.iter().collect()
    }

    /// Their values.
    ///
    /// ```
    /// let tape = autograd::Tape::new();
    /// assert_eq!(tape.vars(&[1.0, 2.0]).map(autograd::ops::Square).values(), [1.0, 4.0]);
    /// ```
    pub fn values(self) -> Vec<R> {
        self.tape.values.borrow()[self.at..self.at + self.len()].to_vec()
    }

    /// Some of them.
    ///
    /// ```
    /// let tape = autograd::Tape::new();
    /// let x = tape.vars(&[1.0, 2.0, 3.0, 4.0]);
    /// assert_eq!(x.slice(1..3).values(), [2.0, 3.0]);
    /// assert_eq!(x.slice(2..).dot(x.slice(..2)).value(), 11.0);
    /// ```
    ///
    /// # Panics
    /// If there are not so many.
    #[track_caller]
    pub fn slice(self, range: impl RangeBounds<usize>) -> Self {
        let from = match range.start_bound() {
            Bound::Included(&from) => from,
            Bound::Excluded(&before) => before + 1,
            Bound::Unbounded => 0,
        };
        let to = match range.end_bound() {
            Bound::Included(&last) => last + 1,
            Bound::Excluded(&to) => to,
            Bound::Unbounded => self.len(),
        };
        assert!(from <= to && to <= self.len(), "there is no slice {from}..{to} of {} variables", self.len());
        Vars { first: self.first + from as u32, at: self.at + from, length: (to - from) as u32, ..self }
    }

    pub(super) fn range(self) -> Range {
        Range { first: self.first, length: self.len(), at: self.at }
    }

    #[track_caller]
    fn on(self, other: Vars<'_, R>) {
        if !std::ptr::eq(self.tape, other.tape) {
            two_tapes();
        }
    }

    /// Σ xᵢ.
    ///
    /// ```
    /// let tape = autograd::Tape::new();
    /// let x = tape.vars(&[1.0, 2.0]);
    /// assert_eq!(x.sum().backward().of(x), [1.0, 1.0]);
    /// ```
    #[track_caller]
    pub fn sum(self) -> Var<'t, R> {
        ranges::sum_range(self.tape, self.range())
    }

    /// Σ aᵢ bᵢ.
    ///
    /// ```
    /// let tape = autograd::Tape::new();
    /// let (a, b) = (tape.vars(&[1.0, 2.0]), tape.vars(&[3.0, 4.0]));
    /// assert_eq!(a.dot(b).backward().of(a), [3.0, 4.0]);
    /// ```
    ///
    /// # Panics
    /// If the lengths differ.
    #[track_caller]
    pub fn dot(self, other: Vars<'t, R>) -> Var<'t, R> {
        self.on(other);
        ranges::dot_range(self.tape, self.range(), other.range())
    }

    /// Σ xᵢ wᵢ with plain numbers as weights.
    ///
    /// ```
    /// let tape = autograd::Tape::new();
    /// let x = tape.vars(&[1.0, 2.0]);
    /// assert_eq!(x.linear_combination(&[5.0, 7.0]).backward().of(x), [5.0, 7.0]);
    /// ```
    ///
    /// # Panics
    /// If the lengths differ.
    #[track_caller]
    pub fn linear_combination(self, weights: &[f64]) -> Var<'t, R> {
        ranges::linear_combination_range(self.tape, self.range(), weights)
    }

    /// The Euclidean length √(Σ xᵢ²); its slopes at 0 are 0.
    ///
    /// ```
    /// let tape = autograd::Tape::new();
    /// assert_eq!(tape.vars(&[3.0, 4.0]).norm().value(), 5.0);
    /// ```
    #[track_caller]
    pub fn norm(self) -> Var<'t, R> {
        ranges::norm_range(self.tape, self.range())
    }

    /// ln Σ e^xᵢ, without overflow; -∞ of no numbers.
    ///
    /// ```
    /// let tape = autograd::Tape::new();
    /// let x = tape.vars(&[1.0, 1.0]);
    /// let y = x.logsumexp();
    /// assert_eq!((y.value(), y.backward().of(x)), (1.0 + 2f64.ln(), vec![0.5, 0.5]));
    /// ```
    #[track_caller]
    pub fn logsumexp(self) -> Var<'t, R> {
        ranges::logsumexp_range(self.tape, self.range())
    }

    /// The product of this matrix, row after row, and a vector: `[rows, columns] . [columns] -> [rows]`.
    ///
    /// ```
    /// let tape = autograd::Tape::new();
    /// let (m, x) = (tape.vars(&[1.0, 2.0, 3.0, 4.0]), tape.vars(&[1.0, -1.0]));
    /// assert_eq!(m.matvec(x).values(), [-1.0, -1.0]);
    /// ```
    ///
    /// # Panics
    /// If the number of these variables is not a multiple of the vector's length.
    #[track_caller]
    pub fn matvec(self, x: Vars<'t, R>) -> Vars<'t, R> {
        self.on(x);
        let rows = if x.is_empty() { 0 } else { self.len() / x.len() };
        crate::ops::ranges::check_matrix(self.len(), rows, x.len());
        ranges::matvec_range(self.tape, self.range(), x.range(), rows, None)
    }

    /// Like [`matvec`](Vars::matvec), plus a bias for each row: the affine part of a layer in one record.
    ///
    /// ```
    /// let tape = autograd::Tape::new();
    /// let (w, b) = (tape.vars(&[1.0, 2.0, 3.0, 4.0]), tape.vars(&[0.5, 1.5]));
    /// let y = w.affine(tape.vars(&[1.0, -1.0]), b);
    /// assert_eq!((y.values(), y.sum().backward().of(b)), (vec![-0.5, 0.5], vec![1.0, 1.0]));
    /// ```
    ///
    /// # Panics
    /// If the number of these variables is not that of the bias times that of `x`.
    #[track_caller]
    pub fn affine(self, x: Vars<'t, R>, bias: Vars<'t, R>) -> Vars<'t, R> {
        self.on(x);
        self.on(bias);
        crate::ops::ranges::check_matrix(self.len(), bias.len(), x.len());
        ranges::matvec_range(self.tape, self.range(), x.range(), bias.len(), Some(bias.range()))
    }

    /// A row of the rule book on each.
    ///
    /// ```
    /// let tape = autograd::Tape::new();
    /// let x = tape.vars(&[-1.0, 2.0]);
    /// assert_eq!(x.map(autograd::ops::Relu).sum().backward().of(x), [0.0, 1.0]);
    /// ```
    #[track_caller]
    pub fn map<O: UnaryRow>(self, op: O) -> Vars<'t, R> {
        let words = [u64::from(self.first)];
        self.elementwise(Kind::Map, self.len(), words, Op::Unary(op.op()), None, |kept, out, partials| {
            let xs = &kept[self.at..self.at + self.len()];
            for ((&x, y), partial) in xs.iter().zip(out).zip(partials) {
                *y = x.map(op);
                *partial = op.slope(x, *y);
            }
        })
    }

    /// A row of the rule book on each of these and its partner.
    ///
    /// ```
    /// let tape = autograd::Tape::new();
    /// let (a, b) = (tape.vars(&[1.0, 2.0]), tape.vars(&[3.0, 4.0]));
    /// assert_eq!(a.zip(autograd::ops::Mul, b).values(), [3.0, 8.0]);
    /// ```
    ///
    /// # Panics
    /// If the lengths differ.
    #[track_caller]
    pub fn zip<O: BinaryRow>(self, op: O, other: Vars<'t, R>) -> Vars<'t, R> {
        self.on(other);
        crate::ops::ranges::check_lengths(O::NAME, self.len(), other.len());
        let words = [u64::from(self.first) | u64::from(other.first) << 32];
        let with = Some(other.first);
        self.elementwise(
            Kind::Zip,
            2 * self.len(),
            words,
            Op::Binary(op.op()),
            with,
            |kept, out, partials| {
                let (a, b) = (&kept[self.at..self.at + self.len()], &kept[other.at..other.at + self.len()]);
                let (by_a, by_b) = partials.split_at_mut(self.len());
                for ((((&a, &b), y), by_a), by_b) in a.iter().zip(b).zip(out).zip(by_a).zip(by_b) {
                    *y = a.zip(op, b);
                    (*by_a, *by_b) = (op.slope_a(a, b, *y), op.slope_b(a, b, *y));
                }
            },
        )
    }

    /// The record of an elementwise operation: `compute` gets the values kept so far, and fills in results and partials.
    #[track_caller]
    #[inline(always)]
    fn elementwise(
        self,
        kind: Kind,
        partials: usize,
        words: [u64; 1],
        op: Op,
        other: Option<u32>,
        compute: impl FnOnce(&[R], &mut [R], &mut [R]),
    ) -> Vars<'t, R> {
        let zero = R::from(0.0);
        let mut found = self.tape.scratch.take();
        found.clear();
        found.resize(partials, zero);
        let mut kept = self.tape.values.borrow_mut();
        let at = kept.len();
        kept.resize(at + self.len(), zero);
        let (before, out) = kept.split_at_mut(at);
        compute(before, out, &mut found);
        let first = self.tape.arena.compound((kind, self.len()), self.len(), &found, words, &[]);
        if self.tape.arena.is_noted() {
            let origin = Location::caller();
            for (i, &y) in (0..).zip(out.iter()) {
                let with = other.map_or(Known::Nothing, |first| Known::Node(first + i));
                self.tape.journal.note(What::Row(op, [Known::Node(self.first + i), with]), y, origin);
            }
        }
        self.tape.note_all(out, first);
        self.tape.scratch.set(found);
        Vars { first, at, ..self }
    }
}

impl<R: Scalar> std::fmt::Debug for Vars<'_, R> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:?} (nodes from {})", self.values(), self.first)
    }
}
