//! Groups row-local operations into kernels: all that can be computed row by row, without leaving the cache.

use crate::element::Element;
use crate::ops::infer::spans;
use crate::ops::{Op, Reduction};
use crate::plan::access::{Access, access, rows_and_width};
use crate::plan::replace;
use crate::plan::{Pass, Program, Source, Step};

/// Rows wider than this are not held in registers between a reduction and its readers, nor beside a number that is
/// computed for them.
const WIDE: usize = 16 * 1024;

/// Rows up to this width leave a kernel many rows to a tile, whatever else it computes.
const NARROW: usize = 1024;
/// Kernels are joined for what both read up to this many steps: of more the registers would not fit into the cache.
const JOINED: usize = 64;

/// How a step is run.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Role {
    /// Its value is there before the plan runs.
    Given,
    /// Its value is that of another step.
    Alias,
    /// Row by row in a kernel of this many rows.
    RowLocal { rows: usize },
    /// Gathered while a kernel of this many rows runs, complete when it ends.
    Collected { rows: usize },
    /// A job of its own.
    Job,
    /// No numbers, so nothing to compute.
    Empty,
}

/// What the planner knows of each step.
pub(crate) struct Layout {
    pub(crate) roles: Vec<Role>,
    /// The step whose memory a step reads as its value: itself, unless it is an alias.
    pub(crate) owners: Vec<u32>,
    /// In which stage a step is computed: above as many barriers, or later if only later ones read it.
    pub(crate) stages: Vec<u32>,
    pub(crate) live: Vec<bool>,
}

impl Layout {
    pub(crate) fn new<T: Element>(program: &Program<T>) -> Layout {
        let live = program.live();
        let count = program.steps.len();
        let mut layout = Layout {
            roles: Vec::with_capacity(count),
            owners: Vec::with_capacity(count),
            stages: vec![0; count],
            live,
        };
        for at in 0..count {
            let step = &program.steps[at];
            layout.owners.push(match step.op {
                op if op.is_alias() && step.source.computes() => layout.owners[step.inputs[0] as usize],
                _ => at as u32,
            });
            let role = layout.role(program, step);
            layout.roles.push(role);
            if layout.live[at] {
                layout.stages[at] = layout.stage(program, at);
            }
        }
        layout.put_off(program);
        layout.defer(program);
        layout
    }

    /// Moves results that may take the memory of leaves behind all that is looked at before anything is written over.
    fn put_off<T: Element>(&mut self, program: &Program<T>) {
        if replace::candidates(program, &self.owners).is_empty() {
            return;
        }
        let kept = program.needed(replace::kept(program));
        let earliest = replace::last_kept(program, &self.owners, &self.stages) + 1;
        for at in (0..program.steps.len()).filter(|&at| self.live[at]) {
            let step = &program.steps[at];
            self.stages[at] = self.stage(program, at);
            // Derivatives stay where they are, beside what they are computed with.
            if step.source.computes() && step.provenance.pass == Pass::Update && !kept[at] {
                self.stages[at] = self.stages[at].max(earliest);
            }
        }
    }

    /// Moves steps that read nothing but what is given to the stage of their readers, if all of these are in one later
    /// stage and read them row by row: one kernel then computes both, and the value never goes to memory. Long rows move
    /// only if the kernel stays flat.
    fn defer<T: Element>(&mut self, program: &Program<T>) {
        #[derive(Clone, Copy, PartialEq)]
        enum Readers {
            None,
            Stage(u32),
            Elsewhere,
        }
        let mut readers = vec![Readers::None; program.steps.len()];
        program.outputs.iter().flatten().for_each(|&at| readers[at as usize] = Readers::Elsewhere);
        // Backwards, so that readers come before what they read.
        for at in (0..program.steps.len()).rev().filter(|&at| self.live[at]) {
            let step = &program.steps[at];
            if !step.source.computes() {
                continue;
            }
            let given = |&input: &u32| self.roles[self.owners[input as usize] as usize] == Role::Given;
            if let (Role::RowLocal { .. }, Readers::Stage(stage)) = (self.roles[at], readers[at])
                && step.inputs.iter().all(given)
                && (is_flat(program, step) || rows_and_width(step.shape).1 <= NARROW)
            {
                self.stages[at] = stage;
            }
            for &input in &step.inputs {
                let here = match self.shares_rows(program, at, input) {
                    true => Readers::Stage(self.stages[at]),
                    false => Readers::Elsewhere,
                };
                let known = &mut readers[input as usize];
                *known = if *known == Readers::None || *known == here { here } else { Readers::Elsewhere };
            }
        }
    }

