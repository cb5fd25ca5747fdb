//! Jobs that move numbers between layouts, and reductions in an order that no kernel has.

use super::memory::Memory;
use super::plan::Move;
use super::reduce::{self, ColumnSum};
use super::slices;
use crate::element::Element;
use crate::ops::infer::spans;
use crate::ops::{Binary, MAX_RANK, Op, Reduction, Shape};

/// Runs a job.
pub(crate) fn run<T: Element>(job: &Move, memory: &Memory<T>) {
    // SAFETY: the planner gives a job memory that its inputs do not use.
    let out = unsafe { memory.all_mut(job.out) };
    let input = |which: usize| memory.all(job.inputs[which].0);
    let from = |which: usize| job.inputs[which].1;
    match job.op {
        Op::Permute(order) => {
            let strides = strides(from(0));
            let moved =
                std::array::from_fn(|i| if i < job.shape.rank() { strides[order[i] as usize] } else { 0 });
            copy(job.shape, input(0), moved, 0, out);
        }
        Op::Broadcast => {
            let (strides, added) = (strides(from(0)), job.shape.rank() - from(0).rank());
            let repeated = std::array::from_fn(|i| match i.checked_sub(added) {
                Some(axis) if axis < from(0).rank() && from(0)[axis] != 1 => strides[axis],
                _ => 0,
            });
            copy(job.shape, input(0), repeated, 0, out);
        }
        Op::Slice { axis, start } => {
            let strides = strides(from(0));
            copy(job.shape, input(0), strides, start as usize * strides[axis as usize], out);
        }
        Op::Pad { axis, before } => {
            out.fill(T::default());
            place(input(0), from(0), job.shape, axis as usize, before as usize, out);
        }
        Op::Concat { axis } => {
            let mut start = 0;
            for which in 0..job.inputs.len() {
                place(input(which), from(which), job.shape, axis as usize, start, out);
                start += from(which)[axis as usize];
            }
        }
        Op::Flip { axis } => {
            let (outer, n, inner) = spans(job.shape, axis as usize, axis as usize + 1);
            for (out, x) in blocks_mut(out, outer, n * inner).zip(blocks(input(0), outer, n * inner)) {
                for (i, x) in blocks(x, n, inner).enumerate() {
                    out[(n - 1 - i) * inner..(n - i) * inner].copy_from_slice(x);
                }
            }
        }
        Op::CumSum { axis, reverse } => {
            let (outer, n, inner) = spans(job.shape, axis as usize, axis as usize + 1);
            out.copy_from_slice(input(0));
            for out in blocks_mut(out, outer, n * inner) {
                for step in 1..n {
                    let (to, from) = if reverse { (n - 1 - step, n - step) } else { (step, step - 1) };
                    for i in 0..inner {
                        out[to * inner + i] = out[to * inner + i] + out[from * inner + i];
                    }
                }
            }
        }
        Op::Select { axis } => {
            let list = memory.indices(job.inputs[1].0);
            let (outer, n, inner) = spans(from(0), axis as usize, axis as usize + 1);
            for (out, x) in blocks_mut(out, outer, list.len() * inner).zip(blocks(input(0), outer, n * inner))
            {
                for (out, &i) in blocks_mut(out, list.len(), inner).zip(list) {
                    out.copy_from_slice(&x[i as usize * inner..(i as usize + 1) * inner]);
                }
            }
        }
        Op::SelectAdd { axis } => {
            let list = memory.indices(job.inputs[1].0);
            let (outer, n, inner) = spans(job.shape, axis as usize, axis as usize + 1);
            out.fill(T::default());
            for (out, x) in blocks_mut(out, outer, n * inner).zip(blocks(input(0), outer, list.len() * inner))
            {
                for (x, &i) in blocks(x, list.len(), inner).zip(list) {
                    reduce::add_rows(memory.level, &mut out[i as usize * inner..(i as usize + 1) * inner], x);
                }
            }
        }
        Op::Gather { axis } => {
            let places = memory.indices(job.inputs[1].0);
            let (_, n, inner) = spans(from(0), axis as usize, axis as usize + 1);
            let (_, picked, _) = spans(job.shape, axis as usize, axis as usize + 1);
            for (i, (out, &place)) in out.iter_mut().zip(places).enumerate() {
                *out = input(0)[(i / (picked * inner) * n + place as usize) * inner + i % inner];
            }
        }
        Op::ScatterAdd { axis } => {
            let places = memory.indices(job.inputs[1].0);
            let (_, n, inner) = spans(job.shape, axis as usize, axis as usize + 1);
            let (_, given, _) = spans(from(0), axis as usize, axis as usize + 1);
            out.fill(T::default());
            for (i, (&x, &place)) in input(0).iter().zip(places).enumerate() {
                let to = (i / (given * inner) * n + place as usize) * inner + i % inner;
                out[to] = out[to] + x;
            }
        }
        Op::Triangle { diagonal } => {
            let columns = job.shape[1];
            for (i, out) in out.iter_mut().enumerate() {
                let below = (i % columns) as i64 - (i / columns) as i64 <= i64::from(diagonal);
                *out = T::from_f64(f64::from(u8::from(below)));
            }
        }
        Op::Reduce { how, first, end } => {
            let spans = spans(from(0), first as usize, end as usize);
            reduction(memory, how, input(0), spans, out);
        }
        _ => unreachable!("{} is not a move", job.op.name()),
    }
}

