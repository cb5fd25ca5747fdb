//! Measured time: of each job of each plan that runs, beside what the machine can do.

mod machine;
mod report;
mod trace;

use std::collections::BTreeMap;
use std::panic::Location;
use std::time::Duration;

pub use machine::Machine;

use crate::exec::level::Level;
use crate::ops::Shape;
use crate::plan::{self, JobKind, JobOutline, Pass, PlanTimes, StepOutline};

/// Runs `f`, and times each job of each plan that this thread runs meanwhile: every value, gradient and step is one.
///
/// Whoever does not profile pays nothing: plans run in other code then. While it is on, a clock is read after each job, some
/// 15 ns, and a plan that is met for the first time is described. Of a plan whose jobs are so short that this would be
/// felt, the first 256 runs are timed and then one in eight. Under [`Executor::Reference`](crate::Executor)
/// plans run nevertheless, because there would be nothing to time.
///
/// ```
/// use autograd::prelude::*;
/// use autograd::{Pass, profile};
///
/// let w = Tensor::from_fn([64, 64], |i| (i as f32).sin());
/// let (loss, profile) = profile(|| {
///     let g = Graph::new();
///     let w = g.var(&w).named("w");
///     let loss = w.matmul(w).tanh().sum();
///     loss.backward();
///     loss.item()
/// });
/// assert!(loss.is_finite());
/// let plan = &profile.plans[0]; // that of backward()
/// let products = plan.jobs.iter().filter(|job| job.flops == 2 * 64 * 64 * 64);
/// assert_eq!(products.count(), 3); // one forward, two backward
/// assert!(plan.time_of(Pass::Backward) > 0.0);
/// println!("{profile}");
/// ```
pub fn profile<R>(f: impl FnOnce() -> R) -> (R, Profile) {
    let (result, session) = plan::timed(f);
    let elapsed = Duration::from_nanos(session.elapsed);
    let plans = session.plans.into_iter().map(PlanProfile::new).collect();
    let runs = session.runs.into_iter().map(|run| Run { plan: run.plan, start: run.start, first: run.first });
    (result, Profile { elapsed, plans, runs: runs.collect(), times: session.times })
}

/// What was measured while [`profile`] ran a closure.
///
/// `Display` is a table of jobs; [`to_chrome_trace`](Profile::to_chrome_trace) and [`to_folded`](Profile::to_folded) are
/// for viewers of traces and for flame graphs.
#[derive(Clone, PartialEq, Debug)]
#[non_exhaustive]
pub struct Profile {
    /// From the beginning of the closure to its end: plans, and what is done between them.
    pub elapsed: Duration,
    /// The plans that ran, in the order in which they were met.
    pub plans: Vec<PlanProfile>,
    runs: Vec<Run>,
    times: Vec<u64>,
}

/// One run of a plan.
#[derive(Clone, Copy, PartialEq, Debug)]
struct Run {
    plan: usize,
    start: u64,
    first: usize,
}

/// A plan: what was asked for once, or many times with other data.
#[derive(Clone, PartialEq, Debug)]
#[non_exhaustive]
pub struct PlanProfile {
    /// The number type, as in `f32`.
    pub element: &'static str,
    /// The instructions that its kernels use.
    pub level: Level,
    /// How often it ran.
    pub runs: u64,
    /// How many of these runs were timed; each other one counts as the next that was, and the
    /// last ones as the mean.
    pub timed_runs: u64,
    /// Its jobs, in the order in which they run.
    pub jobs: Vec<JobProfile>,
    /// What one thread of the machine can do with this number type at this level.
    pub machine: Machine,
}

/// One job of a plan: a kernel of fused operations, a product, a move, or a user's operation.
#[derive(Clone, PartialEq, Debug)]
#[non_exhaustive]
pub struct JobProfile {
    /// What it is.
    pub kind: JobKind,
    /// The operations that it computes, in order.
    pub ops: Vec<OpSite>,
    /// Nanoseconds over all runs, see [`timed_runs`](PlanProfile::timed_runs).
    pub total_ns: u64,
    /// Nanoseconds of the fastest run that was timed.
    pub least_ns: u64,
    /// How often it ran.
    pub runs: u64,
    /// Floating-point operations of one run.
    pub flops: u64,
    /// Bytes that one run reads and writes outside the kernel.
    pub bytes: u64,
}

/// An operation of a job.
#[derive(Clone, PartialEq, Debug)]
#[non_exhaustive]
pub struct OpSite {
    /// The operation.
    pub op: String,
    /// Shapes of its inputs.
    pub inputs: Vec<Shape>,
    /// Its shape.
    pub shape: Shape,
    /// In which pass it is computed.
    pub pass: Pass,
    /// The node that it computes or differentiates, as [`Var::id`](crate::Var::id) counted in the graph of the first run; of
    /// an update, none.
    pub node: Option<usize>,
    /// The name of the node that it computes or differentiates, or of a leaf that this node reads.
    pub name: Option<String>,
    /// Where that node was recorded; of an update, where the optimiser's rule recorded the operation.
    pub origin: &'static Location<'static>,
    /// Its floating-point operations.
    pub flops: u64,
}

