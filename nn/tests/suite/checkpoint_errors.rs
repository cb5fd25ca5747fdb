//! Checkpoints of something else, damaged ones, and ones that no run writes: typed errors, and nothing changes.

use std::fs;

use nn::Tanh;
use nn::prelude::*;
use nn::schedules::Cosine;
use nn::train::*;

use crate::checkpoints::{Kind, data, run};
use crate::trainer::{Net, net, numbers};

/// A trainer set up like that of `run`; whether it averages is said where it is used.
fn trainer<'a>(net: &Net, train: &'a Dataset) -> TrainerBuilder<'a, Net> {
    Trainer::builder(net, train, |g, net, x, labels| cross_entropy(net.forward(g.constant(x)), labels))
        .epochs(2)
        .batch(8)
        .seed(11)
}

#[test]
fn a_checkpoint_of_something_else_is_refused_and_changes_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("run");
    run(&path, Adam::new(0.02), Kind::default(), 1, None);
    let (train, held_out) = data();
    let mut adam = Adam::new(0.5);
    let mut net_here = net();
    let before = numbers(&net_here);

    let mut refused = |train: &Dataset, batch: usize, text: &str, averages: bool| {
        let mut trainer = trainer(&net_here, train).batch(batch);
        if averages {
            trainer = trainer.average(Ema::new(0.9));
        }
        let mut trainer = trainer.build().unwrap();
        let error = trainer.resume(&path, &mut net_here, &mut adam).unwrap_err().to_string();
        assert!(error.starts_with(&format!("checkpoint {}: ", path.display())), "{error}");
        assert!(error.contains(text), "{text} is not in {error}");
        assert_eq!(trainer.epochs(), 0);
    };
    refused(&train, 9, "its batch is 8, here it is 9", true);
    refused(&held_out, 8, "its training rows is 50, here it is 30", true);
    refused(&train, 8, "its averaging is true, here it is false", false);
    assert_eq!((numbers(&net_here), adam.lr(), adam.steps()), (before, 0.5, 0));

    // Another optimiser.
    let mut other = Sgd::new(0.1);
    let mut averaging = trainer(&net_here, &train).average(Ema::new(0.9)).build().unwrap();
    let error = averaging.resume(&path, &mut net_here, &mut other).unwrap_err().to_string();
    assert!(error.contains("it is one of Adam, not of Sgd"), "{error}");

    // Another model.
    let mut wide = Mlp::new(&[2, 8, 2], Tanh, &mut nn::rng(1));
    let mut adam = Adam::new(0.1);
    let mut trainer = Trainer::builder(&wide, &train, |g, net, x, labels| {
        cross_entropy(net.forward(g.constant(x)), labels)
    })
    .epochs(2)
    .batch(8)
    .seed(11)
    .average(Ema::new(0.9))
    .build()
    .unwrap();
    let error = trainer.resume(&path, &mut wide, &mut adam).unwrap_err().to_string();
    assert!(error.contains("missing from the file: \"layers.0.weight\""), "{error}");

    // Files that are no checkpoints, or of other numbers.
    let plain = dir.path().join("plain");
    nn::io::save(&net(), &plain).unwrap();
    let error = trainer.resume(&plain, &mut wide, &mut adam).unwrap_err().to_string();
    assert!(error.contains("it is not a checkpoint that can be read here: format is missing"), "{error}");
    let error = Checkpoint::<f64>::open(&path).unwrap_err().to_string();
    assert!(error.contains("numbers is f32, where f64 is needed"), "{error}");
    let error = trainer.resume(dir.path().join("none"), &mut wide, &mut adam).unwrap_err().to_string();
    assert!(error.contains("none: cannot be read"), "{error}");
}

