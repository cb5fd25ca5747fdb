//! Random programs over all operations: what is planned and fused equals the reference executor, asking twice and plans
//! found again change no bit, and gradients are differences of values.
//!
//! `PROPTEST_CASES=20000 cargo test -p autograd --release --test suite programs` searches long. A failing program is printed
//! as a list of instructions, one a line.
//!
//! Over 400 lines because programs, how they are drawn and how they are run are one language.

use std::fmt;

use autograd::number::Real;
use autograd::ops::{Binary, BinaryRow, BinaryVisitor, Unary, UnaryRow, UnaryVisitor};
use autograd::{
    Element, Executor, GradientCheck, Graph, Indices, Shape, Tensor, Var, clear_plans, with_executor,
};
use proptest::prelude::*;

/// One step of a program: an operation on earlier values.
#[derive(Clone)]
enum Instruction {
    Leaf {
        shape: Vec<usize>,
        seed: usize,
        constant: bool,
    },
    Unary(Unary, usize),
    Binary(Binary, usize, usize),
    /// With a number of the user's on the right.
    Number(Binary, usize, f64),
    Where(usize, usize, usize),
    Structural(Structural, usize),
    MatMul {
        a: usize,
        b: usize,
        transposed: bool,
    },
    Concat {
        parts: Vec<usize>,
        axis: usize,
    },
}

/// A structural operation of one argument; axes and the like were chosen to fit.
#[derive(Clone, Debug)]
enum Structural {
    Sum(Vec<isize>, bool),
    Mean(Vec<isize>, bool),
    Max(Vec<isize>, bool),
    Min(Vec<isize>, bool),
    LogSumExp(Vec<isize>, bool),
    Variance(Vec<isize>, bool),
    Norm(Vec<isize>, bool),
    Prod(Vec<isize>, bool),
    CumSum(isize),
    Softmax(isize),
    LogSoftmax(isize),
    Reshape(Vec<usize>),
    Permute(Vec<usize>),
    Broadcast(Vec<usize>),
    Slice(isize, usize, usize),
    Pad(isize, usize, usize),
    Flip(isize),
    Repeat(isize, usize),
    Tril(i32),
    Triu(i32),
    Select(isize, Vec<usize>),
    SelectAdd(isize, Vec<usize>, usize),
    Gather(isize, Vec<usize>, Vec<usize>),
    ScatterAdd(isize, Vec<usize>, usize),
    Pick(Vec<usize>),
    ArgMax(isize),
    Detach,
    Square,
}

#[derive(Clone)]
struct Program {
    instructions: Vec<Instruction>,
    /// Values wanted, the last of which is differentiated.
    outputs: Vec<usize>,
}

impl fmt::Debug for Program {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "program")?;
        let shapes = self.shapes();
        for (i, (instruction, shape)) in self.instructions.iter().zip(shapes).enumerate() {
            write!(f, "  %{i} {shape} = ")?;
            match instruction {
                Instruction::Leaf { seed, constant, .. } => {
                    writeln!(f, "{} (data {seed})", if *constant { "constant" } else { "var" })?;
                }
                Instruction::Unary(row, x) => writeln!(f, "{row} %{x}")?,
                Instruction::Binary(row, a, b) => writeln!(f, "{row} %{a} %{b}")?,
                Instruction::Number(row, a, c) => writeln!(f, "{row} %{a} {c:?}")?,
                Instruction::Where(mask, a, b) => writeln!(f, "where_ (%{mask} > 0) %{a} %{b}")?,
                Instruction::Structural(op, x) => writeln!(f, "{op:?} %{x}")?,
                Instruction::MatMul { a, b, transposed } => {
                    writeln!(f, "{} %{a} %{b}", if *transposed { "matmul_t" } else { "matmul" })?;
                }
                Instruction::Concat { parts, axis } => writeln!(f, "concat {parts:?} along {axis}")?,
            }
        }
        write!(f, "  outputs {:?}", self.outputs)
    }
}

struct Map<'g, T: Element>(Var<'g, T>);

impl<'g, T: Element> UnaryVisitor for Map<'g, T> {
    type Out = Var<'g, T>;
    fn visit<O: UnaryRow>(self, row: O) -> Var<'g, T> {
        self.0.map(row)
    }
}

