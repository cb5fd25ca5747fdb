//! Single neurons with their own learning rules, in plain loops: perceptron, Adaline, logistic unit.
//!
//! All three add up weighted inputs, z = w · x + b, and learn by one rule: for an example x with target t and output y,
//!
//! ```text
//! w ← w + lr · (t - y) · x        b ← b + lr · (t - y)
//! ```
//!
//! They differ in what y is: the sign or the step of z ([`Perceptron`], Rosenblatt 1958), z itself ([`Adaline`], Widrow and
//! Hoff 1960), or the sigmoid of z ([`LogisticUnit`]). A unit is plain data, weights and bias, and a
//! [`Module`](crate::Module) too: on a graph the engine finds the same gradient as the rule.
//!
//! ```
//! use nn::units::{Examples, Perceptron, Threshold};
//!
//! let and = Examples::new([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]], [0.0, 0.0, 0.0, 1.0])?;
//! let mut unit = Perceptron::new(2, Threshold::Step { at_zero: 0.0 });
//! let fit = unit.fit(&and, 1.0, 100)?;
//! assert!(fit.converged);
//! println!("{fit}"); // converged: no mistake in epoch 6, after 10 updates
//! # assert_eq!(fit.to_string(), "converged: no mistake in epoch 6, after 10 updates");
//! # Ok::<(), nn::units::UnitError>(())
//! ```

mod adaline;
mod builder;
mod descent;
mod error;
mod examples;
mod logistic;
mod perceptron;
mod unit;

pub use adaline::Adaline;
pub use builder::UnitBuilder;
pub use descent::{Course, Descent, Outcome, Updates};
pub use error::UnitError;
pub use examples::{Coding, Examples};
pub use logistic::LogisticUnit;
pub use perceptron::{Perceptron, PerceptronFit, Threshold};
pub use unit::Unit;
