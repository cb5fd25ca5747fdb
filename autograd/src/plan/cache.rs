//! Plans found again by structure: the hash finds a candidate, a comparison of the structure decides.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hash, Hasher};
use std::rc::Rc;

use crate::element::Element;
use crate::exec::level::Level;
use crate::graph::{Inputs, Key, Mixer, Store};
use crate::ops::{Extents, Op};
use crate::plan::{Cone, Plan};

/// A node of a cone, as far as it decides what is run.
struct KeyNode {
    op: Op,
    inputs: Inputs,
    extents: Extents,
    held: bool,
}

/// Everything that decides what a request runs.
struct Structure {
    nodes: Vec<KeyNode>,
    roots: Vec<u32>,
    words: Vec<u64>,
    named: Vec<u32>,
    level: Level,
}

struct Entry<T: Element> {
    structure: Structure,
    plan: Rc<Plan<T>>,
    used: u64,
}

/// Nodes in all remembered structures at the most: some hundred megabytes with their plans.
const NODES: usize = 400_000;

/// Hashes a key that is a hash already.
#[derive(Default)]
struct Ready(u64);

impl Hasher for Ready {
    fn finish(&self) -> u64 {
        self.0
    }
    fn write(&mut self, bytes: &[u8]) {
        bytes.hash(&mut Mixer(self.0));
    }
    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }
}

/// The plans of one thread.
pub(crate) struct Cache<T: Element> {
    entries: HashMap<u64, Vec<Entry<T>>, BuildHasherDefault<Ready>>,
    clock: u64,
    nodes: usize,
    pub(crate) built: u64,
}

/// One request, as the cache looks at it.
pub(crate) struct Request<'a, T: Element> {
    pub(crate) store: &'a Store<T>,
    pub(crate) cone: &'a Cone,
    pub(crate) roots: &'a [u32],
    pub(crate) key: &'a Key,
    pub(crate) level: Level,
}

/// Equality of operations, the frequent ones without a call.
#[inline]
fn same(a: &Op, b: &Op) -> bool {
    match (a, b) {
        (Op::Binary(a), Op::Binary(b)) => a == b,
        (Op::Leaf(a), Op::Leaf(b)) => a == b,
        (a, b) => a == b,
    }
}

impl<T: Element> Request<'_, T> {
    /// Hash of the structure: of a prefix, it is stored in its last node.
    pub(crate) fn hash(&self) -> u64 {
        let mut mixer = match self.cone {
            Cone::Prefix(0) => Mixer::new(),
            Cone::Prefix(end) => Mixer(self.store.nodes[*end as usize - 1].hash),
            Cone::Listed(ids) => {
                let mut mixer = Mixer::new();
                for &id in ids {
                    let node = &self.store.nodes[id as usize];
                    mixer.op(node.op);
                    mixer.extents(&node.extents);
                    mixer.write_u8(u8::from(self.store.is_held(id)));
                }
                mixer
            }
        };
        for &root in self.roots {
            mixer.write_u32(self.position(root));
        }
        for &word in self.key.words() {
            mixer.write_u64(word);
        }
        for &node in self.key.nodes() {
            mixer.write_u32(self.position(node));
        }
        self.level.hash(&mut mixer);
        mixer.finish()
    }

    fn position(&self, node: u32) -> u32 {
        self.cone.position(node).expect("roots and named nodes are in the cone")
    }

    /// Inputs of a node as positions; those behind a held value are not looked at.
    fn input(&self, position: u32, input: u32) -> u32 {
        self.cone.position(input).unwrap_or(position)
    }

    fn matches(&self, structure: &Structure) -> bool {
        self.level == structure.level
            && self.cone.len() == structure.nodes.len()
            && self.key.words() == structure.words
            && self.roots.len() == structure.roots.len()
            && self.roots.iter().zip(&structure.roots).all(|(&root, &at)| self.position(root) == at)
            && self.key.nodes().len() == structure.named.len()
            && self.key.nodes().iter().zip(&structure.named).all(|(&node, &at)| self.position(node) == at)
            && match self.cone {
                // Nothing is held, and a node's position is its place in the store.
                Cone::Prefix(_) => structure.nodes.iter().zip(&self.store.nodes).all(|(known, node)| {
                    node.extents == known.extents
                        && same(&node.op, &known.op)
                        && !known.held
                        && node.inputs.iter().eq(&known.inputs)
                }),
                Cone::Listed(ids) => {
                    structure.nodes.iter().zip(0..).zip(ids).all(|((known, position), &id)| {
                        let node = &self.store.nodes[id as usize];
                        node.op == known.op
                            && node.extents == known.extents
                            && self.store.is_held(id) == known.held
                            && node.inputs.len() == known.inputs.len()
                            && node
                                .inputs
                                .iter()
                                .zip(&known.inputs)
                                .all(|(&a, &b)| self.input(position, a) == b)
                    })
                }
            }
    }

    fn structure(&self) -> Structure {
        let nodes = (0..self.cone.len() as u32)
            .map(|position| {
                let id = self.cone.node(position);
                let node = &self.store.nodes[id as usize];
                KeyNode {
                    op: node.op,
                    inputs: node.inputs.iter().map(|&input| self.input(position, input)).collect(),
                    extents: node.extents,
                    held: self.store.is_held(id),
                }
            })
            .collect();
        Structure {
            nodes,
            roots: self.roots.iter().map(|&root| self.position(root)).collect(),
            words: self.key.words().to_vec(),
            named: self.key.nodes().iter().map(|&node| self.position(node)).collect(),
            level: self.level,
        }
    }
}

