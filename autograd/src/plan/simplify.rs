//! Rewrites a program into a smaller one that gives the same bits.

use std::collections::HashMap;

use crate::element::Element;
use crate::ops::{Binary, MAX_RANK, Op, Shape, UnaryKind};
use crate::plan::access::access;
use crate::plan::{Program, Source, Step};
use crate::record::Inputs;

/// Transposes become flags of products, repeated operands are read in place, literals are
/// computed, and what is computed twice is computed once.
pub(crate) fn simplify<T: Element>(program: &mut Program<T>) {
    let mut seen: HashMap<(Op, Inputs, Shape), u32> = HashMap::new();
    let mut steps: Vec<Step<T>> = Vec::with_capacity(program.steps.len());
    // Where each old step's value is found among the new ones.
    let mut found: Vec<u32> = Vec::with_capacity(program.steps.len());
    for mut step in std::mem::take(&mut program.steps) {
        if step.source.computes() {
            for input in &mut step.inputs {
                *input = found[*input as usize];
            }
            if let Some(other) = rewrite(&mut step, &mut steps) {
                found.push(other);
                continue;
            }
        }
        let next = steps.len() as u32;
        let at = match step.source {
            Source::Compute => *seen.entry((step.op, step.inputs.clone(), step.shape)).or_insert(next),
            _ => next,
        };
        if at == next {
            steps.push(step);
        }
        found.push(at);
    }
    for output in program.outputs.iter_mut().chain(&mut program.replaces).flatten() {
        *output = found[*output as usize];
    }
    for (_, step) in &mut program.incoming {
        *step = found[*step as usize];
    }
    program.steps = steps;
}

/// Changes a step in place, or names an earlier step with the same value; may add steps before it.
fn rewrite<T: Element>(step: &mut Step<T>, earlier: &mut Vec<Step<T>>) -> Option<u32> {
    match &mut step.op {
        Op::MatMul { transpose_a, transpose_b } => {
            for (which, flag) in [transpose_a, transpose_b].into_iter().enumerate() {
                let input = &earlier[step.inputs[which] as usize];
                if swaps_last_two(input) {
                    *flag = !*flag;
                    step.inputs[which] = input.inputs[0];
                }
            }
        }
        Op::Permute(order) => {
            let input = &earlier[step.inputs[0] as usize];
            if let (Op::Permute(first), true) = (input.op, input.source.computes()) {
                let rank = step.shape.rank();
                let composed: [u8; MAX_RANK] =
                    std::array::from_fn(|i| if i < rank { first[order[i] as usize] } else { 0 });
                if composed[..rank].iter().enumerate().all(|(i, &axis)| i == axis as usize) {
                    return Some(input.inputs[0]);
                }
                *order = composed;
                step.inputs[0] = input.inputs[0];
            }
        }
        // What is repeated is computed once, then repeated.
        Op::Unary(_) => {
            let operand = &earlier[step.inputs[0] as usize];
            if operand.op == Op::Broadcast && operand.source.computes() {
                let source = operand.inputs[0];
                let shape = earlier[source as usize].shape;
                let inputs = Inputs::from_slice(&[source]);
                let mut once =
                    Step { op: step.op, inputs, shape, source: Source::Compute, provenance: step.provenance };
                let rewritten = rewrite(&mut once, earlier);
                step.op = Op::Broadcast;
                step.inputs[0] = rewritten.unwrap_or(earlier.len() as u32);
                if rewritten.is_none() {
                    earlier.push(once);
                }
            }
        }
        Op::Binary(_) | Op::Where => {
            for input in &mut step.inputs {
                let operand = &earlier[*input as usize];
                if operand.op == Op::Broadcast && operand.source.computes() {
                    *input = operand.inputs[0];
                }
                let from = earlier[*input as usize].shape;
                if access(from, step.shape).is_none() {
                    let inputs = Inputs::from_slice(&[*input]);
                    let repeated = Step {
                        op: Op::Broadcast,
                        inputs,
                        shape: step.shape,
                        source: Source::Compute,
                        provenance: step.provenance,
                    };
                    *input = earlier.len() as u32;
                    earlier.push(repeated);
                }
            }
        }
        _ => {}
    }
    if let Op::Binary(row) = step.op {
        let (a, b) = (&earlier[step.inputs[0] as usize], &earlier[step.inputs[1] as usize]);
        let is_one = |step: &Step<T>| literal(step) == Some(1.0);
        if matches!(row, Binary::Mul | Binary::Div) && is_one(b) && a.shape == step.shape {
            return Some(step.inputs[0]);
        }
        if row == Binary::Mul && is_one(a) && b.shape == step.shape {
            return Some(step.inputs[1]);
        }
        // One rounding in f64 and one to f32 give the bits of the f32 operation for these four.
        if let (Some(a), Some(b), true) = (literal(a), literal(b), step.shape.count() == 1) {
            let folded = match row {
                Binary::Add => Some(a + b),
                Binary::Sub => Some(a - b),
                Binary::Mul => Some(a * b),
                Binary::Div => Some(a / b),
                _ => None,
            };
            if let Some(folded) = folded {
                become_literal(step, folded);
            }
        }
    } else if let Op::Unary(row) = step.op
        && let Some(x) = literal(&earlier[step.inputs[0] as usize])
    {
        match row.kind {
            UnaryKind::Neg => become_literal(step, -x),
            UnaryKind::Recip => become_literal(step, 1.0 / x),
            _ => {}
        }
    } else if let (Op::Reshape | Op::Broadcast, 1) = (step.op, step.shape.count())
        && let Some(x) = literal(&earlier[step.inputs[0] as usize])
    {
        become_literal(step, x);
    }
    None
}

/// The number of a literal, as the number type has it.
fn literal<T: Element>(step: &Step<T>) -> Option<f64> {
    match step.op {
        Op::Lit(bits) if step.source.computes() => Some(T::from_f64(f64::from_bits(bits)).to_f64()),
        _ => None,
    }
}

fn become_literal<T: Element>(step: &mut Step<T>, value: f64) {
    step.op = Op::lit(T::from_f64(value).to_f64());
    step.inputs.clear();
}

fn swaps_last_two<T: Element>(step: &Step<T>) -> bool {
    let Op::Permute(order) = step.op else { return false };
    let rank = step.shape.rank();
    step.source.computes()
        && (0..rank - 2).all(|i| order[i] as usize == i)
        && order[rank - 2] as usize == rank - 1
        && order[rank - 1] as usize == rank - 2
}
