//! What a thread keeps between requests: node memory, plans; and how it executes them.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::OnceLock;

use crate::element::Element;
use crate::graph::{Key, Store};
use crate::plan::Cache;

/// The engine's state of one thread for one number type.
pub struct Local<T: Element> {
    stores: RefCell<Vec<Rc<RefCell<Store<T>>>>>,
    plans: RefCell<Cache<T>>,
    key: Cell<Key>,
}

/// Emptied stores kept at the most.
const STORES: usize = 8;
/// A store with room for more nodes than this is freed rather than kept.
const NODES: usize = 1 << 20;

impl<T: Element> Local<T> {
    pub(crate) fn new() -> Local<T> {
        Local { stores: RefCell::new(Vec::new()), plans: RefCell::new(Cache::new()), key: Cell::default() }
    }

    /// An empty store.
    pub(crate) fn take_store(&self) -> Rc<RefCell<Store<T>>> {
        self.stores.borrow_mut().pop().unwrap_or_default()
    }

    /// Keeps an emptied store.
    pub(crate) fn give_store(&self, store: &Rc<RefCell<Store<T>>>) {
        let mut stores = self.stores.borrow_mut();
        if stores.len() < STORES && store.borrow().nodes.capacity() <= NODES {
            stores.push(store.clone());
        }
    }

    pub(crate) fn plans(&self) -> &RefCell<Cache<T>> {
        &self.plans
    }

    /// An empty key with memory of an earlier one.
    pub(crate) fn take_key(&self) -> Key {
        let mut key = self.key.take();
        key.clear();
        key
    }

    pub(crate) fn give_key(&self, key: Key) {
        self.key.set(key);
    }
}

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

/// What this thread's plan cache holds and has done.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub struct PlanStats {
    /// Plans kept.
    pub kept: usize,
    /// Plans made since the thread started.
    pub built: u64,
}

/// Plans of this thread, of both number types together.
///
/// ```
/// use autograd::{Graph, plan_stats};
/// let step = |x: f64| { let g = Graph::new(); g.number(x).exp().item() };
/// step(1.0);
/// let built = plan_stats().built;
/// step(2.0); // the same structure with another number
/// assert_eq!(plan_stats().built, built);
/// ```
pub fn plan_stats() -> PlanStats {
    fn stats<T: Element>() -> (usize, u64) {
        T::with_local(|local| {
            let plans = local.plans().borrow();
            (plans.len(), plans.built)
        })
        .unwrap_or_default()
    }
    let (a, b) = (stats::<f32>(), stats::<f64>());
    PlanStats { kept: a.0 + b.0, built: a.1 + b.1 }
}

/// Forgets this thread's plans; they are made again when needed.
pub fn clear_plans() {
    f32::with_local(|local| local.plans().borrow_mut().clear());
    f64::with_local(|local| local.plans().borrow_mut().clear());
}
