//! Profiles: that the jobs timed are those that run, and named by what they compute; times themselves are no test.

use autograd::{Executor, FnOp, Graph, JobKind, Pass, Tensor, Var, profile, with_executor};

fn loss<'g>(g: &'g Graph, x: &Tensor) -> Var<'g> {
    let w = g.var(Tensor::full([8, 5], 0.25)).named("layer.weight");
    let b = g.var(Tensor::full([5], 0.5)).named("layer.bias");
    (g.constant(x).matmul(w) + b).tanh().square().sum()
}

fn x(rows: usize) -> Tensor {
    Tensor::from_fn([rows, 8], |i| (i as f32).sin())
}

#[test]
fn every_run_of_every_plan_is_counted() {
    let (_, profile) = profile(|| {
        for _ in 0..7 {
            let g = Graph::new();
            loss(&g, &x(4)).backward();
        }
        let g = Graph::f64();
        (g.var([1.0, 2.0]).exp().sum()).item()
    });
    let runs: Vec<(&str, u64)> = profile.plans.iter().map(|plan| (plan.element, plan.runs)).collect();
    assert_eq!(runs, [("f32", 7), ("f64", 1)]);
    for plan in &profile.plans {
        assert!(plan.jobs.iter().all(|job| job.runs == plan.runs && job.least_ns * job.runs <= job.total_ns));
        let passes = [Pass::Forward, Pass::Backward, Pass::Update].map(|pass| plan.time_of(pass));
        assert!((passes.iter().sum::<f64>() - plan.total_ns() as f64).abs() <= 1e-6 * plan.total_ns() as f64);
        assert_eq!(passes[2], 0.0);
    }
    assert!(profile.total_ns() <= profile.elapsed.as_nanos() as u64);
    let lines: f64 = profile.by_line().iter().map(|line| line.ns).sum();
    assert!((lines - profile.total_ns() as f64).abs() <= 1e-6 * lines);
}

#[test]
fn of_many_short_runs_some_are_timed_and_all_are_counted() {
    let (_, profile) = profile(|| {
        for _ in 0..1000 {
            let g = Graph::new();
            g.var([1.0, 2.0]).exp().sum().backward();
        }
    });
    let [plan] = &profile.plans[..] else { panic!("one plan") };
    // One in eight of those after the first 256, unless the machine is so slow that the jobs are not short.
    assert!(plan.runs == 1000 && (349..=1000).contains(&plan.timed_runs), "{}", plan.timed_runs);
    assert!(plan.jobs.iter().all(|job| job.runs == 1000 && job.least_ns * 1000 <= job.total_ns));
    let events = profile.to_chrome_trace().matches("\"ph\":\"X\"").count();
    assert_eq!(events as u64, plan.timed_runs * plan.jobs.len() as u64);
    let told = profile.to_string().contains(&format!("1000 runs, {} of them timed", plan.timed_runs));
    assert_eq!(told, plan.timed_runs < 1000);
}

#[test]
fn jobs_are_named_and_counted_as_the_cost_says() {
    let x = x(16);
    let (cost, profile) = profile(|| {
        let g = Graph::new();
        let loss = loss(&g, &x);
        let cost = loss.cost();
        loss.backward();
        cost
    });
    let plan = &profile.plans[0];
    // A request for gradients alone does not need the loss: its sum and its squares are not computed.
    let squares = 16 * 5 + 16 * 5 - 1;
    let flops: u64 = plan.jobs.iter().map(|job| job.flops).sum();
    assert_eq!(flops, cost.forward().flops + cost.backward().flops - squares);
    let products: Vec<_> = plan.jobs.iter().filter(|job| job.kind == JobKind::Product).collect();
    assert_eq!(products.len(), 2);
    for (product, pass) in products.iter().zip([Pass::Forward, Pass::Backward]) {
        assert_eq!((product.flops, product.ops[0].pass), (2 * 16 * 8 * 5, pass));
        assert_eq!(product.bytes, 4 * (16 * 8 + 8 * 5 + 16 * 5));
        assert_eq!(product.ops[0].name.as_deref(), Some("layer.weight"));
        assert_eq!(product.ops[0].origin.file(), file!());
    }
    let kernel = plan.jobs.iter().find(|job| job.kind == JobKind::Kernel).unwrap();
    assert!(kernel.ops.iter().any(|op| op.op == "tanh"), "{}", kernel.title());
}

#[test]
fn a_profile_changes_no_bit_and_makes_no_plan_anew() {
    let gradient = || {
        let g = Graph::new();
        let y = loss(&g, &x(4));
        let grads = y.backward();
        g.variables().into_iter().map(|variable| grads[variable].to_vec()).collect::<Vec<_>>()
    };
    with_executor(Executor::Planned, || {
        let plain = gradient();
        let built = autograd::plan_stats().built;
        assert_eq!(profile(gradient).0, plain);
        assert_eq!(autograd::plan_stats().built, built);
    });
}

#[test]
fn custom_operations_are_named_and_profiles_nest_and_end_with_a_panic() {
    let (inner, outer) = profile(|| {
        let g = Graph::new();
        let y = g.custom(
            FnOp::new("twice", |x| x[0].map(|x| 2.0 * x), |_, _, _, g| Some(g * 2.0)),
            &[g.var([1.0])],
        );
        y.item();
        let (_, inner) = profile(|| Graph::new().constant([1.0, 2.0]).exp().sum().item());
        g.constant([1.0]).sin().sum().item();
        inner
    });
    assert_eq!((inner.plans.len(), outer.plans.len()), (1, 2));
    assert_eq!(
        (outer.plans[0].jobs[0].kind, outer.plans[0].jobs[0].ops[0].op.as_str()),
        (JobKind::Custom, "twice")
    );
    let caught = std::panic::catch_unwind(|| profile(|| panic!("on purpose")));
    assert!(caught.is_err());
    let (_, after) = profile(|| Graph::new().constant([1.0, 2.0]).cos().sum().item());
    assert_eq!(after.plans.len(), 1);
}

#[test]
fn tables_traces_and_stacks_have_a_line_for_each() {
    let (_, profile) = profile(|| {
        for _ in 0..3 {
            loss(&Graph::new(), &x(4)).backward();
        }
    });
    let plan = &profile.plans[0];
    let table = profile.to_string();
    assert_eq!(table.lines().count(), 1 + 3 + plan.jobs.len(), "{table}");
    let trace = profile.to_chrome_trace();
    assert_eq!(trace.matches("\"ph\":\"X\"").count(), 3 * plan.jobs.len());
    let ns: u64 = profile
        .to_folded()
        .lines()
        .map(|line| line.rsplit_once(' ').unwrap().1.parse::<u64>().unwrap())
        .sum();
    assert!(ns.abs_diff(profile.total_ns()) <= profile.to_folded().lines().count() as u64);
}