impl<T: Element> Cache<T> {
    pub(crate) fn new() -> Cache<T> {
        Cache { entries: HashMap::default(), clock: 0, nodes: 0, built: 0 }
    }

    /// The plan for a request of this hash, if one was made.
    pub(crate) fn find(&mut self, hash: u64, request: &Request<T>) -> Option<Rc<Plan<T>>> {
        self.clock += 1;
        let entries = self.entries.get_mut(&hash)?;
        let entry = entries.iter_mut().find(|entry| request.matches(&entry.structure))?;
        entry.used = self.clock;
        Some(entry.plan.clone())
    }

    /// Remembers a plan; forgets those that were not used for longest if there are too many.
    pub(crate) fn insert(&mut self, hash: u64, request: &Request<T>, plan: Rc<Plan<T>>) {
        self.built += 1;
        let structure = request.structure();
        self.nodes += structure.nodes.len();
        self.entries.entry(hash).or_default().push(Entry { structure, plan, used: self.clock });
        while self.nodes > NODES && self.entries.len() > 1 {
            let oldest =
                self.entries.iter().min_by_key(|(_, list)| list.iter().map(|entry| entry.used).max());
            let Some((&oldest, _)) = oldest else { break };
            for entry in self.entries.remove(&oldest).into_iter().flatten() {
                self.nodes -= entry.structure.nodes.len();
            }
        }
    }

    /// Number of plans remembered.
    pub(crate) fn len(&self) -> usize {
        self.entries.values().map(Vec::len).sum()
    }

    /// Forgets all plans.
    pub(crate) fn clear(&mut self) {
        self.entries.clear();
        self.nodes = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::Graph;

    /// Asks the cache for the plan of `root` under a hash that was forged.
    fn find(cache: &mut Cache<f64>, hash: u64, graph: &Graph<f64>, root: u32) -> Option<Rc<Plan<f64>>> {
        let store = graph.store().borrow();
        let cone = Cone::Prefix(root + 1);
        let key = Key::default();
        cache.find(
            hash,
            &Request { store: &store, cone: &cone, roots: &[root], key: &key, level: Level::best() },
        )
    }

    #[test]
    fn structures_of_one_hash_are_told_apart() {
        let graphs: Vec<Graph<f64>> = (0..4).map(|_| Graph::f64()).collect();
        let roots: Vec<u32> = graphs
            .iter()
            .enumerate()
            .map(|(i, g)| {
                let (x, y) = (g.var([1.0, 2.0]), if i == 3 { g.var([3.0]) } else { g.var([3.0, 4.0]) });
                // Another operation, another order of operands, another shape.
                [x + y, x * y, y + x, x + y][i].id() as u32
            })
            .collect();
        let mut cache = Cache::new();
        let hash = 7;
        for (i, (graph, &root)) in graphs.iter().zip(&roots).enumerate() {
            assert!(find(&mut cache, hash, graph, root).is_none(), "structure {i} was taken for another");
            let plan = Rc::new(Plan::empty());
            let store = graph.store().borrow();
            let (cone, key) = (Cone::Prefix(root + 1), Key::default());
            let request =
                Request { store: &store, cone: &cone, roots: &[root], key: &key, level: Level::best() };
            cache.insert(hash, &request, plan.clone());
            drop(store);
            let found = find(&mut cache, hash, graph, root).expect("it was just made");
            assert!(Rc::ptr_eq(&found, &plan), "structure {i} found another's plan");
        }
        assert_eq!((cache.len(), cache.built), (4, 4));
    }
}
