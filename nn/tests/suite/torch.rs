//! Files that PyTorch wrote are loaded under their own names, and the networks give what they gave there. The files are made by
//! tests/python/torch_cases.py.

use nn::io::{self, NamedTensors};
use nn::{Activation, Elu, Gelu, LeakyRelu, Relu, Tanh, prelude::*};

fn path(name: &str) -> String {
    format!("{}/tests/data/torch/{name}.safetensors", env!("CARGO_MANIFEST_DIR"))
}

/// Input and output of a case.
fn case<T: autograd::Element>(name: &str) -> (Tensor<T>, Tensor<T>) {
    let cases = NamedTensors::<T>::open(path("cases")).unwrap();
    let of = |what| cases.get(&format!("{name}.{what}")).unwrap().clone();
    (of("x"), of("y"))
}

#[track_caller]
fn assert_close<T: autograd::Element>(found: &Tensor<T>, expected: &Tensor<T>, tolerance: f64) {
    assert_eq!(found.shape(), expected.shape());
    for (x, y) in found.data().iter().zip(expected.data()) {
        let (x, y) = (x.to_f64(), y.to_f64());
        assert!((x - y).abs() <= tolerance * y.abs().max(1.0), "{x} instead of {y}");
    }
}

fn chain() -> Sequential<(Linear, Activation, Linear, Activation, Linear)> {
    let mut rng = nn::rng(1);
    Sequential((
        Linear::new(5, 8, &mut rng),
        Relu,
        Linear::new(8, 6, &mut rng),
        Tanh,
        Linear::new(6, 3, &mut rng),
    ))
}

#[test]
fn a_chain_of_layers() {
    let (x, y) = case::<f32>("sequential");
    let mut net = chain();
    io::load(&mut net, path("sequential")).unwrap();
    assert_close(&net.predict(|g, net| net.forward(g.constant(&x))), &y, 1e-6);

    // The same chain as it is read from a configuration.
    let Sequential((a, f, b, h, c)) = chain();
    let mut list = Sequential(vec![
        Layer::Linear(a),
        Layer::Activation(f),
        Layer::Linear(b),
        Layer::Activation(h),
        Layer::Linear(c),
    ]);
    io::load(&mut list, path("sequential")).unwrap();
    assert_close(&list.predict(|g, net| net.forward(g.constant(&x))), &y, 1e-6);
}

#[test]
fn a_chain_in_other_precisions() {
    let (x, y) = case::<f64>("sequential_f64");
    let mut net = chain().cast::<f64>();
    io::load(&mut net, path("sequential_f64")).unwrap();
    assert_close(&net.predict(|g, net| net.forward(g.constant(&x))), &y, 1e-14);
    for name in ["sequential_f16", "sequential_bf16"] {
        let (x, y) = case::<f32>(name);
        let mut net = chain();
        io::load(&mut net, path(name)).unwrap();
        assert_close(&net.predict(|g, net| net.forward(g.constant(&x))), &y, 1e-6);
    }
}

#[test]
fn a_multi_layer_perceptron() {
    for (name, widths, activation) in [("mlp_relu", &[5, 8, 6, 3][..], Relu), ("mlp_gelu", &[5, 8, 3], Gelu)]
    {
        let (x, y) = case::<f32>(name);
        let mut net = Mlp::new(widths, activation, &mut nn::rng(1));
        io::load(&mut net, path(name)).unwrap();
        assert_close(&net.predict(|g, net| net.forward(g.constant(&x))), &y, 1e-6);
    }
}

#[test]
fn a_chain_whose_names_are_changed() {
    // `nn.Sequential` counts activations too: layers 0 and 2 are the first two of an Mlp.
    let saved: NamedTensors = NamedTensors::open(path("mlp_relu")).unwrap();
    let mut rng = nn::rng(1);
    let mut net = Sequential((
        Linear::new(5, 8, &mut rng),
        Relu,
        Linear::new(8, 6, &mut rng),
        Relu,
        Linear::new(6, 3, &mut rng),
    ));
    let twice = |name: &str| {
        let (number, rest) = name.strip_prefix("layers.")?.split_once('.')?;
        Some(format!("{}.{rest}", 2 * number.parse::<usize>().ok()?))
    };
    saved.rename(twice).load_into(&mut net).unwrap();
    let (x, y) = case::<f32>("mlp_relu");
    assert_close(&net.predict(|g, net| net.forward(g.constant(&x))), &y, 1e-6);
}

