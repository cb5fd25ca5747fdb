//! `Outline`: the jobs of a plan, with the steps that each computes: what a plan itself does not keep.

use std::collections::HashSet;

use crate::element::Element;
use crate::plan::Program;
use crate::plan::build::arrange;
use crate::plan::fuse::Role;

/// What would be run for a program.
pub(crate) struct Outline<T: Element> {
    /// The simplified program.
    pub(crate) program: Program<T>,
    /// Steps that are computed when the plan runs: neither given, nor aliases, nor unused.
    pub(crate) computed: Vec<bool>,
    /// For each step, the one whose memory it reads as its value.
    pub(crate) owners: Vec<u32>,
    /// Steps of each job, in the order of the plan's jobs.
    pub(crate) jobs: Vec<Vec<u32>>,
    /// For each step, bytes that its job reads from memory on its behalf; what another step of the job reads already
    /// is not counted again.
    pub(crate) read: Vec<u64>,
    /// For each step, bytes that its job writes to memory: 0 where only the same kernel reads the value.
    pub(crate) written: Vec<u64>,
}

impl<T: Element> Outline<T> {
    pub(crate) fn new(program: Program<T>) -> Outline<T> {
        let arranged = arrange(program);
        let (program, layout) = (&arranged.program, &arranged.layout);
        let count = program.steps.len();
        let mut needed = arranged.read_elsewhere();
        for &output in program.outputs.iter().flatten() {
            needed[layout.owners[output as usize] as usize] = true;
        }
        let (mut computed, mut read, mut written) = (vec![false; count], vec![0; count], vec![0; count]);
        for task in &arranged.tasks {
            let mut seen = HashSet::new();
            for &at in task.steps() {
                let step = &program.steps[at as usize];
                computed[at as usize] = true;
                for &input in &step.inputs {
                    let owner = layout.owners[input as usize];
                    let source = &program.steps[owner as usize];
                    let is_literal = source.op.as_literal().is_some();
                    if !arranged.in_kernel(at as usize, input) && !is_literal && seen.insert(owner) {
                        let whole = source.op.bytes_held(source.shape, size_of::<T>());
                        // A few slices of a large table are not the table.
                        let shapes: Vec<_> =
                            step.inputs.iter().map(|&i| program.steps[i as usize].shape).collect();
                        let at_most = step.op.bytes_read(&shapes, step.shape, size_of::<T>());
                        read[at as usize] += if step.op.only_moves() { whole.min(at_most) } else { whole };
                    }
                }
                if needed[at as usize] && layout.roles[at as usize] != Role::Empty {
                    written[at as usize] = step.op.bytes_written(step.shape, size_of::<T>());
                }
            }
        }
        let jobs = arranged.tasks.iter().map(|task| task.steps().to_vec()).collect();
        Outline { computed, owners: arranged.layout.owners, jobs, read, written, program: arranged.program }
    }
}
