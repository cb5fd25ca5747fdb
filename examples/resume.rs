//! Training that is interrupted and goes on as if nothing had happened, to the bit.
//!
//! ```text
//! cargo run --release --example resume                         # interrupts itself, goes on, compares
//! cargo run --release --example resume -- --file run.safetensors --epochs 300
//! ^C                                                           # whenever you like; then the same command again
//! ```
//!
//! The network has what makes this hard: dropout draws at random, batch normalisation keeps running numbers, the optimiser and its
//! schedule remember. At the end the run is compared with one that was never interrupted.

use std::error::Error;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, Ordering};

use clap::Parser;
use nn::Relu;
use nn::data::csv::Csv;
use nn::metrics::{accuracy, predictions};
use nn::prelude::*;
use nn::schedules::Cosine;
use nn::train::Reason;

/// Train a network that reads digits, interrupt it, and see that it goes on to the bit.
#[derive(Parser, Debug)]
#[command(name = "resume")]
struct Arguments {
    /// How many times the network sees every training image
    #[arg(long, default_value_t = 6, value_name = "COUNT", value_parser = clap::value_parser!(u32).range(1..))]
    epochs: u32,
    /// Checkpoint to write, and to go on from if it is there; Ctrl-C then saves and ends. Without it, the program
    /// interrupts itself three times and keeps nothing
    #[arg(long, value_name = "FILE")]
    file: Option<PathBuf>,
}

/// Set by Ctrl-C, and by the program itself where it interrupts itself.
static STOP: AtomicBool = AtomicBool::new(false);

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("resume: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> Result<(), Box<dyn Error>> {
    let file = include_bytes!("data/digits.csv.gz");
    let digits = Csv { classes: Some(10), ..Csv::default() }.from_reader("digits.csv.gz", &file[..])?;
    let digits = digits.map_x(|x| x.map(|pixel| pixel / 16.0))?;
    let (train, held_out) = digits.fold(0, 5)?;
    let scratch = std::env::temp_dir().join(format!("resume-{}", std::process::id()));
    std::fs::create_dir_all(&scratch)?;
    let ended = compare(arguments, &train, &held_out, &scratch);
    std::fs::remove_dir_all(&scratch)?;
    ended
}

fn compare(
    arguments: &Arguments,
    train: &Dataset,
    held_out: &Dataset,
    scratch: &Path,
) -> Result<(), Box<dyn Error>> {
    let epochs = arguments.epochs.into();
    let steps = epochs * train.len().div_ceil(BATCH) as u64;
    let interrupted = match &arguments.file {
        Some(path) => {
            ctrlc::set_handler(|| STOP.store(true, Ordering::Relaxed))?;
            println!("Ctrl-C saves to {} and ends; the same command goes on from there", path.display());
            fit(train, held_out, epochs, path, None, true)?
        }
        None => {
            // In the first epoch, in the middle of another, and after the last step but one.
            let path = scratch.join("interrupted.safetensors");
            for stop in [3, steps / 2 + 1, steps - 1] {
                fit(train, held_out, epochs, &path, Some(stop), true)?;
            }
            fit(train, held_out, epochs, &path, None, true)?
        }
    };
    let Some(interrupted) = interrupted else { return Ok(()) };

    STOP.store(false, Ordering::Relaxed);
    println!("Once more, without an interruption:");
    let path = scratch.join("through.safetensors");
    let Some(through) = fit(train, held_out, epochs, &path, None, false)? else {
        println!("Interrupted: the two runs are not compared.");
        return Ok(());
    };
    assert_eq!(interrupted, through, "the run that was interrupted came to something else");
    println!("All {} weights and running numbers are the same, to the bit.", through.len());
    Ok(())
}

/// Rows of a batch.
const BATCH: usize = 32;

/// Trains to the end, or until it is interrupted; the numbers of the model if it is the end. Every call makes everything anew,
/// as a program does when it is started.
fn fit(
    train: &Dataset,
    held_out: &Dataset,
    epochs: u64,
    path: &Path,
    stop: Option<u64>,
    speaks: bool,
) -> Result<Option<Vec<f32>>, Box<dyn Error>> {
    STOP.store(false, Ordering::Relaxed);
    let mut rng = nn::rng(7);
    let mut net = Sequential((
        Linear::new(train.features(), 64, &mut rng),
        BatchNorm::new(64),
        Relu,
        Dropout::new(0.2),
        Linear::new(64, train.classes(), &mut rng),
    ));
    let mut adam = Adam::new(0.003);
    let steps = epochs * train.len().div_ceil(BATCH) as u64;
    let mut trainer = Trainer::with_predictions(&net, train, |g, net, x, labels| {
        let logits = net.forward(g.constant(x));
        (cross_entropy(logits, labels), logits)
    })
    .epochs(epochs)
    .batch(BATCH)
    .seed(7)
    .schedule(Cosine::new(0.003, 0.0, steps))
    .validate(held_out)
    .metric("accuracy", |logits, labels| Ok(accuracy(&predictions(logits)?, labels)))
    .checkpoint(path, 1)
    .interrupt(&STOP)
    .on_step(|event| {
        if stop == Some(event.step) {
            STOP.store(true, Ordering::Relaxed); // what the handler of Ctrl-C does
        }
        ControlFlow::Continue(())
    })
    .on_epoch(|event| {
        if speaks {
            println!("{}", event.history);
        }
        ControlFlow::Continue(())
    })
    .build()?;
    if path.exists() {
        trainer.resume(path, &mut net, &mut adam)?;
        println!("Going on after step {} of {steps}.", adam.steps());
    }
    if trainer.fit(&mut net, &mut adam)? == Reason::Asked {
        if speaks {
            println!("Interrupted after step {}; saved.", adam.steps());
        }
        return Ok(None);
    }
    drop(trainer);
    let mut numbers = Vec::new();
    net.visit(&mut |_, tensor: &Tensor| numbers.extend_from_slice(tensor.data()));
    Ok(Some(numbers))
}
