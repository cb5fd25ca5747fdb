//! When to stop: four criteria and where each fails; and several starts on a function with several minima.

use std::error::Error;

use autograd::prelude::*;
use nn::Sgd;
use nn::plot::{Chart, Color, Dash, Marker, Series, contour_map};
use rand::RngExt;

use super::page::Page;
use super::surfaces::{Surface, descend, descents};

/// Styblinski and Tang (1990), for two variables: four minima, of which one is the lowest.
struct Hollows;

impl Surface for Hollows {
    fn height<S: Scalar>(&self, x: S, y: S) -> S {
        let part = |x: S| x.powi(4) - x.square() * 16.0 + x * 5.0;
        (part(x) + part(y)) * 0.5
    }
}

/// A bowl, and the least error: what its lowest point has for height.
struct Bowl(f64);

impl Surface for Bowl {
    fn height<S: Scalar>(&self, x: S, y: S) -> S {
        x.square() * 0.5 + y.square() * 0.05 + self.0
    }
}

/// A hill to come down from: flat far away from its hollow at (0, 0).
struct Plateau;

impl Surface for Plateau {
    fn height<S: Scalar>(&self, x: S, y: S) -> S {
        -(-(x.square() + y.square()) * 0.5).exp() + 1.0
    }
}

/// The first step at which each criterion stops, and the errors.
struct Stops {
    threshold: Option<usize>,
    change: Option<usize>,
    gradient: Option<usize>,
    errors: Vec<f64>,
}

const EPOCHS: usize = 1000;

fn stops(f: &impl Surface, eta: f64, start: (f64, f64), threshold: f64, epsilon: f64) -> Stops {
    let way = descend(f, Sgd::new(eta), start, EPOCHS);
    let errors: Vec<f64> = way.iter().map(|&point| f.value(point)).collect();
    let slope = |&point: &(f64, f64)| {
        let (x, y) = f.gradient(point);
        x.hypot(y)
    };
    Stops {
        threshold: errors.iter().position(|&error| error < threshold),
        change: errors.windows(2).position(|pair| (pair[0] - pair[1]).abs() < epsilon).map(|step| step + 1),
        gradient: way.iter().position(|point| slope(point) < epsilon),
        errors,
    }
}

pub(crate) fn lesson(page: &mut Page) -> Result<(), Box<dyn Error>> {
    page.text(
        "Descent never arrives, it only comes nearer: something has to end it. Deck D stops when the error is below a threshold, \
         deck E when it hardly changes from one step to the next or when the gradient is small; and a number of epochs is always set, so \
         that it ends at all.",
    );
    page.formula("E < threshold      |E(i - 1) - E(i)| < ε      ‖∇E‖ < ε      i = number of epochs");
    page.text(
        "Three functions, η = 0.5 if nothing else is said, threshold 0.01, ε = 1e-4, at most 1000 epochs; in brackets the error at \
         which it stops:",
    );
    let cases = [
        ("a bowl with least error 0", stops(&Bowl(0.0), 0.5, (3.0, 3.0), 0.01, 1e-4)),
        ("a bowl with least error 0.5", stops(&Bowl(0.5), 0.5, (3.0, 3.0), 0.01, 1e-4)),
        ("a plateau", stops(&Plateau, 0.5, (4.0, 3.0), 0.01, 1e-4)),
        ("a bowl, η just below 2/λ", stops(&Bowl(0.0), 1.995, (3.0, 3.0), 0.01, 1e-4)),
    ];
    let row = |(name, stops): &(&str, Stops)| {
        let cell = |stop: Option<usize>| match stop {
            Some(step) => format!("{step} ({:.4})", stops.errors[step]),
            None => "never".to_owned(),
        };
        let last = stops.errors[stops.errors.len() - 1];
        vec![(*name).to_owned(), cell(stops.threshold), cell(stops.change), cell(stops.gradient), format!("{EPOCHS} ({last:.4})")]
    };
    page.table(&["", "E < 0.01", "|change of E| < ε", "‖∇E‖ < ε", "epochs"], cases.iter().map(row).collect());
    page.text(
        "The threshold never stops where the least error is above it, and nobody knows the least error beforehand. The change and \
         the gradient are also small where the ground is flat, far away from any minimum: on the plateau both stop at the first step, at \
         an error of almost 1. Where a rate just below its limit throws the weights from wall to wall, the error falls slowly and \
         the gradient stays large. And all depend on the scale: a small rate makes every change small.",
    );
    let mut chart = Chart::new("When three criteria would stop").x_label("epoch").y_label("error E").log_x().log_y();
    for (name, stops) in &cases[..3] {
        let errors = stops.errors.iter().enumerate().skip(1).filter(|(_, e)| **e > 1e-9);
        chart = chart.line(*name, errors.map(|(i, &e)| (i as f64, e)));
    }
    let marks = [
        ("E < 0.01", Marker::Square, Color::BLACK, 12.0, [cases[0].1.threshold, None, None]),
        ("|change| < ε", Marker::Triangle, Color::BLACK, 15.0, [cases[0].1.change, cases[1].1.change, cases[2].1.change]),
        ("‖∇E‖ < ε", Marker::Disc, Color::ORANGE, 7.0, [cases[0].1.gradient, cases[1].1.gradient, cases[2].1.gradient]),
    ];
    for (name, marker, color, size, found) in marks {
        let at = found.iter().zip(&cases).filter_map(|(step, (_, stops))| step.map(|i| (i.max(1) as f64, stops.errors[i])));
        chart = chart.with(Series::points(at).named(name).marker(marker).color(color).size(size));
    }
    page.picture(
        "23_stopping_criteria",
        chart.y_range(1e-9..).description("Errors of three descents by epoch, with marks where criteria stop").to_svg(),
        "On the bowls the criteria stop near the end; on the plateau two of them stop before anything has happened.",
    );

    page.text(
        "Deck E also wants the cost to fall at every update. It does for small steps along the whole gradient, and not otherwise: \
         with a large rate it may jump up and still arrive later, and with single examples it falls for one and rises for the others.",
    );
    let single = [1.0, 5.0]; // two examples of ½ (w - x)²
    let cost = |w: f64| single.iter().map(|x| 0.25 * (w - x).powi(2)).sum::<f64>();
    let mut w = 3.0;
    let mut costs = vec![cost(w)];
    for x in single {
        w -= 0.5 * grad(|p| (p[0] - x).square() * 0.5, &[w])[0];
        costs.push(cost(w));
    }
    page.formula(format!("two examples, x = 1 and 5, from w = 3 with η = 0.5: cost {} → {} → {}", costs[0], costs[1], costs[2]));

    let (found, lowest) = several_starts(page);
    let [bowl, raised, plateau, _] = &cases.map(|(_, stops)| stops);
    let all_stop = bowl.threshold.is_some() && bowl.change.is_some() && bowl.gradient.is_some();
    let raised_stops = raised.threshold.is_none() && raised.change.is_some() && raised.gradient.is_some();
    let trapped = plateau.change == Some(1) && plateau.gradient == Some(0) && plateau.errors[1] > 0.99;
    page.shows(
        "stopping",
        "on a bowl all criteria stop; E < 0.01 never does if the least error is 0.5; on a plateau small changes and small gradients stop at once \
         at E > 0.99; a cost may rise (2 → 2.5 → 2.125); 40 starts find all four minima, and the lowest, -78.3323",
        all_stop && raised_stops && trapped && costs == [2.0, 2.5, 2.125] && found == 4 && (lowest + 78.332331).abs() < 1e-5,
    );
    Ok(())
}

