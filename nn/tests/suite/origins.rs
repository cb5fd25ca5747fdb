//! A wrong shape panics at the user's own line, in every layer and loss.

use std::cell::{Cell, RefCell};
use std::panic::{self, AssertUnwindSafe};

use nn::{CrossEntropy, Relu, prelude::*};

thread_local! {
    static CATCHING: Cell<bool> = const { Cell::new(false) };
    static LAST: RefCell<Option<(String, u32, String)>> = const { RefCell::new(None) };
}

/// File, line and message of the panic that `f` ends with.
fn panic_of(f: impl FnOnce()) -> (String, u32, String) {
    static HOOK: std::sync::Once = std::sync::Once::new();
    HOOK.call_once(|| {
        // Other tests run in other threads: their panics are reported as ever.
        let before = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if !CATCHING.get() {
                return before(info);
            }
            let place = info.location().expect("a panic has a place");
            let message = info.payload_as_str().unwrap_or_default().to_owned();
            LAST.set(Some((place.file().to_owned(), place.line(), message)));
        }));
    });
    CATCHING.set(true);
    let ended = panic::catch_unwind(AssertUnwindSafe(f));
    CATCHING.set(false);
    ended.expect_err("the shapes do not fit");
    LAST.take().expect("the hook was called")
}

/// Asserts that the expression panics at its own line, with a message that holds each of these texts.
macro_rules! panics_here {
    ($expression:expr, $($text:expr),+) => {{
        let line = line!();
        let (file, found, message) = panic_of(|| {
            let _ = $expression;
        });
        assert!(file.ends_with("origins.rs") && found == line, "{file}:{found} instead of line {line}: {message}");
        $(assert!(message.contains($text), "{:?} is not in {message:?}", $text);)+
    }};
}

#[test]
fn layers_name_the_line_that_called_them() {
    let mut rng = nn::rng(1);
    let g = Graph::new();
    let x = g.constant([[1.0, 2.0, 3.0]]);
    let linear = Linear::new(2, 4, &mut rng).on(&g);
    panics_here!(linear.forward(x), "[1, 3]", "[4, 2]");
    panics_here!(Forward::forward(&linear, x), "[1, 3]", "[4, 2]");
    panics_here!(linear.forward(g.constant([1.0, 2.0])), "[2]");

    let mlp = Mlp::new(&[2, 8, 1], Relu, &mut rng).on(&g);
    panics_here!(mlp.forward(x), "[1, 3]", "[8, 2]");
    let chain = Sequential((Linear::new(3, 4, &mut rng), Relu, Linear::new(5, 1, &mut rng))).on(&g);
    panics_here!(chain.forward(x), "[1, 4]", "[1, 5]");
    let list = Sequential(vec![Layer::Linear(Linear::new(2, 1, &mut rng))]).on(&g);
    panics_here!(list.forward(x), "[1, 3]", "[1, 2]");
    panics_here!(Mlp::new(&[2], Relu, &mut nn::rng(1)), "at least two");
}

#[test]
fn losses_name_the_line_that_called_them() {
    let g = Graph::new();
    let (column, row) = (g.constant([[1.0], [2.0]]), g.constant([1.0, 2.0]));
    panics_here!(mse(column, row), "mse", "[2, 1]", "[2]");
    panics_here!(bce_with_logits(column, row), "bce_with_logits", "[2, 1]", "[2]");
    let labels = Labels::new([0, 1], 2).unwrap();
    panics_here!(cross_entropy(column, &labels), "cross_entropy", "[2, 1]", "[2, 2]");
    panics_here!(cross_entropy(row, &labels), "cross_entropy", "[2]", "[2, 2]");
    panics_here!(CrossEntropy::default().forward(column, &labels), "[2, 1]", "[2, 2]");
}

#[test]
fn a_loss_with_many_numbers_is_refused_where_the_step_is_taken() {
    let mut net = Linear::new(2, 1, &mut nn::rng(1));
    let x = Tensor::from([[1.0, 2.0], [3.0, 4.0]]);
    let mut sgd = Sgd::new(0.1);
    panics_here!(sgd.step(&mut net, |g, net| net.forward(g.constant(&x))), "[2, 1]", "mean()");
    panics_here!(sgd.step_with(&mut net, |g, net| (net.forward(g.constant(&x)), [])), "[2, 1]");
    panics_here!(net.value_and_grad(|g, net| net.forward(g.constant(&x))), "[2, 1]", "mean()");
}

#[test]
fn scales_name_the_line_that_called_them() {
    use nn::data::{MinMax, Robust, Standardize};
    let (x, other) = (Tensor::<f32>::zeros([4, 3]), Tensor::<f32>::zeros([4, 2]));
    let (standard, min_max, robust) =
        (Standardize::fit(&x).unwrap(), MinMax::fit(&x).unwrap(), Robust::fit(&x).unwrap());
    panics_here!(standard.apply(&other), "Standardize", "rows of 3 numbers", "[4, 2]");
    panics_here!(standard.invert(&Tensor::scalar(1.0_f32)), "Standardize", "[]");
    panics_here!(min_max.apply(&other), "MinMax", "[4, 2]");
    panics_here!(min_max.invert(&other), "MinMax", "[4, 2]");
    panics_here!(robust.apply(&other), "Robust", "[4, 2]");
    panics_here!(robust.invert(&other), "Robust", "[4, 2]");
    let impute = nn::data::Impute { values: vec![0.0; 3] };
    panics_here!(impute.apply(&other), "Impute", "[4, 2]");
}

#[test]
fn generators_name_the_line_that_called_them() {
    use nn::data::{blobs, circles, friedman1, linear, moons, spirals, xor_clouds};
    let rng = &mut nn::rng(1);
    panics_here!(moons(0, 0.1, rng), "moons: rows is 0, but must be at least 1");
    panics_here!(moons(9, -0.1, rng), "moons: noise is -0.1, but must be from 0 to 1e30");
    panics_here!(circles(9, 1.0, 0.1, rng), "circles: factor is 1, but must be more than 0 and less than 1");
    panics_here!(spirals(9, 0, 0.1, rng), "spirals: arms is 0");
    panics_here!(blobs::<2>(9, &[], rng), "blobs: the number of clouds is 0");
    panics_here!(blobs(9, &[([f64::NAN], 1.0)], rng), "blobs: centre is [NaN]");
    panics_here!(xor_clouds(9, f64::INFINITY, rng), "xor_clouds: deviation is inf");
    panics_here!(linear(9, &[], 0.0, 0.1, rng), "linear: the number of slopes is 0");
    panics_here!(linear(9, &[1.0], 1e31, 0.1, rng), "linear: intercept is [1e31]");
    panics_here!(friedman1(9, 4, 0.1, rng), "friedman1: features is 4, but must be at least 5");
}

#[test]
fn nodes_that_a_layer_records_have_the_line_that_called_it() {
    let g = Graph::new();
    let net = Mlp::new(&[2, 3, 1], Relu, &mut nn::rng(1)).on(&g);
    let x = g.constant([[1.0, 2.0]]);
    let (y, line) = (net.forward(x), line!());
    assert_eq!((y.origin().line(), y.origin().file()), (line, file!()));
    let (loss, line) = (mse(y, g.zeros([1, 1])), line!());
    assert_eq!(loss.origin().line(), line);
}
