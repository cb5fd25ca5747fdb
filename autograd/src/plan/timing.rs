//! Timed runs: what a profile collects, and what it says of a plan's jobs, which a plan itself does not keep.

use std::any::Any;
use std::cell::RefCell;
use std::panic::Location;
use std::rc::Rc;
use std::time::Instant;

use crate::element::Element;
use crate::exec::level::Level;
use crate::exec::plan::{Job, Plan};
use crate::exec::{self, Custom, Given, Ready, Watch, ticks};
use crate::ops::Shape;
use crate::plan::executor::{Way, with_way};
use crate::plan::{Outline, Pass, Program, Source};
use crate::record::Store;
use crate::tensor::Tensor;

/// What a job is.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum JobKind {
    /// Elementwise operations and reductions, fused, row by row.
    Kernel,
    /// A matrix product.
    Product,
    /// Numbers moved to another layout, or a reduction that no kernel does.
    Move,
    /// A user's operation.
    Custom,
}

/// One operation of a job.
pub(crate) struct StepOutline {
    pub(crate) op: String,
    pub(crate) inputs: Vec<Shape>,
    pub(crate) shape: Shape,
    pub(crate) pass: Pass,
    /// The node that it computes or differentiates; of an update, none.
    pub(crate) node: Option<u32>,
    /// Name of the node that it computes or differentiates, or of a leaf that this node reads.
    pub(crate) name: Option<String>,
    pub(crate) origin: &'static Location<'static>,
    pub(crate) flops: u64,
}

/// One job of a plan.
pub(crate) struct JobOutline {
    pub(crate) kind: JobKind,
    pub(crate) steps: Vec<StepOutline>,
    pub(crate) read: u64,
    pub(crate) written: u64,
}

/// A plan that ran, and when.
pub(crate) struct PlanTimes {
    plan: Rc<dyn Any>,
    pub(crate) element: &'static str,
    pub(crate) level: Level,
    pub(crate) jobs: Vec<JobOutline>,
    pub(crate) runs: u64,
    /// Those among them that were timed, and how many were not since the last of them.
    pub(crate) timed: u64,
    skipped: u64,
    /// Time of each job over all runs, where those before a timed one count as it does; and that of its fastest run.
    pub(crate) total: Vec<u64>,
    pub(crate) least: Vec<u64>,
}

/// A run: its plan, when its first job began, and where its jobs' times begin in the list of all.
#[derive(Clone, Copy)]
pub(crate) struct Run {
    pub(crate) plan: usize,
    /// Since the session began.
    pub(crate) start: u64,
    pub(crate) first: usize,
}

/// What is collected while a profile is made: in ticks until it ends, then in nanoseconds.
pub(crate) struct Session {
    began: Instant,
    began_at: u64,
    /// Nanoseconds from its beginning to its end.
    pub(crate) elapsed: u64,
    pub(crate) plans: Vec<PlanTimes>,
    /// The first timed runs one by one, up to `KEPT` jobs; later ones are in the totals only.
    pub(crate) runs: Vec<Run>,
    /// Times of their jobs.
    pub(crate) times: Vec<u64>,
}

/// Times kept one by one at the most: 8 MB.
const KEPT: usize = 1 << 20;

/// As many runs of each plan are timed. Later, where reading the clock is a large part of a job, one in some is: a
/// clock takes 15 to 50 ns, and the smallest jobs 100.
const ALL_TIMED: u64 = 256;
const ONE_IN: u64 = 8;
/// Ticks of a short job: at 2 to 4 GHz about half a microsecond.
const SHORT_JOB: u64 = 1500;

thread_local! {
    static SESSION: RefCell<Option<Session>> = const { RefCell::new(None) };
    static STOPWATCHES: RefCell<Vec<Stopwatch>> = const { RefCell::new(Vec::new()) };
}

/// Runs `f` with all plans of this thread timed.
pub(crate) fn timed<R>(f: impl FnOnce() -> R) -> (R, Session) {
    struct Restore(Option<Session>);
    impl Drop for Restore {
        fn drop(&mut self) {
            SESSION.replace(self.0.take());
        }
    }
    let session = Session {
        began: Instant::now(),
        began_at: ticks(),
        elapsed: 0,
        plans: Vec::new(),
        runs: Vec::new(),
        times: Vec::new(),
    };
    let mut restore = Restore(SESSION.replace(Some(session)));
    let result = with_way(Way::Profiled, f);
    let mut session = SESSION.replace(restore.0.take()).expect("a session is under way");
    std::mem::forget(restore);
    session.end();
    (result, session)
}

/// The times of one run, job by job.
#[derive(Default)]
struct Stopwatch {
    began: u64,
    last: u64,
    times: Vec<u64>,
}

impl Watch for Stopwatch {
    #[inline]
    fn begin(&mut self) {
        self.times.clear();
        self.began = ticks();
        self.last = self.began;
    }

    #[inline]
    fn job_done(&mut self) {
        let now = ticks();
        // Counters of two processors may differ a little.
        self.times.push(now.saturating_sub(self.last));
        self.last = now;
    }
}

/// Whether the next run of a plan is to be timed; counts it if it is not.
pub(super) fn is_due<T: Element>(plan: &Rc<Plan<T>>) -> bool {
    SESSION.with_borrow_mut(|session| {
        let Some(session) = session else { return false };
        let Some(at) = session.find(plan) else { return true };
        let plan = &mut session.plans[at];
        let due = plan.timed < ALL_TIMED || plan.runs % ONE_IN == 0 || !plan.is_short();
        plan.runs += u64::from(!due);
        plan.skipped += u64::from(!due);
        due
    })
}

