//! The reverse sweep: records from the last to the first, each handing its adjoint times a partial to its parents. `N` seeds
//! are swept at once, one in each lane.
//!
//! An adjoint of 0 is passed over: below a branch that was not taken, partials mean nothing, infinite ones included.

use super::{Arena, Kind};
use crate::number::Scalar;
use crate::ops::ranges;

/// `slope * adjoint` of one lane. A sweep passes over records whose lanes are all 0, so one lane needs no test.
#[inline(always)]
fn scaled<R: Scalar, const N: usize>(slope: R, adjoint: R) -> R {
    if N > 1 && adjoint.vanishes() { adjoint } else { slope * adjoint }
}

#[inline(always)]
fn add<R: Scalar, const N: usize>(to: &mut [R; N], slope: R, adjoint: [R; N]) {
    for (to, adjoint) in to.iter_mut().zip(adjoint) {
        *to += scaled::<R, N>(slope, adjoint);
    }
}

/// The adjoint itself, for a slope of 1.
#[inline(always)]
fn add_lanes<R: Scalar, const N: usize>(to: &mut [R; N], adjoint: [R; N]) {
    to.iter_mut().zip(adjoint).for_each(|(to, adjoint)| *to += adjoint);
}

/// Each target gets its slope times the adjoint.
#[inline(always)]
fn add_each<R: Scalar, const N: usize>(to: &mut [[R; N]], slopes: &[R], adjoint: [R; N]) {
    if N == 1 {
        // In chunks of known length, or the loop is not vectorised.
        let (to, adjoint) = (to.as_flattened_mut(), adjoint[0]);
        let ((to, rest), (slopes, rest_slopes)) = (to.as_chunks_mut::<8>(), slopes.as_chunks::<8>());
        for (to, slopes) in to.iter_mut().zip(slopes) {
            for (to, &slope) in to.iter_mut().zip(slopes) {
                *to += slope * adjoint;
            }
        }
        rest.iter_mut().zip(rest_slopes).for_each(|(to, &slope)| *to += slope * adjoint);
        return;
    }
    for (to, &slope) in to.iter_mut().zip(slopes) {
        add(to, slope, adjoint);
    }
}

#[inline(always)]
fn vanish<R: Scalar, const N: usize>(adjoint: &[R; N]) -> bool {
    adjoint.iter().all(|lane| lane.vanishes())
}

/// Both halves of a word.
#[inline(always)]
fn halves(word: u64) -> (usize, usize) {
    (word as u32 as usize, (word >> 32) as usize)
}

