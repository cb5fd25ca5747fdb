//! Training that is taken up again has the bits of training that was not interrupted, whenever and however it ended.

use std::fs;
use std::ops::ControlFlow;
use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};

use nn::data::moons;
use nn::prelude::*;
use nn::schedules::{Cosine, Plateau};
use nn::train::*;
use nn::{AnyRule, Optimizer, Rule};

use crate::trainer::{net, numbers};

pub(crate) fn data() -> (Dataset, Dataset) {
    (moons(50, 0.3, &mut nn::rng(1)), moons(30, 0.3, &mut nn::rng(2)))
}

/// What of a run is compared: model, optimiser, history, as bytes of the file where they are kept.
#[derive(PartialEq, Debug)]
pub(crate) struct Outcome {
    numbers: Vec<f32>,
    average: Vec<f32>,
    history: String,
    state: nn::OptimizerState,
    reason: Reason,
}

/// What else a run has.
#[derive(Clone, Copy, Default)]
pub(crate) struct Kind {
    pub(crate) accumulate: bool,
    pub(crate) plateau: bool,
    pub(crate) schedule: bool,
    pub(crate) early: bool,
}

/// Runs to `epochs`, going on from a file if it is there; ends after step `stop`.
pub(crate) fn run<R: AnyRule<f32>>(
    path: &Path,
    optimizer: Optimizer<R>,
    kind: Kind,
    epochs: u64,
    stop: Option<u64>,
) -> Outcome {
    // Nothing of an earlier run in this thread may help.
    autograd::clear_plans();
    let (train, held_out) = data();
    let (mut net, mut optimizer) = (net(), optimizer);
    let flag = AtomicBool::new(false);
    let mut trainer =
        Trainer::builder(&net, &train, |g, net, x, labels| cross_entropy(net.forward(g.constant(x)), labels))
            .epochs(epochs)
            .batch(8)
            .seed(11)
            .validate(&held_out)
            .interrupt(&flag)
            .average(Ema::new(0.9))
            .checkpoint(path, 1)
            .on_step(|event| {
                flag.store(stop == Some(event.step), Ordering::Relaxed);
                ControlFlow::Continue(())
            });
    if kind.accumulate {
        trainer = trainer.accumulate(3);
    }
    if kind.plateau {
        trainer = trainer.plateau(Plateau::new(0.01, 0.5, 0));
    }
    if kind.schedule {
        trainer = trainer.schedule(Cosine::new(0.02, 0.001, 42));
    }
    if kind.early {
        trainer = trainer.early_stopping(EarlyStopping::new(1)).stop(SmallChange::new(1e-9));
    }
    let mut trainer = trainer.build().unwrap();
    if path.exists() {
        trainer.resume(path, &mut net, &mut optimizer).unwrap();
    }
    let reason = trainer.fit(&mut net, &mut optimizer).unwrap();
    assert_eq!(reason == Reason::Asked, stop.is_some());
    let history = trainer.history().to_csv();
    let state = optimizer.snapshot(&net).unwrap();
    let average = numbers(trainer.average().unwrap().model());
    Outcome { numbers: numbers(&net), average, history, state, reason }
}

/// Six epochs at once, and three and three; with interruptions in the middle of epochs too.
fn resumes<R: AnyRule<f32>>(make: impl Fn() -> Optimizer<R>, kind: Kind) {
    let dir = tempfile::tempdir().unwrap();
    let file = |name: &str| dir.path().join(name);
    let through = run(&file("through"), make(), kind, 6, None);
    run(&file("halves"), make(), kind, 3, None);
    assert_eq!(run(&file("halves"), make(), kind, 6, None), through);
    for stop in [1, 4, 7, 9] {
        run(&file("interrupted"), make(), kind, 6, Some(stop));
    }
    assert_eq!(run(&file("interrupted"), make(), kind, 6, None), through);
    assert_eq!(fs::read(file("halves")).unwrap(), fs::read(file("through")).unwrap());
}

#[test]
fn every_kind_of_optimiser_goes_on_to_the_bit() {
    let schedule = Kind { schedule: true, ..Kind::default() };
    resumes(|| Sgd::new(0.05).momentum(0.9).nesterov().seed(5), Kind::default());
    resumes(|| Adam::new(0.02).amsgrad().clip_norm(1.0), schedule);
    resumes(|| AdamW::new(0.02, 0.1).group("*.bias", |rule| rule.scale_lr(2.0)), schedule);
    resumes(|| nn::RmsProp::new(0.01).centered().momentum(0.5), Kind { plateau: true, ..Kind::default() });
    resumes(|| nn::Nadam::new(0.02).freeze("0.bias"), Kind { accumulate: true, ..Kind::default() });
    resumes(
        || {
            let rule: Box<dyn AnyRule> = Box::new(nn::LionRule::new(0.01));
            Optimizer::from_rule(rule)
        },
        Kind { early: true, ..Kind::default() },
    );
}

