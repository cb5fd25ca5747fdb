//! Neural networks as plain data on the `autograd` engine.

#![forbid(unsafe_code)]

mod activation;
pub mod data;
mod forward;
mod init;
mod linear;
mod loss;
pub mod metrics;
mod mlp;
mod module;
mod optim;
mod random;

pub use activation::Activation::{self, *};
pub use forward::{Forward, Layer, Sequential};
pub use init::Init;
pub use linear::Linear;
pub use loss::{CrossEntropy, Reduction, bce_with_logits, cross_entropy, mse};
pub use mlp::Mlp;
pub use module::{Kind, Model, Module, Place};
pub use optim::{Adam, AdamRule, AdamW, AdamWRule, AnyRule, Optimizer, Rule, Sgd, SgdRule, StepError};
pub use random::{Rng, rng};

/// The names that most programs need: `use nn::prelude::*;`. Includes those of `autograd`.
pub mod prelude {
    pub use autograd::prelude::*;

    pub use crate::data::{Dataset, Labels};
    pub use crate::{
        Activation, Adam, AdamW, Forward, Layer, Linear, Mlp, Model, Module, Sequential, Sgd, StepError,
        bce_with_logits, cross_entropy, module, mse,
    };
}

/// The code blocks of README.md are tests.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
struct Readme;
