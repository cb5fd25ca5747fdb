//! `Model`: what every module of tensors can do.

use autograd::diagnose::{Birth, GradientFlow};
use autograd::{Cost, Element, Graph, Tensor, Var};

use super::{Kind, Module, Place, inspect};
use crate::optim::{StepError, gradients};

/// A module of tensors: every [`Module<Tensor<T>>`](Module) is one.
///
/// A loss or a prediction is written in place, as a closure of the graph and the model on it:
/// `|g, net| net.forward(g.constant(&x))`.
pub trait Model<T: Element = f32>: Module<Tensor<T>, With<Tensor<T>> = Self> + Sized {
    /// This model on a graph, as constants: no gradient flows into it.
    ///
    /// ```
    /// use nn::prelude::*;
    /// let net = Linear::new(2, 3, &mut nn::rng(1));
    /// let g = Graph::new();
    /// let y = net.on(&g).forward(g.constant([[1.0, 2.0]]));
    /// assert_eq!(y.shape(), [1, 3]);
    /// ```
    fn on<'g>(&self, graph: &'g Graph<T>) -> Self::With<Var<'g, T>> {
        self.map_params(&mut |tensor| graph.constant(tensor))
    }

    /// This model on a graph, its parameters as variables that gradients are wanted for, its
    /// states as constants: for loops that are written by hand.
    fn variables_on<'g>(&self, graph: &'g Graph<T>) -> Self::With<Var<'g, T>> {
        self.map_at(&Place::ROOT, &mut |place, tensor| match place.kind() {
            Kind::Param => graph.var(tensor),
            Kind::State => graph.constant(tensor),
        })
    }

    /// The same, each parameter named by its place, as `hidden.weight`: for explanations and pictures, which fold by these names. Names take
    /// time that a training step does not spend.
    ///
    /// ```
    /// use nn::prelude::*;
    /// let net = Mlp::new(&[2, 3, 1], nn::Tanh, &mut nn::rng(1));
    /// let g = Graph::new();
    /// let loss = net.named_on(&g).forward(g.constant([[1.0, 2.0]])).square().sum();
    /// assert!(loss.draw().fold(true).to_mermaid().contains("layers.0"));
    /// ```
    fn named_on<'g>(&self, graph: &'g Graph<T>) -> Self::With<Var<'g, T>> {
        self.map_at(&Place::ROOT, &mut |place, tensor| {
            let var = match place.kind() {
                Kind::Param => graph.var(tensor),
                Kind::State => graph.constant(tensor),
            };
            var.named(&place.to_string())
        })
    }

    /// The value of an expression of this model: no gradients, inference mode.
    ///
    /// ```
    /// use nn::prelude::*;
    /// let net = Linear::new(2, 3, &mut nn::rng(1));
    /// let p = net.predict(|g, net| net.forward(g.constant([[1.0, 2.0]])).softmax(-1));
    /// assert_eq!(p.shape(), [1, 3]);
    /// ```
    #[track_caller]
    fn predict(
        &self,
        f: impl for<'g> FnOnce(&'g Graph<T>, Self::With<Var<'g, T>>) -> Var<'g, T>,
    ) -> Tensor<T> {
        let graph = Graph::default();
        graph.inference();
        let on_graph = self.on(&graph);
        f(&graph, on_graph).value()
    }

    /// A loss and its gradient, which has the form of the model (zero for states). The graph is in
    /// training mode, its seed 0.
    ///
    /// # Errors
    /// [`StepError::NoGradient`] for a parameter that the loss does not depend on, and
    /// [`StepError::NotFinite`] for a loss that is NaN or infinite.
    ///
    /// # Panics
    /// If the loss is not a single number.
    ///
    /// ```
    /// use nn::prelude::*;
    /// let net = Linear::new(2, 1, &mut nn::rng(1));
    /// let (_, grads) = net.value_and_grad(|g, net| net.forward(g.constant([[3.0, 4.0]])).sum())?;
    /// assert_eq!(grads.weight.data(), [3.0, 4.0]);
    /// # Ok::<(), nn::StepError>(())
    /// ```
    #[track_caller]
    fn value_and_grad(
        &self,
        loss: impl for<'g> FnOnce(&'g Graph<T>, Self::With<Var<'g, T>>) -> Var<'g, T>,
    ) -> Result<(T, Self), StepError> {
        let graph = Graph::default();
        graph.training();
        let mut variables = Vec::new();
        let on_graph = self.map_at(&Place::ROOT, &mut |place, tensor| match place.kind() {
            Kind::Param => {
                let variable = graph.var(tensor);
                variables.push(variable);
                variable
            }
            Kind::State => graph.constant(tensor),
        });
        let loss = loss(&graph, on_graph);
        let (value, found) = gradients(self, loss, &variables)?;
        let mut found = found.into_iter();
        let gradient = self.map_at(&Place::ROOT, &mut |place, tensor| match place.kind() {
            Kind::Param => found.next().expect("one gradient per parameter"),
            Kind::State => Tensor::zeros(tensor.shape()),
        });
        Ok((value, gradient))
    }

    /// What a loss of this model and its gradients cost, by module: FLOPs and bytes, forward beside backward. Nothing
    /// is computed.
    ///
    /// ```
    /// use nn::prelude::*;
    /// let net = Mlp::new(&[784, 15, 10], nn::Sigmoid, &mut nn::rng(1));
    /// let cost = net.cost(|g, net| net.forward(g.constant(Tensor::zeros([1, 784]))).square().mean());
    /// assert_eq!((cost.forward().product_flops, cost.backward().product_flops), (23_820, 24_120));
    /// println!("{cost}"); // a table with a line for layers.0 and one for layers.1
    /// ```
    #[track_caller]
    fn cost(&self, loss: impl for<'g> FnOnce(&'g Graph<T>, Self::With<Var<'g, T>>) -> Var<'g, T>) -> Cost {
        inspect::report(self, loss, |loss| loss.cost())
    }

    /// Which parameters the gradient of a loss reaches, and where it is lost on the way to the others: `detach`, an
    /// operation without derivative, dead units.
    ///
    /// ```
    /// use nn::prelude::*;
    /// let net = (Linear::new(2, 3, &mut nn::rng(1)), Linear::new(3, 1, &mut nn::rng(2)));
    /// let flow = net.gradient_flow(|g, (a, b)| b.forward(a.forward(g.constant([[1.0, 2.0]])).detach()).sum());
    /// let lost: Vec<_> = flow.lost().map(|lost| lost.name.clone().unwrap()).collect();
    /// assert_eq!(lost, ["0.weight", "0.bias"]);
    /// println!("{flow}"); // … "0.weight" of shape [3, 2]: the path is cut by detach at …
    /// ```
    #[track_caller]
    fn gradient_flow(
        &self,
        loss: impl for<'g> FnOnce(&'g Graph<T>, Self::With<Var<'g, T>>) -> Var<'g, T>,
    ) -> GradientFlow {
        inspect::report(self, loss, |loss| loss.gradient_flow())
    }

    /// Where the first infinity or NaN of a loss, or else of its gradients, was born; `None` if all is finite.
    ///
    /// ```
    /// use nn::prelude::*;
    /// let net: Linear = Linear { weight: Tensor::from([[0.0, 1.0]]), bias: None };
    /// let birth = net.find_nan(|_, net| net.weight.ln().sum()).unwrap();
    /// assert_eq!((birth.op.as_str(), &birth.index[..]), ("ln", &[0, 0][..]));
    /// ```
    #[track_caller]
    fn find_nan(
        &self,
        loss: impl for<'g> FnOnce(&'g Graph<T>, Self::With<Var<'g, T>>) -> Var<'g, T>,
    ) -> Option<Birth> {
        inspect::report(self, loss, |loss| loss.find_nan())
    }

    /// `f` of the tensors of two models of the same form, pair by pair: adds up gradients.
    ///
    /// ```
    /// use nn::prelude::*;
    /// let net = Linear::new(2, 1, &mut nn::rng(1));
    /// let twice = net.zip_params(&net, |a, b| Tensor::from_fn(a.shape(), |i| a.data()[i] + b.data()[i]));
    /// assert_eq!(twice.weight.data()[0], 2.0 * net.weight.data()[0]);
    /// ```
    ///
    /// # Panics
    /// If the other model has fewer tensors.
    #[track_caller]
    fn zip_params(&self, other: &Self, mut f: impl FnMut(&Tensor<T>, &Tensor<T>) -> Tensor<T>) -> Self {
        let mut others = Vec::new();
        other.visit(&mut |_, tensor| others.push(tensor));
        let mut count = 0;
        self.visit(&mut |_, _| count += 1);
        assert!(
            count == others.len(),
            "zip_params: the models have {count} and {} tensors: take two of the same form",
            others.len()
        );
        let mut others = others.into_iter();
        self.map_params(&mut |tensor| f(tensor, others.next().expect("counted")))
    }

    /// This model in another number type, as for checking in double precision.
    ///
    /// ```
    /// use nn::prelude::*;
    /// let net: Linear<Tensor<f64>> = Linear::new(2, 1, &mut nn::rng(1)).cast();
    /// assert_eq!(net.bias.unwrap().data(), [0.0_f64]);
    /// ```
    fn cast<U: Element>(&self) -> Self::With<Tensor<U>> {
        self.map_params::<Tensor<U>>(&mut |tensor| tensor.cast())
    }

    /// How many numbers are learned.
    fn parameter_count(&self) -> usize {
        let mut count = 0;
        self.visit(&mut |place, tensor| {
            if place.kind() == Kind::Param {
                count += tensor.count();
            }
        });
        count
    }
}

impl<T: Element, M: Module<Tensor<T>, With<Tensor<T>> = M>> Model<T> for M {}
