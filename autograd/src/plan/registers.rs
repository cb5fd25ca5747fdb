//! Tile memory of a kernel: registers whose lives do not meet share it.

use crate::element::Element;
use crate::exec::memory::Operand;
use crate::exec::rows::{Collected, Gathering, Instruction};

/// Numbers that register offsets are multiples of: a cache line of `f32`.
const ALIGNMENT: usize = 16;

/// First and last instruction that touches each register.
fn lives<T: Element>(
    code: &[(Instruction<T>, Operand)],
    collected: &[Collected],
    count: usize,
) -> Vec<(usize, usize)> {
    let mut lives = vec![(usize::MAX, 0); count];
    let mut touch = |operand: &Operand, now: usize| {
        if operand.is_register() {
            let (first, last) = &mut lives[operand.offset as usize];
            *first = (*first).min(now);
            *last = (*last).max(now);
        }
    };
    for (now, (instruction, result)) in code.iter().enumerate() {
        for operand in instruction.operands() {
            touch(operand, now);
        }
        touch(result, now);
    }
    for sum in collected {
        touch(&sum.x, code.len());
    }
    lives
}

/// Offsets of registers of the given sizes, and the total.
fn pack(lives: &[(usize, usize)], size: impl Fn(usize) -> usize) -> (Vec<usize>, usize) {
    let mut offsets = vec![0; lives.len()];
    let mut placed: Vec<usize> = Vec::new();
    let mut total = 0;
    // Registers are numbered in the order of their first instruction, or nearly: first fit.
    for register in 0..lives.len() {
        let (first, last) = lives[register];
        let mut taken: Vec<(usize, usize)> = placed
            .iter()
            .filter(|&&other| lives[other].0 <= last && first <= lives[other].1)
            .map(|&other| (offsets[other], offsets[other] + size(other)))
            .collect();
        taken.sort_unstable();
        let mut offset = 0;
        for (start, end) in taken {
            if offset + size(register) <= start {
                break;
            }
            offset = offset.max(end);
        }
        offsets[register] = offset;
        total = total.max(offset + size(register));
        placed.push(register);
    }
    (offsets, total)
}

/// Numbers of registers for each row of a tile.
pub(super) fn peak<T: Element>(
    code: &[(Instruction<T>, Operand)],
    collected: &[Collected],
    widths: &[usize],
) -> usize {
    pack(&lives(code, collected, widths.len()), |register| widths[register]).1
}

/// Replaces register numbers by offsets for tiles of `tile` rows; the numbers of tile memory needed.
pub(super) fn assign<T: Element>(
    code: &mut [(Instruction<T>, Operand)],
    collected: &mut [Collected],
    widths: &[usize],
    tile: usize,
) -> usize {
    let size = |register: usize| (widths[register] * tile).next_multiple_of(ALIGNMENT);
    let (offsets, mut total) = pack(&lives(code, collected, widths.len()), size);
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
    for sum in collected {
        place(&mut sum.x);
        if let Gathering::ColumnSums { block } = &mut sum.how {
            *block = total;
            total += (sum.x.width as usize).next_multiple_of(ALIGNMENT);
        }
    }
    total
}
