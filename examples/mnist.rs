//! Reads MNIST: trains on its 60,000 images, tests on its 10,000 others.
//!
//! ```text
//! cargo run --release --example mnist -- --data DIR
//! ```
//!
//! The directory holds the four files of the data set, plain or gzip, under their usual names.
//! The network of the last epoch is the one that counts, whatever it scored before.

mod support;

use std::error::Error;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use clap::Parser;
use nn::data::idx;
use nn::metrics::{ConfusionMatrix, predictions};
use support::Options;
use support::charts;
use support::progress::Progress;
use support::training::{mistakes, train_one};

/// Train a network on the 60,000 images of MNIST, and see how well it reads the 10,000 others.
#[derive(Parser, Debug)]
#[command(name = "mnist", mut_arg("epochs", |a| a.default_value("5")), mut_arg("hidden", |a| a.default_value("128")),
    mut_arg("batch", |a| a.default_value("64")), mut_arg("lr", |a| a.default_value("0.001")))]
struct Arguments {
    /// Directory with train-images-idx3-ubyte, train-labels-idx1-ubyte, t10k-images-idx3-ubyte and
    /// t10k-labels-idx1-ubyte, each with or without .gz
    #[arg(long, env = "MNIST_DIR", hide_env_values = true, value_name = "DIR")]
    data: PathBuf,
    /// Train on the first COUNT images only, for a quick look [default: all 60,000]
    #[arg(long, value_name = "COUNT", value_parser = clap::value_parser!(u32).range(1..))]
    rows: Option<u32>,
    #[command(flatten)]
    options: Options,
}

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("mnist: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> Result<(), Box<dyn Error>> {
    let options = &arguments.options;
    std::fs::create_dir_all(&options.out).map_err(|error| {
        format!("{}: cannot be made: {error}; choose another --out", options.out.display())
    })?;
    let start = Instant::now();
    let (mut train, held_out) = idx::mnist(&arguments.data)?;
    let images = train.len() + held_out.len();
    println!(
        "{images} images read from {} in {:.2} s",
        arguments.data.display(),
        start.elapsed().as_secs_f64()
    );
    if let Some(rows) = arguments.rows {
        let first: Vec<usize> = (0..train.len().min(rows as usize)).collect();
        train = train.select(&first)?;
    }

    let start = Instant::now();
    let progress = Progress::new("MNIST", options.epochs);
    let run = train_one(options, &train, &held_out, &progress)?;
    drop(progress);
    let seconds = start.elapsed().as_secs_f64();

    let matrix = ConfusionMatrix::from_predictions(&predictions(&run.log_probabilities)?, held_out.labels());
    let misread = mistakes(&held_out, &run)?;
    let right = held_out.len() - misread.len();
    println!("\n{matrix}\n");
    println!(
        "{:.2}% read correctly ({right} of {}), trained in {seconds:.1} s",
        100.0 * matrix.accuracy(),
        held_out.len()
    );

    let (curves, grid) = (options.out.join("loss.svg"), options.out.join("mistakes.svg"));
    charts::curves(&curves, "MNIST, its test images held out", &run.history)?;
    charts::mistakes(&grid, held_out.len(), misread)?;
    println!("charts: {}, {}", curves.display(), grid.display());
    Ok(())
}
