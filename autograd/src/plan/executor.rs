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

thread_local! {
    static EXECUTOR: Cell<Option<Executor>> = const { Cell::new(None) };
}

impl Executor {
    /// The executor of this thread: the variable `AUTOGRAD_EXECUTOR` (`planned` or `reference`)
    /// unless [`with_executor`] says otherwise.
    ///
    /// # Panics
    /// If the variable has another value.
    pub fn current() -> Executor {
        EXECUTOR.get().unwrap_or_else(|| {
            static CHOSEN: OnceLock<Executor> = OnceLock::new();
            *CHOSEN.get_or_init(|| match std::env::var("AUTOGRAD_EXECUTOR").as_deref() {
                Err(_) | Ok("" | "planned") => Executor::Planned,
                Ok("reference") => Executor::Reference,
                Ok(other) => {
                    panic!("AUTOGRAD_EXECUTOR={other} is no executor; it may be planned or reference")
                }
            })
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
    struct Restore(Option<Executor>);
    impl Drop for Restore {
        fn drop(&mut self) {
            EXECUTOR.set(self.0);
        }
    }
    let _restore = Restore(EXECUTOR.replace(Some(executor)));
    f()
}
