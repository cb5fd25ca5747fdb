//! Optimisers named in the lectures, on three surfaces: a saddle, Beale's function and a ravine.

use std::error::Error;

use autograd::prelude::*;
use nn::plot::{Chart, Color, Dash, Figure, Grid, Marker, Series, contour_map};
use nn::{
    AdaMaxRule, AdadeltaRule, AdagradRule, AdamRule, AnyRule, NadamRule, Optimizer, RmsPropRule, SgdRule,
};

use super::cells::{power, words};
use super::page::Page;
use super::surfaces::{Surface, curvatures, descend};

/// Two valleys with a pass between them.
struct Saddle;

impl Surface for Saddle {
    fn height<S: Scalar>(&self, x: S, y: S) -> S {
        x.square() * 0.5 - y.square() * 0.5 + y.powi(4) * 0.25
    }
}

/// Beale (1955): steep walls about flat ground; the minimum is at (3, 0.5).
struct Beale;

impl Surface for Beale {
    fn height<S: Scalar>(&self, x: S, y: S) -> S {
        (x * y - x + 1.5).square() + (x * y.powi(2) - x + 2.25).square() + (x * y.powi(3) - x + 2.625).square()
    }
}

/// A hundred times as steep across as along.
struct Ravine;

impl Surface for Ravine {
    fn height<S: Scalar>(&self, x: S, y: S) -> S {
        x.square() * 0.05 + y.square() * 5.0
    }
}

/// The optimisers with a learning rate; other numbers are those of their papers. Adadelta has no rate.
fn rules(rate: f64) -> Vec<(&'static str, Box<dyn AnyRule<f64>>)> {
    vec![
        ("SGD", Box::new(SgdRule::new(rate))),
        ("Momentum", Box::new(SgdRule::new(rate).momentum(0.9))),
        ("Nesterov", Box::new(SgdRule::new(rate).momentum(0.9).nesterov())),
        ("Adagrad", Box::new(AdagradRule::new(rate))),
        ("Adadelta", Box::new(AdadeltaRule::default())),
        ("RMSprop", Box::new(RmsPropRule::new(rate))),
        ("Adam", Box::new(AdamRule::new(rate))),
        ("AdaMax", Box::new(AdaMaxRule::new(rate))),
        ("Nadam", Box::new(NadamRule::new(rate))),
    ]
}

const RATES: [f64; 5] = [0.005, 0.015, 0.05, 0.15, 0.5];
const STEPS: usize = 600;

/// One optimiser on one surface, with the rate that was best for it.
struct Run {
    name: &'static str,
    rate: f64,
    /// The step after which it stays below the target; none if it never does.
    arrived: Option<usize>,
    way: Vec<(f64, f64)>,
    heights: Vec<f64>,
}

pub(crate) fn lesson(page: &mut Page) -> Result<(), Box<dyn Error>> {
    page.text(
        "All optimisers see the gradient g of a step, and differ in what they remember of earlier ones (Ruder 2016, arXiv 1609.04747, \
         has all of them in one notation). Momentum and Nesterov remember a direction; Adagrad, Adadelta and RMSprop remember how \
         large the gradients of each weight were, and divide by that; Adam, AdaMax and Nadam do both.",
    );
    let formulas = [
        ("Momentum", "v ← 0.9 v + g, w ← w - η v"),
        ("Nesterov", "the same, but with the gradient of the point ahead"),
        ("Adagrad", "s ← s + g², w ← w - η g / √s"),
        ("Adadelta", "v ← mean of g², u ← mean of Δ², w ← w - √u / √v · g"),
        ("RMSprop", "v ← mean of g², w ← w - η g / √v"),
        ("Adam", "m ← mean of g, v ← mean of g², w ← w - η m / √v"),
        ("AdaMax", "m ← mean of g, u ← max(0.999 u, |g|), w ← w - η m / u"),
        ("Nadam", "Adam with Nesterov's look ahead"),
    ];
    page.table(&["", "step"], formulas.map(|(name, step)| words([name, step])).into());
    let (least, most) = curvatures(&Saddle, (0.0, 0.0));
    page.text(format!(
        "First a saddle, f = x²/2 - y²/2 + y⁴/4, from (1, 0.001), almost on the ridge, and the same small rate η = 0.01 for all. (Adadelta \
         takes none: its steps begin at a thousandth and grow by themselves.) At (0, 0) the gradient is 0 and the curvatures are {least} \
         and {most}: down along y, up along x. Descent runs to the saddle and stays there, for the slope away from it is as \
         small as the distance. What divides by the size of gradients does not mind how small they are.",
    ));
    let saddle = race(&Saddle, (1.0, 0.001), -0.24, &[0.01]);
    let minima = [(0.0, 1.0), (0.0, -1.0)];
    show(page, "12_optimisers_saddle", "A saddle: η = 0.01 for all", &saddle, ("f", &Saddle.grid(-1.3..=1.3, -1.5..=1.5)), -0.25, &minima);

    page.text(format!(
        "One rate for all is not fair: on the next two surfaces each optimiser runs with all of the rates {RATES:?}, and its best one \
         counts, that with which it comes below f = 0.01 first and stays there. Beale's function has walls that rise to many \
         thousands and a flat floor that falls gently to its minimum, f(3, 0.5) = 0. A rate that is short enough for the walls is too short \
         for the floor.",
    ));
    let beale = race(&Beale, (1.0, 1.5), 1e-2, &RATES);
    let floor = Beale.grid(-1.0..=4.5, -2.0..=2.0).map(|f| (1.0 + f).ln());
    show(page, "12_optimisers_beale", "Beale's function", &beale, ("ln(1 + f)", &floor), 0.0, &[(3.0, 0.5)]);

    page.text("And a ravine, f = x²/20 + 5y², a hundred times as steep across as along:");
    let ravine = race(&Ravine, (-8.0, 1.0), 1e-2, &RATES);
    show(page, "12_optimisers_ravine", "A ravine", &ravine, ("f", &Ravine.grid(-9.0..=2.0, -1.8..=1.8)), 0.0, &[(0.0, 0.0)]);
    page.text(
        "What wins depends on the surface. Momentum pays where curvatures differ; dividing by the size of gradients pays where they are \
         very small, or very different from weight to weight. RMSprop's steps do not shrink with the gradient: it arrives and \
         trembles, unless its rate falls with time. Adadelta needs no rate, but a long time to find one. And the best rate of one surface is \
         not that of another.",
    );

    let at = |runs: &[Run], name: &str| {
        runs.iter().find(|run| run.name == name).and_then(|run| run.arrived).unwrap_or(usize::MAX)
    };
    let stands = saddle[0].way.iter().all(|&(_, y)| y < 0.5);
    let leave = ["Momentum", "Nesterov", "RMSprop", "Adam", "AdaMax", "Nadam"].iter().all(|name| at(&saddle, name) < 300);
    let arrive = |runs: &[Run]| runs.iter().filter(|run| run.name != "Adadelta").all(|run| run.arrived.is_some());
    let faster = |runs: &[Run], times: usize| {
        ["Momentum", "Nesterov"].iter().all(|name| times * at(runs, name) < at(runs, "SGD"))
    };
    page.shows(
        "optimisers",
        "saddle, η = 0.01: after 600 steps plain descent still stands there, Momentum, Nesterov, RMSprop, Adam, AdaMax and Nadam are through before \
         step 300; with their best rates all but Adadelta find the minimum of Beale's function and of the ravine within 600 steps, there Momentum \
         and Nesterov in less than half of the steps of plain descent",
        stands && leave && arrive(&beale) && arrive(&ravine) && faster(&beale, 1) && faster(&ravine, 2),
    );
    Ok(())
}

