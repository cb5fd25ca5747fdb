//! What a step costs before it is run: FLOPs and bytes, forward beside backward, and why backward is not twice forward.
//!
//! ```text
//! cargo run --release --example cost
//!
//! module               forward FLOPs  backward FLOPs  ratio  forward moves  backward moves  saved
//! layers.0                    23,535          23,520   1.00        50.4 kB         50.2 kB    0 B
//! examples/cost.rs:30            195              65   0.33          104 B           280 B  100 B
//! layers.1                       310             600   1.94          780 B         1.40 kB    0 B
//! total                       24,040          24,185   1.01        51.2 kB         51.9 kB  100 B
//! matrix products: 23,820 FLOPs forward, 24,120 backward, ratio 1.013
//! ideal ratio 1.013: two products backward for each of forward, but one for that at examples/cost.rs:30:31, 98.7 % of
//! forward: its left operand needs no gradient
//! …
//! ```
//!
//! Backward has two products for each product of forward, but one for the first layer, whose input needs no gradient. In
//! the textbooks' network 784-15-10 nearly all arithmetic is in the first layer, so backward costs about as much as
//! forward; in a deep one it tends to twice as much.

use autograd::prelude::*;
use nn::Sigmoid;
use nn::prelude::*;

/// The cost of a loss of a fully connected network on so many samples.
fn cost(widths: &[usize], samples: usize) -> autograd::Cost {
    let net = Mlp::new(widths, Sigmoid, &mut nn::rng(1));
    let x = Tensor::zeros([samples, widths[0]]);
    let y = Tensor::zeros([samples, widths[widths.len() - 1]]);
    net.cost(|g, net| mse(net.forward(g.constant(&x)), g.constant(&y)))
}

fn main() {
    let textbook = cost(&[784, 15, 10], 1);
    println!("{textbook}\n");
    assert_eq!(textbook.forward().product_flops, 2 * (784 * 15 + 15 * 10));
    assert_eq!(textbook.backward().product_flops, 2 * 784 * 15 + 2 * 2 * 15 * 10);

    println!("layers of 128   FLOPs forward   backward   ratio   2 - n0 n1 / sum n n'");
    for layers in [1, 2, 4, 8, 16] {
        let cost = cost(&vec![128; layers + 1], 1);
        let formula = 2.0 - 1.0 / layers as f64;
        let [forward, backward] = [cost.forward(), cost.backward()].map(|work| work.product_flops);
        println!(
            "{layers:>13}   {forward:>13}   {backward:>8}   {:>5.3}   {formula:>20.3}",
            cost.product_ratio()
        );
        assert!((cost.product_ratio() - formula).abs() < 1e-12);
    }

    // The same for scalars: a tape stores one partial derivative for each argument of each operation.
    let tape = Tape::new();
    let (x, y, z) = (tape.var(-2.0), tape.var(5.0), tape.var(-4.0));
    let f = (x + y) * z;
    println!("\n(x + y) z = {} on a tape: {}", f.value(), tape.cost());
    assert_eq!(tape.cost().partials, 4);
}
