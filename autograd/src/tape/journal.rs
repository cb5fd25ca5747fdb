//! `Journal`: what was done on a tape, node by node, for who wants to see it; and names of nodes.
//!
//! Nothing here is on the way of a tape without a journal: entries are made where the check for room has failed.

use std::cell::RefCell;
use std::collections::HashMap;
use std::panic::Location;

use crate::number::Scalar;
use crate::ops::Op;

/// What a node is.
#[derive(Clone, Copy, Debug)]
pub(crate) enum What {
    /// A variable.
    Leaf,
    /// A row of the rule book, and its operands.
    Row(Op, [Known; 2]),
    /// Something of many parents, by name; they are in its record.
    Many(&'static str),
}

/// An operand.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) enum Known {
    /// There is none.
    Nothing,
    /// A node.
    Node(u32),
    /// A constant.
    Number(f64),
}

/// One node.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Entry {
    pub(crate) what: What,
    pub(crate) value: f64,
    pub(crate) origin: &'static Location<'static>,
}

/// An entry for each node, the passive one excluded; empty if none is kept.
#[derive(Default)]
pub(crate) struct Journal {
    entries: RefCell<Vec<Entry>>,
}

impl Journal {
    pub(super) fn clear(&mut self) {
        self.entries.get_mut().clear();
    }

    /// The entry of a node.
    pub(super) fn entry(&self, id: u32) -> Option<Entry> {
        self.entries.borrow().get(id as usize - 1).copied()
    }

    #[cold]
    pub(super) fn note<R: Scalar>(&self, what: What, value: R, origin: &'static Location<'static>) {
        self.entries.borrow_mut().push(Entry { what, value: value.peek(), origin });
    }
}

/// What the user called nodes.
#[derive(Default)]
pub(super) struct Names {
    single: HashMap<u32, String>,
    /// Neighbours: the first, how many, the name of all.
    ranges: Vec<(u32, u32, String)>,
}

impl Names {
    pub(super) fn set(&mut self, id: u32, name: &str) {
        self.single.insert(id, name.to_owned());
    }

    pub(super) fn set_all(&mut self, first: u32, length: u32, name: &str) {
        self.ranges.push((first, length, name.to_owned()));
    }

    pub(super) fn of(&self, id: u32) -> Option<String> {
        let neighbour = || {
            let mut ranges = self.ranges.iter().rev();
            let (first, _, name) =
                ranges.find(|(first, length, _)| (*first..first + length).contains(&id))?;
            Some(format!("{name}[{}]", id - first))
        };
        self.single.get(&id).cloned().or_else(neighbour)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.single.is_empty() && self.ranges.is_empty()
    }

    pub(super) fn clear(&mut self) {
        self.single.clear();
        self.ranges.clear();
    }
}