/// Completes `adjoints`, one for each node, which hold the seeds.
pub(in crate::tape) fn sweep<R: Scalar, const N: usize>(
    arena: &Arena<R>,
    values: &[R],
    adjoints: &mut [[R; N]],
) {
    let mut reader = arena.reader();
    assert!(adjoints.len() == arena.nodes(), "every node has an adjoint");
    let mut id = adjoints.len();
    while !reader.is_done() {
        // SAFETY: the reader stands at a record's end. A record reads what the function of the same name wrote; its own
        // nodes are the last of those below `id`, and its parents were nodes before them.
        let trailer = unsafe { reader.trailer() };
        if trailer.first != 0 {
            id -= 1;
            // SAFETY: as above.
            unsafe {
                let adjoint = *adjoints.get_unchecked(id);
                if trailer.second != 0 {
                    let second = reader.number();
                    let first = reader.number();
                    if !vanish(&adjoint) {
                        add(adjoints.get_unchecked_mut(trailer.first as usize), first, adjoint);
                        add(adjoints.get_unchecked_mut(trailer.second as usize), second, adjoint);
                    }
                } else {
                    let partial = reader.number();
                    if !vanish(&adjoint) {
                        add(adjoints.get_unchecked_mut(trailer.first as usize), partial, adjoint);
                    }
                }
            }
            continue;
        }
        let (kind, length) = trailer.compound();
        match kind {
            Kind::Leaves => {
                // SAFETY: as above.
                unsafe { reader.word() };
                id -= length;
            }
            Kind::Statement => {
                id -= 1;
                // SAFETY: as above.
                let (parents, partials) = unsafe { (reader.indices(length), reader.numbers(length)) };
                let adjoint = adjoints[id];
                if !vanish(&adjoint) {
                    for (&parent, &partial) in parents.iter().zip(partials) {
                        // SAFETY: as above.
                        add(unsafe { adjoints.get_unchecked_mut(parent as usize) }, partial, adjoint);
                    }
                }
            }
            Kind::Weighted => {
                id -= 1;
                // SAFETY: as above.
                let (first, partials) = unsafe { (reader.word() as usize, reader.numbers(length)) };
                let adjoint = adjoints[id];
                if !vanish(&adjoint) {
                    add_each(&mut adjoints[first..first + length], partials, adjoint);
                }
            }
            Kind::Sum => {
                id -= 1;
                // SAFETY: as above.
                let first = unsafe { reader.word() } as usize;
                let adjoint = adjoints[id];
                if !vanish(&adjoint) {
                    adjoints[first..first + length].iter_mut().for_each(|to| add_lanes(to, adjoint));
                }
            }
            Kind::Dot => {
                id -= 1;
                // SAFETY: as above.
                let [at_b, at_a, firsts] = unsafe { [reader.word(), reader.word(), reader.word()] };
                let adjoint = adjoints[id];
                if !vanish(&adjoint) {
                    let (a, b) = (&values[at_a as usize..][..length], &values[at_b as usize..][..length]);
                    let (first_a, first_b) = halves(firsts);
                    let (slopes_a, slopes_b) = ranges::dot_slopes(a, b);
                    add_each(&mut adjoints[first_a..first_a + length], slopes_a, adjoint);
                    add_each(&mut adjoints[first_b..first_b + length], slopes_b, adjoint);
                }
            }
            Kind::Matvec => {
                // SAFETY: as above.
                let [columns, at_x, at_m, firsts] =
                    unsafe { [reader.word(), reader.word(), reader.word(), reader.word()] };
                let (columns, first_bias) = halves(columns);
                let x = &values[at_x as usize..][..columns];
                let (first_m, first_x) = halves(firsts);
                if first_bias != 0 {
                    let (before, own) = adjoints.split_at_mut(id - length);
                    for (to, own) in before[first_bias..first_bias + length].iter_mut().zip(own) {
                        add_lanes(to, *own);
                    }
                }
                for row in (0..length).rev() {
                    id -= 1;
                    let adjoint = adjoints[id];
                    if vanish(&adjoint) {
                        continue;
                    }
                    let numbers = &values[at_m as usize + row * columns..][..columns];
                    let (slopes_m, slopes_x) = ranges::dot_slopes(numbers, x);
                    add_each(&mut adjoints[first_m + row * columns..][..columns], slopes_m, adjoint);
                    add_each(&mut adjoints[first_x..first_x + columns], slopes_x, adjoint);
                }
            }
            Kind::Map => {
                id -= length;
                // SAFETY: as above.
                let (first, partials) = unsafe { (reader.word() as usize, reader.numbers(length)) };
                let (before, own) = adjoints.split_at_mut(id);
                let to = &mut before[first..first + length];
                for ((to, own), &partial) in to.iter_mut().zip(own).zip(partials) {
                    if !vanish(own) {
                        add(to, partial, *own);
                    }
                }
            }
            Kind::Zip => {
                id -= length;
                // SAFETY: as above.
                let (firsts, partials) = unsafe { (reader.word(), reader.numbers(2 * length)) };
                let (first_a, first_b) = halves(firsts);
                let (by_a, by_b) = partials.split_at(length);
                for (first, partials) in [(first_a, by_a), (first_b, by_b)] {
                    let (before, own) = adjoints.split_at_mut(id);
                    let to = &mut before[first..first + length];
                    for ((to, own), &partial) in to.iter_mut().zip(own).zip(partials) {
                        if !vanish(own) {
                            add(to, partial, *own);
                        }
                    }
                }
            }
        }
    }
}
