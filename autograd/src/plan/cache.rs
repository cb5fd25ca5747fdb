//! Plans found again by structure: the hash finds a candidate, a comparison of words decides.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hash, Hasher};
use std::rc::Rc;

use crate::element::Element;
use crate::exec::plan::Plan;
use crate::record::{Cone, Mixer, Script, Store};

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
pub(crate) struct Request<'a, T: Element, C> {
    store: &'a Store<T, C>,
    cone: &'a Cone,
    /// The nodes of a cone that is not all nodes from the first on.
    listed: Option<Script>,
    asked: &'a [u64],
}

impl<'a, T: Element, C> Request<'a, T, C> {
    /// A request for what `asked` says of the nodes of a cone.
    pub(crate) fn new(store: &'a Store<T, C>, cone: &'a Cone, asked: &'a [u64]) -> Request<'a, T, C> {
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
fn script<T: Element, C>(store: &Store<T, C>, cone: &Cone, ids: &[u32]) -> Script {
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
    pub(crate) fn find<C>(&mut self, hash: u64, request: &Request<T, C>) -> Option<Rc<Plan<T>>> {
        self.clock += 1;
        let entries = self.entries.get_mut(&hash)?;
        let entry = entries.iter_mut().find(|entry| request.is(entry))?;
        entry.used = self.clock;
        Some(entry.plan.clone())
    }

    /// Remembers a plan; forgets those that were not used for longest if there are too many.
    pub(crate) fn insert<C>(&mut self, hash: u64, request: &Request<T, C>, plan: Rc<Plan<T>>) {
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
    use std::panic::Location;

    use super::*;
    use crate::ops::{Binary, Leaf, LeakyRelu, Op, Shape, UnaryRow};
    use crate::tensor::Tensor;

    /// Two leaves, the second with these numbers, and an operation on them.
    fn recorded(second: &[f64], op: Op, inputs: &[u32]) -> Store<f64, ()> {
        let mut store = Store::default();
        let here = Location::caller();
        for numbers in [&[1.0, 2.0], second] {
            let tensor = Tensor::from_slice([numbers.len()], numbers).expect("one number for each place");
            store.tensor(Leaf::Variable, tensor, here);
        }
        store.operation(op, inputs, Shape::from([2]), here);
        store
    }

    /// A structure, and one that differs from it in one thing, told apart under a hash that was forged.
    #[test]
    fn structures_of_one_hash_are_told_apart() {
        let (add, two) = (Op::Binary(Binary::Add), [3.0, 4.0]);
        let leaky = |below: f64| Op::Unary(LeakyRelu(below).op());
        // Another operation, another order of operands, another shape, another parameter.
        let stores = [
            recorded(&two, add, &[0, 1]),
            recorded(&two, Op::Binary(Binary::Mul), &[0, 1]),
            recorded(&two, add, &[1, 0]),
            recorded(&[3.0], add, &[0, 1]),
            recorded(&two, leaky(0.5), &[0]),
            recorded(&two, leaky(0.25), &[0]),
        ];
        let (hash, mut cache, cone) = (7, Cache::new(), Cone::Prefix(3));
        for (i, store) in stores.iter().enumerate() {
            let request = Request::new(store, &cone, &[]);
            assert!(cache.find(hash, &request).is_none(), "structure {i} was taken for another");
            let plan = Rc::new(Plan::empty());
            cache.insert(hash, &request, plan.clone());
            let found = cache.find(hash, &request).expect("it was just made");
            assert!(Rc::ptr_eq(&found, &plan), "structure {i} found another's plan");
        }
        assert_eq!((cache.len(), cache.built), (6, 6));
    }
}
