//! The slow, obvious executor: one operation at a time. The oracle of all others.

use crate::data::Data;
use crate::denormals::FlushDenormals;
use crate::element::Element;
use crate::exec::level::Level;
use crate::exec::{self, Custom, Given, Lent, slices};
use crate::indices::Indices;
use crate::number::Float;
use crate::ops::{MAX_RANK, Op, Reduction, Shape, infer};
use crate::plan::{Program, Source, Step};
use crate::tensor::Tensor;

/// A value of a step.
pub(crate) enum Value<T: Element> {
    Numbers(Tensor<T>),
    Indices(Indices),
}

/// Runs a program; the outputs' values are appended to `out`.
pub(crate) fn run<T: Element>(program: &Program<T>, given: &impl Given<T>, out: &mut Vec<Option<Tensor<T>>>) {
    let values = values(program, given);
    for output in &program.outputs {
        out.push(output.map(|at| numbers(&values, at).clone()));
    }
}

/// The value of every step that the outputs depend on.
pub(crate) fn values<T: Element>(program: &Program<T>, given: &impl Given<T>) -> Vec<Option<Value<T>>> {
    let live = program.live();
    let mut values: Vec<Option<Value<T>>> = Vec::with_capacity(program.steps.len());
    for (step, live) in program.steps.iter().zip(live) {
        let value = live.then(|| match &step.source {
            Source::Input(position) => input(&given.lend().data(*position)),
            Source::Frozen(tensor) => Value::Numbers(tensor.clone()),
            Source::FrozenIndices(indices) => Value::Indices(indices.clone()),
            Source::Compute => {
                // Under the flags that plans run under.
                let _flush = FlushDenormals::new();
                Value::Numbers(evaluate(step, &values))
            }
            Source::Custom(position) => Value::Numbers(custom(&given.custom(*position), step, &values)),
            Source::FrozenCustom(op) => Value::Numbers(custom(&**op, step, &values)),
        });
        values.push(value);
    }
    values
}

fn input<T: Element>(data: &Data<T>) -> Value<T> {
    match *data {
        Data::Number(c) => Value::Numbers(Tensor::scalar(T::from_f64(c))),
        Data::Tensor(tensor) => Value::Numbers(tensor.clone()),
        Data::Indices(indices) => Value::Indices(indices.clone()),
    }
}

fn numbers<T: Element>(values: &[Option<Value<T>>], at: u32) -> &Tensor<T> {
    match &values[at as usize] {
        Some(Value::Numbers(tensor)) => tensor,
        _ => unreachable!("inputs precede the steps that use them"),
    }
}

fn indices<T: Element>(values: &[Option<Value<T>>], at: u32) -> &Indices {
    match &values[at as usize] {
        Some(Value::Indices(indices)) => indices,
        _ => unreachable!("index inputs are index leaves"),
    }
}

fn custom<T: Element>(
    op: &(impl Custom<T> + ?Sized),
    step: &Step<T>,
    values: &[Option<Value<T>>],
) -> Tensor<T> {
    let inputs: Vec<Tensor<T>> = step.inputs.iter().map(|&at| numbers(values, at).clone()).collect();
    exec::forward(op, &inputs, step.shape)
}

