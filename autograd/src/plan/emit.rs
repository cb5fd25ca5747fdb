//! From a group of row-local steps to the code of a kernel.

use std::collections::HashMap;

use crate::element::Element;
use crate::exec::memory::Operand;
use crate::exec::reduce;
use crate::exec::rows::{Collected, Form, Gathering, Instruction, Kernel, RowReduction};
use crate::exec::slices;
use crate::ops::infer::spans;
use crate::ops::{Binary, Op, Reduction, Shape};
use crate::plan::access::{Access, access, rows_and_width};
use crate::plan::blend::{Blends, Multiple};
use crate::plan::build::Builder;
use crate::plan::fuse::{Group, Role, flat_count};
use crate::plan::registers;

/// Tile memory of a kernel in bytes: what stays in a first-level cache, of 32 KiB on many processors, beside the streams
/// that are read and written. With all of it, instructions take twice as long.
const TILE_BYTES: usize = 16 * 1024;
/// Flat tiles are multiples of this, if they are larger.
const FLAT_TILE: usize = 256;

/// From this many bytes on, what a flat kernel reads and writes is fetched ahead: less stays in a second-level
/// cache from one kernel to the next.
const STREAMED_BYTES: usize = 1024 * 1024;
/// Bytes of each stream in a tile that is fetched ahead: few, so that requests go out in short bursts between
/// instructions, and memory is busy while they compute.
const STREAM_TILE_BYTES: usize = 2048;

/// The code of one kernel under construction. Registers are numbered; memory is assigned at the end.
pub(super) struct Emitter<'a, T: Element> {
    builder: &'a mut Builder<T>,
    group: &'a Group,
    /// For an elementwise group over one count of numbers: that count. Rows are then numbers.
    flat: Option<usize>,
    blends: Blends,
    code: Vec<(Instruction<T>, Operand)>,
    /// Width of each register.
    widths: Vec<usize>,
    /// The dense rows of each step that is computed here.
    places: HashMap<u32, Operand>,
    collected: Vec<Collected>,
    stores: Vec<(Operand, Operand)>,
}

impl<'a, T: Element> Emitter<'a, T> {
    pub(super) fn new(builder: &'a mut Builder<T>, group: &'a Group) -> Self {
        let flat = flat_count(&builder.program, &builder.layout, group);
        let blends = flat.map(|count| Blends::of(builder, group, count)).unwrap_or_default();
        let (code, widths, places) = (Vec::new(), Vec::new(), HashMap::new());
        let (collected, stores) = (Vec::new(), Vec::new());
        Emitter { builder, group, flat, blends, code, widths, places, collected, stores }
    }

    /// The kernel, and how many numbers of tile memory it needs.
    pub(super) fn emit(mut self) -> (Kernel<T>, usize) {
        for &at in &self.group.steps {
            match self.builder.layout.roles[at as usize] {
                Role::Collected { .. } => self.collect(at),
                _ => self.compute(at),
            }
        }
        let rows = self.flat.unwrap_or(self.group.rows);
        let budget = TILE_BYTES / size_of::<T>();
        let peak = registers::peak(&self.code, &self.collected, &self.stores, &self.widths);
        let mut tile = (budget / peak.max(1)).clamp(1, rows.max(1));
        let streams = self.streams(rows);
        if !streams.is_empty() {
            tile = tile.min(STREAM_TILE_BYTES / size_of::<T>());
        }
        if self.flat.is_some() && tile > FLAT_TILE {
            tile -= tile % FLAT_TILE;
        }
        let Emitter { mut code, mut collected, mut stores, widths, .. } = self;
        let count = registers::assign(&mut code, &mut collected, &mut stores, &widths, tile);
        (Kernel { rows, tile, code, collected, stores, streams }, count)
    }

    /// The values in memory that a flat kernel goes through from end to end, each once; none if they are small.
    fn streams(&self, count: usize) -> Vec<Operand> {
        let mut streams: Vec<Operand> = Vec::new();
        let bytes = |operands: usize| operands * count * size_of::<T>();
        // An instruction has at most four operands and a result.
        let most = bytes(5 * self.code.len() + self.collected.len());
        if self.flat.is_none() || most < STREAMED_BYTES {
            return streams;
        }
        let operands = self
            .code
            .iter()
            .flat_map(|(instruction, result)| instruction.operands().into_iter().copied().chain([*result]));
        for operand in operands.chain(self.collected.iter().map(|collected| collected.x)) {
            let goes_on = !operand.is_register() && operand.stride == 1;
            if goes_on && !streams.iter().any(|stream| stream.slot == operand.slot) {
                streams.push(operand);
            }
        }
        if bytes(streams.len()) < STREAMED_BYTES {
            streams.clear();
        }
        streams
    }

    /// Rows and width of a step's result.
    fn width(&self, shape: Shape) -> usize {
        if self.flat.is_some() { 1 } else { rows_and_width(shape).1 }
    }

