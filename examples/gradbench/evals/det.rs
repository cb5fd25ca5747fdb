//! `det`: a determinant by expansion along the first row, and of each minor again.

use autograd::prelude::*;
use autograd::tape::{Gradients, Var};
use serde::Deserialize;

use super::require;
use crate::protocol::{Call, Evaluation, Failure};

#[derive(Deserialize)]
struct Input {
    #[serde(rename = "A")]
    a: Vec<f64>,
    ell: usize,
}

/// Which columns of a matrix are left: a list in which each names the one that follows.
struct Columns {
    next: Vec<usize>,
}

impl Columns {
    fn all(size: usize) -> Columns {
        Columns { next: (0..=size).map(|column| (column + 1) % (size + 1)).collect() }
    }
}

/// Expansion along a row of `size` numbers, in the columns that are left; `minor` is asked for each of them without it.
fn expand<S: Scalar>(row: &[S], columns: &mut Columns, mut minor: impl FnMut(&mut Columns) -> S) -> S {
    // The list is a ring: the last column names `head`, which names the first.
    let head = row.len();
    let (mut before, mut column) = (head, columns.next[head]);
    let mut sum = S::from(0.0);
    let mut plus = true;
    while column != head {
        let after = columns.next[column];
        columns.next[before] = after;
        let term = row[column] * minor(columns);
        columns.next[before] = column;
        sum = if before == head {
            term
        } else if plus {
            sum + term
        } else {
            sum - term
        };
        (before, column, plus) = (column, after, !plus);
    }
    sum
}

/// The determinant of the last rows of a matrix, `rows` of them, in the columns that are left.
fn determinant<S: Scalar>(matrix: &[S], size: usize, rows: usize, columns: &mut Columns) -> S {
    let (row, below) = matrix[matrix.len() - rows * size..].split_at(size);
    let first = columns.next[size];
    let second = columns.next[first];
    match rows {
        1 => row[first],
        2 => S::statement([row[first], row[second], below[first], below[second]], |[a, b, c, d]| a * d - b * c),
        3 => {
            let third = columns.next[second];
            let mut without = |before: usize, column: usize, after: usize| {
                columns.next[before] = after;
                let minor = determinant(below, size, 2, columns);
                columns.next[before] = column;
                minor
            };
            let minors = [without(size, first, second), without(first, second, third), without(second, third, size)];
            let inputs = [row[first], row[second], row[third], minors[0], minors[1], minors[2]];
            S::statement(inputs, |[a, b, c, of_a, of_b, of_c]| a * of_a - b * of_b + c * of_c)
        }
        _ => expand(row, columns, |columns| determinant(below, size, rows - 1, columns)),
    }
}

/// Minors of so many rows are differentiated as soon as they are there: what their tape holds stays in the cache.
const SMALL: usize = 7;

/// A tape for one minor after the other.
struct Minors {
    tape: Tape,
    gradients: Gradients,
    values: Vec<f64>,
}

impl Minors {
    /// As [`determinant`], with one node on the tape of `matrix` for each minor of [`SMALL`] rows.
    fn determinant<'t>(&mut self, tape: &'t Tape, matrix: &[Var<'t>], size: usize, columns: &mut Columns) -> Var<'t> {
        let (row, below) = matrix.split_at(size);
        if matrix.len() > SMALL * size {
            return expand(row, columns, |columns| self.determinant(tape, below, size, columns));
        }
        self.tape.reset();
        self.values.clear();
        self.values.extend(matrix.iter().map(|entry| entry.value()));
        let own = self.tape.vars(&self.values).to_vec();
        let minor = determinant(&own, size, matrix.len() / size, columns);
        minor.backward_into(&mut self.gradients);
        let left = std::iter::successors(Some(columns.next[size]), |&column| Some(columns.next[column]));
        let left: Vec<usize> = left.take_while(|&column| column != size).collect();
        let entries = matrix.chunks(size).zip(own.chunks(size)).flat_map(|(entries, own)| {
            let gradients = &self.gradients;
            left.iter().map(move |&column| (entries[column], gradients[own[column]]))
        });
        tape.node(minor.value(), &entries.collect::<Vec<_>>())
    }
}

pub(crate) fn evaluate(call: Call) -> Result<Evaluation, Failure> {
    let Input { a, ell } = call.input()?;
    require(ell > 0 && ell.checked_mul(ell) == Some(a.len()), "A has not ell times ell numbers, or none")?;
    require(ell <= 12, "the expansion of more than 12 rows takes days")?;
    match call.function {
        "primal" => call.time(|y| *y = determinant(&a, ell, ell, &mut Columns::all(ell)), |y: f64| y),
        "gradient" => {
            let (mut tape, mut gradients) = (Tape::new(), Gradients::new());
            let mut minors = Minors { tape: Tape::new(), gradients: Gradients::new(), values: Vec::new() };
            call.time(
                |gradient: &mut Vec<f64>| {
                    tape.reset();
                    let a = tape.vars(&a).to_vec();
                    let mut columns = Columns::all(ell);
                    let result = if ell <= SMALL + 1 {
                        determinant(&a, ell, ell, &mut columns)
                    } else {
                        minors.determinant(&tape, &a, ell, &mut columns)
                    };
                    result.backward_into(&mut gradients);
                    gradient.clear();
                    gradient.extend(a.iter().map(|&a| gradients[a]));
                },
                |gradient| gradient,
            )
        }
        _ => call.unknown(),
    }
}
