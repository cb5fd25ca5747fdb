//! What was recorded: nodes, data of leaves, and what a request looks at. Knows neither who records nor who runs it.

mod cone;
mod hash;
mod key;
mod script;
mod store;

pub(crate) use cone::Cone;
pub(crate) use hash::Mixer;
pub use key::Key;
pub(crate) use script::Script;
pub(crate) use store::{Inputs, Mark, Node, Store, Visit};
