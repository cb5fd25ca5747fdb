//! Where numbers stop being finite, where gradients are lost, and how they are spread: each against a case built by hand.

use autograd::diagnose::{Birth, Flow, SATURATED};
use autograd::{Graph, Indices, Pass, Tape, Tensor, Var, tape};

/// The birth in what `record` records.
#[track_caller]
fn birth(record: impl for<'g> Fn(&'g Graph<f64>) -> Var<'g, f64>) -> Birth {
    let g = Graph::f64();
    let root = record(&g);
    let before = g.len();
    let birth = root.find_nan().expect("something is not finite");
    assert_eq!(g.len(), before, "the search leaves the graph as it was");
    birth
}

/// Operation, place, value, operands.
fn seen(birth: &Birth) -> (&str, Vec<usize>, String, Vec<f64>) {
    let operands = birth.operands.iter().map(|operand| operand.value).collect();
    (birth.op.as_str(), birth.index.clone(), birth.value.to_string(), operands)
}

/// The same on a tape, from variables of these values.
#[track_caller]
fn birth_on_tape<const N: usize>(
    x: [f64; N],
    record: impl for<'t> Fn([tape::Var<'t>; N]) -> tape::Var<'t>,
) -> Option<Birth> {
    let tape = Tape::new().explaining();
    let mut number = 0;
    let x = x.map(|x| {
        number += 1;
        tape.var(x).named(&format!("x{number}"))
    });
    record(x).find_nan()
}

