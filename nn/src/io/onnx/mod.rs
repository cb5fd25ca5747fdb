//! Models as ONNX files, which other programs run: [ONNX Runtime](https://onnxruntime.ai), browsers, phones.
//!
//! ```
//! use nn::io::onnx;
//! use nn::{Relu, prelude::*};
//!
//! let dir = tempfile::tempdir().unwrap();
//! let path = dir.path().join("net.onnx");
//! let net = Mlp::new(&[784, 128, 10], Relu, &mut nn::rng(1));
//! onnx::save(&net, &[784], &path)?; // [batch, 784] -> [batch, 10], for any batch
//! # assert!(std::fs::metadata(&path).unwrap().len() > 4 * (784 * 128 + 128 * 10));
//! # Ok::<(), onnx::OnnxError>(())
//! ```
//!
//! Files are of version 8 of the format with version 17 of its operators, which programs from 2022 on read. Parameters have the names that they
//! have in the model, and the input's first axis is a batch of any size. A model of `f64` is written in double precision, for which
//! many programs lack operators: [`cast`](crate::Model::cast) it to `f32` first.

mod activations;
mod error;
mod graph;
mod layers;
mod messages;
mod norms;
mod text;

use std::collections::BTreeMap;
use std::path::Path;

use autograd::Element;
use prost::Message;

pub use error::OnnxError;
pub use graph::{Attribute, OnnxGraph, Value};
pub use layers::ToOnnx;

use crate::Place;

/// Version of the file format (ONNX 1.12, June 2022).
const FORMAT: i64 = 8;

/// Version of the set of operators (ONNX 1.12): the first with LayerNormalization.
const OPERATORS: i64 = 17;

/// The most bytes that a message of protocol buffers has: lengths are signed 32-bit numbers.
const LARGEST: usize = i32::MAX as usize;

/// Writes a model as an ONNX file; `features` is the shape of its input without the axis of the batch. For names and metadata, see
/// [`Export`].
///
/// # Errors
/// [`OnnxError`]: a layer that has no form in ONNX or does not take its input, or a file that cannot be written.
pub fn save<T: Element, M: ToOnnx<T>>(
    model: &M,
    features: &[usize],
    path: impl AsRef<Path>,
) -> Result<(), OnnxError> {
    Export::new(features).save(model, path)
}

/// As [`save`], into memory.
///
/// # Errors
/// As [`save`].
pub fn to_bytes<T: Element, M: ToOnnx<T>>(model: &M, features: &[usize]) -> Result<Vec<u8>, OnnxError> {
    Export::new(features).to_bytes(model)
}

/// How a model is written as ONNX: the shape of its input, names, metadata.
///
/// ```
/// use nn::io::onnx::Export;
/// use nn::{Relu, prelude::*};
///
/// let mut rng = nn::rng(1);
/// let net = Sequential((Linear::new(4, 8, &mut rng), Relu, Linear::new(8, 3, &mut rng)));
/// let export = Export::new(&[4]).names("measures", "logits").version(2).metadata("trained on", "iris");
/// assert_eq!(
///     export.text(&net)?,
///     "measures [batch, 4]
/// 0/Gemm = Gemm(measures, 0.weight [8, 4], 0.bias [8], transB = 1)
/// 1/Relu = Relu(0/Gemm)
/// logits [batch, 3] = Gemm(1/Relu, 2.weight [3, 8], 2.bias [3], transB = 1)
/// "
/// );
/// let bytes = export.to_bytes(&net)?;
/// # assert!(bytes.len() > 4 * (8 * 4 + 8 + 3 * 8 + 3));
/// # Ok::<(), nn::io::onnx::OnnxError>(())
/// ```
#[derive(Clone, PartialEq, Debug)]
pub struct Export {
    features: Vec<usize>,
    input: String,
    output: String,
    version: i64,
    description: String,
    metadata: BTreeMap<String, String>,
}

impl Export {
    /// An export of a model that takes `[batch, ..features]`; its input is named `input`, its output `output`.
    pub fn new(features: &[usize]) -> Export {
        Export {
            features: features.to_vec(),
            input: "input".to_owned(),
            output: "output".to_owned(),
            version: 1,
            description: String::new(),
            metadata: BTreeMap::new(),
        }
    }

