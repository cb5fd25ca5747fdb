//! Lessons on neural networks: the formulas, tables and pictures of an introductory course, computed and checked.
//!
//! ```text
//! cargo run --release --example lessons                              # lists them
//! cargo run --release --example lessons -- chain-rule                # one lesson, as text
//! cargo run --release --example lessons -- chain-rule --out pictures # and its pictures as SVG, with --png as PNG too
//! ```

#[path = "mod.rs"]
mod lessons;
mod png;

use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Parser;
use clap::builder::PossibleValuesParser;
use lessons::LESSONS;
use lessons::page::{Absent, Page};

/// Lessons on neural networks, computed and checked; without a name, lists them.
#[derive(Parser, Debug)]
#[command(name = "lessons")]
struct Arguments {
    /// The lessons to show, or `all`
    #[arg(value_name = "LESSON", value_parser = PossibleValuesParser::new(names()), hide_possible_values = true)]
    lessons: Vec<String>,
    /// Write the pictures as SVG files into this folder, which is made if needed
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Write them as PNG files too
    #[arg(long, requires = "out")]
    png: bool,
    /// Where the files of MNIST are, for the lesson that reads them
    #[arg(long, value_name = "DIR", env = "MNIST_DIR")]
    mnist: Option<PathBuf>,
}

fn names() -> Vec<&'static str> {
    LESSONS.iter().map(|lesson| lesson.name).chain(["all"]).collect()
}

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("lessons: {error}");
            ExitCode::from(if error.is::<Absent>() { 2 } else { 1 })
        }
    }
}

fn run(arguments: &Arguments) -> Result<(), Box<dyn Error>> {
    if arguments.lessons.is_empty() {
        LESSONS.iter().for_each(|lesson| println!("{:<24} {}", lesson.name, lesson.title));
        return Ok(());
    }
    let asked = |name: &str| arguments.lessons.iter().any(|asked| asked == name || asked == "all");
    for lesson in LESSONS.iter().filter(|lesson| asked(lesson.name)) {
        let page = lesson.page(arguments.mnist.clone())?;
        println!("{page}");
        if let Some(out) = &arguments.out {
            write_pictures(&page, out, arguments.png)?;
        }
    }
    Ok(())
}

fn write_pictures(page: &Page, out: &Path, png: bool) -> Result<(), Box<dyn Error>> {
    let refused = |path: &Path, error: &dyn Error| {
        format!("{}: cannot be written: {error}; choose another --out", path.display())
    };
    std::fs::create_dir_all(out).map_err(|error| refused(out, &error))?;
    for picture in page.pictures() {
        let write = |ending: &str, bytes: &[u8]| {
            let path = out.join(format!("{}.{ending}", picture.name));
            std::fs::write(&path, bytes).map_err(|error| refused(&path, &error))?;
            println!("wrote {}", path.display());
            Ok::<_, String>(())
        };
        write("svg", picture.svg.as_bytes())?;
        if png {
            write("png", &png::from_svg(&picture.svg)?)?;
        }
    }
    Ok(())
}
