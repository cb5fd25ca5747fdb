//! What losses ask of shapes and options, and what they say where it does not hold.

use autograd::{Element, Var};

use crate::config::ConfigError;

/// Panics unless predictions and targets have one shape.
#[track_caller]
pub(super) fn same_shape<'g, T: Element>(name: &str, prediction: Var<'g, T>, target: Var<'g, T>) {
    let (shape, wanted) = (prediction.shape(), target.shape());
    assert!(
        shape == wanted,
        "{name}: predictions of shape {shape} and targets of shape {wanted}: they must be the same, \
         as broadcasting would compare each with many; reshape one of them"
    );
}

/// Panics unless `var` has the shape of `other`, or extent 1 where several of `other` share a number, or is one number.
#[track_caller]
pub(super) fn shared_shape<'g, T: Element>(
    name: &str,
    what: &str,
    var: Var<'g, T>,
    others: &str,
    other: Var<'g, T>,
) {
    let (shape, wanted) = (var.shape(), other.shape());
    let fits = shape.rank() == wanted.rank()
        && shape.iter().zip(wanted.iter()).all(|(&extent, &wanted)| extent == wanted || extent == 1);
    assert!(
        fits || shape.rank() == 0,
        "{name}: {what} of shape {shape} for {others} of shape {wanted}: they must have that shape, \
         or extent 1 on an axis that shares them, as [batch, 1] is one for each row"
    );
}

/// Panics unless both are rows of one shape, `[batch, features]`.
#[track_caller]
pub(super) fn rows<'g, T: Element>(name: &str, what: &str, a: Var<'g, T>, b: Var<'g, T>) {
    let (shape, other) = (a.shape(), b.shape());
    assert!(
        shape == other && shape.rank() == 2,
        "{name}: {what} of shapes {shape} and {other}: both must have the same, a row for each example"
    );
}

/// Panics unless `column` has one number for each row of `of`, which is `[batch, features]`.
#[track_caller]
pub(super) fn column<'g, T: Element>(name: &str, column: Var<'g, T>, of: Var<'g, T>) {
    let (shape, rows) = (column.shape(), of.shape());
    assert!(
        shape == [rows[0], 1],
        "{name}: targets of shape {shape} for vectors of shape {rows}: it takes one for each row, shape [{}, 1]",
        rows[0]
    );
}

/// An error unless `holds`.
pub(super) fn require(
    holds: bool,
    what: &'static str,
    field: &'static str,
    value: f64,
    wanted: &'static str,
) -> Result<(), ConfigError> {
    if holds { Ok(()) } else { Err(ConfigError::new(what, field, value, wanted)) }
}

/// An error for the first number that is negative, infinite or NaN.
pub(super) fn require_weights(
    what: &'static str,
    field: &'static str,
    weights: &[f64],
) -> Result<(), ConfigError> {
    for &weight in weights {
        require(weight >= 0.0 && weight.is_finite(), what, field, weight, "finite and at least 0")?;
    }
    Ok(())
}

/// Panics with the text of a failed check of options.
#[track_caller]
pub(super) fn options(check: Result<(), ConfigError>) {
    if let Err(error) = check {
        panic!("{error}");
    }
}