struct Zip<'g, T: Element>(Var<'g, T>, Var<'g, T>);

impl<'g, T: Element> BinaryVisitor for Zip<'g, T> {
    type Out = Var<'g, T>;
    fn visit<O: BinaryRow>(self, row: O) -> Var<'g, T> {
        self.0.zip(row, self.1)
    }
}

impl Program {
    fn shapes(&self) -> Vec<Shape> {
        let g = Graph::f64();
        self.record(&g, 0).iter().map(|var| var.shape()).collect()
    }

    /// Records the program with other data for another `epoch`.
    fn record<'g, T: Element>(&self, g: &'g Graph<T>, epoch: usize) -> Vec<Var<'g, T>> {
        self.record_on(g, epoch as f64, |shape, seed, constant| {
            let data = crate::common::numbers(shape, seed + 100 * epoch).cast::<T>();
            if constant { g.constant(data) } else { g.var(data) }
        })
    }

    /// Records the program through the public methods, on the leaves that `leaf` gives and with its numbers moved.
    fn record_on<'g, T: Element>(
        &self,
        g: &'g Graph<T>,
        moved: f64,
        mut leaf: impl FnMut(&[usize], usize, bool) -> Var<'g, T>,
    ) -> Vec<Var<'g, T>> {
        let mut v: Vec<Var<'g, T>> = Vec::new();
        for instruction in &self.instructions {
            let var = match instruction {
                Instruction::Leaf { shape, seed, constant } => leaf(shape, *seed, *constant),
                Instruction::Unary(row, x) => row.dispatch(Map(v[*x])),
                Instruction::Binary(row, a, b) => row.dispatch(Zip(v[*a], v[*b])),
                Instruction::Number(row, a, c) => row.dispatch(Zip(v[*a], g.number(c + moved))),
                Instruction::Where(mask, a, b) => v[*mask].gt(0.0).where_(v[*a], v[*b]),
                Instruction::Structural(op, x) => op.record(v[*x]),
                Instruction::MatMul { a, b, transposed: false } => v[*a].matmul(v[*b]),
                Instruction::MatMul { a, b, transposed: true } => v[*a].matmul_t(v[*b]),
                Instruction::Concat { parts, axis } => {
                    let parts: Vec<Var<'g, T>> = parts.iter().map(|&part| v[part]).collect();
                    Var::concat(&parts, *axis as isize)
                }
            };
            v.push(var);
        }
        v
    }

    /// Values of the outputs and gradients of the last of them, summed with weights, for every variable.
    fn run<T: Element>(&self, g: &Graph<T>, epoch: usize) -> Vec<Option<Tensor<T>>> {
        let v = self.record(g, epoch);
        let mut found: Vec<Option<Tensor<T>>> = Vec::new();
        let last = v[*self.outputs.last().expect("a program has an output")];
        let weights = crate::common::numbers(last.shape(), 77).cast::<T>();
        let grads = last.backward_with(&weights);
        for (instruction, var) in self.instructions.iter().zip(&v) {
            if matches!(instruction, Instruction::Leaf { constant: false, .. }) {
                found.push(grads.get(*var).cloned());
            }
        }
        found.extend(self.outputs.iter().map(|&output| Some(v[output].value())));
        found
    }

    /// Whether some operation's own tolerance applies: a matrix product, whose order of sums is its executor's.
    fn multiplies(&self) -> bool {
        self.instructions.iter().any(|i| matches!(i, Instruction::MatMul { .. }))
    }
}

