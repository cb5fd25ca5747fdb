//! Batch, stochastic and mini-batch descent: the same data, another number of examples for each update.

use std::error::Error;
use std::time::Instant;

use autograd::prelude::*;
use nn::plot::{Chart, Color, Figure, Marker, Series, contour_map};
use nn::units::{Adaline, Examples, Unit};
use nn::{Init, Sgd, mse};

use super::cells::named;
use super::least_squares::nearest_line;
use super::page::Page;
use super::surfaces::Surface;

/// Examples.
const M: usize = 100;

/// Half the mean squared error of wx + b on all examples (x, y).
struct Loss(Vec<(f64, f64)>);

impl Surface for Loss {
    fn height<S: Scalar>(&self, w: S, b: S) -> S {
        let squares = self.0.iter().map(|&(x, y)| (w * x + b - y).square());
        squares.sum::<S>() / (2.0 * M as f64)
    }
}

/// A course of training.
struct Course {
    /// (w, b) at first and after each update.
    way: Vec<(f64, f64)>,
    updates_per_second: f64,
}

pub(crate) fn lesson(page: &mut Page) -> Result<(), Box<dyn Error>> {
    page.text(
        "The error of a data set is the mean over its m examples, and so is the gradient. Batch descent computes it for all of them \
         before it makes one step. Stochastic descent takes one example after the other and steps each time. Mini-batches of b examples lie \
         between. For b = 10 and m = 100 the batches begin at the examples i = 1, 11, 21, …, 91, so that an epoch has ten updates.",
    );
    page.formula("w ← w - η 1/b Σ ∂Jₖ/∂w,   k = i, …, i + b - 1");
    let noise: Tensor<f64> = Init::Normal(0.4).draw([M], 1, 1, &mut nn::rng(26));
    let spread: Tensor<f64> = Init::Uniform(1.7).draw([M], 1, 1, &mut nn::rng(27));
    let x = spread.data().to_vec();
    let y: Vec<f64> = x.iter().zip(noise.data()).map(|(x, noise)| 2.0 * x + 1.0 + noise).collect();
    let error = Loss(x.iter().copied().zip(y.iter().copied()).collect());
    let starts: Vec<String> = (1..=M).step_by(10).map(|i| i.to_string()).collect();
    page.text(format!(
        "The data are 100 points on y = 2x + 1 with normal noise of deviation 0.4; a linear unit learns them with η = 0.1. The \
         mini-batches begin at i = {}.",
        starts.join(", ")
    ));

    const ETA: f64 = 0.1;
    const EPOCHS: usize = 60;
    let batch = train(&x, &y, M, ETA, EPOCHS)?;
    let mini = train(&x, &y, 10, ETA, EPOCHS)?;
    let single = train(&x, &y, 1, ETA, EPOCHS)?;

    // Batch descent once more, by the unit's own rule, in plain loops.
    let rows = Tensor::from_fn([M, 1], |i| x[i]);
    let examples = Examples::new(rows, Tensor::from_fn([M], |i| y[i]))?;
    let mut unit = Adaline::new(1);
    let mut furthest = 0.0_f64;
    for &(w, b) in &batch.way[1..] {
        unit.batch(&examples, ETA);
        furthest = furthest.max((unit.weight.item() - w).abs()).max((unit.bias.item() - b).abs());
    }
    page.text(format!(
        "A mini-batch of all m examples is batch descent: over {EPOCHS} epochs its weights agree with those of the unit's own batch rule, which is \
         written as plain loops, to {}.",
        if furthest < 1e-12 { "12 digits" } else { "fewer than 12 digits" }
    ));

    let best = nearest_line(&error.0);
    let grid = error.grid(-0.3..=3.0, -0.3..=2.0);
    let mut figure = Figure::new("Five epochs from the same start").columns(3).size(1440, 520);
    for (name, course, per_epoch) in [("batch, b = 100", &batch, 1), ("mini-batch, b = 10", &mini, 10), ("stochastic, b = 1", &single, 100)] {
        let way = course.way[..=5 * per_epoch].iter().copied();
        let panel = contour_map("error J", &grid)
            .title(format!("{name}: {} updates", 5 * per_epoch))
            .x_label("weight w")
            .y_label("bias b")
            .with(Series::line(way).named("path").color(Color::VERMILION).marker(Marker::Disc).size(3.5).width(1.5))
            .with(Series::points([best]).named("least error").color(Color::BLACK).marker(Marker::Diamond).size(11.0));
        figure = figure.panel(panel);
    }
    page.picture(
        "26_batches_paths",
        figure.to_svg(),
        "Batch descent is smooth, but has only begun. Ten times as many updates arrive; a hundred times as many arrive at once and \
         then wander about the minimum.",
    );

    let above = |course: &Course, update: usize| error.value(course.way[update]) - error.value(best);
    let late = |course: &Course, per_epoch: usize| {
        let updates = course.way.len() - 10 * per_epoch..course.way.len();
        let count = updates.len() as f64;
        updates.map(|update| above(course, update)).sum::<f64>() / count
    };
    let courses: [(&str, &Course, usize, usize); 3] = [("batch", &batch, 100, 1), ("mini-batch", &mini, 10, 10), ("stochastic", &single, 1, 100)];
    let mut chart = Chart::new("Error by epoch").x_label("epoch (a pass over all examples)").y_label("mean of J - J_min over the epoch").log_y();
    for (name, course, _, per_epoch) in courses {
        let epochs = course.way[1..].chunks(per_epoch).map(|epoch| {
            epoch.iter().map(|&at| error.value(at) - error.value(best)).sum::<f64>() / per_epoch as f64
        });
        chart = chart.line(name, epochs.enumerate().map(|(i, error)| ((i + 1) as f64, error)));
    }
    page.picture(
        "26_batches_errors",
        chart.description("Batch falls slowly and steadily, mini-batch faster, stochastic at once but stays restless").to_svg(),
        "For the same number of examples looked at: many rough updates win at first, exact ones in the end.",
    );

    page.text(
        "Deck C has a table of their pros and cons. Measured, on this machine (the engine makes one plan for each size of batch and uses \
         it again; a larger model has more work for each example, and then a batch gives the processor more to do at once):",
    );
    let row = |&(name, course, size, per_epoch): &(&str, &Course, usize, usize)| {
        vec![
            name.to_owned(),
            format!("{:.0}", course.updates_per_second),
            format!("{:.0}", course.updates_per_second * size as f64),
            format!("{:.1e}", above(course, per_epoch)),
            format!("{:.1e}", late(course, per_epoch)),
            size.to_string(),
            if size < M { "yes".to_owned() } else { "no".to_owned() },
        ]
    };
    page.table(
        &["", "updates/s", "examples/s", "J - J_min after 1 epoch", "in the last 10 of 60", "examples held", "online"],
        courses.iter().map(row).collect(),
    );

    page.text(
        "Online learning: examples arrive one by one, and the truth changes on the way, here from y = 2x + 1 to y = -x. Stochastic \
         descent follows. Batch descent, which goes over all that was collected, finds a compromise that is right for neither.",
    );
    let (turned, mut both) = (x.iter().map(|x| -x).collect::<Vec<f64>>(), y.clone());
    let mut online = Adaline::new(1);
    for (x, y) in x.iter().zip(&y).chain(x.iter().zip(&turned)) {
        online.learn(&[*x], *y, ETA);
    }
    both.extend(&turned);
    let twice: Vec<f64> = x.iter().chain(&x).copied().collect();
    let collected = train(&twice, &both, 2 * M, ETA, 200)?;
    let (w, b) = collected.way[collected.way.len() - 1];
    page.table(
        &["", "w", "b"],
        vec![
            named("the truth now", [-1.0, 0.0], 0),
            named("stochastic, each example once", [online.weight.item(), online.bias.item()], 2),
            named("batch over all, 200 epochs", [w, b], 2),
        ],
    );

    let first = [above(&batch, 1), above(&mini, 10), above(&single, 100)];
    let last = [late(&batch, 1), late(&mini, 10), late(&single, 100)];
    let follows = (online.weight.item() + 1.0).abs() < 0.1 && online.bias.item().abs() < 0.1;
    let compromise = (w - 0.5).abs() < 0.2 && (b - 0.5).abs() < 0.1;
    page.shows(
        "batches",
        "b = m equals batch descent to 1e-12; an epoch has 1, 10 and 100 updates; after one epoch batch has at least 5 times the \
         error of mini-batches, and these 5 times that of single examples; in the end it is the nearest and stochastic the \
         farthest; online, stochastic follows a truth that changes, batch does not",
        furthest < 1e-12
            && [batch.way.len(), mini.way.len(), single.way.len()] == [EPOCHS + 1, 10 * EPOCHS + 1, 100 * EPOCHS + 1]
            && first[0] > 5.0 * first[1]
            && first[1] > 5.0 * first[2]
            && last.is_sorted_by(|before, after| before < after)
            && follows
            && compromise,
    );
    Ok(())
}

/// Trains a linear unit, `size` examples at a time, in the order in which they are.
fn train(x: &[f64], y: &[f64], size: usize, eta: f64, epochs: usize) -> Result<Course, Box<dyn Error>> {
    let (mut unit, mut sgd) = (Adaline::new(1), Sgd::new(eta));
    let mut way = vec![(0.0, 0.0)];
    let began = Instant::now();
    for _ in 0..epochs {
        for i in (0..x.len()).step_by(size) {
            let some_x = Tensor::from_slice([size, 1], &x[i..i + size])?;
            let some_y = Tensor::from_slice([size], &y[i..i + size])?;
            sgd.step(&mut unit, |g, unit| mse(unit.forward(g.constant(&some_x)), g.constant(&some_y)) * 0.5)?;
            way.push((unit.weight.item(), unit.bias.item()));
        }
    }
    let updates_per_second = (way.len() - 1) as f64 / began.elapsed().as_secs_f64();
    Ok(Course { way, updates_per_second })
}
