//! A linear neuron of two weights: a bowl with elliptic contours, and how long a step may be.

use std::error::Error;

use autograd::prelude::*;
use nn::Sgd;
use nn::plot::{Chart, Color, Dash, Figure, Series, contour_map, path};

use super::cells::power;
use super::page::Page;
use super::surfaces::{Surface, curvatures, descend};

/// Two inputs and the target.
const EXAMPLES: [([f64; 2], f64); 4] =
    [([2.0, 2.0], 3.2), ([-2.0, -2.0], -2.8), ([1.0, -1.0], 0.6), ([-1.0, 1.0], -0.4)];

/// Half the mean squared error of the neuron w₁x₁ + w₂x₂.
struct Bowl;

impl Surface for Bowl {
    fn height<S: Scalar>(&self, w1: S, w2: S) -> S {
        let squares = EXAMPLES.iter().map(|&([x1, x2], t)| (w1 * x1 + w2 * x2 - t).square());
        squares.sum::<S>() / (2.0 * EXAMPLES.len() as f64)
    }
}

const MINIMUM: (f64, f64) = (1.0, 0.5);
const START: (f64, f64) = (-1.8, -1.5);

pub(crate) fn lesson(page: &mut Page) -> Result<(), Box<dyn Error>> {
    quiz(page);
    page.text(
        "A linear neuron has two weights and no threshold: y = w₁x₁ + w₂x₂. Half its mean squared error over m = 4 examples is \
         a polynomial of degree two in the weights: a bowl. How it bends, says the Hessian matrix, H = 1/m Σ x xᵀ, which is the \
         same everywhere; its eigenvalues λ are the curvatures along the main axes.",
    );
    page.formula("J(w) = 1/2m Σ (t - w·x)² = J_min + ½ (w - w*)ᵀ H (w - w*)");
    let (least, most) = curvatures(&Bowl, START);
    let row = |&([x1, x2], t): &([f64; 2], f64)| vec![x1.to_string(), x2.to_string(), t.to_string()];
    page.table(&["x₁", "x₂", "t"], EXAMPLES.iter().map(row).collect());
    page.formula(format!("w* = (1, 0.5),   λ₁ = {least:.1} along (1, -1),   λ₂ = {most:.1} along (1, 1)"));
    let right_angles = contours_and_gradients(page);
    let diverges = step_lengths(page);

    let slope = Bowl.gradient(MINIMUM);
    let eigenvalues = (least - 1.0).abs() < 1e-12 && (most - 4.0).abs() < 1e-12;
    page.shows(
        "bowl",
        "λ = 1 and 4: contours are ellipses, twice as long as wide; gradients stand at right angles on them; descent converges for \
         η = 0.499, keeps its distance for η = 0.5 = 2/λ_max, diverges for η = 0.501",
        slope.0.hypot(slope.1) < 1e-12 && eigenvalues && right_angles && diverges,
    );
    Ok(())
}

/// One weight first: which way does it go?
fn quiz(page: &mut Page) {
    page.text(
        "A question to begin with. J(w) = (w - 2)², and w is at -1, where the slope is negative. Does descent make w larger or \
         smaller? w ← w - η · slope: minus times minus is plus, so w grows, and walks to the right, downhill.",
    );
    let tape = Tape::new();
    let w = tape.var(-1.0);
    let slope = (w - 2.0).square().backward()[w];
    let next = w.value() - 0.1 * slope;
    page.formula(format!("J′(-1) = {slope},   w ← -1 - 0.1 · ({slope}) = {next:.1}"));
    let j = |w: f64| (w - 2.0).powi(2);
    let tangent = [-2.0, 0.5].map(|x| (x, j(-1.0) + slope * (x + 1.0)));
    let chart = Chart::new("A negative slope: w grows")
        .x_label("weight w")
        .y_label("error J")
        .with(Series::function(-2.0..=6.0, j).named("J(w) = (w - 2)²").color(Color::BLUE))
        .with(Series::line(tangent).named("slope -6 at w = -1").color(Color::VERMILION).dash(Dash::Dashed))
        .with(Series::points([(-1.0, j(-1.0)), (next, j(next))]).named("w before and after a step").color(Color::BLACK))
        .with(Series::segments([-1.0, next].map(|w| [(w, 0.0), (w, j(w))])).dash(Dash::Dotted))
        .arrow((-1.0, 0.0), (next, 0.0))
        .note((-2.0, 0.7), "- η · slope = +0.6")
        .description("A parabola; at w = -1 its tangent falls, and a step of descent leads to the right, downhill");
    page.picture("10_bowl_quiz", chart.to_svg(), "Where the slope is negative, downhill is to the right.");
    page.shows("quiz", "slope -6 at w = -1: w goes to -0.4, to the right", slope == -6.0 && (next + 0.4).abs() < 1e-15);
}

