//! The tile interpreter: runs a kernel of row-local instructions, a few rows at a time, so that
//! intermediates never leave the cache.

use smallvec::SmallVec;

use super::level::Level;
use super::memory::{Memory, Operand};
use super::reduce::{ColumnSum, TotalMax, TotalMin, TotalSum};
use super::slices::{self, Arg, BinaryFns, Rows, UnaryFn};
use crate::element::Element;

/// How a binary instruction reads its operands.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Form {
    /// Both are rows as wide as the result.
    RowsRows,
    /// The right is one number for each row, or for all.
    RowsNumbers,
    /// The left is one number for each row, or for all.
    NumbersRows,
}

/// One instruction of a kernel. Results are dense rows and never overlap an operand.
pub(crate) enum Instruction<T: Element> {
    /// A row of the rule book of one argument.
    Unary { f: UnaryFn<T>, params: [f64; 2], x: Operand },
    /// A row of the rule book of two arguments.
    Binary { f: BinaryFns<T>, form: Form, a: Operand, b: Operand },
    /// a x + b y, or a x - b y, of rows as wide as the result and one number for all; a number that is not there is 1.
    Blend { a: Option<Operand>, x: Operand, b: Option<Operand>, y: Operand, minus: bool },
    /// `then` where `mask` is not 0, else `other`; each as wide as the result or one number for all.
    Select { mask: Operand, then: Operand, other: Operand },
    /// Row r of the result is row `r / div % modulus` of an operand that is as wide, or one number wide.
    Expand { x: Operand, div: usize, modulus: usize },
    /// One number of each row.
    Reduce { f: RowReduction<T>, x: Operand },
    /// Numbers of each row picked by the row's indices.
    Gather { x: Operand, indices: u32 },
    /// Numbers of each row added into a row of zeros at the row's indices.
    ScatterAdd { x: Operand, indices: u32 },
    /// `count` columns from `from` on put at `to`; the others are zeroed first with `clear`, else kept.
    Columns { x: Operand, from: usize, to: usize, count: usize, clear: bool },
    /// Columns in reverse order.
    Flip { x: Operand },
}

impl<T: Element> Instruction<T> {
    /// What is read.
    pub(crate) fn operands(&self) -> SmallVec<[&Operand; 4]> {
        match self {
            Instruction::Binary { a, b, .. } => SmallVec::from_slice(&[a, b]),
            Instruction::Blend { a, x, b, y, .. } => [x, y].into_iter().chain(a).chain(b).collect(),
            Instruction::Select { mask, then, other } => SmallVec::from_slice(&[mask, then, other]),
            Instruction::Unary { x, .. }
            | Instruction::Expand { x, .. }
            | Instruction::Reduce { x, .. }
            | Instruction::Gather { x, .. }
            | Instruction::ScatterAdd { x, .. }
            | Instruction::Columns { x, .. }
            | Instruction::Flip { x } => SmallVec::from_slice(&[x]),
        }
    }

    /// What is read, to be placed.
    pub(crate) fn operands_mut(&mut self) -> SmallVec<[&mut Operand; 4]> {
        match self {
            Instruction::Binary { a, b, .. } => SmallVec::from_iter([a, b]),
            Instruction::Blend { a, x, b, y, .. } => [x, y].into_iter().chain(a).chain(b).collect(),
            Instruction::Select { mask, then, other } => SmallVec::from_iter([mask, then, other]),
            Instruction::Unary { x, .. }
            | Instruction::Expand { x, .. }
            | Instruction::Reduce { x, .. }
            | Instruction::Gather { x, .. }
            | Instruction::ScatterAdd { x, .. }
            | Instruction::Columns { x, .. }
            | Instruction::Flip { x } => SmallVec::from_iter([x]),
        }
    }
}

/// A reduction of each row of a given width to one number.
pub(crate) type RowReduction<T> = fn(Level, &[T], usize, &mut [T]);

/// A reduction that is complete when the kernel ends.
pub(crate) struct Collected {
    pub(crate) how: Gathering,
    /// Dense rows.
    pub(crate) x: Operand,
    /// Where the result goes.
    pub(crate) slot: u32,
}

/// What is collected over all rows.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Gathering {
    /// One sum for each column; the running block of rows is at this offset of tile memory.
    ColumnSums { block: usize },
    /// The sum of all numbers.
    Sum,
    /// The largest number.
    Max,
    /// The smallest number.
    Min,
}

/// Row-local instructions over the same rows.
pub(crate) struct Kernel<T: Element> {
    pub(crate) rows: usize,
    /// Rows computed at a time.
    pub(crate) tile: usize,
    /// Instructions and where their results go.
    pub(crate) code: Vec<(Instruction<T>, Operand)>,
    pub(crate) collected: Vec<Collected>,
    /// Registers of results that take the memory of what the kernel reads, and where they go when a tile is done.
    pub(crate) stores: Vec<(Operand, Operand)>,
    /// What is fetched a tile ahead, one before each instruction: so memory is busy while instructions compute.
    pub(crate) streams: Vec<Operand>,
}

