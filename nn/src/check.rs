//! What configured numbers must be, and the panic of constructors that are written with literals.

use std::fmt::Debug;

use crate::config::ConfigError;

/// The value, or a panic with the error's text at the caller's line.
#[track_caller]
pub(crate) fn or_panic<T>(made: Result<T, ConfigError>) -> T {
    match made {
        Ok(value) => value,
        Err(error) => panic!("{error}"),
    }
}

/// `Ok` if `holds`, else the error that `field` of `what` is `value`, but must be `wanted`.
pub(crate) fn must(
    holds: bool,
    what: &'static str,
    field: &'static str,
    value: impl Debug,
    wanted: &'static str,
) -> Result<(), ConfigError> {
    if holds {
        return Ok(());
    }
    Err(ConfigError::new(what, field, format!("{value:?}"), wanted))
}

/// A width or a count, which is at least 1.
pub(crate) fn at_least_one(what: &'static str, field: &'static str, n: usize) -> Result<(), ConfigError> {
    must(n > 0, what, field, n, "at least 1")
}

/// A number that is neither infinite nor NaN.
pub(crate) fn finite(what: &'static str, field: &'static str, x: f64) -> Result<(), ConfigError> {
    must(x.is_finite(), what, field, x, "a finite number")
}

/// A finite number above 0.
pub(crate) fn positive(what: &'static str, field: &'static str, x: f64) -> Result<(), ConfigError> {
    must(x > 0.0 && x.is_finite(), what, field, x, "a finite number above 0")
}

/// A finite number that is 0 or above.
pub(crate) fn not_negative(what: &'static str, field: &'static str, x: f64) -> Result<(), ConfigError> {
    must(x >= 0.0 && x.is_finite(), what, field, x, "a finite number that is 0 or above")
}

/// A share of a whole.
pub(crate) fn share(what: &'static str, field: &'static str, x: f64) -> Result<(), ConfigError> {
    must((0.0..=1.0).contains(&x), what, field, x, "at least 0 and at most 1")
}
