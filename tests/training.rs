//! Training as a whole: a network that reads digits, over all of its five folds.

use autograd::{Executor, with_executor};
use nn::data::csv::Csv;
use nn::metrics::{accuracy, predictions};
use nn::{Relu, prelude::*};

/// The 1,797 digits, their pixels from 0 to 1.
fn digits() -> Dataset {
    let file = include_bytes!("../examples/data/digits.csv.gz");
    let digits = Csv { classes: Some(10), ..Csv::default() }.from_reader("digits.csv.gz", &file[..]).unwrap();
    Dataset::new(digits.x().map(|pixel| pixel / 16.0), digits.labels().clone()).unwrap()
}

/// Trains on all rows but those of a fold; the share of that fold's rows that are then read correctly.
fn held_out_accuracy(digits: &Dataset, fold: usize, epochs: u32) -> f64 {
    let (train, held_out) = digits.fold(fold, 5).unwrap();
    let mut rng = nn::rng(1);
    let mut net = Mlp::new(&[64, 64, 10], Relu, &mut rng);
    let mut adam = Adam::new(0.004);
    for _ in 0..epochs {
        for (x, labels) in train.batches(32, &mut rng) {
            adam.step(&mut net, |g, net| cross_entropy(net.forward(g.constant(&x)), &labels)).unwrap();
        }
    }
    let logits = net.predict(|g, net| net.forward(g.constant(held_out.x())));
    accuracy(&predictions(&logits).unwrap(), held_out.labels())
}

#[test]
fn digits_held_out_are_read() {
    let digits = digits();
    let mean = (0..5).map(|fold| held_out_accuracy(&digits, fold, 20)).sum::<f64>() / 5.0;
    assert!(mean > 0.96, "{mean}");
}

#[test]
fn training_takes_one_plan_for_each_size_of_a_batch() {
    let digits = digits();
    let before = autograd::plan_stats().built;
    with_executor(Executor::Planned, || held_out_accuracy(&digits, 0, 2));
    // Batches of 32, the shorter last one of each epoch, and the prediction.
    assert_eq!(autograd::plan_stats().built - before, 3);
}
