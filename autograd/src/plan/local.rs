//! What a thread keeps: plans.

use std::cell::RefCell;
use std::thread::LocalKey;

use crate::element::{Element, PerElement};
use crate::plan::cache::Cache;

struct Caches;

impl PerElement for Caches {
    type Of<T: Element> = &'static LocalKey<RefCell<Cache<T>>>;
}

thread_local! {
    static SINGLE: RefCell<Cache<f32>> = RefCell::new(Cache::new());
    static DOUBLE: RefCell<Cache<f64>> = RefCell::new(Cache::new());
}

/// Calls `f` with this thread's plans; `None` while the thread shuts down.
pub(super) fn with<T: Element, R>(f: impl FnOnce(&mut Cache<T>) -> R) -> Option<R> {
    T::choose::<Caches>(&SINGLE, &DOUBLE).try_with(|cache| f(&mut cache.borrow_mut())).ok()
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
        with(|cache: &mut Cache<T>| (cache.len(), cache.built)).unwrap_or_default()
    }
    let (a, b) = (stats::<f32>(), stats::<f64>());
    PlanStats { kept: a.0 + b.0, built: a.1 + b.1 }
}

/// Forgets this thread's plans; they are made again when needed.
pub fn clear_plans() {
    with(Cache::<f32>::clear);
    with(Cache::<f64>::clear);
}
