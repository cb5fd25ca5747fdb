//! `Executor`: how this thread runs requests.

use std::cell::Cell;
use std::sync::OnceLock;

/// How requests are run. Results agree: sums and elementwise operations to the bit, matrix
/// products to rounding.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Executor {
    /// By cached plans of fused kernels.
    Planned,
    /// One operation at a time, slowly and obviously: the oracle that plans are tested against.
    Reference,
}

/// How this thread runs requests, for the planner: one look for each request decides.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    Planned,
    /// By plans whose jobs are timed.
    Profiled,
    Reference,
}

thread_local! {
    static WAY: Cell<Option<Way>> = const { Cell::new(None) };
}

impl Way {
    #[inline]
    pub(crate) fn current() -> Way {
        WAY.get().unwrap_or_else(|| match Executor::of_the_environment() {
            Executor::Planned => Way::Planned,
            Executor::Reference => Way::Reference,
        })
    }
}

/// Runs `f` with this thread's requests run in this way; the earlier one is back afterwards, also when `f` panics.
pub(crate) fn with_way<R>(way: Way, f: impl FnOnce() -> R) -> R {
    struct Restore(Option<Way>);
    impl Drop for Restore {
        fn drop(&mut self) {
            WAY.set(self.0);
        }
    }
    let _restore = Restore(WAY.replace(Some(way)));
    f()
}

impl Executor {
    /// The executor of this thread: the variable `AUTOGRAD_EXECUTOR` (`planned` or `reference`)
    /// unless [`with_executor`] says otherwise.
    ///
    /// # Panics
    /// If the variable has another value.
    pub fn current() -> Executor {
        match Way::current() {
            Way::Planned | Way::Profiled => Executor::Planned,
            Way::Reference => Executor::Reference,
        }
    }

    fn of_the_environment() -> Executor {
        static CHOSEN: OnceLock<Executor> = OnceLock::new();
        *CHOSEN.get_or_init(|| match std::env::var("AUTOGRAD_EXECUTOR").as_deref() {
            Err(_) | Ok("" | "planned") => Executor::Planned,
            Ok("reference") => Executor::Reference,
            Ok(other) => {
                panic!("AUTOGRAD_EXECUTOR={other} is no executor; it may be planned or reference")
            }
        })
    }
}

/// Runs `f` with this thread's requests run by `executor`; the earlier one is back afterwards, also when `f` panics.
///
/// ```
/// use autograd::{Executor, Graph, with_executor};
/// let sum = || Graph::new().constant([1.0, 2.0]).sum().item();
/// assert_eq!(with_executor(Executor::Reference, sum), with_executor(Executor::Planned, sum));
/// ```
pub fn with_executor<R>(executor: Executor, f: impl FnOnce() -> R) -> R {
    let way = match executor {
        Executor::Planned => Way::Planned,
        Executor::Reference => Way::Reference,
    };
    with_way(way, f)
}
