//! What a step that fails says of the reason, and what a step can tell of its gradients.

use autograd::diagnose::Flow;
use nn::{StepError, prelude::*};

fn x() -> Tensor {
    Tensor::from([[1.0, 2.0], [-0.5, 0.25]])
}

fn net() -> (Linear, Linear) {
    let mut rng = nn::rng(3);
    (Linear::new(2, 4, &mut rng), Linear::new(4, 1, &mut rng))
}

#[test]
fn a_loss_that_is_not_finite_says_where_it_was_born() {
    let mut net = net();
    let error = Adam::new(0.1)
        .step(&mut net, |g, (a, b)| {
            let y = b.forward(a.forward(g.constant(x())).relu());
            (y - y).ln().sum()
        })
        .unwrap_err();
    let StepError::NotFinite { birth: Some(birth), step: 1, .. } = &error else { panic!("{error}") };
    assert_eq!((birth.op.as_str(), birth.origin.file()), ("ln", file!()));
    assert_eq!(birth.operands[0].value, 0.0);
    let text = error.to_string();
    assert!(text.starts_with("the loss of step 1 is -inf: ln of shape [2, 1], recorded at"), "{text}");
    // By value_and_grad too.
    let error = net.value_and_grad(|g, (a, _)| (a.forward(g.constant(x())) * f64::NAN).sum()).err().unwrap();
    assert!(error.to_string().contains("number of shape []"), "{error}");
}

#[test]
fn a_weight_that_was_broken_before_is_named() {
    let mut net = net();
    net.1.weight = Tensor::from([[1.0, f32::NAN, 0.0, 0.0]]);
    let error = Sgd::new(0.1)
        .step(&mut net, |g, (a, b)| b.forward(a.forward(g.constant(x()))).square().sum())
        .unwrap_err()
        .to_string();
    assert!(error.contains("parameter 1.weight was already NaN before this step, at [0, 1]"), "{error}");
}

#[test]
fn broken_gradients_are_found_before_they_are_taken() {
    let root = |find: bool| {
        let mut net: Linear = Linear { weight: Tensor::from([[0.0, 4.0]]), bias: None };
        let mut sgd = Sgd::new(0.1).find_nan(find);
        let result = sgd.step(&mut net, |_, net| net.weight.sqrt().sum());
        (result, net.weight.to_vec(), sgd.steps())
    };
    let (result, weight, steps) = root(true);
    let error = result.unwrap_err();
    assert!(
        matches!(&error, StepError::UpdateNotFinite { step: 1, birth: Some(birth) } if birth.op == "sqrt")
    );
    assert!(error.to_string().contains("gradient of \"weight\""), "{error}");
    assert_eq!((weight, steps), (vec![0.0, 4.0], 0));
    // Without the search the step is taken, as the loss is finite.
    let (result, weight, steps) = root(false);
    assert_eq!((result.unwrap(), weight[0], steps), (2.0, f32::NEG_INFINITY, 1));
}

#[test]
fn broken_gradients_are_found_though_the_rule_or_a_bound_would_hide_them() {
    fn refuses<R: nn::AnyRule<f32>>(optimizer: nn::Optimizer<R>, begins: &str) {
        let mut net: Linear = Linear { weight: Tensor::from([[0.0, 4.0]]), bias: None };
        let mut optimizer = optimizer.find_nan(true);
        let error = optimizer.step(&mut net, |_, net| net.weight.sqrt().sum()).unwrap_err();
        let birth = match &error {
            StepError::UpdateNotFinite { step: 1, birth } => birth,
            StepError::NormNotFinite { step: Some(1), norm, birth } if norm.is_nan() => birth,
            other => panic!("{other}"),
        };
        let birth = birth.as_ref().unwrap();
        assert_eq!((birth.op.as_str(), birth.origin.file()), ("sqrt", file!()));
        assert!(error.to_string().starts_with(begins), "{error}");
        assert!(error.to_string().contains("it reached the gradient of \"weight\""), "{error}");
        assert_eq!((net.weight.to_vec(), optimizer.steps()), (vec![0.0, 4.0], 0));
        // A finite gradient is taken.
        net.weight = Tensor::from([[1.0, 4.0]]);
        assert_eq!(optimizer.step(&mut net, |_, net| net.weight.sqrt().sum()).unwrap(), 3.0);
        assert_eq!(optimizer.steps(), 1);
    }
    let update =
        "step 1 would make numbers of the model NaN or infinite: the derivative of sqrt, recorded at";
    refuses(nn::Rprop::new(0.1), update); // looks at signs alone
    refuses(Sgd::new(0.1).clip_value(1.0), update);
    let norm = "the norm of the gradient of step 1 is NaN: the derivative of sqrt, recorded at";
    refuses(Adam::new(0.1).clip_value(1.0).clip_norm(1.0), norm);
}

/// A bound on the norm looks at all gradients, so what it finds is named without a search too.
#[test]
fn a_norm_that_is_not_finite_says_where_its_gradient_was_born() {
    let mut net = net();
    let mut sgd = Sgd::new(0.1).clip_norm(1.0);
    sgd.step(&mut net, |g, (a, b)| b.forward(a.forward(g.constant(x())).tanh()).square().sum()).unwrap();
    let error = sgd
        .step(&mut net, |g, (a, b)| (b.forward(a.forward(g.constant(x()))) * 0.0).sqrt().sum())
        .unwrap_err();
    let StepError::NormNotFinite { step: Some(2), birth: Some(birth), .. } = &error else {
        panic!("{error}")
    };
    assert_eq!((birth.op.as_str(), birth.origin.file()), ("sqrt", file!()));
}

