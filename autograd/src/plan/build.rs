//! From a program to a plan: order of jobs, memory of values, kernels.

use std::collections::HashMap;

use crate::element::Element;
use crate::exec::level::Level;
use crate::exec::plan::{Binding, CustomJob, CustomSource, Job, Move, Output, Owned, Plan, Product};
use crate::ops::{Extents, Op, Shape, infer};
use crate::plan::cut::cut;
use crate::plan::emit::Emitter;
use crate::plan::fuse::{Group, Layout, Role, groups};
use crate::plan::memory::{Lifetime, assign};
use crate::plan::replace::Replacements;
use crate::plan::simplify::simplify;
use crate::plan::{Program, Source};
use crate::tensor::Tensor;

/// Something to run, before memory is assigned: one job of the plan.
pub(super) enum Task {
    Group(Group),
    Step(u32),
}

impl Task {
    /// The steps that the job computes, ascending.
    pub(super) fn steps(&self) -> &[u32] {
        match self {
            Task::Group(group) => &group.steps,
            Task::Step(at) => std::slice::from_ref(at),
        }
    }
}

/// What runs when, before memory is assigned.
pub(super) struct Arranged<T: Element> {
    pub(super) program: Program<T>,
    pub(super) layout: Layout,
    /// Number of the kernel that computes a step.
    group_of: Vec<Option<usize>>,
    /// The jobs, in the order in which they run.
    pub(super) tasks: Vec<Task>,
}

/// Simplifies a program, groups its steps and puts them in order. The same program always gives the same jobs.
pub(super) fn arrange<T: Element>(mut program: Program<T>) -> Arranged<T> {
    simplify(&mut program);
    let layout = Layout::new(&program);
    let mut tasks: Vec<(u32, u32, Task)> = Vec::new();
    let mut group_of: Vec<Option<usize>> = vec![None; program.steps.len()];
    let kernels = groups(&program, &layout).into_iter().flat_map(|group| cut(&program, &layout, group));
    for (index, group) in kernels.enumerate() {
        for &at in &group.steps {
            group_of[at as usize] = Some(index);
        }
        tasks.push((group.stage, group.steps[0], Task::Group(group)));
    }
    for at in 0..program.steps.len() {
        if layout.roles[at] == Role::Job && layout.live[at] {
            tasks.push((layout.stages[at], at as u32, Task::Step(at as u32)));
        }
    }
    // A stage's tasks depend on lower stages only.
    tasks.sort_by_key(|&(stage, first, _)| (stage, first));
    let tasks = tasks.into_iter().map(|(_, _, task)| task).collect();
    Arranged { program, layout, group_of, tasks }
}

/// Plans a program for kernels of `level`.
pub(crate) fn build<T: Element>(program: Program<T>, level: Level) -> Plan<T> {
    let arranged = arrange(program);
    let read_elsewhere = arranged.read_elsewhere();
    let Arranged { program, layout, tasks, .. } = arranged;
    let replacements = Replacements::new(&program, &layout, &tasks);
    let slot_of = HashMap::new();
    Builder { program, layout, level, read_elsewhere, replacements, slot_of, plan: Plan::empty() }
        .build(tasks)
}

/// A plan under construction.
pub(super) struct Builder<T: Element> {
    pub(super) program: Program<T>,
    pub(super) layout: Layout,
    pub(super) level: Level,
    /// Whether a step's value is read by a job, or by another kernel than the one that computes it.
    read_elsewhere: Vec<bool>,
    /// Results that take the memory of leaves.
    replacements: Replacements,
    /// The slot of each step that has one.
    slot_of: HashMap<u32, u32>,
    plan: Plan<T>,
}

