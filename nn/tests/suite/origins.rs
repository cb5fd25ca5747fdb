//! A wrong shape panics at the user's own line, in every layer and loss.

use std::cell::{Cell, RefCell};
use std::panic::{self, AssertUnwindSafe};

use nn::losses::*;
use nn::schedules::{Cosine, Plateau, StepDecay};
use nn::{Optimizer, Relu, prelude::*};

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
fn norms_and_other_layers_name_the_line_that_called_them() {
    let mut rng = nn::rng(1);
    let g = Graph::new();
    let (x, number) = (g.ones([2, 3]), g.number(1.0));
    let (batch, layer, rms) = (BatchNorm::new(4).on(&g), LayerNorm::new(4).on(&g), RmsNorm::new(1).on(&g));
    panics_here!(layer.forward(x), "LayerNorm", "[2, 3]", "4 features");
    panics_here!(Forward::forward(&layer, number), "LayerNorm", "[]");
    panics_here!(rms.forward(x), "RmsNorm", "[2, 3]", "1 features");
    panics_here!(batch.forward(x), "BatchNorm", "[2, 3]", "[batch, 4]");
    panics_here!(batch.forward(g.ones([2, 3, 4])), "BatchNorm", "[2, 3, 4]");
    let fits = BatchNorm::new(3).on(&g);
    panics_here!(fits.forward(x), "BatchNorm", "training()", "inference()");
    panics_here!(Dropout::new(0.5).forward(x), "Dropout", "training()", "inference()");
    g.training();
    panics_here!(fits.forward(g.ones([1, 3])), "BatchNorm", "[1, 3]", "at least two rows");
    panics_here!(Dropout { p: 1.0 }.forward(x), "Dropout: p is 1.0");

    let block = Residual(Linear::new(3, 1, &mut rng)).on(&g);
    panics_here!(block.forward(x), "Residual", "[2, 1]", "[2, 3]");
    panics_here!(Forward::forward(&block, x), "Residual", "[2, 1]", "[2, 3]");
    panics_here!(Flatten.forward(number), "Flatten");
    panics_here!(PRelu { weight: g.ones([2]) }.forward(x), "PRelu", "[2, 3]", "2 features");
    panics_here!(nn::Softmax(2).forward(x), "softmax", "[2, 3]");
    let table = Embedding::new(5, 2, &mut rng).on(&g);
    let places = autograd::Indices::new([1], &[0], 6).unwrap();
    panics_here!(table.forward(&places), "Embedding", "below 6", "[5, 2]", "below 5");

    let list: Vec<Layer<_>> = vec![Flatten.into(), Residual(Sequential(vec![block.0.into()])).into()];
    panics_here!(Sequential(list).forward(x), "Residual", "[2, 1]", "[2, 3]");
    panics_here!(Some(Box::new(fits)).forward(g.ones([1, 3])), "at least two rows");
    panics_here!(Linear::new(3, 1, &mut rng).summary([2, 2]), "[2, 2]", "[1, 3]");
}

#[test]
fn constructors_name_the_line_that_called_them() {
    let rng = &mut nn::rng(1);
    panics_here!(Linear::new(0, 1, rng), "Linear: inputs is 0");
    panics_here!(Linear::with_init(2, 1, Init::Normal(f64::NAN), rng), "Init::Normal: deviation is NaN");
    panics_here!(Mlp::new(&[2, 0, 1], Relu, rng), "Mlp: hidden is [0]");
    panics_here!(Dropout::new(1.5), "Dropout: p is 1.5");
    panics_here!(BatchNorm::new(0), "BatchNorm: features is 0");
    panics_here!(LayerNorm::new(0), "LayerNorm: features is 0");
    panics_here!(RmsNorm::new(0), "RmsNorm: features is 0");
    panics_here!(Embedding::new(0, 2, rng), "Embedding: rows is 0");
    panics_here!(Init::Sparse { zeros: 2.0, deviation: 1.0 }.draw::<f32>([2, 2], 2, 2, rng), "zeros is 2.0");
}