    fn register(&mut self, width: usize) -> Operand {
        self.widths.push(width);
        Operand::register(self.widths.len() - 1, width, width)
    }

    /// Where the result of a step goes: memory if others read it, else a register.
    fn result(&mut self, at: u32) -> Operand {
        let width = self.width(self.builder.program.steps[at as usize].shape);
        let operand = if self.builder.replaces(at) {
            let register = self.register(width);
            let slot = Operand::slot(self.builder.slot(at), width, width);
            self.stores.push((register, slot));
            register
        } else if self.builder.needs_memory(at) {
            Operand::slot(self.builder.slot(at), width, width)
        } else {
            self.register(width)
        };
        self.places.insert(at, operand);
        operand
    }

    /// An operand's value, read in rows `stride` apart.
    fn rows(&mut self, input: u32, stride: usize, width: usize) -> Operand {
        let owner = self.builder.layout.owners[input as usize];
        match self.places.get(&owner) {
            Some(place) if place.is_register() => Operand::register(place.offset as usize, stride, width),
            Some(place) => Operand::slot(place.slot, stride, width),
            None => Operand::slot(self.builder.slot(input), stride, width),
        }
    }

    /// An operand of dense rows of `width` numbers.
    fn dense(&mut self, input: u32, width: usize) -> Operand {
        self.rows(input, width, width)
    }

    fn shape(&self, at: u32) -> Shape {
        self.builder.program.steps[at as usize].shape
    }

    fn access(&self, input: u32, shape: Shape) -> Access {
        match (self.flat, access(self.shape(input), shape)) {
            (_, Some(access)) => access,
            (_, None) => unreachable!("operands without a row map were repeated in memory"),
        }
    }

    /// An operand of an elementwise step as rows or as numbers, in place.
    fn in_place(&mut self, input: u32, access: Access, width: usize) -> Operand {
        match access {
            Access::Dense => self.rows(input, width, width),
            Access::Number => self.rows(input, 0, 1),
            Access::OneRow => self.rows(input, 0, width),
            Access::PerRow => self.rows(input, 1, 1),
            Access::Mapped { width, .. } => self.rows(input, width, width),
        }
    }

    /// An operand of an elementwise step as dense rows, repeated into a register where it is not dense.
    fn expanded(&mut self, input: u32, access: Access, width: usize) -> Operand {
        let x = self.in_place(input, access, width);
        if access == Access::Dense {
            return x;
        }
        let register = self.register(width);
        self.expand(x, access, register);
        register
    }

    fn expand(&mut self, x: Operand, access: Access, result: Operand) {
        let (div, modulus) = match access {
            Access::Number | Access::OneRow => (1, 1),
            Access::Dense | Access::PerRow => (1, self.group.rows.max(1)),
            Access::Mapped { div, modulus, .. } => (div, modulus),
        };
        self.code.push((Instruction::Expand { x, div, modulus }, result));
    }

    fn compute(&mut self, at: u32) {
        if self.blends.absorbs(at) {
            return;
        }
        let step = self.builder.program.steps[at as usize].clone();
        let (shape, width) = (step.shape, self.width(step.shape));
        let level = self.builder.level;
        let input = |which: usize| step.inputs[which];
        let instruction = match step.op {
            Op::Unary(row) => {
                let access = self.access(input(0), shape);
                let x = self.expanded(input(0), access, width);
                Instruction::Unary { f: slices::unary(level, row), params: row.params(), x }
            }
            Op::Binary(row) if let Some(terms) = self.blends.terms(at) => self.blend(row, terms),
            Op::Binary(row) => {
                let (form, a, b) = self.binary_operands(input(0), input(1), shape, width);
                Instruction::Binary { f: slices::binary(level, row), form, a, b }
            }
            Op::Where => {
                let mut operand = |which: usize| match self.access(input(which), shape) {
                    Access::Number => self.in_place(input(which), Access::Number, width),
                    access => self.expanded(input(which), access, width),
                };
                Instruction::Select { mask: operand(0), then: operand(1), other: operand(2) }
            }
            Op::Broadcast => {
                let access = self.access(input(0), shape);
                let x = self.in_place(input(0), access, width);
                let result = self.result(at);
                return self.expand(x, access, result);
            }
            Op::Reduce { how, first, end } => {
                let (_, n, _) = spans(self.shape(input(0)), first as usize, end as usize);
                Instruction::Reduce { f: reduction(how), x: self.dense(input(0), n) }
            }
            Op::Gather { .. } => {
                let own = self.width(self.shape(input(0)));
                let indices = self.builder.slot(input(1));
                Instruction::Gather { x: self.dense(input(0), own), indices }
            }
            Op::ScatterAdd { .. } => {
                let own = self.width(self.shape(input(0)));
                let indices = self.builder.slot(input(1));
                Instruction::ScatterAdd { x: self.dense(input(0), own), indices }
            }
            Op::Slice { start, .. } => {
                let own = self.width(self.shape(input(0)));
                let x = self.dense(input(0), own);
                Instruction::Columns { x, from: start as usize, to: 0, count: width, clear: false }
            }
            Op::Pad { before, .. } => {
                let own = self.width(self.shape(input(0)));
                let x = self.dense(input(0), own);
                Instruction::Columns { x, from: 0, to: before as usize, count: own, clear: true }
            }
            Op::Flip { .. } => Instruction::Flip { x: self.dense(input(0), width) },
            Op::Concat { .. } => {
                let result = self.result(at);
                let mut to = 0;
                for &part in &step.inputs {
                    let count = self.width(self.shape(part));
                    let x = self.dense(part, count);
                    self.code.push((Instruction::Columns { x, from: 0, to, count, clear: false }, result));
                    to += count;
                }
                return;
            }
            _ => unreachable!("{} is not row-local", step.op.name()),
        };
        let result = self.result(at);
        self.code.push((instruction, result));
    }