/// Walks along contours, and compares the gradient there with the contour's own direction.
fn contours_and_gradients(page: &mut Page) -> bool {
    page.text(
        "Points of the same error lie on ellipses, whose axes are √(2c/λ) long. On the way round such an ellipse, the engine's \
         gradient never has a part along the contour: it stands at right angles on it, for along a contour nothing changes. It does \
         not point to the minimum, except on the axes.",
    );
    let (lowest, half) = (Bowl.value(MINIMUM), 0.5_f64.sqrt());
    let (mut off_level, mut along, mut arrows) = (0.0_f64, 0.0_f64, Vec::new());
    for c in [0.5, 2.0, 4.5] {
        let (short, long) = ((2.0 * c / 4.0_f64).sqrt(), (2.0 * c / 1.0_f64).sqrt());
        for i in 0..12 {
            let (sin, cos) = (f64::from(i) * std::f64::consts::TAU / 12.0).sin_cos();
            // (1, 1) is the short axis, (1, -1) the long one.
            let at = |short: f64, long: f64| (half * (short + long), half * (short - long));
            let (u, v) = at(short * cos, long * sin);
            let w = (MINIMUM.0 + u, MINIMUM.1 + v);
            let tangent = at(-short * sin, long * cos);
            let g = Bowl.gradient(w);
            off_level = off_level.max((Bowl.value(w) - lowest - c).abs());
            let lengths = g.0.hypot(g.1) * tangent.0.hypot(tangent.1);
            along = along.max((g.0 * tangent.0 + g.1 * tangent.1).abs() / lengths);
            if c == 2.0 {
                arrows.push(Series::arrow(w, (w.0 + 0.22 * g.0, w.1 + 0.22 * g.1)).color(Color::VERMILION));
            }
        }
    }
    let mut chart = contour_map("error J", &Bowl.grid(-2.4..=4.4, -2.4..=3.4))
        .equal_axes()
        .title("Gradients stand at right angles on contours")
        .x_label("weight w₁")
        .y_label("weight w₂");
    // A line of one point, for the legend.
    chart = chart.with_all(arrows).with(Series::line([MINIMUM]).named("gradient × 0.22").color(Color::VERMILION));
    chart = chart.with(Series::points([MINIMUM]).named("minimum (1, 0.5)").color(Color::BLACK));
    page.picture(
        "10_bowl_gradients",
        chart.description("Elliptic contours around (1, 0.5); twelve arrows on one of them point outwards at right angles").to_svg(),
        "The gradient points straight up the wall, not away from the minimum: seen along a flat axis, descent makes a detour.",
    );
    off_level < 1e-12 && along < 1e-12
}

/// Descends with rates below and above 2/λ_max.
fn step_lengths(page: &mut Page) -> bool {
    page.text(
        "A step of descent multiplies the distance to the minimum by 1 - ηλ along each axis. That is less than 1 in size for \
         0 < η < 2/λ, so the largest curvature decides: here η must stay below 2/4 = 0.5. Just below, the steep \
         direction is crossed from wall to wall; exactly there, for ever; above, each step ends higher than it began.",
    );
    page.formula("w - w* ← (1 - ηλ) (w - w*) along an axis;   |1 - ηλ| < 1 ⟺ 0 < η < 2/λ");
    // The distance along the steep axis (1, 1).
    let steep = |w: (f64, f64)| 0.5_f64.sqrt() * (w.0 - MINIMUM.0 + w.1 - MINIMUM.1);
    let (mut rows, mut measured) = (Vec::new(), Vec::new());
    for eta in [0.1, 0.25, 0.45, 0.499, 0.5, 0.501, 0.55] {
        let way = descend(&Bowl, Sgd::new(eta), START, 200);
        let factor = steep(way[1]) / steep(way[0]);
        let last = way[way.len() - 1];
        measured.push((eta, factor, steep(last).abs() / steep(START).abs()));
        let error = Bowl.value(last) - Bowl.value(MINIMUM);
        rows.push(vec![eta.to_string(), format!("{:.3}", 1.0 - 4.0 * eta), format!("{factor:.3}"), power(error, 1)]);
    }
    page.table(&["η", "1 - ηλ₂", "measured", "J - J_min after 200 steps"], rows);

    let grid = Bowl.grid(-2.6..=4.6, -2.6..=3.6);
    let mut figure = Figure::new("Four learning rates on the same bowl").columns(2).size(1000, 900);
    for (eta, what) in [(0.1, "too small is slow"), (0.45, "near the limit: zigzag"), (0.5, "at 2/λ: for ever"), (0.52, "above: diverges")] {
        let panel = contour_map("error J", &grid)
            .equal_axes()
            .title(format!("η = {eta}: {what}"))
            .x_label("weight w₁")
            .y_label("weight w₂")
            .x_range(-2.6..=4.6)
            .y_range(-2.6..=3.6)
            .with(path("descent", descend(&Bowl, Sgd::new(eta), START, 20)).color(Color::VERMILION))
            .with(Series::points([MINIMUM]).named("minimum").color(Color::BLACK));
        figure = figure.panel(panel);
    }
    page.picture(
        "10_bowl_rates",
        figure.to_svg(),
        "Twenty steps each. Below the limit the path ends in the minimum; at the limit it jumps between two walls; above, it leaves.",
    );
    let factors = measured.iter().all(|&(eta, factor, _)| (factor - (1.0 - 4.0 * eta)).abs() < 1e-12);
    let growth = |wanted: f64| measured.iter().find(|(eta, ..)| *eta == wanted).map_or(f64::NAN, |found| found.2);
    factors && growth(0.499) < 0.5 && (growth(0.5) - 1.0).abs() < 1e-9 && growth(0.501) > 2.0
}
