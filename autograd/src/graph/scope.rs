//! `Scope`: a piece of a graph that has a name, for explanations and pictures.

use super::recorder::Graph;
use crate::element::Element;

/// While it lives, what is recorded belongs to the piece that [`Graph::scope`] names.
#[must_use = "a scope ends where it is dropped: bind it with `let _scope = …`"]
pub struct Scope<'g, T: Element = f32> {
    graph: &'g Graph<T>,
    first: u32,
    depth: usize,
}

impl<T: Element> Graph<T> {
    /// Names what is recorded until the scope is dropped, for explanations and pictures. An inner scope adds to the name of the one
    /// around it: `encoder.attention`. It costs nothing for each node.
    ///
    /// ```
    /// use autograd::Graph;
    /// let g = Graph::new();
    /// let (x, w) = (g.var(2.0).named("x"), g.var(3.0).named("w"));
    /// let h = {
    ///     let _hidden = g.scope("hidden");
    ///     (w * x).tanh()
    /// };
    /// let trace = h.square().trace();
    /// assert_eq!((trace.node(h).unwrap().group.as_str(), trace.root().group.as_str()), ("hidden", ""));
    /// ```
    pub fn scope(&self, name: &str) -> Scope<'_, T> {
        let mut store = self.store().borrow_mut();
        let (first, depth) = (store.nodes.len() as u32, store.open.len());
        store.open.push(name.to_owned());
        Scope { graph: self, first, depth }
    }
}

impl<T: Element> Drop for Scope<'_, T> {
    fn drop(&mut self) {
        let mut store = self.graph.store().borrow_mut();
        let name = store.open[..=self.depth].join(".");
        store.set_scope(self.first, name);
        store.open.truncate(self.depth);
    }
}
