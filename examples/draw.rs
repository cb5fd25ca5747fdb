//! Pictures of computations: f = (x + y) z with values above the edges and gradients below; a network of two layers, folded.
//!
//! ```text
//! cargo run --example draw -- --out DIR
//! ```
//!
//! writes `product.svg`, `product.dot`, `product.mmd` and `network.svg`, and prints their names:
//!
//! ```text
//! DIR/product.svg
//! DIR/product.dot
//! DIR/product.mmd
//! DIR/network.svg
//! ```

use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;

use autograd::draw::Drawing;
use autograd::prelude::*;
use clap::Parser;

/// Draws two computations.
#[derive(Parser)]
struct Options {
    /// Where the pictures go.
    #[arg(long, default_value = ".")]
    out: PathBuf,
}

fn main() -> ExitCode {
    let options = Options::parse();
    let product = product();
    let pictures = [
        ("product.svg", product.to_svg()),
        ("product.dot", product.to_dot()),
        ("product.mmd", product.to_mermaid()),
        ("network.svg", network().fold(true).to_svg()),
    ];
    for (name, text) in pictures {
        let path = options.out.join(name);
        if let Err(error) = fs::write(&path, text) {
            eprintln!("{}: cannot be written: {error}", path.display());
            return ExitCode::FAILURE;
        }
        println!("{}", path.display());
    }
    ExitCode::SUCCESS
}

/// f = (x + y) z.
fn product() -> Drawing {
    let tape = Tape::new().explaining();
    let (x, y, z) = (tape.var(-2.0).named("x"), tape.var(5.0).named("y"), tape.var(-4.0).named("z"));
    let q = (x + y).named("q");
    (q * z).named("f").draw()
}

/// Exclusive or by two hidden units; names say which layer a parameter belongs to.
fn network() -> Drawing {
    let g = Graph::new();
    let x = g.constant([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]).named("x");
    let target = g.constant([[0.0], [1.0], [1.0], [0.0]]).named("target");
    let (w, b) = (
        g.var([[20.0, 20.0], [-20.0, -20.0]]).named("hidden.weight"),
        g.var([-10.0, 30.0]).named("hidden.bias"),
    );
    let hidden = (x.matmul_t(w) + b).sigmoid();
    let (w, b) = (g.var([[20.0, 20.0]]).named("out.weight"), g.var([-30.0]).named("out.bias"));
    let out = (hidden.matmul_t(w) + b).sigmoid();
    (out - target).square().mean().named("loss").draw()
}
