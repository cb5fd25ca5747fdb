//! Perceptron, Adaline and logistic unit: one rule, three outputs, on two sets of points.

use std::error::Error;

use nn::Lbfgs;
use nn::data::blobs;
use nn::plot::{Chart, Color, Dash, Figure, class_points};
use nn::prelude::*;
use nn::units::{Adaline, Descent, Examples, LogisticUnit, Perceptron, Threshold, Unit};

use super::boundaries::{Line, boundary, missed};
use super::cells::{named, words};
use super::page::Page;

const EPOCHS: usize = 20;
const UNITS: [&str; 3] = ["perceptron", "Adaline", "logistic unit"];

pub(crate) fn lesson(page: &mut Page) -> Result<(), Box<dyn Error>> {
    page.text(
        "Three single neurons learn from one example after the other by one rule: the error t - y says how \
         much to change, the input says which weights. η is the learning rate, t the target, z = w · x + b \
         the weighted sum.",
    );
    page.formula("w ← w + η (t - y) x,   b ← b + η (t - y)");
    page.text("They differ in the output y, and so in the loss whose slope by z is y - t:");
    page.table(
        &["unit", "output y", "loss it goes down", "targets", "changes weights"],
        vec![
            words(["perceptron (Rosenblatt)", "step(z)", "(y - t) z", "0, 1", "only after a mistake"]),
            words(["Adaline (Widrow, Hoff)", "z", "½ (t - z)²", "-1, 1", "always: z is never quite t"]),
            words([
                "logistic unit",
                "g(z)",
                "-t ln y - (1 - t) ln(1 - y)",
                "0, 1",
                "always, but little where it is sure",
            ]),
        ],
    );
    page.text(
        "Deck A names Adaline and leaves out its rule, the delta rule, also called least mean squares. It \
         is the first line above with y = z, and it is gradient descent: here the engine's gradient of the \
         mean of ½ (t - z)² beside the mean of (z - t) x.",
    );

    let clouds =
        |deviation: f64| blobs(60, &[([0.0, 0.2], deviation), ([2.0, 1.4], deviation)], &mut nn::rng(5));
    let sets = [("separable", clouds(0.5)), ("not quite separable", clouds(0.9))];
    let line = Adaline { weight: Tensor::from([0.3, -0.8]), bias: Tensor::scalar(0.1) };
    let overlapping = plus_minus(&sets[1].1)?;
    let by_rule = line.gradient(&overlapping);
    let (_, by_engine) = line.value_and_grad(|g, line| {
        (g.constant(overlapping.targets()) - line.forward(g.constant(overlapping.x()))).square().mean() * 0.5
    })?;
    let numbers =
        |unit: &Adaline<Tensor<f64>>| [unit.weight.data()[0], unit.weight.data()[1], unit.bias.item()];
    let (rule, engine) = (numbers(&by_rule), numbers(&by_engine));
    page.table(
        &["w = (0.3, -0.8), b = 0.1", "∂/∂w₁", "∂/∂w₂", "∂/∂b"],
        vec![named("mean of (z - t) x", rule, 9), named("engine", engine, 9)],
    );

    page.text(format!(
        "Now {EPOCHS} epochs (passes over all 60 points) of each, from weights 0, on points of two classes \
         that a line can separate, and on points where none can:"
    ));
    let (mut boundaries, mut mistakes, mut table) = (Vec::new(), Vec::new(), Vec::new());
    let mut counts = Vec::new();
    for (name, data) in &sets {
        let mut curves = Vec::new();
        for (unit, lines) in UNITS.iter().zip(courses(data)?) {
            let missed: Vec<usize> = lines.iter().map(|line| missed(line, data)).collect();
            let least = missed.iter().min().expect("there are epochs");
            table.push(vec![
                format!("{name}: {unit}"),
                missed[0].to_string(),
                missed[1].to_string(),
                missed[missed.len() - 1].to_string(),
                least.to_string(),
            ]);
            curves.push((*unit, missed.iter().map(|&count| count as f64).collect::<Vec<_>>()));
            boundaries.push(picture(&format!("{unit}, {name}"), data, &lines)?);
            counts.push(missed);
        }
        mistakes.push(curves);
    }
    page.table(&["points: unit", "mistakes after epoch 1", "2", "the last", "fewest"], table);
    let figure = Figure::new("The boundary after each epoch").columns(3).size(1320, 900);
    page.picture(
        "02_units_boundaries",
        boundaries.into_iter().fold(figure, Figure::panel).to_svg(),
        "Lines from light (first epochs) to black (last). The perceptron stops at the first line without a \
         mistake, close to some point, and never rests where no line will do; the other two settle in both \
         cases.",
    );
    let figure = Figure::new("Mistakes among 60 points after each epoch").columns(2);
    let panel = |((name, _), curves): (&(&str, _), Vec<(&str, Vec<f64>)>)| {
        let chart = Chart::new(*name).x_label("epoch").y_label("mistakes").y_range(-0.3..);
        curves.into_iter().fold(chart, |chart, (unit, missed)| {
            chart.line(unit, missed.into_iter().zip(1..).map(|(count, epoch)| (epoch, count)))
        })
    };
    page.picture(
        "02_units_mistakes",
        sets.iter().zip(mistakes).map(panel).fold(figure, Figure::panel).to_svg(),
        "Left: all three come to 0, where the perceptron stops. Right: its count jumps up and down for \
         ever, as each mistake moves the line by a whole step.",
    );

    page.text(
        "Where Adaline settles is known: the least-squares line, the minimum of a bowl. On all points at \
         once, a long descent from 0 and another method, L-BFGS, find the same one. As it minimises \
         distances and not mistakes, a line without mistakes may exist that it does not take; only the \
         perceptron is sure to find one where there is one.",
    );
    let mut descended = Adaline::new(2);
    Descent::batch(0.2, 2000).fit(&mut descended, &overlapping)?;
    let mut least = Adaline::new(2);
    let found = Lbfgs::new().minimize(&mut least, 200, |g, line| {
        (g.constant(overlapping.targets()) - line.forward(g.constant(overlapping.x()))).square().mean() * 0.5
    })?;
    let (descended, least) = (numbers(&descended), numbers(&least));
    page.table(
        &["", "w₁", "w₂", "b"],
        vec![named("delta rule, 2000 epochs", descended, 9), named("least squares", least, 9)],
    );
    let close = |a: [f64; 3], b: [f64; 3], by: f64| a.iter().zip(b).all(|(a, b)| (a - b).abs() < by);
    let last = |course: usize| counts[course][counts[course].len() - 1];
    page.shows(
        "adaline",
        "w ← w + η (t - z) x is descent of ½ (t - z)²: the engine's gradient to 1e-12; 2000 epochs from 0 \
         end on the least-squares line to 1e-6. Perceptron, Adaline and logistic unit make no mistake on \
         separable points; on others the perceptron never rests",
        close(rule, engine, 1e-12)
            && close(descended, least, 1e-6)
            && found.gradient < 1e-6
            && [last(0), last(1), last(2)] == [0, 0, 0]
            && counts[3].len() == EPOCHS
            && counts[3].iter().all(|&missed| missed > 0),
    );
    Ok(())
}

