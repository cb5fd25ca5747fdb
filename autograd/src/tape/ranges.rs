//! Operations on many variables as one record: without indices where the variables are neighbours, as a statement elsewhere.

use std::panic::Location;

use super::arena::Kind;
use super::journal::What;
use super::recorder::Tape;
use super::var::{Var, same, two_tapes};
use super::vars::Vars;
use crate::number::Scalar;
use crate::ops::ranges;

/// Neighbours on a tape, and where the tape keeps their values.
#[derive(Clone, Copy)]
pub(super) struct Range {
    pub(super) first: u32,
    pub(super) length: usize,
    pub(super) at: usize,
}

/// What a slice of variables is.
enum Found<'t, R> {
    /// Constants only.
    Constants,
    /// Neighbours on a tape.
    Neighbours(&'t Tape<R>),
    /// Anything else on a tape.
    Scattered(&'t Tape<R>),
}

#[track_caller]
fn find<'t, R: Scalar>(xs: &[Var<'t, R>]) -> Found<'t, R> {
    let Some(first) = xs.first() else { return Found::Constants };
    if let Some(tape) = first.tape {
        let mut apart = false;
        for (x, id) in xs.iter().zip(first.id..) {
            apart |= x.id != id || !same(x.tape, first.tape);
        }
        if !apart {
            return Found::Neighbours(tape);
        }
    }
    let mut tape = None;
    for x in xs {
        match (tape, x.tape) {
            (None, _) => tape = x.tape,
            (Some(_), Some(_)) if !same(tape, x.tape) => two_tapes(),
            _ => {}
        }
    }
    tape.map_or(Found::Constants, Found::Scattered)
}

/// Keeps the values of neighbours.
fn keep<'t, R: Scalar>(tape: &'t Tape<R>, xs: &[Var<'t, R>]) -> Range {
    let mut kept = tape.values.borrow_mut();
    let at = kept.len();
    kept.extend(xs.iter().map(|x| x.value));
    Range { first: xs[0].id, length: xs.len(), at }
}

fn values<R: Scalar>(xs: &[Var<'_, R>]) -> Vec<R> {
    xs.iter().map(|x| x.value).collect()
}

/// The variable of a compound record of one node, noted if the tape keeps a journal.
#[track_caller]
#[inline(always)]
fn one<'t, R: Scalar>(tape: &'t Tape<R>, value: R, id: u32, name: &'static str) -> Var<'t, R> {
    if tape.arena.is_noted() {
        tape.journal.note(What::Many(name), value, Location::caller());
    }
    tape.made(value, id)
}

/// One node with parents anywhere; constants are node 0, which nobody reads.
#[track_caller]
fn statement<'t, R: Scalar>(
    tape: &'t Tape<R>,
    parents: impl Iterator<Item = Var<'t, R>>,
    partials: &[R],
    value: R,
    name: &'static str,
) -> Var<'t, R> {
    let ids: Vec<u32> = parents.map(|x| x.id).collect();
    let id = tape.arena.compound((Kind::Statement, ids.len()), 1, partials, [], &ids);
    one(tape, value, id, name)
}

/// A node with partials of the caller's.
#[track_caller]
pub(super) fn node<'t, R: Scalar>(value: R, parents: &[(Var<'t, R>, R)]) -> Var<'t, R> {
    let (xs, partials): (Vec<_>, Vec<_>) = parents.iter().copied().unzip();
    reduced(&xs, value, &partials, "node")
}

#[track_caller]
fn weighted<'t, R: Scalar>(
    tape: &'t Tape<R>,
    first: u32,
    partials: &[R],
    value: R,
    name: &'static str,
) -> Var<'t, R> {
    let words = [u64::from(first)];
    let id = tape.arena.compound((Kind::Weighted, partials.len()), 1, partials, words, &[]);
    one(tape, value, id, name)
}

