//! How training goes on: a bar in a terminal, otherwise one plain line per epoch.

use std::io::IsTerminal;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

use super::training::Epoch;

/// The progress of one training run.
pub(crate) struct Progress {
    name: String,
    epochs: u32,
    bar: Option<ProgressBar>,
}

impl Progress {
    /// The progress of a run called `name` over so many epochs.
    pub(crate) fn new(name: impl Into<String>, epochs: u32) -> Progress {
        let name = name.into();
        let bar = std::io::stderr().is_terminal().then(|| {
            let style =
                ProgressStyle::with_template("{prefix} [{bar:12}] {pos:>3}/{len} {elapsed:>4}  {msg}")
                    .expect("the template is right")
                    .progress_chars("=> ");
            let bar = ProgressBar::new(epochs.into()).with_style(style).with_prefix(name.clone());
            bar.enable_steady_tick(Duration::from_millis(500)); // The clock goes on in a long epoch.
            bar
        });
        Progress { name, epochs, bar }
    }

    /// Shows what the epoch with this number, from 1, has come to.
    pub(crate) fn epoch(&self, number: u32, epoch: &Epoch) {
        let (train, held_out) = (epoch.train, epoch.held_out);
        match &self.bar {
            Some(bar) => {
                bar.set_position(number.into());
                // Fits into 80 columns.
                bar.set_message(format!(
                    "loss {:.4} | held out {:.4}, {:.1}% right",
                    train.loss,
                    held_out.loss,
                    100.0 * held_out.accuracy,
                ));
            }
            None => println!(
                "{}, epoch {number:>3}/{}: loss {:.4}, accuracy {:6.2}%; held out: loss {:.4}, accuracy {:6.2}%",
                self.name,
                self.epochs,
                train.loss,
                100.0 * train.accuracy,
                held_out.loss,
                100.0 * held_out.accuracy,
            ),
        }
    }
}

impl Drop for Progress {
    /// Leaves the bar where it is, so that the last figures stay on the screen.
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.abandon();
        }
    }
}