/// All optimisers from the same start, each with the best of these rates.
fn race(f: &impl Surface, start: (f64, f64), target: f64, rates: &[f64]) -> Vec<Run> {
    let mut best: Vec<Run> = Vec::new();
    for &rate in rates {
        for (place, (name, rule)) in rules(rate).into_iter().enumerate() {
            if name == "Adadelta" && rate != rates[0] {
                continue; // It has no rate, and was there already.
            }
            let way = descend(f, Optimizer::from_rule(rule), start, STEPS);
            let heights: Vec<f64> = way.iter().map(|&point| f.value(point)).collect();
            let below = heights.iter().rev().take_while(|&&height| height <= target).count();
            let arrived = (below > 0 && way.len() > STEPS).then_some(heights.len() - below);
            let run = Run { name, rate, arrived, way, heights };
            let steps = |run: &Run| run.arrived.unwrap_or(usize::MAX);
            match best.get_mut(place) {
                None => best.push(run),
                Some(known) if steps(&run) < steps(known) => *known = run,
                Some(_) => {}
            }
        }
    }
    best
}

/// A table, and a picture: three maps, and below each the heights by step.
fn show(page: &mut Page, name: &str, title: &str, runs: &[Run], (height, grid): (&str, &Grid), lowest: f64, minima: &[(f64, f64)]) {
    let row = |run: &Run| {
        let rate = if run.name == "Adadelta" { "none".to_owned() } else { run.rate.to_string() };
        let arrived = run.arrived.map_or(format!("not in {STEPS}"), |step| step.to_string());
        let last = run.heights[run.heights.len() - 1];
        vec![run.name.to_owned(), rate, arrived, power((last - lowest).max(0.0), 1)]
    };
    page.table(&["", "rate", "steps to the target", "height above the minimum at the end"], runs.iter().map(row).collect());

    let groups = [("remember a direction", &runs[..3]), ("remember sizes", &runs[3..6]), ("remember both", &runs[6..])];
    let names = |runs: &[Run]| runs.iter().map(|run| run.name).collect::<Vec<_>>().join(", ");
    let lines = |runs: &[Run], points: &dyn Fn(&Run) -> Vec<(f64, f64)>| -> Vec<Series> {
        let styles = [(Color::BLACK, Dash::Solid), (Color::VERMILION, Dash::Dashed), (Color::GREEN, Dash::Dotted)];
        let line = |(run, (color, dash))| {
            let run: &Run = run;
            Series::line(points(run)).named(run.name).color(color).dash(dash).width(2.5)
        };
        runs.iter().zip(styles).map(line).collect()
    };
    let mut figure = Figure::new(title).columns(3).size(1440, 860);
    for (_, runs) in groups {
        let minima = Series::points(minima.iter().copied()).named("minimum").color(Color::BLACK).marker(Marker::Diamond);
        let map = contour_map(height, grid).title(names(runs)).x_label("x").y_label("y").no_legend();
        figure = figure.panel(map.with_all(lines(runs, &|run| run.way.clone())).with(minima));
    }
    for (kind, runs) in groups {
        let height = |run: &Run| run.heights.iter().take(301).enumerate().map(|(step, z)| (step as f64, (z - lowest).max(1e-9))).collect();
        let chart = Chart::new(kind).x_label("step").y_label("f - lowest").log_y().x_range(0.0..=300.0).y_range(1e-6..);
        figure = figure.panel(chart.with_all(lines(runs, &height)));
    }
    page.picture(
        name,
        figure.to_svg(),
        "Above the ways down, with diamonds at the minima; below how high above the lowest value each is after a step, in the same \
         colours.",
    );
}