#[track_caller]
pub(super) fn sum_range<R: Scalar>(tape: &Tape<R>, range: Range) -> Var<'_, R> {
    let value = ranges::sum(&tape.values.borrow()[range.at..range.at + range.length]);
    let words = [u64::from(range.first)];
    let id = tape.arena.compound((Kind::Sum, range.length), 1, &[], words, &[]);
    one(tape, value, id, "sum")
}

#[track_caller]
pub(super) fn sum<'t, R: Scalar>(xs: &[Var<'t, R>]) -> Var<'t, R> {
    match find(xs) {
        Found::Constants => Var::constant(ranges::sum(&values(xs))),
        Found::Neighbours(tape) => {
            // No value is kept: the partials are 1.
            let value = ranges::sum_by(xs, |x| x.value);
            let words = [u64::from(xs[0].id)];
            let id = tape.arena.compound((Kind::Sum, xs.len()), 1, &[], words, &[]);
            one(tape, value, id, "sum")
        }
        Found::Scattered(tape) => {
            let partials = vec![R::from(1.0); xs.len()];
            statement(tape, xs.iter().copied(), &partials, ranges::sum(&values(xs)), "sum")
        }
    }
}

#[track_caller]
pub(super) fn dot_range<R: Scalar>(tape: &Tape<R>, a: Range, b: Range) -> Var<'_, R> {
    let kept = tape.values.borrow();
    let value = ranges::dot(&kept[a.at..a.at + a.length], &kept[b.at..b.at + b.length]);
    let words = [u64::from(a.first) | u64::from(b.first) << 32, a.at as u64, b.at as u64];
    let id = tape.arena.compound((Kind::Dot, a.length), 1, &[], words, &[]);
    one(tape, value, id, "dot")
}

#[track_caller]
pub(super) fn dot<'t, R: Scalar>(a: &[Var<'t, R>], b: &[Var<'t, R>]) -> Var<'t, R> {
    ranges::check_lengths("dot", a.len(), b.len());
    match (find(a), find(b)) {
        (Found::Neighbours(tape), Found::Neighbours(other)) if std::ptr::eq(tape, other) => {
            dot_range(tape, keep(tape, a), keep(tape, b))
        }
        (Found::Neighbours(tape), Found::Constants) => {
            let (values_a, values_b) = (values(a), values(b));
            let (slopes, _) = ranges::dot_slopes(&values_a, &values_b);
            weighted(tape, a[0].id, slopes, ranges::dot(&values_a, &values_b), "dot")
        }
        (Found::Constants, Found::Neighbours(_)) => dot(b, a),
        (Found::Constants, Found::Constants) => Var::constant(ranges::dot(&values(a), &values(b))),
        (Found::Neighbours(tape) | Found::Scattered(tape), other) | (other, Found::Scattered(tape)) => {
            if let Found::Neighbours(other) | Found::Scattered(other) = other
                && !std::ptr::eq(tape, other)
            {
                two_tapes();
            }
            let (values_a, values_b) = (values(a), values(b));
            let (slopes_a, slopes_b) = ranges::dot_slopes(&values_a, &values_b);
            let partials = [slopes_a, slopes_b].concat();
            let parents = a.iter().chain(b).copied();
            statement(tape, parents, &partials, ranges::dot(&values_a, &values_b), "dot")
        }
    }
}

#[track_caller]
pub(super) fn linear_combination_range<'t, R: Scalar>(
    tape: &'t Tape<R>,
    range: Range,
    weights: &[f64],
) -> Var<'t, R> {
    let value = ranges::linear_combination(&tape.values.borrow()[range.at..range.at + range.length], weights);
    let partials: Vec<R> = weights.iter().map(|&weight| R::from(weight)).collect();
    weighted(tape, range.first, &partials, value, "linear_combination")
}

#[track_caller]
pub(super) fn norm_range<R: Scalar>(tape: &Tape<R>, range: Range) -> Var<'_, R> {
    let kept = tape.values.borrow();
    let xs = &kept[range.at..range.at + range.length];
    let y = ranges::norm(xs);
    weighted(tape, range.first, &ranges::norm_slopes(xs, y), y, "norm")
}

