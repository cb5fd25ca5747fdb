//! Runs every lesson and writes one page with all of their pictures, formulas and numbers.
//!
//! ```text
//! cargo run --release --example gallery -- --out gallery   # then open gallery/index.html
//! ```

mod html;
#[path = "../lessons/mod.rs"]
mod lessons;

use std::error::Error;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use indicatif::{ProgressBar, ProgressStyle};
use lessons::LESSONS;
use lessons::page::Absent;

/// Run every lesson; write them as one HTML file that needs no network.
#[derive(Parser, Debug)]
#[command(name = "gallery")]
struct Arguments {
    /// The folder for index.html, which is made if needed
    #[arg(long, value_name = "DIR", default_value = "gallery")]
    out: PathBuf,
    /// Where the files of MNIST are; the lesson that reads them is left out without
    #[arg(long, value_name = "DIR", env = "MNIST_DIR")]
    mnist: Option<PathBuf>,
}

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("gallery: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> Result<(), Box<dyn Error>> {
    let out = &arguments.out;
    let refused = |error| format!("{}: cannot be written: {error}; choose another --out", out.display());
    std::fs::create_dir_all(out).map_err(refused)?;
    let bar = ProgressBar::new(LESSONS.len() as u64)
        .with_style(ProgressStyle::with_template("{bar:30} {pos}/{len} {msg}").expect("a valid template"));
    let mut pages = Vec::new();
    for lesson in LESSONS {
        bar.set_message(lesson.title);
        match lesson.page(arguments.mnist.clone()) {
            Ok(page) => pages.push(page),
            Err(error) if error.is::<Absent>() => bar.println(format!("left out: {}: {error}", lesson.name)),
            Err(error) => return Err(format!("lesson {}: {error}", lesson.name).into()),
        }
        bar.inc(1);
    }
    bar.finish_and_clear();
    let path = out.join("index.html");
    std::fs::write(&path, html::document(&pages)).map_err(refused)?;
    println!("{} lessons: {}", pages.len(), path.display());
    Ok(())
}
