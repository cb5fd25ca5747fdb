//! Layers against loops by hand, what is drawn and what is seen again, names, and mistakes in configuration.

use autograd::Indices;
use nn::data::Labels;
use nn::{Relu, Tanh, prelude::*};

#[track_caller]
fn assert_close(found: &Tensor<f64>, expected: &[f64], tolerance: f64) {
    assert_eq!(found.count(), expected.len());
    for (i, (found, expected)) in found.data().iter().zip(expected).enumerate() {
        assert!((found - expected).abs() <= tolerance, "number {i}: {found}, but {expected} is right");
    }
}

/// `x` after dropout on a graph in training with this seed.
fn dropped(p: f64, x: &Tensor, seed: u64) -> Tensor {
    let g = Graph::new();
    g.training().seed(seed);
    Dropout::new(p).forward(g.constant(x)).value()
}

#[test]
fn dropout_drops_the_share_that_was_asked_for() {
    let n = 200_000;
    let x = Tensor::full([n], 3.0);
    for p in [0.01, 0.1, 0.5, 0.9] {
        let y = dropped(p, &x, 5);
        let zeros = y.data().iter().filter(|&&y| y == 0.0).count();
        assert!(y.data().iter().all(|&y| y == 0.0 || y == 3.0 * (1.0 / (1.0 - p)) as f32));
        // Five standard deviations of a binomial count; neighbours, and both halves of a word, are independent.
        let near = |count: usize, of: usize, p: f64| {
            (count as f64 - of as f64 * p).abs() < 5.0 * (of as f64 * p * (1.0 - p)).sqrt()
        };
        assert!(near(zeros, n, p), "{zeros} of {n} for p = {p}");
        for step in [1, 2] {
            let pairs = y.data().chunks(2 * step).filter(|pair| pair[0] == 0.0 && pair[step] == 0.0).count();
            assert!(near(pairs, n / 2 / step, p * p), "{pairs} pairs, {step} apart, for p = {p}");
        }
    }
}

#[test]
fn dropout_repeats_with_its_seed_and_differs_with_another() {
    let x = Tensor::ones([64, 10]);
    assert_eq!(dropped(0.5, &x, 1), dropped(0.5, &x, 1));
    assert_ne!(dropped(0.5, &x, 1), dropped(0.5, &x, 2));
    // Two layers of one graph drop different numbers.
    let g = Graph::new();
    g.training();
    let x = g.var(&x);
    let (a, b) = (Dropout::new(0.5).forward(x), Dropout::new(0.5).forward(x));
    assert_ne!(a.value(), b.value());
    // The backward pass, and whoever asks again, sees the numbers that were dropped.
    let grads = a.sum().backward();
    assert_eq!(grads[x], a.value());
    assert_eq!((a + 0.0).value(), a.value());
    let expected: Vec<f32> = a.value().data().iter().zip(b.value().data()).map(|(a, b)| a * b).collect();
    assert_eq!((a * b).sum().backward()[x].data(), expected.iter().map(|y| 2.0 * y).collect::<Vec<f32>>());
}

#[test]
fn a_run_that_is_resumed_drops_the_same_numbers() {
    let mut rng = nn::rng(1);
    let mut net = Mlp::builder(4).hidden(&[16], Tanh).output(2).dropout(0.5).build(&mut rng).unwrap();
    let x = Tensor::from_fn([8, 4], |i| (i as f32).sin());
    let mut adam = Adam::new(0.01).seed(9);
    let step = |net: &mut Mlp, adam: &mut Adam| {
        adam.step(net, |g, net| net.forward(g.constant(&x)).square().sum()).unwrap()
    };
    step(&mut net, &mut adam);
    let (mut again, mut resumed) = (net.clone(), adam.clone());
    let first = [step(&mut net, &mut adam), step(&mut net, &mut adam)];
    assert_eq!(first, [step(&mut again, &mut resumed), step(&mut again, &mut resumed)]);
    let mut other = adam.clone().seed(10);
    assert_ne!(step(&mut net.clone(), &mut adam), step(&mut net, &mut other));
}

#[test]
fn without_a_share_to_drop_no_mode_is_needed() {
    let g = Graph::new();
    let x = g.var([1.0, 2.0]);
    assert_eq!(Dropout::new(0.0).forward(x).id(), x.id());
    assert_eq!(g.len(), 1);
}