#[test]
fn a_schedule_of_another_length_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("run");
    run(&path, Adam::new(0.02), Kind { schedule: true, ..Kind::default() }, 1, None);
    let (train, _) = data();
    let resume = |cosine: Option<Cosine>| {
        let (mut net, mut adam) = (net(), Adam::new(0.02));
        let mut trainer = trainer(&net, &train).average(Ema::new(0.9));
        if let Some(cosine) = cosine {
            trainer = trainer.schedule(cosine);
        }
        trainer.build().unwrap().resume(&path, &mut net, &mut adam)
    };
    resume(Some(Cosine::new(0.02, 0.001, 42))).unwrap();
    let error = resume(Some(Cosine::new(0.02, 0.001, 84))).unwrap_err().to_string();
    assert!(error.contains("its learning rate at steps 3, 7 is 0.019"), "{error}");
    let error = resume(None).unwrap_err().to_string();
    assert!(error.contains("here it is left to the optimiser"), "{error}");
}

#[test]
fn a_checkpoint_that_is_cut_off_or_damaged_is_an_error() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("run");
    let through = run(&path, Adam::new(0.02), Kind::default(), 1, None);
    let whole = fs::read(&path).unwrap();
    let cut = dir.path().join("cut");
    for length in (0..whole.len()).step_by(7).chain(whole.len() - 9..whole.len()) {
        fs::write(&cut, &whole[..length]).unwrap();
        let error = Checkpoint::<f32>::open(&cut).unwrap_err().to_string();
        assert!(error.contains("cut"), "{error}");
    }
    // A flipped bit of the header must not make it panic; one of a number cannot be seen.
    let header = 8 + u64::from_le_bytes(whole[..8].try_into().unwrap()) as usize;
    for at in (8..header).step_by(3) {
        let mut damaged = whole.clone();
        damaged[at] ^= 1;
        fs::write(&cut, &damaged).unwrap();
        let (train, _) = data();
        let (mut net, mut adam) = (net(), Adam::new(0.02));
        let mut trainer = trainer(&net, &train).average(Ema::new(0.9)).build().unwrap();
        if trainer.resume(&cut, &mut net, &mut adam).is_ok() {
            // Other numbers may diverge, which is an error too.
            let _ = trainer.fit(&mut net, &mut adam);
        }
    }
    assert_eq!(run(&path, Adam::new(0.02), Kind::default(), 1, None), through);
}

#[test]
fn counts_that_no_run_comes_to_are_refused() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("run");
    run(&path, Adam::new(0.02), Kind::default(), 2, Some(9));
    let whole: Checkpoint = Checkpoint::open(&path).unwrap();
    assert_eq!([whole.count("epoch").unwrap(), whole.count("batches").unwrap()], [1, 2]);
    let (train, _) = data();
    let (mut net, mut adam) = (net(), Adam::new(0.02));
    let before = numbers(&net);
    let mut refused = |saved: Checkpoint, words: &str| {
        saved.save(&path).unwrap();
        let mut trainer = trainer(&net, &train).average(Ema::new(0.9)).build().unwrap();
        let error = trainer.resume(&path, &mut net, &mut adam).unwrap_err().to_string();
        assert!(error.contains(words), "{words} is not in {error}");
        assert_eq!((trainer.epochs(), trainer.history().epochs(), adam.steps()), (0, 0, 0));
    };
    let of = |name: &str, text: &str| whole.clone().note(name, text);
    refused(of("epoch", "18446744073709551615"), "its count of epoch is 18446744073709551615, where");
    refused(of("epoch", "0"), "its count of lines of the history is 1, where");
    refused(of("batches", "8"), "its count of batches is 8, where a run that came so far has 7 at the most");
    refused(of("rows", "51"), "its count of rows is 51");
    refused(
        of("average", "10"),
        "its count of average is 10, where a run that came so far has 9 at the most",
    );
    refused(of("rows", "-1"), "its entry \"rows\" is \"-1\", which is no number");
    refused(of("rules", "0.5"), "number of what stopping rules remember is 1, here it is 0");
    refused(of("history", "epoch,loss\n1,low\n"), "line 2: \"low\" is no number");
    let mut old = whole.clone();
    old.optimizer.counts.insert("steps".to_owned(), u64::MAX);
    refused(old, "its steps are 18446744073709551615");
    let mut bare = whole.clone();
    bare.notes.remove("loss_sum");
    refused(bare, "its entry \"loss_sum\" is missing");
    assert_eq!(numbers(&net), before);
}
