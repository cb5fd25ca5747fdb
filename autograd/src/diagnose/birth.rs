//! `Birth`: where a number stopped being finite.

use std::fmt;
use std::panic::Location;

use crate::ops::Shape;
use crate::plan::Pass;

/// The first operation that gave an infinity or NaN though its operands were finite: [`Var::find_nan`](crate::Var::find_nan), and
/// the same of a tape's variable.
#[derive(Clone, PartialEq, Debug)]
#[non_exhaustive]
pub struct Birth {
    /// Whether a value was not finite, or a derivative.
    pub pass: Pass,
    /// Whether the number was not computed at all: a leaf was given so.
    pub given: bool,
    /// The node, or the one whose derivative it is, as [`Var::id`](crate::Var::id) counts.
    pub node: usize,
    /// The node's operation.
    pub op: String,
    /// The node's name, if it has one.
    pub name: Option<String>,
    /// Where the node was recorded.
    pub origin: &'static Location<'static>,
    /// The shape of what is not finite.
    pub shape: Shape,
    /// The place in it.
    pub index: Vec<usize>,
    /// The number: an infinity or NaN.
    pub value: f64,
    /// The node's operands; for a derivative also the cotangent that came in.
    pub operands: Vec<BirthOperand>,
    /// The usual cause, and what is written instead.
    pub cause: Option<&'static str>,
    /// Where an infinity became NaN, if it did.
    pub became_nan: Option<BecameNan>,
    /// What was found not to be finite: the value that was asked about, or the gradient of a variable.
    pub reached: String,
}

/// An operand of the operation at which a number stopped being finite.
#[derive(Clone, PartialEq, Debug)]
#[non_exhaustive]
pub struct BirthOperand {
    /// What it is.
    pub what: String,
    /// Its number at the place; of an operation that reads many for one, the one that is largest.
    pub value: f64,
    /// Whether it is the one number that was read, not the largest of several.
    pub exact: bool,
}

/// Where an infinity became NaN, as by inf - inf.
#[derive(Clone, PartialEq, Debug)]
#[non_exhaustive]
pub struct BecameNan {
    /// Whether in a value or in a derivative.
    pub pass: Pass,
    /// The operation.
    pub op: String,
    /// Where it was recorded, or what it differentiates was.
    pub origin: &'static Location<'static>,
    /// Its operands at the place, if they can be told.
    pub operands: Vec<f64>,
}

/// A number as `inf`, `-inf`, `NaN`, or in a few digits.
pub(super) fn number(x: f64) -> String {
    let text = format!("{x}");
    if x.is_finite() && text.len() > 9 { format!("{x:.4e}") } else { text }
}

/// What it is, where, with which operands; then the usual cause.
impl fmt::Display for Birth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = self.name.as_ref().map(|name| format!(" {name:?}")).unwrap_or_default();
        let (op, index, origin, value) = (&self.op, &self.index, self.origin, number(self.value));
        let place = if index.is_empty() { String::new() } else { format!(" at {index:?}") };
        match (self.given, self.pass) {
            (true, _) => write!(
                f,
                "{op}{name} of shape {}, recorded at {origin}, was given with {value}{place}",
                self.shape
            )?,
            (_, Pass::Forward) => {
                write!(f, "{op}{name} of shape {}, recorded at {origin}, gives {value}{place}", self.shape)?;
            }
            _ => write!(f, "the derivative of {op}{name}, recorded at {origin}, is {value}{place}")?,
        }
        for (i, operand) in self.operands.iter().enumerate() {
            let join = if i == 0 { ", with" } else { "," };
            let largest = if operand.exact { "=" } else { "of size up to" };
            write!(f, "{join} {} {largest} {}", operand.what, number(operand.value))?;
        }
        if let Some(nan) = &self.became_nan {
            let pass = if nan.pass == Pass::Forward { "" } else { "the derivative of " };
            write!(f, "; it became NaN in {pass}{} recorded at {}", nan.op, nan.origin)?;
            if !nan.operands.is_empty() {
                let operands: Vec<String> = nan.operands.iter().map(|&x| number(x)).collect();
                write!(f, " (of {})", operands.join(" and "))?;
            }
        }
        write!(f, "; it reached {}", self.reached)?;
        match self.cause {
            Some(cause) => write!(f, ". Usual cause: {cause}"),
            None => Ok(()),
        }
    }
}

/// The first of what is not finite to blame for a number that is not: NaN comes from NaN where there is one.
pub(super) fn culprit<I>(is_nan: bool, found: &[I], number: impl Fn(&I) -> f64) -> Option<&I> {
    let bad = || found.iter().filter(|&one| !number(one).is_finite());
    bad().find(|&one| is_nan && number(one).is_nan()).or_else(|| bad().next())
}

/// How a text speaks of what was computed.
pub(super) fn result(name: Option<String>) -> String {
    name.map_or_else(|| "the result".to_owned(), |name| format!("{name:?}"))
}
