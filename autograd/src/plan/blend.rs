//! Sums and differences of multiples, a x ± b y with numbers a and b: one instruction computes them instead of three,
//! with the same roundings.

use std::collections::{HashMap, HashSet};

use crate::element::Element;
use crate::ops::{Binary, Op};
use crate::plan::build::Builder;
use crate::plan::fuse::Group;

/// A number and what it multiplies, by step; there is no number where the factor is 1.
#[derive(Clone, Copy)]
pub(super) struct Multiple {
    pub(super) number: Option<u32>,
    pub(super) rows: u32,
}

/// The blends of a flat group.
#[derive(Default)]
pub(super) struct Blends {
    /// Both terms, by the step that adds or subtracts them.
    terms: HashMap<u32, [Multiple; 2]>,
    /// Products that nothing else reads: they are not computed by themselves.
    absorbed: HashSet<u32>,
}

impl Blends {
    /// Those of a group in which every step is elementwise over `count` numbers, so that an operand is either as long
    /// or one number.
    pub(super) fn of<T: Element>(builder: &Builder<T>, group: &Group, count: usize) -> Blends {
        let mut blends = Blends::default();
        if count == 1 {
            return blends; // there are no numbers beside rows
        }
        let (program, owners) = (&builder.program, &builder.layout.owners);
        let is_number = |input: u32| program.steps[input as usize].shape.count() == 1;
        let mut readers: HashMap<u32, usize> = HashMap::new();
        for &input in group.steps.iter().flat_map(|&at| &program.steps[at as usize].inputs) {
            *readers.entry(owners[input as usize]).or_default() += 1;
        }
        // The product that computes an operand, if it can be taken over.
        let multiple = |input: u32| {
            let owner = owners[input as usize];
            let step = &program.steps[owner as usize];
            let here = group.steps.binary_search(&owner).is_ok();
            if !here || builder.needs_memory(owner) || readers[&owner] != 1 {
                return None;
            }
            match (step.op, &step.inputs[..]) {
                (Op::Binary(Binary::Mul), &[a, b]) if is_number(a) && !is_number(b) => Some((owner, a, b)),
                (Op::Binary(Binary::Mul), &[a, b]) if is_number(b) && !is_number(a) => Some((owner, b, a)),
                _ => None,
            }
        };
        for &at in &group.steps {
            let step = &program.steps[at as usize];
            let (Op::Binary(Binary::Add | Binary::Sub), &[left, right]) = (step.op, &step.inputs[..]) else {
                continue;
            };
            let found = [left, right].map(multiple);
            if is_number(left) || is_number(right) || found.iter().all(Option::is_none) {
                continue;
            }
            blends.absorbed.extend(found.iter().flatten().map(|&(owner, ..)| owner));
            let term = |found: Option<(u32, u32, u32)>, input| match found {
                Some((_, number, rows)) => Multiple { number: Some(number), rows },
                None => Multiple { number: None, rows: input },
            };
            blends.terms.insert(at, [term(found[0], left), term(found[1], right)]);
        }
        blends
    }

    /// Whether a blend computes this product.
    pub(super) fn absorbs(&self, at: u32) -> bool {
        self.absorbed.contains(&at)
    }

    /// The terms of the blend that a step is.
    pub(super) fn terms(&self, at: u32) -> Option<[Multiple; 2]> {
        self.terms.get(&at).copied()
    }
}
