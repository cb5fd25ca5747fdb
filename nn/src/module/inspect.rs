//! A model on a graph under the names of its parameters, for reports.

use autograd::{Element, Graph, Var};

use super::{Kind, Model, Place};

/// The names of all parameters and states, in the order in which a step puts them on its graph.
pub(crate) fn names<T: Element, M: Model<T>>(model: &M) -> Vec<String> {
    let mut names = Vec::new();
    model.visit(&mut |place, _| names.push(place.to_string()));
    names
}

/// What `report` says of a loss of this model, on a graph in training mode where parameters have their names.
#[track_caller]
pub(super) fn report<T: Element, M: Model<T>, R>(
    model: &M,
    loss: impl for<'g> FnOnce(&'g Graph<T>, M::With<Var<'g, T>>) -> Var<'g, T>,
    report: impl FnOnce(Var<'_, T>) -> R,
) -> R {
    let graph = Graph::default();
    graph.training();
    let on_graph = model.map_at(&Place::ROOT, &mut |place, tensor| match place.kind() {
        Kind::Param => graph.var(tensor).named(&place.to_string()),
        Kind::State => graph.constant(tensor).named(&place.to_string()),
    });
    report(loss(&graph, on_graph))
}
