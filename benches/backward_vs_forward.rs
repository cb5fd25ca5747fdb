//! What backward costs beside forward, for a family of models: a chain of scalars on the tape, fully connected networks
//! by depth and by width, elementwise chains, reductions.
//!
//! "plain" is the value without recording anything for a gradient: a loop by hand, or inference; "forward" is the recorded
//! value; "backward" is what the gradient adds to it. "FLOPs" is the ratio that [`Var::cost`] counts, after what the planner
//! removes; "products" that of the matrix products alone: two for each of forward, but one for the first layer, whose
//! input needs no gradient, which makes it 2 - n₀n₁ / Σ nₗnₗ₊₁.
//!
//! `cargo bench --bench backward_vs_forward -- FILE.svg` says where the chart of ratios by depth goes; otherwise it is
//! target/backward_vs_forward.svg.

#[allow(dead_code, reason = "the gradient alone is for other benches")]
#[path = "workloads/chain.rs"]
mod chain;
#[path = "workloads/ratio_chart.rs"]
mod ratio_chart;
#[path = "workloads/timing.rs"]
#[allow(dead_code)] // Benches need different parts of it.
mod timing;

use std::error::Error;
use std::hint::black_box;
use std::path::{Path, PathBuf};

use autograd::Cost;
use autograd::prelude::*;
use nn::prelude::*;
use nn::{Relu, Sigmoid};
use ratio_chart::Curve;
use timing::median_ns;

/// Times are taken in short rounds that take turns, and the fastest round counts: other programs
/// can only make a step slower.
const ROUNDS: usize = 25;
const SECONDS: f64 = 0.01;

/// Nanoseconds of plain, forward, forward and backward.
fn turns<A, B, C>(
    mut plain: impl FnMut() -> A,
    mut forward: impl FnMut() -> B,
    mut both: impl FnMut() -> C,
) -> [f64; 3] {
    let mut fastest = [f64::INFINITY; 3];
    for _ in 0..ROUNDS {
        let plain = median_ns(SECONDS, &mut plain);
        let (forward, both) = (median_ns(SECONDS, &mut forward), median_ns(SECONDS, &mut both));
        for (fastest, time) in fastest.iter_mut().zip([plain, forward, both]) {
            *fastest = time.min(*fastest);
        }
    }
    fastest
}

/// A fully connected network; gives the ratio of times.
fn network(widths: &[usize], activation: Activation, batch: usize) -> f64 {
    let net = Mlp::new(widths, activation, &mut nn::rng(1));
    let classes = widths[widths.len() - 1];
    let x = Tensor::from_fn([batch, widths[0]], |i| (i as f32 * 12.9898).sin());
    let labels = Labels::new((0..batch).map(|i| i * 7 % classes), classes).expect("below the classes");
    let times = turns(
        || net.predict(|g, net| net.forward(g.constant(black_box(&x)))),
        || {
            let g = Graph::new();
            g.training();
            cross_entropy(net.variables_on(&g).forward(g.constant(black_box(&x))), &labels).item()
        },
        || {
            let result =
                net.value_and_grad(|g, net| cross_entropy(net.forward(g.constant(black_box(&x))), &labels));
            result.expect("every parameter has a gradient").0
        },
    );
    let cost = net.cost(|g, net| cross_entropy(net.forward(g.constant(&x)), &labels));
    let name = if widths.len() > 4 {
        format!("{} layers of {}", widths.len() - 1, widths[0])
    } else {
        widths.iter().map(usize::to_string).collect::<Vec<_>>().join("-")
    };
    row(&format!("{name}, batch {batch}"), times, Some(&cost))
}

/// A function of one tensor, on the graph.
fn function(name: &str, x: &Tensor, f: impl for<'g> Fn(Var<'g>) -> Var<'g>) {
    let times = turns(
        || {
            let g = Graph::new();
            f(g.constant(black_box(x))).value()
        },
        || {
            let g = Graph::new();
            f(g.var(black_box(x))).item()
        },
        || {
            let g = Graph::new();
            let x = g.var(black_box(x));
            let y = f(x);
            let [value, gradient] = g.eval([y, y.grad(&[x])[0]]);
            (value.item(), gradient)
        },
    );
    let g = Graph::new();
    row(name, times, Some(&f(g.var(x)).cost()));
}

/// x ← x sin x + 1/2, again and again.
fn iterated<S: Scalar>(x: S, times: usize) -> S {
    (0..times).fold(x, |x, _| x * x.sin() + 0.5)
}

/// The chain of scalars on a tape, which computes while it records and keeps its memory.
fn scalars(times: usize) {
    let mut record = Tape::new();
    let mut sweep = Tape::new();
    let mut gradients = autograd::tape::Gradients::new();
    let measured = turns(
        || iterated(black_box(0.7), times),
        || {
            record.reset();
            iterated(record.var(black_box(0.7)), times).value()
        },
        || {
            sweep.reset();
            let x = sweep.var(black_box(0.7));
            iterated(x, times).backward_into(&mut gradients);
            gradients[x]
        },
    );
    row(&format!("tape: {} scalar operations", 3 * times), measured, None);
}

/// A line of the table; gives the ratio of times.
fn row(name: &str, times: [f64; 3], cost: Option<&Cost>) -> f64 {
    let [plain, forward, both] = times.map(|ns| ns / 1000.0);
    let (backward, ratio) = (both - forward, both / forward - 1.0);
    let flops = cost.map(|cost| format!("{:.2}", cost.ratio())).unwrap_or_default();
    let ideal = cost.and_then(Cost::ideal).map(|ideal| format!("{:.2}", ideal.ratio)).unwrap_or_default();
    println!("{name:<36} {plain:>10.2} {forward:>10.2} {backward:>10.2} {ratio:>8.2} {flops:>8} {ideal:>8}");
    ratio
}

fn main() -> Result<(), Box<dyn Error>> {
    println!(
        "{:<36} {:>10} {:>10} {:>10} {:>8} {:>8} {:>8}",
        "microseconds", "plain", "forward", "backward", "ratio", "FLOPs", "products"
    );
    scalars(100);
    scalars(100_000);
    network(&[784, 15, 10], Sigmoid, 10);
    network(&[784, 128, 10], Relu, 64);
    network(&[784, 512, 512, 10], Relu, 128);
    let by_depth = |width: usize| {
        let points = (1..=8).map(|depth| (depth as f64, network(&vec![width; depth + 1], Relu, 64)));
        Curve { points: points.collect(), name: format!("layers of {width}, batch 64") }
    };
    let curves = [by_depth(128), by_depth(512)];
    for width in [32, 64, 256, 1024] {
        network(&[width; 5], Relu, 64);
    }
    for count in [1_000, 1_000_000] {
        let x = chain::arguments(count);
        function(&format!("chain of 8 on {count} elements"), &x, chain::record);
    }
    let x = Tensor::from_fn([512, 256], |i| (i as f32 * 12.9898).sin());
    function("sum of [512, 256]", &x, |x| x.sum());
    function("norms of rows of [512, 256]", &x, |x| x.norm_over(1).sum());
    function("logsumexp of rows of [512, 256]", &x, |x| x.logsumexp_over(1).sum());
    function("softmax of rows, squared", &x, |x| x.softmax(-1).square().sum());
    function("variance of columns of [512, 256]", &x, |x| x.var_over(0).sum());

    let file = std::env::args().skip(1).find(|argument| !argument.starts_with('-')).map(PathBuf::from);
    let file =
        file.unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("target/backward_vs_forward.svg"));
    ratio_chart::draw(&file, "What backward costs beside forward", &curves)?;
    println!("{}", file.display());
    Ok(())
}
