//! Cuts a kernel whose values would leave the cache, or that is very long, where the fewest values are alive.

use std::collections::HashMap;

use crate::element::Element;
use crate::plan::Program;
use crate::plan::access::rows_and_width;
use crate::plan::fuse::{Group, Layout, flat_count};

/// Bytes that one row of all values alive may have: half of a second-level cache.
const ROW_BYTES: usize = 512 * 1024;
/// Steps of one kernel at the most.
const LONGEST: usize = 1024;

/// The kernels that a group becomes: itself, unless it is too wide or too long.
pub(super) fn cut<T: Element>(program: &Program<T>, layout: &Layout, group: Group) -> Vec<Group> {
    cut_within(program, layout, group, ROW_BYTES / size_of::<T>(), LONGEST)
}

/// As [`cut`], for rows of at most `widest` numbers and `longest` steps.
fn cut_within<T: Element>(
    program: &Program<T>,
    layout: &Layout,
    group: Group,
    widest: usize,
    longest: usize,
) -> Vec<Group> {
    // Flat kernels choose their tiles freely: no row of theirs is wide.
    let flat = flat_count(program, layout, &group).is_some();
    let width = |at: u32| if flat { 1 } else { rows_and_width(program.steps[at as usize].shape).1 };
    let steps = &group.steps;
    if steps.len() <= longest && steps.iter().map(|&at| width(at)).sum::<usize>() <= widest {
        return vec![group];
    }
    let lives = Lives::new(program, layout, steps, width);
    let mut ends = Vec::new();
    let (mut start, mut now, mut alive) = (0, 0, 0);
    while now < steps.len() {
        alive += lives.widths[now];
        if now > start && (alive > widest || now - start >= longest) {
            // In the second half, so that no piece becomes short and no step is looked at often.
            let middle = start + (now - start).div_ceil(2);
            let end =
                (middle..=now).min_by_key(|&end| lives.across[end]).expect("there is at least one place");
            ends.push(end);
            (start, now, alive) = (end, end, 0);
            continue;
        }
        alive -=
            lives.ending[now].iter().filter(|&&at| at >= start).map(|&at| lives.widths[at]).sum::<usize>();
        now += 1;
    }
    ends.push(steps.len());
    let mut start = 0;
    let pieces = ends.into_iter().map(|end| {
        let steps = steps[std::mem::replace(&mut start, end)..end].to_vec();
        Group { stage: group.stage, rows: group.rows, steps }
    });
    pieces.collect()
}

/// From which step to which the values of a group are needed in it. Steps are numbered within the group.
struct Lives {
    widths: Vec<usize>,
    /// Values that no step after this one reads.
    ending: Vec<Vec<usize>>,
    /// Numbers that a cut before this step would carry over.
    across: Vec<usize>,
}

impl Lives {
    fn new<T: Element>(
        program: &Program<T>,
        layout: &Layout,
        steps: &[u32],
        width: impl Fn(u32) -> usize,
    ) -> Lives {
        let place: HashMap<u32, usize> = steps.iter().enumerate().map(|(place, &at)| (at, place)).collect();
        let mut last: Vec<usize> = (0..steps.len()).collect();
        for (now, &at) in steps.iter().enumerate() {
            for &input in &program.steps[at as usize].inputs {
                if let Some(&from) = place.get(&layout.owners[input as usize]) {
                    last[from] = now;
                }
            }
        }
        let widths: Vec<usize> = steps.iter().map(|&at| width(at)).collect();
        let (mut ending, mut across) = (vec![Vec::new(); steps.len()], vec![0; steps.len()]);
        let mut alive = 0;
        for now in 0..steps.len() {
            across[now] = alive;
            alive += widths[now];
            ending[last[now]].push(now);
            alive -= ending[now].iter().map(|&from| widths[from]).sum::<usize>();
        }
        Lives { widths, ending, across }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ops::{Leaf, Op, Shape, Tanh, UnaryRow};
    use crate::plan::{Pass, Provenance, Source, Step};

    fn nowhere() -> Provenance {
        Provenance { pass: Pass::Forward, node: None, origin: std::panic::Location::caller() }
    }

    /// A leaf and a chain of functions of it, at two places of which an early value is used again.
    fn chain(length: usize, shape: [usize; 2]) -> Program<f64> {
        let shape = Shape::from(shape);
        let leaf = Step {
            op: Op::Leaf(Leaf::Variable),
            inputs: Default::default(),
            shape,
            source: Source::Input(0),
            provenance: nowhere(),
        };
        let mut steps = vec![leaf];
        for at in 0..length as u32 {
            let (op, inputs) = match at {
                7 | 15 => (Op::Binary(crate::ops::Binary::Add), vec![at, 3]),
                _ => (Op::Unary(Tanh.op()), vec![at]),
            };
            let inputs = inputs.into_iter().collect();
            steps.push(Step { op, inputs, shape, source: Source::Compute, provenance: nowhere() });
        }
        Program { steps, outputs: vec![Some(length as u32)], replaces: vec![None], incoming: Vec::new() }
    }

    fn ends(program: &Program<f64>, widest: usize, longest: usize) -> Vec<u32> {
        let layout = Layout::new(program);
        let steps = (1..program.steps.len() as u32).collect();
        let group = Group { stage: 0, rows: 2, steps };
        let pieces = cut_within(program, &layout, group, widest, longest);
        let all: Vec<u32> = pieces.iter().flat_map(|piece| piece.steps.clone()).collect();
        assert_eq!(all, (1..program.steps.len() as u32).collect::<Vec<_>>(), "every step once, in order");
        assert!(pieces.iter().all(|piece| piece.steps.len() <= longest && !piece.steps.is_empty()));
        pieces.iter().map(|piece| *piece.steps.last().expect("not empty")).collect()
    }

    #[test]
    fn a_short_and_narrow_group_stays_whole() {
        assert_eq!(ends(&chain(20, [2, 3]), 100, 20), [20]);
    }

    #[test]
    fn a_long_group_is_cut_where_the_fewest_values_are_alive() {
        // Up to step 16 the value of step 3 is carried beside the chain: behind it a cut carries one value, not two.
        assert_eq!(ends(&chain(24, [2, 3]), 100, 18), [16, 24]);
        assert!(ends(&chain(100, [2, 3]), 100, 6).len() >= 100 / 6);
    }

    #[test]
    fn a_wide_group_is_cut_where_its_rows_would_not_fit() {
        // Three values of three numbers are alive from step 5 on; a whole softmax row is not flat.
        let mut program = chain(24, [2, 3]);
        let sum = Op::Reduce { how: crate::ops::Reduction::Sum, first: 1, end: 2 };
        let (inputs, shape) = ([24].into_iter().collect(), Shape::from([2, 1]));
        program.steps.push(Step { op: sum, inputs, shape, source: Source::Compute, provenance: nowhere() });
        program.outputs = vec![Some(25)];
        assert_eq!(ends(&program, 100, 100), [25]);
        assert!(ends(&program, 8, 100).len() > 1);
    }
}
