//! Every form of `module!`, every container, and the ways in which models are used.

use nn::{AdamRule, AnyRule, Optimizer, Place, Relu, SgdRule, Tanh, module, prelude::*};

#[derive(Clone)]
struct Net<P = Tensor> {
    hidden: Linear<P>,
    scale: P,
    shift: Option<P>,
    more: Vec<Linear<P>>,
    skip: Option<Linear<P>>,
    boxed: Box<Linear<P>>,
    array: [Linear<P>; 2],
    pair: (Linear<P>, Activation),
    rate: f32,
}
module!(Net {
    child hidden, param scale, optional shift, child more, child skip, child boxed, child array, child pair,
    keep rate
});

struct Residual<M> {
    inner: M,
    scale: f64,
}
module!(Residual<M> { child inner, keep scale });

struct Twins<A, B>(A, B);
module!(Twins<A, B> { child 0, child 1 });

#[derive(Clone)]
enum Block<P = Tensor> {
    Dense(Linear<P>),
    Relu,
    Gain(P),
    Scale { by: P, max: f64 },
    Drop(f64),
}
module!(enum Block { Dense(child), Relu, Gain(param), Scale { param by, keep max }, Drop(keep) });

fn linear(inputs: usize, outputs: usize) -> Linear {
    Linear::new(inputs, outputs, &mut nn::rng(1))
}

fn net() -> Net {
    Net {
        hidden: linear(2, 3),
        scale: Tensor::from([2.0]),
        shift: Some(Tensor::from([1.0])),
        more: vec![linear(3, 3), linear(3, 3).without_bias()],
        skip: None,
        boxed: Box::new(linear(3, 3)),
        array: [linear(3, 3), linear(3, 3)],
        pair: (linear(3, 1), Tanh),
        rate: 0.5,
    }
}