impl Structural {
    fn record<'g, T: Element>(&self, x: Var<'g, T>) -> Var<'g, T> {
        let extent = |axis: isize| x.extent(axis);
        let list = |data: &[usize], bound: usize| Indices::new([data.len()], data, bound).unwrap();
        match self {
            Structural::Sum(axes, false) => x.sum_over(&axes[..]),
            Structural::Sum(axes, true) => x.sum_keepdim(&axes[..]),
            Structural::Mean(axes, false) => x.mean_over(&axes[..]),
            Structural::Mean(axes, true) => x.mean_keepdim(&axes[..]),
            Structural::Max(axes, false) => x.max_over(&axes[..]),
            Structural::Max(axes, true) => x.max_keepdim(&axes[..]),
            Structural::Min(axes, false) => x.min_over(&axes[..]),
            Structural::Min(axes, true) => x.min_keepdim(&axes[..]),
            Structural::LogSumExp(axes, false) => x.logsumexp_over(&axes[..]),
            Structural::LogSumExp(axes, true) => x.logsumexp_keepdim(&axes[..]),
            Structural::Variance(axes, false) => x.var_over(&axes[..]),
            Structural::Variance(axes, true) => x.var_keepdim(&axes[..]),
            Structural::Norm(axes, false) => x.norm_over(&axes[..]),
            Structural::Norm(axes, true) => x.norm_keepdim(&axes[..]),
            Structural::Prod(axes, false) => x.prod_over(&axes[..]),
            Structural::Prod(axes, true) => x.prod_keepdim(&axes[..]),
            Structural::CumSum(axis) => x.cumsum(*axis),
            Structural::Softmax(axis) => x.softmax(*axis),
            Structural::LogSoftmax(axis) => x.log_softmax(*axis),
            Structural::Reshape(shape) => x.reshape(shape),
            Structural::Permute(order) => x.permute(order),
            Structural::Broadcast(shape) => x.broadcast_to(shape),
            Structural::Slice(axis, start, end) => x.slice(*axis, *start..*end),
            Structural::Pad(axis, before, after) => x.pad(*axis, *before, *after),
            Structural::Flip(axis) => x.flip(*axis),
            Structural::Repeat(axis, times) => x.repeat(*axis, *times),
            Structural::Tril(diagonal) => x.tril(*diagonal),
            Structural::Triu(diagonal) => x.triu(*diagonal),
            Structural::Select(axis, places) => x.index_select(*axis, &list(places, extent(*axis))),
            Structural::SelectAdd(axis, places, extent) => {
                x.index_add(*axis, &list(places, *extent), *extent)
            }
            Structural::Gather(axis, shape, places) => {
                x.gather(*axis, &Indices::new(shape, places, extent(*axis)).unwrap())
            }
            Structural::ScatterAdd(axis, places, extent) => {
                x.scatter_add(*axis, &Indices::new(x.shape(), places, *extent).unwrap(), *extent)
            }
            Structural::Pick(labels) => {
                let shape = x.shape();
                let rows = &shape[..shape.rank() - 1];
                x.pick(&Indices::new(rows, labels, shape[shape.rank() - 1]).unwrap())
            }
            Structural::ArgMax(axis) => x.argmax(*axis),
            Structural::Detach => x.detach(),
            Structural::Square => x * x,
        }
    }
}

/// Chooses from a list of random numbers, so that proptest can shrink a program by shrinking the list.
struct Chooser<'a> {
    choices: std::slice::Iter<'a, u32>,
}

impl Chooser<'_> {
    /// A number below `bound`; 0 when the list is used up.
    fn below(&mut self, bound: usize) -> usize {
        self.choices.next().map_or(0, |&choice| choice as usize % bound.max(1))
    }

    fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len())]
    }

    fn extent(&mut self) -> usize {
        self.pick(&[2, 3, 1, 4, 2, 17, 0, 5, 3, 2, 1, 33])
    }
}

/// Rows that keep numbers of moderate size moderate and are defined everywhere.
fn unary_rows(smooth: bool) -> Vec<Unary> {
    let tame = [
        "-",
        "neg",
        "sin",
        "cos",
        "tanh",
        "sigmoid",
        "softplus",
        "gelu",
        "gelu_tanh",
        "silu",
        "mish",
        "atan",
        "erf",
        "asinh",
        "log_sigmoid",
        "square",
    ];
    let kinked = [
        "abs",
        "sign",
        "relu",
        "leaky_relu",
        "elu",
        "selu",
        "celu",
        "hard_sigmoid",
        "hard_tanh",
        "step",
        "floor",
        "clamp",
        "exp",
        "sqrt",
        "ln",
        "recip",
        "cbrt",
        "is_finite",
    ];
    let wanted = |row: &&Unary| tame.contains(&row.name()) || !smooth && kinked.contains(&row.name());
    Unary::examples().iter().filter(wanted).copied().collect()
}