/// A collection under way.
enum Collector<T> {
    Columns(ColumnSum),
    Sum(TotalSum<T>),
    Max(TotalMax<T>),
    Min(TotalMin<T>),
}

impl<T: Element> Kernel<T> {
    /// Runs the kernel.
    #[inline(always)]
    pub(crate) fn run(&self, memory: &Memory<T>) {
        let mut collectors: SmallVec<[Collector<T>; 4]> = SmallVec::new();
        for collected in &self.collected {
            collectors.push(collected.begin(memory));
        }
        let mut first = 0;
        while first < self.rows {
            let rows = self.tile.min(self.rows - first);
            let next = first + rows;
            let ahead = self.tile.min(self.rows - next);
            let mut streams = self.streams.iter().filter(|_| ahead > 0);
            for (instruction, result) in &self.code {
                if let Some(stream) = streams.next() {
                    memory.prefetch(stream, next, ahead);
                }
                // SAFETY: the planner gives results memory that no operand of the instruction uses.
                let out = unsafe { memory.write(result, first, rows) };
                instruction.run(memory, first, rows, result.width as usize, out);
            }
            streams.for_each(|stream| memory.prefetch(stream, next, ahead));
            for (collected, collector) in self.collected.iter().zip(&mut collectors) {
                collected.push(memory, collector, memory.read(&collected.x, first, rows));
            }
            for (register, result) in &self.stores {
                // SAFETY: the planner has the rows read by this kernel alone, in this tile alone, and no slice of them
                // is alive here; a register lies in other memory.
                unsafe { memory.write(result, first, rows) }
                    .copy_from_slice(memory.read(register, first, rows));
            }
            first += rows;
        }
        for (collected, collector) in self.collected.iter().zip(&mut collectors) {
            collected.finish(memory, collector);
        }
    }
}

impl Collected {
    #[inline]
    fn begin<T: Element>(&self, memory: &Memory<T>) -> Collector<T> {
        match self.how {
            Gathering::ColumnSums { block } => {
                let (block, total) = self.columns(memory, block);
                Collector::Columns(ColumnSum::new(block, total))
            }
            Gathering::Sum => Collector::Sum(TotalSum::new()),
            Gathering::Max => Collector::Max(TotalMax::new()),
            Gathering::Min => Collector::Min(TotalMin::new()),
        }
    }

    #[inline]
    fn push<T: Element>(&self, memory: &Memory<T>, collector: &mut Collector<T>, x: &[T]) {
        match (collector, self.how) {
            (Collector::Columns(sums), Gathering::ColumnSums { block }) => {
                let (block, total) = self.columns(memory, block);
                sums.push(memory.level, block, total, x);
            }
            (Collector::Sum(sum), _) => sum.push(memory.level, x),
            (Collector::Max(max), _) => max.push(memory.level, x),
            (Collector::Min(min), _) => min.push(memory.level, x),
            (Collector::Columns(_), _) => unreachable!("sums of columns have a block"),
        }
    }

    #[inline]
    fn finish<T: Element>(&self, memory: &Memory<T>, collector: &mut Collector<T>) {
        let result = match (collector, self.how) {
            (Collector::Columns(sums), Gathering::ColumnSums { block }) => {
                let (block, total) = self.columns(memory, block);
                return sums.finish(memory.level, block, total);
            }
            (Collector::Sum(sum), _) => sum.finish(),
            (Collector::Max(max), _) => max.finish(),
            (Collector::Min(min), _) => min.finish(),
            (Collector::Columns(_), _) => unreachable!("sums of columns have a block"),
        };
        // SAFETY: a collected result is a slot of its own, and no slice of it is alive here.
        unsafe { memory.all_mut(self.slot)[0] = result };
    }

    /// The running block and the totals of sums of columns.
    #[allow(clippy::mut_from_ref)]
    fn columns<'m, T: Element>(&self, memory: &'m Memory<T>, block: usize) -> (&'m mut [T], &'m mut [T]) {
        let width = self.x.width as usize;
        let block = Operand::register(block, width, width);
        // SAFETY: the block's registers and the result's slot are used by this collection alone, and
        // each call's slices are gone before the next call.
        unsafe { (memory.write(&block, 0, 1), memory.all_mut(self.slot)) }
    }
}

