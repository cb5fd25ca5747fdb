//! Handwritten digits of 8 x 8 pixels, from the file that the `digits` example reads.

use std::error::Error;

use nn::data::csv::Csv;

/// Pixels of a side.
pub(crate) const SIDE: usize = 8;
pub(crate) const PIXELS: usize = SIDE * SIDE;

/// The images in these rows of the file, ink from 0 to 1.
pub(crate) fn images(rows: impl IntoIterator<Item = usize>) -> Result<Vec<Vec<f64>>, Box<dyn Error>> {
    let file = include_bytes!("../data/digits.csv.gz");
    let digits = Csv { classes: Some(10), ..Csv::default() }.from_reader("digits.csv.gz", &file[..])?;
    let image = |row: usize| digits.row(row).iter().map(|&ink| f64::from(ink) / 16.0).collect();
    Ok(rows.into_iter().map(image).collect())
}