#[track_caller]
pub(super) fn logsumexp_range<R: Scalar>(tape: &Tape<R>, range: Range) -> Var<'_, R> {
    let kept = tape.values.borrow();
    let xs = &kept[range.at..range.at + range.length];
    let (y, slopes) = ranges::logsumexp_with_slopes(xs);
    weighted(tape, range.first, &slopes, y, "logsumexp")
}

/// One result of a slice of variables, from its value and its partials.
#[track_caller]
fn reduced<'t, R: Scalar>(xs: &[Var<'t, R>], value: R, partials: &[R], name: &'static str) -> Var<'t, R> {
    match find(xs) {
        Found::Constants => Var::constant(value),
        Found::Neighbours(tape) => weighted(tape, xs[0].id, partials, value, name),
        Found::Scattered(tape) => statement(tape, xs.iter().copied(), partials, value, name),
    }
}

#[track_caller]
pub(super) fn linear_combination<'t, R: Scalar>(xs: &[Var<'t, R>], weights: &[f64]) -> Var<'t, R> {
    let value = ranges::linear_combination(&values(xs), weights);
    let partials: Vec<R> = weights.iter().map(|&weight| R::from(weight)).collect();
    reduced(xs, value, &partials, "linear_combination")
}

#[track_caller]
pub(super) fn norm<'t, R: Scalar>(xs: &[Var<'t, R>]) -> Var<'t, R> {
    let plain = values(xs);
    let y = ranges::norm(&plain);
    reduced(xs, y, &ranges::norm_slopes(&plain, y), "norm")
}

#[track_caller]
pub(super) fn logsumexp<'t, R: Scalar>(xs: &[Var<'t, R>]) -> Var<'t, R> {
    let (y, slopes) = ranges::logsumexp_with_slopes(&values(xs));
    reduced(xs, y, &slopes, "logsumexp")
}

/// One node for each row, with its bias if there are some.
#[track_caller]
pub(super) fn matvec_range<'t, R: Scalar>(
    tape: &'t Tape<R>,
    matrix: Range,
    x: Range,
    rows: usize,
    bias: Option<Range>,
) -> Vars<'t, R> {
    let mut kept = tape.values.borrow_mut();
    let at = kept.len();
    kept.resize(at + rows, R::from(0.0));
    let (before, out) = kept.split_at_mut(at);
    ranges::matvec(&before[matrix.at..matrix.at + matrix.length], &before[x.at..x.at + x.length], out);
    if let Some(bias) = bias {
        out.iter_mut().zip(&before[bias.at..bias.at + rows]).for_each(|(out, &bias)| *out += bias);
    }
    let first_bias = bias.map_or(0, |bias| bias.first);
    let words = [
        u64::from(matrix.first) | u64::from(x.first) << 32,
        matrix.at as u64,
        x.at as u64,
        x.length as u64 | u64::from(first_bias) << 32,
    ];
    let origin = Location::caller();
    let name = if bias.is_some() { "affine" } else { "dot" };
    let first = tape.arena.compound((Kind::Matvec, rows), rows, &[], words, &[]);
    if tape.arena.is_noted() {
        out.iter().for_each(|&value| tape.journal.note(What::Many(name), value, origin));
    }
    tape.note_all(out, first);
    Vars { tape, first, length: rows as u32, at }
}

#[track_caller]
pub(super) fn matvec<'t, R: Scalar>(matrix: &[Var<'t, R>], x: &[Var<'t, R>], out: &mut [Var<'t, R>]) {
    ranges::check_matrix(matrix.len(), out.len(), x.len());
    if let (Found::Neighbours(tape), Found::Neighbours(other)) = (find(matrix), find(x))
        && std::ptr::eq(tape, other)
    {
        let made = matvec_range(tape, keep(tape, matrix), keep(tape, x), out.len(), None);
        out.iter_mut().zip(made.iter()).for_each(|(out, made)| *out = made);
        return;
    }
    for (row, out) in out.iter_mut().enumerate() {
        *out = dot(&matrix[row * x.len()..(row + 1) * x.len()], x);
    }
}
