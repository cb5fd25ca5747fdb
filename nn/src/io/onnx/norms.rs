//! How normalising layers and learned rectifiers write themselves as ONNX nodes.
//!
//! As for activations, operators of their own are used for `f32`; ONNX keeps their epsilon in single precision.

use autograd::{Element, Tensor};

use super::graph::data_type;
use super::{Attribute, OnnxError, OnnxGraph, ToOnnx, Value, messages};
use crate::{BatchNorm, LayerNorm, PRelu, Place, RmsNorm};

fn is_single<T: Element>() -> bool {
    data_type::<T>() == messages::number::FLOAT
}

/// A parameter of a layer, if it has it, which is as long as the last axis.
fn parameter<T: Element>(
    layer: &'static str,
    name: &'static str,
    tensor: Option<&Tensor<T>>,
    x: &Value,
    at: &Place<'_>,
    graph: &mut OnnxGraph,
) -> Result<Option<Value>, OnnxError> {
    let Some(tensor) = tensor else { return Ok(None) };
    let count = tensor.count();
    if x.shape().last() != Some(&count) {
        return Err(OnnxError::shape(at, layer, format!("{count} numbers in the last axis"), x.shape()));
    }
    graph.parameter(at.field(name), tensor).map(Some)
}

/// x · weight + bias, as far as there are any.
fn scale_and_shift(
    x: Value,
    weight: Option<&Value>,
    bias: Option<&Value>,
    at: &Place<'_>,
    graph: &mut OnnxGraph,
) -> Value {
    let scaled = weight.map_or_else(|| x.clone(), |weight| graph.node(at, "Mul", &[&x, weight], &[]));
    bias.map_or_else(|| scaled.clone(), |bias| graph.node(at, "Add", &[&scaled, bias], &[]))
}

/// x / √(mean square + epsilon) along the last axis.
fn by_root_mean_square<T: Element>(x: &Value, epsilon: f64, at: &Place<'_>, graph: &mut OnnxGraph) -> Value {
    let square = graph.node(at, "Mul", &[x, x], &[]);
    let mean = graph.node(at, "ReduceMean", &[&square], &[("axes", Attribute::Ints(&[-1]))]);
    by_root::<T>(x, &mean, epsilon, at, graph)
}

/// x / √(square + epsilon).
fn by_root<T: Element>(
    x: &Value,
    square: &Value,
    epsilon: f64,
    at: &Place<'_>,
    graph: &mut OnnxGraph,
) -> Value {
    let epsilon = graph.number::<T>(epsilon);
    let more = graph.node(at, "Add", &[square, &epsilon], &[]);
    let root = graph.node(at, "Sqrt", &[&more], &[]);
    graph.node(at, "Div", &[x, &root], &[])
}

impl<T: Element> ToOnnx<T> for LayerNorm<Tensor<T>> {
    fn to_onnx(&self, x: &Value, at: &Place<'_>, graph: &mut OnnxGraph) -> Result<Value, OnnxError> {
        let weight = parameter("LayerNorm", "weight", self.weight.as_ref(), x, at, graph)?;
        let bias = parameter("LayerNorm", "bias", self.bias.as_ref(), x, at, graph)?;
        if let (Some(weight), true) = (&weight, is_single::<T>()) {
            let options = [("axis", Attribute::Int(-1)), ("epsilon", Attribute::Float(self.epsilon))];
            let inputs: Vec<&Value> = [x, weight].into_iter().chain(&bias).collect();
            return Ok(graph.node(at, "LayerNormalization", &inputs, &options));
        }
        let mean = graph.node(at, "ReduceMean", &[x], &[("axes", Attribute::Ints(&[-1]))]);
        let centred = graph.node(at, "Sub", &[x, &mean], &[]);
        let y = by_root_mean_square::<T>(&centred, self.epsilon, at, graph);
        Ok(scale_and_shift(y, weight.as_ref(), bias.as_ref(), at, graph))
    }
}

impl<T: Element> ToOnnx<T> for RmsNorm<Tensor<T>> {
    fn to_onnx(&self, x: &Value, at: &Place<'_>, graph: &mut OnnxGraph) -> Result<Value, OnnxError> {
        let weight = parameter("RmsNorm", "weight", self.weight.as_ref(), x, at, graph)?;
        let y = by_root_mean_square::<T>(x, self.epsilon, at, graph);
        Ok(scale_and_shift(y, weight.as_ref(), None, at, graph))
    }
}

/// As in use: with the running numbers.
impl<T: Element> ToOnnx<T> for BatchNorm<Tensor<T>> {
    fn to_onnx(&self, x: &Value, at: &Place<'_>, graph: &mut OnnxGraph) -> Result<Value, OnnxError> {
        if x.shape().len() != 1 {
            return Err(OnnxError::shape(at, "BatchNorm", "[batch, features]".to_owned(), x.shape()));
        }
        let weight = parameter("BatchNorm", "weight", self.weight.as_ref(), x, at, graph)?;
        let bias = parameter("BatchNorm", "bias", self.bias.as_ref(), x, at, graph)?;
        let mean = parameter("BatchNorm", "running_mean", Some(&self.running_mean), x, at, graph)?;
        let variance = parameter("BatchNorm", "running_var", Some(&self.running_var), x, at, graph)?;
        let (mean, variance) = mean.zip(variance).expect("every layer has them");
        if let (Some(weight), Some(bias), true) = (&weight, &bias, is_single::<T>()) {
            let inputs = [x, weight, bias, &mean, &variance];
            let options = [("epsilon", Attribute::Float(self.epsilon))];
            return Ok(graph.node(at, "BatchNormalization", &inputs, &options));
        }
        let centred = graph.node(at, "Sub", &[x, &mean], &[]);
        let y = by_root::<T>(&centred, &variance, self.epsilon, at, graph);
        Ok(scale_and_shift(y, weight.as_ref(), bias.as_ref(), at, graph))
    }
}

impl<T: Element> ToOnnx<T> for PRelu<Tensor<T>> {
    fn to_onnx(&self, x: &Value, at: &Place<'_>, graph: &mut OnnxGraph) -> Result<Value, OnnxError> {
        let weight = match self.weight.count() {
            1 => Some(graph.parameter(at.field("weight"), &self.weight)?),
            _ => parameter("PRelu", "weight", Some(&self.weight), x, at, graph)?,
        };
        let weight = weight.expect("every layer has one");
        if is_single::<T>() {
            return Ok(graph.node(at, "PRelu", &[x, &weight], &[]));
        }
        let zero = graph.number::<T>(0.0);
        let above = graph.node(at, "Max", &[x, &zero], &[]);
        let below = graph.node(at, "Min", &[x, &zero], &[]);
        let scaled = graph.node(at, "Mul", &[&below, &weight], &[]);
        Ok(graph.node(at, "Add", &[&above, &scaled], &[]))
    }
}
