//! Tells three species of iris apart by four lengths: Fisher's data of 1936, each flower judged by a network that never saw it.
//!
//! ```text
//! cargo run --release --example iris
//! ```
//!
//! The 150 flowers are carried inside the program. Ten folds, stratified by species, are held out in turn; scaling is
//! fitted to the training flowers of each fold only.

use std::error::Error;
use std::process::ExitCode;

use clap::Parser;
use nn::Tanh;
use nn::data::csv::Csv;
use nn::data::{Recipe, Standardize};
use nn::metrics::{ConfusionMatrix, predictions};
use nn::prelude::*;

/// Train small networks to tell irises apart, and see how well they judge flowers they never saw.
#[derive(Parser, Debug)]
#[command(name = "iris")]
struct Arguments {
    /// Seed of everything random: folds, first weights, order of the rows. Same seed, same result
    #[arg(long, default_value_t = 7, value_name = "NUMBER")]
    seed: u64,
    /// Folds, each held out once; at most 50, the flowers of a species
    #[arg(long, default_value_t = 10, value_name = "COUNT")]
    folds: usize,
    /// How many times a network sees every training flower
    #[arg(long, default_value_t = 50, value_name = "COUNT", value_parser = clap::value_parser!(u32).range(1..))]
    epochs: u32,
}

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("iris: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> Result<(), Box<dyn Error>> {
    let table = Csv::with_names().table_from_reader("iris.csv", &include_bytes!("data/iris.csv")[..])?;
    let recipe = Recipe::classify("species").fit(&table)?;
    let flowers = recipe.apply(&table)?;
    println!("{} flowers, from {}", flowers.len(), recipe.features().join(", "));

    let mut rng = nn::rng(arguments.seed);
    let mut matrix = ConfusionMatrix::new(flowers.classes());
    for (train, test) in flowers.stratified_folds(arguments.folds, &mut rng)? {
        let scale = Standardize::fit(train.x())?;
        let (train, test) = (train.map_x(|x| scale.apply(x))?, test.map_x(|x| scale.apply(x))?);

        let mut net = Mlp::new(&[train.features(), 16, train.classes()], Tanh, &mut rng);
        let mut adam = Adam::new(0.01);
        for _ in 0..arguments.epochs {
            for (x, labels) in train.batches(16, &mut rng) {
                adam.step(&mut net, |g, net| cross_entropy(net.forward(g.constant(&x)), &labels))?;
            }
        }
        let scores = net.predict(|g, net| net.forward(g.constant(test.x())));
        matrix.add(&predictions(&scores)?, test.labels());
    }

    let names = recipe.classes().names().iter().enumerate();
    println!("\n{matrix}\n");
    println!("{}", names.map(|(label, name)| format!("{label}: {name}")).collect::<Vec<_>>().join(", "));
    let accuracy = matrix.accuracy();
    println!("{:.1}% of the held-out flowers are named correctly", 100.0 * accuracy);
    if arguments.epochs >= 50 {
        assert!(accuracy >= 0.93, "not learned: only {accuracy} of the flowers are right");
        assert_eq!(matrix.recall(0), 1.0, "setosa stands apart from the others");
    }
    Ok(())
}