    fn blend(&mut self, row: Binary, terms: [Multiple; 2]) -> Instruction<T> {
        let terms = terms.map(|Multiple { number, rows }| {
            (number.map(|number| self.rows(number, 0, 1)), self.rows(rows, 1, 1))
        });
        let [(a, x), (b, y)] = terms;
        Instruction::Blend { a, x, b, y, minus: row == Binary::Sub }
    }

    /// Operands of a binary instruction: rows, or one number a row; at least one is rows.
    fn binary_operands(&mut self, a: u32, b: u32, shape: Shape, width: usize) -> (Form, Operand, Operand) {
        let (left, right) = (self.access(a, shape), self.access(b, shape));
        let is_rows = |access| matches!(access, Access::Dense | Access::OneRow);
        let is_numbers = |access| matches!(access, Access::Number | Access::PerRow);
        match (left, right) {
            // One of two repeated rows, or anything mapped, is made dense.
            (Access::OneRow, Access::OneRow) => {
                (Form::RowsRows, self.expanded(a, left, width), self.in_place(b, right, width))
            }
            _ if is_rows(left) && is_rows(right) => {
                (Form::RowsRows, self.in_place(a, left, width), self.in_place(b, right, width))
            }
            _ if is_rows(left) && is_numbers(right) => {
                (Form::RowsNumbers, self.in_place(a, left, width), self.in_place(b, right, width))
            }
            _ if is_numbers(left) && is_rows(right) => {
                (Form::NumbersRows, self.in_place(a, left, width), self.in_place(b, right, width))
            }
            _ if is_numbers(right) => {
                (Form::RowsNumbers, self.expanded(a, left, width), self.in_place(b, right, width))
            }
            _ if is_numbers(left) => {
                (Form::NumbersRows, self.in_place(a, left, width), self.expanded(b, right, width))
            }
            _ => (Form::RowsRows, self.expanded(a, left, width), self.expanded(b, right, width)),
        }
    }

    fn collect(&mut self, at: u32) {
        let step = self.builder.program.steps[at as usize].clone();
        let Op::Reduce { how, first, end } = step.op else { unreachable!("only reductions are collected") };
        let input = step.inputs[0];
        let from = self.shape(input);
        let (_, _, inner) = spans(from, first as usize, end as usize);
        let slot = self.builder.slot(at);
        let (width, how) = match how {
            // The block's place is known when registers have theirs.
            Reduction::Sum if inner > 1 => (inner, Gathering::ColumnSums { block: 0 }),
            Reduction::Max => (self.flat_width(from), Gathering::Max),
            Reduction::Min => (self.flat_width(from), Gathering::Min),
            _ => (self.flat_width(from), Gathering::Sum),
        };
        let x = self.dense(input, width);
        self.collected.push(Collected { how, x, slot });
    }

    /// Numbers in a row of an operand that is read whole.
    fn flat_width(&self, from: Shape) -> usize {
        if self.flat.is_some() { 1 } else { from.count() / self.group.rows.max(1) }
    }
}

fn reduction<T: Element>(how: Reduction) -> RowReduction<T> {
    match how {
        Reduction::Sum => reduce::sum_rows,
        Reduction::Max => reduce::max_rows,
        Reduction::Min => reduce::min_rows,
        Reduction::ArgMax => |_, x, width, out| places(x, width, out, |a, b| a > b),
        Reduction::ArgMin => |_, x, width, out| places(x, width, out, |a, b| a < b),
    }
}

/// The first place in each row that no other beats.
fn places<T: Element>(x: &[T], width: usize, out: &mut [T], beats: impl Fn(T, T) -> bool) {
    for (row, out) in x.chunks_exact(width.max(1)).zip(out) {
        let place = (1..row.len()).fold(0, |best, i| if beats(row[i], row[best]) { i } else { best });
        *out = T::from_f64(place as f64);
    }
}