/// Runs a plan with its jobs timed; `describe` is called when the session has not met it.
///
/// Kept out of line, so that runs that nobody times are compiled as if this were not here.
#[inline(never)]
pub(super) fn run<T: Element>(
    plan: &Rc<Plan<T>>,
    level: Level,
    given: &impl Given<T>,
    ready: &mut Ready<T>,
    values: &mut Vec<Option<Tensor<T>>>,
    describe: impl FnOnce() -> Vec<JobOutline>,
) -> bool {
    // A custom operation may run plans meanwhile, which take another stopwatch.
    let mut watch = STOPWATCHES.with_borrow_mut(Vec::pop).unwrap_or_default();
    let find = || SESSION.with_borrow(|session| session.as_ref().map(|session| session.find(plan)));
    // Now: the user's rules, which are recorded for this, must not fail when memory has been written over.
    let described = matches!(find(), Some(None)).then(describe);
    let done = exec::run(plan, level, given, &mut watch, ready, values);
    // A run that was stopped half way says nothing of its other jobs.
    if let Some(known) = find().filter(|_| watch.times.len() == plan.jobs.len()) {
        SESSION.with_borrow_mut(|session| {
            let session = session.as_mut().expect("just looked at");
            let at = known.or_else(|| Some(session.meet(plan, level, described?)));
            at.into_iter().for_each(|at| session.note(at, &watch));
        });
    }
    STOPWATCHES.with_borrow_mut(|stopwatches| stopwatches.push(watch));
    done
}

impl PlanTimes {
    /// Whether its jobs are so short that a clock is felt.
    fn is_short(&self) -> bool {
        self.least.iter().sum::<u64>() < SHORT_JOB * self.least.len() as u64
    }
}

impl Session {
    /// Ends the session: how long a tick was is known from how many there were.
    fn end(&mut self) {
        self.elapsed = self.began.elapsed().as_nanos() as u64;
        let tick = self.elapsed as f64 / ticks().saturating_sub(self.began_at).max(1) as f64;
        for plan in &mut self.plans {
            let counted = (plan.runs - plan.skipped).max(1);
            plan.total.iter_mut().for_each(|total| *total += *total / counted * plan.skipped);
        }
        let numbers = self.plans.iter_mut().flat_map(|plan| plan.total.iter_mut().chain(&mut plan.least));
        let starts = self.runs.iter_mut().map(|run| &mut run.start);
        for number in numbers.chain(starts).chain(&mut self.times) {
            *number = (*number as f64 * tick) as u64;
        }
    }

    fn find<T: Element>(&self, plan: &Rc<Plan<T>>) -> Option<usize> {
        let address = Rc::as_ptr(plan).cast::<()>();
        self.plans.iter().position(|known| std::ptr::eq(Rc::as_ptr(&known.plan).cast(), address))
    }

    fn meet<T: Element>(&mut self, plan: &Rc<Plan<T>>, level: Level, jobs: Vec<JobOutline>) -> usize {
        let count = jobs.len();
        self.plans.push(PlanTimes {
            plan: plan.clone(),
            element: T::NAME,
            level,
            jobs,
            runs: 0,
            timed: 0,
            skipped: 0,
            total: vec![0; count],
            least: vec![u64::MAX; count],
        });
        self.plans.len() - 1
    }

    fn note(&mut self, at: usize, watch: &Stopwatch) {
        let plan = &mut self.plans[at];
        plan.runs += 1;
        plan.timed += 1;
        let weight = 1 + std::mem::take(&mut plan.skipped);
        for ((total, least), &time) in plan.total.iter_mut().zip(&mut plan.least).zip(&watch.times) {
            *total += weight * time;
            *least = time.min(*least);
        }
        if self.times.len() + watch.times.len() <= KEPT {
            let start = watch.began.saturating_sub(self.began_at);
            self.runs.push(Run { plan: at, start, first: self.times.len() });
            self.times.extend_from_slice(&watch.times);
        }
    }
}

/// What the jobs of a plan compute, from the program that it was made of.
pub(super) fn describe<T: Element, C: Custom<T>>(
    store: &RefCell<Store<T, C>>,
    plan: &Plan<T>,
    program: Program<T>,
) -> Vec<JobOutline> {
    let store = store.borrow();
    let outline = Outline::new(program);
    assert!(plan.jobs.len() == outline.jobs.len(), "a program always gives the same jobs");
    let step = |&at: &u32| {
        let step = &outline.program.steps[at as usize];
        let inputs: Vec<Shape> =
            step.inputs.iter().map(|&input| outline.program.steps[input as usize].shape).collect();
        let node = step.provenance.node;
        let own = || store.name(node?);
        let read = || store.nodes[node? as usize].inputs.iter().find_map(|&input| store.name(input));
        StepOutline {
            op: match (&step.source, node) {
                (Source::Custom(_), Some(node)) => store.custom_op(node).name().to_owned(),
                (Source::FrozenCustom(op), _) => op.name().to_owned(),
                _ => step.op.name().to_owned(),
            },
            flops: step.op.flops(&inputs, step.shape),
            inputs,
            shape: step.shape,
            pass: step.provenance.pass,
            node,
            name: own().or_else(read).map(str::to_owned),
            origin: step.provenance.origin,
        }
    };
    let job = |(job, steps): (&Job<T>, &Vec<u32>)| JobOutline {
        kind: match job {
            Job::Kernel(_) => JobKind::Kernel,
            Job::Product(_) => JobKind::Product,
            Job::Move(_) => JobKind::Move,
            Job::Custom(_) => JobKind::Custom,
        },
        steps: steps.iter().map(step).collect(),
        read: steps.iter().map(|&at| outline.read[at as usize]).sum(),
        written: steps.iter().map(|&at| outline.written[at as usize]).sum(),
    };
    plan.jobs.iter().zip(&outline.jobs).map(job).collect()
}
