//! Which elements of the inputs an element of a result is computed from.

use crate::element::Element;
use crate::ops::{MAX_RANK, Shape, infer};
use crate::plan::{Pass, Program, Provenance, Source, Step, StepValue, evaluate};
use crate::tensor::Tensor;

/// Values of all steps of a program.
pub(super) struct Values<'a, T: Element> {
    pub(super) program: &'a Program<T>,
    pub(super) values: Vec<Option<StepValue<T>>>,
}

/// Where an element's operands are.
pub(super) enum Places {
    /// Each input's one element; `None` for an input that does not count.
    One(Vec<Option<usize>>),
    /// Any of these elements of the first input.
    Some(Vec<usize>),
    /// Any element of any input.
    Any,
}

impl<T: Element> Values<'_, T> {
    pub(super) fn numbers(&self, at: u32) -> Option<&Tensor<T>> {
        match &self.values[at as usize] {
            Some(StepValue::Numbers(tensor)) => Some(tensor),
            _ => None,
        }
    }

    pub(super) fn number(&self, at: u32, place: usize) -> f64 {
        self.numbers(at).map_or(0.0, |tensor| tensor.data()[place].to_f64())
    }

    fn shape(&self, at: u32) -> Shape {
        self.program.steps[at as usize].shape
    }

    /// Where the operands of an element of a step are.
    pub(super) fn places(&self, at: u32, place: usize) -> Places {
        let step = &self.program.steps[at as usize];
        if step.op.is_elementwise() {
            let places: Vec<usize> =
                step.inputs.iter().map(|&input| broadcast(place, step.shape, self.shape(input))).collect();
            let operands: Vec<f64> =
                step.inputs.iter().zip(&places).map(|(&input, &place)| self.number(input, place)).collect();
            let counted = places.iter().enumerate();
            return Places::One(
                counted.map(|(which, &place)| step.op.counts(which, &operands).then_some(place)).collect(),
            );
        }
        if step.op.only_moves() {
            return Places::One(self.moved(step, place));
        }
        if let Some(axes) = step.op.reduced_axes() {
            let (_, n, inner) = infer::spans(self.shape(step.inputs[0]), axes.start, axes.end);
            let first = place / inner * n * inner + place % inner;
            return Places::Some((0..n).map(|i| first + i * inner).collect());
        }
        Places::Any
    }

    /// Where a moved element came from: found by moving the numbers of the places instead.
    fn moved(&self, step: &Step<T>, place: usize) -> Vec<Option<usize>> {
        let mut first = vec![1.0];
        let inputs: Vec<Option<StepValue<f64>>> = step
            .inputs
            .iter()
            .map(|&input| {
                let start = *first.last().expect("it begins with one");
                first.push(start + self.shape(input).count() as f64);
                match &self.values[input as usize] {
                    Some(StepValue::Indices(indices)) => Some(StepValue::Indices(indices.clone())),
                    _ => Some(StepValue::Numbers(Tensor::from_fn(self.shape(input), |i| start + i as f64))),
                }
            })
            .collect();
        let places = Step {
            op: step.op,
            inputs: (0..inputs.len() as u32).collect(),
            shape: step.shape,
            source: Source::Compute,
            provenance: Provenance { pass: Pass::Forward, ..step.provenance },
        };
        // 0 stands for what was not moved from anywhere, such as padding.
        let number = evaluate(&places, &inputs).data()[place];
        let from = |which: usize| {
            (first[which]..first[which + 1]).contains(&number).then(|| (number - first[which]) as usize)
        };
        (0..inputs.len()).map(from).collect()
    }
}

/// The place in an operand of shape `from`, broadcast to `to`, of an element of the result.
pub(super) fn broadcast(place: usize, to: Shape, from: Shape) -> usize {
    let index = index_of(place, to);
    let added = to.rank() - from.rank();
    let kept = (0..from.rank()).map(|axis| if from[axis] == 1 { 0 } else { index[axis + added] });
    from.iter().zip(kept).fold(0, |at, (&extent, i)| at * extent + i)
}

/// The index at a place in row-major order.
pub(super) fn index_of(mut place: usize, shape: Shape) -> [usize; MAX_RANK] {
    let mut index = [0; MAX_RANK];
    for axis in (0..shape.rank()).rev() {
        index[axis] = place % shape[axis];
        place /= shape[axis];
    }
    index
}
