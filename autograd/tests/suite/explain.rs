//! Explanations: traces of graphs and tapes are the same and add up; texts in every format.

use autograd::explain::{Rule, Trace, Tracing};
use autograd::prelude::*;

/// The classical product of a sum, on either recorder.
macro_rules! product_of_a_sum {
    ($on:expr) => {{
        let (x, y, z) = ($on.var(-2.0).named("x"), $on.var(5.0).named("y"), $on.var(-4.0).named("z"));
        let q = (x + y).named("q");
        (q * z).named("f")
    }};
}

/// Without places in the source, which move.
fn without_places(text: &str) -> String {
    let lines = text.lines().map(|line| line.split("   autograd/").next().unwrap_or_default());
    let lines = lines.map(|line| line.split("   tests/").next().unwrap_or_default().trim_end());
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn a_tape_with_a_journal_and_a_graph_tell_the_same() {
    let (g, tape) = (Graph::f64(), Tape::new().explaining());
    let graph = product_of_a_sum!(g).explain().to_string();
    let on_tape = product_of_a_sum!(tape).explain().to_string();
    assert_eq!(without_places(&graph), without_places(&on_tape));
    insta::assert_snapshot!(without_places(&graph), @"
    Forward: values
      x = -2
      y = 5
      z = -4
      q = x + y = -2 + 5 = 3
      f = q*z = 3*(-4) = -12

    Backward: the chain rule, from the result to the leaves
      df/df = 1
      df/dq = df/df · ∂f/∂q = 1 · z = 1 · (-4) = -4
      df/dz = df/df · ∂f/∂z = 1 · q = 1 · 3 = 3
      df/dy = df/dq · ∂q/∂y = -4 · 1 = -4
      df/dx = df/dq · ∂q/∂x = -4 · 1 = -4
    ");
    assert!(
        graph.lines().any(|line| line.contains("explain.rs:")),
        "lines of the source are missing: {graph}"
    );
}

/// In every trace the cotangent of a node is the sum of what its users hand to it, and each of these is the user's
/// cotangent times the local derivative.
fn adds_up(trace: &Trace) {
    let mut sums = vec![0.0; trace.nodes.len()];
    for node in &trace.nodes {
        for operand in &node.operands {
            let (Some(at), Some(part)) = (operand.node, &operand.contribution) else { continue };
            let part = part.number().expect("scalars only");
            let local = operand.local.as_ref().and_then(|local| local.number()).expect("a local derivative");
            let cotangent = node.cotangent.as_ref().and_then(|x| x.number()).expect("a cotangent");
            assert!((cotangent * local - part).abs() <= 1e-12 * part.abs().max(1.0), "{}", node.label);
            sums[at] += part;
        }
    }
    *sums.last_mut().expect("the root") = 1.0;
    for (node, sum) in trace.nodes.iter().zip(sums) {
        if let Some(cotangent) = node.cotangent.as_ref().and_then(|x| x.number()) {
            assert!(
                (cotangent - sum).abs() <= 1e-12 * sum.abs().max(1.0),
                "{}: {cotangent}, {sum}",
                node.label
            );
        }
    }
}

#[test]
fn every_trace_adds_up_and_gives_the_gradients() {
    fn formula<S: Scalar>(a: S, b: S) -> S {
        let (c, d) = (a + b, a * b);
        ((c + d) * 0.1 + (c * d).tanh() * (a / b).exp() - d.sqrt()).sigmoid() * c
    }
    for tape in [Tape::new(), Tape::new().explaining()] {
        let (a, b) = (tape.var(0.7), tape.var(0.3));
        let y = formula(a, b);
        let trace = y.trace();
        adds_up(&trace);
        let gradient = |x| trace.node(x).and_then(|node| node.cotangent.as_ref()?.number());
        assert_eq!((gradient(a), gradient(b)), (Some(y.backward()[a]), Some(y.backward()[b])));
        let paths = trace.paths(a, 100).expect("numbers");
        let listed: f64 = paths.listed.iter().map(|path| path.product).sum();
        assert!((listed - y.backward()[a]).abs() < 1e-12 && paths.rest == 0.0);
        assert_eq!(paths.count, paths.listed.len() as f64);
    }
    let g = Graph::f64();
    let (a, b) = (g.var(0.7), g.var(0.3));
    let (c, d) = (a + b, a * b);
    let y = ((c + d) * 0.1 + (c * d).tanh() * (a / b).exp() - d.sqrt()).sigmoid() * c;
    let (before, held) = (g.len(), format!("{c:?}"));
    let trace = y.trace();
    adds_up(&trace);
    assert_eq!((g.len(), format!("{c:?}")), (before, held), "the graph is as it was");
    let gradient = trace.node(a).and_then(|node| node.cotangent.as_ref()?.number()).expect("a gradient");
    assert!((gradient - y.backward()[a].item()).abs() < 1e-14);
    let tape = Tape::new();
    assert!((y.item() - formula(tape.var(0.7), tape.var(0.3)).value()).abs() < 1e-14);
}

#[test]
fn ranges_of_a_tape_are_traced_with_all_their_parents() {
    for tape in [Tape::new(), Tape::new().explaining()] {
        let (w, x, b) = (tape.vars(&[1.0, -2.0, 3.0, 0.5]), tape.vars(&[0.3, 0.7]), tape.vars(&[0.1, 0.2]));
        let h = w.affine(x, b).map(autograd::ops::Tanh);
        let y = h.dot(h.zip(autograd::ops::Add, x)) + h.norm() + x.logsumexp() + w.slice(1..3).sum();
        let y = y
            + tape.statement([x.at(0), w.at(1)], |[x, w]| x * w * w)
            + tape.dot(&[x.at(0), y], &[y, x.at(1)]);
        let trace = y.trace();
        adds_up(&trace);
        let grads = y.backward();
        for leaf in [w.at(0), w.at(3), x.at(0), x.at(1), b.at(1)] {
            let found = trace.node(leaf).and_then(|node| node.cotangent.as_ref()?.number());
            assert_eq!(found, Some(grads[leaf]));
        }
    }
}

#[test]
fn a_journal_changes_no_number_and_survives_a_reset() {
    let run = |tape: &Tape| {
        let x = tape.vars(&[0.5, 2.0]);
        let y = (x.at(0) * x.at(1)).sin() + x.dot(x) * 3.0 - autograd::tape::Var::constant(2.0) * x.at(0);
        (y.value(), y.backward().of(x), tape.len(), y.trace().nodes.len())
    };
    let (mut plain, mut noted) = (Tape::new(), Tape::new().explaining());
    for _ in 0..3 {
        let (a, b) = (run(&plain), run(&noted));
        assert_eq!((a.0, &a.1, a.2), (b.0, &b.1, b.2));
        assert!(b.3 > a.3, "numbers are nodes of a trace with a journal");
        plain.reset();
        noted.reset();
    }
    // Many more than the first page of memory has room for.
    let x = noted.var(1.0);
    let mut y = x;
    for _ in 0..10_000 {
        y = y * 0.9999 + 0.1;
    }
    let expected = 0.9999_f64.powi(10_000);
    assert!((y.backward()[x] - expected).abs() < 1e-10 * expected);
    assert_eq!(noted.len(), 20_001);
    let text = y.explain().to_string();
    assert!(text.contains("left out") && text.lines().count() < 300, "{}", text.lines().count());
}

#[test]
fn tensors_are_told_by_rules_and_summaries() {
    let g = Graph::f64();
    let w = g.var([[1.0, 2.0], [3.0, 4.0]]).named("w");
    let b = g.var([0.5, -0.5]).named("b");
    let x = g.constant(Tensor::from_fn([3, 2], |i| i as f64 * 0.1)).named("x");
    let loss = (x.matmul(w) + b).tanh().square().mean().named("loss");
    insta::assert_snapshot!(without_places(&loss.explain().to_string()));
    let trace = loss.trace();
    let product = trace.nodes.iter().find(|node| node.operation == "matmul").expect("there is one");
    assert_eq!(product.operands[1].rule, Some(Rule::Carried("xᵀ · ḡ".to_owned())));
    let gradient = trace.node(w).and_then(|node| node.cotangent.as_ref()?.elements()).expect("few elements");
    assert_eq!(gradient, loss.backward()[w].data());
}

#[test]
fn one_derivative_is_a_sum_over_paths() {
    let tape = Tape::new().explaining();
    let (a, b) = (tape.var(2.0).named("a"), tape.var(3.0).named("b"));
    let (c, d) = ((a + b).named("c"), (a * b).named("d"));
    let y = ((c + d).named("e") + (c * d).named("f")).named("y");
    insta::assert_snapshot!(without_places(&y.explain_wrt(a).to_string()));
}

#[test]
fn exponentially_many_paths_still_add_up() {
    let tape = Tape::new();
    let x = tape.var(1.0);
    let mut y = x;
    for _ in 0..60 {
        y = y + y * 0.5;
    }
    let paths = y.trace().paths(x, 5).expect("numbers");
    assert_eq!((paths.listed.len(), paths.count, paths.compared_all), (5, 2f64.powi(60), false));
    let listed: f64 = paths.listed.iter().map(|path| path.product).sum();
    assert!((listed + paths.rest - paths.total).abs() < 1e-9 * paths.total);
    assert!((paths.total - y.backward()[x]).abs() < 1e-9 * paths.total);
    assert!(y.explain_wrt(x).to_string().contains("more paths together"));
}

#[test]
fn names_break_no_format() {
    let tape = Tape::new().explaining();
    let x = tape.var(2.0).named("a|b\n`<\"\u{1b}[31m é");
    let y = (x * x).named("\\end{align*}");
    let explanation = y.explain();
    assert!(!explanation.to_string().contains('\u{1b}'));
    let markdown = explanation.to_markdown();
    let columns = markdown.lines().next().expect("a table").matches('|').count();
    for row in markdown.lines().take_while(|line| line.starts_with('|')) {
        assert_eq!(row.replace("\\|", "").matches('|').count(), columns, "{row}");
    }
    assert_eq!(explanation.to_latex().matches("\\end{align*}").count(), 2);
}

#[test]
fn a_part_is_left_out_where_a_graph_is_large() {
    let g = Graph::new();
    let x = g.var(0.5).named("x");
    let mut y = x;
    for _ in 0..3000 {
        y = y.sin() + 0.5;
    }
    let trace = y.trace_with(&Tracing::default().nodes(50).wrt(x));
    assert_eq!(trace.nodes.len(), 51);
    assert!(trace.notes[0].contains("are left out"), "{:?}", trace.notes);
    assert!(trace.node(x).is_some_and(|node| node.cotangent.is_some()));
}
