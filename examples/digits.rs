//! Reads handwritten digits: trains on four fifths of 1,797 images, tests on the fifth.
//!
//! ```text
//! cargo run --release --example digits                  # one fold, a few seconds
//! cargo run --release --example digits -- --all-folds   # each image is held out once
//! ```
//!
//! The images are carried inside the program. An image is held out if its number modulo 5 is the
//! fold; the network of the last epoch is the one that counts, whatever it scored before.

mod support;

use std::error::Error;
use std::process::ExitCode;
use std::time::Instant;

use clap::Parser;
use nn::data::Dataset;
use nn::data::csv::Csv;
use nn::metrics::{ConfusionMatrix, predictions};
use support::Options;
use support::charts;
use support::progress::Progress;
use support::training::{Epoch, Score, mistakes, train_one};

/// Folds of the data; one of them is held out.
const FOLDS: usize = 5;
/// The value of a pixel full of ink.
const FULL: f32 = 16.0;

/// Train a small network to read handwritten digits, and see how well it reads new ones.
#[derive(Parser, Debug)]
#[command(name = "digits")]
struct Arguments {
    /// The fold to hold out, 0 to 4: the images whose number modulo 5 it is
    #[arg(long, default_value_t = 0, value_name = "FOLD", value_parser = clap::value_parser!(u8).range(..FOLDS as i64))]
    fold: u8,
    /// Hold out each fold in turn, training a new network each time; loss.svg shows the mean
    #[arg(long, conflicts_with = "fold")]
    all_folds: bool,
    #[command(flatten)]
    options: Options,
}

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("digits: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> Result<(), Box<dyn Error>> {
    let options = &arguments.options;
    std::fs::create_dir_all(&options.out).map_err(|error| {
        format!("{}: cannot be made: {error}; choose another --out", options.out.display())
    })?;

    let file = include_bytes!("data/digits.csv.gz");
    let digits = Csv { classes: Some(10), ..Csv::default() }.from_reader("digits.csv.gz", &file[..])?;
    let digits = Dataset::new(digits.x().map(|pixel| pixel / FULL), digits.labels().clone())?;

    let folds = if arguments.all_folds { (0..FOLDS).collect() } else { vec![arguments.fold as usize] };
    let parts = folds.iter().map(|&fold| digits.fold(fold, FOLDS)).collect::<Result<Vec<_>, _>>()?;
    let mut matrix = ConfusionMatrix::new(digits.classes());
    let (mut histories, mut misread) = (Vec::new(), Vec::new());
    let start = Instant::now();
    for (&fold, (train, held_out)) in folds.iter().zip(&parts) {
        let progress = Progress::new(format!("fold {fold}"), options.epochs);
        let run = train_one(options, train, held_out, &progress)?;
        matrix.add(&predictions(&run.log_probabilities)?, held_out.labels());
        misread.extend(mistakes(held_out, &run)?);
        histories.push(run.history);
    }
    let seconds = start.elapsed().as_secs_f64();

    println!("\n{matrix}\n");
    for (fold, history) in folds.iter().zip(&histories) {
        let last = history.last().expect("at least one epoch").held_out;
        println!(
            "fold {fold}: {:.2}% of the held-out images read correctly, loss {:.4}",
            100.0 * last.accuracy,
            last.loss
        );
    }
    let right = matrix.total() - misread.len() as u64;
    println!(
        "in all:  {:.2}% ({right} of {}), trained in {seconds:.1} s",
        100.0 * matrix.accuracy(),
        matrix.total()
    );

    let title = if arguments.all_folds {
        format!("mean of {FOLDS} folds")
    } else {
        format!("fold {} held out", arguments.fold)
    };
    let (curves, grid) = (options.out.join("loss.svg"), options.out.join("mistakes.svg"));
    charts::curves(&curves, &format!("Handwritten digits, {title}"), &mean(&histories))?;
    charts::mistakes(&grid, matrix.total() as usize, misread)?;
    println!("charts:  {}, {}", curves.display(), grid.display());
    Ok(())
}

/// The mean over runs of equal length, epoch by epoch.
fn mean(runs: &[Vec<Epoch>]) -> Vec<Epoch> {
    let over = |epoch: usize, part: fn(&Epoch) -> Score| {
        let sum = |value: fn(Score) -> f64| runs.iter().map(|run| value(part(&run[epoch]))).sum::<f64>();
        let runs = runs.len() as f64;
        Score { loss: sum(|score| score.loss) / runs, accuracy: sum(|score| score.accuracy) / runs }
    };
    (0..runs[0].len())
        .map(|epoch| Epoch { train: over(epoch, |e| e.train), held_out: over(epoch, |e| e.held_out) })
        .collect()
}