#[test]
fn a_layer_without_bias() {
    let (x, y) = case::<f32>("linear_without_bias");
    let mut net = Linear::new(5, 3, &mut nn::rng(1)).without_bias();
    io::load(&mut net, path("linear_without_bias")).unwrap();
    assert_close(&net.predict(|g, net| net.forward(g.constant(&x))), &y, 1e-6);
    let error = io::load(&mut Linear::new(5, 3, &mut nn::rng(1)), path("linear_without_bias")).unwrap_err();
    assert!(error.to_string().contains("missing from the file: \"bias\""), "{error}");
}

#[test]
fn activations() {
    let cases: NamedTensors = NamedTensors::open(path("cases")).unwrap();
    let x = cases.get("activation.x").unwrap();
    let cases_of = |name: &str| cases.get(&format!("activation.{name}.y")).unwrap();
    for (name, activation) in ACTIVATIONS {
        let g = Graph::new();
        let y = activation.forward(g.constant(x)).value();
        assert_close(&y, cases_of(name), 1e-6);
    }
    // None is forgotten but those that are no layers here.
    let others = ["activation.relu6.y", "activation.hardswish.y"];
    let all =
        cases.tensors.iter().filter(|(name, _)| name.starts_with("activation.") && name.ends_with(".y"));
    let all = all.filter(|(name, _)| !others.contains(&name.as_str()));
    assert_eq!(all.count(), ACTIVATIONS.len());
}

/// What the activations of PyTorch are here.
const ACTIVATIONS: [(&str, Activation); 18] = [
    ("relu", Relu),
    ("leaky_relu_0.2", LeakyRelu(0.2)),
    ("elu_1.5", Elu(1.5)),
    ("gelu", Gelu),
    ("gelu_tanh", nn::GeluTanh),
    ("silu", nn::Silu),
    ("softplus", nn::Softplus),
    ("tanh", Tanh),
    ("sigmoid", nn::Sigmoid),
    ("selu", nn::Selu),
    ("celu_1.5", nn::Celu(1.5)),
    ("mish", nn::Mish),
    ("hardsigmoid", nn::HardSigmoid),
    ("hardtanh", nn::HardTanh),
    ("softsign", nn::Softsign),
    ("logsigmoid", nn::LogSigmoid),
    ("softmax", nn::Softmax(-1)),
    ("log_softmax", nn::LogSoftmax(-1)),
];

fn eval<M: Model>(name: &str, mut net: M) -> Tensor
where
    for<'g> M::With<Var<'g>>: Forward<'g, f32>,
{
    let (x, _) = case::<f32>(name);
    io::load_partial(&mut net, path(name)).unwrap();
    net.predict(|g, net| net.forward(g.constant(&x)))
}

#[test]
fn norms() {
    assert_close(&eval("layer_norm", LayerNorm::new(6)), &case("layer_norm").1, 1e-6);
    assert_close(
        &eval("rms_norm", RmsNorm::builder(6).epsilon(1e-5).build().unwrap()),
        &case("rms_norm").1,
        1e-6,
    );
    assert_close(&eval("batch_norm", BatchNorm::new(6)), &case("batch_norm").1, 1e-6);
}

#[test]
fn a_batch_norm_in_training() {
    let (x, y) = case::<f32>("batch_norm_training");
    let mut norm = BatchNorm::new(6);
    let report = io::load_partial(&mut norm, path("batch_norm_training")).unwrap();
    assert_eq!((report.loaded.len(), &report.unexpected[..]), (4, &["num_batches_tracked".to_owned()][..]));
    let (_, [found]) = Sgd::new(0.0)
        .step_with(&mut norm, |g, norm| {
            let y = norm.forward(g.constant(&x));
            (y.square().sum(), [y])
        })
        .unwrap();
    assert_close(&found, &y, 1e-5);
    let cases = NamedTensors::<f32>::open(path("cases")).unwrap();
    assert_close(&norm.running_mean, cases.get("batch_norm_training.running_mean").unwrap(), 1e-6);
    assert_close(&norm.running_var, cases.get("batch_norm_training.running_var").unwrap(), 1e-6);
}

#[test]
fn an_embedding() {
    let (words, y) = case::<f32>("embedding");
    let mut table = Embedding::new(7, 3, &mut nn::rng(1));
    io::load(&mut table, path("embedding")).unwrap();
    let numbers: Vec<usize> = words.data().iter().map(|&word| word as usize).collect();
    let words = table.indices(&numbers).unwrap();
    let found = table.predict(|_, table| table.forward(&words));
    assert_close(&found, &y.reshaped([6, 3]).unwrap(), 0.0);
}

#[test]
fn counters_of_whole_numbers_are_read() {
    let norm: NamedTensors = NamedTensors::open(path("batch_norm")).unwrap();
    assert_eq!(norm.get("num_batches_tracked"), Some(&Tensor::scalar(0.0)));
    assert_eq!(norm.get("running_var").unwrap().shape(), [6]);
}
