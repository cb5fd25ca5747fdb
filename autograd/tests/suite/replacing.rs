//! Requests whose values take the memory of leaves.

use autograd::{Continuation, Executor, FnOp, Graph, Key, Tensor, Var, with_executor};

/// More than the 1 MiB from which on memory is taken.
const LARGE: usize = 300_000;

type Formula = for<'g> fn(Var<'g, f32>, Var<'g, f32>) -> [Var<'g, f32>; 3];

/// A value that replaces nothing, then those that take the places of two leaves.
struct Replace<'g> {
    leaves: [Var<'g, f32>; 2],
    formula: Formula,
}

impl<'g> Continuation<'g, f32> for Replace<'g> {
    fn key(&self, key: &mut Key) {
        key.word(self.formula as usize as u64);
        self.leaves.iter().for_each(|&leaf| key.var(leaf));
    }
    fn record(&self, _: &'g Graph, emit: &mut dyn FnMut(Option<Var<'g, f32>>)) {
        let [a, b] = self.leaves;
        (self.formula)(a, b).into_iter().for_each(|value| emit(Some(value)));
    }
    fn replaced(&self, show: &mut dyn FnMut(Option<Var<'g, f32>>)) {
        let [a, b] = self.leaves;
        [None, Some(a), Some(b)].into_iter().for_each(show);
    }
}

fn leaves() -> [Tensor; 2] {
    [3, 5].map(|step| Tensor::from_fn([LARGE], |i| ((i * step) % 1000) as f32 / 1000.0 + 0.1))
}

/// What comes out, and the places of values that took the memory of their leaves.
fn run(formula: Formula) -> (Vec<Tensor>, Vec<usize>) {
    let graph = Graph::new();
    let leaves = leaves();
    let addresses = leaves.each_ref().map(|leaf| leaf.data().as_ptr());
    let vars = leaves.map(|leaf| graph.var(leaf));
    let (mut values, mut told) = (Vec::new(), Vec::new());
    let done = graph.run_replacing(
        &[],
        &Replace { leaves: vars, formula },
        &mut |values, taking| {
            told = taking.to_vec();
            assert!(values[0].as_ref().unwrap().item().is_finite());
            assert!(taking.iter().all(|&place| values[place].as_ref().unwrap().data().is_empty()));
            true
        },
        &mut values,
    );
    assert!(done);
    let values: Vec<Tensor> = values.into_iter().flatten().collect();
    let took =
        (1..3).filter(|&place| values[place].data().as_ptr() == addresses[place - 1]).collect::<Vec<_>>();
    assert_eq!(took, told, "what is said is what happens");
    (values, took)
}

/// That values have the bits of the reference executor, and which of them took memory.
fn taken(formula: Formula) -> Vec<usize> {
    let (values, taken) = with_executor(Executor::Planned, || run(formula));
    let (expected, none) = with_executor(Executor::Reference, || run(formula));
    assert!(values == expected && none.is_empty());
    taken
}

#[test]
fn a_value_takes_the_memory_of_the_leaf_that_it_replaces() {
    assert_eq!(taken(|a, b| [(a * b).sum(), a - b * 0.5, b * 2.0]), [1, 2]);
    // Each reads both, after the other has been computed.
    assert_eq!(taken(|a, b| [a.amax(), (a - b).sin(), (a + b).cos()]), [1, 2]);
    // An intermediate value is read by both and by the sum.
    assert_eq!(
        taken(|a, b| {
            let c = (a * b).exp();
            [c.sum(), a + c, b - c]
        }),
        [1, 2]
    );
}

#[test]
fn a_leaf_that_is_read_later_keeps_its_memory() {
    // The product of the second value reads `a` in a later job than the one that computes the first.
    let later: Formula = |a, b| {
        let (rows, row) = ((a - b).reshape([600, 500]).tanh(), a.reshape([600, 500]));
        let product = rows.t().matmul(row).sum();
        [b.sum(), a * 3.0, b + product]
    };
    let (values, taken) = with_executor(Executor::Planned, || run(later));
    assert_eq!(taken, [2]);
    let (expected, _) = with_executor(Executor::Reference, || run(later));
    assert!(values[..2] == expected[..2]);
    let close = values[2].data().iter().zip(expected[2].data()).all(|(x, y)| (x - y).abs() <= 1e-4 * y.abs());
    assert!(close);
}

#[test]
fn a_leaf_that_is_wanted_itself_keeps_its_memory() {
    assert_eq!(taken(|a, b| [b.sum(), b * 1.0, a - b]), []);
    assert_eq!(taken(|a, b| [b.sum(), b, a]), []);
    // What replaces nothing depends on it, so it is computed before anything is written over.
    assert_eq!(
        taken(|a, b| {
            let both = a * b;
            [both.sum(), both, both]
        }),
        []
    );
    // One value takes the place of both leaves, and the memory of one.
    assert_eq!(
        taken(|a, b| {
            let both = a * b;
            [b.sum(), both, both]
        }),
        [1]
    );
}

