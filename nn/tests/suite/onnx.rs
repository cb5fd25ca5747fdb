//! Models as ONNX: what is written, read back here byte by byte. That other programs compute the same from it is checked by
//! tests/python/onnx_check.py, with the files that the last test writes.

use std::path::PathBuf;

use autograd::Element;
use nn::io::NamedTensors;
use nn::io::onnx::{self, Export, OnnxError, ToOnnx};
use nn::{Gelu, Identity, LeakyRelu, Relu, Sigmoid, Silu, Tanh, prelude::*};

/// A field of a message: its number, and a number or bytes.
#[derive(Debug)]
enum Field<'a> {
    Number(u64),
    Bytes(&'a [u8]),
}

/// The fields of a message in the encoding of protocol buffers, as
/// <https://protobuf.dev/programming-guides/encoding> describes it.
fn fields(mut bytes: &[u8]) -> Vec<(u64, Field<'_>)> {
    fn number(bytes: &mut &[u8]) -> u64 {
        let mut value = 0;
        for shift in (0..).step_by(7) {
            let (first, rest) = bytes.split_first().unwrap();
            *bytes = rest;
            value |= u64::from(first & 0x7f) << shift;
            if first & 0x80 == 0 {
                break;
            }
        }
        value
    }
    let mut found = Vec::new();
    while !bytes.is_empty() {
        let tag = number(&mut bytes);
        let field = match tag & 7 {
            0 => Field::Number(number(&mut bytes)),
            kind => {
                let length = match kind {
                    2 => number(&mut bytes) as usize,
                    5 => 4,
                    _ => panic!("wire type {kind}"),
                };
                let (value, rest) = bytes.split_at(length);
                bytes = rest;
                Field::Bytes(value)
            }
        };
        found.push((tag >> 3, field));
    }
    found
}

/// The bytes of each field of this number.
fn all(message: &[u8], number: u64) -> Vec<&[u8]> {
    let of_number = fields(message).into_iter().filter(|(found, _)| *found == number);
    of_number
        .map(|(_, field)| if let Field::Bytes(bytes) = field { bytes } else { panic!("a number") })
        .collect()
}

/// The numbers of each field of this number.
fn numbers(message: &[u8], number: u64) -> Vec<u64> {
    let of_number = fields(message).into_iter().filter(|(found, _)| *found == number);
    of_number.map(|(_, field)| if let Field::Number(it) = field { it } else { panic!("bytes") }).collect()
}

fn text(message: &[u8], number: u64) -> String {
    String::from_utf8(all(message, number)[0].to_vec()).unwrap()
}

/// Extents of an input or output, those that are open by their name.
fn extents(value: &[u8]) -> Vec<String> {
    let shape = all(all(all(value, 2)[0], 1)[0], 2)[0];
    let dims = all(shape, 1);
    let extent = |dim: &&[u8]| match &fields(dim)[0] {
        (1, Field::Number(extent)) => extent.to_string(),
        (2, Field::Bytes(name)) => String::from_utf8(name.to_vec()).unwrap(),
        other => panic!("{other:?}"),
    };
    dims.iter().map(extent).collect()
}