/// Micro-batches and L-BFGS know the graph of a gradient too.
#[test]
fn broken_gradients_of_looks_are_named() {
    let root = || -> Linear { Linear { weight: Tensor::from([[4.0, 0.0]]), bias: None } };
    let (mut net, mut parts) = (root(), nn::Accumulate::new());
    parts.add(&mut net, 1, |_, net| net.weight.square().sum()).unwrap();
    let of_parts = parts.add(&mut net, 1, |_, net| net.weight.sqrt().sum()).unwrap_err();
    let of_search = nn::Lbfgs::new().step(&mut net, |_, net| net.weight.sqrt().sum()).unwrap_err();
    for (error, number) in [(of_parts, 2), (of_search, 1)] {
        let text = error.to_string();
        let StepError::GradientNotFinite { step: Some(step), name, position: 1, birth: Some(birth), .. } =
            error
        else {
            panic!("{text}")
        };
        assert_eq!((step, name.as_str(), birth.op.as_str()), (number, "weight", "sqrt"));
        let begins = format!(
            "the gradient of parameter weight of step {number} is not finite: number 1 of it, from 0, is inf: the \
             derivative of sqrt, recorded at"
        );
        assert!(text.starts_with(&begins), "{text}");
    }
    let error = nn::Lbfgs::new().step(&mut net, |_, net| (net.weight - 5.0).ln().sum()).unwrap_err();
    let StepError::NotFinite { step: 1, birth: Some(birth), .. } = error else { panic!("{error}") };
    assert_eq!((birth.op.as_str(), birth.origin.file()), ("ln", file!()));
    // Squares of finite numbers.
    let error =
        nn::Lbfgs::new().step(&mut net.cast::<f64>(), |_, net| (net.weight * 1e200).sum()).unwrap_err();
    assert!(matches!(error, StepError::NormNotFinite { step: Some(1), birth: None, .. }), "{error}");
}

#[test]
fn a_search_that_finds_nothing_changes_nothing() {
    let train = |find: bool| {
        let mut net = net();
        let mut adam = Adam::new(0.1).find_nan(find);
        for _ in 0..5 {
            adam.step(&mut net, |g, (a, b)| b.forward(a.forward(g.constant(x())).relu()).square().sum())
                .unwrap();
        }
        (net.0.weight.to_vec(), net.1.weight.to_vec())
    };
    assert_eq!(train(true), train(false));
}

#[test]
fn a_probed_step_is_a_step_whose_figures_are_those_of_its_gradients() {
    let (mut probed, mut plain) = (net(), net());
    let (mut adam, mut other) = (Adam::new(0.1).freeze("0.bias"), Adam::new(0.1).freeze("0.bias"));
    for _ in 0..3 {
        let (_, grads) = probed
            .value_and_grad(|g, (a, b)| b.forward(a.forward(g.constant(x())).relu()).square().sum())
            .unwrap();
        let (loss, statistics) = adam
            .step_probed(&mut probed, |g, (a, b)| b.forward(a.forward(g.constant(x())).relu()).square().sum())
            .unwrap();
        let expected =
            other.step(&mut plain, |g, (a, b)| b.forward(a.forward(g.constant(x())).relu()).square().sum());
        assert_eq!(loss, expected.unwrap());
        let names: Vec<&str> = statistics.variables.iter().map(|v| v.name.as_deref().unwrap()).collect();
        assert_eq!(names, ["0.weight", "1.weight", "1.bias"], "what is frozen has no gradient");
        for (found, grad) in statistics.variables.iter().zip([&grads.0.weight, &grads.1.weight]) {
            let norm = grad.data().iter().map(|x| f64::from(x * x)).sum::<f64>().sqrt();
            assert!((found.gradient_norm - norm).abs() <= 1e-5 * norm.max(1.0), "{found:?} {norm}");
        }
        assert_eq!(statistics.activities.len(), 1);
    }
    assert_eq!(probed.0.weight, plain.0.weight);
}

#[test]
fn reports_name_the_parameters() {
    let net = net();
    let cost = net.cost(|g, (a, b)| b.forward(a.forward(g.constant(x())).relu()).square().sum());
    let modules: Vec<String> = cost.modules().into_iter().map(|module| module.module).collect();
    assert!(modules.contains(&"0".to_owned()) && modules.contains(&"1".to_owned()), "{modules:?}");
    let flow = net.gradient_flow(|g, (a, b)| b.forward((a.forward(g.constant(x())) - 100.0).relu()).sum());
    let lost: Vec<_> = flow.lost().map(|lost| (lost.name.clone().unwrap(), lost.flow.clone())).collect();
    assert_eq!(
        lost.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(),
        ["0.weight", "0.bias", "1.weight"]
    );
    assert!(
        matches!(&lost[0].1, Flow::Zero { lost } if lost[0].op == "relu" && lost[0].why.contains("dead"))
    );
}
