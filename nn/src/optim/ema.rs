//! `Ema`: a running mean of a model's weights.

use autograd::{Element, Graph, Tensor};

use super::binding::other_form;
use super::{StepError, check};
use crate::config::ConfigError;
use crate::module::{Kind, Model};

/// The exponential moving average of a model's parameters: average ← decay · average + (1 - decay) · model.
///
/// The average is often better than the last model (Polyak, Juditsky 1992; this form: Tarvainen, Valpola 2017,
/// arXiv 1703.01780). It begins as a copy of the first model that it is shown; states such as running
/// means are copied, not averaged.
///
/// ```
/// use nn::prelude::*;
/// let mut net: Linear = Linear { weight: Tensor::from([[8.0]]), bias: None };
/// let (mut sgd, mut ema) = (Sgd::new(0.25), nn::Ema::new(0.5));
/// for _ in 0..3 {
///     sgd.step(&mut net, |_, net| net.weight.square().sum())?;
///     ema.update(&net)?;
/// }
/// // The weights were 4, 2 and 1.
/// assert_eq!(ema.model().weight.item(), 0.5 * (0.5 * 4.0 + 0.5 * 2.0) + 0.5 * 1.0);
/// # Ok::<(), nn::StepError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Ema<M> {
    /// The share of the average that an update keeps.
    pub decay: f64,
    /// What the first updates keep.
    pub start: EmaStart,
    average: Option<M>,
    updates: u64,
}

/// What the first updates of an [`Ema`] keep, t being the number of the update from 0.
///
/// ```
/// use nn::prelude::*;
/// use nn::EmaStart;
/// // The average of 0, which the first update copies, and 1: the share that the second does not keep.
/// let second = |start| {
///     let mut ema = Ema::new(0.9).start(start);
///     for weight in [0.0, 1.0] {
///         ema.update(&Linear { weight: Tensor::from([[weight]]), bias: None }).unwrap();
///     }
///     ema.model().weight.item()
/// };
/// for (start, kept) in [(EmaStart::Plain, 0.9), (EmaStart::WarmUp, 2.0 / 11.0), (EmaStart::Corrected, 9.0 / 19.0)] {
///     assert!((second(start) - (1.0 - kept)).abs() < 1e-6);
/// }
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum EmaStart {
    /// The decay, from the first model on, which so counts for long.
    #[default]
    Plain,
    /// min(decay, (1 + t) / (10 + t)): the average follows closely at first.
    WarmUp,
    /// decay · (1 - decayᵗ) / (1 - decayᵗ⁺¹): what a mean that starts at 0 is when its bias is taken out, as
    /// that of Adam is; the weights of all models so far are in proportion to their age from the first on.
    Corrected,
}

impl<M> Ema<M> {
    /// An average of which an update keeps this share, as in 0.999.
    ///
    /// # Panics
    /// If the share is not at least 0 and less than 1; what comes from outside goes through [`check`](Ema::check).
    #[track_caller]
    pub fn new(decay: f64) -> Ema<M> {
        check::expect(Ema::<M>::check(decay));
        Ema { decay, start: EmaStart::Plain, average: None, updates: 0 }
    }

    /// Whether an average can have this decay.
    ///
    /// # Errors
    /// If it is not at least 0 and less than 1.
    pub fn check(decay: f64) -> Result<(), ConfigError> {
        check::share("Ema", "decay", decay)
    }

    /// Sets what the first updates keep.
    #[must_use]
    pub fn start(self, start: EmaStart) -> Ema<M> {
        Ema { start, ..self }
    }

    /// Goes on from an average that was saved, and from how many updates had made it.
    ///
    /// ```
    /// use nn::prelude::*;
    /// let net = Linear::new(2, 1, &mut nn::rng(1));
    /// let mut ema = nn::Ema::new(0.9);
    /// ema.update(&net)?;
    /// let (saved, updates) = (ema.model().clone(), ema.updates());
    /// assert_eq!(nn::Ema::new(0.9).resume(saved, updates).model().weight, net.weight);
    /// # Ok::<(), nn::StepError>(())
    /// ```
    #[must_use]
    pub fn resume(self, average: M, updates: u64) -> Ema<M> {
        Ema { average: Some(average), updates, ..self }
    }

    /// Moves the average towards the model, or makes it a copy of the first.
    ///
    /// # Errors
    /// [`StepError::OtherModel`] if its tensors are not those of the first, in number and shape, and
    /// [`StepError::Config`] if the decay cannot be.
    pub fn update<T: Element>(&mut self, model: &M) -> Result<(), StepError>
    where
        M: Model<T>,
    {
        Ema::<M>::check(self.decay)?;
        let Some(average) = &mut self.average else {
            self.average = Some(model.map_params(&mut |tensor: &Tensor<T>| tensor.clone()));
            self.updates = 1;
            return Ok(());
        };
        if let Some(difference) = other_form(average, model) {
            return Err(StepError::OtherModel { difference });
        }
        let mut news = Vec::new();
        model.visit(&mut |_, tensor| news.push(tensor));
        let graph = Graph::default();
        let new_share = graph.number(1.0 - kept(self.start, self.decay, self.updates));
        let mut news = news.into_iter();
        average.visit_mut(&mut |place, tensor| {
            let new = news.next().expect("the forms are the same");
            *tensor = match place.kind() {
                Kind::State => new.clone(),
                Kind::Param => {
                    let old = graph.constant(&*tensor);
                    (old + new_share * (graph.constant(new) - old)).value()
                }
            };
        });
        self.updates += 1;
        Ok(())
    }

    /// The average.
    ///
    /// # Panics
    /// If there was no update yet.
    #[track_caller]
    pub fn model(&self) -> &M {
        match &self.average {
            Some(average) => average,
            None => panic!("Ema: there is no average yet: update() it with a model first"),
        }
    }

    /// How many updates there were.
    pub fn updates(&self) -> u64 {
        self.updates
    }
}

/// The share that update number `t`, from 0, keeps.
fn kept(start: EmaStart, decay: f64, t: u64) -> f64 {
    match start {
        EmaStart::Plain => decay,
        EmaStart::WarmUp => decay.min((1.0 + t as f64) / (10.0 + t as f64)),
        EmaStart::Corrected => {
            let power = decay.powf(t as f64);
            decay * (1.0 - power) / (1.0 - decay * power)
        }
    }
}
