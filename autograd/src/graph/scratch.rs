//! `Scratch`: nodes that are recorded for a look and cut off again.

use super::recorder::Graph;
use crate::element::Element;
use crate::record::Mark;

/// What is recorded while this lives is cut off when it is dropped, also on unwinding.
///
/// Meanwhile a user's numbers are structure, not data, and values cannot be asked for.
pub(crate) struct Scratch<'g, T: Element> {
    graph: &'g Graph<T>,
    mark: Mark,
    within_another: bool,
}

impl<'g, T: Element> Scratch<'g, T> {
    pub(crate) fn begin(graph: &'g Graph<T>) -> Self {
        let mut store = graph.store().borrow_mut();
        let within_another = std::mem::replace(&mut store.scratch, true);
        if !within_another {
            store.visits.clear();
        }
        Scratch { graph, mark: store.mark(), within_another }
    }

    /// The first node that is cut off.
    pub(crate) fn cut(&self) -> u32 {
        self.mark.nodes as u32
    }
}

impl<T: Element> Drop for Scratch<'_, T> {
    fn drop(&mut self) {
        let mut store = self.graph.store().borrow_mut();
        store.cut(&self.mark);
        store.scratch = self.within_another;
    }
}