/// The points with targets 0 and 1.
fn zero_one(data: &Dataset) -> Result<Examples<f64>, Box<dyn Error>> {
    let labels = data.labels().as_slice();
    Ok(Examples::new(data.x().cast::<f64>(), Tensor::from_fn([data.len()], |row| f64::from(labels[row])))?)
}

/// The points with targets -1 and 1.
fn plus_minus(data: &Dataset) -> Result<Examples<f64>, Box<dyn Error>> {
    let examples = zero_one(data)?;
    Ok(Examples::new(examples.x(), examples.targets().map(|t| 2.0 * t - 1.0))?)
}

/// The lines of perceptron, Adaline and logistic unit after each epoch.
fn courses(data: &Dataset) -> Result<[Vec<Line>; 3], Box<dyn Error>> {
    let perceptron =
        Perceptron::new(2, Threshold::Step { at_zero: 0.0 }).fit(&zero_one(data)?, 1.0, EPOCHS)?;
    let adaline = Descent::incremental(0.01, EPOCHS).fit(&mut Adaline::new(2), &plus_minus(data)?)?;
    let logistic = Descent::incremental(0.05, EPOCHS).fit(&mut LogisticUnit::new(2), &zero_one(data)?)?;
    Ok([lines(&perceptron.history), lines(&adaline.history), lines(&logistic.history)])
}

/// Of all but the first unit, which has not learned yet.
fn lines<U: Unit<f64>>(history: &[U]) -> Vec<Line> {
    let line = |unit: &U| [unit.weight().data()[0], unit.weight().data()[1], unit.bias().item()];
    history[1..].iter().map(line).collect()
}

/// The points, and lines that grow darker.
fn picture(title: &str, data: &Dataset, lines: &[Line]) -> Result<Chart, Box<dyn Error>> {
    let mut chart = Chart::new(title).x_label("x₁").y_label("x₂").x_range(-2.0..=4.0).y_range(-2.0..=4.0);
    for (epoch, line) in lines.iter().enumerate() {
        let line = boundary(line, -2.0..=4.0).dash(Dash::Solid);
        let share = (epoch + 1) as f64 / lines.len() as f64;
        let line = if epoch + 1 < lines.len() {
            line.color(Color::WHITE.mix(Color::GREY, 0.25 + 0.75 * share)).width(1.2)
        } else {
            line.color(Color::BLACK).width(3.0).named("after the last epoch")
        };
        chart = chart.with(line);
    }
    Ok(chart.with_all(class_points(data.x(), data.labels(), &["t = 0", "t = 1"])?))
}