#[test]
fn embeddings_look_up_rows_and_add_up_gradients() {
    let table = Embedding { weight: Tensor::from([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]), padding: None };
    let places = Indices::new([2, 2], &[2, 0, 2, 1], 3).unwrap();
    let y = table.predict(|_, table| table.forward(&places));
    assert_eq!((y.shape(), y.data()), ([2, 2, 2].into(), &[5.0, 6.0, 1.0, 2.0, 5.0, 6.0, 3.0, 4.0][..]));
    let factors = Tensor::from([[[1.0, 10.0], [2.0, 20.0]], [[3.0, 30.0], [4.0, 40.0]]]);
    let (_, gradient) =
        table.value_and_grad(|g, table| (table.forward(&places) * g.constant(&factors)).sum()).unwrap();
    assert_eq!(gradient.weight.data(), [2.0, 20.0, 4.0, 40.0, 4.0, 40.0]);

    let labels = Labels::new([1, 1, 0], 3).unwrap();
    let y = table.predict(|_, table| table.forward(labels.indices()));
    assert_eq!(y.data(), [3.0, 4.0, 3.0, 4.0, 1.0, 2.0]);
    let y = table.predict(|_, embedding| embedding.forward(&table.indices(&[]).unwrap()));
    assert_eq!(y.shape(), [0, 2]);
    assert!(table.indices(&[0, 3]).unwrap_err().to_string().contains("index 3 at position 1"));
}

/// Rows of padding are looked up as they are, and what is lost by them is nobody's gradient; the others are as without it.
#[test]
fn padding_of_an_embedding_is_a_constant() {
    let weight = Tensor::from([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]);
    let plain = Embedding { weight, padding: None };
    let padded = Embedding { padding: Some(2), ..plain.clone() };
    for shape in [&[4][..], &[2, 2]] {
        let places = Indices::new(shape, &[2, 0, 2, 0], 3).unwrap();
        let look = |table: &Embedding| table.predict(|_, table| table.forward(&places));
        assert_eq!(look(&padded), look(&plain));
        let gradient = |table: &Embedding| {
            table.value_and_grad(|_, table| table.forward(&places).square().sum()).unwrap().1.weight
        };
        // 2 w for each of two looks.
        assert_eq!(gradient(&plain).data(), [4.0, 8.0, 0.0, 0.0, 20.0, 24.0]);
        assert_eq!(gradient(&padded).data(), [4.0, 8.0, 0.0, 0.0, 0.0, 0.0]);
    }
    let built =
        Embedding::builder(3, 2).init(nn::Init::Constant(7.0)).padding(1).build(&mut nn::rng(1)).unwrap();
    assert_eq!((built.weight.data(), built.padding), (&[7.0, 7.0, 0.0, 0.0, 7.0, 7.0][..], Some(1)));
    let error = Embedding::builder(3, 2).padding(3).build(&mut nn::rng(1)).unwrap_err();
    assert_eq!(error.to_string(), "Embedding: padding is 3, but must be one of the rows, which count from 0");
}

#[test]
fn residual_adds_and_flatten_and_prelu_do_as_they_say() {
    let inner = Linear { weight: Tensor::from([[2.0, 0.0], [0.0, 3.0]]), bias: None };
    let y = Residual(inner).predict(|g, block| block.forward(g.constant([[1.0, 1.0], [-1.0, 2.0]])));
    assert_eq!(y.data(), [3.0, 4.0, -3.0, 8.0]);

    let g = Graph::new();
    let x = g.constant([[[1.0, 2.0], [3.0, 4.0]], [[5.0, 6.0], [7.0, 8.0]]]);
    assert_eq!(Flatten.forward(x).shape(), [2, 4]);
    assert_eq!(Flatten.forward(x).value().data(), x.value().data());
    assert_eq!(Flatten.forward(g.constant([1.0, 2.0])).shape(), [2, 1]);
    assert_eq!(Flatten.forward(g.zeros([0, 3, 4])).shape(), [0, 12]);

    let layer = PRelu { weight: Tensor::from([0.5, -1.0]) };
    let x = Tensor::from([[2.0, 3.0], [-4.0, -5.0], [0.0, 0.0]]);
    let (_, gradient) = layer
        .value_and_grad(|g, layer| {
            let y = layer.forward(g.constant(&x));
            assert_eq!(y.value().data(), [2.0, 3.0, -2.0, 5.0, 0.0, 0.0]);
            y.sum()
        })
        .unwrap();
    assert_eq!(gradient.weight.data(), [-4.0, -5.0]);
    // The slope at 0 is the weight.
    let x = g.var([[0.0, 0.0]]);
    let y = layer.on(&g).forward(x).sum();
    assert_eq!(y.backward()[x].data(), [0.5, -1.0]);
}

