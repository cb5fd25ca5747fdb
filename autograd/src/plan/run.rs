//! One request: its plan found or made, then run.

use std::cell::RefCell;
use std::rc::Rc;

use crate::element::Element;
use crate::exec::level::Level;
use crate::exec::plan::Plan;
use crate::exec::{self, Custom, Ready};
use crate::plan::build::build;
use crate::plan::cache::Request;
use crate::plan::executor::Way;
use crate::plan::recorded::Recorded;
use crate::plan::reference::Value as StepValue;
use crate::plan::{Program, local, reference, timing};
use crate::record::{Cone, Key, Store};
use crate::tensor::Tensor;

/// Computes the program that `record` gives for `roots` and a continuation of this key, unless it is planned
/// already. The outputs' values are appended to `values`, which is empty; whether `ready` said yes.
pub(crate) fn run<T: Element, C: Custom<T> + Clone>(
    store: &RefCell<Store<T, C>>,
    cone: &Cone,
    roots: &[u32],
    key: &mut Key,
    record: impl Fn() -> Program<T>,
    ready: &mut Ready<T>,
    values: &mut Vec<Option<Tensor<T>>>,
) -> bool {
    let given = Recorded { store, cone };
    let way = Way::current();
    if way == Way::Reference {
        reference::run(&record(), &given, values);
        return ready(values, &[]);
    }
    let level = Level::best();
    key.complete(roots, cone.kind() << 8 | level as u64, |node| {
        cone.position(node).expect("roots and named nodes are in the cone")
    });
    let plan = find_or_build(store, cone, key.words(), level, &record);
    let _running = Running::begin(store);
    if way == Way::Profiled && timing::is_due(&plan) {
        return timing::run(&plan, level, &given, ready, values, || timing::describe(store, &plan, record()));
    }
    exec::run(&plan, level, &given, &mut (), ready, values)
}

/// A run under way, also while user's code in it starts others of the same graph.
struct Running<'a, T: Element, C>(&'a RefCell<Store<T, C>>);

impl<'a, T: Element, C> Running<'a, T, C> {
    fn begin(store: &'a RefCell<Store<T, C>>) -> Self {
        let running = &store.borrow().running;
        running.set(running.get() + 1);
        Running(store)
    }
}

impl<T: Element, C> Drop for Running<'_, T, C> {
    fn drop(&mut self) {
        let running = &self.0.borrow().running;
        running.set(running.get() - 1);
    }
}

/// The value of every step of a program, one operation at a time.
pub(crate) fn values_of_steps<T: Element, C: Custom<T> + Clone>(
    store: &RefCell<Store<T, C>>,
    cone: &Cone,
    program: &Program<T>,
) -> Vec<Option<StepValue<T>>> {
    reference::values(program, &Recorded { store, cone })
}

/// The plan of a request, found by structure or made now.
fn find_or_build<T: Element, C>(
    store: &RefCell<Store<T, C>>,
    cone: &Cone,
    asked: &[u64],
    level: Level,
    record: impl FnOnce() -> Program<T>,
) -> Rc<Plan<T>> {
    let (hash, found) = {
        let store = store.borrow();
        let request = Request::new(&store, cone, asked);
        let hash = request.hash();
        (hash, local::with(|cache| cache.find(hash, &request)).flatten())
    };
    if let Some(plan) = found {
        return plan;
    }
    let plan = Rc::new(build(record(), level));
    let store = store.borrow();
    let request = Request::new(&store, cone, asked);
    local::with(|cache| cache.insert(hash, &request, plan.clone()));
    plan
}
