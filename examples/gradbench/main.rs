//! A tool for GradBench, the benchmark suite of automatic differentiation: one JSON message a line on stdin, one reply
//! a line on stdout.
//!
//! ```text
//! RUSTFLAGS="-C target-cpu=native" cargo run --release --example gradbench
//! {"id": 0, "kind": "evaluate", "module": "hello", "function": "double", "input": 3}
//! ```
//!
//! The suite is <https://github.com/gradbench/gradbench>. The flags are what it compiles its C++ tools with; without them the
//! example runs too, and slower.

mod evals;
mod protocol;

use std::io;

fn main() -> io::Result<()> {
    match protocol::serve(io::stdin().lock(), io::stdout().lock()) {
        // Whoever asked has gone: there is nobody to answer.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        served => served,
    }
}
