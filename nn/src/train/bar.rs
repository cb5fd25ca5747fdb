//! `Bar`: how training goes on, in a terminal.

use std::io::IsTerminal;

use indicatif::{ProgressBar, ProgressStyle};

use super::History;

/// A bar for the epoch under way, and the numbers of the last one.
pub(super) struct Bar(ProgressBar);

impl Bar {
    /// A bar on the standard error stream; none if that is not a terminal.
    pub(super) fn in_terminal() -> Option<Bar> {
        std::io::stderr().is_terminal().then(|| {
            let style =
                ProgressStyle::with_template("{prefix} [{bar:12}] {pos}/{len} {elapsed:>4}  {wide_msg}")
                    .expect("the template is right")
                    .progress_chars("=> ");
            Bar(ProgressBar::new(0).with_style(style))
        })
    }

    /// Begins an epoch, counted from 0, of so many batches, some of which may be done.
    pub(super) fn begin(&self, epoch: u64, epochs: Option<u64>, batches: usize, done: u64) {
        let of = epochs.map_or_else(String::new, |epochs| format!("/{epochs}"));
        self.0.set_length(batches as u64);
        self.0.set_position(done);
        self.0.set_prefix(format!("epoch {}{of}", epoch + 1));
    }

    /// A step was taken.
    pub(super) fn step(&self, batches: u64, loss: f64) {
        self.0.set_position(batches);
        if self.0.message().is_empty() {
            self.0.set_message(format!("loss {loss:.4}"));
        }
    }

    /// An epoch is done; the last numbers stay on the screen.
    pub(super) fn end(&self, history: &History, is_last: bool) {
        self.0.set_message(history.to_string());
        if is_last {
            self.0.abandon();
        }
    }
}

impl Drop for Bar {
    /// Leaves the bar where it is, so that the last figures stay on the screen.
    fn drop(&mut self) {
        self.0.abandon();
    }
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::Bar;
    use crate::prelude::*;

    /// Set in a process of its own, whose error stream is no terminal, wherever the test is run.
    const PIPED: &str = "NN_TEST_PIPED";

    #[test]
    fn without_a_terminal_there_is_no_bar() {
        if std::env::var_os(PIPED).is_some() {
            assert!(Bar::in_terminal().is_none());
            let data = crate::data::moons(20, 0.1, &mut crate::rng(1));
            let (mut net, mut sgd) = (Linear::new(2, 2, &mut crate::rng(1)), Sgd::new(0.1));
            let trainer = Trainer::builder(&net, &data, |g, net, x, labels| {
                cross_entropy(net.forward(g.constant(x)), labels)
            });
            trainer.epochs(3).progress().build().unwrap().fit(&mut net, &mut sgd).unwrap();
            return;
        }
        let name = "train::bar::tests::without_a_terminal_there_is_no_bar";
        let mut command = Command::new(std::env::current_exe().unwrap());
        let ended = command.args(["--exact", name, "--nocapture"]).env(PIPED, "1").output().unwrap();
        assert!(ended.status.success(), "{}", String::from_utf8_lossy(&ended.stderr));
        assert!(String::from_utf8_lossy(&ended.stdout).contains("1 passed"), "it was to run a test");
        assert_eq!(String::from_utf8_lossy(&ended.stderr), "");
    }
}