fn names<M: Model>(model: &M) -> Vec<String> {
    let mut names = Vec::new();
    model.visit(&mut |place, _| names.push(place.to_string()));
    names
}

#[test]
fn every_layer_can_be_chosen_at_run_time_and_is_trained() {
    let mut rng = nn::rng(1);
    let inner: Vec<Layer> = vec![Linear::new(4, 4, &mut rng).into(), Relu.into()];
    let layers: Vec<Layer> = vec![
        Flatten.into(),
        Linear::new(6, 4, &mut rng).into(),
        BatchNorm::new(4).into(),
        PRelu::new().into(),
        Residual(Sequential(inner)).into(),
        LayerNorm::new(4).into(),
        Dropout::new(0.1).into(),
        RmsNorm::new(4).into(),
        Tanh.into(),
        Linear::builder(4, 1).bias(false).build(&mut rng).unwrap().into(),
    ];
    let mut net = Sequential(layers);
    assert_eq!(
        names(&net),
        [
            "1.weight",
            "1.bias",
            "2.weight",
            "2.bias",
            "2.running_mean",
            "2.running_var",
            "3.weight",
            "4.0.weight",
            "4.0.bias",
            "5.weight",
            "5.bias",
            "7.weight",
            "9.weight",
        ]
    );
    let before = net.clone();
    let (x, y) =
        (Tensor::from_fn([8, 2, 3], |i| (i as f32).sin()), Tensor::from_fn([8, 1], |i| (i as f32).cos()));
    let mut adam = Adam::new(0.02);
    let mut loss = || adam.step(&mut net, |g, net| mse(net.forward(g.constant(&x)), g.constant(&y))).unwrap();
    let first = loss();
    let last = (0..300).map(|_| loss()).last().unwrap();
    assert!(last < 0.3 * first, "{first} to {last}");
    let mut same = Vec::new();
    net.zip_params(&before, |new, old| {
        same.push(new == old);
        new.clone()
    });
    assert_eq!(same, [false; 13]);
}

#[test]
fn long_chains_of_different_layers() {
    let mut rng = nn::rng(2);
    let mut net = Sequential((
        Linear::new(3, 8, &mut rng),
        BatchNorm::new(8),
        Relu,
        Dropout::new(0.2),
        Linear::new(8, 8, &mut rng),
        LayerNorm::new(8),
        Relu,
        Some(Residual(Linear::new(8, 8, &mut rng))),
        Box::new(RmsNorm::new(8)),
        Linear::new(8, 1, &mut rng),
    ));
    assert_eq!(names(&net).last().unwrap(), "9.bias");
    let x = Tensor::from_fn([16, 3], |i| (i as f32).sin());
    let mut sgd = Sgd::new(0.01);
    let loss = sgd.step(&mut net, |g, net| net.forward(g.constant(&x)).square().mean()).unwrap();
    assert!(loss.is_finite());
}

#[test]
fn mlps_have_the_activation_of_each_layer() {
    let mut rng = nn::rng(3);
    let net = Mlp::builder(2)
        .hidden(&[3], Relu)
        .hidden(&[2], Tanh)
        .output(1)
        .output_activation(nn::Sigmoid)
        .bias_init(Init::Uniform(0.5))
        .build(&mut rng)
        .unwrap()
        .cast::<f64>();
    let x = [0.4, -1.3];
    let mut signal = x.to_vec();
    let functions: [fn(f64) -> f64; 3] = [|z| z.max(0.0), f64::tanh, |z| 1.0 / (1.0 + (-z).exp())];
    for (layer, function) in net.layers.iter().zip(functions) {
        let (weight, bias) = (&layer.weight, layer.bias.as_ref().unwrap());
        let rows = weight.data().chunks(signal.len()).zip(bias.data());
        signal =
            rows.map(|(w, b)| function(w.iter().zip(&signal).map(|(w, x)| w * x).sum::<f64>() + b)).collect();
    }
    let y = net.predict(|g, net| net.forward(g.constant([x])));
    assert_close(&y, &signal, 1e-15);
    assert!(net.layers.iter().all(|layer| layer.bias.as_ref().unwrap().data().iter().all(|b| *b != 0.0)));

    let bare = Mlp::builder(2).hidden(&[3, 3], Relu).output(1).bias(false).build(&mut rng).unwrap();
    assert_eq!(bare.parameter_count(), 6 + 9 + 3);
    assert_eq!(Mlp::builder(5).output(2).build(&mut rng).unwrap().parameter_count(), 12);
}

