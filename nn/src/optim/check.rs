//! What configured numbers may be: checks that say which number is wrong and what it must be.

use crate::config::ConfigError;

fn wanted(
    ok: bool,
    what: &'static str,
    field: &'static str,
    value: f64,
    wanted: &'static str,
) -> Result<(), ConfigError> {
    if ok { Ok(()) } else { Err(ConfigError::new(what, field, value, wanted)) }
}

/// A finite number that is not negative.
pub(crate) fn from_zero(what: &'static str, field: &'static str, value: f64) -> Result<(), ConfigError> {
    wanted(value >= 0.0 && value.is_finite(), what, field, value, "finite and at least 0")
}

/// A finite number above 0.
pub(crate) fn positive(what: &'static str, field: &'static str, value: f64) -> Result<(), ConfigError> {
    wanted(value > 0.0 && value.is_finite(), what, field, value, "finite and greater than 0")
}

/// A share of what was that is kept: from 0 to just below 1.
pub(crate) fn share(what: &'static str, field: &'static str, value: f64) -> Result<(), ConfigError> {
    wanted((0.0..1.0).contains(&value), what, field, value, "at least 0 and less than 1")
}

/// A count that is not 0.
pub(crate) fn count(what: &'static str, field: &'static str, value: u64) -> Result<(), ConfigError> {
    if value > 0 { Ok(()) } else { Err(ConfigError::new(what, field, value, "at least 1")) }
}

/// Panics at the caller's line with the text of the error, as constructors that take literals do.
#[track_caller]
pub(crate) fn expect(checked: Result<(), ConfigError>) {
    if let Err(error) = checked {
        panic!("{error}");
    }
}