impl<T: Element> Builder<T> {
    fn build(mut self, tasks: Vec<Task>) -> Plan<T> {
        for output in 0..self.program.outputs.len() {
            let output = self.program.outputs[output].map(|at| self.output(at));
            self.plan.outputs.push(output);
        }
        let mut taken = vec![false; self.plan.results.len()];
        for output in self.plan.outputs.iter_mut().rev().flatten() {
            if let Output::Result { result, last, .. } = output {
                *last = !std::mem::replace(&mut taken[*result as usize], true);
            }
        }
        self.plan.half = self.replacements.half;
        for (place, (output, leaf)) in self.program.outputs.iter().zip(&self.program.replaces).enumerate() {
            if let (Some(at), Some(leaf)) = (output, leaf) {
                let owner = self.layout.owners[*at as usize];
                self.plan.later.push(place);
                if self.replacements.leaf_of.get(&owner) == Some(leaf) {
                    self.plan.taking.push(place);
                }
            }
        }
        let mut working: Vec<(u32, Lifetime)> = Vec::new();
        let mut place: HashMap<u32, usize> = HashMap::new();
        for (now, task) in tasks.iter().enumerate() {
            for &at in task.steps() {
                for &input in &self.program.steps[at as usize].inputs {
                    let owner = self.layout.owners[input as usize];
                    if let Some(&value) = place.get(&owner) {
                        working[value].1.last = now;
                    }
                }
                if self.needs_memory(at) && !self.slot_of.contains_key(&at) {
                    let count = self.program.steps[at as usize].shape.count();
                    place.insert(at, working.len());
                    working.push((at, Lifetime { count, first: now, last: now }));
                }
            }
        }
        let lifetimes: Vec<Lifetime> = working.iter().map(|(_, lifetime)| *lifetime).collect();
        let (offsets, total) = assign(&lifetimes);
        self.plan.working = total;
        for ((at, lifetime), offset) in working.iter().zip(offsets) {
            let slot = self.bind(Binding::Working { offset, count: lifetime.count });
            self.slot_of.insert(*at, slot);
        }
        for task in tasks {
            let job = match task {
                Task::Group(group) => {
                    let (kernel, registers) = Emitter::new(&mut self, &group).emit();
                    self.plan.registers = self.plan.registers.max(registers);
                    Job::Kernel(kernel)
                }
                Task::Step(at) => self.job(at),
            };
            self.plan.jobs.push(job);
        }
        self.plan
    }

    /// Whether the value of a computed step is read outside the kernel that computes it.
    pub(super) fn needs_memory(&self, at: u32) -> bool {
        self.slot_of.contains_key(&at) || self.read_elsewhere[at as usize]
    }

    /// Whether the result of a step takes the memory of a leaf, which its kernel reads.
    pub(super) fn replaces(&self, at: u32) -> bool {
        self.replacements.leaf_of.contains_key(&at)
    }

    fn bind(&mut self, binding: Binding) -> u32 {
        self.plan.slots.push(binding);
        self.plan.slots.len() as u32 - 1
    }

    /// The slot that the value of a step is read from.
    pub(super) fn slot(&mut self, input: u32) -> u32 {
        let owner = self.layout.owners[input as usize];
        if let Some(&slot) = self.slot_of.get(&owner) {
            return slot;
        }
        let step = &self.program.steps[owner as usize];
        let plan = &mut self.plan;
        let push = |count: usize| count as u32 - 1;
        let binding = match (&step.source, step.op) {
            (Source::Input(position), Op::Leaf(crate::ops::Leaf::Scalar)) => {
                plan.numbers.push(*position);
                Binding::Number(push(plan.numbers.len()))
            }
            (Source::Input(position), Op::Leaf(crate::ops::Leaf::Index)) => Binding::Indices(*position),
            (Source::Input(position), _) => Binding::Tensor(*position),
            (Source::Frozen(tensor), _) => {
                plan.frozen.push(tensor.clone());
                Binding::Frozen(push(plan.frozen.len()))
            }
            (Source::FrozenIndices(indices), _) => {
                plan.frozen_indices.push(indices.clone());
                Binding::FrozenIndices(push(plan.frozen_indices.len()))
            }
            _ if step.shape.count() == 0 => Binding::Working { offset: 0, count: 0 },
            (Source::Compute, Op::Lit(bits)) => {
                plan.literals.push(T::from_f64(f64::from_bits(bits)));
                Binding::Literal(push(plan.literals.len()))
            }
            _ => unreachable!("computed values that are read from memory have slots"),
        };
        let input = match binding {
            Binding::Tensor(position) | Binding::Indices(position) => Some(position),
            _ => None,
        };
        let slot = self.bind(binding);
        self.plan.inputs.extend(input.map(|position| (slot, position)));
        self.slot_of.insert(owner, slot);
        slot
    }

