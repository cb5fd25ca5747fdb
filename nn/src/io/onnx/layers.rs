//! How each layer writes itself as ONNX nodes.

use autograd::{Element, Tensor};

use super::{Attribute, OnnxError, OnnxGraph, Value, messages};
use crate::{Dropout, Embedding, Flatten, Layer, Linear, Mlp, Place, Residual, Sequential};

/// A model or layer that can be written as ONNX.
///
/// A model of one's own says in which order its parts are used, as its `forward` does:
///
/// ```
/// use nn::Place;
/// use nn::io::onnx::{self, OnnxError, OnnxGraph, ToOnnx, Value};
/// use nn::prelude::*;
///
/// struct Net<P = Tensor> { hidden: Linear<P>, out: Linear<P> }
/// module!(Net { child hidden, child out });
///
/// impl<'g> Net<Var<'g>> {
///     fn forward(&self, x: Var<'g>) -> Var<'g> { self.out.forward(self.hidden.forward(x).tanh()) * 0.5 }
/// }
///
/// impl ToOnnx for Net {
///     fn to_onnx(&self, x: &Value, at: &Place<'_>, graph: &mut OnnxGraph) -> Result<Value, OnnxError> {
///         let hidden = self.hidden.to_onnx(x, &at.field("hidden"), graph)?;
///         let out = self.out.to_onnx(&graph.node(at, "Tanh", &[&hidden], &[]), &at.field("out"), graph)?;
///         let half = graph.number::<f32>(0.5);
///         Ok(graph.node(at, "Mul", &[&out, &half], &[]))
///     }
/// }
///
/// let mut rng = nn::rng(1);
/// let net = Net { hidden: Linear::new(2, 8, &mut rng), out: Linear::new(8, 3, &mut rng) };
/// assert_eq!(
///     onnx::Export::new(&[2]).text(&net)?,
///     "input [batch, 2]
/// hidden/Gemm = Gemm(input, hidden.weight [8, 2], hidden.bias [8], transB = 1)
/// Tanh = Tanh(hidden/Gemm)
/// out/Gemm = Gemm(Tanh, out.weight [3, 8], out.bias [3], transB = 1)
/// output [batch, 3] = Mul(out/Gemm, number 0.5 [])
/// "
/// );
/// # Ok::<(), OnnxError>(())
/// ```
pub trait ToOnnx<T: Element = f32> {
    /// Writes the layer at `at`, applied to `x`, into the graph; gives its output.
    ///
    /// # Errors
    /// [`OnnxError::Unsupported`] and [`OnnxError::Shape`] with the name of the layer, [`OnnxError::Duplicate`].
    fn to_onnx(&self, x: &Value, at: &Place<'_>, graph: &mut OnnxGraph) -> Result<Value, OnnxError>;
}

impl<T: Element> ToOnnx<T> for Linear<Tensor<T>> {
    fn to_onnx(&self, x: &Value, at: &Place<'_>, graph: &mut OnnxGraph) -> Result<Value, OnnxError> {
        let &[outputs, inputs] = &self.weight.shape()[..] else {
            let why = format!("its weight has the shape {}, and [out, in] is needed", self.weight.shape());
            return Err(OnnxError::unsupported(at, "Linear", why));
        };
        let mut shape = x.shape().to_vec();
        match shape.last_mut() {
            Some(last) if *last == inputs => *last = outputs,
            _ => {
                return Err(OnnxError::shape(
                    at,
                    "Linear",
                    format!("{inputs} numbers in the last axis"),
                    x.shape(),
                ));
            }
        }
        let weight = graph.parameter(at.field("weight"), &self.weight)?;
        let bias = match &self.bias {
            Some(bias) => Some(graph.parameter(at.field("bias"), bias)?),
            None => None,
        };
        // Gemm takes matrices; with more axes the transposition is a node, which runtimes compute once.
        let y = if shape.len() == 1 {
            let inputs: Vec<&Value> = [x, &weight].into_iter().chain(&bias).collect();
            graph.node(at, "Gemm", &inputs, &[("transB", Attribute::Int(1))])
        } else {
            let transposed = graph.node(at, "Transpose", &[&weight], &[("perm", Attribute::Ints(&[1, 0]))]);
            let y = graph.node(at, "MatMul", &[x, &transposed], &[]);
            match &bias {
                Some(bias) => graph.node(at, "Add", &[&y, bias], &[]),
                None => y,
            }
        };
        Ok(y.of_shape(shape))
    }
}

impl<T: Element> ToOnnx<T> for Mlp<Tensor<T>> {
    fn to_onnx(&self, x: &Value, at: &Place<'_>, graph: &mut OnnxGraph) -> Result<Value, OnnxError> {
        let layers = at.field("layers");
        let mut y = x.clone();
        for (number, layer) in self.layers.iter().enumerate() {
            let place = layers.index(number);
            y = layer.to_onnx(&y, &place, graph)?;
            y = ToOnnx::<T>::to_onnx(&self.activation(number), &y, &place, graph)?;
        }
        Ok(y)
    }
}

impl<T: Element> ToOnnx<T> for Layer<Tensor<T>> {
    fn to_onnx(&self, x: &Value, at: &Place<'_>, graph: &mut OnnxGraph) -> Result<Value, OnnxError> {
        match self {
            Layer::Linear(layer) => layer.to_onnx(x, at, graph),
            Layer::Activation(layer) => ToOnnx::<T>::to_onnx(layer, x, at, graph),
            Layer::PRelu(layer) => layer.to_onnx(x, at, graph),
            Layer::Dropout(layer) => ToOnnx::<T>::to_onnx(layer, x, at, graph),
            Layer::BatchNorm(layer) => layer.to_onnx(x, at, graph),
            Layer::LayerNorm(layer) => layer.to_onnx(x, at, graph),
            Layer::RmsNorm(layer) => layer.to_onnx(x, at, graph),
            Layer::Flatten(layer) => ToOnnx::<T>::to_onnx(layer, x, at, graph),
            Layer::Residual(layer) => layer.to_onnx(x, at, graph),
        }
    }
}

/// The rows come as numbers of type `T`, as all inputs do, and are rounded towards 0: `[batch, ..]` gives `[batch, .., dim]`.
///
/// ```
/// use nn::io::onnx::Export;
/// use nn::prelude::*;
/// let table = Embedding::new(7, 3, &mut nn::rng(1));
/// assert_eq!(
///     Export::new(&[4]).names("words", "rows").text(&table)?, // four words in each row of a batch
///     "words [batch, 4]
/// Cast = Cast(words, to = 7)
/// rows [batch, 4, 3] = Gather(weight [7, 3], Cast, axis = 0)
/// "
/// );
/// # Ok::<(), nn::io::onnx::OnnxError>(())
/// ```
impl<T: Element> ToOnnx<T> for Embedding<Tensor<T>> {
    fn to_onnx(&self, x: &Value, at: &Place<'_>, graph: &mut OnnxGraph) -> Result<Value, OnnxError> {
        let &[_, dim] = &self.weight.shape()[..] else {
            let why = format!("its weight has the shape {}, and [rows, dim] is needed", self.weight.shape());
            return Err(OnnxError::unsupported(at, "Embedding", why));
        };
        let weight = graph.parameter(at.field("weight"), &self.weight)?;
        let whole = Attribute::Int(messages::number::INT64.into());
        let rows = graph.node(at, "Cast", &[x], &[("to", whole)]);
        let found = graph.node(at, "Gather", &[&weight, &rows], &[("axis", Attribute::Int(0))]);
        Ok(found.of_shape([x.shape(), &[dim]].concat()))
    }
}

/// As in use: nothing is left out.
impl<T: Element> ToOnnx<T> for Dropout {
    fn to_onnx(&self, x: &Value, _: &Place<'_>, _: &mut OnnxGraph) -> Result<Value, OnnxError> {
        Ok(x.clone())
    }
}

impl<T: Element> ToOnnx<T> for Flatten {
    fn to_onnx(&self, x: &Value, at: &Place<'_>, graph: &mut OnnxGraph) -> Result<Value, OnnxError> {
        let features: usize = x.shape().iter().product();
        Ok(graph.node(at, "Flatten", &[x], &[("axis", Attribute::Int(1))]).of_shape([features]))
    }
}

impl<T: Element, L: ToOnnx<T>> ToOnnx<T> for Residual<L> {
    fn to_onnx(&self, x: &Value, at: &Place<'_>, graph: &mut OnnxGraph) -> Result<Value, OnnxError> {
        let y = self.0.to_onnx(x, at, graph)?;
        if x.shape() != y.shape() {
            let wanted = format!("an input of the shape {:?} of what its layers make", y.shape());
            return Err(OnnxError::shape(at, "Residual", wanted, x.shape()));
        }
        Ok(graph.node(at, "Add", &[x, &y], &[]))
    }
}

impl<T: Element, M: ToOnnx<T>> ToOnnx<T> for Box<M> {
    fn to_onnx(&self, x: &Value, at: &Place<'_>, graph: &mut OnnxGraph) -> Result<Value, OnnxError> {
        (**self).to_onnx(x, at, graph)
    }
}

macro_rules! chains {
    ($(($($L:ident $i:tt),+);)*) => {$(
        impl<T: Element, $($L: ToOnnx<T>),+> ToOnnx<T> for Sequential<($($L,)+)> {
            fn to_onnx(&self, x: &Value, at: &Place<'_>, graph: &mut OnnxGraph) -> Result<Value, OnnxError> {
                let y = x.clone();
                $(let y = self.0.$i.to_onnx(&y, &at.index($i), graph)?;)+
                Ok(y)
            }
        }
    )*};
}
chains! {
    (A 0);
    (A 0, B 1);
    (A 0, B 1, C 2);
    (A 0, B 1, C 2, D 3);
    (A 0, B 1, C 2, D 3, E 4);
    (A 0, B 1, C 2, D 3, E 4, F 5);
    (A 0, B 1, C 2, D 3, E 4, F 5, G 6);
    (A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7);
    (A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8);
    (A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9);
    (A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9, K 10);
    (A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9, K 10, L 11);
}

macro_rules! lists {
    ($([$($generics:tt)*] $List:ty;)*) => {$(
        impl<T: Element, L: ToOnnx<T>, $($generics)*> ToOnnx<T> for Sequential<$List> {
            fn to_onnx(&self, x: &Value, at: &Place<'_>, graph: &mut OnnxGraph) -> Result<Value, OnnxError> {
                let mut y = x.clone();
                for (number, layer) in self.0.iter().enumerate() {
                    y = layer.to_onnx(&y, &at.index(number), graph)?;
                }
                Ok(y)
            }
        }
    )*};
}
lists! {
    [] Vec<L>;
    [const N: usize] [L; N];
}
