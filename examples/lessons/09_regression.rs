//! A line through points: its error, the surface of that error, and the way down.

use std::error::Error;

use autograd::prelude::*;
use nn::Sgd;
use nn::plot::{Color, Marker, Series, contour_map, regression};

use super::page::Page;
use super::surfaces::{Surface, descend};

const POINTS: [(f64, f64); 8] =
    [(1.0, 0.82), (2.0, 0.64), (3.0, 1.06), (4.0, 2.28), (5.0, 2.8), (6.0, 2.62), (7.0, 3.24), (8.0, 4.46)];

/// The slope and the intercept of three lines.
const LINES: [(&str, f64, f64); 3] =
    [("0.92x - 1", 0.92, -1.0), ("0.11x + 2.5", 0.11, 2.5), ("0.52x - 0.1", 0.52, -0.1)];

/// The mean squared error of the line ax + b.
struct Mse;

impl Surface for Mse {
    fn height<S: Scalar>(&self, a: S, b: S) -> S {
        POINTS.iter().map(|&(x, y)| (-(a * x + b) + y).square()).sum::<S>() / POINTS.len() as f64
    }
}

pub(crate) fn lesson(page: &mut Page) -> Result<(), Box<dyn Error>> {
    page.text(
        "Eight points are given, and a line y = ax + b is wanted that runs as near to them as possible. How far a line is from \
         the points, says the mean squared error:",
    );
    page.formula("J(a, b) = 1/n Σ (y - (ax + b))²");
    page.table(
        &["x", "1", "2", "3", "4", "5", "6", "7", "8"],
        vec![std::iter::once("y".to_owned()).chain(POINTS.iter().map(|(_, y)| y.to_string())).collect()],
    );
    page.text("The error is least where both of its derivatives are 0. By the chain rule they are");
    page.formula("∂J/∂a = -2/n Σ x (y - (ax + b)),   ∂J/∂b = -2/n Σ (y - (ax + b))");
    page.text(
        "because the derivative of the inner function, y - (ax + b), is -x by a and -1 by b. Deck A prints both without their \
         minus. The engine decides: its derivatives of three lines, beside the formula with the minus.",
    );
    let mut rows = Vec::new();
    let mut furthest = 0.0_f64;
    for (name, a, b) in LINES {
        let (by_a, by_b) = Mse.gradient((a, b));
        let (formula_a, formula_b) = by_formula(a, b);
        furthest = furthest.max((by_a - formula_a).abs()).max((by_b - formula_b).abs());
        let numbers = [Mse.value((a, b)), by_a, formula_a, by_b, formula_b];
        rows.push([name.to_owned()].into_iter().chain(numbers.map(short)).collect());
    }
    page.table(&["line", "J", "∂J/∂a, engine", "formula", "∂J/∂b, engine", "formula"], rows);
    let lines = regression(POINTS, LINES).title("Three lines through eight points").y_range(0.0..=6.5);
    page.picture(
        "09_regression_lines",
        lines.description("Eight points, and three lines: one too steep, one too flat, one in the middle of the points").to_svg(),
        "The first line is too steep, the second too flat; the third leaves as much above as below.",
    );

    page.text(
        "Of the third line both derivatives are 0, so no other line is better: a squared error has one minimum only. Seen from \
         above, the error over slopes a from -2 to 4 and intercepts b from -6 to 8 is a long valley: a steeper line that begins \
         lower is almost as good. Descent goes against the gradient, since the gradient points up, to where J rises most; a \
         slide that calls it the direction of steepest descent has lost a minus, too.",
    );
    page.formula("a ← a - η ∂J/∂a,   b ← b - η ∂J/∂b");
    let start = (3.0, 6.0);
    let way = descend(&Mse, Sgd::new(0.018), start, 4000);
    let end = way[way.len() - 1];
    let picked = [0, 1, 2, 10, 100, 1000, 4000];
    let row = |&step: &usize| {
        let (a, b) = way[step];
        vec![step.to_string(), short(a), short(b), short(Mse.value((a, b)))]
    };
    page.table(&["step", "a", "b", "J"], picked.iter().map(row).collect());

    let mut chart = contour_map("mean squared error", &Mse.grid(-2.0..=4.0, -6.0..=8.0))
        .title("The error of all lines, and a way down")
        .x_label("slope a")
        .y_label("intercept b")
        .with(Series::line(way.iter().copied()).named("descent, η = 0.018").color(Color::VERMILION))
        .with(Series::points(picked.map(|step| way[step])).named("the steps of the table").color(Color::VERMILION));
    for ((name, a, b), marker) in LINES.into_iter().zip([Marker::Square, Marker::Triangle, Marker::Diamond]) {
        chart = chart.with(Series::points([(a, b)]).named(name).color(Color::BLACK).marker(marker).size(12.0));
    }
    page.picture(
        "09_regression_surface",
        chart.description("Contours of the error: a long, narrow, slanted valley; the descent jumps to its floor and then creeps along it").to_svg(),
        "Every point is a line. The first steps reach the floor of the valley; along it the slope is small, and thousands of \
         steps follow.",
    );

    page.text("With the derivatives as printed, without the minus, the same loop climbs:");
    let (mut a, mut b) = start;
    let mut climb = vec![Mse.value(start)];
    for _ in 0..3 {
        let (by_a, by_b) = by_formula(a, b);
        (a, b) = (a - 0.018 * -by_a, b - 0.018 * -by_b);
        climb.push(Mse.value((a, b)));
    }
    page.formula(format!("J = {}", climb.iter().map(|&j| short(j)).collect::<Vec<_>>().join(" → ")));

    let errors = LINES.map(|(_, a, b)| Mse.value((a, b)));
    let expected = [1.775, 1.57755, 0.125];
    let right_errors = errors.iter().zip(expected).all(|(error, expected)| (error - expected).abs() < 1e-12);
    let (by_a, by_b) = Mse.gradient((0.52, -0.1));
    let arrived = (end.0 - 0.52).abs() < 1e-6 && (end.1 + 0.1).abs() < 1e-6;
    page.shows(
        "regression",
        "mean squared errors 1.775, 1.57755 and 0.125; the third line is the minimum, and descent finds it; both derivatives \
         need their minus, without it J rises at every step",
        right_errors
            && furthest < 1e-11
            && by_a.hypot(by_b) < 1e-12
            && arrived
            && climb.is_sorted_by(|before, after| before < after),
    );
    Ok(())
}

/// The derivatives as written above.
fn by_formula(a: f64, b: f64) -> (f64, f64) {
    let n = POINTS.len() as f64;
    let by_a: f64 = POINTS.iter().map(|(x, y)| x * (y - (a * x + b))).sum();
    let by_b: f64 = POINTS.iter().map(|(x, y)| y - (a * x + b)).sum();
    (-2.0 / n * by_a, -2.0 / n * by_b)
}

/// A number with at most five digits after the point, and no minus before 0.
fn short(number: f64) -> String {
    let rounded = (number * 1e5).round() / 1e5;
    (rounded + 0.0).to_string()
}
