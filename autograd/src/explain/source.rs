//! Where something was recorded: file and line as one word, and the line's text if the file can be read.

use std::panic::Location;

/// `src/main.rs:5`.
pub(crate) fn place(origin: &Location<'_>) -> String {
    format!("{}:{}", origin.file(), origin.line())
}