    fn role<T: Element>(&self, program: &Program<T>, step: &Step<T>) -> Role {
        match step.source {
            Source::Compute => {}
            Source::Custom(_) | Source::FrozenCustom(_) => return Role::Job,
            _ => return Role::Given,
        }
        if step.shape.count() == 0 && !step.op.is_alias() {
            return Role::Empty;
        }
        let (rows, _) = rows_and_width(step.shape);
        let input = |which: usize| program.steps[step.inputs[which] as usize].shape;
        let is_last = |axis: u8| axis as usize + 1 == step.shape.rank();
        match step.op {
            Op::Lit(_) => Role::Given,
            op if op.is_alias() => Role::Alias,
            // Operands that no row map reads were repeated in memory by `simplify`.
            Op::Unary(_) | Op::Binary(_) | Op::Where => Role::RowLocal { rows },
            Op::Broadcast if access(input(0), step.shape).is_some() => Role::RowLocal { rows },
            Op::Reduce { how, first, end } => {
                self.reduction(program, step, how, first as usize, end as usize)
            }
            Op::Gather { axis } | Op::ScatterAdd { axis } | Op::Slice { axis, .. } | Op::Pad { axis, .. }
                if is_last(axis) =>
            {
                Role::RowLocal { rows }
            }
            Op::Flip { axis } | Op::Concat { axis } if is_last(axis) => Role::RowLocal { rows },
            _ => Role::Job,
        }
    }

    fn reduction<T: Element>(
        &self,
        program: &Program<T>,
        step: &Step<T>,
        how: Reduction,
        first: usize,
        end: usize,
    ) -> Role {
        let x = step.inputs[0];
        let (outer, n, inner) = spans(program.steps[x as usize].shape, first, end);
        let owner_rows = match self.roles[self.owners[x as usize] as usize] {
            Role::RowLocal { rows } => Some(rows),
            _ => None,
        };
        let has_place = matches!(how, Reduction::ArgMax | Reduction::ArgMin);
        match (outer, inner) {
            // Over everything: a short row, or collected from whatever rows the operand has.
            (1, 1) if n <= WIDE && owner_rows.is_none_or(|rows| rows == 1) => Role::RowLocal { rows: 1 },
            (1, 1) if !has_place => Role::Collected {
                rows: owner_rows.unwrap_or_else(|| rows_and_width(program.steps[x as usize].shape).0),
            },
            (_, 1) if n <= WIDE => Role::RowLocal { rows: outer },
            (1, _) if how == Reduction::Sum => Role::Collected { rows: n },
            _ => Role::Job,
        }
    }

    /// Number of barriers below a step: operands that the same kernel computes add none.
    fn stage<T: Element>(&self, program: &Program<T>, at: usize) -> u32 {
        let step = &program.steps[at];
        let stages = step.inputs.iter().map(|&input| {
            let owner = self.owners[input as usize] as usize;
            match self.roles[owner] {
                Role::Given | Role::Empty => 0,
                _ if self.roles[at] == Role::Alias => self.stages[owner],
                _ if self.shares_rows(program, at, input) => self.stages[owner],
                _ => self.stages[owner] + 1,
            }
        });
        if step.source.computes() { stages.max().unwrap_or(0) } else { 0 }
    }

    /// Whether a step can read an operand row by row while the same kernel computes it.
    pub(crate) fn shares_rows<T: Element>(&self, program: &Program<T>, at: usize, input: u32) -> bool {
        let step = &program.steps[at];
        let Role::RowLocal { rows: produced } = self.roles[self.owners[input as usize] as usize] else {
            return false;
        };
        let from = program.steps[input as usize].shape;
        let rows = match self.roles[at] {
            Role::RowLocal { rows } => rows,
            // A sum over everything takes rows as they come.
            Role::Collected { rows } => return rows == produced,
            _ => return false,
        };
        // A number beside a long row is computed before it: in one kernel with it the row would not be flat, and so
        // too wide for the cache.
        let number_of_wide = rows == 1 && from.count() == 1 && step.shape.count() > WIDE;
        rows == produced
            && !number_of_wide
            && match step.op {
                Op::Unary(_) | Op::Binary(_) | Op::Where | Op::Broadcast => {
                    rows == 1 || matches!(access(from, step.shape), Some(Access::Dense | Access::PerRow))
                }
                _ => true,
            }
    }
}

/// Steps that one kernel computes, ascending.
pub(crate) struct Group {
    pub(crate) stage: u32,
    /// How many rows each step has; of a flat group, which goes through numbers, it says nothing.
    pub(crate) rows: usize,
    pub(crate) steps: Vec<u32>,
}

/// Kernels of fewer numbers than this are joined even if nothing connects them: starting one costs more.
const SMALL: usize = 4 * 1024;

