//! Tile memory of a kernel: registers whose lives do not meet share it.

use crate::element::Element;
use crate::exec::memory::Operand;
use crate::exec::rows::{Collected, Gathering, Instruction};
use crate::plan::memory::{ALIGNMENT, Lifetime, assign as assign_memory};

/// First and last instruction that touches each register, and its size.
fn lives<T: Element>(
    code: &[(Instruction<T>, Operand)],
    collected: &[Collected],
    stores: &[(Operand, Operand)],
    sizes: impl Iterator<Item = usize>,
) -> Vec<Lifetime> {
    let mut lives: Vec<Lifetime> =
        sizes.map(|count| Lifetime { count, first: usize::MAX, last: 0 }).collect();
    let mut touch = |operand: &Operand, now: usize| {
        if operand.is_register() {
            let life = &mut lives[operand.offset as usize];
            life.first = life.first.min(now);
            life.last = life.last.max(now);
        }
    };
    for (now, (instruction, result)) in code.iter().enumerate() {
        for operand in instruction.operands() {
            touch(operand, now);
        }
        touch(result, now);
    }
    for operand in collected.iter().map(|sum| &sum.x).chain(stores.iter().map(|(register, _)| register)) {
        touch(operand, code.len());
    }
    lives
}

/// Numbers of registers for each row of a tile.
pub(super) fn peak<T: Element>(
    code: &[(Instruction<T>, Operand)],
    collected: &[Collected],
    stores: &[(Operand, Operand)],
    widths: &[usize],
) -> usize {
    // Scaled, so that rounding sizes up to the alignment does not count.
    let sizes = widths.iter().map(|width| width * ALIGNMENT);
    assign_memory(&lives(code, collected, stores, sizes)).1.div_ceil(ALIGNMENT)
}

/// Replaces register numbers by offsets for tiles of `tile` rows; the numbers of tile memory needed.
pub(super) fn assign<T: Element>(
    code: &mut [(Instruction<T>, Operand)],
    collected: &mut [Collected],
    stores: &mut [(Operand, Operand)],
    widths: &[usize],
    tile: usize,
) -> usize {
    let sizes = widths.iter().map(|width| width * tile);
    let (offsets, mut total) = assign_memory(&lives(code, collected, stores, sizes));
    let place = |operand: &mut Operand| {
        if operand.is_register() {
            operand.offset = offsets[operand.offset as usize] as u32;
        }
    };
    for (instruction, result) in code {
        for operand in instruction.operands_mut() {
            place(operand);
        }
        place(result);
    }
    stores.iter_mut().for_each(|(register, _)| place(register));
    for sum in collected {
        place(&mut sum.x);
        if let Gathering::ColumnSums { block } = &mut sum.how {
            *block = total;
            total += (sum.x.width as usize).next_multiple_of(ALIGNMENT);
        }
    }
    total
}