#[test]
fn units_name_the_line_that_called_them() {
    use nn::units::{Adaline, Examples, LogisticUnit, Perceptron, Threshold, Unit};
    let g = Graph::new();
    let x = g.ones([2, 3]);
    let sign = Threshold::Sign { at_zero: 0.0 };
    let mut unit = Adaline::<Tensor>::new(2);
    panics_here!(Adaline::<Tensor>::new(0), "Adaline: inputs is 0");
    panics_here!(LogisticUnit::<Tensor>::new(0), "LogisticUnit: inputs is 0");
    panics_here!(Perceptron::<Tensor>::new(0, sign), "Perceptron: inputs is 0");
    panics_here!(Perceptron::<Tensor>::new(1, Threshold::Step { at_zero: f64::NAN }), "at_zero is NaN");
    panics_here!(unit.on(&g).forward(x), "[2, 3]", "[2]");
    panics_here!(LogisticUnit::<Tensor>::new(2).on(&g).forward(x), "[2, 3]", "[2]");
    panics_here!(Perceptron::<Tensor>::new(2, sign).on(&g).forward(x), "[2, 3]", "[2]");
    panics_here!(unit.output(&[1.0]), "1 numbers", "2 inputs");
    panics_here!(unit.learn(&[1.0], 1.0, 0.1), "1 numbers", "2 inputs");
    let examples = Examples::new([[1.0, 2.0, 3.0]], [1.0]).unwrap();
    panics_here!(unit.incremental(&examples, 0.1), "3 inputs", "of 2");
    panics_here!(unit.batch(&examples, 0.1), "3 numbers", "2 inputs");
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
fn every_loss_names_the_line_that_called_it() {
    let g = Graph::new();
    let (a, b) = (g.constant([[1.0], [2.0]]), g.constant([1.0, 2.0]));
    panics_here!(half_sum_of_squares(a, b), "half_sum_of_squares", "[2, 1]", "[2]");
    panics_here!(mae(a, b), "mae", "[2, 1]", "[2]");
    panics_here!(huber(a, b), "huber", "[2, 1]", "[2]");
    panics_here!(smooth_l1(a, b), "smooth_l1", "[2, 1]", "[2]");
    panics_here!(log_cosh(a, b), "log_cosh", "[2, 1]", "[2]");
    panics_here!(bce(a, b), "bce", "[2, 1]", "[2]");
    panics_here!(multilabel_bce_with_logits(a, b), "bce_with_logits", "[2, 1]", "[2]");
    panics_here!(focal(a, b), "focal", "[2, 1]", "[2]");
    panics_here!(hinge(a, b), "hinge", "[2, 1]", "[2]");
    panics_here!(squared_hinge(a, b), "hinge", "[2, 1]", "[2]");
    panics_here!(perceptron_criterion(a, b), "perceptron_criterion", "[2, 1]", "[2]");
    panics_here!(poisson_nll(a, b), "poisson_nll", "[2, 1]", "[2]");
    panics_here!(gaussian_nll(a, a, b), "gaussian_nll", "[2, 1]", "[2]");
    panics_here!(gaussian_nll(a, b, a), "gaussian_nll", "variances", "[2]", "means", "[2, 1]");
    panics_here!(kl_div(a, b), "kl_div", "[2, 1]", "[2]");
    panics_here!(soft_cross_entropy(a, b), "soft_cross_entropy", "[2, 1]", "[2]");
    panics_here!(cosine_embedding(a, b, a), "cosine_embedding", "[2, 1]", "[2]");
    panics_here!(cosine_embedding(a, a, b), "cosine_embedding", "[2]", "one for each row", "[2, 1]");
    panics_here!(contrastive(a, b, a), "contrastive", "[2, 1]", "[2]");
    panics_here!(contrastive(a, a, b), "contrastive", "[2]", "[2, 1]");
    panics_here!(triplet(a, b, a), "triplet", "positives", "[2, 1]", "[2]");
    panics_here!(triplet(a, a, b), "triplet", "negatives", "[2, 1]", "[2]");
    let labels = Labels::new([0, 1], 2).unwrap();
    panics_here!(nll(a, &labels), "nll", "[2, 1]", "[2, 2]");
    panics_here!(multi_margin(a, &labels), "multi_margin", "[2, 1]", "[2, 2]");
    panics_here!(zero_one(&labels, &labels.select(&[0])), "2 predictions", "1 labels");
}

#[test]
fn weights_and_options_of_losses_name_the_line_that_called_them() {
    let g = Graph::new();
    let labels = Labels::new([0, 1], 2).unwrap();
    let (x, three) = (g.constant([[1.0, 0.0], [2.0, 0.5]]), g.constant([1.0, 2.0, 3.0]));
    panics_here!(Mse::default().forward_weighted(x, x, three), "mse: weights", "[3]", "[2, 2]", "[batch, 1]");
    let entropy = CrossEntropy::default();
    panics_here!(entropy.forward_weighted(x, &labels, three), "cross_entropy: weights", "[3]", "[2, 1]");
    panics_here!(entropy.forward_soft_weighted(x, x, three), "soft_cross_entropy: weights", "[3]", "[2, 1]");
    let entropy = CrossEntropy { class_weights: vec![1.0; 3], ..CrossEntropy::default() };
    panics_here!(entropy.forward(x, &labels), "cross_entropy: 3 class_weights for 2 classes");
    panics_here!(entropy.forward_soft(x, x), "soft_cross_entropy: 3 class_weights for 2 classes");
    let entropy = CrossEntropy { ignore: Some(2), ..CrossEntropy::default() };
    panics_here!(entropy.forward(x, &labels), "ignore is 2", "less than 2");
    panics_here!(entropy.forward_soft(x, x), "ignore is a label");
    let nll = Nll { ignore: Some(9), ..Nll::default() };
    panics_here!(nll.forward(x, &labels), "nll: ignore is 9", "make labels of 10 classes");
    // Labels of more classes than there are columns: only that which is left out needs none.
    let more = Labels::new([0, 3], 6).unwrap();
    let entropy = CrossEntropy { ignore: Some(5), ..CrossEntropy::default() };
    panics_here!(entropy.forward(x, &more), "label 3 in row 1", "logits of shape [2, 2]", "is not 5");
    let within = CrossEntropy { ignore: Some(1), ..CrossEntropy::default() };
    panics_here!(within.forward(x, &more), "[2, 2]", "2 labels of 6 classes");
    let weighted = CrossEntropy { class_weights: vec![1.0; 6], ..entropy };
    panics_here!(weighted.forward(x, &Labels::new([0, 5], 6).unwrap()), "6 class_weights for 2 classes");
    let bce = BceWithLogits { pos_weight: vec![1.0; 3], ..BceWithLogits::default() };
    panics_here!(bce.forward(x, x), "3 pos_weights", "[2, 2]");

    panics_here!(Huber { delta: 0.0, ..Huber::default() }.forward(x, x), "Huber: delta is 0");
    panics_here!(SmoothL1 { beta: 0.0, ..SmoothL1::default() }.forward(x, x), "SmoothL1: beta is 0");
    panics_here!(Bce { epsilon: 1.0, ..Bce::default() }.forward(x, x), "Bce: epsilon is 1");
    panics_here!(Focal { gamma: -1.0, ..Focal::default() }.forward(x, x), "Focal: gamma is -1");
    panics_here!(Hinge { margin: f64::NAN, ..Hinge::default() }.forward(x, x), "Hinge: margin is NaN");
    panics_here!(Triplet { margin: -1.0, ..Triplet::default() }.forward(x, x, x), "Triplet: margin is -1");
    let smoothed = CrossEntropy { smoothing: 2.0, ..CrossEntropy::default() };
    panics_here!(smoothed.forward(x, &labels), "CrossEntropy: smoothing is 2", "from 0 to 1");
}

#[test]
fn nodes_that_a_loss_records_have_the_line_that_called_it() {
    let labels = Labels::new([0, 1], 2).unwrap();
    let g = Graph::new();
    let x = g.var([[1.0, 0.0], [2.0, 0.5]]);
    let column = g.constant([[1.0], [0.0]]);
    macro_rules! records_here {
        ($($loss:expr),+) => {$({
            let (loss, line) = ($loss, line!());
            assert_eq!((loss.origin().line(), loss.origin().file()), (line, file!()), stringify!($loss));
        })+};
    }
    records_here!(mae(x, x), huber(x, x), smooth_l1(x, x), log_cosh(x, x), half_sum_of_squares(x, x));
    records_here!(bce(x, x), bce_with_logits(x, x), multilabel_bce_with_logits(x, x), focal(x, x));
    records_here!(hinge(x, x), squared_hinge(x, x), perceptron_criterion(x, x));
    records_here!(poisson_nll(x, x), gaussian_nll(x, x, x), kl_div(x, x), soft_cross_entropy(x, x));
    records_here!(cosine_embedding(x, x, column), contrastive(x, x, column), triplet(x, x, x));
    records_here!(nll(x, &labels), multi_margin(x, &labels), cross_entropy(x, &labels));
    let options =
        CrossEntropy { smoothing: 0.1, class_weights: vec![1.0, 2.0], ignore: Some(0), ..Default::default() };
    records_here!(options.forward(x, &labels), options.forward_weighted(x, &labels, column));
    records_here!(Mse::default().forward_weighted(x, x, column));
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
    let data = nn::data::moons(4, 0.1, &mut nn::rng(1));
    for batches in [1, 2] {
        let trainer = Trainer::builder(&net, &data, |g, net, x, _| net.forward(g.constant(x)));
        let mut trainer = trainer.epochs(1).batch(2).accumulate(batches).build().unwrap();
        panics_here!(trainer.fit(&mut net, &mut sgd), "[2, 1]", "mean()");
    }
}

#[test]
fn numbers_that_cannot_be_panic_where_they_are_written() {
    panics_here!(Adam::<f32>::new(f64::NAN), "Adam: lr is NaN, but must be finite and at least 0");
    panics_here!(AdamW::<f32>::new(0.1, -1.0), "AdamW: weight_decay is -1");
    panics_here!(Sgd::<f32>::new(0.1).momentum(1.0), "Sgd: momentum is 1, but", "at least 0 and less than 1");
    panics_here!(Adam::<f32>::new(0.1).betas(0.9, 1.1), "beta2 is 1.1");
    panics_here!(Adagrad::<f32>::new(0.1).epsilon(0.0), "Adagrad: epsilon is 0, but", "greater than 0");
    panics_here!(Optimizer::<_, f32>::from_rule(nn::LionRule::new(-1.0)), "Lion: lr is -1");
    panics_here!(nn::Rprop::<f32>::new(0.1).lengths(2.0, 1.0), "smallest is 2", "at most the largest");
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

/// Asserts that all that the expression records on the graph has its line.
macro_rules! recorded_here {
    ($graph:expr, $expression:expr) => {{
        let first = $graph.len();
        let (_, line) = ($expression, line!());
        let nodes: Vec<_> = $graph.nodes().skip_while(|node| node.id() < first).collect();
        assert!(!nodes.is_empty());
        for node in nodes {
            let (origin, name) = (node.origin(), node.op_name());
            assert_eq!((origin.line(), origin.file()), (line, file!()), "{name}");
        }
    }};
}

#[test]
fn every_node_of_every_layer_has_the_line_that_called_it() {
    use nn::units::{Adaline, LogisticUnit, Perceptron, Threshold};
    let mut rng = nn::rng(1);
    for training in [true, false] {
        let g = Graph::new();
        if training {
            g.training()
        } else {
            g.inference()
        };
        let (x, sign) = (g.ones([2, 3]), Threshold::Sign { at_zero: 0.0 });
        let (batch, layer, rms) =
            (BatchNorm::new(3).on(&g), LayerNorm::new(3).on(&g), RmsNorm::new(3).on(&g));
        let (linear, prelu) = (Linear::new(3, 3, &mut rng).on(&g), PRelu::new().on(&g));
        let mlp = Mlp::builder(3).hidden(&[4], Relu).output(2).dropout(0.5).build(&mut rng).unwrap().on(&g);
        let chain = Sequential((Residual(linear.clone()), Some(Relu), Box::new(nn::Tanh)));
        let list: Sequential<Vec<Layer<_>>> = Sequential(vec![
            linear.clone().into(),
            batch.clone().into(),
            Flatten.into(),
            Dropout::new(0.1).into(),
        ]);
        let table = Embedding::new(5, 2, &mut rng).on(&g);
        let places = autograd::Indices::new([1, 2], &[0, 4], 5).unwrap();
        let (adaline, logistic) = (Adaline::<Tensor>::new(3).on(&g), LogisticUnit::<Tensor>::new(3).on(&g));
        let perceptron = Perceptron::<Tensor>::new(3, sign).on(&g);
        recorded_here!(g, linear.forward(x));
        recorded_here!(g, batch.forward(x));
        recorded_here!(g, layer.forward(x));
        recorded_here!(g, rms.forward(x));
        recorded_here!(g, prelu.forward(x));
        recorded_here!(g, mlp.forward(x));
        recorded_here!(g, chain.forward(x));
        recorded_here!(g, list.forward(x));
        recorded_here!(g, table.forward(&places));
        recorded_here!(g, Flatten.forward(g.ones([2, 3, 1])));
        recorded_here!(g, nn::Softsign.forward(x));
        recorded_here!(g, nn::LogSoftmax(-1).forward(x));
        recorded_here!(g, adaline.forward(x));
        recorded_here!(g, logistic.forward(x));
        recorded_here!(g, perceptron.forward(x));
        if training {
            recorded_here!(g, Dropout::new(0.5).forward(x));
        }
    }
}