    fn output(&mut self, at: u32) -> Output<T> {
        let shape = self.program.steps[at as usize].shape;
        let owner = self.layout.owners[at as usize];
        let step = &self.program.steps[owner as usize];
        match (&step.source, step.op) {
            (Source::Input(position), _) => Output::Input { position: *position, shape },
            (Source::Frozen(tensor), _) => {
                Output::Known(tensor.reshaped(shape).expect("shapes were checked when recorded"))
            }
            (Source::Compute, Op::Lit(bits)) => {
                Output::Known(Tensor::full(shape, T::from_f64(f64::from_bits(bits))))
            }
            _ => {
                let owned = step.shape;
                let slot = match self.slot_of.get(&owner) {
                    Some(&slot) => slot,
                    None => {
                        let slot = self.bind(Binding::Result(self.plan.results.len() as u32));
                        let replaces = self.replacements.leaf_of.get(&owner).map(|&leaf| {
                            match self.program.steps[leaf as usize].source {
                                Source::Input(position) => position,
                                _ => unreachable!("only what is given is replaced"),
                            }
                        });
                        self.plan.results.push(Owned { slot, count: owned.count(), replaces });
                        self.slot_of.insert(owner, slot);
                        slot
                    }
                };
                match self.plan.slots[slot as usize] {
                    Binding::Result(result) => {
                        Output::Result { result, extents: Extents::new(shape), last: false }
                    }
                    _ => unreachable!("results are bound before working memory"),
                }
            }
        }
    }

    fn job(&mut self, at: u32) -> Job<T> {
        let out = self.slot_of[&at];
        let step = self.program.steps[at as usize].clone();
        let mut inputs: Vec<(u32, Shape)> = Vec::with_capacity(step.inputs.len());
        for &input in &step.inputs {
            inputs.push((self.slot(input), self.program.steps[input as usize].shape));
        }
        let shape = step.shape;
        match (step.op, step.source) {
            (Op::MatMul { transpose_a, transpose_b }, _) => {
                let (a, b) = (inputs[0], inputs[1]);
                let (rows, columns) = infer::last_two(shape, false);
                let (_, inner) = infer::last_two(a.1, transpose_a);
                let batch = infer::leading(shape).count();
                Job::Product(Product {
                    a: a.0,
                    b: b.0,
                    out,
                    transpose_a,
                    transpose_b,
                    batch,
                    rows,
                    inner,
                    columns,
                })
            }
            (_, Source::Compute) => Job::Move(Move { op: step.op, inputs, out, shape }),
            (_, Source::Custom(position)) => {
                Job::Custom(CustomJob { op: CustomSource::Given(position), inputs, out, shape })
            }
            (_, Source::FrozenCustom(op)) => {
                Job::Custom(CustomJob { op: CustomSource::Frozen(op), inputs, out, shape })
            }
            _ => unreachable!("only what is computed is a job"),
        }
    }
}

impl<T: Element> Arranged<T> {
    /// Whether a step reads an operand in the kernel that computes it, where it is not in memory.
    pub(super) fn in_kernel(&self, reader: usize, input: u32) -> bool {
        let owner = self.layout.owners[input as usize] as usize;
        self.group_of[reader] == self.group_of[owner] && self.layout.shares_rows(&self.program, reader, input)
    }

    /// For each step: whether something other than its own kernel reads its value.
    pub(super) fn read_elsewhere(&self) -> Vec<bool> {
        let Arranged { program, layout, .. } = self;
        let mut elsewhere: Vec<bool> =
            layout.roles.iter().map(|role| !matches!(role, Role::RowLocal { .. })).collect();
        for (reader, step) in program.steps.iter().enumerate() {
            if !layout.live[reader] || !step.source.computes() || layout.roles[reader] == Role::Alias {
                continue;
            }
            for &input in &step.inputs {
                elsewhere[layout.owners[input as usize] as usize] |= !self.in_kernel(reader, input);
            }
        }
        elsewhere
    }
}