#[test]
fn a_file_has_what_the_format_asks_for() {
    let net = Linear::new(300, 2, &mut nn::rng(1));
    let export = Export::new(&[300]).version(7).description("a line").metadata("b", "2").metadata("a", "1");
    let bytes = export.to_bytes(&net).unwrap();
    // Field numbers of ModelProto.
    assert_eq!((numbers(&bytes, 1), numbers(&bytes, 5)), (vec![8], vec![7]));
    assert_eq!((text(&bytes, 2), text(&bytes, 3)), ("nn".to_owned(), env!("CARGO_PKG_VERSION").to_owned()));
    assert_eq!(text(&bytes, 6), "a line");
    assert_eq!(numbers(all(&bytes, 8)[0], 2), [17], "version of the operators");
    let metadata: Vec<_> = all(&bytes, 14).iter().map(|entry| text(entry, 1) + &text(entry, 2)).collect();
    assert_eq!(metadata, ["a1", "b2"]);
    let graph = all(&bytes, 7)[0];
    let (input, output) = (all(graph, 11)[0], all(graph, 12)[0]);
    assert_eq!((text(input, 1), extents(input)), ("input".into(), vec!["batch".to_owned(), "300".into()]));
    assert_eq!((text(output, 1), extents(output)), ("output".into(), vec!["batch".to_owned(), "2".into()]));
    let parameters = all(graph, 5);
    assert_eq!(parameters.len(), 2);
    for (parameter, (name, tensor)) in parameters.iter().zip(NamedTensors::of(&net).tensors) {
        assert_eq!(text(parameter, 8), name);
        let dims: Vec<u64> = tensor.shape().iter().map(|&extent| extent as u64).collect();
        assert_eq!((numbers(parameter, 1), numbers(parameter, 2)), (dims, vec![1]));
        let raw: Vec<u8> = tensor.data().iter().flat_map(|x| x.to_le_bytes()).collect();
        assert_eq!(all(parameter, 9)[0], raw);
    }
    let node = all(graph, 1)[0];
    assert_eq!(text(node, 4), "Gemm");
    assert_eq!(all(node, 1), [&b"input"[..], b"weight", b"bias"]);
    assert_eq!(all(node, 2), [b"output"]);
    let attribute = all(node, 5)[0];
    assert_eq!(
        (text(attribute, 1), numbers(attribute, 3), numbers(attribute, 20)),
        ("transB".into(), vec![1], vec![2])
    );

    let double = Linear::new(2, 2, &mut nn::rng(1)).cast::<f64>();
    let bytes = onnx::to_bytes(&double, &[2]).unwrap();
    let parameter = all(all(&bytes, 7)[0], 5)[0];
    assert_eq!((numbers(parameter, 2), all(parameter, 9)[0].len()), (vec![11], 32));
}

#[test]
fn graphs_are_those_of_the_models() {
    let mut rng = nn::rng(1);
    let net = Mlp::new(&[2, 4, 4, 1], Gelu, &mut rng).output(Sigmoid);
    assert_eq!(
        Export::new(&[2]).text(&net).unwrap(),
        "input [batch, 2]
layers.0/Gemm = Gemm(input, layers.0.weight [4, 2], layers.0.bias [4], transB = 1)
layers.0/Mul = Mul(layers.0/Gemm, number 0.7071067811865476 [])
layers.0/Erf = Erf(layers.0/Mul)
layers.0/Add = Add(layers.0/Erf, number 1 [])
layers.0/Mul 2 = Mul(layers.0/Gemm, number 0.5 [])
layers.0/Mul 3 = Mul(layers.0/Mul 2, layers.0/Add)
layers.1/Gemm = Gemm(layers.0/Mul 3, layers.1.weight [4, 4], layers.1.bias [4], transB = 1)
layers.1/Mul = Mul(layers.1/Gemm, number 0.7071067811865476 [])
layers.1/Erf = Erf(layers.1/Mul)
layers.1/Add = Add(layers.1/Erf, number 1 [])
layers.1/Mul 2 = Mul(layers.1/Gemm, number 0.5 [])
layers.1/Mul 3 = Mul(layers.1/Mul 2, layers.1/Add)
layers.2/Gemm = Gemm(layers.1/Mul 3, layers.2.weight [1, 4], layers.2.bias [1], transB = 1)
output [batch, 1] = Sigmoid(layers.2/Gemm)
"
    );
    // A layer without an activation is followed by nothing, as in `forward`.
    let mut short = Mlp::new(&[2, 3, 1], Tanh, &mut rng);
    short.activations.clear();
    assert_eq!(
        Export::new(&[2]).text(&short).unwrap(),
        "input [batch, 2]
layers.0/Gemm = Gemm(input, layers.0.weight [3, 2], layers.0.bias [3], transB = 1)
output [batch, 1] = Gemm(layers.0/Gemm, layers.1.weight [1, 3], layers.1.bias [1], transB = 1)
"
    );
    let list = Sequential(vec![
        Layer::Linear(Linear::new(3, 2, &mut rng).without_bias()),
        Layer::Activation(LeakyRelu(0.25)),
        Layer::Linear(Linear::new(2, 2, &mut rng)),
    ]);
    // With more axes than a batch of rows.
    assert_eq!(
        Export::new(&[5, 3]).text(&list).unwrap(),
        "input [batch, 5, 3]
0/Transpose = Transpose(0.weight [2, 3], perm = [1, 0])
0/MatMul = MatMul(input, 0/Transpose)
1/LeakyRelu = LeakyRelu(0/MatMul, alpha = 0.25)
2/Transpose = Transpose(2.weight [2, 2], perm = [1, 0])
2/MatMul = MatMul(1/LeakyRelu, 2/Transpose)
output [batch, 5, 2] = Add(2/MatMul, 2.bias [2])
"
    );
    let nothing = Export::new(&[]).text::<f32, _>(&Identity).unwrap();
    assert_eq!(nothing, "input [batch]\noutput [batch] = Identity(input)\n");
}

