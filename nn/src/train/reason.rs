//! `Reason`: why training ended, for people and for checkpoints.

use std::fmt;

/// Why training ended.
#[derive(Clone, PartialEq, Debug)]
#[non_exhaustive]
pub enum Reason {
    /// So many epochs were wanted, and are done.
    Epochs(u64),
    /// The training loss is below a threshold.
    LossBelow {
        /// The loss.
        loss: f64,
        /// The threshold.
        threshold: f64,
    },
    /// The training loss changed by less than epsilon from one epoch to the next.
    SmallChange {
        /// The change.
        change: f64,
        /// The bound.
        epsilon: f64,
    },
    /// The gradient's norm is below epsilon.
    SmallGradient {
        /// The norm.
        norm: f64,
        /// The bound.
        epsilon: f64,
    },
    /// What is watched did not become better for a while.
    NoBetter {
        /// For how many epochs.
        epochs: u64,
        /// The best that it was.
        best: f64,
    },
    /// A callback or a flag asked for it.
    Asked,
    /// Something else, in words.
    Other(String),
}

#[cfg(feature = "safetensors")]
impl Reason {
    /// As it stands in a checkpoint: a word, and its numbers so that reading gives the same ones.
    pub(super) fn to_note(&self) -> String {
        match self {
            Reason::Epochs(epochs) => format!("epochs {epochs}"),
            Reason::LossBelow { loss, threshold } => format!("loss-below {loss:?} {threshold:?}"),
            Reason::SmallChange { change, epsilon } => format!("small-change {change:?} {epsilon:?}"),
            Reason::SmallGradient { norm, epsilon } => format!("small-gradient {norm:?} {epsilon:?}"),
            Reason::NoBetter { epochs, best } => format!("no-better {epochs} {best:?}"),
            Reason::Asked => "asked".to_owned(),
            Reason::Other(words) => format!("other {words}"),
        }
    }

    /// What [`to_note`](Reason::to_note) wrote; any other text is a reason in words.
    pub(super) fn from_note(text: &str) -> Reason {
        let (word, rest) = text.split_once(' ').unwrap_or((text, ""));
        let numbers = rest.split_once(' ');
        let pair = || Some((numbers?.0.parse().ok()?, numbers?.1.parse().ok()?));
        let known = match word {
            "epochs" => rest.parse().ok().map(Reason::Epochs),
            "loss-below" => pair().map(|(loss, threshold)| Reason::LossBelow { loss, threshold }),
            "small-change" => pair().map(|(change, epsilon)| Reason::SmallChange { change, epsilon }),
            "small-gradient" => pair().map(|(norm, epsilon)| Reason::SmallGradient { norm, epsilon }),
            "no-better" => {
                let count = numbers.and_then(|(epochs, _)| epochs.parse().ok());
                let best = numbers.and_then(|(_, best)| best.parse().ok());
                count.zip(best).map(|(epochs, best)| Reason::NoBetter { epochs, best })
            }
            "asked" => Some(Reason::Asked),
            "other" => Some(Reason::Other(rest.to_owned())),
            _ => None,
        };
        known.unwrap_or_else(|| Reason::Other(text.to_owned()))
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Reason::Epochs(1) => write!(f, "1 epoch is done"),
            Reason::Epochs(epochs) => write!(f, "{epochs} epochs are done"),
            Reason::LossBelow { loss, threshold } => {
                write!(f, "the training loss, {loss}, is below {threshold}")
            }
            Reason::SmallChange { change, epsilon } => {
                write!(f, "the training loss changed by {change}, which is less than {epsilon}")
            }
            Reason::SmallGradient { norm, epsilon } => {
                write!(f, "the gradient's norm, {norm}, is below {epsilon}")
            }
            Reason::NoBetter { epochs, best } => write!(f, "nothing better than {best} for {epochs} epochs"),
            Reason::Asked => write!(f, "it was asked for"),
            Reason::Other(words) => f.write_str(words),
        }
    }
}

#[cfg(all(test, feature = "safetensors"))]
mod tests {
    use super::Reason;

    #[test]
    fn a_reason_is_read_as_it_was_written() {
        let third = 1.0 / 3.0;
        for reason in [
            Reason::Epochs(7),
            Reason::LossBelow { loss: third, threshold: 1e-300 },
            Reason::SmallChange { change: -0.0, epsilon: third },
            Reason::SmallGradient { norm: f64::MIN_POSITIVE, epsilon: 0.1 },
            Reason::NoBetter { epochs: 5, best: f64::INFINITY },
            Reason::Asked,
            Reason::Other("no better 5 times\nor more".to_owned()),
            Reason::Other(String::new()),
        ] {
            assert_eq!(Reason::from_note(&reason.to_note()), reason);
        }
        assert_eq!(Reason::from_note("no-better x"), Reason::Other("no-better x".to_owned()));
    }
}