fn binary_rows(smooth: bool) -> Vec<Binary> {
    let tame = ["add", "sub", "mul", "add", "mul"];
    let kinked = ["div", "max", "min", "gt", "le", "eq", "hypot", "atan2", "pow", "rem"];
    let wanted = |row: &&Binary| tame.contains(&row.name()) || !smooth && kinked.contains(&row.name());
    Binary::ALL.iter().filter(wanted).copied().collect()
}

/// A well-shaped program made by these choices. A smooth one has no kinks, so that its differences are derivatives.
fn program(choices: &[u32], smooth: bool) -> Program {
    let mut choose = Chooser { choices: choices.iter() };
    let (unary, binary) = (unary_rows(smooth), binary_rows(smooth));
    let mut made = Program { instructions: Vec::new(), outputs: Vec::new() };
    let mut shapes: Vec<Vec<usize>> = Vec::new();
    let leaves = 1 + choose.below(3);
    for seed in 0..leaves {
        let rank = choose.pick(&[2, 1, 3, 2, 0]);
        let shape: Vec<usize> = (0..rank).map(|_| choose.extent()).collect();
        made.instructions.push(Instruction::Leaf {
            shape: shape.clone(),
            seed,
            constant: seed > 0 && choose.below(4) == 0,
        });
        shapes.push(shape);
    }
    let length = 1 + choose.below(if smooth { 8 } else { 16 });
    for _ in 0..length {
        let x = shapes.len() - 1 - choose.below(shapes.len().min(4));
        let instruction = match choose.below(8) {
            0 | 1 => Instruction::Unary(choose.pick(&unary), x),
            2 | 3 => {
                let row = choose.pick(&binary);
                let partner = partner(&mut choose, &mut made, &mut shapes, x);
                if choose.below(2) == 0 {
                    Instruction::Binary(row, x, partner)
                } else {
                    Instruction::Binary(row, partner, x)
                }
            }
            4 => match choose.below(4) {
                0 if !smooth => {
                    let mask = partner(&mut choose, &mut made, &mut shapes, x);
                    let other = partner(&mut choose, &mut made, &mut shapes, x);
                    let other = if broadcasts(&shapes[mask], &shapes[other]) { other } else { x };
                    Instruction::Where(mask, x, other)
                }
                1 => multiplication(&mut choose, &mut made, &mut shapes, x),
                2 if !shapes[x].is_empty() => {
                    let axis = choose.below(shapes[x].len());
                    let same: Vec<usize> = (0..shapes.len()).filter(|&i| shapes[i] == shapes[x]).collect();
                    let parts = (0..1 + choose.below(3)).map(|_| choose.pick(&same)).collect();
                    Instruction::Concat { parts, axis }
                }
                _ => Instruction::Number(choose.pick(&binary), x, choose.pick(&[0.5, 2.0, -1.5])),
            },
            _ => Instruction::Structural(structural(&mut choose, &shapes[x], smooth), x),
        };
        push(&mut made, &mut shapes, instruction);
    }
    for _ in 0..choose.below(3) {
        made.outputs.push(choose.below(shapes.len()));
    }
    made.outputs.push(shapes.len() - 1);
    made
}

/// Numbers in one value at the most.
const LARGEST: usize = 4096;

/// Adds an instruction unless its result is too large to test quickly.
fn push(made: &mut Program, shapes: &mut Vec<Vec<usize>>, instruction: Instruction) {
    made.instructions.push(instruction);
    let shape = made.shapes().pop().expect("just added");
    if shape.count() > LARGEST {
        made.instructions.pop();
    } else {
        shapes.push(shape.to_vec());
    }
}

/// A value that broadcasts with `x`: an earlier one, or a new leaf of a shape that is a part of its shape.
fn partner(choose: &mut Chooser<'_>, made: &mut Program, shapes: &mut Vec<Vec<usize>>, x: usize) -> usize {
    let fitting: Vec<usize> = (0..shapes.len()).filter(|&i| broadcasts(&shapes[i], &shapes[x])).collect();
    if choose.below(2) == 0 {
        return choose.pick(&fitting);
    }
    let mut shape = shapes[x].clone();
    shape.drain(..choose.below(shape.len() + 1));
    for extent in &mut shape {
        if choose.below(3) == 0 {
            *extent = 1;
        }
    }
    if shape.iter().product::<usize>() > LARGEST {
        return choose.pick(&fitting);
    }
    let seed = shapes.len();
    push(made, shapes, Instruction::Leaf { shape, seed, constant: seed.is_multiple_of(3) });
    shapes.len() - 1
}

