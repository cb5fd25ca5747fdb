//! Runs a plan: finds its memory, then does one job after the other.

use smallvec::SmallVec;

use super::level::Level;
use super::memory::{Memory, Slot};
use super::{custom, gemm, moves};
use crate::buffer::Storage;
use crate::denormals::FlushDenormals;
use crate::element::Element;
use crate::graph::{Data, Graph};
use crate::ops::Shape;
use crate::plan::{Binding, Cone, CustomJob, Job, Output, Plan, Product, Source};
use crate::tensor::Tensor;

/// Lists of one run, whose memory the thread keeps.
pub(crate) struct Lists<T: Element> {
    numbers: Vec<T>,
    results: Vec<Option<Tensor<T>>>,
    slots: Vec<Slot<T>>,
}

impl<T: Element> Default for Lists<T> {
    fn default() -> Self {
        Lists { numbers: Vec::new(), results: Vec::new(), slots: Vec::new() }
    }
}

impl<T: Element> Lists<T> {
    fn clear(&mut self) {
        self.numbers.clear();
        self.results.clear();
        self.slots.clear();
    }
}

/// Runs `plan` on the data of `graph`; the outputs' values are appended to `out`.
pub(crate) fn run<T: Element>(
    plan: &Plan<T>,
    level: Level,
    graph: &Graph<T>,
    cone: &Cone,
    out: &mut Vec<Option<Tensor<T>>>,
) {
    let mut lists = T::with_local(|local| local.take_lists()).unwrap_or_default();
    let Lists { numbers, results, slots } = &mut lists;
    let mut working = Storage::<T>::take(plan.working + plan.registers);
    let working = working.get_mut().expect("a fresh buffer has one owner").as_mut_ptr();
    for shape in &plan.results {
        results.push(Some(Tensor::unwritten(*shape)));
    }
    {
        // The graph's tensors live until it is cleared, which takes the graph for itself: their
        // memory stays where it is when this borrow ends and custom operations run.
        let store = graph.store().borrow();
        for &position in &plan.numbers {
            match store.data(cone.node(position)) {
                Data::Number(number) => numbers.push(T::from_f64(number)),
                _ => unreachable!("the key says that this is a number"),
            }
        }
        for binding in &plan.slots {
            slots.push(match *binding {
                Binding::Tensor(position) => match store.data(cone.node(position)) {
                    Data::Tensor(tensor) => Slot::shared(tensor.data()),
                    _ => unreachable!("the key says that this is a tensor"),
                },
                Binding::Indices(position) => match store.data(cone.node(position)) {
                    Data::Indices(indices) => Slot::indices(indices.data()),
                    _ => unreachable!("the key says that these are indices"),
                },
                Binding::Number(at) => Slot::shared(&numbers[at as usize..=at as usize]),
                Binding::Literal(at) => Slot::shared(&plan.literals[at as usize..=at as usize]),
                Binding::Frozen(at) => Slot::shared(plan.frozen[at as usize].data()),
                Binding::FrozenIndices(at) => Slot::indices(plan.frozen_indices[at as usize].data()),
                // SAFETY: the planner's offsets lie within `plan.working`, and the buffer lives to the end.
                Binding::Working { offset, count } => unsafe { Slot::new(working.add(offset), count) },
                // SAFETY: registers follow the working memory in the same buffer.
                Binding::Registers => unsafe { Slot::new(working.add(plan.working), plan.registers) },
                Binding::Result(at) => {
                    let result = results[at as usize].as_mut().expect("results are handed out after the run");
                    let data = result.data_mut().expect("a fresh buffer has one owner");
                    // SAFETY: results live to the end of the run, and only slots refer to their memory.
                    unsafe { Slot::new(data.as_mut_ptr(), data.len()) }
                }
            });
        }
    }
    let memory = Memory { slots, level };
    jobs(plan, &memory, graph, cone);
    for output in &plan.outputs {
        out.push(output.as_ref().map(|output| match output {
            Output::Result { result, shape, last } => {
                let result = &mut results[*result as usize];
                let tensor = if *last { result.take() } else { result.clone() };
                tensor.expect("a result is taken by its last output").with_shape(*shape)
            }
            Output::Known(tensor) => tensor.clone(),
            Output::Input { position, shape } => match graph.store().borrow().data(cone.node(*position)) {
                Data::Tensor(tensor) => reshaped(tensor, *shape),
                Data::Number(number) => Tensor::full(*shape, T::from_f64(number)),
                Data::Indices(_) | Data::None => unreachable!("only numbers are asked for"),
            },
        }));
    }
    lists.clear();
    T::with_local(|local| local.give_lists(lists));
}

fn reshaped<T: Element>(tensor: &Tensor<T>, shape: Shape) -> Tensor<T> {
    tensor.reshaped(shape).expect("shapes were checked when recorded")
}

fn jobs<T: Element>(plan: &Plan<T>, memory: &Memory<T>, graph: &Graph<T>, cone: &Cone) {
    let mut flush = FlushDenormals::new();
    for job in &plan.jobs {
        match job {
            Job::Kernel(kernel) => kernel.run(memory),
            Job::Product(product) => multiply(product, memory),
            Job::Move(job) => moves::run(job, memory),
            Job::Custom(job) => {
                // The user's code sees ordinary floating-point arithmetic.
                drop(flush);
                run_custom(job, memory, graph, cone);
                flush = FlushDenormals::new();
            }
        }
    }
    drop(flush);
}

fn multiply<T: Element>(product: &Product, memory: &Memory<T>) {
    let Product { rows, inner, columns, .. } = *product;
    let (a, b) = (memory.all(product.a), memory.all(product.b));
    // SAFETY: the planner gives a product memory that neither operand uses.
    let out = unsafe { memory.all_mut(product.out) };
    let shape = gemm::Product {
        m: rows,
        n: columns,
        k: inner,
        a_transposed: product.transpose_a,
        b_transposed: product.transpose_b,
        alpha: T::from_f64(1.0),
        accumulate: false,
    };
    for batch in 0..product.batch {
        gemm::matmul(
            memory.level,
            shape,
            &a[batch * rows * inner..(batch + 1) * rows * inner],
            &b[batch * inner * columns..(batch + 1) * inner * columns],
            &mut out[batch * rows * columns..(batch + 1) * rows * columns],
        );
    }
}

fn run_custom<T: Element>(job: &CustomJob<T>, memory: &Memory<T>, graph: &Graph<T>, cone: &Cone) {
    let op = match &job.source {
        Source::Custom(position) => graph.store().borrow().custom_op(cone.node(*position)),
        Source::FrozenCustom(op) => op.clone(),
        _ => unreachable!("custom jobs have custom sources"),
    };
    let inputs: SmallVec<[Tensor<T>; 4]> = job
        .inputs
        .iter()
        .map(|&(slot, shape)| {
            Tensor::from_slice(shape, memory.all(slot)).expect("a slot has the count of its shape")
        })
        .collect();
    let value = custom::forward(&*op, &inputs, job.shape);
    // SAFETY: the planner gives a job memory that its inputs do not use, and they were copied.
    unsafe { memory.all_mut(job.out) }.copy_from_slice(value.data());
}
