//! Runs a plan: binds its memory, then does one job after the other.

use smallvec::SmallVec;

use super::frame::Frame;
use super::given::{Given, Lent};
use super::level::Level;
use super::memory::Memory;
use super::plan::{CustomJob, CustomSource, Job, Output, Plan, Product};
use super::{custom, gemm, moves};
use crate::data::Data;
use crate::denormals::FlushDenormals;
use crate::element::Element;
use crate::ops::Shape;
use crate::tensor::Tensor;

/// Told by a run when it begins with the jobs, and when each of them has ended.
pub(crate) trait Watch {
    fn begin(&mut self);
    fn job_done(&mut self);
}

/// Nobody watches: such a run has no trace of it.
impl Watch for () {
    #[inline(always)]
    fn begin(&mut self) {}
    #[inline(always)]
    fn job_done(&mut self) {}
}

/// Asked before memory of leaves is written over: sees the outputs that are computed by then, and the places of those
/// that will take the memory of their leaves. If it says no, nothing is.
pub(crate) type Ready<'a, T> = dyn FnMut(&[Option<Tensor<T>>], &[usize]) -> bool + 'a;

/// Runs `plan` on what is given; the outputs' values are appended to `out`. Whether `ready` said yes.
pub(crate) fn run<T: Element>(
    plan: &Plan<T>,
    level: Level,
    given: &impl Given<T>,
    watch: &mut impl Watch,
    ready: &mut Ready<T>,
    out: &mut Vec<Option<Tensor<T>>>,
) -> bool {
    // A custom operation may run the same plan: it then makes a frame of its own.
    let mut frame = plan.frame.take().unwrap_or_else(|| Box::new(Frame::new(plan)));
    // What is lent stays in memory to the end of the run; nothing is borrowed while custom operations run.
    frame.bind(plan, &given.lend());
    watch.begin();
    jobs(&plan.jobs[..plan.half], &Memory { slots: &frame.slots, level }, given, watch);
    if !plan.taking.is_empty() {
        let done = second_half(plan, &mut frame, level, given, watch, ready, out);
        frame.end();
        plan.frame.set(Some(frame));
        return done;
    }
    plan.outputs.iter().for_each(|output| push(output, true, &mut frame, given, out));
    frame.end();
    plan.frame.set(Some(frame));
    ready(out, &[])
}

/// The second half of a run: results that take the memory of leaves.
#[inline(never)]
fn second_half<T: Element>(
    plan: &Plan<T>,
    frame: &mut Frame<T>,
    level: Level,
    given: &impl Given<T>,
    watch: &mut impl Watch,
    ready: &mut Ready<T>,
    out: &mut Vec<Option<Tensor<T>>>,
) -> bool {
    let start = out.len();
    let mut later = plan.later.iter().peekable();
    for (place, output) in plan.outputs.iter().enumerate() {
        match later.next_if(|&&later| later == place) {
            Some(_) => out.push(Some(Tensor::zeros([0]))),
            None => push(output, false, frame, given, out),
        }
    }
    if !ready(&out[start..], &plan.taking) {
        return false;
    }
    frame.bind_later(plan, |position| given.take(position));
    jobs(&plan.jobs[plan.half..], &Memory { slots: &frame.slots, level }, given, watch);
    for &place in &plan.later {
        push(&plan.outputs[place], false, frame, given, out);
        out.swap_remove(start + place);
    }
    true
}

/// Appends the value of an output; with `takes`, its last one takes the memory of a result out of the frame.
#[inline(always)]
fn push<T: Element>(
    output: &Option<Output<T>>,
    takes: bool,
    frame: &mut Frame<T>,
    given: &impl Given<T>,
    out: &mut Vec<Option<Tensor<T>>>,
) {
    // Each case pushes by itself: a value that is chosen first and pushed then is moved twice.
    match output {
        Some(Output::Result { result, extents, last }) => {
            let storage = &mut frame.results[*result as usize];
            let storage = if takes && *last { storage.take() } else { storage.clone() };
            let storage = storage.expect("a result is taken by its last output");
            out.push(Some(Tensor::from_storage(*extents, storage)));
        }
        Some(Output::Known(tensor)) => out.push(Some(tensor.clone())),
        Some(Output::Input { position, shape }) => out.push(Some(input(given, *position, *shape))),
        None => out.push(None),
    }
}

/// A number, a tensor or a held value that is given, in this shape.
fn input<T: Element>(given: &impl Given<T>, position: u32, shape: Shape) -> Tensor<T> {
    match given.lend().data(position) {
        Data::Tensor(tensor) => tensor.reshaped(shape).expect("shapes were checked when recorded"),
        Data::Number(number) => Tensor::full(shape, T::from_f64(number)),
        Data::Indices(_) => unreachable!("only numbers are asked for"),
    }
}

// Watched runs are compiled beside unwatched ones: without a word the compiler would share these bodies by calls.
#[inline(always)]
fn jobs<T: Element>(jobs: &[Job<T>], memory: &Memory<T>, given: &impl Given<T>, watch: &mut impl Watch) {
    let mut flush = FlushDenormals::new();
    for job in jobs {
        match job {
            Job::Kernel(kernel) => kernel.run(memory),
            Job::Product(product) => multiply(product, memory),
            Job::Move(job) => moves::run(job, memory),
            Job::Custom(job) => {
                // The user's code sees ordinary floating-point arithmetic.
                drop(flush);
                run_custom(job, memory, given);
                flush = FlushDenormals::new();
            }
        }
        watch.job_done();
    }
    drop(flush);
}

#[inline(always)]
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

fn run_custom<T: Element>(job: &CustomJob<T>, memory: &Memory<T>, given: &impl Given<T>) {
    let inputs: SmallVec<[Tensor<T>; 4]> = job
        .inputs
        .iter()
        .map(|&(slot, shape)| {
            Tensor::from_slice(shape, memory.all(slot)).expect("a slot has the count of its shape")
        })
        .collect();
    let value = match &job.op {
        CustomSource::Given(position) => custom::forward(&given.custom(*position), &inputs, job.shape),
        CustomSource::Frozen(op) => custom::forward(&**op, &inputs, job.shape),
    };
    // SAFETY: the planner gives a job memory that its inputs do not use, and they were copied.
    unsafe { memory.all_mut(job.out) }.copy_from_slice(value.data());
}
