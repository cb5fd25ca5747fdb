//! Training as a whole: when to stop, what to keep, how to go on after an interruption, and a [`Trainer`] that puts these
//! together.
//!
//! The loop of a few lines stays the first choice where it is enough, and all parts are plain values that fit into it:
//! stopping rules ([`Stop`]), the best weights ([`Best`]), the numbers of each epoch ([`History`]), files to go on from
//! ([`Checkpoint`]). A trainer takes model and optimiser for as long as it trains, so one can go back to the loop at any
//! time.
//!
//! ```
//! use nn::prelude::*;
//! use nn::train::{Best, EarlyStopping, Seen, Stop, epoch_rng};
//! # let (train, held_out) = (nn::data::moons(60, 0.1, &mut nn::rng(1)), nn::data::moons(40, 0.1, &mut nn::rng(2)));
//!
//! let mut net = Mlp::new(&[2, 8, 2], nn::Tanh, &mut nn::rng(1));
//! let mut adam = Adam::new(0.02);
//! let (mut stop, mut best) = (EarlyStopping::new(3), Best::new());
//! for epoch in 0..30 {
//!     let mut loss = 0.0;
//!     for (x, labels) in train.batches(20, &mut epoch_rng(7, epoch)) {
//!         loss = adam.step(&mut net, |g, net| cross_entropy(net.forward(g.constant(&x)), &labels))?;
//!     }
//!     let judged = net.predict(|g, net| cross_entropy(net.forward(g.constant(held_out.x())), held_out.labels()));
//!     best.observe(judged.item().into(), &net);
//!     if let Some(reason) = stop.observe(&Seen::new(epoch + 1, loss.into()).watching(judged.item().into())) {
//!         println!("{reason}");
//!         break;
//!     }
//! }
//! best.restore(&mut net);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

#[cfg(feature = "progress")]
mod bar;
mod best;
mod builder;
#[cfg(feature = "safetensors")]
mod checkpoint;
#[cfg(feature = "safetensors")]
mod checkpoint_error;
mod course;
mod epoch;
mod error;
mod evaluate;
mod events;
mod history;
mod options;
mod order;
mod reason;
#[cfg(feature = "safetensors")]
mod resume;
mod rules;
mod stop;
mod trainer;

pub use best::Best;
pub use builder::{Goal, TrainerBuilder};
#[cfg(feature = "safetensors")]
pub use checkpoint::Checkpoint;
#[cfg(feature = "safetensors")]
pub use checkpoint_error::CheckpointError;
pub use error::TrainError;
pub use events::{EpochEvent, StepEvent};
pub use history::{History, HistoryError};
pub use order::epoch_rng;
pub use reason::Reason;
pub use rules::{EarlyStopping, Epochs, LossBelow, SmallChange, SmallGradient};
pub use stop::{Or, Seen, Stop};
pub use trainer::Trainer;
