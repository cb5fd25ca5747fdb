//! Rprop: step lengths that grow while the sign of the gradient stays.

use autograd::{Element, Var};

use crate::config::ConfigError;
use crate::optim::{Optimizer, Rule, check};

/// Rprop: every weight has its own step length, which grows while its gradient keeps its sign and shrinks
/// when it changes; the size of the gradient has no effect (Riedmiller, Braun 1993).
///
/// This is the form iRprop⁻ (Igel, Hüsken 2000): after a change of sign the weight waits for one step,
/// instead of going back. Factors are 0.5 and 1.2, lengths stay within 1e-6 and 50, as in the first paper.
/// It is made for the loss of the whole data set: batches change signs by chance.
///
/// ```
/// use nn::prelude::*;
/// let mut net: Linear = Linear { weight: Tensor::from([[1.0, -2.0]]), bias: None };
/// let mut rprop = nn::Rprop::new(0.25);
/// rprop.step(&mut net, |_, net| net.weight.square().sum())?;
/// assert_eq!(net.weight.data(), [0.75, -1.75]);
/// // The signs stayed: the second step is 1.2 times as long.
/// rprop.step(&mut net, |_, net| net.weight.square().sum())?;
/// assert!((net.weight.data()[0] - 0.45).abs() < 1e-6);
/// # Ok::<(), nn::StepError>(())
/// ```
pub type Rprop<T = f32> = Optimizer<RpropRule, T>;

/// The numbers of [`Rprop`].
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct RpropRule {
    /// The first step length; setting it later, as a schedule does, has no effect.
    pub lr: f64,
    /// What lengths are multiplied by when the sign changes, and while it stays.
    pub factors: (f64, f64),
    /// The smallest and the largest length.
    pub lengths: (f64, f64),
}

impl RpropRule {
    /// The paper's factors and limits with this first length.
    pub fn new(lr: f64) -> RpropRule {
        RpropRule { lr, factors: (0.5, 1.2), lengths: (1e-6, 50.0) }
    }
}

impl<T: Element> Rprop<T> {
    /// Rprop with this first step length; 0.1 is the paper's.
    ///
    /// # Panics
    /// If the length is negative or not finite.
    #[track_caller]
    pub fn new(lr: f64) -> Rprop<T> {
        Optimizer::from_rule(RpropRule::new(lr))
    }
}

settings! { RpropRule:
    /// Sets what lengths are multiplied by when the sign changes, below 1, and while it stays, above 1.
    fn factors(rule, shrink: f64, grow: f64) {
        rule.factors = (shrink, grow);
    }

    /// Sets the smallest and the largest length.
    fn lengths(rule, smallest: f64, largest: f64) {
        rule.lengths = (smallest, largest);
    }
}

impl Rule for RpropRule {
    type Form = ();

    fn name(&self) -> &'static str {
        "Rprop"
    }

    fn state(&self) -> &'static [&'static str] {
        &["prev", "step_size"]
    }

    fn initial(&self, slot: usize) -> f64 {
        if slot == 1 { self.lr } else { 0.0 }
    }

    fn check(&self) -> Result<(), ConfigError> {
        let ((shrink, grow), (smallest, largest)) = (self.factors, self.lengths);
        check::from_zero("Rprop", "lr", self.lr)?;
        check::share("Rprop", "shrink", shrink)?;
        check::positive("Rprop", "grow", grow)?;
        check::from_zero("Rprop", "smallest", smallest)?;
        check::positive("Rprop", "largest", largest)?;
        if grow < 1.0 {
            return Err(ConfigError::new("Rprop", "grow", grow, "at least 1"));
        }
        if smallest > largest {
            return Err(ConfigError::new("Rprop", "smallest", smallest, "at most the largest length"));
        }
        Ok(())
    }

    fn scalars(&self, _: u64, out: &mut Vec<f64>) {
        out.extend([self.factors.0, self.factors.1, self.lengths.0, self.lengths.1]);
    }

    fn update<'g, T: Element>(
        (): (),
        w: Var<'g, T>,
        g: Var<'g, T>,
        state: &mut [Var<'g, T>],
        scalars: &[Var<'g, T>],
    ) -> Var<'g, T> {
        let &[shrink, grow, smallest, largest] = scalars else {
            unreachable!("scalars() pushes four numbers");
        };
        // Of the signs, not of the gradients, whose product may be too small for a number; so signs are what is kept.
        let sign = g.sign();
        let agreement = state[0] * sign;
        let changed = agreement.lt(0.0);
        let factor = changed.where_(shrink, agreement.gt(0.0).where_(grow, 1.0));
        let length = (state[1] * factor).max(smallest).min(largest);
        state[0] = changed.where_(0.0, sign);
        state[1] = length;
        w - length * state[0]
    }

    learning_rate!();
    numbers! {
        "lr": lr, "shrink": factors.0, "grow": factors.1, "smallest": lengths.0, "largest": lengths.1,
    }
}
