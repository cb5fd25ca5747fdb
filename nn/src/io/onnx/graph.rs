//! `OnnxGraph`: what layers write their nodes into.

use std::collections::BTreeSet;

use autograd::{Element, Tensor};

use super::{OnnxError, messages};

/// An ONNX graph while layers write themselves into it.
///
/// A layer adds its parameters with [`parameter`](OnnxGraph::parameter) and its operations with [`node`](OnnxGraph::node), and knows each
/// result as a [`Value`].
#[derive(Debug)]
pub struct OnnxGraph {
    names: BTreeSet<String>,
    pub(super) nodes: Vec<messages::Node>,
    pub(super) initializers: Vec<messages::Tensor>,
}

/// A value of an ONNX graph: its name, and its shape without the axis of the batch.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Value {
    pub(super) name: String,
    pub(super) shape: Vec<usize>,
}

impl Value {
    /// The shape without the axis of the batch; of a parameter, the whole shape.
    pub fn shape(&self) -> &[usize] {
        &self.shape
    }

    /// The same value, known to have another shape: a node's result has the shape of its first input unless this is said.
    pub fn of_shape(self, shape: impl Into<Vec<usize>>) -> Value {
        Value { shape: shape.into(), ..self }
    }
}

/// A named option of a node.
///
/// Names and meanings are those of the operator's page in the
/// [list of ONNX operators](https://onnx.ai/onnx/operators/).
#[derive(Clone, PartialEq, Debug)]
pub enum Attribute<'a> {
    /// A whole number, or a switch that is 0 or 1.
    Int(i64),
    /// A number; ONNX keeps it in single precision.
    Float(f64),
    /// Whole numbers, such as axes.
    Ints(&'a [i64]),
    /// A word.
    Text(&'a str),
}

impl OnnxGraph {
    /// A graph with these names taken: those of its input and output.
    pub(super) fn new(taken: [&str; 2]) -> OnnxGraph {
        let names = taken.into_iter().map(str::to_owned).collect();
        OnnxGraph { names, nodes: Vec::new(), initializers: Vec::new() }
    }

    /// Adds a parameter or another tensor under its name, which is [`Place`](crate::Place)'s: `at.field("weight")`.
    ///
    /// # Errors
    /// [`OnnxError::Duplicate`] if the name is taken.
    pub fn parameter<T: Element>(
        &mut self,
        name: impl ToString,
        tensor: &Tensor<T>,
    ) -> Result<Value, OnnxError> {
        let name = name.to_string();
        if !self.names.insert(name.clone()) {
            return Err(OnnxError::Duplicate { name });
        }
        let shape = tensor.shape().to_vec();
        let mut raw_data = Vec::with_capacity(tensor.count() * size_of::<T>());
        match data_type::<T>() {
            messages::number::DOUBLE => {
                raw_data.extend(tensor.data().iter().flat_map(|x| x.to_f64().to_le_bytes()))
            }
            _ => raw_data.extend(tensor.data().iter().flat_map(|x| (x.to_f64() as f32).to_le_bytes())),
        }
        self.initializers.push(messages::Tensor {
            dims: shape.iter().map(|&extent| extent as i64).collect(),
            data_type: data_type::<T>(),
            name: name.clone(),
            raw_data,
        });
        Ok(Value { name, shape })
    }

    /// A number of type `T` without axes, such as the 1 in x + 1; one value for each number, however often it is asked for.
    pub fn number<T: Element>(&mut self, number: f64) -> Value {
        let name = format!("number {number}");
        let value = Value { name: name.clone(), shape: Vec::new() };
        if !self.names.contains(&name) {
            self.parameter(name, &Tensor::scalar(T::from_f64(number))).expect("the name is free");
        }
        value
    }

    /// Whole numbers, such as the extents that `Reshape` takes as an input.
    pub fn integers(&mut self, numbers: &[i64]) -> Value {
        let name = format!("integers {numbers:?}");
        let value = Value { name: name.clone(), shape: vec![numbers.len()] };
        if self.names.insert(name.clone()) {
            self.initializers.push(messages::Tensor {
                dims: vec![numbers.len() as i64],
                data_type: messages::number::INT64,
                name,
                raw_data: numbers.iter().flat_map(|x| x.to_le_bytes()).collect(),
            });
        }
        value
    }

    /// Adds an operation, and gives its result, which has the shape of the first input unless
    /// [`of_shape`](Value::of_shape) says another. `at` is the layer's [`Place`](crate::Place), for names.
    pub fn node(
        &mut self,
        at: impl ToString,
        operator: &str,
        inputs: &[&Value],
        attributes: &[(&str, Attribute<'_>)],
    ) -> Value {
        let place = at.to_string();
        let base = if place.is_empty() { operator.to_owned() } else { format!("{place}/{operator}") };
        // A layer may use an operator several times.
        let mut name = base.clone();
        let mut number = 1;
        while !self.names.insert(name.clone()) {
            number += 1;
            name = format!("{base} {number}");
        }
        self.nodes.push(messages::Node {
            input: inputs.iter().map(|input| input.name.clone()).collect(),
            output: vec![name.clone()],
            name: name.clone(),
            op_type: operator.to_owned(),
            attribute: attributes.iter().map(|(name, value)| attribute(name, value)).collect(),
        });
        Value { name, shape: inputs.first().map_or_else(Vec::new, |first| first.shape.clone()) }
    }
}

/// The number type `T`, as ONNX numbers it.
pub(super) fn data_type<T: Element>() -> i32 {
    if T::NAME == "f64" { messages::number::DOUBLE } else { messages::number::FLOAT }
}

fn attribute(name: &str, value: &Attribute<'_>) -> messages::Attribute {
    let mut attribute = messages::Attribute { name: name.to_owned(), ..Default::default() };
    match *value {
        Attribute::Int(int) => (attribute.kind, attribute.int) = (messages::kind::INT, Some(int)),
        Attribute::Float(float) => {
            (attribute.kind, attribute.float) = (messages::kind::FLOAT, Some(float as f32));
        }
        Attribute::Ints(ints) => (attribute.kind, attribute.ints) = (messages::kind::INTS, ints.to_vec()),
        Attribute::Text(text) => {
            (attribute.kind, attribute.text) = (messages::kind::STRING, Some(text.as_bytes().to_vec()));
        }
    }
    attribute
}
