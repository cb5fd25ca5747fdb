//! Checkpoints of a trainer: what is written, and how it goes on from one.

use std::path::Path;

use autograd::Element;

use super::best::copy;
use super::course::Course;
use super::{Best, Checkpoint, CheckpointError, History, Reason, Stop, TrainError, Trainer};
use crate::data::Targets;
use crate::io::NamedTensors;
use crate::module::Model;
use crate::optim::{AnyRule, Ema, Optimizer};

impl<M: Model<T>, Y: Targets, T: Element> Trainer<'_, M, Y, T> {
    /// Goes on where the run that wrote this checkpoint was: the next [`fit`](Trainer::fit) gives the bits that the run would
    /// have given, had it not ended. To be called on a trainer configured in the same way; the number of epochs may be another,
    /// unless a schedule counts on it.
    ///
    /// ```
    /// use nn::prelude::*;
    /// use nn::train::TrainError;
    ///
    /// let train = nn::data::moons(64, 0.1, &mut nn::rng(1));
    /// let dir = tempfile::tempdir()?;
    /// let path = dir.path().join("run.safetensors");
    /// // What the program does whenever it is started.
    /// let run = |epochs: u64| -> Result<Vec<f32>, Box<dyn std::error::Error>> {
    ///     let (mut net, mut adam) = (Mlp::new(&[2, 8, 2], nn::Relu, &mut nn::rng(2)), Adam::new(0.01));
    ///     let mut trainer = Trainer::builder(&net, &train, |g, net, x, labels| {
    ///         cross_entropy(net.forward(g.constant(x)), labels)
    ///     })
    ///     .epochs(epochs)
    ///     .checkpoint(&path, 1)
    ///     .build()?;
    ///     if path.exists() {
    ///         trainer.resume(&path, &mut net, &mut adam)?;
    ///     }
    ///     trainer.fit(&mut net, &mut adam)?;
    ///     Ok(net.layers[0].weight.data().to_vec())
    /// };
    /// run(2)?;
    /// let resumed = run(5)?;
    /// std::fs::remove_file(&path)?;
    /// assert_eq!(run(5)?, resumed);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`TrainError::Checkpoint`] naming what cannot be read, or what differs in model, optimiser or configuration; model, optimiser
    /// and trainer are then as before.
    pub fn resume<R: AnyRule<T>>(
        &mut self,
        path: impl AsRef<Path>,
        model: &mut M,
        optimizer: &mut Optimizer<R, T>,
    ) -> Result<(), TrainError> {
        let path = path.as_ref();
        let saved = Checkpoint::open(path)?;
        Ok(self.go_on(&saved, model, optimizer).map_err(|error| error.in_file(path))?)
    }

    /// All from which this run goes on, as it is written to the file.
    ///
    /// # Errors
    /// [`TrainError::Checkpoint`] if the optimiser has trained another model.
    pub fn checkpoint<R: AnyRule<T>>(
        &mut self,
        model: &M,
        optimizer: &Optimizer<R, T>,
    ) -> Result<Checkpoint<T>, TrainError> {
        let mut saved = Checkpoint::new(model, optimizer)?;
        for (name, value) in self.identity() {
            saved = saved.note(name, value);
        }
        saved = saved.note(SCHEDULE, self.rates(optimizer.steps()));
        let course = &self.course;
        saved = saved.note("epoch", course.epoch).note("batches", course.batches).note("rows", course.rows);
        saved = saved.note("loss_sum", exact(course.loss_sum)).note("history", course.history.to_csv());
        if let Some(norm) = course.gradient_norm {
            saved = saved.note("gradient_norm", exact(norm));
        }
        // A number of epochs does not end a run for good: who goes on from here may want more.
        if let Some(reason) = course.ended.as_ref().filter(|reason| !matches!(reason, Reason::Epochs(_))) {
            saved = saved.note("ended", reason.to_note());
        }
        if let Some(best) = course.best.model() {
            saved.others.insert("best".to_owned(), NamedTensors::of(best));
            saved = saved.note("best", exact(course.best.value()));
        }
        if let Some(average) = self.options.average.as_ref().filter(|average| average.updates() > 0) {
            saved.others.insert("average".to_owned(), NamedTensors::of(average.model()));
            saved = saved.note("average", average.updates());
        }
        if let Some(plateau) = &self.options.plateau {
            saved = saved.note("plateau.lr", exact(plateau.lr)).note("plateau.best", exact(plateau.best));
            saved = saved.note("plateau.stale", plateau.stale);
        }
        let mut numbers = Vec::new();
        self.options.rules.memory(&mut |number| numbers.push(exact(*number)));
        Ok(saved.note("rules", numbers.join(" ")))
    }

    /// Writes a checkpoint, if one is wanted.
    pub(super) fn save<R: AnyRule<T>>(
        &mut self,
        model: &M,
        optimizer: &Optimizer<R, T>,
    ) -> Result<(), TrainError> {
        let Some((path, _)) = &self.options.checkpoint else { return Ok(()) };
        let path = path.clone();
        Ok(self.checkpoint(model, optimizer)?.save(path)?)
    }

    /// What must be the same for the same bits.
    fn identity(&self) -> Vec<(&'static str, String)> {
        let options = &self.options;
        vec![
            ("training rows", self.data.len().to_string()),
            ("seed", options.seed.to_string()),
            ("batch", options.batch.to_string()),
            ("accumulate", options.accumulate.to_string()),
            ("shuffle", options.shuffle.to_string()),
            ("drop_last", options.drop_last.to_string()),
            ("plateau", options.plateau.is_some().to_string()),
            ("averaging", options.average.is_some().to_string()),
        ]
    }

    /// What the schedule, which is known by its rates alone, says about the middle of the way so far and the next step: of another
    /// schedule, such as one for another number of epochs, these would be other rates.
    fn rates(&self, steps: u64) -> String {
        let Some(schedule) = &self.options.schedule else { return "left to the optimiser".to_owned() };
        sampled(steps).map(|step| exact(schedule.lr(step))).join(", ")
    }

    /// Reads everything, and only then changes anything.
    fn go_on<R: AnyRule<T>>(
        &mut self,
        saved: &Checkpoint<T>,
        model: &mut M,
        optimizer: &mut Optimizer<R, T>,
    ) -> Result<(), CheckpointError> {
        for (what, here) in self.identity() {
            let saved = saved.text(what)?;
            if saved != here {
                let (what, saved) = (what.to_owned(), saved.to_owned());
                return Err(CheckpointError::OtherRun { what, saved, here });
            }
        }
        let steps = saved.optimizer.counts.get("steps").copied().unwrap_or(0);
        let (there, here) = (saved.text(SCHEDULE)?, self.rates(steps));
        if there != here {
            let (what, saved) = (
                format!("learning rate at steps {}", sampled(steps).map(|step| step.to_string()).join(", ")),
                there.to_owned(),
            );
            return Err(CheckpointError::OtherRun { what, saved, here });
        }
        let ended = saved.notes.get("ended").map(|text| Reason::from_note(text));
        let mut course = Course {
            epoch: saved.count("epoch")?,
            batches: saved.count("batches")?,
            rows: saved.count("rows")?,
            loss_sum: saved.number("loss_sum")?,
            gradient_norm: match saved.notes.contains_key("gradient_norm") {
                true => Some(saved.number("gradient_norm")?),
                false => None,
            },
            history: History::from_csv(saved.text("history")?)?,
            best: Best::new(),
            ended,
        };
        self.check_counts(&course)?;
        if let Some(best) = model_named(model, saved, "best")? {
            course.best = Best::resume(saved.number("best")?, best);
        }
        let average = match model_named(model, saved, "average")? {
            Some(average) => {
                let updates = saved.count("average")?;
                at_most("average", updates, steps)?;
                Some((average, updates))
            }
            None => None,
        };
        let plateau = match self.options.plateau {
            Some(mut plateau) => {
                (plateau.lr, plateau.best) = (saved.number("plateau.lr")?, saved.number("plateau.best")?);
                plateau.stale = saved.number("plateau.stale")? as i64;
                Some(plateau)
            }
            None => None,
        };
        let numbers = self.rule_numbers(saved.text("rules")?)?;

        saved.restore(model, optimizer)?;
        self.course = course;
        self.options.plateau = plateau;
        if let (Some(own), Some((average, updates))) = (&mut self.options.average, average) {
            *own = Ema::new(own.decay).start(own.start).resume(average, updates);
        }
        let mut numbers = numbers.into_iter();
        self.options.rules.memory(&mut |number| *number = numbers.next().expect("they were counted"));
        Ok(())
    }

    /// Numbers that no run writes: of a file that was damaged, or written by something else.
    fn check_counts(&self, course: &Course<M>) -> Result<(), CheckpointError> {
        let (rows, lines) = (self.data.len() as u64, course.history.epochs() as u64);
        let batches = rows.div_ceil(self.options.batch as u64);
        at_most("epoch", course.epoch, lines)?;
        at_most("lines of the history", lines, course.epoch)?;
        at_most("batches", course.batches, batches)?;
        at_most("rows", course.rows, rows)
    }

    /// What the stopping rules remembered, if these are rules that remember as much.
    fn rule_numbers(&mut self, text: &str) -> Result<Vec<f64>, CheckpointError> {
        let number = |text: &str| {
            let error = || CheckpointError::Number { name: "rules".to_owned(), found: text.to_owned() };
            text.parse().map_err(|_| error())
        };
        let numbers = text.split_whitespace().map(number).collect::<Result<Vec<f64>, _>>()?;
        let mut wanted = 0;
        self.options.rules.memory(&mut |_| wanted += 1);
        if numbers.len() != wanted {
            let what = "number of what stopping rules remember".to_owned();
            let (saved, here) = (numbers.len().to_string(), wanted.to_string());
            return Err(CheckpointError::OtherRun { what, saved, here });
        }
        Ok(numbers)
    }
}

/// The entry of what the schedule says.
const SCHEDULE: &str = "learning rate";

/// The steps at which schedules are compared.
fn sampled(steps: u64) -> [u64; 2] {
    [steps / 2, steps]
}

/// Another model of the checkpoint, which has the form of this one.
fn model_named<T: Element, M: Model<T>>(
    like: &M,
    saved: &Checkpoint<T>,
    name: &str,
) -> Result<Option<M>, CheckpointError> {
    let Some(tensors) = saved.others.get(name) else { return Ok(None) };
    let mut model = copy(like);
    tensors.load_into(&mut model)?;
    Ok(Some(model))
}

fn at_most(name: &str, count: u64, most: u64) -> Result<(), CheckpointError> {
    if count > most { Err(CheckpointError::Count { name: name.to_owned(), count, most }) } else { Ok(()) }
}

/// A number as a text that is read as the same number.
fn exact(number: f64) -> String {
    format!("{number:?}")
}
