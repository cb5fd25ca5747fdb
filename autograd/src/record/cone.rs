//! `Cone`: the piece of what was recorded that a request looks at.

use std::collections::HashSet;

use super::store::Store;
use crate::element::Element;

/// The nodes of a graph that a request looks at, ascending.
pub(crate) enum Cone {
    /// All nodes up to, excluding, this one: nothing is held, so a node's hash is that of its prefix.
    Prefix(u32),
    /// These nodes.
    Listed(Vec<u32>),
}

impl Cone {
    pub(crate) fn len(&self) -> usize {
        match self {
            Cone::Prefix(end) => *end as usize,
            Cone::Listed(ids) => ids.len(),
        }
    }

    /// Tells the two kinds apart.
    pub(crate) fn kind(&self) -> u64 {
        u64::from(matches!(self, Cone::Listed(_)))
    }

    /// The node at a position.
    pub(crate) fn node(&self, position: u32) -> u32 {
        match self {
            Cone::Prefix(_) => position,
            Cone::Listed(ids) => ids[position as usize],
        }
    }

    /// The position of a node.
    pub(crate) fn position(&self, node: u32) -> Option<u32> {
        match self {
            Cone::Prefix(end) => (node < *end).then_some(node),
            Cone::Listed(ids) => ids.binary_search(&node).ok().map(|at| at as u32),
        }
    }

    /// The nodes that values of `roots` depend on. With `through_held`, also those behind held
    /// values: a derivative needs their structure, though not their values.
    pub(crate) fn of<T: Element, C>(
        store: &Store<T, C>,
        roots: impl Iterator<Item = u32>,
        through_held: bool,
    ) -> Cone {
        if !store.holds_any() {
            return Cone::Prefix(roots.max().map_or(0, |highest| highest + 1));
        }
        Cone::listed(store, roots, |id| through_held || !store.is_held(id))
    }

    /// The nodes that `roots` are computed from, down to the leaves, whatever is held.
    pub(crate) fn from_leaves<T: Element, C>(store: &Store<T, C>, roots: impl Iterator<Item = u32>) -> Cone {
        Cone::listed(store, roots, |_| true)
    }

    /// `roots` and what lies below them, through nodes for which `passes` says so.
    fn listed<T: Element, C>(
        store: &Store<T, C>,
        roots: impl Iterator<Item = u32>,
        passes: impl Fn(u32) -> bool,
    ) -> Cone {
        let mut ids: Vec<u32> = Vec::new();
        let mut waiting: Vec<u32> = roots.collect();
        let mut seen = HashSet::new();
        while let Some(id) = waiting.pop() {
            if !seen.insert(id) {
                continue;
            }
            ids.push(id);
            if passes(id) {
                waiting.extend_from_slice(&store.nodes[id as usize].inputs);
            }
        }
        ids.sort_unstable();
        Cone::Listed(ids)
    }
}