/// Descends from many places, and keeps the lowest end.
fn several_starts(page: &mut Page) -> (usize, f64) {
    page.text(
        "Where there are several minima, descent ends in that of its valley, and nothing tells it whether another is deeper. What helps is \
         to start several times and to keep the best: multi-start. The function of Styblinski and Tang has four minima; from 40 \
         places at random:",
    );
    page.formula("f(x, y) = ½ (x⁴ - 16x² + 5x) + ½ (y⁴ - 16y² + 5y)");
    let mut rng = nn::rng(23);
    let mut place = || -4.5 + 9.0 * rng.random::<f64>();
    let ways: Vec<_> = (0..40).map(|_| (place(), place())).map(|start| descend(&Hollows, Sgd::new(0.01), start, 200)).collect();
    let mut minima: Vec<((f64, f64), usize)> = Vec::new();
    for way in &ways {
        let end = way[way.len() - 1];
        match minima.iter_mut().find(|(known, _)| (known.0 - end.0).hypot(known.1 - end.1) < 1e-3) {
            Some((_, count)) => *count += 1,
            None => minima.push((end, 1)),
        }
    }
    minima.sort_by(|a, b| Hollows.value(a.0).total_cmp(&Hollows.value(b.0)));
    let row = |&((x, y), count): &((f64, f64), usize)| {
        vec![format!("({x:.4}, {y:.4})"), format!("{:.4}", Hollows.value((x, y))), count.to_string()]
    };
    page.table(&["minimum", "f", "of 40 starts"], minima.iter().map(row).collect());
    let mut chart = contour_map("f", &Hollows.grid(-4.5..=4.5, -4.5..=4.5))
        .equal_axes()
        .title("Forty starts, four minima")
        .x_label("x")
        .y_label("y")
        .size(700, 620);
    chart = chart
        .with_all(descents(&ways, |line| line.dash(Dash::Solid).width(1.5)))
        .with(Series::points(ways.iter().map(|way| way[0])).named("start").color(Color::BLACK).size(5.0))
        .with(Series::points(minima.iter().map(|found| found.0)).named("minimum").color(Color::BLACK).marker(Marker::Plus).size(16.0))
        .with(Series::points([minima[0].0]).named("lowest").color(Color::ORANGE).marker(Marker::Diamond).size(14.0));
    page.picture(
        "23_stopping_starts",
        chart.description("Contours with four hollows; paths from forty places run into the nearest of them").to_svg(),
        format!("Each start runs down its own valley; {} of 40 find the lowest.", minima[0].1),
    );
    (minima.len(), Hollows.value(minima[0].0))
}
