//! Ready pictures of what training and teaching show. Each gives a chart, on which more can be drawn.

mod bars;
mod classifier;
mod confusion;
mod curves;
mod images;
mod plane;
mod regions;
mod surface;

pub use bars::{bars, gradient_bars, histogram};
pub use classifier::{reliability, roc};
pub use confusion::confusion;
pub use curves::{function_with_derivative, gradient_norms, learning_curves, regression, schedule};
pub use images::{Images, weight_images};
pub use plane::{contour_map, path};
pub use regions::{DecisionRegions, class_points};
pub use surface::{Surface, surface};
