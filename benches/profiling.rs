//! What profiling costs while it is on: training steps with and without it, in turns.
//!
//! "ratio" is the median of the ratios of neighbouring batches of steps, which holds where times drift. What it costs
//! while it is off cannot be told from noise by a clock; `valgrind --tool=callgrind` counts its instructions. Steps can be named: `cargo bench
//! --bench profiling -- A`.

#[path = "workloads/timing.rs"]
#[allow(dead_code)] // Benches need different parts of it.
mod timing;
#[path = "workloads/training.rs"]
mod training;

use std::time::{Duration, Instant};

use autograd::profile;
use timing::median;
use training::WORKLOADS;

const BUDGET: Duration = Duration::from_secs(3);
/// As long as many short runs, shorter than a time slice of the system.
const BATCH_NS: f64 = 3e6;

fn nanoseconds(f: impl FnOnce()) -> f64 {
    let start = Instant::now();
    f();
    start.elapsed().as_nanos() as f64
}

fn main() {
    println!("{:<8}{:>14}{:>14}{:>8}{:>7}", "step", "plain", "profiled", "ratio", "jobs");
    let names: Vec<String> =
        std::env::args().skip(1).filter(|argument| !argument.starts_with("--")).collect();
    for workload in WORKLOADS {
        if !names.is_empty() && names.iter().all(|name| name != workload.name) {
            continue;
        }
        let mut step = workload.step();
        for _ in 0..10 {
            step();
        }
        let steps = (BATCH_NS / nanoseconds(|| _ = step())).clamp(1.0, 1e4) as u32;
        let mut batch = || {
            for _ in 0..steps {
                step();
            }
        };
        let (mut plain, mut profiled, mut ratios, mut jobs) = (Vec::new(), Vec::new(), Vec::new(), 0);
        let start = Instant::now();
        while plain.len() < 9 || start.elapsed() < BUDGET {
            let off = nanoseconds(&mut batch);
            // What is timed is a session that is under way, as in training; its first run describes the plan.
            let (on, report) = profile(|| {
                batch();
                nanoseconds(&mut batch)
            });
            jobs = report.plans.iter().map(|plan| plan.jobs.len()).sum();
            plain.push(off / f64::from(steps));
            profiled.push(on / f64::from(steps));
            ratios.push(on / off);
        }
        println!(
            "{:<8}{:>11.0} ns{:>11.0} ns{:>8.3}{:>7}",
            workload.name,
            median(&mut plain),
            median(&mut profiled),
            median(&mut ratios),
            jobs
        );
    }
}
