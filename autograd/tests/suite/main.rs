//! Tests of the public API, one file a duty; one program, because each would compile the engine's generics anew.

mod blends;
mod chains;
mod check;
mod common;
mod cost;
mod derivation;
mod diagnose;
mod draw;
mod explain;
mod flops;
mod functions;
mod graph_adjoints;
mod graph_movement;
mod graph_products;
mod graph_reductions;
mod graph_rows;
#[cfg(feature = "ndarray")]
mod ndarrays;
mod pitfalls;
mod profile;
mod programs;
mod recording;
mod replacing;
mod row_conventions;
mod row_docs;
mod rows;
mod scalars;
mod shape_errors;
mod tape;
mod tape_limits;
mod tape_ranges;
mod tape_rows;
mod tensor_functions;