/// The value of one operation.
pub(crate) fn evaluate<T: Element>(step: &Step<T>, values: &[Option<Value<T>>]) -> Tensor<T> {
    let shape = step.shape;
    let x = |which: usize| numbers(values, step.inputs[which]);
    // An operand of an elementwise operation, repeated to the shape of the result.
    let repeated =
        |which: usize| gathered(x(which), shape, |index| broadcast_index(index, x(which).shape(), shape));
    match step.op {
        Op::Lit(bits) => Tensor::full(shape, T::from_f64(f64::from_bits(bits))),
        Op::Unary(row) => Tensor::fill_with(shape, |out| {
            slices::unary(Level::best(), row).call(row.params(), x(0).data(), out);
        }),
        Op::Binary(row) => Tensor::fill_with(shape, |out| {
            slices::binary(Level::best(), row).vv(repeated(0).data(), repeated(1).data(), out);
        }),
        Op::Where => {
            let (mask, then, other) = (repeated(0), repeated(1), repeated(2));
            Tensor::from_fn(shape, |i| {
                if mask.data()[i] != T::lit(0.0) { then.data()[i] } else { other.data()[i] }
            })
        }
        Op::MatMul { transpose_a, transpose_b } => matmul(x(0), transpose_a, x(1), transpose_b, shape),
        Op::Reduce { how, first, end } => reduce(x(0), how, first as usize, end as usize, shape),
        Op::CumSum { axis, reverse } => cumsum(x(0), axis as usize, reverse),
        Op::Reshape | Op::Detach | Op::Substitute => {
            x(0).reshaped(shape).expect("shapes were checked when recorded")
        }
        Op::Broadcast => repeated(0),
        Op::Permute(order) => gathered(x(0), shape, |index| {
            let mut from = [0; MAX_RANK];
            for (i, &axis) in order.iter().enumerate().take(shape.rank()) {
                from[axis as usize] = index[i];
            }
            Some(from)
        }),
        Op::Slice { axis, start } => {
            gathered(x(0), shape, |index| moved(index, axis, |i| Some(i + start as usize)))
        }
        Op::Pad { axis, before } => gathered(x(0), shape, |index| {
            let extent = x(0).shape()[axis as usize];
            moved(index, axis, |i| i.checked_sub(before as usize).filter(|&i| i < extent))
        }),
        Op::Flip { axis } => {
            gathered(x(0), shape, |index| moved(index, axis, |i| Some(shape[axis as usize] - 1 - i)))
        }
        Op::Concat { axis } => {
            let axis = axis as usize;
            Tensor::from_fn(shape, |i| {
                let mut index = index_of(i, shape);
                let mut which = 0;
                while index[axis] >= x(which).shape()[axis] {
                    index[axis] -= x(which).shape()[axis];
                    which += 1;
                }
                x(which).data()[flat(index, x(which).shape())]
            })
        }
        Op::Select { axis } => {
            let list = indices(values, step.inputs[1]).data();
            gathered(x(0), shape, |index| moved(index, axis, |i| Some(list[i] as usize)))
        }
        Op::Gather { axis } => {
            let places = indices(values, step.inputs[1]);
            gathered(x(0), shape, |index| {
                moved(index, axis, |_| Some(places.data()[flat(index, shape)] as usize))
            })
        }
        Op::SelectAdd { axis } => {
            let list = indices(values, step.inputs[1]).data();
            scattered(x(0), shape, |index| moved(index, axis, |i| Some(list[i] as usize)))
        }
        Op::ScatterAdd { axis } => {
            let places = indices(values, step.inputs[1]).data();
            let from = x(0).shape();
            scattered(x(0), shape, |index| moved(index, axis, |_| Some(places[flat(index, from)] as usize)))
        }
        Op::Triangle { diagonal } => Tensor::from_fn(shape, |i| {
            let (row, column) = ((i / shape[1]) as i64, (i % shape[1]) as i64);
            T::lit(if column - row <= i64::from(diagonal) { 1.0 } else { 0.0 })
        }),
        Op::Leaf(_) | Op::Custom(_) => unreachable!("these have sources of their own"),
    }
}

type Index = [usize; MAX_RANK];

/// The position in row-major order of an index.
fn flat(index: Index, shape: Shape) -> usize {
    shape.iter().zip(index).fold(0, |at, (&extent, i)| at * extent + i)
}

/// The index at a position in row-major order.
fn index_of(mut position: usize, shape: Shape) -> Index {
    let mut index = [0; MAX_RANK];
    for axis in (0..shape.rank()).rev() {
        index[axis] = position % shape[axis];
        position /= shape[axis];
    }
    index
}

/// The index with one axis changed.
fn moved(mut index: Index, axis: u8, f: impl Fn(usize) -> Option<usize>) -> Option<Index> {
    index[axis as usize] = f(index[axis as usize])?;
    Some(index)
}

/// The index into an operand of shape `from` that is repeated to `to`, aligned at the last axis.
fn broadcast_index(index: Index, from: Shape, to: Shape) -> Option<Index> {
    let added = to.rank() - from.rank();
    let mut into = [0; MAX_RANK];
    for axis in 0..from.rank() {
        into[axis] = if from[axis] == 1 { 0 } else { index[axis + added] };
    }
    Some(into)
}

/// A tensor of `shape` read from `x` at computed indices, 0 where there is none.
fn gathered<T: Element>(x: &Tensor<T>, shape: Shape, from: impl Fn(Index) -> Option<Index>) -> Tensor<T> {
    Tensor::from_fn(shape, |i| match from(index_of(i, shape)) {
        Some(index) => x.data()[flat(index, x.shape())],
        None => T::lit(0.0),
    })
}

