//! Losses: how far predictions are from what was wanted, as one number.
//!
//! Each is a short function that takes the mean, and a struct of its options with the method `forward`:
//!
//! ```
//! use nn::losses::{Huber, Reduction, huber};
//! use nn::prelude::*;
//! let g = Graph::new();
//! let (prediction, target) = (g.constant([[0.5], [9.0]]), g.constant([[0.0], [0.0]]));
//! let mean = huber(prediction, target);
//! let sum = Huber { delta: 2.0, reduction: Reduction::Sum }.forward(prediction, target);
//! assert_eq!((mean.item(), sum.item()), (4.3125, 16.125));
//! ```
//!
//! | what is predicted | loss |
//! |---|---|
//! | numbers | [`mse`], [`half_sum_of_squares`] |
//! | numbers, some far off | [`mae`], [`huber`], [`smooth_l1`], [`log_cosh`] |
//! | numbers with their uncertainty; counts | [`gaussian_nll`]; [`poisson_nll`] |
//! | one of several classes | [`cross_entropy`], [`nll`], [`multi_margin`] |
//! | a distribution over classes | [`soft_cross_entropy`], [`kl_div`] |
//! | yes or no, also several at once | [`bce_with_logits`], [`multilabel_bce_with_logits`], [`bce`], [`focal`] |
//! | -1 or 1 | [`hinge`], [`squared_hinge`], [`perceptron_criterion`] |
//! | vectors that are near or far from each other | [`cosine_embedding`], [`contrastive`], [`triplet`] |
//!
//! Where a loss is one number per element, predictions and targets have one shape, whatever it is. Where it is one number
//! per row, the rows of losses are a column `[batch, 1]`. All are made of operations of the graph, so they have gradients of
//! every order, and the engine makes one kernel of most of them. [`zero_one`] is a plain number, as it has no useful slope.
//!
//! # Weights
//!
//! `forward_weighted` takes one more argument: a weight for each loss, or with extent 1 where several share one, such as
//! `[batch, 1]`. The mean is then Σ weight · loss / Σ weight, so weights need no scale; the sum is Σ weight · loss.

/// Writes `forward` and `forward_weighted` of a loss from its formula, the method `each`.
macro_rules! forward {
    ($(#[$doc:meta])* $name:ident: $Loss:ident($($argument:ident: $Type:ty),+)) => {
        impl $Loss {
            $(#[$doc])*
            #[track_caller]
            pub fn forward<'g, T: Element>(&self, $($argument: $Type),+) -> Var<'g, T> {
                self.reduction.apply(Losses::from(self.each($($argument),+)))
            }

            /// As [`forward`](Self::forward), with [weights](crate::losses#weights).
            ///
            /// # Panics
            /// As `forward`, and if the weights do not have the shape of the losses, or extent 1 where several share one.
            #[track_caller]
            pub fn forward_weighted<'g, T: Element>(
                &self,
                $($argument: $Type,)+
                weights: Var<'g, T>,
            ) -> Var<'g, T> {
                let losses = Losses::from(self.each($($argument),+));
                self.reduction.apply(losses.weighted(stringify!($name), weights))
            }
        }
    };
}

mod binary;
mod checks;
mod cross_entropy;
mod embedding;
mod focal;
mod kl_div;
mod labelled;
mod likelihood;
mod margin;
mod multi_margin;
mod nll;
mod reduction;
mod robust;
mod squares;
mod zero_one;

pub use binary::{Bce, BceWithLogits, bce, bce_with_logits, multilabel_bce_with_logits};
pub use cross_entropy::{CrossEntropy, cross_entropy, soft_cross_entropy};
pub use embedding::{Contrastive, CosineEmbedding, Triplet, contrastive, cosine_embedding, triplet};
pub use focal::{Focal, focal};
pub use kl_div::{KlDiv, kl_div};
pub use likelihood::{GaussianNll, PoissonNll, gaussian_nll, poisson_nll};
pub use margin::{Hinge, PerceptronCriterion, hinge, perceptron_criterion, squared_hinge};
pub use multi_margin::{MultiMargin, multi_margin};
pub use nll::{Nll, nll};
pub use reduction::Reduction;
pub use robust::{Huber, LogCosh, Mae, SmoothL1, huber, log_cosh, mae, smooth_l1};
pub use squares::{HalfSquares, Mse, half_sum_of_squares, mse};
pub use zero_one::zero_one;
