//! A wrong shape panics at the user's own line, in every layer and loss.

use std::cell::{Cell, RefCell};
use std::panic::{self, AssertUnwindSafe};

use nn::schedules::{Cosine, Plateau, StepDecay};
use nn::{CrossEntropy, Optimizer, Relu, prelude::*};

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
    panics_here!(Lbfgs::new().step(&mut net, |g, net| net.forward(g.constant(&x))), "[2, 1]", "mean()");
    let mut parts = nn::Accumulate::new();
    panics_here!(parts.add(&mut net, 2, |g, net| net.forward(g.constant(&x))), "[2, 1]", "mean()");
    panics_here!(parts.add(&mut net, 0, |g, net| net.forward(g.constant(&x)).sum()), "rows is 0");
}

#[test]
fn numbers_that_cannot_be_panic_where_they_are_written() {
    panics_here!(Adam::<f32>::new(f64::NAN), "Adam: lr is NaN, but must be finite and at least 0");
    panics_here!(AdamW::<f32>::new(0.1, -1.0), "AdamW: weight_decay is -1");
    panics_here!(
        Sgd::<f32>::new(0.1).momentum(1.0),
        "Sgd: momentum is 1, but must be at least 0 and less than 1"
    );
    panics_here!(Adam::<f32>::new(0.1).betas(0.9, 1.1), "beta2 is 1.1");
    panics_here!(
        Adagrad::<f32>::new(0.1).epsilon(0.0),
        "Adagrad: epsilon is 0, but must be finite and greater than 0"
    );
    panics_here!(Optimizer::<_, f32>::from_rule(nn::LionRule::new(-1.0)), "Lion: lr is -1");
    panics_here!(
        nn::Rprop::<f32>::new(0.1).lengths(2.0, 1.0),
        "smallest is 2, but must be at most the largest"
    );
    panics_here!(Sgd::<f32>::new(0.1).group("*", |rule| rule.momentum(2.0)), "momentum is 2");
    panics_here!(Sgd::<f32>::new(0.0).group("*", |rule| rule), "group", "which is 0");
    panics_here!(Sgd::<f32>::new(0.1).clip_norm(0.0), "clip_norm: max is 0");
    panics_here!(Sgd::<f32>::new(0.1).clip_value(f64::INFINITY), "clip_value: max is inf");
    panics_here!(nn::clip_norm(&mut Linear::new(1, 1, &mut nn::rng(1)), -1.0), "clip_norm: max is -1");
    panics_here!(nn::clip_value(&mut Linear::new(1, 1, &mut nn::rng(1)), f64::NAN), "clip_value: max is NaN");
    panics_here!(Ema::<Linear>::new(1.0), "Ema: decay is 1");
    panics_here!(Ema::<Linear>::new(0.5).model(), "update()");
    panics_here!(nn::Accumulate::<Linear>::new().finish(), "add()");
    panics_here!(Lbfgs::<f32>::new().history(0), "Lbfgs: history is 0");
    panics_here!(Lbfgs::<f32>::new().wolfe(0.9, 0.1), "Lbfgs: c1 is 0.9, but must be less than c2");
    panics_here!(Cosine::new(-1.0, 0.0, 10), "Cosine: lr is -1");
    panics_here!(StepDecay::new(0.1, 0.5, 0), "StepDecay: every is 0");
    panics_here!(Plateau::new(0.1, 2.0, 3), "Plateau: factor is 2");
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
