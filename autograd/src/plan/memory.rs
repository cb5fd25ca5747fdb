//! Working memory: values that are not alive at the same time share it.

/// A value that lives from the job that computes it to the last job that reads it, inclusive.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Lifetime {
    pub(crate) count: usize,
    pub(crate) first: usize,
    pub(crate) last: usize,
}

/// Numbers that offsets are multiples of: a cache line of `f32`.
const ALIGNMENT: usize = 16;

/// An offset for each value, and the total: first fit, the largest values first.
pub(crate) fn assign(lifetimes: &[Lifetime]) -> (Vec<usize>, usize) {
    let size = |value: &Lifetime| value.count.next_multiple_of(ALIGNMENT);
    let mut order: Vec<usize> = (0..lifetimes.len()).collect();
    order.sort_by_key(|&i| (std::cmp::Reverse(size(&lifetimes[i])), i));
    let mut offsets = vec![0; lifetimes.len()];
    let mut placed: Vec<usize> = Vec::new();
    let mut total = 0;
    for i in order {
        let value = &lifetimes[i];
        let mut taken: Vec<(usize, usize)> = placed
            .iter()
            .filter(|&&other| lifetimes[other].first <= value.last && value.first <= lifetimes[other].last)
            .map(|&other| (offsets[other], offsets[other] + size(&lifetimes[other])))
            .collect();
        taken.sort_unstable();
        let mut offset = 0;
        for (start, end) in taken {
            if offset + size(value) <= start {
                break;
            }
            offset = offset.max(end);
        }
        offsets[i] = offset;
        total = total.max(offset + size(value));
        placed.push(i);
    }
    (offsets, total)
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
