//! What went wrong: where a number stopped being finite, where a gradient was lost, where gradients vanish.
//!
//! ```text
//! cargo run --release --example find_nan
//!
//! 1. ln of shape [2, 2], recorded at examples/find_nan.rs:26:27, gives -inf at [1, 1], with "p" = 0; it became NaN in mul
//!    recorded at examples/find_nan.rs:26:20 (of 0 and -inf); it reached the result. Usual cause: the logarithm of 0 is -inf: …
//! 2. the derivative of sqrt, recorded at examples/find_nan.rs:33:35, is inf, with sum = 0; … it reached the gradient of "v" …
//! 3. the loss of step 4 is inf: matmul of shape [2, 1], recorded at …, gives NaN at [0, 0], with …
//! 4. no gradient reaches 3 of 4 variables:
//!      "0.weight" of shape [4, 2]: 0 everywhere, lost in relu recorded at …: all its 8 outputs, of shape [2, 4], are 0: …
//! 5. gradients of ten layers of sigmoids:
//!    layers.0.weight   root mean square 3.5e-9
//!    …
//!    the gradient of "layers.0.weight" vanishes: …
//! ```

use autograd::diagnose::Flow;
use nn::prelude::*;
use nn::{Sigmoid, StepError};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    // A cross-entropy written by hand: 0 · ln 0 is NaN, although the product's limit is 0.
    let g = Graph::new();
    let p = g.var([[0.7, 0.3], [1.0, 0.0]]).named("p");
    let entropy = -(p * p.ln()).sum();
    let birth = entropy.find_nan().ok_or("it is NaN")?;
    println!("1. {birth}\n");
    assert_eq!((birth.op.as_str(), &birth.index[..]), ("ln", &[1, 1][..]));

    // The value is fine and the gradient is not: the slope of a root at 0 is infinite.
    let v = g.var([0.0, 0.0]).named("v");
    let length = v.square().sum().sqrt();
    let birth = length.find_nan().ok_or("its gradient is NaN")?;
    println!("2. {birth}\n");
    assert_eq!((length.item(), birth.op.as_str()), (0.0, "sqrt"));
    assert_eq!(v.norm().find_nan(), None);

    // A learning rate that is far too large. The step that fails says why, and changes nothing.
    let mut net = Mlp::new(&[2, 8, 1], nn::Identity, &mut nn::rng(1));
    let (x, y) = (Tensor::from([[1.0, 2.0], [3.0, -1.0]]), Tensor::from([[1.0], [0.0]]));
    let mut sgd = Sgd::new(10.0).find_nan(true);
    let mut train = || loop {
        if let Err(error) = sgd.step(&mut net, |g, net| mse(net.forward(g.constant(&x)), g.constant(&y))) {
            return error;
        }
    };
    let error = train();
    println!("3. {error}\n");
    assert!(matches!(error, StepError::NotFinite { .. } | StepError::UpdateNotFinite { .. }));
    let mut finite = true;
    net.visit(&mut |_, tensor| finite &= tensor.data().iter().all(|x| x.is_finite()));
    assert!(finite);

    // A layer whose units are all dead.
    let mut net = (Linear::new(2, 4, &mut nn::rng(1)), Linear::new(4, 1, &mut nn::rng(2)));
    net.0.bias = Some(Tensor::full([4], -100.0));
    let flow =
        net.gradient_flow(|g, (a, b)| (b.forward(a.forward(g.constant(&x)).relu()) - 1.0).square().sum());
    println!("4. {flow}\n");
    assert!(matches!(&flow.variables[0].flow, Flow::Zero { lost } if lost[0].op == "relu"));

    // Gradients that vanish through ten layers of sigmoids.
    let mut deep = Mlp::new(&[2, 8, 8, 8, 8, 8, 8, 8, 8, 8, 1], Sigmoid, &mut nn::rng(1));
    let mut sgd = Sgd::new(0.1);
    let (_, statistics) =
        sgd.step_probed(&mut deep, |g, net| mse(net.forward(g.constant(&x)), g.constant(&y)))?;
    println!("5. gradients of ten layers of sigmoids:");
    for variable in statistics.variables.iter().filter(|variable| variable.shape.rank() == 2) {
        let name = variable.name.as_deref().unwrap_or_default();
        println!("   {name:<17} root mean square {:.1e}", variable.gradient_rms);
    }
    let warnings = statistics.warnings();
    println!("   {}", warnings.join("\n   "));
    assert!(warnings.iter().any(|warning| warning.contains("\"layers.0.weight\" vanishes")));
    Ok(())
}
