//! Networks that answer yes or no, as several lessons train and draw them.

use nn::prelude::*;

/// A network with one output, the logit of a yes, in double precision.
pub(crate) type Net = Mlp<Tensor<f64>>;

/// Trains by Adam on all rows at once; gives the loss, the mean cross-entropy, before each step.
pub(crate) fn train(
    net: &mut Net,
    x: &Tensor<f64>,
    targets: &Tensor<f64>,
    lr: f64,
    steps: usize,
) -> Result<Vec<f64>, StepError> {
    let mut adam = Adam::new(lr);
    (0..steps)
        .map(|_| adam.step(net, |g, net| bce_with_logits(net.forward(g.constant(x)), g.constant(targets))))
        .collect()
}

/// The probability of a yes for each row, `[rows, 1]`.
pub(crate) fn probabilities(net: &Net, x: &Tensor<f64>) -> Tensor<f64> {
    net.predict(|g, net| net.forward(g.constant(x)).sigmoid())
}

/// The share of rows where the more probable answer is right.
pub(crate) fn accuracy(net: &Net, x: &Tensor<f64>, targets: &Tensor<f64>) -> f64 {
    let answers = probabilities(net, x);
    let pairs = answers.data().iter().zip(targets.data());
    pairs.filter(|(answer, target)| (**answer > 0.5) == (**target == 1.0)).count() as f64
        / x.shape()[0] as f64
}