#[test]
fn mlps_drop_hidden_numbers_only() {
    let mut net = Mlp::new(&[2, 64, 64, 3], Relu, &mut nn::rng(1));
    net.dropout = Dropout::new(0.5);
    let g = Graph::new();
    g.training();
    let x = g.ones([1, 2]);
    let y = net.on(&g).forward(x);
    // Two masks are drawn: one after each hidden layer, none before the first or after the last.
    let masks = g.nodes().filter(|node| node.op_name() == "constant" && node.shape() == [1, 64]).count();
    assert_eq!(masks, 2);
    assert_eq!(y.op_name(), "add");
}

#[test]
fn mistakes_in_configuration_are_named() {
    let rng = &mut nn::rng(1);
    let text = |error: ConfigError| error.to_string();
    let width = "at least 1";
    for (error, expected) in [
        (Linear::builder(0, 3).build(rng).map(drop), format!("Linear: inputs is 0, but must be {width}")),
        (Linear::builder(3, 0).build(rng).map(drop), format!("Linear: outputs is 0, but must be {width}")),
        (
            Linear::builder(3, 2).bias_init(Init::Orthogonal(1.0)).build(rng).map(drop),
            "Init::Orthogonal: shape is [2], but must be a matrix: at least two axes, the first of which counts \
             neurons"
                .to_owned(),
        ),
        (Mlp::builder(0).output(1).build(rng).map(drop), format!("Mlp: inputs is 0, but must be {width}")),
        (Mlp::builder(3).build(rng).map(drop), format!("Mlp: output is 0, but must be {width}")),
        (
            Mlp::builder(3).hidden(&[2, 0], Relu).output(1).build(rng).map(drop),
            "Mlp: hidden is [2, 0], but must be widths of at least 1".to_owned(),
        ),
        (
            Mlp::builder(3).hidden(&[2], nn::LeakyRelu(f64::NAN)).output(1).build(rng).map(drop),
            "LeakyRelu: slope is NaN, but must be a finite number".to_owned(),
        ),
        (
            Mlp::builder(3).output(1).dropout(1.0).build(rng).map(drop),
            "Dropout: p is 1.0, but must be at least 0 and less than 1".to_owned(),
        ),
        (
            Dropout { p: f64::NAN }.check(),
            "Dropout: p is NaN, but must be at least 0 and less than 1".to_owned(),
        ),
        (BatchNorm::builder(0).build().map(drop), format!("BatchNorm: features is 0, but must be {width}")),
        (
            BatchNorm::builder(1).momentum(-0.1).build().map(drop),
            "BatchNorm: momentum is -0.1, but must be at least 0 and at most 1".to_owned(),
        ),
        (
            BatchNorm::builder(1).epsilon(f64::NAN).build().map(drop),
            "BatchNorm: epsilon is NaN, but must be a finite number above 0".to_owned(),
        ),
        (LayerNorm::builder(0).build().map(drop), format!("LayerNorm: features is 0, but must be {width}")),
        (
            RmsNorm::builder(2).epsilon(-1e-5).build().map(drop),
            "RmsNorm: epsilon is -1e-5, but must be a finite number above 0".to_owned(),
        ),
        (PRelu::per_feature(0).map(drop), format!("PRelu: features is 0, but must be {width}")),
        (Embedding::builder(0, 2).build(rng).map(drop), format!("Embedding: rows is 0, but must be {width}")),
        (Embedding::builder(2, 0).build(rng).map(drop), format!("Embedding: dim is 0, but must be {width}")),
    ] {
        assert_eq!(text(error.unwrap_err()), expected);
    }
}
