//! Scaling of columns. A scale is fitted to one tensor, that of the training rows, and then applied to any: nothing
//! here scales data by themselves, so what is to be judged later cannot take part.

mod min_max;
mod robust;
mod standardize;

pub use min_max::MinMax;
pub use robust::Robust;
pub use standardize::Standardize;

use autograd::{Element, Tensor};

use super::DataError;

/// Numbers in a row of `x`: the product of all extents but the first.
///
/// # Errors
/// If there is no row, or a number is NaN or infinite.
fn check<T: Element>(x: &Tensor<T>) -> Result<usize, DataError> {
    let width = width(x)?;
    if let Some(at) = x.data().iter().position(|number| !number.to_f64().is_finite()) {
        let value = x.data()[at].to_f64() as f32;
        return Err(DataError::NotFinite { row: at / width, column: at % width, value });
    }
    Ok(width)
}

/// As [`check`], of shapes only.
pub(super) fn width<T: Element>(x: &Tensor<T>) -> Result<usize, DataError> {
    match x.shape().split_first() {
        None => Err(DataError::NoRows),
        Some((0, _)) => Err(DataError::Empty { what: "a tensor to be fitted to" }),
        Some((_, row)) => Ok(row.iter().product()),
    }
}

/// The numbers of a column of rows of `width` numbers.
pub(super) fn column<T: Element>(
    x: &Tensor<T>,
    width: usize,
    column: usize,
) -> impl Iterator<Item = f64> + Clone {
    x.data().iter().skip(column).step_by(width).map(|number| number.to_f64())
}

/// `f(number, column)` of every number of `x`, whose rows must have so many.
#[track_caller]
pub(super) fn by_column<T: Element>(
    what: &str,
    x: &Tensor<T>,
    columns: usize,
    f: impl Fn(f64, usize) -> f64,
) -> Tensor<T> {
    let shape = x.shape();
    assert!(
        shape.rank() > 0 && shape[1..].iter().product::<usize>() == columns,
        "{what} was fitted to rows of {columns} numbers, but this tensor has shape {shape}: \
         rows must have the columns that they had then",
    );
    Tensor::from_fn(shape, |i| T::from_f64(f(x.data()[i].to_f64(), i % columns)))
}

/// The quantile `q` (0 to 1) of sorted numbers, interpolated between neighbours: type 7 of Hyndman and Fan, "Sample
/// Quantiles in Statistical Packages" (1996), the one that most programs use.
pub(super) fn quantile(sorted: &[f64], q: f64) -> f64 {
    let at = q * (sorted.len() - 1) as f64;
    let (low, high) = (sorted[at.floor() as usize], sorted[at.ceil() as usize]);
    low + (high - low) * at.fract()
}

/// The divisor of a column: 1 for one that is constant, which has no spread to divide by.
fn divisor(spread: f64) -> f64 {
    if spread == 0.0 { 1.0 } else { spread }
}
