//! What backward costs beside forward, for networks by depth and by width, and for an elementwise
//! chain. "plain" is inference, values only; "forward" is the recorded loss; "backward" is what
//! the gradient adds to it. The FLOP ideal counts the matrix products alone: two for each of the
//! forward pass, but one for the first layer, whose input needs no gradient, which makes it
//! 2 - n₀n₁ / Σ nₗnₗ₊₁.

#[path = "workloads/chain.rs"]
mod chain;
#[path = "workloads/timing.rs"]
mod timing;

use std::hint::black_box;

use autograd::prelude::*;
use nn::prelude::*;
use nn::{Relu, Sigmoid};
use timing::median_ns;

/// Times are taken in short rounds that take turns, and the fastest round counts: other programs
/// can only make a step slower.
const ROUNDS: usize = 25;
const SECONDS: f64 = 0.01;

/// Nanoseconds of plain, forward, forward and backward.
fn turns(
    mut plain: impl FnMut() -> Tensor,
    mut forward: impl FnMut() -> f32,
    mut both: impl FnMut() -> f32,
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

fn network(widths: &[usize], activation: Activation, batch: usize) {
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
    let products = widths.windows(2).map(|pair| (pair[0] * pair[1]) as f64);
    let ideal = 2.0 - products.clone().take(1).sum::<f64>() / products.sum::<f64>();
    let name = if widths.len() > 4 {
        format!("{} layers of {}", widths.len() - 1, widths[0])
    } else {
        widths.iter().map(usize::to_string).collect::<Vec<_>>().join("-")
    };
    row(&format!("{name}, batch {batch}"), times, &format!("{ideal:.2}"));
}

fn elementwise(count: usize) {
    let x = chain::arguments(count);
    let times = turns(
        || {
            let g = Graph::new();
            chain::record(g.constant(black_box(&x))).value()
        },
        || {
            let g = Graph::new();
            chain::record(g.var(black_box(&x))).item()
        },
        || chain::value_and_gradient(&x).0,
    );
    row(&format!("chain of 8 on {count} elements"), times, "");
}

fn row(name: &str, times: [f64; 3], ideal: &str) {
    let [plain, forward, both] = times.map(|ns| ns / 1000.0);
    let (backward, ratio) = (both - forward, both / forward - 1.0);
    println!("{name:<36} {plain:>10.2} {forward:>10.2} {backward:>10.2} {ratio:>8.2} {ideal:>8}");
}

fn main() {
    println!(
        "{:<36} {:>10} {:>10} {:>10} {:>8} {:>8}",
        "microseconds", "plain", "forward", "backward", "ratio", "ideal"
    );
    network(&[784, 15, 10], Sigmoid, 10);
    network(&[784, 128, 10], Relu, 64);
    network(&[784, 512, 512, 10], Relu, 128);
    for depth in 1..=8 {
        network(&vec![128; depth + 1], Relu, 64);
    }
    for width in [32, 64, 128, 256, 512, 1024] {
        network(&[width; 5], Relu, 64);
    }
    elementwise(1_000);
    elementwise(1_000_000);
}
