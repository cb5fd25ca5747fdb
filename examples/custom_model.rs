//! A model written against the graph alone, without the neural-net layer: a curve with three
//! parameters, fitted to noisy points by a training loop written by hand.
//!
//! ```text
//! cargo run --release --example custom_model
//! ```
//!
//! The curve is a damped oscillation, y = a · e^(-b t) · cos(c t): nothing that a layer would
//! offer, but any expression of handles can be differentiated.

use autograd::prelude::*;

/// The three parameters: an amplitude, a damping rate and a frequency.
struct Oscillation {
    amplitude: Tensor<f64>,
    damping: Tensor<f64>,
    frequency: Tensor<f64>,
}

/// The model's formula, for parameters and times that are nodes of one graph.
fn displacement<'g>(a: Var<'g, f64>, b: Var<'g, f64>, c: Var<'g, f64>, t: Var<'g, f64>) -> Var<'g, f64> {
    a * (-b * t).exp() * (c * t).cos()
}

fn main() {
    // Measurements of 2 · e^(-0.3 t) · cos(1.7 t), with a small error that repeats.
    let truth = [2.0, 0.3, 1.7];
    let t = Tensor::from_fn([60], |i| i as f64 / 10.0);
    let y = t.map(|t: f64| {
        let error = 0.02 * (37.0 * t).sin();
        truth[0] * (-truth[1] * t).exp() * (truth[2] * t).cos() + error
    });

    // A first guess that is not far off.
    let mut model = Oscillation {
        amplitude: Tensor::scalar(1.0),
        damping: Tensor::scalar(0.1),
        frequency: Tensor::scalar(1.4),
    };
    let rate = 0.05;
    let mut first = None;
    let mut loss = f64::NAN;

    for step in 0..=1000 {
        // A step is a graph: leaves, an expression, a backward pass.
        let g = Graph::f64();
        let (a, b, c) = (g.var(&model.amplitude), g.var(&model.damping), g.var(&model.frequency));
        let error = displacement(a, b, c, g.constant(&t)) - g.constant(&y);
        let mean_square = error.square().mean();
        let grads = mean_square.backward();

        // The update, written out: each parameter goes down its slope. It could as well be
        // recorded on the graph; here plain numbers are enough.
        for (parameter, handle) in
            [(&mut model.amplitude, a), (&mut model.damping, b), (&mut model.frequency, c)]
        {
            *parameter = Tensor::scalar(parameter.item() - rate * grads[handle].item());
        }

        loss = mean_square.item();
        first.get_or_insert(loss);
        if step % 200 == 0 {
            println!("step {step:>4}: mean square error {loss:.6}");
        }
    }

    let found = [model.amplitude.item(), model.damping.item(), model.frequency.item()];
    println!("\n            amplitude  damping  frequency");
    println!("true        {:>9.3} {:>8.3} {:>10.3}", truth[0], truth[1], truth[2]);
    println!("found       {:>9.3} {:>8.3} {:>10.3}", found[0], found[1], found[2]);

    assert!(loss < 1e-2 * first.expect("at least one step"), "the loss did not go down: {loss}");
    for (found, truth) in found.into_iter().zip(truth) {
        assert!((found - truth).abs() < 0.05, "found {found} for {truth}");
    }
}