/// Time that the operations of one source line take.
#[derive(Clone, PartialEq, Debug)]
#[non_exhaustive]
pub struct LineTime {
    /// The line, as in `src/net.rs:12`.
    pub line: String,
    /// In which pass.
    pub pass: Pass,
    /// Nanoseconds over all runs.
    pub ns: f64,
}

impl PlanProfile {
    fn new(times: PlanTimes) -> PlanProfile {
        let machine = Machine::measured(times.element, times.level);
        let jobs = times.jobs.into_iter().zip(times.total.into_iter().zip(times.least));
        let (runs, timed_runs) = (times.runs, times.timed);
        let job = |(job, (total_ns, least_ns)): (JobOutline, (u64, u64))| JobProfile {
            kind: job.kind,
            flops: job.steps.iter().map(|step| step.flops).sum(),
            bytes: job.read + job.written,
            ops: job.steps.into_iter().map(OpSite::new).collect(),
            total_ns,
            least_ns,
            runs,
        };
        PlanProfile {
            element: times.element,
            level: times.level,
            runs,
            timed_runs,
            jobs: jobs.map(job).collect(),
            machine,
        }
    }

    /// Nanoseconds of all jobs over all runs.
    pub fn total_ns(&self) -> u64 {
        self.jobs.iter().map(|job| job.total_ns).sum()
    }

    /// Nanoseconds of one pass over all runs. The time of a kernel that computes operations of two passes is shared
    /// out by their FLOPs.
    pub fn time_of(&self, pass: Pass) -> f64 {
        self.jobs.iter().map(|job| job.time_of(|op| op.pass == pass)).sum()
    }
}

impl JobProfile {
    /// Nanoseconds of one run, on average.
    pub fn mean_ns(&self) -> f64 {
        self.total_ns as f64 / self.runs.max(1) as f64
    }

    /// Floating-point operations of the fastest run by its time, in 10⁹ a second: other programs can only make a run slower.
    pub fn gflops(&self) -> f64 {
        self.flops as f64 / self.least_ns.max(1) as f64
    }

    /// Bytes that the fastest run reads and writes by its time, in 10⁹ a second: more than memory gives if they are in a cache.
    pub fn gigabytes_per_second(&self) -> f64 {
        self.bytes as f64 / self.least_ns.max(1) as f64
    }

    /// Nanoseconds over all runs of some of the operations: their share of the FLOPs, where each counts one more, so
    /// that what only moves numbers is not free.
    fn time_of(&self, which: impl Fn(&OpSite) -> bool) -> f64 {
        let weight = |op: &OpSite| (op.flops + op.shape.count() as u64).max(1) as f64;
        let all: f64 = self.ops.iter().map(weight).sum();
        let some: f64 = self.ops.iter().filter(|op| which(op)).map(weight).sum();
        if all == 0.0 { 0.0 } else { self.total_ns as f64 * some / all }
    }
}

impl OpSite {
    fn new(step: StepOutline) -> OpSite {
        let StepOutline { op, inputs, shape, pass, node, name, origin, flops } = step;
        OpSite { op, inputs, shape, pass, node: node.map(|id| id as usize), name, origin, flops }
    }

    fn line(&self) -> String {
        format!("{}:{}", self.origin.file(), self.origin.line())
    }
}

impl Profile {
    /// Nanoseconds of all plans.
    pub fn total_ns(&self) -> u64 {
        self.plans.iter().map(PlanProfile::total_ns).sum()
    }

    /// Time by source line and pass, the longest first. The time of a fused kernel is shared out by the FLOPs of its
    /// operations: it is one loop, whose parts cannot be timed.
    pub fn by_line(&self) -> Vec<LineTime> {
        let mut lines: BTreeMap<(String, Pass), f64> = BTreeMap::new();
        for job in self.plans.iter().flat_map(|plan| &plan.jobs) {
            let mut seen: Vec<(String, Pass)> = job.ops.iter().map(|op| (op.line(), op.pass)).collect();
            seen.sort_unstable();
            seen.dedup();
            for (line, pass) in seen {
                let ns = job.time_of(|op| op.pass == pass && op.line() == line);
                *lines.entry((line, pass)).or_default() += ns;
            }
        }
        let mut lines: Vec<LineTime> =
            lines.into_iter().map(|((line, pass), ns)| LineTime { line, pass, ns }).collect();
        lines.sort_by(|a, b| b.ns.total_cmp(&a.ns));
        lines
    }
}
