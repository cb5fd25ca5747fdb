//! Results that take the memory of leaves: a new parameter that of the old one, so that a step of an optimiser writes
//! where it has read, and needs no second copy of anything.

use std::collections::HashMap;

use crate::element::Element;
use crate::ops::{Leaf, Op};
use crate::plan::build::Task;
use crate::plan::fuse::{Layout, Role, flat_count};
use crate::plan::{Program, Source};

/// Smaller leaves keep their memory: they stay in a second-level cache, where a copy costs little.
const WORTH_BYTES: usize = 1024 * 1024;

/// Which results of a plan take the memory of leaves.
pub(super) struct Replacements {
    /// Jobs before this one compute what replaces nothing: all that a caller looks at before anything is written over.
    pub(super) half: usize,
    /// The leaf whose memory a step's result takes.
    pub(super) leaf_of: HashMap<u32, u32>,
}

/// Steps whose results might take the memory of leaves, with these.
pub(super) fn candidates<T: Element>(program: &Program<T>, owners: &[u32]) -> Vec<(u32, u32)> {
    let pairs = program.outputs.iter().zip(&program.replaces);
    let pairs = pairs.filter_map(|(output, leaf)| output.zip(*leaf));
    pairs
        .map(|(output, leaf)| (owners[output as usize], leaf))
        .filter(|&(at, leaf)| {
            let count = |at: u32| program.steps[at as usize].shape.count();
            count(at) == count(leaf) && count(leaf) * size_of::<T>() >= WORTH_BYTES
        })
        .collect()
}

/// The steps of outputs that replace nothing.
pub(super) fn kept<T: Element>(program: &Program<T>) -> impl Iterator<Item = u32> {
    program
        .outputs
        .iter()
        .zip(&program.replaces)
        .filter_map(|(output, leaf)| output.filter(|_| leaf.is_none()))
}

/// The last stage in which something is computed that replaces nothing.
pub(super) fn last_kept<T: Element>(program: &Program<T>, owners: &[u32], stages: &[u32]) -> u32 {
    kept(program).map(|output| stages[owners[output as usize] as usize]).max().unwrap_or(0)
}

impl Replacements {
    /// A result takes a leaf's memory if a flat kernel of the second half computes it, which reads the numbers of a row
    /// before it writes them, and nobody reads the leaf later.
    pub(super) fn new<T: Element>(program: &Program<T>, layout: &Layout, tasks: &[Task]) -> Replacements {
        let none = Replacements { half: tasks.len(), leaf_of: HashMap::new() };
        let candidates = candidates(program, &layout.owners);
        if candidates.is_empty() {
            return none;
        }
        let last = last_kept(program, &layout.owners, &layout.stages);
        let half = tasks.partition_point(|task| layout.stages[task.steps()[0] as usize] <= last);
        let custom = |&at: &u32| {
            matches!(program.steps[at as usize].source, Source::Custom(_) | Source::FrozenCustom(_))
        };
        // Code of the user may panic, and nothing must be lost then.
        if tasks[half..].iter().any(|task| task.steps().iter().any(custom)) {
            return none;
        }
        let mut task_of = vec![usize::MAX; program.steps.len()];
        for (now, task) in tasks.iter().enumerate() {
            task.steps().iter().for_each(|&at| task_of[at as usize] = now);
        }
        // The last task that reads a step; results are read by the caller, after all tasks.
        let mut last_read = vec![0; program.steps.len()];
        for (at, step) in program.steps.iter().enumerate() {
            if layout.live[at] && step.source.computes() && layout.roles[at] != Role::Alias {
                for &input in &step.inputs {
                    let owner = layout.owners[input as usize] as usize;
                    last_read[owner] = task_of[at].max(last_read[owner]);
                }
            }
        }
        for &output in program.outputs.iter().flatten() {
            last_read[layout.owners[output as usize] as usize] = usize::MAX;
        }
        let mut leaf_of = HashMap::new();
        let mut taken = Vec::new();
        for (at, leaf) in candidates {
            let now = task_of[at as usize];
            let flat = match tasks.get(now) {
                Some(Task::Group(group)) => flat_count(program, layout, group),
                _ => None,
            };
            let fits = flat == Some(program.steps[at as usize].shape.count())
                && matches!(layout.roles[at as usize], Role::RowLocal { .. })
                && now >= half
                && matches!(program.steps[leaf as usize].source, Source::Input(_))
                && matches!(program.steps[leaf as usize].op, Op::Leaf(Leaf::Variable | Leaf::Constant))
                && last_read[leaf as usize] <= now;
            if fits && !taken.contains(&leaf) && !leaf_of.contains_key(&at) {
                taken.push(leaf);
                leaf_of.insert(at, leaf);
            }
        }
        match leaf_of.is_empty() {
            true => none,
            false => Replacements { half, leaf_of },
        }
    }
}
