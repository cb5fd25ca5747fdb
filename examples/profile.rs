//! Where the time of a training step goes: each job of its plan, by source line, beside what the machine can do.
//!
//! ```text
//! cargo run --release --example profile [DIR]
//!
//! plan 1: 100 runs of 17 jobs, 722 us each; forward 36 %, backward 38 %, update 26 %
//! one thread at avx512, f32: 153 GFLOP/s in registers, 9.3 GB/s from and to memory
//!     a run   share  GFLOP/s  of peak   GB/s  of peak  job
//!    224 us  31.0 %    57.34   37.5 %   2.80   30.1 %  product [64, 784] x [128, 784] -> [64, 128] at examples/profile.rs:32 (forward)
//!   55.2 us   7.6 %     0.45    0.3 %   1.79   19.2 %  kernel of add, relu, step at examples/profile.rs:32 (forward, backward)
//! …
//! ```
//!
//! With a directory, it also writes trace.json, for <https://ui.perfetto.dev>, and stacks.txt, for flame graphs.

use std::error::Error;
use std::path::PathBuf;

use autograd::{JobKind, Pass, profile};
use nn::Relu;
use nn::prelude::*;

const STEPS: u64 = 100;

fn main() -> Result<(), Box<dyn Error>> {
    let mut rng = nn::rng(1);
    let mut net = Mlp::new(&[784, 128, 10], Relu, &mut rng);
    let x = Tensor::from_fn([64, 784], |i| (i as f32 * 12.9898).sin());
    let labels = Labels::new((0..64).map(|i| i * 7 % 10), 10)?;
    let mut adam = Adam::new(1e-3);
    let mut step = || adam.step(&mut net, |g, net| cross_entropy(net.forward(g.constant(&x)), &labels));

    step()?; // the plan is made
    let (losses, profile) = profile(|| (0..STEPS).map(|_| step()).collect::<Result<Vec<f32>, _>>());
    println!(
        "loss {:.3} -> {:.3}\n{profile}\n",
        losses.as_ref().map_or(0.0, |l| l[0]),
        losses?[STEPS as usize - 1]
    );
    println!("by line:");
    for line in profile.by_line().iter().take(8) {
        println!("{:>10.1} us  {:<8}  {}", line.ns / 1e3 / STEPS as f64, line.pass.to_string(), line.line);
    }

    // One plan, run for each step; three large products, and a small one in either direction.
    let [plan] = &profile.plans[..] else { return Err("a step is one plan".into()) };
    assert_eq!(plan.runs, STEPS);
    let products: u64 =
        plan.jobs.iter().filter(|job| job.kind == JobKind::Product).map(|job| job.flops).sum();
    assert_eq!(products, 2 * 64 * (2 * 784 * 128 + 3 * 128 * 10));
    assert!(plan.time_of(Pass::Update) > 0.0);
    let trace: serde_json::Value = serde_json::from_str(&profile.to_chrome_trace())?;
    let events = trace["traceEvents"].as_array().map_or(0, Vec::len);
    assert_eq!(events as u64, STEPS * plan.jobs.len() as u64);

    if let Some(directory) = std::env::args_os().nth(1).map(PathBuf::from) {
        std::fs::create_dir_all(&directory)?;
        std::fs::write(directory.join("trace.json"), profile.to_chrome_trace())?;
        std::fs::write(directory.join("stacks.txt"), profile.to_folded())?;
    }
    Ok(())
}