#[test]
fn rows_and_sums_are_not_written_in_place() {
    // A softmax reads its row again after the first number of it is known.
    let softmax: Formula = |a, b| [b.sum(), a.reshape([600, 500]).softmax(-1).reshape([LARGE]), b - b.mean()];
    let (values, taken) = with_executor(Executor::Planned, || run(softmax));
    assert_eq!(taken, [2]);
    assert!(values == with_executor(Executor::Reference, || run(softmax)).0);
}

#[test]
fn small_leaves_and_other_holders_keep_their_memory() {
    let small: [Tensor; 2] = [Tensor::from([1.0, 2.0]), Tensor::from([3.0, 4.0])];
    let large = leaves();
    for (held, leaves) in [(false, small), (true, large)] {
        let graph = Graph::new();
        let before = leaves.each_ref().map(|leaf| leaf.data().to_vec());
        let vars = leaves.each_ref().map(|leaf| graph.var(leaf));
        let replace = Replace { leaves: vars, formula: |a, b| [b.sum(), a + b, b * 0.0] };
        let (mut values, mut told) = (Vec::new(), Vec::new());
        graph.run_replacing(
            &[],
            &replace,
            &mut |_, taking| {
                told = taking.to_vec();
                true
            },
            &mut values,
        );
        assert_eq!(leaves.each_ref().map(|leaf| leaf.data().to_vec()), before);
        if Executor::current() == Executor::Planned {
            assert_eq!(told.is_empty(), !held, "{told:?}");
        }
        assert_eq!(vars[0].value().data(), before[0]);
    }
}

#[test]
fn no_is_an_answer() {
    let graph = Graph::new();
    let vars = leaves().map(|leaf| graph.var(leaf));
    let replace = Replace { leaves: vars, formula: |a, b| [(a * b).sum(), a + b, b * 0.0] };
    let mut values = Vec::new();
    for _ in 0..2 {
        assert!(!graph.run_replacing(&[], &replace, &mut |_, _| false, &mut values));
        assert!(values[0].is_some() && vars.map(|var| var.value()) == leaves());
    }
    assert!(graph.run_replacing(&[], &replace, &mut |_, _| true, &mut values));
    assert!(values[2].as_ref().unwrap().data().iter().all(|&x| x == 0.0));
}

#[test]
fn a_leaf_whose_memory_was_taken_says_so() {
    with_executor(Executor::Planned, || {
        let graph = Graph::new();
        let vars = leaves().map(|leaf| graph.var(leaf));
        let replace = Replace { leaves: vars, formula: |a, b| [(a * b).sum(), a + b, b * 0.0] };
        graph.run_replacing(&[], &replace, &mut |_, _| true, &mut Vec::new());
        let asked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| vars[0].value()));
        let text = *asked.unwrap_err().downcast::<String>().unwrap();
        assert!(text.contains("has given its memory to the value that replaced it"), "{text}");
    });
}

#[test]
fn a_run_within_a_run_takes_no_memory() {
    let formula: Formula = |a, b| [(a * b).sum(), a + b, b * 0.5];
    let (expected, _) = with_executor(Executor::Planned, || run(formula));
    let graph = Graph::new();
    let vars = leaves().map(|leaf| graph.var(leaf));
    let replace = Replace { leaves: vars, formula };
    let (mut values, mut inner) = (Vec::new(), Vec::new());
    graph.run_replacing(
        &[],
        &replace,
        &mut |_, _| {
            // The run around this one was shown the leaves, and reads them when this one has ended.
            assert!(graph.run_replacing(&[], &replace, &mut |_, _| true, &mut inner));
            assert!(inner.drain(..).flatten().eq(expected.iter().cloned()));
            autograd::clear_pool();
            true
        },
        &mut values,
    );
    assert!(values.into_iter().flatten().eq(expected));
}

#[test]
fn other_requests_and_held_operations_take_no_memory() {
    let graph = Graph::new();
    let [a, b] = leaves().map(|leaf| graph.var(leaf));
    let replace = Replace { leaves: [a, b], formula: |a, b| [(a * b).sum(), a + b, b * 0.5] };
    graph.run_with(&[], &replace, &mut Vec::new());
    assert!([a, b].map(Var::value) == leaves());

    // The value of a custom operation is no leaf, though it is held like one.
    let copy = graph.custom(FnOp::new("copy", |x: &[Tensor]| x[0].clone(), |_, _, _, g| Some(g)), &[a]);
    drop(copy.value());
    let replace = Replace { leaves: [copy, b], formula: |a, b| [b.sum(), a * 2.0, b * 0.5] };
    graph.run_replacing(&[], &replace, &mut |_, _| true, &mut Vec::new());
    assert!([a, copy].map(Var::value) == [0, 0].map(|at| leaves()[at].clone()));
}