/// The kernels of a program: row-local steps of one stage and row count that depend on each other, small ones too that do
/// not, and flat ones that read the same numbers.
pub(crate) fn groups<T: Element>(program: &Program<T>, layout: &Layout) -> Vec<Group> {
    let count = program.steps.len();
    let mut parent: Vec<u32> = (0..count as u32).collect();
    let rows_of = |at: usize| match layout.roles[at] {
        Role::RowLocal { rows } | Role::Collected { rows } if layout.live[at] => Some(rows),
        _ => None,
    };
    let mut small: std::collections::HashMap<(u32, usize), u32> = std::collections::HashMap::new();
    for at in 0..count {
        let Some(rows) = rows_of(at) else { continue };
        for &input in &program.steps[at].inputs {
            let owner = layout.owners[input as usize];
            if layout.stages[owner as usize] == layout.stages[at] && layout.shares_rows(program, at, input) {
                join(&mut parent, owner, at as u32);
            }
        }
        let widest = program.steps[at].inputs.iter().map(|&i| program.steps[i as usize].shape.count());
        if widest.chain([program.steps[at].shape.count()]).max().unwrap_or(0) <= SMALL {
            let first = *small.entry((layout.stages[at], rows)).or_insert(at as u32);
            join(&mut parent, first, at as u32);
        }
    }
    let mut groups: Vec<Group> = Vec::new();
    let mut place: std::collections::HashMap<u32, usize> = std::collections::HashMap::new();
    for at in 0..count {
        let Some(rows) = rows_of(at) else { continue };
        let root = find(&mut parent, at as u32);
        let group = *place.entry(root).or_insert_with(|| {
            groups.push(Group { stage: layout.stages[at], rows, steps: Vec::new() });
            groups.len() - 1
        });
        groups[group].steps.push(at as u32);
    }
    join_readers(program, layout, groups)
}

/// Joins flat kernels of one stage that read the same numbers: so these come from memory once. They stay flat, and
/// none depends on another, or it would be of a later stage.
fn join_readers<T: Element>(program: &Program<T>, layout: &Layout, groups: Vec<Group>) -> Vec<Group> {
    let mut parent: Vec<u32> = (0..groups.len() as u32).collect();
    let mut steps: Vec<usize> = groups.iter().map(|group| group.steps.len()).collect();
    let mut readers: std::collections::HashMap<(u32, u32), u32> = std::collections::HashMap::new();
    for (number, group) in groups.iter().enumerate() {
        let Some(count) = flat_count(program, layout, group) else { continue };
        for &input in group.steps.iter().flat_map(|&at| &program.steps[at as usize].inputs) {
            let owner = layout.owners[input as usize];
            if count > SMALL && program.steps[owner as usize].shape.count() == count {
                let first = readers.entry((group.stage, owner)).or_insert(number as u32);
                let (a, b) = (find(&mut parent, *first), find(&mut parent, number as u32));
                let together = steps[a as usize] + steps[b as usize];
                if a != b && together <= JOINED {
                    join(&mut parent, a, b);
                    steps[a.min(b) as usize] = together;
                } else {
                    *first = number as u32;
                }
            }
        }
    }
    let mut joined: Vec<Group> = Vec::with_capacity(groups.len());
    let mut place: std::collections::HashMap<u32, usize> = std::collections::HashMap::new();
    for (number, group) in groups.into_iter().enumerate() {
        match place.get(&find(&mut parent, number as u32)) {
            Some(&at) => joined[at].steps.extend(group.steps),
            None => {
                place.insert(number as u32, joined.len());
                joined.push(group);
            }
        }
    }
    for group in &mut joined {
        group.steps.sort_unstable();
    }
    joined
}

/// Whether an elementwise step reads nothing but numbers in the order of its own, and single ones.
fn is_flat<T: Element>(program: &Program<T>, step: &Step<T>) -> bool {
    let flat = |&input: &u32| {
        let access = access(program.steps[input as usize].shape, step.shape);
        matches!(access, Some(Access::Dense | Access::Number))
    };
    matches!(step.op, Op::Unary(_) | Op::Binary(_) | Op::Where) && step.inputs.iter().all(flat)
}

/// The count of numbers, if all steps are elementwise over it: then rows do not matter.
pub(super) fn flat_count<T: Element>(program: &Program<T>, layout: &Layout, group: &Group) -> Option<usize> {
    let mut known = None;
    for &at in &group.steps {
        let step = &program.steps[at as usize];
        let count = match step.op {
            Op::Unary(_) | Op::Binary(_) | Op::Where => is_flat(program, step).then(|| step.shape.count())?,
            Op::Reduce { first, end, .. } if matches!(layout.roles[at as usize], Role::Collected { .. }) => {
                let from = program.steps[step.inputs[0] as usize].shape;
                let (_, _, inner) = spans(from, first as usize, end as usize);
                (inner == 1).then(|| from.count())?
            }
            _ => return None,
        };
        if *known.get_or_insert(count) != count {
            return None;
        }
    }
    known
}

fn find(parent: &mut [u32], mut at: u32) -> u32 {
    while parent[at as usize] != at {
        parent[at as usize] = parent[parent[at as usize] as usize];
        at = parent[at as usize];
    }
    at
}

fn join(parent: &mut [u32], a: u32, b: u32) {
    let (a, b) = (find(parent, a), find(parent, b));
    parent[a.max(b) as usize] = a.min(b);
}
