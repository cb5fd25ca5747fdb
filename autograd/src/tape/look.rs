//! A look at the nodes below a result: parents with partial derivatives, adjoints, and what the journal says.

use super::arena::{Kind, Record};
use super::journal::Entry;
use super::var::Var;
use crate::number::Scalar;

/// One node.
pub(crate) struct Look {
    pub(crate) id: u32,
    pub(crate) name: Option<String>,
    /// What the journal says, if there is one.
    pub(crate) entry: Option<Entry>,
    /// The derivative of the result by this node.
    pub(crate) adjoint: f64,
    /// Parents and the partial derivatives by them; the first ones, if there are many.
    pub(crate) parents: Vec<(u32, f64)>,
    /// How many parents there are.
    pub(crate) arity: usize,
}

/// Parents of one node that are kept at the most: a sum may have a million.
const PARENTS: usize = 100;

/// The nodes that a result is computed from, in the order of recording: the last `most`, and those that are wanted anyway. And how
/// many there are.
pub(crate) fn look<R: Scalar>(root: Var<'_, R>, most: usize, wanted: &[u32]) -> (Vec<Look>, usize) {
    let Some(tape) = root.tape() else { return (Vec::new(), 0) };
    let adjoints = tape.backward(&[(root, R::from(1.0))]).adjoints;
    let kept = tape.values.borrow();
    let names = tape.names.borrow();
    let mut used = vec![false; tape.len() + 1];
    used[root.id as usize] = true;
    let (mut looks, mut count) = (Vec::new(), 0);
    let mut reader = tape.arena.reader();
    let mut end = used.len();
    while let Some(record) = reader.record() {
        let first = end - record.nodes();
        for id in (first..end).rev() {
            if !used[id] {
                continue;
            }
            count += 1;
            let is_wanted = looks.len() < most || wanted.contains(&(id as u32));
            let (mut parents, mut arity) = (Vec::new(), 0);
            for_each_parent(&record, id - first, &kept, &mut |parent, partial| {
                if parent == 0 {
                    return;
                }
                used[parent as usize] = true;
                arity += 1;
                if is_wanted && parents.len() < PARENTS {
                    parents.push((parent, partial.peek()));
                }
            });
            if is_wanted {
                let id = id as u32;
                let (name, entry) = (names.of(id), tape.journal.entry(id));
                let adjoint = adjoints[id as usize].peek();
                looks.push(Look { id, name, entry, adjoint, parents, arity });
            }
        }
        end = first;
    }
    looks.reverse();
    (looks, count)
}

/// Parents and partials of one of a record's nodes, counted from its first.
fn for_each_parent<R: Scalar>(record: &Record<'_, R>, i: usize, kept: &[R], each: &mut dyn FnMut(u32, R)) {
    let (length, partials, words) = (record.length, record.partials, record.words);
    let halves = |word: u64| (word as u32, (word >> 32) as u32);
    let one = R::from(1.0);
    let mut range = |first: u32, partials: &[R]| {
        (first..).zip(partials).for_each(|(parent, &partial)| each(parent, partial));
    };
    match record.kind {
        None => {
            range(record.parents[0], &partials[..1]);
            if let Some(second) = partials.get(1) {
                range(record.parents[1], std::slice::from_ref(second));
            }
        }
        Some(Kind::Leaves) => {}
        Some(Kind::Statement) => {
            record.indices.iter().zip(partials).for_each(|(&parent, &partial)| each(parent, partial));
        }
        Some(Kind::Weighted) => range(words[0] as u32, partials),
        Some(Kind::Sum) => (0..length as u32).for_each(|j| range(words[0] as u32 + j, &[one])),
        Some(Kind::Dot) => {
            let (first_a, first_b) = halves(words[0]);
            let (a, b) = (&kept[words[1] as usize..][..length], &kept[words[2] as usize..][..length]);
            let (by_a, by_b) = crate::ops::ranges::dot_slopes(a, b);
            range(first_a, by_a);
            range(first_b, by_b);
        }
        Some(Kind::Matvec) => {
            let (first_m, first_x) = halves(words[0]);
            let (columns, first_bias) = halves(words[3]);
            let columns = columns as usize;
            let row = &kept[words[1] as usize + i * columns..][..columns];
            let x = &kept[words[2] as usize..][..columns];
            let (by_row, by_x) = crate::ops::ranges::dot_slopes(row, x);
            range(first_m + (i * columns) as u32, by_row);
            range(first_x, by_x);
            if first_bias != 0 {
                range(first_bias + i as u32, &[one]);
            }
        }
        Some(Kind::Map) => range(words[0] as u32 + i as u32, &partials[i..=i]),
        Some(Kind::Zip) => {
            let (first_a, first_b) = halves(words[0]);
            range(first_a + i as u32, &partials[i..=i]);
            range(first_b + i as u32, &partials[length + i..=length + i]);
        }
    }
}
