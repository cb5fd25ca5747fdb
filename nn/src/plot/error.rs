//! `PlotError`: why something cannot be drawn or written.

use std::io;
use std::path::PathBuf;

use autograd::Shape;

/// Why a picture cannot be made from some data, or cannot be written.
///
/// Values that are not finite are no error in a series: a line has a gap there, and the chart says how
/// many values it left out. They are one where a picture is computed from them.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PlotError {
    /// Two lists that belong together differ in length.
    #[error("{series}: {first} {first_name} do not fit {second} {second_name}: each needs one of the other")]
    Lengths {
        /// The series or picture.
        series: String,
        /// What the first list holds.
        first_name: &'static str,
        /// Its length.
        first: usize,
        /// What the second list holds.
        second_name: &'static str,
        /// Its length.
        second: usize,
    },
    /// A value that is not finite, where each one counts.
    #[error("{series}: value {place} (from 0) is {value}, but must be finite: leave it out first")]
    NotFinite {
        /// The series or picture.
        series: String,
        /// The place of the value, from 0.
        place: usize,
        /// The value.
        value: f64,
    },
    /// Nothing to draw a picture from.
    #[error("{series}: there are no {wanted}")]
    Empty {
        /// The series or picture.
        series: String,
        /// What is missing.
        wanted: &'static str,
    },
    /// A tensor of a shape that the picture cannot be drawn from.
    #[error("{series}: a tensor of shape {shape} was given, but {wanted} is needed")]
    Shape {
        /// The series or picture.
        series: String,
        /// The shape that was given.
        shape: Shape,
        /// What is needed.
        wanted: String,
    },
    /// A file name that ends with neither `.svg` nor `.png`.
    #[error("{}: a chart is written as .svg or .png: end the file's name with one of them", path.display())]
    Extension {
        /// The path that was given.
        path: PathBuf,
    },
    /// The file cannot be written.
    #[error("{}: cannot be written: {error}", path.display())]
    Write {
        /// The path that was given.
        path: PathBuf,
        /// The reason.
        #[source]
        error: io::Error,
    },
    /// More pixels than an image may have.
    #[error("an image of {width} x {height} pixels is too large: {most} pixels at the most; lower the scale")]
    TooLarge {
        /// Pixels from left to right.
        width: u64,
        /// Pixels from top to bottom.
        height: u64,
        /// Pixels that an image may have.
        most: u64,
    },
    /// A scale that no image can have.
    #[error("an image cannot be drawn at scale {scale}: it must be finite and above 0")]
    Scale {
        /// The scale that was given.
        scale: f64,
    },
}

/// Refuses lists that differ in length.
pub(super) fn same_length(
    series: &str,
    (first_name, first): (&'static str, usize),
    (second_name, second): (&'static str, usize),
) -> Result<(), PlotError> {
    if first == second {
        return Ok(());
    }
    Err(PlotError::Lengths { series: series.to_owned(), first_name, first, second_name, second })
}

/// Refuses values that are not finite.
pub(super) fn all_finite(series: &str, values: impl IntoIterator<Item = f64>) -> Result<(), PlotError> {
    match values.into_iter().enumerate().find(|(_, value)| !value.is_finite()) {
        Some((place, value)) => Err(PlotError::NotFinite { series: series.to_owned(), place, value }),
        None => Ok(()),
    }
}