fn broadcasts(a: &[usize], b: &[usize]) -> bool {
    a.iter().rev().zip(b.iter().rev()).all(|(a, b)| a == b || *a == 1 || *b == 1)
}

/// A product with a new leaf, of any rank that fits.
fn multiplication(
    choose: &mut Chooser<'_>,
    made: &mut Program,
    shapes: &mut Vec<Vec<usize>>,
    x: usize,
) -> Instruction {
    let Some(&inner) = shapes[x].last() else {
        return Instruction::Unary(unary_rows(true)[0], x);
    };
    let columns = choose.extent();
    let transposed = shapes[x].len() >= 2 && choose.below(2) == 0;
    let mut shape = match (choose.below(4), transposed) {
        (0, false) => vec![inner],
        (_, false) => vec![inner, columns],
        (_, true) => vec![columns, inner],
    };
    if choose.below(4) == 0 && shape.len() == 2 {
        let batch = if shapes[x].len() >= 3 { choose.pick(&[shapes[x][shapes[x].len() - 3], 1]) } else { 2 };
        shape.insert(0, batch);
    }
    if shape.iter().product::<usize>() > LARGEST {
        return Instruction::Unary(unary_rows(true)[0], x);
    }
    let seed = shapes.len();
    push(made, shapes, Instruction::Leaf { shape, seed, constant: seed.is_multiple_of(3) });
    Instruction::MatMul { a: x, b: shapes.len() - 1, transposed }
}

fn structural(choose: &mut Chooser<'_>, shape: &[usize], smooth: bool) -> Structural {
    let rank = shape.len();
    let count: usize = shape.iter().product();
    if rank == 0 {
        return match choose.below(3) {
            0 => Structural::Square,
            1 => Structural::Reshape(vec![1, 1]),
            _ => Structural::Broadcast(vec![choose.extent(), choose.extent()]),
        };
    }
    let axis = choose.below(rank);
    let signed = if choose.below(2) == 0 { axis as isize } else { axis as isize - rank as isize };
    let extent = shape[axis];
    let keep = choose.below(2) == 0;
    let mut axes: Vec<isize> = (0..rank as isize).filter(|_| choose.below(2) == 0).collect();
    if axes.is_empty() {
        axes.push(signed);
    }
    let reduced: usize = axes.iter().map(|&axis| shape[(axis + rank as isize) as usize % rank]).product();
    let below = |choose: &mut Chooser<'_>, count: usize, bound: usize| -> Vec<usize> {
        (0..count).map(|_| choose.below(bound)).collect()
    };
    match choose.below(27) {
        0 | 1 => Structural::Sum(axes, keep),
        2 if reduced > 0 => Structural::Mean(axes, keep),
        3 if !smooth => Structural::Max(axes, keep),
        4 if !smooth => Structural::Min(axes, keep),
        5 if reduced > 0 => Structural::LogSumExp(axes, keep),
        6 if reduced > 0 => Structural::Variance(axes, keep),
        7 if !smooth => Structural::Norm(axes, keep),
        8 if reduced < 6 => Structural::Prod(axes, keep),
        9 => Structural::CumSum(signed),
        10 => Structural::Softmax(signed),
        11 => Structural::LogSoftmax(signed),
        12 => Structural::Reshape(vec![count]),
        13 => {
            let mut order: Vec<usize> = (0..rank).collect();
            order.rotate_left(1 + choose.below(rank));
            if choose.below(2) == 0 {
                order.swap(0, rank - 1);
            }
            Structural::Permute(order)
        }
        14 => {
            let mut to = shape.to_vec();
            for place in &mut to {
                if *place == 1 {
                    *place = choose.extent();
                }
            }
            if rank < 4 {
                to.insert(0, choose.below(3));
            }
            Structural::Broadcast(to)
        }
        15 | 16 => {
            let start = choose.below(extent + 1);
            Structural::Slice(signed, start, start + choose.below(extent - start + 1))
        }
        17 => Structural::Pad(signed, choose.below(3), choose.below(3)),
        18 => Structural::Flip(signed),
        19 => Structural::Repeat(signed, choose.below(4)),
        20 if rank >= 2 => Structural::Tril(choose.below(4) as i32 - 2),
        21 if rank >= 2 => Structural::Triu(choose.below(4) as i32 - 2),
        22 if extent > 0 => {
            let picked = choose.below(5);
            Structural::Select(signed, below(choose, picked, extent))
        }
        23 => {
            let to = 1 + choose.below(5);
            Structural::SelectAdd(signed, below(choose, extent, to), to)
        }
        24 if extent > 0 && count < 200 => {
            let mut to = shape.to_vec();
            to[axis] = choose.below(5);
            let picked = to.iter().product();
            Structural::Gather(signed, to, below(choose, picked, extent))
        }
        25 if count < 200 => {
            let to = 1 + choose.below(5);
            Structural::ScatterAdd(signed, below(choose, count, to), to)
        }
        26 if shape[rank - 1] > 0 => {
            let rows = shape[..rank - 1].iter().product();
            Structural::Pick(below(choose, rows, shape[rank - 1]))
        }
        _ if !smooth && extent > 0 && choose.below(3) == 0 => Structural::ArgMax(signed),
        _ if !smooth && choose.below(3) == 0 => Structural::Detach,
        _ => Structural::Square,
    }
}

