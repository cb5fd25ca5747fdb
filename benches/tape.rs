//! Scalar gradients, in nanoseconds per operation (record and reverse sweep, the tape reused): each way of writing on the tape
//! beside the plain `f64` evaluation, a gradient by hand, and the crate `reverse`.

#[path = "workloads/scalars.rs"]
mod workload;

use std::hint::black_box;

use autograd::tape::{Gradients, Tape, Var};
use criterion::{Bencher, Criterion, Throughput, criterion_group, criterion_main};
use reverse::Gradient;

/// Measures one gradient by our tape, which is reset each time.
fn ours(b: &mut Bencher<'_>, x: &[f64], f: impl for<'t> Fn(autograd::tape::Vars<'t>) -> Var<'t>) {
    let (mut tape, mut gradients) = (Tape::new(), Gradients::new());
    b.iter(|| {
        tape.reset();
        f(tape.vars(black_box(x))).backward_into(&mut gradients);
        gradients.len()
    });
}

/// Measures one gradient by the crate `reverse`, whose tape is cleared each time.
fn peer(b: &mut Bencher<'_>, x: &[f64], f: impl for<'t> Fn(&[reverse::Var<'t>]) -> reverse::Var<'t>) {
    let tape = reverse::Tape::new();
    b.iter(|| {
        tape.clear();
        let x = tape.add_vars(black_box(x));
        f(&x).grad().wrt(&x[..])
    });
}

/// Panics unless our gradient is the one by hand: a bench of something else would say nothing.
fn check(x: &[f64], by_hand: &[f64], f: impl for<'t> Fn(autograd::tape::Vars<'t>) -> Var<'t>) {
    let tape = Tape::new();
    let x = tape.vars(x);
    for (found, expected) in f(x).backward().of(x).iter().zip(by_hand) {
        assert!((found - expected).abs() <= 1e-9 * expected.abs().max(1.0), "{found}, by hand {expected}");
    }
}

fn product(c: &mut Criterion) {
    let mut group = c.benchmark_group("(x + y) z");
    let x = [-2.0, 5.0, -4.0];
    group.bench_function("operators", |b| ours(b, &x, |x| (x.at(0) + x.at(1)) * x.at(2)));
    group.bench_function("reverse", |b| peer(b, &x, |x| (x[0] + x[1]) * x[2]));
    group.finish();
}

fn rosenbrock(c: &mut Criterion) {
    use workload::rosenbrock as of;
    let mut group = c.benchmark_group("rosenbrock");
    for count in [10, 1_000, 100_000] {
        group.throughput(Throughput::Elements(of::operations(count)));
        let x = of::point(count);
        let mut gradient = vec![0.0; count];
        of::by_hand(&x, &mut gradient);
        check(&x, &gradient, |x| of::value(&x.to_vec()));
        check(&x, &gradient, |x| of::statements(&x.to_vec()));
        group.bench_function(format!("{count}, plain"), |b| b.iter(|| of::value(black_box(&x))));
        group.bench_function(format!("{count}, by hand"), |b| {
            b.iter(|| of::by_hand(black_box(&x), black_box(&mut gradient)));
        });
        group.bench_function(format!("{count}, operators"), |b| ours(b, &x, |x| of::value(&x.to_vec())));
        group
            .bench_function(format!("{count}, statements"), |b| ours(b, &x, |x| of::statements(&x.to_vec())));
        group.bench_function(format!("{count}, reverse"), |b| peer(b, &x, of::reverse));
    }
    group.finish();
}

fn network(c: &mut Criterion) {
    use workload::network as of;
    let mut group = c.benchmark_group("network 2-16-16-1");
    for samples in [1, 100] {
        group.throughput(Throughput::Elements(of::operations(samples)));
        let (parameters, data) = (of::parameters(), of::data(samples));
        let mut gradient = parameters.clone();
        of::by_hand(&parameters, &data, &mut gradient);
        check(&parameters, &gradient, |p| of::value(&p.to_vec(), &data));
        check(&parameters, &gradient, |p| of::slices(&p.to_vec(), &data));
        check(&parameters, &gradient, |p| of::ranges(p, &data));
        group.bench_function(format!("{samples}, plain"), |b| {
            b.iter(|| of::value(black_box(&parameters), black_box(&data)));
        });
        group.bench_function(format!("{samples}, by hand"), |b| {
            b.iter(|| of::by_hand(black_box(&parameters), black_box(&data), black_box(&mut gradient)));
        });
        group.bench_function(format!("{samples}, operators"), |b| {
            ours(b, &parameters, |p| of::value(&p.to_vec(), &data));
        });
        group.bench_function(format!("{samples}, slices"), |b| {
            ours(b, &parameters, |p| of::slices(&p.to_vec(), &data));
        });
        group.bench_function(format!("{samples}, ranges"), |b| {
            ours(b, &parameters, |p| of::ranges(p, &data));
        });
        group.bench_function(format!("{samples}, reverse"), |b| {
            peer(b, &parameters, |p| of::reverse(p, &data));
        });
    }
    group.finish();
}

fn chain(c: &mut Criterion) {
    use workload::chain as of;
    let mut group = c.benchmark_group("chain");
    group.sample_size(20).throughput(Throughput::Elements(of::OPERATIONS));
    let x = [0.7, 1.3];
    let mut values = Vec::new();
    check(&x, &of::by_hand(x, &mut values), |x| of::value(&x.to_vec()));
    group.bench_function("plain", |b| b.iter(|| of::value(black_box(&x))));
    group.bench_function("by hand", |b| b.iter(|| of::by_hand(black_box(x), &mut values)));
    group.bench_function("operators", |b| ours(b, &x, |x| of::value(&x.to_vec())));
    group.bench_function("reverse", |b| peer(b, &x, of::reverse));
    group.finish();
}

criterion_group! {
    name = benches;
    config = Criterion::default().without_plots();
    targets = product, rosenbrock, network, chain
}
criterion_main!(benches);