impl<'g> Net<Var<'g>> {
    fn forward(&self, x: Var<'g>) -> Var<'g> {
        let mut y = self.hidden.forward(x) * self.scale;
        if let Some(shift) = self.shift {
            y += shift;
        }
        for layer in self.more.iter().chain(&self.skip).chain([&*self.boxed]).chain(&self.array) {
            y = layer.forward(y).tanh();
        }
        self.pair.1.forward(self.pair.0.forward(y)) * f64::from(self.rate)
    }
}

fn x() -> Tensor {
    Tensor::from([[1.0, 2.0], [0.5, -0.5]])
}

fn names<M: Model>(model: &M) -> Vec<String> {
    let mut names = Vec::new();
    model.visit(&mut |place, _| names.push(place.to_string()));
    names
}

#[test]
fn all_methods_meet_the_same_parameters_in_the_same_order() {
    let mut net = net();
    let mut visited: Vec<(String, Tensor)> = Vec::new();
    net.visit(&mut |place, tensor| visited.push((place.to_string(), tensor.clone())));
    let mut mapped = Vec::new();
    let _: Net<()> = net.map_at(&Place::ROOT, &mut |place, tensor: &Tensor| {
        mapped.push((place.to_string(), tensor.clone()));
    });
    let mut changed = Vec::new();
    net.visit_mut(&mut |place, tensor| changed.push((place.to_string(), tensor.clone())));
    assert_eq!(visited, mapped);
    assert_eq!(visited, changed);
    assert_eq!(
        names(&net),
        [
            "hidden.weight",
            "hidden.bias",
            "scale",
            "shift",
            "more.0.weight",
            "more.0.bias",
            "more.1.weight",
            "boxed.weight",
            "boxed.bias",
            "array.0.weight",
            "array.0.bias",
            "array.1.weight",
            "array.1.bias",
            "pair.0.weight",
            "pair.0.bias"
        ]
    );
}

#[test]
fn every_field_is_trained() {
    let mut net = net();
    let before = net.clone();
    Sgd::new(0.1).step(&mut net, |g, net| net.forward(g.constant(x())).sum()).unwrap();
    let mut changed = Vec::new();
    net.zip_params(&before, |new, old| {
        changed.push(new != old);
        new.clone()
    });
    assert_eq!(changed, [true; 15]);
    assert_eq!(net.rate, 0.5);
}

#[test]
fn around_any_module() {
    let mut net =
        Residual { inner: (linear(2, 2), Residual { inner: linear(2, 2), scale: 0.1 }), scale: 2.0 };
    assert_eq!(names(&net), ["inner.0.weight", "inner.0.bias", "inner.1.inner.weight", "inner.1.inner.bias"]);
    let loss = Sgd::new(0.01).step(&mut net, |g, net| {
        let y = net.inner.0.forward(g.constant(x()));
        ((net.inner.1.inner.forward(y) * net.inner.1.scale + y) * net.scale).square().sum()
    });
    assert!(loss.is_ok());
    let twins = Twins(linear(1, 1), vec![linear(1, 1)]);
    assert_eq!(names(&twins), ["0.weight", "0.bias", "1.0.weight", "1.0.bias"]);
}

#[test]
fn choices() {
    let mut chain = vec![
        Block::Dense(linear(2, 2)),
        Block::Relu,
        Block::Gain(Tensor::from([1.5])),
        Block::Scale { by: Tensor::from([2.0]), max: 100.0 },
        Block::Drop(0.5),
    ];
    assert_eq!(names(&chain), ["0.weight", "0.bias", "2", "3.by"]);
    let before = chain.clone();
    Sgd::new(0.1)
        .step(&mut chain, |g, chain| {
            let mut y = g.constant(x());
            for block in &chain {
                y = match block {
                    Block::Dense(layer) => layer.forward(y),
                    Block::Relu => y.leaky_relu(0.1),
                    Block::Gain(gain) => y * *gain,
                    Block::Scale { by, max } => (y * *by).min(*max),
                    Block::Drop(_) => y,
                };
            }
            y.square().sum()
        })
        .unwrap();
    let mut changed = Vec::new();
    chain.zip_params(&before, |new, old| {
        changed.push(new != old);
        new.clone()
    });
    assert_eq!(changed, [true; 4]);
}

/// What a user writes who trains any model.
fn fit<M>(net: &mut M, x: &Tensor, y: &Tensor) -> f32
where
    M: Model,
    for<'g> M::With<Var<'g>>: Forward<'g>,
{
    let mut adam = Adam::new(0.05);
    let mut loss = f32::NAN;
    for _ in 0..200 {
        loss = adam.step(net, |g, net| mse(net.forward(g.constant(x)), g.constant(y))).unwrap();
    }
    loss
}

#[test]
fn a_generic_function_trains_any_model() {
    let y = Tensor::from([[0.5], [-0.5]]);
    let mut rng = nn::rng(1);
    assert!(fit(&mut linear(2, 1), &x(), &y) < 1e-3);
    assert!(fit(&mut Mlp::new(&[2, 8, 1], Tanh, &mut rng), &x(), &y) < 1e-3);
    assert!(fit(&mut Sequential((linear(2, 4), Tanh, linear(4, 1))), &x(), &y) < 1e-3);
    assert!(fit(&mut Sequential((Sequential((linear(2, 4), Tanh)), linear(4, 1))), &x(), &y) < 1e-3);
    let layers = vec![Layer::Linear(linear(2, 4)), Layer::Activation(Tanh), Layer::Linear(linear(4, 1))];
    assert!(fit(&mut Sequential(layers), &x(), &y) < 1e-3);
    assert!(fit(&mut Sequential([linear(2, 2), linear(2, 1)]), &x(), &y) < 1e-3);
}

#[test]
fn two_models_are_trained_together_and_another_one_is_constant() {
    let (generator, judge) = (linear(3, 2), Mlp::new(&[2, 4, 1], Relu, &mut nn::rng(2)));
    let mut both = (generator, judge);
    let mut adam = Adam::new(0.01);
    let z = Tensor::from([[1.0, 0.0, -1.0]]);
    let two = adam.step(&mut both, |g, (generator, judge)| {
        judge.forward(generator.forward(g.constant(&z))).square().sum()
    });
    assert!(two.is_ok());

    let (generator, mut judge) = both;
    let before = generator.weight.clone();
    let mut adam = Adam::new(0.01);
    let alone = adam.step(&mut judge, |g, judge| {
        let fake = generator.on(g).forward(g.constant(&z));
        judge.forward(fake).square().sum()
    });
    assert!(alone.is_ok());
    assert_eq!(generator.weight, before);
}

#[test]
fn closures_return_early_and_loss_functions_have_names() {
    fn loss<'g>(g: &'g Graph, net: Linear<Var<'g>>) -> Var<'g> {
        net.forward(g.constant(x())).square().sum()
    }
    let mut net = linear(2, 1);
    let mut sgd = Sgd::new(0.01);
    let first = sgd.step(&mut net, loss).unwrap();
    for rows in [1, 5] {
        let second = sgd.step(&mut net, |g, net| {
            let y = net.forward(g.constant(x()));
            if rows > 3 {
                return y.sum();
            }
            y.square().sum()
        });
        assert_ne!(second.unwrap(), first);
    }
}

/// A learner with its optimiser beside the model: a step borrows both fields, and reads a third.
struct Agent {
    policy: Linear,
    optimizer: Optimizer<Box<dyn AnyRule>>,
    discount: f64,
}

impl Agent {
    fn learn(&mut self) -> Result<f32, StepError> {
        self.optimizer.step(&mut self.policy, |g, policy| {
            (policy.forward(g.constant(x())) * self.discount).square().sum()
        })
    }
}

#[test]
fn the_rule_is_chosen_at_run_time() {
    let rules: [Box<dyn AnyRule>; 2] = [Box::new(SgdRule::new(0.01)), Box::new(AdamRule::new(0.01))];
    let mut losses = Vec::new();
    for rule in rules {
        let mut agent = Agent { policy: linear(2, 1), optimizer: Optimizer::from_rule(rule), discount: 0.9 };
        agent.learn().unwrap();
        losses.push(agent.learn().unwrap());
    }
    assert_ne!(losses[0], losses[1]);
}

#[test]
fn models_of_double_precision() {
    let mut net = Mlp::new(&[2, 4, 1], Tanh, &mut nn::rng(1)).cast::<f64>();
    let x = x().cast::<f64>();
    let mut adam = Adam::new(0.01);
    let loss: f64 = adam.step(&mut net, |g, net| net.forward(g.constant(&x)).square().sum()).unwrap();
    assert!(loss.is_finite());
    let y: Tensor<f64> = net.predict(|g, net| net.forward(g.constant(&x)));
    assert_eq!(y.shape(), [2, 1]);
}

#[test]
fn models_and_optimisers_go_to_another_thread() {
    fn is_send<T: Send + Sync + 'static>(_: &T) {}
    is_send(&net());
    let adam: Adam = Adam::new(0.1);
    is_send(&adam);
}
