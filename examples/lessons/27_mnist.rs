//! 784-15-10: handwritten digits, read by a small network that mini-batches have trained.

use std::error::Error;

use nn::data::idx;
use nn::metrics::{ConfusionMatrix, predictions};
use nn::plot::{Figure, Images, confusion, learning_curves, weight_images};
use nn::prelude::*;
use nn::{Rng, Sigmoid, rng};

use super::page::{Absent, Page};

const RESULT: &str = "784-15-10, sigmoid, 11,935 parameters, mini-batch descent: at least 94 % of the 10,000 test images are read correctly";

pub(crate) fn lesson(page: &mut Page) -> Result<(), Box<dyn Error>> {
    let Some(folder) = &page.mnist else {
        return Err(Box::new(absent("no folder was given")));
    };
    let (train, test) = idx::mnist(folder).map_err(|error| absent(&error.to_string()))?;

    page.text(
        "MNIST has 60,000 images of handwritten digits to learn from and 10,000 others to be judged by, 28 x 28 pixels each. Deck A \
         reads them with a network of 784 inputs, 15 hidden sigmoid neurons and 10 outputs, one for each digit.",
    );
    let mut samples = Images::new([28, 28]).color_range(0.0..=1.0);
    for (row, label) in train.labels().as_slice().iter().enumerate().take(16) {
        samples = samples.add(label.to_string(), train.row(row).iter().copied())?;
    }
    page.picture("27_mnist_samples", samples.chart("The first sixteen images and their labels").to_svg(), "What the network gets to see.");

    let mut random: Rng = rng(27);
    let mut net = Mlp::new(&[784, 15, 10], Sigmoid, &mut random);
    let parameters = net.parameter_count();
    page.listing(net.summary([1, 784]));
    page.text(
        "The deck prints 178·15 + 15·10 = 11,935 weights and then adds 25 biases. There are 784 pixels, and 784·15 + 15·10 = 11,910 weights; \
         with the 15 + 10 biases that makes 11,935 parameters.",
    );

    page.text(
        "Training: mini-batches of 20 images in random order, plain descent on the cross-entropy, with a rate that falls from epoch \
         to epoch. After each epoch the network reads as many of the training images as there are test images; both counts are \
         reported and used for nothing else.",
    );
    let (mut losses, mut accuracies) = ((Vec::new(), Vec::new()), (Vec::new(), Vec::new()));
    let first: Vec<usize> = (0..test.len()).collect();
    let learned = train.select(&first)?;
    let mut sgd = Sgd::new(RATES[0]);
    for rate in RATES {
        sgd.set_lr(rate);
        for (x, labels) in train.batches(20, &mut random) {
            sgd.step(&mut net, |g, net| cross_entropy(net.forward(g.constant(&x)), &labels))?;
        }
        let (on_train, on_test) = (score(&net, &learned)?, score(&net, &test)?);
        losses.0.push(on_train.loss);
        losses.1.push(on_test.loss);
        accuracies.0.push(100.0 * on_train.matrix.accuracy());
        accuracies.1.push(100.0 * on_test.matrix.accuracy());
    }
    let row = |epoch: usize| {
        vec![
            (epoch + 1).to_string(),
            RATES[epoch].to_string(),
            format!("{:.3}", losses.0[epoch]),
            format!("{:.3}", losses.1[epoch]),
            format!("{:.1} %", accuracies.0[epoch]),
            format!("{:.1} %", accuracies.1[epoch]),
        ]
    };
    page.table(
        &["epoch", "rate", "training loss", "test loss", "training images read", "test images read"],
        (0..RATES.len()).map(row).collect(),
    );
    let curves = |measure: &str, (train, test): &(Vec<f64>, Vec<f64>)| {
        learning_curves(measure, [("training", train), ("test", test)]).title("")
    };
    let figure = Figure::new("784-15-10 on MNIST").columns(2).size(1040, 440);
    let figure = figure.panel(curves("loss (cross-entropy, nats)", &losses)).panel(curves("read correctly (%)", &accuracies));
    page.picture("27_mnist_curves", figure.to_svg(), "Fifteen hidden neurons are too few to learn the images by heart: both curves stay close.");

    let last = score(&net, &test)?;
    let accuracy = last.matrix.accuracy();
    page.picture(
        "27_mnist_confusion",
        confusion(&last.matrix, &[])?.to_svg(),
        "Off the diagonal: which digits are taken for which. 4 and 9 look alike, and so do 3 and 5, 2 and 7.",
    );
    let weights = weight_images(&net.layers[0].weight, [28, 28])?.title("What the fifteen hidden neurons look for");
    page.picture(
        "27_mnist_weights",
        weights.to_svg(),
        "Ink on vermilion pixels excites a neuron, ink on blue ones inhibits it. They are no digits: each neuron takes part in \
         reading many.",
    );
    let (mistakes, count) = mistakes(&test, &last)?;
    page.picture("27_mnist_mistakes", mistakes.to_svg(), "The mistakes of which the network was surest; some of them a human would make too.");
    page.formula(format!("test images read correctly: {} of {}, {:.2} %", test.len() - count, test.len(), 100.0 * accuracy));
    page.shows("mnist", RESULT, accuracy >= 0.94 && parameters == 11_935);
    Ok(())
}

/// A learning rate for each epoch.
const RATES: [f64; 3] = [0.8, 0.5, 0.05];

/// The judgement of all images of a data set.
struct Score {
    loss: f64,
    matrix: ConfusionMatrix,
    /// `[rows, 10]`.
    probabilities: Tensor,
    predicted: Labels,
}

fn score(net: &Mlp, data: &Dataset) -> Result<Score, Box<dyn Error>> {
    let probabilities = net.predict(|g, net| net.forward(g.constant(data.x())).softmax(-1));
    let predicted = predictions(&probabilities)?;
    let loss = nn::metrics::log_loss(&probabilities, data.labels())?;
    Ok(Score { loss, matrix: ConfusionMatrix::from_predictions(&predicted, data.labels()), probabilities, predicted })
}

/// The misread images of which the network was surest, and how many there are in all.
fn mistakes(test: &Dataset, score: &Score) -> Result<(nn::plot::Chart, usize), Box<dyn Error>> {
    let actual = test.labels().as_slice();
    let mut wrong: Vec<(usize, usize, f32)> = Vec::new();
    for (row, &predicted) in score.predicted.as_slice().iter().enumerate() {
        if predicted != actual[row] {
            wrong.push((row, predicted as usize, score.probabilities.at(&[row, predicted as usize])));
        }
    }
    wrong.sort_by(|a, b| b.2.total_cmp(&a.2));
    let mut images = Images::new([28, 28]).color_range(0.0..=1.0);
    for &(row, predicted, sure) in wrong.iter().take(24) {
        images = images.add(format!("{} → {predicted}\n{:.1}% sure", actual[row], 100.0 * sure), test.row(row).iter().copied())?;
    }
    let title = format!("{} of {} test images were misread: true → predicted, the surest", wrong.len(), test.len());
    Ok((images.chart(title), wrong.len()))
}

fn absent(why: &str) -> Absent {
    Absent {
        message: format!(
            "the files of MNIST are missing: {why}. Get train-images-idx3-ubyte.gz, train-labels-idx1-ubyte.gz, \
             t10k-images-idx3-ubyte.gz and t10k-labels-idx1-ubyte.gz (11 MB), for example from \
             https://ossci-datasets.s3.amazonaws.com/mnist/, put them into a folder and name it with --mnist DIR or in MNIST_DIR. \
             What the lesson would show: {RESULT}"
        ),
        would_show: ("mnist", RESULT),
    }
}