fn programs(smooth: bool) -> impl Strategy<Value = Program> {
    proptest::collection::vec(any::<u32>(), 1..160).prop_map(move |choices| program(&choices, smooth))
}

/// The same bits; any NaN is like any other.
fn same_bits<T: Element>(a: &Tensor<T>, b: &Tensor<T>) -> bool {
    let same = |(x, y): (&T, &T)| {
        let (x, y) = (x.to_f64(), y.to_f64());
        x.to_bits() == y.to_bits() || x.is_nan() && y.is_nan()
    };
    a.shape() == b.shape() && a.data().iter().zip(b.data()).all(same)
}

/// Close, with the tolerance scaled by the largest number of either side: sums of products cancel.
fn alike<T: Element>(a: &Tensor<T>, b: &Tensor<T>, tolerance: f64) -> bool {
    let size = |t: &Tensor<T>| {
        t.data().iter().map(|x| x.to_f64().abs()).filter(|x| x.is_finite()).fold(1.0, f64::max)
    };
    let scale = size(a).max(size(b));
    let same = |(x, y): (&T, &T)| {
        let (x, y) = (x.to_f64(), y.to_f64());
        x == y || x.is_nan() && y.is_nan() || (x - y).abs() <= tolerance * scale
    };
    a.shape() == b.shape() && a.data().iter().zip(b.data()).all(same)
}

type Results<T> = Vec<Option<Tensor<T>>>;

fn compare<T: Element>(
    what: &str,
    a: &Results<T>,
    b: &Results<T>,
    equal: impl Fn(&Tensor<T>, &Tensor<T>) -> bool,
) -> Result<(), TestCaseError> {
    for (i, (a, b)) in a.iter().zip(b).enumerate() {
        let agree = match (a, b) {
            (Some(a), Some(b)) => equal(a, b),
            (None, None) => true,
            _ => false,
        };
        prop_assert!(agree, "{} ({}): result {}\n{:?}\n{:?}", what, T::NAME, i, a, b);
    }
    Ok(())
}

fn planned_is_reference<T: Element>(program: &Program) -> Result<(), TestCaseError> {
    let planned = with_executor(Executor::Planned, || program.run(&Graph::<T>::default(), 0));
    let reference = with_executor(Executor::Reference, || program.run(&Graph::<T>::default(), 0));
    if !program.multiplies() {
        return compare("planned and reference", &planned, &reference, |a, b| alike(a, b, 0.0));
    }
    compare("planned and reference", &planned, &reference, |a, b| alike(a, b, 4096.0 * T::EPSILON.to_f64()))
}

fn found_again_is_fresh<T: Element>(program: &Program) -> Result<(), TestCaseError> {
    clear_plans();
    let first = program.run(&Graph::<T>::default(), 0);
    let again = program.run(&Graph::<T>::default(), 0);
    compare("the first time and the second", &first, &again, same_bits)?;
    let found = program.run(&Graph::<T>::default(), 1);
    clear_plans();
    let fresh = program.run(&Graph::<T>::default(), 1);
    compare("a plan found again and a fresh one, with other data", &found, &fresh, same_bits)
}

