//! What a thread keeps between requests: node memory, plans, arenas.

use std::cell::RefCell;

use crate::element::Element;
use crate::graph::Store;

/// The engine's state of one thread for one number type.
pub struct Local<T: Element> {
    stores: RefCell<Vec<Store<T>>>,
}

/// Emptied stores kept at the most.
const STORES: usize = 8;
/// A store with room for more nodes than this is freed rather than kept.
const NODES: usize = 1 << 20;

impl<T: Element> Local<T> {
    pub(crate) fn new() -> Local<T> {
        Local { stores: RefCell::new(Vec::new()) }
    }

    pub(crate) fn take_store(&self) -> Store<T> {
        self.stores.borrow_mut().pop().unwrap_or_else(Store::new)
    }

    pub(crate) fn give_store(&self, store: Store<T>) {
        let mut stores = self.stores.borrow_mut();
        if stores.len() < STORES && store.nodes.capacity() <= NODES {
            stores.push(store);
        }
    }
}
