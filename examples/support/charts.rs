//! The charts of an image example: curves by epoch, and the images that were misread.

use std::path::Path;

use nn::plot::{Chart, Figure, Images, PlotError, learning_curves};

use super::training::{Epoch, Score};

/// Draws loss and accuracy by epoch, for training and held-out images.
pub(crate) fn curves(file: &Path, title: &str, history: &[Epoch]) -> Result<(), PlotError> {
    let panel = |measure: &str, value: fn(Score) -> f64| -> Chart {
        let of =
            |score: fn(&Epoch) -> Score| history.iter().map(|epoch| value(score(epoch))).collect::<Vec<_>>();
        learning_curves(
            measure,
            [("training", of(|epoch| epoch.train)), ("held out", of(|epoch| epoch.held_out))],
        )
        .title("")
    };
    let loss = panel("loss (cross-entropy, nats)", |score| score.loss).y_range(0.0..);
    let accuracy = panel("accuracy (%)", |score| 100.0 * score.accuracy);
    Figure::new(title).columns(2).size(1040, 440).panel(loss).panel(accuracy).save(file)
}

/// An image that was misread.
pub(crate) struct Mistake<'a> {
    /// Square image, row by row, from 0 (paper) to 1 (ink).
    pub(crate) pixels: &'a [f32],
    /// The class it is of.
    pub(crate) actual: usize,
    /// The class it was taken for.
    pub(crate) predicted: usize,
    /// The probability that the network gave its prediction, from 0 to 1.
    pub(crate) confidence: f64,
}

/// Images drawn at the most.
const SHOWN: usize = 40;

/// Draws the mistakes among `tested` images, the most confident first.
pub(crate) fn mistakes(file: &Path, tested: usize, mut mistakes: Vec<Mistake>) -> Result<(), PlotError> {
    let total = mistakes.len();
    mistakes.sort_by(|a, b| b.confidence.total_cmp(&a.confidence));
    mistakes.truncate(SHOWN);

    let title = match (total, mistakes.len()) {
        (0, _) => format!("No mistakes: all {tested} held-out images were read correctly"),
        (1, _) => format!(
            "1 of {tested} held-out images was misread\ntrue → predicted, and how sure the network was"
        ),
        (_, shown) => {
            let which =
                if shown == total { "surest first".to_owned() } else { format!("the {shown} surest") };
            format!(
                "{total} of {tested} held-out images were misread\ntrue → predicted, and how sure; {which}"
            )
        }
    };
    let side = mistakes.first().map_or(1, |mistake| mistake.pixels.len().isqrt());
    let mut images = Images::new([side, side]).color_range(0.0..=1.0);
    for mistake in mistakes {
        let Mistake { pixels, actual, predicted, confidence } = mistake;
        let caption = format!("{actual} → {predicted}\n{:.1}% sure", 100.0 * confidence);
        images = images.add(caption, pixels.iter().copied())?;
    }
    images.chart(title).save(file)
}
