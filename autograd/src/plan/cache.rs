//! Plans found again by structure: the hash finds a candidate, a comparison of words decides.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hash, Hasher};
use std::rc::Rc;

use crate::element::Element;
use crate::graph::{Mixer, Script, Store};
use crate::plan::{Cone, Plan};

/// Everything that decides what a request runs, as words: the nodes; then what is asked of them.
struct Entry<T: Element> {
    nodes: Box<[u64]>,
    asked: Box<[u64]>,
    plan: Rc<Plan<T>>,
    used: u64,
}

/// Words in all remembered structures at the most: some hundred megabytes with their plans.
const WORDS: usize = 2_000_000;

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
    words: usize,
    pub(crate) built: u64,
}

/// One request, as the cache looks at it.
pub(crate) struct Request<'a, T: Element> {
    store: &'a Store<T>,
    cone: &'a Cone,
    /// The nodes of a cone that is not all nodes from the first on.
    listed: Option<Script>,
    asked: &'a [u64],
}

impl<'a, T: Element> Request<'a, T> {
    /// A request for what `asked` says of the nodes of a cone.
    pub(crate) fn new(store: &'a Store<T>, cone: &'a Cone, asked: &'a [u64]) -> Request<'a, T> {
        let listed = match cone {
            Cone::Prefix(_) => None,
            Cone::Listed(ids) => Some(script(store, cone, ids)),
        };
        Request { store, cone, listed, asked }
    }

    /// Words and hash of the nodes; of a prefix, they are stored.
    fn nodes(&self) -> (&[u64], u64) {
        match (&self.listed, self.cone) {
            (Some(script), _) => (script.upto(script.len()), script.hash()),
            (None, cone) => match cone.len().checked_sub(1) {
                Some(last) => {
                    let last = &self.store.nodes[last];
                    (self.store.script.upto(last.end as usize), last.hash)
                }
                None => (&[], Mixer::new().0),
            },
        }
    }

    /// Hash of all words.
    pub(crate) fn hash(&self) -> u64 {
        let mut mixer = Mixer(self.nodes().1);
        for &word in self.asked {
            mixer.word(word);
        }
        mixer.finish()
    }

    fn is(&self, entry: &Entry<T>) -> bool {
        *self.asked == *entry.asked && *self.nodes().0 == *entry.nodes
    }
}

/// The words of listed nodes, renumbered by their places in the list; inputs behind a held value are not looked at.
fn script<T: Element>(store: &Store<T>, cone: &Cone, ids: &[u32]) -> Script {
    let mut script = Script::new();
    let mut inputs: Vec<u32> = Vec::new();
    for (position, &id) in (0..).zip(ids) {
        let node = &store.nodes[id as usize];
        inputs.clear();
        inputs.extend(node.inputs.iter().map(|&input| cone.position(input).unwrap_or(position)));
        script.word(u64::from(store.is_held(id)));
        script.node(&node.op, &inputs, &node.extents);
    }
    script
}

impl<T: Element> Cache<T> {
    pub(crate) fn new() -> Cache<T> {
        Cache { entries: HashMap::default(), clock: 0, words: 0, built: 0 }
    }

    /// The plan for a request of this hash, if one was made.
    pub(crate) fn find(&mut self, hash: u64, request: &Request<T>) -> Option<Rc<Plan<T>>> {
        self.clock += 1;
        let entries = self.entries.get_mut(&hash)?;
        let entry = entries.iter_mut().find(|entry| request.is(entry))?;
        entry.used = self.clock;
        Some(entry.plan.clone())
    }

    /// Remembers a plan; forgets those that were not used for longest if there are too many.
    pub(crate) fn insert(&mut self, hash: u64, request: &Request<T>, plan: Rc<Plan<T>>) {
        self.built += 1;
        let (nodes, asked) = (request.nodes().0.into(), request.asked.into());
        let entry = Entry { nodes, asked, plan, used: self.clock };
        self.words += entry.words();
        self.entries.entry(hash).or_default().push(entry);
        while self.words > WORDS && self.entries.len() > 1 {
            let oldest =
                self.entries.iter().min_by_key(|(_, list)| list.iter().map(|entry| entry.used).max());
            let Some((&oldest, _)) = oldest else { break };
            for entry in self.entries.remove(&oldest).into_iter().flatten() {
                self.words -= entry.words();
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
        self.words = 0;
    }
}

impl<T: Element> Entry<T> {
    fn words(&self) -> usize {
        self.nodes.len() + self.asked.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::Graph;

    /// A structure, and one that differs from it in one thing, told apart under a hash that was forged.
    #[test]
    fn structures_of_one_hash_are_told_apart() {
        let graphs: Vec<Graph<f64>> = (0..5).map(|_| Graph::f64()).collect();
        let roots: Vec<u32> = graphs
            .iter()
            .enumerate()
            .map(|(i, g)| {
                let (x, y) = (g.var([1.0, 2.0]), if i == 3 { g.var([3.0]) } else { g.var([3.0, 4.0]) });
                // Another operation, another order of operands, another shape, another parameter.
                [x + y, x * y, y + x, x + y, x.leaky_relu(0.5)][i].id() as u32
            })
            .collect();
        let (hash, mut cache) = (7, Cache::new());
        for (i, (graph, &root)) in graphs.iter().zip(&roots).enumerate() {
            let store = graph.store().borrow();
            let cone = Cone::Prefix(root + 1);
            let request = Request::new(&store, &cone, &[]);
            assert!(cache.find(hash, &request).is_none(), "structure {i} was taken for another");
            let plan = Rc::new(Plan::empty());
            cache.insert(hash, &request, plan.clone());
            let found = cache.find(hash, &request).expect("it was just made");
            assert!(Rc::ptr_eq(&found, &plan), "structure {i} found another's plan");
        }
        assert_eq!((cache.len(), cache.built), (5, 5));
    }
}
