//! `Var`: the `Copy` handle of a node, with its value; how each operation is recorded.

use std::fmt;
use std::panic::Location;

use super::arena::Kind;
use super::journal::What;
use super::recorder::Tape;
use crate::number::scalar::{operators, scalar_traits};
use crate::number::{DualN, Real, Scalar};
use crate::ops::{BinaryRow, UnaryRow};

/// A number on a tape, or a constant, which belongs to no tape.
///
/// It has the operators, comparison by value, and every row of the rule book as a method; on either side there may be an
/// `f64`. What is computed from constants only is a constant again.
///
/// ```
/// use autograd::prelude::*;
///
/// let tape = Tape::new();
/// let x = tape.var(3.0);
/// let y = if x > 2.0 { 2.0 * x.sin() } else { x };
/// let sum: autograd::tape::Var = [x, y, 1.0.into()].into_iter().sum();
/// assert_eq!(sum.backward()[x], 1.0 + 2.0 * 3f64.cos());
/// ```
#[derive(Clone, Copy)]
pub struct Var<'t, R = f64> {
    pub(super) value: R,
    /// The node; 0 of a constant.
    pub(super) id: u32,
    pub(super) tape: Option<&'t Tape<R>>,
}

impl<'t, R: Scalar> Var<'t, R> {
    /// The value, a number of the kind that the tape is for.
    ///
    /// ```
    /// let tape = autograd::Tape::new();
    /// assert_eq!((tape.var(2.0) * 3.0).value(), 6.0);
    /// ```
    #[inline]
    pub fn value(self) -> R {
        self.value
    }

    /// A number that no gradient flows through.
    ///
    /// ```
    /// let tape = autograd::Tape::new();
    /// let (x, c) = (tape.var(2.0), autograd::tape::Var::constant(5.0));
    /// assert_eq!((x * c).backward()[x], 5.0);
    /// ```
    #[inline(always)]
    pub fn constant(value: R) -> Self {
        Var { value, id: 0, tape: None }
    }

    /// The same value as a constant.
    ///
    /// ```
    /// let tape = autograd::Tape::new();
    /// let x = tape.var(3.0);
    /// assert_eq!((x * x.detach()).backward()[x], 3.0);
    /// ```
    #[inline]
    pub fn detach(self) -> Self {
        Var::constant(self.value)
    }

    /// The tape that it is on; `None` of a constant.
    ///
    /// ```
    /// let tape = autograd::Tape::new();
    /// assert!((tape.var(1.0) + 1.0).tape().is_some() && tape.var(1.0).detach().tape().is_none());
    /// ```
    pub fn tape(self) -> Option<&'t Tape<R>> {
        self.tape
    }

    /// Whether this is a constant.
    ///
    /// ```
    /// let tape = autograd::Tape::new();
    /// let x = tape.var(1.0);
    /// assert!(!x.is_constant() && x.detach().is_constant());
    /// ```
    #[inline]
    pub fn is_constant(self) -> bool {
        self.tape.is_none()
    }

    /// The node on this number's tape, counted from 1; `None` of a constant.
    ///
    /// ```
    /// let tape = autograd::Tape::new();
    /// let x = tape.var(1.0);
    /// assert_eq!((x.node(), x.sin().node(), x.detach().node()), (Some(1), Some(2), None));
    /// ```
    pub fn node(self) -> Option<usize> {
        self.tape.map(|_| self.id as usize)
    }

    /// Gives the node a name for explanations and pictures. A constant is on no tape and keeps none.
    ///
    /// ```
    /// let tape = autograd::Tape::new();
    /// let x = tape.var(2.0).named("x");
    /// assert_eq!(x.name().as_deref(), Some("x"));
    /// ```
    pub fn named(self, name: &str) -> Self {
        if let Some(tape) = self.tape {
            tape.names.borrow_mut().set(self.id, name);
        }
        self
    }

    /// The name given with [`named`](Var::named).
    pub fn name(self) -> Option<String> {
        self.tape?.names.borrow().of(self.id)
    }
}

