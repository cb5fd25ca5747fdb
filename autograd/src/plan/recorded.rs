//! `Recorded`: the graph that is run, as plans ask for it: by position in a cone.

use std::cell::{Ref, RefCell};

use crate::data::Data;
use crate::element::Element;
use crate::exec::{Custom, Given, Lent};
use crate::record::{Cone, Store};
use crate::tensor::Tensor;

/// The nodes of a cone, with their data and custom operations.
pub(crate) struct Recorded<'a, T: Element, C> {
    pub(crate) store: &'a RefCell<Store<T, C>>,
    pub(crate) cone: &'a Cone,
}

/// Tensors and indices stay where they are until the store is cleared, which takes the graph for itself.
impl<T: Element, C: Custom<T> + Clone> Given<T> for Recorded<'_, T, C> {
    fn lend(&self) -> impl Lent<T> {
        Borrowed { store: self.store.borrow(), cone: self.cone }
    }

    fn take(&self, position: u32) -> Option<Tensor<T>> {
        self.store.borrow_mut().take(self.cone.node(position))
    }

    fn custom(&self, position: u32) -> impl Custom<T> {
        self.store.borrow().custom_op(self.cone.node(position)).clone()
    }
}

struct Borrowed<'a, T: Element, C> {
    store: Ref<'a, Store<T, C>>,
    cone: &'a Cone,
}

impl<T: Element, C> Lent<T> for Borrowed<'_, T, C> {
    fn data(&self, position: u32) -> Data<'_, T> {
        self.store.data(self.cone.node(position)).expect("inputs of a program have data")
    }
}
