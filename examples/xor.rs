//! Learns exclusive or, which no single layer can: the smallest network that needs backpropagation.
//!
//! ```text
//! cargo run --release --example xor
//! ```

use nn::Tanh;
use nn::prelude::*;

fn main() -> Result<(), StepError> {
    let x = Tensor::from([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]);
    let y = Tensor::from([[0.0], [1.0], [1.0], [0.0]]);

    // Two inputs, eight hidden neurons, one logit: the logarithm of the odds of a 1.
    let mut net = Mlp::new(&[2, 8, 1], Tanh, &mut nn::rng(1));
    let mut adam = Adam::new(0.05);
    for step in 0..=500 {
        let loss =
            adam.step(&mut net, |g, net| bce_with_logits(net.forward(g.constant(&x)), g.constant(&y)))?;
        if step % 100 == 0 {
            println!("step {step:>3}: loss {loss:.6}");
        }
    }

    let p = net.predict(|g, net| net.forward(g.constant(&x)).sigmoid());
    println!("\n a b | a xor b | probability of 1");
    println!("-----+---------+-----------------");
    for (row, (&wanted, &p)) in x.data().chunks(2).zip(y.data().iter().zip(p.data())) {
        println!(" {} {} |    {wanted}    | {p:.4}", row[0], row[1]);
        assert!((p - wanted).abs() < 0.02, "not learned: {p} for {wanted}");
    }
    Ok(())
}