/// The node of a result with two parents, one of them a constant or of another tape. What it takes and gives fits in
/// registers, lest every variable be kept in memory for this case.
#[track_caller]
#[inline(never)]
fn mixed<'t, R: Scalar, O: BinaryRow>(
    op: O,
    (tape_a, id_a, a): (Option<&'t Tape<R>>, u32, R),
    (tape_b, id_b, b): (Option<&'t Tape<R>>, u32, R),
    y: R,
) -> (Option<&'t Tape<R>>, u32) {
    let origin = Location::caller();
    match (tape_a, tape_b) {
        (Some(tape), None) => {
            let partial = op.slope_a(a, b, y);
            let id = match tape.arena.unary(id_a, partial) {
                Some(id) => id,
                None => tape.slow_right_number(op, (id_a, b), partial, y, origin),
            };
            (tape_a, tape.made(y, id).id)
        }
        (None, Some(tape)) => {
            let partial = op.slope_b(a, b, y);
            let id = match tape.arena.unary(id_b, partial) {
                Some(id) => id,
                None => tape.slow_left_number(op, (a, id_b), partial, y, origin),
            };
            (tape_b, tape.made(y, id).id)
        }
        (None, None) => (None, 0),
        (Some(_), Some(_)) => two_tapes(),
    }
}

/// Whether both are the same tape.
#[inline(always)]
pub(super) fn same<R>(a: Option<&Tape<R>>, b: Option<&Tape<R>>) -> bool {
    a.map(std::ptr::from_ref) == b.map(std::ptr::from_ref)
}

#[cold]
#[track_caller]
pub(super) fn two_tapes() -> ! {
    panic!(
        "these variables belong to two tapes: record a formula on one tape; use value() to bring a number over as a constant"
    )
}

impl<'t, R: Scalar> Real for Var<'t, R> {
    #[inline(always)]
    fn lit(self, c: f64) -> Self {
        Var::from(c)
    }
    #[track_caller]
    #[inline(always)]
    fn map<O: UnaryRow>(self, op: O) -> Self {
        let y = self.value.map(op);
        let Some(tape) = self.tape else { return Var::constant(y) };
        let partial = op.slope(self.value, y);
        let id = match tape.arena.unary(self.id, partial) {
            Some(id) => id,
            None => tape.slow_unary(op, self.id, partial, y, Location::caller()),
        };
        tape.made(y, id)
    }
    #[track_caller]
    #[inline(always)]
    fn zip<O: BinaryRow>(self, op: O, other: Self) -> Self {
        let (a, b) = (self.value, other.value);
        let y = a.zip(op, b);
        match self.tape {
            Some(tape) if same(self.tape, other.tape) => {
                let (by_a, by_b) = (op.slope_a(a, b, y), op.slope_b(a, b, y));
                let id = match tape.arena.binary([self.id, other.id], [by_a, by_b]) {
                    Some(id) => id,
                    None => tape.slow_binary(op, self.id, other.id, by_a, by_b, y, Location::caller()),
                };
                tape.made(y, id)
            }
            _ => {
                let (tape, id) = mixed(op, (self.tape, self.id, a), (other.tape, other.id, b), y);
                Var { value: y, id, tape }
            }
        }
    }
    /// The branch that is taken, itself: the other one is not even looked at.
    #[inline(always)]
    fn where_(self, then: Self, other: Self) -> Self {
        if self.value != 0.0 { then } else { other }
    }
}

operators! { ['t, R: Scalar] Var<'t, R> }
scalar_traits! { ['t, R: Scalar] Var<'t, R> }

/// A constant.
impl<R: Scalar> From<f64> for Var<'_, R> {
    #[inline(always)]
    fn from(number: f64) -> Self {
        Var::constant(R::from(number))
    }
}

impl<'t, R: Scalar> Scalar for Var<'t, R> {
    type Local<const N: usize> = DualN<R, N>;

    #[inline(always)]
    #[track_caller]
    fn to_f64(self) -> f64 {
        self.value.to_f64()
    }
    #[inline(always)]
    fn peek(self) -> f64 {
        self.value.peek()
    }
    #[inline(always)]
    fn vanishes(self) -> bool {
        self.tape.is_none() && self.value.vanishes()
    }
    #[track_caller]
    #[inline(always)]
    fn zip_number<O: BinaryRow>(self, op: O, number: f64) -> Self {
        let y = self.value.zip_number(op, number);
        let Some(tape) = self.tape else { return Var::constant(y) };
        let b = R::from(number);
        let partial = op.slope_a(self.value, b, y);
        let id = match tape.arena.unary(self.id, partial) {
            Some(id) => id,
            None => tape.slow_right_number(op, (self.id, b), partial, y, Location::caller()),
        };
        tape.made(y, id)
    }
    #[track_caller]
    #[inline(always)]
    fn number_zip<O: BinaryRow>(number: f64, op: O, other: Self) -> Self {
        let y = R::number_zip(number, op, other.value);
        let Some(tape) = other.tape else { return Var::constant(y) };
        let a = R::from(number);
        let partial = op.slope_b(a, other.value, y);
        let id = match tape.arena.unary(other.id, partial) {
            Some(id) => id,
            None => tape.slow_left_number(op, (a, other.id), partial, y, Location::caller()),
        };
        tape.made(y, id)
    }
    #[track_caller]
    #[inline(always)]
    fn statement<const N: usize>(
        inputs: [Self; N],
        body: impl FnOnce([DualN<R, N>; N]) -> DualN<R, N>,
    ) -> Self {
        let result = body(DualN::variables(inputs.map(|input| input.value)));
        record(inputs, result.value, result.tangents)
    }
    #[track_caller]
    fn sum_of(xs: &[Self]) -> Self {
        super::ranges::sum(xs)
    }
    #[track_caller]
    fn dot(a: &[Self], b: &[Self]) -> Self {
        super::ranges::dot(a, b)
    }
    #[track_caller]
    fn linear_combination(xs: &[Self], weights: &[f64]) -> Self {
        super::ranges::linear_combination(xs, weights)
    }
    #[track_caller]
    fn norm(xs: &[Self]) -> Self {
        super::ranges::norm(xs)
    }
    #[track_caller]
    fn logsumexp(xs: &[Self]) -> Self {
        super::ranges::logsumexp(xs)
    }
    #[track_caller]
    fn matvec(matrix: &[Self], x: &[Self], out: &mut [Self]) {
        super::ranges::matvec(matrix, x, out);
    }
}

/// The result of a statement whose partials are known.
#[track_caller]
#[inline(always)]
pub(super) fn record<'t, R: Scalar, const N: usize>(
    inputs: [Var<'t, R>; N],
    value: R,
    partials: [R; N],
) -> Var<'t, R> {
    let mut tape = None;
    let mut active = true;
    for input in inputs {
        active &= input.tape.is_some();
        tape = tape.or(input.tape);
    }
    let Some(tape) = tape else { return Var::constant(value) };
    if inputs.iter().any(|input| input.tape.is_some() && !same(input.tape, Some(tape))) {
        two_tapes();
    }
    let ids = inputs.map(|input| input.id);
    let id = match N {
        1 => match tape.arena.unary(ids[0], partials[0]) {
            Some(id) => id,
            None => tape.slow_statement_of_one(ids[0], partials[0], value, Location::caller()),
        },
        2 if active => {
            let ([a, b], [by_a, by_b]) = ([ids[0], ids[1]], [partials[0], partials[1]]);
            match tape.arena.binary([a, b], [by_a, by_b]) {
                Some(id) => id,
                None => tape.slow_statement_of_two(a, b, by_a, by_b, value, Location::caller()),
            }
        }
        // A parent that is a constant is node 0, which nobody reads.
        _ => {
            let id = tape.arena.compound((Kind::Statement, N), 1, &partials, [], &ids);
            if tape.arena.is_noted() {
                tape.journal.note(What::Many("statement"), value, Location::caller());
            }
            id
        }
    };
    tape.made(value, id)
}

/// The value and the node.
impl<R: Scalar> fmt::Debug for Var<'_, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.tape {
            Some(_) => write!(f, "{:?} (node {})", self.value, self.id),
            None => write!(f, "{:?} (constant)", self.value),
        }
    }
}

impl<R: Scalar> fmt::Display for Var<'_, R>
where
    R: fmt::Display,
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.value, f)
    }
}