#[test]
fn what_cannot_be_written_is_named() {
    let mut rng = nn::rng(1);
    let layer = Linear::new(4, 2, &mut rng);
    let message = |result: Result<Vec<u8>, OnnxError>| result.unwrap_err().to_string();
    let wrong = "but what comes before gives";
    assert_eq!(
        message(onnx::to_bytes(&Mlp::new(&[4, 3, 2], Relu, &mut rng), &[2, 3])),
        format!("layer layers.0 (Linear): takes 4 numbers in the last axis, {wrong} [batch, 2, 3]")
    );
    let chain = Sequential((layer.clone(), Relu, layer.clone()));
    assert_eq!(
        message(onnx::to_bytes(&chain, &[4])),
        format!("layer 2 (Linear): takes 4 numbers in the last axis, {wrong} [batch, 2]")
    );
    assert_eq!(
        message(onnx::to_bytes(&layer, &[])),
        format!("layer at the top (Linear): takes 4 numbers in the last axis, {wrong} [batch]")
    );
    let flat = Linear { weight: Tensor::<f32>::zeros([8]), bias: None };
    assert!(message(onnx::to_bytes(&flat, &[4])).contains("its weight has the shape [8]"));
    let unique = "parameters, input and output of an ONNX graph need names of their own";
    assert_eq!(
        message(Export::new(&[4]).names("x", "x").to_bytes(&layer)),
        format!("two values are named \"x\": {unique}")
    );
    assert_eq!(
        message(Export::new(&[4]).names("weight", "y").to_bytes(&layer)),
        format!("two values are named \"weight\": {unique}")
    );
    let dir = tempfile::tempdir().unwrap();
    let error = onnx::save(&layer, &[4], dir.path().join("none/net.onnx")).unwrap_err().to_string();
    assert!(error.contains("none/net.onnx: cannot be written: "), "{error}");
}

/// Writes a model, an input, and what the model gives for it.
fn case<T: Element, M>(dir: &std::path::Path, name: &str, net: &M, shape: &[usize])
where
    M: Model<T> + ToOnnx<T>,
    for<'g> M::With<Var<'g, T>>: Forward<'g, T>,
{
    let x = Tensor::from_fn(shape, |i| T::from_f64(((i * 37 + 11) % 101) as f64 / 16.0 - 3.0));
    let y = net.predict(|g, net| net.forward(g.constant(&x)));
    onnx::save(net, &shape[1..], dir.join(format!("{name}.onnx"))).unwrap();
    let mut numbers = NamedTensors::default();
    numbers.push("x", x);
    numbers.push("y", y);
    numbers.save(dir.join(format!("{name}.safetensors"))).unwrap();
}

