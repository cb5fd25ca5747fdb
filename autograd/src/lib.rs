//! Reverse-mode automatic differentiation.

mod buffer;
mod element;
mod exec;
pub mod number;
pub mod ops;
mod tensor;

pub use buffer::{clear_pool, pooled_bytes};
pub use element::Element;
pub use ops::{Shape, ShapeError};
pub use tensor::{IntoTensor, Tensor, TensorError};
