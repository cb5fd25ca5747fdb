//! How each layer writes itself as ONNX nodes.

use std::f64::consts::FRAC_1_SQRT_2;

use autograd::{Element, Tensor};

use super::{Attribute, OnnxError, OnnxGraph, Value};
use crate::{Activation, Layer, Linear, Mlp, Place, Sequential};

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

impl<T: Element> ToOnnx<T> for Activation {
    fn to_onnx(&self, x: &Value, at: &Place<'_>, graph: &mut OnnxGraph) -> Result<Value, OnnxError> {
        let y = match *self {
            Activation::Identity => x.clone(),
            Activation::Relu => graph.node(at, "Relu", &[x], &[]),
            Activation::LeakyRelu(slope) => {
                graph.node(at, "LeakyRelu", &[x], &[("alpha", Attribute::Float(slope))])
            }
            Activation::Elu(alpha) => graph.node(at, "Elu", &[x], &[("alpha", Attribute::Float(alpha))]),
            // The operator Gelu came with version 20 of the set: here x/2 · (1 + erf(x/√2)).
            Activation::Gelu => {
                let scale = graph.number::<T>(FRAC_1_SQRT_2);
                let scaled = graph.node(at, "Mul", &[x, &scale], &[]);
                let erf = graph.node(at, "Erf", &[&scaled], &[]);
                let one = graph.number::<T>(1.0);
                let doubled = graph.node(at, "Add", &[&erf, &one], &[]);
                let half = graph.number::<T>(0.5);
                let halved = graph.node(at, "Mul", &[x, &half], &[]);
                graph.node(at, "Mul", &[&halved, &doubled], &[])
            }
            Activation::Silu => {
                let sigmoid = graph.node(at, "Sigmoid", &[x], &[]);
                graph.node(at, "Mul", &[x, &sigmoid], &[])
            }
            Activation::Softplus => graph.node(at, "Softplus", &[x], &[]),
            Activation::Tanh => graph.node(at, "Tanh", &[x], &[]),
            Activation::Sigmoid => graph.node(at, "Sigmoid", &[x], &[]),
            other => {
                return Err(OnnxError::unsupported(at, "Activation", format!("{other:?} has no rule yet")));
            }
        };
        Ok(y)
    }
}

impl<T: Element> ToOnnx<T> for Mlp<Tensor<T>> {
    fn to_onnx(&self, x: &Value, at: &Place<'_>, graph: &mut OnnxGraph) -> Result<Value, OnnxError> {
        let layers = at.field("layers");
        let mut y = x.clone();
        for (number, layer) in self.layers.iter().enumerate() {
            let place = layers.index(number);
            let activation = &self.activations[number];
            y = layer.to_onnx(&y, &place, graph)?;
            y = ToOnnx::<T>::to_onnx(activation, &y, &place, graph)?;
        }
        Ok(y)
    }
}

impl<T: Element> ToOnnx<T> for Layer<Tensor<T>> {
    fn to_onnx(&self, x: &Value, at: &Place<'_>, graph: &mut OnnxGraph) -> Result<Value, OnnxError> {
        match self {
            Layer::Linear(layer) => layer.to_onnx(x, at, graph),
            Layer::Activation(activation) => ToOnnx::<T>::to_onnx(activation, x, at, graph),
            _ => Err(OnnxError::unsupported(at, "Layer", "it has no rule yet".to_owned())),
        }
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