/// Zeros of `shape` to which each number of `x` is added at a computed index.
fn scattered<T: Element>(x: &Tensor<T>, shape: Shape, to: impl Fn(Index) -> Option<Index>) -> Tensor<T> {
    let mut sums = vec![T::lit(0.0); shape.count()];
    for (i, &number) in x.data().iter().enumerate() {
        if let Some(index) = to(index_of(i, x.shape())) {
            let sum = &mut sums[flat(index, shape)];
            *sum = *sum + number;
        }
    }
    Tensor::from_slice(shape, &sums).expect("one sum per element")
}

fn matmul<T: Element>(
    a: &Tensor<T>,
    transpose_a: bool,
    b: &Tensor<T>,
    transpose_b: bool,
    shape: Shape,
) -> Tensor<T> {
    let (rows, columns) = infer::last_two(shape, false);
    let (_, inner) = infer::last_two(a.shape(), transpose_a);
    let at = |transposed: bool, batch: usize, i: usize, j: usize, height: usize, width: usize| {
        batch * height * width + if transposed { j * height + i } else { i * width + j }
    };
    Tensor::from_fn(shape, |position| {
        let (batch, i, j) = (position / (rows * columns), position / columns % rows, position % columns);
        (0..inner).fold(T::lit(0.0), |sum, k| {
            let x = a.data()[at(transpose_a, batch, i, k, rows, inner)];
            let y = b.data()[at(transpose_b, batch, k, j, inner, columns)];
            sum + x * y
        })
    })
}

/// A reduction of `[outer, n, inner]` over n.
fn reduce<T: Element>(x: &Tensor<T>, how: Reduction, first: usize, end: usize, shape: Shape) -> Tensor<T> {
    let from = x.shape();
    let n: usize = from[first..end].iter().product();
    let inner: usize = from[end..].iter().product();
    Tensor::from_fn(shape, |position| {
        let column = |i: usize| x.data()[(position / inner * n + i) * inner + position % inner];
        match how {
            Reduction::Sum if inner == 1 => sum_of_lanes(n, column),
            Reduction::Sum => sum_of_blocks(n, column),
            // Zeros count as equal, and as +0.
            Reduction::Max => {
                zero_is_plus((0..n).fold(T::from_f64(f64::NEG_INFINITY), |max, i| Float::max(max, column(i))))
            }
            Reduction::Min => {
                zero_is_plus((0..n).fold(T::from_f64(f64::INFINITY), |min, i| Float::min(min, column(i))))
            }
            Reduction::ArgMax => {
                T::lit((0..n).fold(0, |at, i| if column(i) > column(at) { i } else { at }) as f64)
            }
            Reduction::ArgMin => {
                T::lit((0..n).fold(0, |at, i| if column(i) < column(at) { i } else { at }) as f64)
            }
        }
    })
}

fn zero_is_plus<T: Element>(x: T) -> T {
    if x == T::from_f64(0.0) { T::from_f64(0.0) } else { x }
}

/// The sum of neighbouring numbers: blocks of 1024, of which number i goes to lane i % 16; lanes joined by
/// halves, block sums added in `f64`.
fn sum_of_lanes<T: Element>(n: usize, number: impl Fn(usize) -> T) -> T {
    let mut total = 0.0;
    for start in (0..n).step_by(1024) {
        let mut lanes = [T::from_f64(0.0); 16];
        for i in start..n.min(start + 1024) {
            lanes[i % 16] = lanes[i % 16] + number(i);
        }
        for half in [8, 4, 2, 1] {
            for lane in 0..half {
                lanes[lane] = lanes[lane] + lanes[lane + half];
            }
        }
        total += lanes[0].to_f64();
    }
    T::from_f64(total)
}

/// The sum of numbers that stand in different rows: in order within blocks of 64 rows, block sums in order.
fn sum_of_blocks<T: Element>(n: usize, number: impl Fn(usize) -> T) -> T {
    (0..n).step_by(64).fold(T::from_f64(0.0), |total, start| {
        total + (start..n.min(start + 64)).fold(T::from_f64(0.0), |sum, i| sum + number(i))
    })
}

fn cumsum<T: Element>(x: &Tensor<T>, axis: usize, reverse: bool) -> Tensor<T> {
    let shape = x.shape();
    let (n, inner): (usize, usize) = (shape[axis], shape[axis + 1..].iter().product());
    let mut sums = x.to_vec();
    for start in 0..shape.count() {
        let i = start / inner % n;
        if i > 0 {
            continue;
        }
        for step in 1..n {
            let (to, from) = if reverse { (n - 1 - step, n - step) } else { (step, step - 1) };
            sums[start + to * inner] = sums[start + to * inner] + sums[start + from * inner];
        }
    }
    Tensor::from_slice(shape, &sums).expect("one sum per element")
}
