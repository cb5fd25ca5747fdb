//! Working memory: values that are not alive at the same time share it.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap};

/// A value that lives from the job that computes it to the last job that reads it, inclusive.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Lifetime {
    pub(crate) count: usize,
    pub(crate) first: usize,
    pub(crate) last: usize,
}

/// Numbers that offsets are multiples of: a cache line of `f32`.
pub(crate) const ALIGNMENT: usize = 16;

/// An offset for each value, and the total. Values are placed in the order in which they begin, each
/// into the smallest free gap that holds it: O(n log n).
pub(crate) fn assign(lifetimes: &[Lifetime]) -> (Vec<usize>, usize) {
    let mut order: Vec<usize> = (0..lifetimes.len()).collect();
    order.sort_by_key(|&i| (lifetimes[i].first, i));
    let mut gaps = Gaps::default();
    // Values that are alive, by the job after which they end.
    let mut alive: BinaryHeap<Reverse<(usize, usize)>> = BinaryHeap::new();
    let mut offsets = vec![0; lifetimes.len()];
    for i in order {
        let value = &lifetimes[i];
        while let Some(&Reverse((last, other))) = alive.peek() {
            if last >= value.first {
                break;
            }
            alive.pop();
            gaps.give(offsets[other], lifetimes[other].size());
        }
        offsets[i] = gaps.take(value.size());
        alive.push(Reverse((value.last, i)));
    }
    (offsets, gaps.end)
}

impl Lifetime {
    fn size(&self) -> usize {
        self.count.next_multiple_of(ALIGNMENT)
    }
}

/// Free ranges of a memory that grows at its end.
#[derive(Default)]
struct Gaps {
    /// Length of the gap that begins at an offset.
    lengths: BTreeMap<usize, usize>,
    /// Gaps by length.
    by_length: BTreeSet<(usize, usize)>,
    end: usize,
}

impl Gaps {
    fn take(&mut self, size: usize) -> usize {
        if size == 0 {
            return 0;
        }
        let found = self.by_length.range((size, 0)..).next().copied();
        let Some((length, offset)) = found else {
            self.end += size;
            return self.end - size;
        };
        self.remove(offset, length);
        if length > size {
            self.insert(offset + size, length - size);
        }
        offset
    }

    fn give(&mut self, mut offset: usize, mut size: usize) {
        if size == 0 {
            return;
        }
        if let Some((&after, &length)) = self.lengths.range(offset + size..).next()
            && after == offset + size
        {
            self.remove(after, length);
            size += length;
        }
        if let Some((&before, &length)) = self.lengths.range(..offset).next_back()
            && before + length == offset
        {
            self.remove(before, length);
            (offset, size) = (before, size + length);
        }
        self.insert(offset, size);
    }

    fn insert(&mut self, offset: usize, length: usize) {
        self.lengths.insert(offset, length);
        self.by_length.insert((length, offset));
    }

    fn remove(&mut self, offset: usize, length: usize) {
        self.lengths.remove(&offset);
        self.by_length.remove(&(length, offset));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_alive_together_do_not_overlap_and_others_share() {
        let mut state = 7_u64;
        let mut random = move |n: usize| {
            state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            (state >> 33) as usize % n
        };
        for _ in 0..50 {
            let values: Vec<Lifetime> = (0..40)
                .map(|_| {
                    let first = random(30);
                    Lifetime { count: 1 + random(200), first, last: first + random(10) }
                })
                .collect();
            let (offsets, total) = assign(&values);
            for (i, a) in values.iter().enumerate() {
                assert!(offsets[i] + a.count <= total);
                for (j, b) in values.iter().enumerate().take(i) {
                    let together = a.first <= b.last && b.first <= a.last;
                    let apart = offsets[i] + a.count <= offsets[j] || offsets[j] + b.count <= offsets[i];
                    assert!(!together || apart, "{a:?} at {} and {b:?} at {}", offsets[i], offsets[j]);
                }
            }
        }
        let chain: Vec<Lifetime> = (0..10).map(|i| Lifetime { count: 100, first: i, last: i + 1 }).collect();
        assert_eq!(assign(&chain).1, 2 * 112, "a chain needs memory for two values");
    }
}
