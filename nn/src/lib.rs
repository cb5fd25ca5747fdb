//! Neural networks as plain data on the `autograd` engine.
//!
//! A model is a struct that is generic over what a parameter is: `Net<Tensor>` is the model,
//! `Net<Var>` the model on a graph, and `Net<Tensor>` again its gradient. An optimiser's step
//! computes the loss, its gradient and the new parameters as one plan, made once.
//!
//! ```
//! use nn::prelude::*;
//!
//! pub struct Net<P = Tensor> { hidden: Linear<P>, out: Linear<P> }
//! module!(Net { child hidden, child out });
//!
//! impl<'g> Net<Var<'g>> {
//!     fn forward(&self, x: Var<'g>) -> Var<'g> { self.out.forward(self.hidden.forward(x).relu()) }
//! }
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let train = Dataset::new(Tensor::from_fn([96, 784], |i| (i % 7) as f32 / 7.0), Labels::new((0..96).map(|i| i % 10), 10)?)?;
//! let mut rng = nn::rng(7);
//! let mut net = Net { hidden: Linear::new(784, 128, &mut rng), out: Linear::new(128, 10, &mut rng) };
//! let mut adam = Adam::new(1e-3);
//! for (x, labels) in train.batches(64, &mut rng) {
//!     let loss = adam.step(&mut net, |g, net| cross_entropy(net.forward(g.constant(&x)), &labels))?;
//! #   assert!(loss.is_finite());
//! }
//!
//! // In use: no gradients, and layers behave as in use.
//! # let (x, labels) = train.in_order(8).next().ok_or("no batch")?;
//! let p = net.predict(|g, net| net.forward(g.constant(&x)).softmax(-1));
//! # assert_eq!(p.shape(), [8, 10]);
//!
//! // Other values of the same step, as tensors; computed in the same plan.
//! let (loss, [logits]) = adam.step_with(&mut net, |g, net| {
//!     let logits = net.forward(g.constant(&x));
//!     (cross_entropy(logits, &labels), [logits])
//! })?;
//! # assert_eq!((loss.is_finite(), logits.shape()), (true, [8, 10].into()));
//!
//! // Gradients by hand, to accumulate or to clip: they have the form of the model.
//! let (loss, mut grads) = net.value_and_grad(|g, net| cross_entropy(net.forward(g.constant(&x)), &labels))?;
//! let norm = nn::clip_norm(&mut grads, 1.0)?;
//! adam.apply(&mut net, &grads)?;
//! # assert!(loss.is_finite() && norm > 0.0);
//!
//! // Another model in a loss, as constants; two that are trained together are a tuple.
//! let generator = Linear::new(3, 784, &mut rng);
//! let z = Tensor::from([[0.1, -0.2, 0.3]]);
//! adam.step(&mut net, |g, net| {
//!     let fake = generator.on(g).forward(g.constant(&z));
//!     net.forward(fake).square().mean()
//! })?;
//! # Ok(())
//! # }
//! ```
//!
//! What can be used beside it: layers ([`Linear`], [`Mlp`], [`Sequential`], [`Activation`], [`Dropout`], [`BatchNorm`] and
//! others) with first weights ([`Init`]) and a [`summary`](Summarize::summary), single neurons with their own rules
//! ([`units`]), losses ([`losses`]: [`mse`], [`cross_entropy`], [`bce_with_logits`] and twenty more), optimisers ([`Sgd`],
//! [`Adam`], [`AdamW`] and eight more, [`Lbfgs`], or a [`Rule`] of one's own) with [`schedules`], data sets, their files,
//! splits and scales ([`data`]), models in files ([`io`]), measures of what a model predicts ([`metrics`]), a trainer with
//! stopping rules, history and checkpoints ([`train`]), and the seeded generator that everything random takes ([`rng`]). The
//! [`tour`] shows them at work.

#![forbid(unsafe_code)]

mod check;
mod config;
pub mod data;
mod init;
pub mod io;
mod layers;
pub mod losses;
pub mod metrics;
mod module;
mod optim;
#[cfg(feature = "plot")]
pub mod plot;
mod random;
pub mod schedules;
mod summary;
pub mod tour;
pub mod train;
pub mod units;

pub use config::ConfigError;
pub use init::{Draw, Fan, Init};
pub use layers::Activation::{self, *};
pub use layers::{
    BatchNorm, BatchNormBuilder, Dropout, Embedding, EmbeddingBuilder, Flatten, Forward, Layer, LayerNorm,
    LayerNormBuilder, Linear, LinearBuilder, Mlp, MlpBuilder, PRelu, Residual, RmsNorm, RmsNormBuilder,
    Sequential,
};
pub use losses::{CrossEntropy, Huber, Reduction, bce, bce_with_logits, cross_entropy, huber, mae, mse};
pub use module::{Kind, Model, Module, Place};
pub use optim::{
    Accumulate, AdaMax, AdaMaxRule, Adadelta, AdadeltaRule, Adagrad, AdagradRule, Adam, AdamRule, AdamW,
    AdamWRule, AnyRule, Clip, Decay, Ema, EmaStart, End, Lbfgs, LbfgsRule, Lion, LionRule, Minimised, Nadam,
    NadamRule, Optimizer, OptimizerState, RAdam, RAdamRule, RmsProp, RmsPropRule, Rprop, RpropRule, Rule,
    Sgd, SgdRule, StepError, clip_norm, clip_value,
};
pub use random::{Rng, rng};
pub use schedules::Schedule;
pub use summary::{ParameterRow, Parameters, Summarize, Summary, SummaryRow, Trace};

/// The names that most programs need: `use nn::prelude::*;`. Includes those of `autograd`.
pub mod prelude {
    pub use autograd::prelude::*;

    pub use crate::data::{Dataset, Labels, Recipe, Standardize};
    pub use crate::schedules::Finite;
    pub use crate::train::{EarlyStopping, Trainer};
    pub use crate::{
        Activation, Adagrad, Adam, AdamW, BatchNorm, ConfigError, Dropout, Ema, Embedding, Flatten, Forward,
        Init, Layer, LayerNorm, Lbfgs, Linear, Mlp, Model, Module, Nadam, PRelu, Residual, RmsNorm, RmsProp,
        Schedule, Sequential, Sgd, StepError, Summarize, bce_with_logits, cross_entropy, huber, mae, module,
        mse,
    };
}

/// The code blocks of README.md are tests.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
struct Readme;
