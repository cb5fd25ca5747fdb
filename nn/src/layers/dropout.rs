//! `Dropout`: numbers left out at random while training.

use autograd::{Element, Tensor, Var};

use crate::check::{must, or_panic};
use crate::config::ConfigError;
use crate::layers::{Forward, trains};
use crate::module;
use crate::summary::Trace;

/// While training, sets each number to 0 with probability `p` and multiplies the others by 1 / (1 - p), so that means
/// stay as they are; in use, changes nothing (Srivastava et al. 2014, in the form called inverted dropout).
///
/// The numbers that are dropped are drawn when the layer is recorded, from the graph's
/// [`next_seed`](autograd::Graph::next_seed): the backward pass sees the same ones, and a run that is repeated or resumed
/// at a step drops what it dropped before.
///
/// ```
/// use nn::prelude::*;
/// let g = Graph::new();
/// g.training().seed(1);
/// let y = Dropout::new(0.25).forward(g.ones([1000])).value();
/// let kept = y.data().iter().filter(|&&y| y == 1.0 / 0.75).count();
/// let dropped = y.data().iter().filter(|&&y| y == 0.0).count();
/// assert!(kept + dropped == 1000 && (200..300).contains(&dropped));
///
/// g.inference();
/// assert_eq!(Dropout::new(0.25).forward(g.ones([1000])).value().data(), [1.0; 1000]);
/// ```
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Dropout {
    /// Probability of being dropped, at least 0 and less than 1; in steps of 2⁻³².
    pub p: f64,
}
module!(keep Dropout);

impl Dropout {
    /// A layer that drops each number with probability `p`.
    ///
    /// # Panics
    /// If `p` is not in [0, 1).
    #[track_caller]
    pub fn new(p: f64) -> Dropout {
        let layer = Dropout { p };
        or_panic(layer.check());
        layer
    }

    /// Whether `p` can be, where it comes from outside.
    ///
    /// # Errors
    /// Names `p` if it is not in [0, 1).
    ///
    /// ```
    /// use nn::Dropout;
    /// assert_eq!(
    ///     Dropout { p: 1.5 }.check().unwrap_err().to_string(),
    ///     "Dropout: p is 1.5, but must be at least 0 and less than 1"
    /// );
    /// ```
    pub fn check(&self) -> Result<(), ConfigError> {
        must((0.0..1.0).contains(&self.p), "Dropout", "p", self.p, "at least 0 and less than 1")
    }

    /// `x` with some numbers dropped, or `x` itself in use; any shape.
    ///
    /// # Panics
    /// If the graph is for neither training nor inference, or `p` is not in [0, 1).
    #[track_caller]
    pub fn forward<'g, T: Element>(&self, x: Var<'g, T>) -> Var<'g, T> {
        or_panic(self.check());
        if self.p == 0.0 || !trains("Dropout", x.graph()) {
            return x;
        }
        let graph = x.graph();
        let mask = self.mask::<T>(x, graph.next_seed());
        x * graph.constant(mask)
    }

    /// 0 or 1 / (1 - p) for each number of `x`.
    fn mask<T: Element>(&self, x: Var<'_, T>, seed: u64) -> Tensor<T> {
        let limit = (self.p * 2.0_f64.powi(32)) as u32;
        // Looked up rather than chosen: a branch on random bits is mispredicted as often as not.
        let factors = [T::from_f64(0.0), T::from_f64(1.0 / (1.0 - self.p))];
        let mut bits = 0;
        Tensor::from_fn(x.shape(), |i| {
            // One word of random bits decides two numbers.
            bits = if i % 2 == 0 { word(seed, i as u64 / 2) } else { bits >> 32 };
            factors[usize::from(bits as u32 >= limit)]
        })
    }
}

/// Word `i` of the SplitMix64 stream of a seed (Steele, Lea, Flood 2014). A counter makes the word, not the one before it,
/// so the processor works on several at a time.
fn word(seed: u64, i: u64) -> u64 {
    let mut z = seed.wrapping_add((i + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15));
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

impl<'g, T: Element> Forward<'g, T> for Dropout {
    fn forward(&self, x: Var<'g, T>) -> Var<'g, T> {
        Dropout::forward(self, x)
    }

    fn trace(&self, x: Var<'g, T>, trace: &mut Trace) -> Var<'g, T> {
        let y = Dropout::forward(self, x);
        trace.row(format_args!("Dropout({})", self.p), y);
        y
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_words_of_a_seed_never_change() {
        // The first outputs of SplitMix64 seeded with 1234567, as its authors' code gives them.
        assert_eq!(
            [super::word(1_234_567, 0), super::word(1_234_567, 1)],
            [6_457_827_717_110_365_317, 3_203_168_211_198_807_973]
        );
    }
}
