//! What a thread keeps between graphs: memory of nodes and keys.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::thread::LocalKey;

use super::recorder::Store;
use crate::element::{Element, PerElement};
use crate::record::Key;

/// What a thread keeps for one number type.
struct Local<T: Element> {
    stores: RefCell<Vec<Rc<RefCell<Store<T>>>>>,
    key: Cell<Key>,
}

/// Emptied stores kept at the most.
const STORES: usize = 8;
/// A store with room for more nodes than this is freed rather than kept.
const NODES: usize = 1 << 20;

impl<T: Element> Local<T> {
    const fn new() -> Local<T> {
        Local { stores: RefCell::new(Vec::new()), key: Cell::new(Key::new()) }
    }
}

struct Locals;

impl PerElement for Locals {
    type Of<T: Element> = &'static LocalKey<Local<T>>;
}

thread_local! {
    static SINGLE: Local<f32> = const { Local::new() };
    static DOUBLE: Local<f64> = const { Local::new() };
}

/// Calls `f` with what this thread keeps; `None` while the thread shuts down.
fn with<T: Element, R>(f: impl FnOnce(&Local<T>) -> R) -> Option<R> {
    T::choose::<Locals>(&SINGLE, &DOUBLE).try_with(f).ok()
}

/// An empty store.
pub(super) fn take_store<T: Element>() -> Rc<RefCell<Store<T>>> {
    with(|local: &Local<T>| local.stores.borrow_mut().pop()).flatten().unwrap_or_default()
}

/// Keeps an emptied store.
pub(super) fn give_store<T: Element>(store: &Rc<RefCell<Store<T>>>) {
    with(|local: &Local<T>| {
        let mut stores = local.stores.borrow_mut();
        if stores.len() < STORES && store.borrow().nodes.capacity() <= NODES {
            stores.push(store.clone());
        }
    });
}

/// An empty key with memory of an earlier one.
pub(super) fn take_key<T: Element>() -> Key {
    let mut key = with(|local: &Local<T>| local.key.take()).unwrap_or_default();
    key.clear();
    key
}

/// Keeps the memory of a key.
pub(super) fn give_key<T: Element>(key: Key) {
    with(|local: &Local<T>| local.key.set(key));
}
