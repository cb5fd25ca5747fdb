//! Layers: what maps one tensor to another, with parameters or without.

mod activation;
mod batch_norm;
mod dropout;
mod embedding;
mod flatten;
mod forward;
mod layer;
mod layer_norm;
mod linear;
mod mlp;
mod mlp_builder;
mod prelu;
mod residual;
mod rms_norm;
mod sequential;

pub use activation::Activation;
pub use batch_norm::{BatchNorm, BatchNormBuilder};
pub use dropout::Dropout;
pub use embedding::{Embedding, EmbeddingBuilder};
pub use flatten::Flatten;
pub use forward::Forward;
pub use layer::Layer;
pub use layer_norm::{LayerNorm, LayerNormBuilder};
pub use linear::{Linear, LinearBuilder};
pub use mlp::Mlp;
pub use mlp_builder::MlpBuilder;
pub use prelu::PRelu;
pub use residual::Residual;
pub use rms_norm::{RmsNorm, RmsNormBuilder};
pub use sequential::Sequential;

use autograd::{Element, Graph, Mode};

/// Whether the graph trains, for a layer that behaves differently in use.
#[track_caller]
fn trains<T: Element>(layer: &str, graph: &Graph<T>) -> bool {
    match graph.mode() {
        Some(mode) => mode == Mode::Training,
        None => panic!(
            "{layer}: it behaves differently in training and in use, and this graph was said to be for neither: \
             call training() or inference() on it first (an optimiser's step trains, predict infers)"
        ),
    }
}
