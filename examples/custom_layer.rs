//! A layer of one's own, with parameters and a state: radial basis functions that read handwritten digits.
//!
//! ```text
//! cargo run --release --example custom_layer
//! ```
//!
//! Each unit answers to images near its centre, exp(-|x - c|² / width²), and the centres are learned (Broomhead and Lowe
//! 1988). The layer also keeps how strongly each unit answers on average: a state, which gets no gradient, is updated by
//! each step, and would be saved with the model.

use std::error::Error;

use nn::data::csv::Csv;
use nn::metrics::{accuracy, predictions};
use nn::prelude::*;

/// Units that answer to what is near their centres: `[batch, inputs] -> [batch, units]`.
struct Radial<P = Tensor> {
    /// `[units, inputs]`.
    centres: P,
    /// `[units]`: logarithms of the widths, so that widths stay positive.
    log_widths: P,
    /// `[units]`: the mean answer of each unit over the last batches.
    activity: P,
}
module!(Radial { param centres, param log_widths, state activity });

impl Radial {
    /// Units whose centres are the first rows of the data.
    fn at_rows(data: &Dataset, units: usize, width: f32) -> Result<Radial, Box<dyn Error>> {
        let rows: Vec<usize> = (0..units).collect();
        Ok(Radial {
            centres: data.select(&rows)?.x().clone(),
            log_widths: Tensor::full([units], width.ln()),
            activity: Tensor::zeros([units]),
        })
    }
}

impl<'g> Forward<'g> for Radial<Var<'g>> {
    fn forward(&self, x: Var<'g>) -> Var<'g> {
        // |x - c|² = |x|² - 2 x · c + |c|²: one matrix product instead of all differences.
        let centres = self.centres.square().sum_over(-1);
        let distance = x.square().sum_keepdim(-1) - 2.0 * x.matmul_t(self.centres) + centres;
        let answers = (-distance / (2.0 * self.log_widths).exp()).exp();
        self.activity.set_next(0.9 * self.activity + 0.1 * answers.mean_over(0));
        answers
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let file = include_bytes!("data/digits.csv.gz");
    let digits = Csv { classes: Some(10), ..Csv::default() }.from_reader("digits.csv.gz", &file[..])?;
    let digits = Dataset::new(digits.x().map(|pixel| pixel / 16.0), digits.labels().clone())?;
    let (train, held_out) = digits.fold(0, 5)?;

    // The layer stands in a chain like any other.
    let mut rng = nn::rng(1);
    let mut net = Sequential((Radial::at_rows(&train, 100, 3.0)?, Linear::new(100, 10, &mut rng)));
    println!("{}\n", net.summary([1, 64]));

    let mut adam = Adam::new(0.01);
    let mut loss = f32::NAN;
    for epoch in 1..=20 {
        for (x, labels) in train.batches(32, &mut rng) {
            loss = adam.step(&mut net, |g, net| cross_entropy(net.forward(g.constant(&x)), &labels))?;
        }
        if epoch % 5 == 0 {
            println!("epoch {epoch:>2}: loss of the last batch {loss:.4}");
        }
    }

    let logits = net.predict(|g, net| net.forward(g.constant(held_out.x())));
    let share = accuracy(&predictions(&logits)?, held_out.labels());
    let activity = &net.0.0.activity;
    let quiet = activity.data().iter().filter(|&&answer| answer < 0.01).count();
    println!("\n{:.1}% of {} held-out images read correctly", 100.0 * share, held_out.len());
    println!("{quiet} of {} units hardly answer to anything", activity.count());
    assert!(share > 0.93, "only {share}");
    assert!(activity.data().iter().all(|&answer| answer > 0.0 && answer < 1.0), "the state was not kept");
    Ok(())
}