impl<T: Element> Instruction<T> {
    #[inline(always)]
    fn run(&self, memory: &Memory<T>, first: usize, rows: usize, width: usize, out: &mut [T]) {
        let read = |operand: &Operand| memory.read(operand, first, rows);
        match self {
            Instruction::Unary { f, params, x } => f.call(*params, read(x), out),
            Instruction::Binary { f, form, a, b } => {
                binary(f, *form, rows_of(a, read(a)), rows_of(b, read(b)), width, out)
            }
            Instruction::Blend { a, x, b, y, minus } => {
                let factor =
                    |number: &Option<Operand>| number.as_ref().map_or(T::from_f64(1.0), |a| read(a)[0]);
                // x - b y is x + (-b) y to the bit.
                let sign = T::from_f64(if *minus { -1.0 } else { 1.0 });
                slices::blend(memory.level, factor(a), read(x), sign * factor(b), read(y), out);
            }
            Instruction::Select { mask, then, other } => {
                let arg = |operand: &Operand| match (operand.stride, read(operand)) {
                    (0, [number, ..]) => Arg::Scalar(*number),
                    (_, numbers) => Arg::Slice(numbers),
                };
                slices::select(memory.level, arg(mask), arg(then), arg(other), out);
            }
            Instruction::Expand { x, div, modulus } => {
                for (r, out) in rows_mut(out, width).enumerate() {
                    // Registers hold the tile's own rows; a slot holds all rows of the operand.
                    let source = if x.is_register() {
                        let start = r * x.stride as usize;
                        &read(x)[start..start + x.width as usize]
                    } else {
                        memory.read(x, (first + r) / div % modulus, 1)
                    };
                    match source {
                        [number] => out.fill(*number),
                        numbers => out.copy_from_slice(numbers),
                    }
                }
            }
            Instruction::Reduce { f, x } => f(memory.level, read(x), x.width as usize, out),
            Instruction::Gather { x, indices } => {
                let places = &memory.indices(*indices)[first * width..];
                for ((out, x), places) in
                    rows_mut(out, width).zip(rows_at(read(x), x, rows)).zip(rows_from(places, width))
                {
                    for (out, &place) in out.iter_mut().zip(places) {
                        *out = x[place as usize];
                    }
                }
            }
            Instruction::ScatterAdd { x, indices } => {
                out.fill(T::default());
                let places = &memory.indices(*indices)[first * x.width as usize..];
                for ((out, x_row), places) in rows_mut(out, width)
                    .zip(rows_at(read(x), x, rows))
                    .zip(rows_from(places, x.width as usize))
                {
                    for (&x, &place) in x_row.iter().zip(places) {
                        out[place as usize] = out[place as usize] + x;
                    }
                }
            }
            Instruction::Columns { x, from, to, count, clear } => {
                if *clear {
                    out.fill(T::default());
                }
                for (out, x) in rows_mut(out, width).zip(rows_at(read(x), x, rows)) {
                    out[*to..*to + *count].copy_from_slice(&x[*from..*from + *count]);
                }
            }
            Instruction::Flip { x } => {
                for (out, x) in rows_mut(out, width).zip(rows_at(read(x), x, rows)) {
                    for (out, x) in out.iter_mut().zip(x.iter().rev()) {
                        *out = *x;
                    }
                }
            }
        }
    }
}

fn rows_of<'a, T>(operand: &Operand, data: &'a [T]) -> Rows<'a, T> {
    Rows { data, stride: operand.stride as usize }
}

fn rows_mut<T>(out: &mut [T], width: usize) -> impl Iterator<Item = &mut [T]> {
    out.chunks_exact_mut(width.max(1))
}

fn rows_at<'a, T>(x: &'a [T], operand: &Operand, rows: usize) -> impl Iterator<Item = &'a [T]> {
    let (stride, width) = (operand.stride as usize, operand.width as usize);
    (0..rows).map(move |r| &x[r * stride..r * stride + width])
}

fn rows_from<T>(x: &[T], width: usize) -> impl Iterator<Item = &[T]> {
    x.chunks(width.max(1))
}

#[inline(always)]
fn binary<T: Element>(f: &BinaryFns<T>, form: Form, a: Rows<T>, b: Rows<T>, width: usize, out: &mut [T]) {
    // One number for all, beside dense rows: the rows are one long row.
    let whole = |numbers: &Rows<T>, rows: &Rows<T>| numbers.stride == 0 && rows.stride == width;
    match form {
        Form::RowsRows if a.stride == width && b.stride == width => f.vv(a.data, b.data, out),
        Form::RowsRows => f.rows_rows(width, a, b, out),
        Form::RowsNumbers if whole(&b, &a) => f.vs(a.data, b.data[0], out),
        Form::RowsNumbers => f.rows_scalars(width, a, b, out),
        Form::NumbersRows if whole(&a, &b) => f.sv(a.data[0], b.data, out),
        Form::NumbersRows => f.scalars_rows(width, a, b, out),
    }
}
