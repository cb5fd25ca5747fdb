//! `ConfigError`: a number that was configured and cannot be.

/// Why something cannot be made as configured: which field of what, the value, and what is possible.
///
/// Builders and checks return it. Constructors that are written with literals, such as `Adam::new(1e-3)`,
/// panic at the caller's line with the same text; what comes from outside goes through the builder or the check.
///
/// ```
/// let error = nn::ConfigError::new("Dropout", "p", 1.5, "at least 0 and less than 1");
/// assert_eq!(error.to_string(), "Dropout: p is 1.5, but must be at least 0 and less than 1");
/// ```
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{what}: {field} is {value}, but must be {wanted}")]
pub struct ConfigError {
    /// What was to be made.
    pub what: &'static str,
    /// The field that is wrong.
    pub field: &'static str,
    /// Its value.
    pub value: String,
    /// What it must be.
    pub wanted: &'static str,
}

impl ConfigError {
    /// The error that `field` of `what` is `value`, but must be `wanted`.
    pub fn new(
        what: &'static str,
        field: &'static str,
        value: impl ToString,
        wanted: &'static str,
    ) -> ConfigError {
        ConfigError { what, field, value: value.to_string(), wanted }
    }
}
