//! The workloads that other frameworks are compared on: reads lines "name seconds" and answers
//! each with the median nanoseconds of a step and the number of steps taken. Run by `compare.py`.

#[path = "../workloads/chain.rs"]
mod chain;
#[path = "../workloads/timing.rs"]
#[allow(dead_code)] // Benches need different parts of it.
mod timing;
#[path = "../workloads/training.rs"]
mod training;

use std::collections::HashMap;

type Step = Box<dyn FnMut()>;

fn find(name: &str) -> Option<Step> {
    let elementwise = |count| {
        let x = chain::arguments(count);
        Box::new(move || drop(chain::value_and_gradient(&x))) as Step
    };
    match name {
        "F1k" => Some(elementwise(1_000)),
        "F1M" => Some(elementwise(1_000_000)),
        _ => {
            let workload = training::WORKLOADS.into_iter().find(|workload| workload.name == name)?;
            let mut step = workload.step();
            Some(Box::new(move || {
                step();
            }))
        }
    }
}

fn main() {
    let mut steps: HashMap<String, Step> = HashMap::new();
    for line in std::io::stdin().lines() {
        let line = line.expect("lines of text");
        let asked = line.split_once(' ').and_then(|(name, seconds)| Some((name, seconds.parse().ok()?)));
        let Some((name, seconds)) = asked else {
            eprintln!("{line:?} is not a name and a number of seconds");
            continue;
        };
        if !steps.contains_key(name) {
            let Some(step) = find(name) else {
                println!("unknown");
                continue;
            };
            steps.insert(name.to_string(), step);
        }
        let step = steps.get_mut(name).expect("just added");
        let mut calls = 0;
        let median = timing::median_ns(seconds, || {
            calls += 1;
            step();
        });
        println!("{median} {calls}");
    }
}
