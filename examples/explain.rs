//! How a derivative comes about, step by step; and where a derivation by hand goes wrong.
//!
//! ```text
//! cargo run --example explain
//! ```
//!
//! It prints, among other things:
//!
//! ```text
//! Forward: values
//!   v = 1                            examples/explain.rs:27
//!   v1 = 5*v = 5*1 = 5               examples/explain.rs:28
//!   x = v1 - 2 = 5 - 2 = 3           examples/explain.rs:28
//!   v2 = 3*x = 3*3 = 9               examples/explain.rs:29
//!   y = v2 - 2 = 9 - 2 = 7           examples/explain.rs:29
//!   z = square(y) = square(7) = 49   examples/explain.rs:30
//! …
//! dz/dv is stated as 42, but is 210
//!   every stated local derivative is right; the factor ∂v1/∂v = 5 is missing
//! ```

use autograd::prelude::*;

fn main() -> std::io::Result<()> {
    // x = 5v - 2, y = 3x - 2, z = y² at v = 1, on a tape that keeps a journal.
    let tape = Tape::new().explaining();
    let v = tape.var(1.0).named("v");
    let x = (5.0 * v - 2.0).named("x");
    let y = (3.0 * x - 2.0).named("y");
    let z = y.square().named("z");
    z.explain_wrt(v).print()?;

    // By hand, as a lecture once had it: dz/dv = dz/dy · dy/dx.
    let by_hand =
        z.check_derivation().local(z, y, 14.0).gradient(y, 14.0).gradient(x, 42.0).gradient(v, 42.0);
    let wrong = by_hand.report().expect_err("a factor is missing");
    println!("\n{wrong}");
    assert!(wrong.to_string().contains("∂v1/∂v = 5 is missing"));
    let right = z.check_derivation().local_by(z, y, |of| 2.0 * of[0]).gradient(v, 210.0).report();
    println!("dz/dv = 210: {}", right.expect("2 y · 3 · 5"));

    // The same words for tensors, which tell of matrix products and of numbers in brief.
    let g = Graph::new();
    let inputs = g.constant([[0.0, 1.0], [1.0, 0.0]]).named("x");
    let weights = g.var([[0.5, -0.5], [0.25, 1.0]]).named("w");
    let loss = inputs.matmul(weights).tanh().square().mean().named("loss");
    println!();
    loss.explain().print()
}