#[test]
fn values_on_a_tape_are_followed_to_the_operation_that_broke_them() {
    let log = birth_on_tape([0.0], |[x]| x.ln() * 2.0 + 1.0).unwrap();
    assert_eq!(seen(&log), ("ln", vec![], "-inf".into(), vec![0.0]));
    assert_eq!((log.pass, log.given, log.became_nan.is_none()), (Pass::Forward, false, true));
    assert!(log.cause.unwrap().contains("log_softmax"));
    assert_eq!((log.origin.file(), log.reached.as_str()), (file!(), "the result"));

    let quotient = birth_on_tape([0.0, 0.0], |[x, y]| (x / y).named("ratio").exp()).unwrap();
    assert_eq!(seen(&quotient), ("div", vec![], "NaN".into(), vec![0.0, 0.0]));
    assert_eq!(quotient.name.as_deref(), Some("ratio"));

    let difference = birth_on_tape([800.0, 900.0], |[x, y]| x.exp() - y.exp()).unwrap();
    assert_eq!((difference.op.as_str(), difference.value), ("exp", f64::INFINITY));
    let nan = difference.became_nan.unwrap();
    assert_eq!((nan.op.as_str(), nan.operands), ("sub", vec![f64::INFINITY; 2]));

    let given =
        birth_on_tape([1.0, f64::NAN], |[x, y]| [x, y].into_iter().sum::<tape::Var<'_>>() * 2.0).unwrap();
    assert_eq!((given.given, given.name.as_deref()), (true, Some("x2")));

    assert!(birth_on_tape([f64::NEG_INFINITY], |[x]| 1.0 / (1.0 + x.exp())).is_none());
    assert!(birth_on_tape([1.0, 2.0], |[x, y]| x * y).is_none());
}

#[test]
fn derivatives_on_a_tape_are_followed_to_the_operation_that_broke_them() {
    let root = birth_on_tape([0.0, 3.0], |[x, y]| x.sqrt() * y + 1.0).unwrap();
    assert_eq!(seen(&root), ("sqrt", vec![], "inf".into(), vec![0.0, 3.0]));
    assert_eq!((root.pass, root.reached.as_str()), (Pass::Backward, "the gradient of \"x1\""));
    assert!(root.cause.is_some());
    assert_eq!(root.operands[1].what, "the cotangent");

    // The norm of a vector of zeros: ∞ from the root, times 0 from the square.
    let norm = birth_on_tape([0.0, 0.0], |[x, y]| (x * x + y * y).sqrt()).unwrap();
    assert_eq!((norm.pass, norm.op.as_str(), norm.value), (Pass::Backward, "sqrt", f64::INFINITY));
    assert_eq!(norm.became_nan.unwrap().op, "mul");
}

#[test]
#[should_panic(expected = "this tape keeps no journal")]
fn a_tape_without_a_journal_cannot_tell() {
    let tape = Tape::new();
    let _ = tape.var(0.0).ln().find_nan();
}

#[test]
fn values_are_followed_to_the_operation_that_broke_them() {
    let log = birth(|g| (g.var([1.0, 0.0, 2.0]).ln() * 2.0 + 1.0).sum());
    assert_eq!(seen(&log), ("ln", vec![1], "-inf".into(), vec![0.0]));
    assert_eq!((log.pass, log.given, log.became_nan.is_none()), (Pass::Forward, false, true));
    assert!(log.cause.unwrap().contains("log_softmax"));
    assert_eq!(log.origin.file(), file!());

    let over = birth(|g| g.var([[1.0, 800.0], [2.0, 3.0]]).exp().sum());
    assert_eq!(seen(&over), ("exp", vec![0, 1], "inf".into(), vec![800.0]));
    assert!(over.cause.unwrap().contains("logsumexp"));

    let quotient = birth(|g| (g.var([1.0, 0.0]) / g.var([2.0, 0.0])).sum());
    assert_eq!(seen(&quotient), ("div", vec![1], "NaN".into(), vec![0.0, 0.0]));
    assert!(quotient.cause.unwrap().starts_with("0 / 0"));

    let root = birth(|g| g.var([4.0, -1.0]).sqrt().sum());
    assert_eq!(seen(&root), ("sqrt", vec![1], "NaN".into(), vec![-1.0]));
}

#[test]
fn an_infinity_that_becomes_nan_is_named_at_both_places() {
    let naive = birth(|g| {
        let e = g.var([0.0, 1000.0]).exp();
        (e / e.sum()).sum()
    });
    assert_eq!((naive.op.as_str(), naive.index[0]), ("exp", 1));
    let nan = naive.became_nan.unwrap();
    assert_eq!((nan.op.as_str(), nan.operands), ("div", vec![f64::INFINITY, f64::INFINITY]));
}

#[test]
fn the_path_goes_through_moved_reduced_and_broadcast_elements() {
    // The element that breaks is moved about; another infinity, in an element that is never picked, does no harm.
    let moved = birth(|g| {
        let x = g.var([[1.0, 2.0, -3.0], [0.0, 5.0, 6.0]]).ln();
        let picked = x.t().flip(1).slice(0, 1..3).index_select(0, &Indices::new([1], &[1], 2).unwrap());
        Var::concat(&[g.constant([[7.0]]), picked.reshape([2, 1]).pad(0, 1, 0)], 0).sum()
    });
    assert_eq!(seen(&moved), ("ln", vec![0, 2], "NaN".into(), vec![-3.0]));

    let broadcast = birth(|g| {
        let scale = g.var([[1.0], [0.0]]).recip();
        (g.constant([[1.0, 2.0], [3.0, 4.0]]) * scale).sum()
    });
    assert_eq!(seen(&broadcast), ("recip", vec![1, 0], "inf".into(), vec![0.0]));

    let rows = birth(|g| g.var([[1.0, 2.0], [0.0, 4.0]]).ln().sum_over(1).max_over(0));
    assert_eq!(rows.index, [1, 0], "{rows}");
}

#[test]
fn what_is_not_taken_is_not_to_blame() {
    let g = Graph::f64();
    let x = g.var([0.0, 4.0]);
    let safe = x.gt(0.0).where_(x.ln(), 0.0).sum();
    assert_eq!(safe.find_nan(), None);
    let unsafe_branch = birth(|g| {
        let x = g.var([0.0, 4.0, -1.0]);
        // Only element 2 is broken where it is taken; that of element 0 is not.
        (x.ne(0.0).where_(x.sqrt() + x.ln(), 1.0)).sum()
    });
    assert_eq!(unsafe_branch.index, [2]);
    // An infinity that becomes finite again.
    let gradient = birth(|g| (-g.var([0.0, 1.0]).named("x").recip()).exp().sum());
    assert_eq!((gradient.pass, gradient.op.as_str()), (Pass::Forward, "recip"));
    assert!(gradient.reached.contains("gradient of \"x\""), "the value itself is finite: {gradient}");
    assert_eq!((-g.constant([0.0, 1.0]).recip()).exp().sum().find_nan(), None);
}

#[test]
fn derivatives_are_followed_to_the_operation_that_they_differentiate() {
    let root = birth(|g| g.var([4.0, 0.0]).named("v").sqrt().sum());
    assert_eq!((root.pass, root.op.as_str(), &root.index[..]), (Pass::Backward, "sqrt", &[1][..]));
    assert_eq!(root.operands[0].value, 0.0);
    assert!(root.cause.unwrap().contains("sqrt_flat_at_zero"));
    assert!(root.reached.contains("gradient of \"v\""), "{}", root.reached);

    // The norm of a zero vector, written by hand: 0 · ∞.
    let norm = birth(|g| g.var([0.0, 0.0]).square().sum().sqrt());
    assert_eq!((norm.pass, norm.op.as_str()), (Pass::Backward, "sqrt"));
    assert!(norm.became_nan.is_some());
    let g = Graph::f64();
    assert_eq!(g.var([0.0, 0.0]).norm().find_nan(), None);

    let power = birth(|g| g.var([0.0]).powf(0.5).sum());
    assert_eq!((power.pass, power.op.as_str()), (Pass::Backward, "powf"));
}

#[test]
fn what_was_given_broken_is_said_to_be() {
    let given = birth(|g| (g.var([1.0, f64::NAN]).named("w") * 2.0).sum());
    assert_eq!((given.given, given.name.as_deref(), &given.index[..]), (true, Some("w"), &[1][..]));
    assert!(given.to_string().contains("was given with NaN at [1]"), "{given}");
    let number = birth(|g| (g.var([1.0]) * f64::INFINITY).sum());
    assert!(number.given && number.op == "number", "{number}");
}

#[test]
fn large_products_overflow_and_are_found_in_fused_kernels_too() {
    let g = Graph::new();
    let x = g.var([[3e38_f32, 1.0]]);
    let product = x.matmul(g.constant([[2.0], [1.0]])).sum();
    let birth = product.find_nan().unwrap();
    assert_eq!(birth.op, "matmul");
    assert!(birth.operands.iter().any(|operand| operand.value > 1e38 && !operand.exact), "{birth}");
    // One kernel holds the whole chain, and its intermediates are nowhere in memory.
    let chain = (g.var([90.0]).exp().ln() * 0.5).tanh().sum();
    assert_eq!(chain.item(), 1.0);
    let gradient = chain.find_nan().unwrap();
    assert_eq!((gradient.pass, gradient.op.as_str()), (Pass::Forward, "exp"), "{gradient}");
}

#[test]
fn the_sentence_says_all() {
    let entropy = birth(|g| -(g.var([0.5, 0.0]).named("p") * g.var([0.5, 0.0]).named("q").ln()).sum());
    insta::assert_snapshot!("birth_of_a_value", crate::common::without_lines(&entropy.to_string()));
    let root = birth(|g| g.var([4.0, 0.0]).named("v").sqrt().sum());
    insta::assert_snapshot!("birth_of_a_derivative", crate::common::without_lines(&root.to_string()));
}

#[test]
fn lost_gradients_are_named_with_what_lost_them() {
    let g = Graph::f64();
    let x = g.constant([[1.0, 2.0], [0.5, 3.0]]);
    let [dead, cut, zero, flat, fine, unused] =
        ["dead", "cut", "zero", "flat", "fine", "unused"].map(|name| {
            let start = if name == "dead" { -1.0 } else { 1.0 };
            g.var(Tensor::full([2, 3], start)).named(name)
        });
    let parts = [
        x.matmul(dead).relu().sum(),
        x.matmul(cut).detach().sum(),
        (x.matmul(zero) * g.constant(Tensor::<f64>::zeros([2, 3]))).sum(),
        x.matmul(flat).round().sum(),
        x.matmul(fine).relu().sum(),
    ];
    let loss = parts.into_iter().reduce(|a, b| a + b).unwrap();
    let flow = loss.gradient_flow();
    let of = |var: Var<'_, f64>| flow.variables.iter().find(|flow| flow.id == var.id()).unwrap().flow.clone();
    let lost = |var| match of(var) {
        Flow::Zero { lost } => lost,
        other => panic!("{other:?}"),
    };
    assert_eq!(lost(dead)[0].op, "relu");
    assert!(lost(dead)[0].why.contains("dead"));
    assert_eq!(lost(zero)[0].op, "mul");
    assert!(lost(zero)[0].why.contains("other operand"));
    assert!(matches!(of(cut), Flow::Cut { why } if why.contains("detach")));
    assert!(matches!(of(flat), Flow::Cut { why } if why.contains("round")));
    assert_eq!(of(unused), Flow::Unused);
    // Each weight's gradient is the sum of its column of x.
    let norm = (3.0 * (1.5f64 * 1.5 + 5.0 * 5.0)).sqrt();
    assert!(
        matches!(of(fine), Flow::Reached { norm: found, zeros } if (found - norm).abs() < 1e-12 && zeros == 0.0)
    );
    assert!(!flow.reaches_all());
    let text = flow.to_string();
    assert!(text.starts_with("no gradient reaches 5 of 6 variables:\n  \"dead\""), "{text}");
    assert!(x.matmul(fine).sum().gradient_flow().lost().count() == 5);
}

#[test]
fn figures_are_those_of_plain_loops() {
    let g = Graph::f64();
    let x = g.constant(crate::common::numbers([8, 5], 1));
    let [w, v] = [3, 4].map(|seed| g.var(crate::common::spread([5, 5], seed, -4.0, 4.0)));
    let bias = g.var(Tensor::<f64>::full([5], -20.0)).named("bias");
    let a = x.matmul(w).sigmoid();
    let b = (x.matmul(v) + bias).relu();
    let loss = (a.square() + b).sum();
    let (probe, figures) = loss.probe();
    let [a, b, figures] = g.eval([a, b, figures]);
    let statistics = probe.read(&figures);
    let grads = loss.backward();

    let share = |tensor: &Tensor<f64>, f: &dyn Fn(f64) -> bool| {
        tensor.data().iter().filter(|&&x| f(x)).count() as f64 / tensor.count() as f64
    };
    let [sigmoid, relu] = &statistics.activities[..] else { panic!("{statistics}") };
    assert_eq!(sigmoid.saturated, Some(share(&a, &|y| !(SATURATED..=1.0 - SATURATED).contains(&y))));
    assert!(sigmoid.saturated.unwrap() > 0.0 && sigmoid.dead.is_none());
    assert_eq!((relu.zeros, relu.dead), (Some(share(&b, &|y| y == 0.0)), Some(1.0)));
    for (found, var) in statistics.variables.iter().zip([w, v, bias]) {
        let norm = grads[var].data().iter().map(|x| x * x).sum::<f64>().sqrt();
        assert!((found.gradient_norm - norm).abs() < 1e-12);
        assert_eq!(found.zeros, share(&grads[var], &|x| x == 0.0));
        let root_mean_square = norm / (var.shape().count() as f64).sqrt();
        assert!((found.gradient_rms - root_mean_square).abs() < 1e-12);
        let size = var.value().data().iter().map(|x| x * x).sum::<f64>().sqrt();
        assert!((found.norm - size).abs() < 1e-9);
    }
    let warnings = statistics.warnings();
    assert!(warnings.iter().any(|text| text.starts_with("relu at ") && text.contains("100 % of its units")));
    assert!(warnings.iter().any(|text| text.contains("vanishes")), "the dead layer's weight: {warnings:?}");
}

#[test]
fn gradients_through_many_sigmoids_vanish_and_through_large_weights_explode() {
    let deep = |gain: f64, activation: for<'g> fn(Var<'g, f64>) -> Var<'g, f64>| {
        let g = Graph::f64();
        let mut y = g.constant(crate::common::numbers([4, 6], 1));
        for layer in 0..12 {
            let w = crate::common::numbers([6, 6], layer).map(|x| gain * x);
            y = activation(y.matmul(g.var(w).named(&format!("layers.{layer}"))));
        }
        let (probe, figures) = y.square().sum().probe();
        probe.read(&figures.value())
    };
    let vanishing = deep(0.3, |x| x.sigmoid());
    let warnings = vanishing.warnings();
    assert!(warnings.iter().any(|text| text.contains("\"layers.0\" vanishes")), "{warnings:?}");
    assert!(!warnings.iter().any(|text| text.contains("\"layers.11\"")));
    let exploding = deep(3.0, |x| x);
    assert!(exploding.warnings().iter().any(|text| text.contains("explode")), "{exploding}");
    let fine = deep(0.5, |x| x.tanh());
    assert!(!fine.warnings().iter().any(|text| text.contains("explode")), "{fine}");
}