#[test]
fn a_run_that_stopped_early_stays_stopped_with_its_best_weights() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("run");
    let kind = Kind { early: true, ..Kind::default() };
    let ended = run(&path, Adam::new(0.2), kind, 200, None);
    let epochs = ended.history.lines().count() - 1;
    assert!(epochs < 200, "it was to stop early");
    let again = run(&path, Adam::new(0.2), kind, 400, None);
    assert_eq!(again, ended);
    assert!(matches!(again.reason, Reason::NoBetter { epochs: 2, .. }), "{}", again.reason);
    // The file has the weights of the last epoch, the best ones beside them.
    let saved: Checkpoint = Checkpoint::open(&path).unwrap();
    assert_eq!(saved.count("epoch").unwrap(), epochs as u64);
    let mut best = net();
    saved.others["best"].load_into(&mut best).unwrap();
    assert_eq!(numbers(&best), ended.numbers);
    let mut last = net();
    saved.model.load_into(&mut last).unwrap();
    assert_ne!(numbers(&last), ended.numbers);
}

/// Where the process that is killed writes, and after which step it dies (0: it is killed from outside).
const KILLED: [&str; 2] = ["NN_TEST_TRAINING_PATH", "NN_TEST_TRAINING_DIES"];

/// Does nothing by itself; the next test runs it in a process of its own.
#[test]
fn a_training_that_dies() {
    let [Some(path), Some(dies)] = KILLED.map(std::env::var_os) else { return };
    let dies: u64 = dies.to_str().unwrap().parse().unwrap();
    let path = Path::new(&path);
    let (train, held_out) = data();
    let (mut net, mut adam) = (net(), Adam::new(0.02));
    let mut trainer =
        Trainer::builder(&net, &train, |g, net, x, labels| cross_entropy(net.forward(g.constant(x)), labels))
            .epochs(if dies == 0 { u64::MAX } else { 6 })
            .batch(8)
            .seed(11)
            .validate(&held_out)
            .average(Ema::new(0.9))
            .checkpoint(path, 1)
            .on_step(|event| {
                if event.step == dies {
                    std::process::abort();
                }
                ControlFlow::Continue(())
            })
            .build()
            .unwrap();
    if path.exists() {
        trainer.resume(path, &mut net, &mut adam).unwrap();
    }
    trainer.fit(&mut net, &mut adam).unwrap();
}

fn dying(path: &Path, dies: u64) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "checkpoints::a_training_that_dies"]);
    command.env(KILLED[0], path).env(KILLED[1], dies.to_string());
    command.stdout(std::process::Stdio::null()).stderr(std::process::Stdio::null());
    command
}

#[test]
fn a_training_whose_process_dies_goes_on_from_its_last_checkpoint() {
    let dir = tempfile::tempdir().unwrap();
    let through = run(&dir.path().join("through"), Adam::new(0.02), Kind::default(), 6, None);
    let path = dir.path().join("died");
    for dies in [5, 17, 23, 40] {
        assert!(!dying(&path, dies).status().unwrap().success(), "the process was to die");
    }
    assert_eq!(run(&path, Adam::new(0.02), Kind::default(), 6, None), through);
}

#[test]
fn a_writer_that_is_killed_leaves_a_whole_checkpoint() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("killed");
    let mut epochs = 0;
    for round in 0..4 {
        let mut process = dying(&path, 0).spawn().unwrap();
        // It writes all the time; a few more epochs than the last time, wherever it is then.
        loop {
            std::thread::sleep(std::time::Duration::from_millis(3));
            let found = Checkpoint::<f32>::open(&path).map(|saved| saved.count("epoch").unwrap());
            match found {
                Ok(found) if found > epochs + round => break,
                Ok(_) => {}
                Err(error) => assert!(!path.exists() || epochs == 0 && !path.exists(), "{error}"),
            }
        }
        process.kill().unwrap();
        process.wait().unwrap();
        let saved: Checkpoint = Checkpoint::open(&path).unwrap();
        assert!(saved.count("epoch").unwrap() > epochs, "the file is from before");
        epochs = saved.count("epoch").unwrap();
    }
}
