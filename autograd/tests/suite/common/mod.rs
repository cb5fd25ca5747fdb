//! What several test files share: data without a random generator, comparisons that know NaN, caught panics.
#![allow(dead_code)] // each file uses its part

use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Once;

use autograd::{GradientCheck, Graph, Shape, Tensor, Var};

/// Numbers spread over `low..high`, different for every `seed`, none of them twice.
pub(crate) fn spread(shape: impl Into<Shape>, seed: usize, low: f64, high: f64) -> Tensor<f64> {
    Tensor::from_fn(shape, |i| {
        let place = ((i + 1) as f64 * 0.618_033_988_749_894_8 + seed as f64 * 0.377).fract();
        low + (high - low) * place
    })
}

/// Numbers between -1.5 and 1.5.
pub(crate) fn numbers(shape: impl Into<Shape>, seed: usize) -> Tensor<f64> {
    spread(shape, seed, -1.5, 1.5)
}

/// Every index of a shape, in row-major order.
pub(crate) fn indices_of(shape: &[usize]) -> Vec<Vec<usize>> {
    let mut all = vec![vec![]];
    for &extent in shape {
        let longer = |index: &Vec<usize>| {
            let index = index.clone();
            (0..extent).map(move |i| [&index[..], &[i]].concat())
        };
        all = all.iter().flat_map(longer).collect();
    }
    all
}

/// A tensor from a function of the index.
pub(crate) fn from_index(shape: &[usize], f: impl Fn(&[usize]) -> f64) -> Tensor<f64> {
    let numbers = indices_of(shape).iter().map(|index| f(index)).collect();
    Tensor::from_vec(shape, numbers).expect("one number per index")
}

/// Checks first and second derivatives of `f` at `inputs`.
#[track_caller]
pub(crate) fn assert_gradients<F>(name: &str, inputs: &[Tensor<f64>], f: F)
where
    F: for<'g> Fn(&'g Graph<f64>, &[Var<'g, f64>]) -> Var<'g, f64>,
{
    if let Err(mismatch) = GradientCheck::new().second_order().check(f, inputs) {
        let shapes: Vec<Shape> = inputs.iter().map(Tensor::shape).collect();
        panic!("{name} on {shapes:?}: {mismatch}");
    }
}

/// Equal, or both NaN, or within `tolerance` relative to max(1, |a|, |b|).
pub(crate) fn close(a: f64, b: f64, tolerance: f64) -> bool {
    a == b || a.is_nan() && b.is_nan() || (a - b).abs() <= tolerance * a.abs().max(b.abs()).max(1.0)
}

/// Panics unless shapes agree and all numbers are close.
#[track_caller]
pub(crate) fn assert_close(name: &str, found: &Tensor<f64>, expected: &Tensor<f64>, tolerance: f64) {
    assert_eq!(found.shape(), expected.shape(), "{name}: shape");
    for (i, (&a, &b)) in found.data().iter().zip(expected.data()).enumerate() {
        assert!(close(a, b, tolerance), "{name}: number {i} is {a}, expected {b}\n{found:?}\n{expected:?}");
    }
}

/// A text with `:L` for the line and column of every place in a source file, for snapshots that outlive edits.
pub(crate) fn without_lines(text: &str) -> String {
    let mut pieces = text.split(".rs:");
    let mut kept = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        kept.push_str(".rs:L");
        kept.push_str(piece.trim_start_matches(|c: char| c.is_ascii_digit() || c == ':'));
    }
    kept
}

/// A panic that was caught: its message and where it was said to be.
#[derive(Debug)]
pub(crate) struct Caught {
    pub(crate) message: String,
    pub(crate) file: String,
    pub(crate) line: u32,
}

thread_local! {
    static LAST: RefCell<Option<Caught>> = const { RefCell::new(None) };
}

/// Runs `f`, which must panic.
#[track_caller]
pub(crate) fn caught<R>(f: impl FnOnce() -> R) -> Caught {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let usual = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            let expected = LAST.with_borrow_mut(|last| match last {
                Some(caught) => {
                    let location = info.location().expect("a panic has a place");
                    let payload = info.payload();
                    caught.message = match (payload.downcast_ref::<String>(), payload.downcast_ref::<&str>())
                    {
                        (Some(text), _) => text.clone(),
                        (_, Some(text)) => (*text).to_owned(),
                        _ => String::new(),
                    };
                    (caught.file, caught.line) = (location.file().to_owned(), location.line());
                    true
                }
                None => false,
            });
            if !expected {
                usual(info);
            }
        }));
    });
    LAST.set(Some(Caught { message: String::new(), file: String::new(), line: 0 }));
    let result = catch_unwind(AssertUnwindSafe(f));
    let caught = LAST.take().expect("set above");
    assert!(result.is_err(), "this should have panicked");
    caught
}
