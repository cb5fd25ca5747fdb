//! Why a recording cannot be replayed at a point.

use std::cmp::Ordering;
use std::fmt;
use std::panic::Location;

/// What a comparison says.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[allow(missing_docs)] // the names say it
pub enum Outcome {
    True,
    False,
    Less,
    Equal,
    Greater,
    /// One of the numbers is NaN.
    Unordered,
}

impl From<bool> for Outcome {
    fn from(answer: bool) -> Self {
        if answer { Outcome::True } else { Outcome::False }
    }
}

impl From<Option<Ordering>> for Outcome {
    fn from(order: Option<Ordering>) -> Self {
        match order {
            Some(Ordering::Less) => Outcome::Less,
            Some(Ordering::Equal) => Outcome::Equal,
            Some(Ordering::Greater) => Outcome::Greater,
            None => Outcome::Unordered,
        }
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", format!("{self:?}").to_lowercase())
    }
}

/// A recording holds one path through a function; at this point the function might take another.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ReplayError {
    /// A comparison comes out otherwise.
    #[error(
        "the comparison `{sign}` at {origin} was {recorded} when the function was recorded, and is {now} for {left:?} and \
         {right:?}: the function may take another path here, record it again"
    )]
    Comparison {
        /// `==`, `<`, `<=`, `>`, `>=` or `partial_cmp`.
        sign: &'static str,
        /// Where it stands in the program.
        origin: &'static Location<'static>,
        /// Its left side at this point.
        left: f64,
        /// Its right side at this point.
        right: f64,
        /// How it came out when the function was recorded.
        recorded: Outcome,
        /// How it comes out at this point.
        now: Outcome,
    },
    /// A number that left the recording as a plain one is another now.
    #[error(
        "the number that to_f64() gave at {origin} was {recorded:?} when the function was recorded, and is {now:?}: what \
         was done with it is not known, record the function again"
    )]
    Escaped {
        /// Where the plain number was asked for.
        origin: &'static Location<'static>,
        /// What it was when the function was recorded.
        recorded: f64,
        /// What it is at this point.
        now: f64,
    },
}
