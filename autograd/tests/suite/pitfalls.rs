//! Faults that other engines had and users met: each of them a test. And what must be refused, with a text that helps.
//!
//! Over 400 lines because every mistake that other engines made is one short test of its own.

use crate::common::{assert_gradients, caught, numbers};
use autograd::{
    CustomOp, Executor, FnOp, Gradients, Graph, Key, Shape, ShapeError, Tensor, Var, plan_stats,
    with_executor,
};

/// Backward on an expression in which nodes are used several times: a walk that visits a node
/// before all its users, or a naive recursion, counts wrongly.
#[test]
fn shared_nodes_count_every_path_once() {
    let g = Graph::f64();
    let (a, b) = (g.var(2.0), g.var(3.0));
    let c = a + b;
    let d = a * b;
    let e = c + d;
    let f = c * d;
    let y = e + f;
    let grads = y.backward();
    assert_eq!(y.item(), 41.0);
    // y = a + b + ab + (a + b) ab: dy/da = 1 + b + 2ab + b², dy/db = 1 + a + a² + 2ab.
    assert_eq!((grads[a].item(), grads[b].item()), (25.0, 19.0));
}

#[test]
fn gradients_accumulate_and_do_not_overwrite() {
    let g = Graph::f64();
    let x = g.var([1.0, 2.0]);
    let twice = x + x;
    assert_eq!((twice * twice + x).sum().backward()[x].data(), [9.0, 17.0]);
    let same = Var::concat(&[x, x, x], 0);
    assert_eq!(same.sum().backward()[x].data(), [3.0, 3.0]);
    let through_both = g.constant([1.0, 0.0]).where_(x, x * 10.0);
    assert_eq!(through_both.sum().backward()[x].data(), [1.0, 10.0]);
}

#[test]
fn asking_twice_gives_the_same_and_does_not_accumulate() {
    let g = Graph::f64();
    let x = g.var([1.0, 2.0]);
    let y = (x * x).sum();
    let recorded = g.len();
    let (first, second) = (y.backward(), y.backward());
    assert_eq!(first[x], second[x]);
    assert_eq!(second[x].data(), [2.0, 4.0]);
    assert_eq!(g.len(), recorded, "backward leaves the graph as it was");
}

#[test]
fn leaves_of_equal_value_stay_separate() {
    let g = Graph::f64();
    let (a, b) = (g.var([1.0, 2.0]), g.var([1.0, 2.0]));
    let grads = (a * 3.0 + b * 5.0).sum().backward();
    assert_eq!((grads[a].data(), grads[b].data()), (&[3.0, 3.0][..], &[5.0, 5.0][..]));
    let (c, d) = (g.var(0.5), g.var(0.5));
    let grads = (c * c * d).backward();
    assert_eq!((grads[c].item(), grads[d].item()), (0.5, 0.25));
}

#[test]
fn products_with_zero_factors() {
    for (x, expected) in [
        ([2.0, 3.0, 4.0], [12.0, 8.0, 6.0]),
        ([0.0, 3.0, 4.0], [12.0, 0.0, 0.0]),
        ([2.0, 0.0, 4.0], [0.0, 8.0, 0.0]),
        ([0.0, 0.0, 4.0], [0.0, 0.0, 0.0]),
        ([0.0, 0.0, 0.0], [0.0, 0.0, 0.0]),
    ] {
        let g = Graph::f64();
        let v = g.var(x);
        assert_eq!(v.prod().backward()[v].data(), expected, "of {x:?}");
        assert_gradients("prod", &[Tensor::from(x)], |_, v| v[0].prod());
    }
    let grid = Tensor::from([[0.0, 2.0, 0.0], [1.0, 0.0, 3.0]]);
    assert_gradients("prod over rows", std::slice::from_ref(&grid), |_, v| v[0].prod_over(1));
    assert_gradients("prod over columns", &[grid], |_, v| v[0].prod_keepdim(0));
}