/// Reduces `[outer, n, inner]` over n.
fn reduction<T: Element>(
    memory: &Memory<T>,
    how: Reduction,
    x: &[T],
    (outer, n, inner): (usize, usize, usize),
    out: &mut [T],
) {
    let level = memory.level;
    if inner == 1 {
        match how {
            Reduction::Sum => return reduce::sum_rows(level, x, n, out),
            Reduction::Max => return reduce::max_rows(level, x, n, out),
            Reduction::Min => return reduce::min_rows(level, x, n, out),
            Reduction::ArgMax | Reduction::ArgMin => {}
        }
    }
    let mut block = vec![T::default(); inner];
    for (out, x) in blocks_mut(out, outer, inner).zip(blocks(x, outer, n * inner)) {
        match how {
            Reduction::Sum => {
                let mut sum = ColumnSum::new(&mut block, out);
                sum.push(level, &mut block, out, x);
                sum.finish(level, &mut block, out);
            }
            Reduction::Max | Reduction::Min => {
                let (row, empty) = match how {
                    Reduction::Max => (Binary::Max, f64::NEG_INFINITY),
                    _ => (Binary::Min, f64::INFINITY),
                };
                let f = slices::binary::<T>(level, row);
                out.fill(T::from_f64(empty));
                for x in blocks(x, n, inner) {
                    block.copy_from_slice(out);
                    f.vv(&block, x, out);
                }
            }
            Reduction::ArgMax | Reduction::ArgMin => {
                for (i, out) in out.iter_mut().enumerate() {
                    let at = |k: usize| x[k * inner + i];
                    let beats = |a: T, b: T| if how == Reduction::ArgMax { a > b } else { a < b };
                    let place = (1..n).fold(0, |best, k| if beats(at(k), at(best)) { k } else { best });
                    *out = T::from_f64(place as f64);
                }
            }
        }
    }
}

fn blocks<T>(x: &[T], count: usize, size: usize) -> impl Iterator<Item = &[T]> {
    (0..count).map(move |i| &x[i * size..(i + 1) * size])
}

fn blocks_mut<T>(x: &mut [T], count: usize, size: usize) -> impl Iterator<Item = &mut [T]> {
    let mut rest = x;
    (0..count).map(move |_| {
        let (block, later) = std::mem::take(&mut rest).split_at_mut(size);
        rest = later;
        block
    })
}

type Strides = [usize; MAX_RANK];

/// Numbers from one index of an axis to the next.
fn strides(shape: Shape) -> Strides {
    let mut strides = [0; MAX_RANK];
    let mut stride = 1;
    for axis in (0..shape.rank()).rev() {
        strides[axis] = stride;
        stride *= shape[axis];
    }
    strides
}

/// Writes `out` in order, reading `x` from `offset` with the given strides.
fn copy<T: Element>(shape: Shape, x: &[T], strides: Strides, offset: usize, out: &mut [T]) {
    let Some((&width, leading)) = shape.split_last() else {
        out[0] = x[offset];
        return;
    };
    let stride = strides[leading.len()];
    let mut index = [0; MAX_RANK];
    let mut start = offset;
    for out in out.chunks_exact_mut(width.max(1)) {
        match stride {
            1 => out.copy_from_slice(&x[start..start + width]),
            0 => out.fill(x[start]),
            _ => {
                for (i, out) in out.iter_mut().enumerate() {
                    *out = x[start + i * stride];
                }
            }
        }
        for axis in (0..leading.len()).rev() {
            index[axis] += 1;
            start += strides[axis];
            if index[axis] < leading[axis] {
                break;
            }
            start -= index[axis] * strides[axis];
            index[axis] = 0;
        }
    }
}

/// Puts `x` into `out` at `start` of an axis.
fn place<T: Element>(x: &[T], from: Shape, to: Shape, axis: usize, start: usize, out: &mut [T]) {
    let (outer, n, inner) = spans(from, axis, axis + 1);
    let (_, extent, _) = spans(to, axis, axis + 1);
    for (out, x) in blocks_mut(out, outer, extent * inner).zip(blocks(x, outer, n * inner)) {
        out[start * inner..(start + n) * inner].copy_from_slice(x);
    }
}
