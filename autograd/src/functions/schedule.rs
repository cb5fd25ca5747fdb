//! Which states of a chain are kept: the binomial schedule of Griewank and Walther, "Algorithm 799: revolve", ACM
//! Transactions on Mathematical Software 26(1), 2000.
//!
//! With `snapshots` states kept, and no step advanced over more than `repeats` times, at most `reach(snapshots, repeats)` steps can be
//! reversed, and everything follows from that number.

/// The binomial coefficient (snapshots + repeats) over snapshots: the longest chain that can be reversed.
fn reach(snapshots: usize, repeats: usize) -> u128 {
    let (few, many) = (snapshots.min(repeats) as u128, snapshots.max(repeats) as u128);
    let mut reach = 1_u128;
    for i in 1..=few {
        // Exact: the product of i neighbours is divisible by i!.
        match reach.checked_mul(many + i) {
            Some(product) => reach = product / i,
            None => return u128::MAX,
        }
    }
    reach
}

/// The least number of repeats that reaches `steps`.
fn repeats(steps: usize, snapshots: usize) -> usize {
    let enough = |repeats: usize| reach(snapshots, repeats) >= steps as u128;
    let mut high = 1;
    while !enough(high) {
        high *= 2;
    }
    let mut low = 0;
    while low < high {
        let middle = (low + high) / 2;
        if enough(middle) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    low
}

/// From a kept state, `steps` (two or more) before the end of what is to be reversed: after how many steps the next state is
/// kept, given that `snapshots` (two or more) can be, the first among them.
///
/// Any number is best for which both parts are within reach with the least repeats; this is the smallest.
pub(super) fn advance(steps: usize, snapshots: usize) -> usize {
    let repeats = repeats(steps, snapshots);
    let left = if repeats < 2 { 1 } else { reach(snapshots, repeats - 2) };
    let right = reach(snapshots - 1, repeats);
    left.max((steps as u128).saturating_sub(right)).max(1) as usize
}

/// How many steps a chain of `steps` steps evaluates for a gradient with `snapshots` states kept, the first among them: the least
/// possible number. Each step is evaluated once to be differentiated; the others are repetitions.
///
/// ```
/// use autograd::functions::step_evaluations;
///
/// assert_eq!(step_evaluations(1000, 1000), 1999); // every state kept; each step but the last once more, with derivatives
/// assert_eq!(step_evaluations(1000, 44), 2954); // √1000 and a little: less than three evaluations of each step
/// assert_eq!(step_evaluations(1000, 10), 4636);
/// assert_eq!(step_evaluations(1000, 1), 500_500); // from the beginning each time
/// ```
///
/// # Panics
/// If there is no snapshot.
pub fn step_evaluations(steps: usize, snapshots: usize) -> u128 {
    assert!(snapshots > 0, "the first state of a chain is kept: there must be room for a snapshot");
    if steps == 0 {
        return 0;
    }
    let repeats = repeats(steps, snapshots);
    let repeated = repeats as u128 * steps as u128;
    // Griewank and Walther, equation 2.
    let repeated = if repeats == 0 { 0 } else { repeated - reach(snapshots + 1, repeats - 1) };
    steps as u128 + repeated
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Repetitions by dynamic programming over all positions of the next snapshot.
    fn least(most_steps: usize, most_snapshots: usize) -> Vec<Vec<u128>> {
        let mut least = vec![vec![0; most_steps + 1]; most_snapshots + 1];
        for snapshots in 1..=most_snapshots {
            for steps in 2..=most_steps {
                let alone = (steps * (steps - 1) / 2) as u128;
                let split = |k: usize| k as u128 + least[snapshots - 1][steps - k] + least[snapshots][k];
                let split = if snapshots > 1 { (1..steps).map(split).min() } else { None };
                least[snapshots][steps] = split.map_or(alone, |split| split.min(alone));
            }
        }
        least
    }

    #[test]
    fn the_schedule_is_the_best_there_is() {
        let least = least(90, 8);
        for snapshots in 1..=8 {
            for steps in 1..=90 {
                let expected = least[snapshots][steps];
                assert_eq!(
                    step_evaluations(steps, snapshots),
                    expected + steps as u128,
                    "{steps} {snapshots}"
                );
                if snapshots > 1 && steps > 1 {
                    let k = advance(steps, snapshots);
                    let split = k as u128 + least[snapshots - 1][steps - k] + least[snapshots][k];
                    assert_eq!(split, expected, "{steps} steps, {snapshots} snapshots: not after {k}");
                }
            }
        }
    }

    #[test]
    fn long_chains_do_not_overflow() {
        assert_eq!(reach(3, 2), 10);
        assert_eq!(reach(1 << 40, 1 << 40), u128::MAX);
        let steps = usize::MAX / 2;
        assert!(step_evaluations(steps, 64) < 64 * steps as u128);
        assert!((1..steps).contains(&advance(steps, 64)));
    }
}