#[test]
fn cases_for_other_programs_are_written() {
    let kept = tempfile::tempdir().unwrap();
    let dir = std::env::var_os("ONNX_DIR").map_or_else(|| kept.path().to_path_buf(), PathBuf::from);
    std::fs::create_dir_all(&dir).unwrap();
    let mut rng = nn::rng(7);
    for activation in activations() {
        let name = name(activation);
        // A network of one layer, whose activation is the last.
        let net = Mlp::new(&[5, 4], Relu, &mut rng).output(activation);
        case(&dir, &name, &net, &[6, 5]);
        // Numbers without and with a 0 and both ends of the lines, alone and with more axes.
        let alone = Sequential(vec![Layer::<Tensor>::Activation(activation)]);
        case(&dir, &format!("{name}_alone"), &alone, &[3, 97]);
        case(&dir, &format!("{name}_more_axes"), &alone, &[2, 3, 4]);
        // ONNX Runtime has no Erf of double precision.
        if activation != Gelu {
            let double = Sequential(vec![Layer::<Tensor<f64>>::Activation(activation)]);
            case(&dir, &format!("{name}_f64"), &double, &[3, 97]);
        }
    }
    case(&dir, "mlp", &Mlp::new(&[20, 32, 16, 3], Tanh, &mut rng), &[8, 20]);
    case(&dir, "mlp_f64", &Mlp::new(&[5, 8, 3], Relu, &mut rng).output(Tanh).cast::<f64>(), &[6, 5]);
    let chain =
        Sequential((Linear::new(5, 8, &mut rng), Gelu, Linear::new(8, 3, &mut rng).without_bias(), Silu));
    case(&dir, "sequential", &chain, &[6, 5]);
    case(&dir, "more_axes", &chain, &[2, 3, 5]);
    let every = every_layer();
    case(&dir, "every_layer", &every, &[6, 2, 3]);
    case(&dir, "every_layer_f64", &every.cast::<f64>(), &[6, 2, 3]);
    let norms = |affine: bool| {
        let mut layers: Vec<Layer> =
            vec![LayerNorm::new(4).into(), RmsNorm::new(4).into(), PRelu::per_feature(4).unwrap().into()];
        if !affine {
            layers = vec![
                LayerNorm { weight: None, bias: None, epsilon: 1e-5 }.into(),
                RmsNorm { weight: None, epsilon: 1e-5 }.into(),
                PRelu::new().into(),
            ];
        }
        varied(Sequential(layers))
    };
    for (affine, name) in [(true, "norms"), (false, "norms_without_weights")] {
        case(&dir, name, &norms(affine), &[3, 4]);
        case(&dir, &format!("{name}_more_axes"), &norms(affine), &[2, 3, 4]);
        case(&dir, &format!("{name}_f64"), &norms(affine).cast::<f64>(), &[3, 4]);
    }
    let plain = BatchNorm::builder(5).affine(false).build().unwrap();
    case(&dir, "batch_norm_without_weights", &varied(plain), &[6, 5]);
    embedding_cases(&dir);
    case(&dir, "linear", &Linear::new(5, 2, &mut rng), &[6, 5]);
    assert!(std::fs::read_dir(&dir).unwrap().count() >= 2 * (4 * activations().len() + 15));
}

/// Rows that are looked up, in a batch of words and in one of sentences.
fn embedding_cases(dir: &std::path::Path) {
    let table = Embedding::new(7, 3, &mut nn::rng(3));
    let rows: Vec<usize> = (0..12).map(|i| i * 5 % 7).collect();
    let y = table.predict(|_, on| on.forward(&table.indices(&rows).unwrap()));
    for (name, shape) in [("embedding", &[12][..]), ("embedding_of_sentences", &[3, 4])] {
        onnx::save(&table, &shape[1..], dir.join(format!("{name}.onnx"))).unwrap();
        let mut numbers = NamedTensors::default();
        numbers.push("x", Tensor::from_fn(shape, |i| rows[i] as f32));
        numbers.push("y", y.reshaped([shape, &[3]].concat()).unwrap());
        numbers.save(dir.join(format!("{name}.safetensors"))).unwrap();
    }
    assert_eq!(y.data()[3..6], table.weight.data()[15..18], "the second is row 5");
}

/// One of each.
fn activations() -> [Activation; 26] {
    use nn::Activation::*;
    [
        Identity,
        Relu,
        LeakyRelu(0.2),
        Elu(1.5),
        Selu,
        Celu(0.7),
        Gelu,
        GeluTanh,
        Silu,
        Mish,
        Softplus,
        Softsign,
        Tanh,
        HardTanh,
        Sigmoid,
        SigmoidWith { slope: 2.0, shift: 0.5 },
        LogSigmoid,
        HardSigmoid,
        ThresholdLogic { alpha: 0.4, theta: 0.25 },
        PiecewiseLinear,
        Step(0.25),
        Step(0.0),
        Sign(-1.0),
        Sign(0.0),
        Softmax(-1),
        LogSoftmax(-1),
    ]
}

