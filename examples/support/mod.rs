//! What the image examples share: their options, training, progress and charts.

pub(crate) mod charts;
pub(crate) mod progress;
pub(crate) mod training;

use std::path::PathBuf;

/// The options of every training example.
#[derive(clap::Args, Clone, Debug)]
pub(crate) struct Options {
    /// Seed of everything random: first weights and the order of the rows. Same seed, same result
    #[arg(long, default_value_t = 7, value_name = "NUMBER")]
    pub(crate) seed: u64,
    /// How many times the network sees every training image
    #[arg(long, default_value_t = 60, value_name = "COUNT", value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) epochs: u32,
    /// Neurons in the hidden layer
    #[arg(long, default_value_t = 256, value_name = "COUNT", value_parser = positive)]
    pub(crate) hidden: usize,
    /// Images per step of the optimiser
    #[arg(long, default_value_t = 32, value_name = "COUNT", value_parser = positive)]
    pub(crate) batch: usize,
    /// Learning rate of Adam: how far a step goes
    #[arg(long, default_value_t = 0.002, value_name = "NUMBER", value_parser = rate)]
    pub(crate) lr: f64,
    /// Directory for the charts loss.svg and mistakes.svg; made if it is not there
    #[arg(long, default_value = ".", value_name = "DIR")]
    pub(crate) out: PathBuf,
}

fn positive(text: &str) -> Result<usize, String> {
    text.parse().ok().filter(|&number| number > 0).ok_or_else(|| "a whole number from 1 expected".to_owned())
}

fn rate(text: &str) -> Result<f64, String> {
    let number = text.parse().ok().filter(|&number: &f64| number > 0.0 && number.is_finite());
    number.ok_or_else(|| "a number above 0 expected, such as 0.001".to_owned())
}