    /// Names of the input and the output, by which programs feed the model and ask for results.
    pub fn names(self, input: impl Into<String>, output: impl Into<String>) -> Export {
        Export { input: input.into(), output: output.into(), ..self }
    }

    /// The version of the model itself; 1 unless said otherwise.
    pub fn version(self, version: i64) -> Export {
        Export { version, ..self }
    }

    /// What the model is, for people.
    pub fn description(self, description: impl Into<String>) -> Export {
        Export { description: description.into(), ..self }
    }

    /// Adds text under a name, such as the classes in their order.
    pub fn metadata(mut self, name: impl Into<String>, text: impl Into<String>) -> Export {
        self.metadata.insert(name.into(), text.into());
        self
    }

    /// Writes the model as a file, which is there whole or is what it was before ([`write_atomic`](crate::io::write_atomic)).
    ///
    /// # Errors
    /// As [`save`].
    pub fn save<T: Element, M: ToOnnx<T>>(&self, model: &M, path: impl AsRef<Path>) -> Result<(), OnnxError> {
        let bytes = self.to_bytes(model)?;
        let path = path.as_ref();
        crate::io::write_atomic(path, |out| out.write_all(&bytes))
            .map_err(|error| OnnxError::Write { file: path.display().to_string(), error })
    }

    /// The content of such a file.
    ///
    /// # Errors
    /// As [`save`], apart from what concerns files.
    pub fn to_bytes<T: Element, M: ToOnnx<T>>(&self, model: &M) -> Result<Vec<u8>, OnnxError> {
        let metadata_props = self
            .metadata
            .iter()
            .map(|(key, value)| messages::Property { key: key.clone(), value: value.clone() });
        let model = messages::Model {
            ir_version: FORMAT,
            producer_name: env!("CARGO_PKG_NAME").to_owned(),
            producer_version: env!("CARGO_PKG_VERSION").to_owned(),
            model_version: self.version,
            doc_string: self.description.clone(),
            graph: Some(self.graph(model)?),
            opset_import: vec![messages::OperatorSet { domain: String::new(), version: OPERATORS }],
            metadata_props: metadata_props.collect(),
        };
        let bytes = model.encoded_len();
        if bytes > LARGEST {
            return Err(OnnxError::TooLarge { bytes });
        }
        Ok(model.encode_to_vec())
    }

    /// The graph as text, one line a node: to see what is exported.
    ///
    /// # Errors
    /// As [`to_bytes`](Export::to_bytes).
    pub fn text<T: Element, M: ToOnnx<T>>(&self, model: &M) -> Result<String, OnnxError> {
        Ok(text::text(&self.graph(model)?))
    }

    fn graph<T: Element, M: ToOnnx<T>>(&self, model: &M) -> Result<messages::Graph, OnnxError> {
        if self.input == self.output {
            return Err(OnnxError::Duplicate { name: self.input.clone() });
        }
        let mut graph = OnnxGraph::new([&self.input, &self.output]);
        let input = Value { name: self.input.clone(), shape: self.features.clone() };
        let mut output = model.to_onnx(&input, &Place::ROOT, &mut graph)?;
        // Output and input need two names, so a model that does nothing gets a node too.
        if !graph.nodes.iter().any(|node| node.output.contains(&output.name)) {
            output = graph.node("", "Identity", &[&output], &[]);
        }
        for name in graph.nodes.iter_mut().flat_map(|node| node.input.iter_mut().chain(&mut node.output)) {
            if *name == output.name {
                name.clone_from(&self.output);
            }
        }
        output.name.clone_from(&self.output);
        Ok(messages::Graph {
            node: graph.nodes,
            name: "model".to_owned(),
            initializer: graph.initializers,
            input: vec![info::<T>(&input)],
            output: vec![info::<T>(&output)],
        })
    }
}

/// Name, number type and shape of a value with an axis for the batch.
fn info<T: Element>(value: &Value) -> messages::ValueInfo {
    let batch = messages::Extent { value: None, name: Some("batch".to_owned()) };
    let others =
        value.shape.iter().map(|&extent| messages::Extent { value: Some(extent as i64), name: None });
    let shape = messages::Extents { dim: std::iter::once(batch).chain(others).collect() };
    let tensor = messages::TensorType { elem_type: graph::data_type::<T>(), shape: Some(shape) };
    messages::ValueInfo { name: value.name.clone(), kind: Some(messages::Type { tensor: Some(tensor) }) }
}
