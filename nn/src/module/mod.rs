//! `Module`: a model is plain data, generic over what a parameter is.

mod containers;
pub(crate) mod inspect;
mod macros;
mod model;
mod place;

pub use model::Model;
pub use place::{Kind, Place};

/// Something with parameters of type `P`, in a fixed order.
///
/// `Net<Tensor>` is a model, `Net<Var>` the model on a graph, and `Net<Tensor>` again its gradient:
/// [`With`](Module::With) is the same structure over another kind of parameter. Write it with
/// [`module!`](crate::module!); vectors, options, boxes, arrays and tuples of modules are modules,
/// and so are layers without parameters.
///
/// All methods meet parameters in the same order, and hand over the [`Place`] of each, whose name
/// (`hidden.weight`) is put together only when it is asked for.
///
/// ```
/// use nn::prelude::*;
///
/// let net = (Linear::new(2, 3, &mut nn::rng(1)), Linear::new(3, 1, &mut nn::rng(2)));
/// let mut names = Vec::new();
/// net.visit(&mut |place, tensor| names.push(format!("{place} {}", tensor.shape())));
/// assert_eq!(names, ["0.weight [3, 2]", "0.bias [3]", "1.weight [1, 3]", "1.bias [1]"]);
/// ```
pub trait Module<P> {
    /// The same structure with parameters of type `Q`.
    type With<Q>;

    /// The same structure with `f` of every parameter and state; the module itself stands at `at`.
    fn map_at<Q>(&self, at: &Place<'_>, f: &mut dyn FnMut(&Place<'_>, &P) -> Q) -> Self::With<Q>;

    /// Shows every parameter and state to `f`; the module itself stands at `at`.
    fn visit_at<'a>(&'a self, at: &Place<'_>, f: &mut dyn FnMut(&Place<'_>, &'a P))
    where
        P: 'a;

    /// Hands every parameter and state to `f`, to be changed; the module itself stands at `at`.
    fn visit_mut_at<'a>(&'a mut self, at: &Place<'_>, f: &mut dyn FnMut(&Place<'_>, &'a mut P))
    where
        P: 'a;

    /// The same structure with `f` of every parameter and state.
    ///
    /// ```
    /// use nn::prelude::*;
    /// let net = Linear::new(2, 3, &mut nn::rng(1));
    /// let zeros: Linear = net.map_params(&mut |tensor| Tensor::zeros(tensor.shape()));
    /// assert_eq!(zeros.weight.data(), [0.0; 6]);
    /// ```
    fn map_params<Q>(&self, f: &mut dyn FnMut(&P) -> Q) -> Self::With<Q> {
        self.map_at(&Place::ROOT, &mut |_, p| f(p))
    }

    /// Shows every parameter and state, with its place, to `f`.
    fn visit<'a>(&'a self, f: &mut dyn FnMut(&Place<'_>, &'a P))
    where
        P: 'a,
    {
        self.visit_at(&Place::ROOT, f);
    }

    /// Hands every parameter and state, with its place, to `f`, to be changed.
    ///
    /// ```
    /// use nn::prelude::*;
    /// let mut net = Linear::new(2, 1, &mut nn::rng(1));
    /// net.visit_mut(&mut |place, tensor| {
    ///     if place.to_string() == "bias" {
    ///         *tensor = Tensor::full(tensor.shape(), 0.5);
    ///     }
    /// });
    /// assert_eq!(net.bias.unwrap().data(), [0.5]);
    /// ```
    fn visit_mut<'a>(&'a mut self, f: &mut dyn FnMut(&Place<'_>, &'a mut P))
    where
        P: 'a,
    {
        self.visit_mut_at(&Place::ROOT, f);
    }
}