fn name(activation: Activation) -> String {
    let text = format!("{activation:?}").to_lowercase();
    text.chars().map(|c| if c.is_alphanumeric() { c } else { '_' }).collect()
}

/// The same model with numbers that differ, so that none can stand for another; all above 0, as variances are.
fn varied<M: Model>(mut net: M) -> M {
    let mut count = 0;
    net.visit_mut(&mut |_, tensor: &mut Tensor| {
        *tensor = tensor.map(|_| {
            count += 1;
            0.25 + (count * 37 % 19) as f32 / 16.0
        });
    });
    net
}

/// A network with a layer of every kind.
fn every_layer() -> Sequential<Vec<Layer>> {
    let mut rng = nn::rng(5);
    let inner: Vec<Layer> =
        vec![varied(LayerNorm::new(4)).into(), Linear::new(4, 4, &mut rng).into(), Tanh.into()];
    let layers: Vec<Layer> = vec![
        Flatten.into(),
        Linear::new(6, 4, &mut rng).into(),
        varied(BatchNorm::new(4)).into(),
        Dropout::new(0.5).into(),
        varied(PRelu::new()).into(),
        Residual(Sequential(inner)).into(),
        varied(RmsNorm::new(4)).into(),
        Linear::new(4, 3, &mut rng).into(),
    ];
    Sequential(layers)
}

#[test]
fn every_layer_has_its_nodes() {
    assert_eq!(
        Export::new(&[2, 3]).text(&every_layer()).unwrap(),
        "input [batch, 2, 3]
0/Flatten = Flatten(input, axis = 1)
1/Gemm = Gemm(0/Flatten, 1.weight [4, 6], 1.bias [4], transB = 1)
2/BatchNormalization = BatchNormalization(1/Gemm, 2.weight [4], 2.bias [4], 2.running_mean [4], 2.running_var [4], epsilon = 0.00001)
4/PRelu = PRelu(2/BatchNormalization, 4.weight [1])
5.0/LayerNormalization = LayerNormalization(4/PRelu, 5.0.weight [4], 5.0.bias [4], axis = -1, epsilon = 0.00001)
5.1/Gemm = Gemm(5.0/LayerNormalization, 5.1.weight [4, 4], 5.1.bias [4], transB = 1)
5.2/Tanh = Tanh(5.1/Gemm)
5/Add = Add(4/PRelu, 5.2/Tanh)
6/Mul = Mul(5/Add, 5/Add)
6/ReduceMean = ReduceMean(6/Mul, axes = [-1])
6/Add = Add(6/ReduceMean, number 0.000001 [])
6/Sqrt = Sqrt(6/Add)
6/Div = Div(5/Add, 6/Sqrt)
6/Mul 2 = Mul(6/Div, 6.weight [4])
output [batch, 3] = Gemm(6/Mul 2, 7.weight [3, 4], 7.bias [3], transB = 1)
"
    );
    let message =
        |net: Sequential<Vec<Layer>>, shape: &[usize]| onnx::to_bytes(&net, shape).unwrap_err().to_string();
    let wrong = message(Sequential(vec![BatchNorm::new(4).into()]), &[2, 4]);
    assert!(wrong.contains("takes [batch, features]"), "{wrong}");
    let wrong = message(Sequential(vec![LayerNorm::new(4).into()]), &[3]);
    assert!(wrong.contains("LayerNorm): takes 4 numbers in the last axis"), "{wrong}");
    let wrong = message(Sequential(vec![nn::Softmax(2).into()]), &[3]);
    assert!(wrong.contains("takes an axis 2"), "{wrong}");
    let narrow: Vec<Layer> = vec![Linear::new(4, 3, &mut nn::rng(1)).into()];
    let wrong = message(Sequential(vec![Residual(Sequential(narrow)).into()]), &[4]);
    assert!(wrong.contains("Residual"), "{wrong}");
}