fn asked_twice_is_the_same<T: Element>(program: &Program) -> Result<(), TestCaseError> {
    let g = Graph::<T>::default();
    let v = program.record(&g, 0);
    for &output in &program.outputs {
        let (first, second) = (v[output].value(), v[output].value());
        prop_assert!(same_bits(&first, &second));
    }
    // Values that are held by now are inputs of what follows, and change nothing.
    let held = program.outputs.iter().map(|&output| Some(v[output].value())).collect();
    let all_at_once = program.run(&Graph::<T>::default(), 0);
    let values = all_at_once[all_at_once.len() - program.outputs.len()..].to_vec();
    compare("one by one and after backward", &held, &values, same_bits)
}

/// 500 cases unless `PROPTEST_CASES` says otherwise.
fn config() -> ProptestConfig {
    let cases = std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(500);
    ProptestConfig {
        cases,
        failure_persistence: None,
        max_shrink_iters: 20_000,
        max_global_rejects: 10 * cases,
        ..ProptestConfig::default()
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn planned_equals_reference_f64(program in programs(true)) {
        planned_is_reference::<f64>(&program)?;
    }

    #[test]
    fn planned_equals_reference_f32(program in programs(true)) {
        planned_is_reference::<f32>(&program)?;
    }

    #[test]
    fn planned_equals_reference_with_kinks(program in programs(false)) {
        // A comparison after a product in another order of sums may fall on either side.
        prop_assume!(!program.multiplies());
        planned_is_reference::<f64>(&program)?;
    }

    #[test]
    fn a_plan_found_again_equals_a_fresh_one(program in programs(false)) {
        found_again_is_fresh::<f64>(&program)?;
        found_again_is_fresh::<f32>(&program)?;
    }

    #[test]
    fn asking_twice_changes_no_bit(program in programs(false)) {
        asked_twice_is_the_same::<f64>(&program)?;
    }

    #[test]
    fn gradients_are_differences(program in programs(true)) {
        let leaves: Vec<Tensor<f64>> = program
            .instructions
            .iter()
            .filter_map(|instruction| match instruction {
                Instruction::Leaf { shape, seed, .. } => Some(crate::common::numbers(shape, *seed)),
                _ => None,
            })
            .collect();
        prop_assume!(leaves.iter().map(Tensor::count).sum::<usize>() < 120);
        let outcome = GradientCheck::new().tolerance(1e-5).check(
            |g, inputs| {
                let mut inputs = inputs.iter();
                let v = program.record_on(g, 0.0, |_, _, _| *inputs.next().expect("an input per leaf"));
                // Squashed, so that high powers do not drown the differences in rounding.
                v[*program.outputs.last().expect("a program has an output")].tanh()
            },
            &leaves,
        );
        if let Err(mismatch) = outcome {
            return Err(TestCaseError::fail(mismatch.to_string()));
        }
    }
}

/// Kernels that are cut, because they are long or because a row of all their values would leave the cache, give the
/// same bits as one operation at a time.
#[test]
fn kernels_that_are_cut_give_the_same_bits() {
    /// Many values that are all used again at the end, row by row, and derivatives of it all.
    fn record(g: &Graph<f64>, steps: usize, width: usize) -> Vec<Tensor<f64>> {
        let x = g.var(Tensor::from_fn([3, width], |i| (i as f64 * 0.37).sin()));
        let mut kept = vec![x];
        for step in 0..steps {
            let (last, other) = (kept[step], kept[step * 7 % kept.len()]);
            kept.push(if step % 3 == 0 { (last * other).tanh() } else { last * 0.5 + other });
        }
        let total = kept.iter().fold(x, |sum, &value| sum + value);
        let loss = total.softmax(-1).square().sum();
        let [y, gradient] = g.eval([total, loss.grad(&[x])[0]]);
        vec![y, gradient]
    }
    for (steps, width) in [(1500, 4), (24, 10_000)] {
        let planned = with_executor(Executor::Planned, || record(&Graph::f64(), steps, width));
        let reference = with_executor(Executor::Reference, || record(&Graph::f64(), steps, width));
        assert!(planned == reference, "{steps} steps on rows of {width} numbers");
    }
}