#[test]
fn slopes_at_kinks() {
    let slope = |f: fn(Var<'_, f64>) -> Var<'_, f64>, x: f64| {
        let g = Graph::f64();
        let x = g.var(x);
        f(x).backward()[x].item()
    };
    assert_eq!(slope(|x| x.abs(), 0.0), 0.0);
    assert_eq!(slope(|x| x.abs(), -0.0), 0.0);
    assert_eq!(slope(|x| x.relu(), 0.0), 0.0);
    assert_eq!(slope(|x| x.clamp(-1.0, 1.0), 1.0), 1.0);
    assert_eq!(slope(|x| x.clamp(-1.0, 1.0), -1.0), 1.0);
    assert_eq!(slope(|x| x.norm(), 0.0), 0.0);
    assert_eq!(slope(|x| x.sqrt(), 0.0), f64::INFINITY);
    assert_eq!(slope(|x| x.max(0.0), 0.0), 0.5);
    assert_eq!(slope(|x| x.powi(1), 0.0), 1.0);
    assert_eq!(slope(|x| x.pow(2.0), 0.0), 0.0);
}

#[test]
fn the_norm_at_zero_is_flat_in_every_order() {
    let g = Graph::f64();
    let x = g.var([0.0, 0.0]);
    let first = x.norm().grad(&[x])[0];
    assert_eq!(first.value().data(), [0.0, 0.0]);
    assert!(first.sum().grad(&[x])[0].value().data().iter().all(|x| x.is_finite()));
    let rows = g.var([[0.0, 0.0], [3.0, 4.0]]);
    let grads = rows.norm_over(1).sum().backward();
    crate::common::assert_close("norm", &grads[rows], &Tensor::from([[0.0, 0.0], [0.6, 0.8]]), 1e-15);
}

#[test]
fn ties_of_max_and_min_share_equally() {
    let g = Graph::f64();
    let x = g.var([3.0, 1.0, 3.0, 3.0]);
    let third = 1.0 / 3.0;
    assert_eq!(x.amax().backward()[x].data(), [third, 0.0, third, third]);
    let y = g.var([[1.0, 1.0], [1.0, 2.0]]);
    assert_eq!(y.min_over(0).sum().backward()[y].data(), [0.5, 1.0, 0.5, 0.0]);
    let (a, b) = (g.var(2.0), g.var(2.0));
    let grads = a.max(b).backward();
    assert_eq!((grads[a].item(), grads[b].item()), (0.5, 0.5));
}

/// Three ties over the axes 0 and 2 get a third each, though these axes are not neighbours.
#[test]
fn ties_over_axes_apart_share_equally() {
    let g = Graph::f64();
    let x = g.var([[[5.0, 1.0], [0.0, 0.0]], [[5.0, 5.0], [0.0, 1.0]]]);
    let third = 1.0 / 3.0;
    let expected = [third, 0.0, 0.0, 0.0, third, third, 0.0, 1.0];
    assert_eq!(x.max_over([0, 2]).value().data(), [5.0, 1.0]);
    assert_eq!(x.max_over([0, 2]).sum().backward()[x].data(), expected);
    assert_eq!((-x).min_keepdim([0, 2]).sum().backward()[x].data(), expected.map(|share| -share));
}

/// The branch that is not taken is not seen: neither its value nor its slope, NaN and infinity included.
#[test]
fn where_passes_no_nan_from_the_branch_not_taken() {
    let g = Graph::f64();
    let x = g.var([0.0, 4.0]);
    let positive = x.gt(0.0);
    for (name, y) in [
        ("1/x", positive.where_(1.0 / x, 0.0)),
        ("0/0", positive.where_(x / x, 1.0)),
        ("0/0 in the other branch", x.le(0.0).where_(1.0, x / x)),
        ("sqrt", positive.where_(x.sqrt(), 0.0)),
        ("sqrt in the other branch", x.eq(0.0).where_(0.0, x.sqrt())),
        ("ln", positive.where_(x.ln(), 0.0)),
        ("deeper", positive.where_((1.0 / x).sqrt().exp().tanh() * 2.0 + 1.0, 0.0)),
        ("through sums", positive.where_((x.sqrt() + x.ln()) * x, 0.0)),
        ("of two", positive.where_(x.pow(-0.5).hypot(x), 0.0)),
        ("through movement", positive.where_(x.sqrt().reshape([2, 1]).flip(0).flip(0).flatten(), 0.0)),
    ] {
        let value = y.value();
        assert!(value.data().iter().all(|y| y.is_finite()), "{name}: {value:?}");
        let first = y.sum().grad(&[x])[0];
        assert!(first.value().data().iter().all(|y| y.is_finite()), "{name}: {:?}", first.value());
        assert_eq!(first.value().data()[0], 0.0, "{name}");
        let second = first.sum().grad(&[x])[0].value();
        assert!(second.data().iter().all(|y| y.is_finite()), "{name}: second order {second:?}");
        let third = first.sum().grad(&[x])[0].sum().grad(&[x])[0].value();
        assert!(third.data().iter().all(|y| y.is_finite()), "{name}: third order {third:?}");
    }
    // An infinite slope in the branch that is taken is the user's.
    assert_eq!(x.ge(0.0).where_(x.sqrt(), 0.0).sum().backward()[x].data(), [f64::INFINITY, 0.25]);
    assert!(x.ge(0.0).where_(x / x, 0.0).sum().backward()[x].data()[0].is_nan());
}

#[test]
fn where_passes_no_nan_from_a_reduction() {
    let g = Graph::f64();
    let x = g.var([f64::NAN, 4.0]);
    let known = x.eq(x);
    let y = known.where_(x * x.amax() * 0.0 + x, 0.0);
    assert!(y.value().data()[1].is_nan(), "the maximum is looked at in the branch that is taken");
    let rows = g.var([[f64::NAN, 1.0], [2.0, 3.0]]);
    let top = rows.max_over(1);
    let safe = top.eq(top).where_(top, 0.0).sum();
    assert_eq!((safe.item(), safe.backward()[rows].data()), (3.0, &[0.0, 0.0, 0.0, 1.0][..]));
}

/// The guard of `where_` may not swallow a second derivative where a cotangent happens to be 0.
#[test]
fn where_keeps_the_second_derivative_where_the_first_is_zero() {
    let g = Graph::f64();
    let x = g.var([2.0, -1.0]);
    // (x² - 4)² for x > 0: at 2 the slope is 0 and the second derivative 8x² = 32.
    let y = (x.gt(0.0).where_(x * x, 0.0) - 4.0).square().sum();
    let first = y.grad(&[x])[0];
    assert_eq!(first.value().data(), [0.0, 0.0]);
    assert_eq!(first.sum().grad(&[x])[0].value().data(), [32.0, 0.0]);
    let seed = g.var(0.0);
    let scaled = (x.gt(0.0).where_(x.exp(), 0.0) * seed).sum().grad(&[x])[0].sum();
    assert_eq!(scaled.backward()[seed].item(), 2.0_f64.exp());
}

#[test]
fn a_cut_leaf_says_where_it_is_cut() {
    let g = Graph::f64();
    let (w, x) = (g.var([1.0, 2.0]).named("w"), g.var([3.0, 4.0]));
    let cut = w.detach();
    let line = line!() - 1;
    let grads = (cut * x).sum().backward();
    assert_eq!(grads[x].data(), [1.0, 2.0]);
    assert!(grads.get(w).is_none());
    let error = grads.try_get(w).unwrap_err().to_string();
    let panic = caught(|| grads[w].clone());
    assert_eq!((panic.line, &panic.file[..]), (line!() - 1, file!()));
    assert_eq!(panic.message, error);
    for part in ["\"w\"", "shape [2]", "the path is cut by detach", &format!("pitfalls.rs:{line}:")] {
        assert!(error.contains(part), "{part:?} is not in {error:?}");
    }
    for (name, y) in [
        ("floor", (w.floor() * x).sum()),
        ("argmax", (w.argmax(0) * x).sum()),
        ("gt", (w.gt(0.0) * x).sum()),
        ("with_derivative_of", w.with_derivative_of(x).sum()),
    ] {
        let error = y.backward().try_get(w).unwrap_err().to_string();
        assert!(error.contains(&format!("the path is cut by {name} at")), "{error}");
    }
    // Also where the other expression is older than the leaf.
    let error = x.with_derivative_of(w).sum().backward().try_get(x).unwrap_err().to_string();
    assert!(error.contains("the path is cut by with_derivative_of at"), "{error}");
    let unrelated = g.var(1.0);
    let error = x.sum().backward().try_get(unrelated).unwrap_err().to_string();
    assert!(error.contains("no gradient was kept for the var"), "{error}");
}

#[test]
fn backward_on_many_numbers_is_refused_and_the_way_out_named() {
    let g = Graph::f64();
    let x = g.var([1.0, 2.0]);
    let panic = caught(|| (x * x).backward());
    assert_eq!((panic.line, &panic.file[..]), (line!() - 1, file!()));
    assert!(panic.message.contains("shape [2]") && panic.message.contains("backward_with(seed)"));
    let panic = caught(|| (x * x).backward_with(&Tensor::from([1.0])));
    assert_eq!((panic.line, &panic.file[..]), (line!() - 1, file!()));
    assert!(panic.message.contains("[1]") && panic.message.contains("[2]"));
    assert_eq!((x * x).backward_with(&Tensor::from([1.0, -1.0]))[x].data(), [2.0, -4.0]);
    assert_eq!((x * x).slice(0, ..1).backward()[x].data(), [2.0, 0.0]);
}

#[test]
fn two_graphs_do_not_mix() {
    let (g, h) = (Graph::f64(), Graph::f64());
    let (a, b) = (g.var([1.0, 2.0]), h.var([1.0, 2.0]));
    let line = line!() + 2;
    let panics = [
        caught(|| a + b),
        caught(|| a.max(b)),
        caught(|| a.matmul(b)),
        caught(|| a.dot(b)),
        caught(|| a.outer(b)),
        caught(|| a.where_(a, b)),
        caught(|| a.where_(b, a)),
        caught(|| Var::concat(&[a, b], 0)),
        caught(|| Var::stack(&[a, b], 0)),
        caught(|| Var::einsum("i,i->", &[a, b])),
        caught(|| a.with_derivative_of(b)),
        caught(|| a.sum().grad(&[b])),
        caught(|| h.eval([a])),
        caught(|| h.custom(FnOp::new("id", |x| x[0].clone(), |_, _, _, g| Some(g)), &[a])),
        caught(|| a.sum().backward().get(b).cloned()),
    ];
    for (i, panic) in panics.iter().enumerate() {
        assert!(panic.message.contains("graph"), "case {i}: {panic:?}");
        assert_eq!((panic.line, &panic.file[..]), (line + i as u32, file!()), "case {i}: {}", panic.message);
    }
}

#[test]
fn stale_gradients_do_not_answer() {
    let mut g = Graph::f64();
    let old: Gradients<f64> = {
        let x = g.var(3.0);
        (x * x).backward()
    };
    g.clear();
    let x = g.var(5.0);
    let panic = caught(|| old.get(x).cloned());
    assert_eq!((panic.line, &panic.file[..]), (line!() - 1, file!()));
    assert!(panic.message.contains("these gradients belong to another graph"), "{}", panic.message);
    assert_eq!((x * x).backward()[x].item(), 10.0);
}

#[test]
fn a_deep_chain_needs_no_recursion() {
    with_executor(Executor::Reference, || deep_chain(100_000));
    with_executor(Executor::Planned, || deep_chain(1_000));
}

#[test]
fn a_deep_chain_is_planned_in_bearable_time() {
    with_executor(Executor::Planned, || deep_chain(100_000));
}

fn deep_chain(length: usize) {
    let g = Graph::f64();
    let x = g.var(1.0);
    let mut y = x;
    for _ in 0..length {
        y += 1.0 / length as f64;
    }
    assert!((y.item() - 2.0).abs() < 1e-9);
    assert_eq!(y.backward()[x].item(), 1.0);
    let cut = y.detach() * 2.0;
    assert!(cut.backward().try_get(x).unwrap_err().to_string().contains("cut by detach"));
    assert_eq!(y.grad(&[x])[0].item(), 1.0);
}

#[test]
fn wide_graphs_are_not_quadratic_in_leaves() {
    let g = Graph::f64();
    let leaves: Vec<Var<'_, f64>> = (0..20_000).map(|i| g.var(f64::from(i))).collect();
    let mut sum = g.number(0.0);
    for leaf in &leaves {
        sum += *leaf * 2.0;
    }
    let grads = sum.backward();
    assert_eq!(grads.len(), leaves.len());
    assert!(leaves.iter().all(|&leaf| grads[leaf].item() == 2.0));
}

#[test]
fn a_custom_rule_may_give_one_number_for_all() {
    let g = Graph::f64();
    let x = g.var([1.0, 2.0, 3.0]);
    let scaled = FnOp::new("scaled", |x| x[0].map(|x| 2.0 * x), |_, x, _, _| Some(x[0].graph().number(2.0)));
    assert_eq!(g.custom(scaled, &[x]).sum().backward()[x].data(), [2.0, 2.0, 2.0]);
}

#[test]
fn a_custom_rule_of_a_wrong_shape_is_refused_and_named() {
    let g = Graph::f64();
    let x = g.var([1.0, 2.0, 3.0]);
    let wrong = FnOp::new("wrong", |x| x[0].clone(), |_, _, _, g| Some(g.slice(0, ..2)));
    let y = g.custom(wrong, &[x]).sum();
    let panic = caught(|| y.backward());
    for part in ["wrong", "input 0", "[2]", "[3]", "pitfalls.rs:"] {
        assert!(panic.message.contains(part), "{part:?} is not in {:?}", panic.message);
    }
    assert_eq!(g.var(1.0).exp().item(), 1.0_f64.exp(), "the graph is still of use");
}

/// A rule runs once and its plan is used again with other data: what it read from the data would go stale.
#[test]
fn a_custom_rule_may_not_read_values() {
    let g = Graph::f64();
    let x = g.var(2.0);
    let reads = FnOp::new(
        "reads",
        |x| x[0].map(|x| x * x),
        |_, x: &[Var<'_, f64>], _, g| Some(g * (x[0].item() * 2.0)),
    );
    let y = g.custom(reads, &[x]);
    let panic = caught(|| y.backward());
    assert!(panic.message.contains("while a derivative is being recorded"), "{}", panic.message);
    assert_eq!((x * x).backward()[x].item(), 4.0, "the graph is still of use");
}

/// The same type with another parameter is another operation.
#[test]
fn custom_parameters_are_part_of_the_identity() {
    struct Times(f64);
    impl CustomOp<f64> for Times {
        fn name(&self) -> &str {
            "times"
        }
        fn key(&self, key: &mut Key) -> bool {
            key.number(self.0);
            true
        }
        fn shape(&self, inputs: &[Shape]) -> Result<Shape, ShapeError> {
            Ok(inputs[0])
        }
        fn forward(&self, inputs: &[Tensor<f64>]) -> Tensor<f64> {
            inputs[0].map(|x| self.0 * x)
        }
        fn cotangent<'g>(
            &self,
            _: usize,
            _: &[Var<'g, f64>],
            _: Var<'g, f64>,
            g: Var<'g, f64>,
        ) -> Option<Var<'g, f64>> {
            Some(g * self.0)
        }
    }
    for k in [2.0, 3.0, 2.0] {
        let g = Graph::f64();
        let x = g.var(5.0);
        let y = g.custom(Times(k), &[x]);
        assert_eq!((y.item(), y.backward()[x].item()), (5.0 * k, k));
    }
    // Closures that capture cannot be told apart, and still give each its own answer.
    for k in [2.0, 3.0] {
        let g = Graph::f64();
        let x = g.var(5.0);
        let y = g.custom(FnOp::new("k", move |x| x[0].map(|x| k * x), move |_, _, _, g| Some(g * k)), &[x]);
        assert_eq!((y.item(), y.backward()[x].item()), (5.0 * k, k));
    }
}

#[test]
fn a_held_value_does_not_cut_the_derivative() {
    let g = Graph::f64();
    let x = g.var([1.0, 2.0]);
    let y = x * x;
    assert_eq!(y.value().data(), [1.0, 4.0]);
    let z = (y * x).sum();
    assert_eq!(z.item(), 9.0);
    assert_eq!(z.backward()[x].data(), [3.0, 12.0]);
    assert_eq!(z.grad(&[y])[0].value().data(), [1.0, 2.0]);
}

#[test]
fn a_kept_intermediate_has_a_gradient_and_others_have_not() {
    let g = Graph::f64();
    let (x, y) = (g.var(2.0), g.var(3.0));
    let (kept, other) = ((x * y).keep_grad(), x + y);
    let grads = (kept * other).backward();
    assert_eq!(grads[kept].item(), 5.0);
    assert!(grads.get(other).is_none());
    let error = grads.try_get(other).unwrap_err().to_string();
    assert!(error.contains("keep_grad()"), "{error}");
}

/// Gradients of many orders of one expression: x⁵.
#[test]
fn derivatives_of_every_order() {
    let g = Graph::f64();
    let x = g.var(2.0);
    let mut y = x * x * x * x * x;
    for expected in [32.0, 80.0, 160.0, 240.0, 240.0, 120.0, 0.0] {
        assert_eq!(y.item(), expected);
        y = y.grad(&[x])[0];
    }
}

#[test]
fn an_empty_batch_gives_zero_gradients() {
    assert_gradients("empty batch", &[Tensor::zeros([0, 3]), numbers([3, 2], 1), numbers([2], 2)], |_, v| {
        (v[0].matmul(v[1]) + v[2]).tanh().sum()
    });
    let g = Graph::f64();
    let (w, b) = (g.var(numbers([3, 2], 1)), g.var([1.0, 2.0]));
    let grads = (g.constant(Tensor::zeros([0, 3])).matmul(w) + b).sum().backward();
    assert_eq!((grads[w].data(), grads[b].data()), (&[0.0; 6][..], &[0.0; 2][..]));
}

/// Each request looks at what was recorded since the last held value only, and finds the plan of the one before.
#[test]
fn asking_after_every_little_recording_stays_cheap() {
    let before = plan_stats().built;
    let g = Graph::f64();
    let mut y = g.var(0.0);
    for round in 1..=10_000 {
        y = y * 0.5 + 1.0;
        let asked = y.item();
        assert_eq!(asked, y.item(), "asked twice");
        assert!((asked - 2.0 * (1.0 - 0.5_f64.powi(round))).abs() < 1e-12);
    }
    // The first request sees no held value, the others one.
    assert!(plan_stats().built - before <= 2);
}

#[test]
fn a_request_does_not_lengthen_the_graph() {
    let g = Graph::f64();
    let x = g.var([1.0, 2.0]);
    let y = x.tanh() * x;
    let sum = y.sum();
    let nodes = g.len();
    for _ in 0..3 {
        sum.backward();
        y.backward_with(&Tensor::from([1.0, 0.5]));
        y.value();
    }
    assert_eq!(g.len(), nodes);
}
