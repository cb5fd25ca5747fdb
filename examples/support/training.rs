//! One hidden layer, trained with Adam; judged only after training, never chosen by the judgement.

use std::error::Error;

use nn::Init;
use nn::metrics::{accuracy, predictions};
use nn::prelude::*;

use super::Options;
use super::charts::Mistake;
use super::progress::Progress;

/// Mean loss in nats and share of right answers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Score {
    pub(crate) loss: f64,
    pub(crate) accuracy: f64,
}

/// What an epoch has come to, on the images trained on and on those held out.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Epoch {
    pub(crate) train: Score,
    pub(crate) held_out: Score,
}

/// A finished run: its course, and the last network's answers for the held-out images.
pub(crate) struct Run {
    pub(crate) history: Vec<Epoch>,
    /// `[rows, classes]`, the logarithms of the probabilities.
    pub(crate) log_probabilities: Tensor,
}

/// A network of one hidden layer.
pub(crate) struct Net<P = Tensor> {
    hidden: Linear<P>,
    out: Linear<P>,
}
module!(Net { child hidden, child out });

impl<'g> Net<Var<'g>> {
    /// Images `[rows, pixels]` to logits `[rows, classes]`.
    fn forward(&self, x: Var<'g>) -> Var<'g> {
        self.out.forward(self.hidden.forward(x).relu())
    }
}

/// Trains on `train` for all epochs. `held_out` is looked at to report on it and for nothing else.
pub(crate) fn train_one(
    options: &Options,
    train: &Dataset,
    held_out: &Dataset,
    progress: &Progress,
) -> Result<Run, Box<dyn Error>> {
    let mut rng = nn::rng(options.seed);
    let mut net = Net {
        hidden: Linear::with_init(train.features(), options.hidden, Init::HeUniform, &mut rng),
        out: Linear::new(options.hidden, train.classes(), &mut rng),
    };
    let mut adam = Adam::new(options.lr);
    let mut history = Vec::new();
    for number in 1..=options.epochs {
        for (x, labels) in train.batches(options.batch, &mut rng) {
            adam.step(&mut net, |g, net| cross_entropy(net.forward(g.constant(&x)), &labels))?;
        }
        let epoch = Epoch {
            train: score(&answers(&net, train), train.labels())?,
            held_out: score(&answers(&net, held_out), held_out.labels())?,
        };
        progress.epoch(number, &epoch);
        history.push(epoch);
    }
    Ok(Run { history, log_probabilities: answers(&net, held_out) })
}

/// Logarithms of the probabilities of the classes, `[rows, classes]`.
fn answers(net: &Net, data: &Dataset) -> Tensor {
    net.predict(|g, net| net.forward(g.constant(data.x())).log_softmax(-1))
}

fn score(log_probabilities: &Tensor, labels: &Labels) -> Result<Score, Box<dyn Error>> {
    let rows = log_probabilities.data().chunks_exact(labels.classes()).zip(labels.as_slice());
    let sum: f64 = rows.map(|(row, &label)| -f64::from(row[label as usize])).sum();
    let predicted = predictions(log_probabilities)?;
    Ok(Score { loss: sum / labels.len() as f64, accuracy: accuracy(&predicted, labels) })
}

/// The rows of `held_out` that were misread.
pub(crate) fn mistakes<'a>(held_out: &'a Dataset, run: &Run) -> Result<Vec<Mistake<'a>>, Box<dyn Error>> {
    let predicted = predictions(&run.log_probabilities)?;
    let answers = run.log_probabilities.data().chunks_exact(held_out.classes());
    let rows = predicted.as_slice().iter().zip(held_out.labels().as_slice()).zip(answers).enumerate();
    let wrong = rows.filter(|(_, ((predicted, actual), _))| predicted != actual);
    let mistake = |(row, ((&predicted, &actual), answers)): (usize, ((&u32, &u32), &[f32]))| Mistake {
        pixels: held_out.row(row),
        actual: actual as usize,
        predicted: predicted as usize,
        confidence: f64::from(answers[predicted as usize]).exp(),
    };
    Ok(wrong.map(mistake).collect())
}
