//! Minima, saddle points and plateaus: what the Hessian's eigenvalues say about a place where the gradient is 0.

use std::error::Error;

use autograd::prelude::*;
use nn::Sgd;
use nn::plot::{Chart, Color, Dash, Figure, Marker, Series, Surface as View, contour_map};

use super::cells::power;
use super::page::Page;
use super::surfaces::{Surface, critical_points, curvatures, descend, descents};

/// A double well that leans to one side: two hollows of different depth and a pass between them.
struct Hollows;

impl Surface for Hollows {
    fn height<S: Scalar>(&self, x: S, y: S) -> S {
        x.powi(4) * 0.25 - x.square() * 0.5 + x * 0.15 + y.square() * 0.5
    }
}

/// The plainest saddle.
struct Saddle;

impl Surface for Saddle {
    fn height<S: Scalar>(&self, x: S, y: S) -> S {
        (x.square() - y.square()) * 0.5
    }
}

/// The squared error of a sigmoid neuron, s(w · 1 + b), on one example whose target is 1.
struct Plateau;

impl Surface for Plateau {
    fn height<S: Scalar>(&self, w: S, b: S) -> S {
        ((w + b).sigmoid() - 1.0).square() * 0.5
    }
}

/// The smallest network with a hidden neuron, y = w₂w₁x, on the example x = 1 with target 1.
struct Deep;

impl Surface for Deep {
    fn height<S: Scalar>(&self, w1: S, w2: S) -> S {
        (w1 * w2 - 1.0).square()
    }
}

pub(crate) fn lesson(page: &mut Page) -> Result<(), Box<dyn Error>> {
    page.text(
        "Where the gradient is 0, descent stands still. What kind of place that is, says the second derivative: the Hessian matrix H of all \
         ∂²f/∂xᵢ∂xⱼ, which the engine computes by differentiating once more. Its eigenvalues are the curvatures along its \
         main directions: all positive, a minimum; all negative, a maximum; of both signs, a saddle point: down one way, up the \
         other. Where all are nearly 0 with the gradient, the ground is flat: a plateau.",
    );
    page.formula("f(p + d) ≈ f(p) + ∇f·d + ½ dᵀ H d");
    let hollows = critical_points(&Hollows);
    let mut rows: Vec<Vec<String>> = hollows.iter().map(|&at| place("double well", &Hollows, at)).collect();
    rows.push(place("x²/2 - y²/2", &Saddle, (0.0, 0.0)));
    rows.push(place("sigmoid neuron", &Plateau, (-6.0, -6.0)));
    rows.push(place("w₂w₁x", &Deep, (0.0, 0.0)));
    rows.push(place("w₂w₁x", &Deep, (1.0, 1.0)));
    rows.push(place("w₂w₁x", &Deep, (2.0, 0.5)));
    page.table(&["function", "place", "f", "‖∇f‖", "eigenvalues of H", "what it is"], rows);

    let figure = Figure::new("Three landscapes").columns(3).size(1440, 520);
    let view = |title: &str, f: &dyn Fn() -> nn::plot::Grid| View::default().chart("f", &f()).title(title.to_owned());
    let figure = figure
        .panel(view("two minima and a pass", &|| Hollows.grid(-1.7..=1.6, -1.2..=1.2)))
        .panel(view("a saddle point", &|| Saddle.grid(-1.0..=1.0, -1.0..=1.0)))
        .panel(view("a plateau: sigmoid neuron", &|| Plateau.grid(-6.0..=4.0, -6.0..=4.0)));
    page.picture(
        "28_landscape_surfaces",
        figure.to_svg(),
        "Left: the deeper hollow is not the only one. Middle: flat at one point, but no minimum. Right: flat almost everywhere, and \
         high up.",
    );

    page.text(
        "The double well f = x⁴/4 - x²/2 + 0.15x + y²/2 has two minima; only the left one is the lowest. The pass between them is \
         a saddle point. Descent ends in the hollow of its own side:",
    );
    let starts = [(-0.1, 1.0), (0.3, 1.0), (1.5, -1.0), (-1.6, -0.8)];
    let ways: Vec<_> = starts.iter().map(|&start| descend(&Hollows, Sgd::new(0.1), start, 400)).collect();
    let mut chart = contour_map("f", &Hollows.grid(-1.8..=1.7, -1.3..=1.3))
        .equal_axes()
        .title("Four starts, two ends")
        .x_label("x")
        .y_label("y");
    let dotted = |line: Series| line.dash(Dash::Solid).marker(Marker::Disc).size(4.0).width(1.5);
    chart = chart.with_all(descents(&ways, dotted));
    let marks = [("lowest minimum", Marker::Diamond), ("saddle point", Marker::Cross), ("local minimum", Marker::Square)];
    for (&at, (name, marker)) in hollows.iter().zip(marks) {
        chart = chart.with(Series::points([at]).named(name).color(Color::BLACK).marker(marker).size(12.0));
    }
    page.picture(
        "28_landscape_wells",
        chart.description("Contours of two hollows; paths from the left of the saddle end in the lower one, others in the higher").to_svg(),
        "The pass decides: what starts to the left of it ends in the lowest minimum, the others do not.",
    );

    page.text(
        "A plateau: a sigmoid neuron whose weighted sum is very negative, with target 1, is as wrong as can be, and yet its gradient is almost 0, \
         for the sigmoid is flat there. Descent with η = 1 from three weighted sums:",
    );
    let steps = 2000;
    let mut chart = Chart::new("Waiting on a plateau").x_label("step").y_label("error ½ (s - 1)²");
    let mut halved = Vec::new();
    for sum in [-2.0, -4.0, -6.0] {
        let way = descend(&Plateau, Sgd::new(1.0), (sum / 2.0, sum / 2.0), steps);
        let errors: Vec<f64> = way.iter().map(|&at| Plateau.value(at)).collect();
        halved.push(errors.iter().position(|&error| error < 0.25).unwrap_or(steps));
        chart = chart.line(format!("from the sum {sum}"), errors.iter().enumerate().take(301).map(|(i, &e)| (i as f64, e)));
    }
    let cells = ["steps until the error is 0.25".to_owned()].into_iter().chain(halved.iter().map(usize::to_string));
    page.table(&["weighted sum at first", "-2", "-4", "-6"], vec![cells.collect()]);
    page.picture(
        "28_landscape_plateau",
        chart.description("Three errors: each stays near a half, then falls suddenly; the flatter the start, the later").to_svg(),
        "Nothing happens, and then everything at once. A start that is lower by 2 waits more than six times as long.",
    );

    page.text(
        "Networks have saddle points of necessity. y = w₂w₁x is the smallest with a hidden neuron; its error (w₁w₂ - 1)² has at (0, 0) the Hessian \
         (0, -2; -2, 0), with eigenvalues -2 and 2: weights that start at 0 stand on a saddle point and stay there. Its minima are no \
         points but a whole curve, w₁w₂ = 1, so one eigenvalue is 0 along it: half as much in one layer and twice as much in the next \
         is the same network.",
    );
    let mut chart = contour_map("ln(1 + error)", &Deep.grid(-2.5..=2.5, -2.5..=2.5).map(|z| (1.0 + z).ln()))
        .equal_axes()
        .title("The error of y = w₂w₁x")
        .x_label("weight w₁")
        .y_label("weight w₂")
        .size(700, 620);
    let curve = |sign: f64| (0..=40).map(move |i| sign * 0.4 * 6.25_f64.powf(f64::from(i) / 40.0)).map(|w| (w, 1.0 / w));
    chart = chart
        .with(Series::line(curve(1.0)).named("minima, w₁w₂ = 1").color(Color::BLACK))
        .with(Series::line(curve(-1.0)).color(Color::BLACK).dash(Dash::Solid))
        .with(Series::points([(0.0, 0.0)]).named("saddle point").color(Color::BLACK).marker(Marker::Cross).size(12.0));
    let turning = [(-1.2, 1.25), (0.3, -0.25), (2.3, -0.2)].map(|start| descend(&Deep, Sgd::new(0.03), start, 300));
    chart = chart.with_all(descents(&turning, |line| line.dash(Dash::Dashed).width(2.5)));
    page.picture(
        "28_landscape_network",
        chart.description("Two curves of minima, a saddle point between them, and paths that bend at the saddle").to_svg(),
        "Paths run towards the saddle point, slow down, and turn aside to one of the two curves of minima.",
    );

    let stays = descend(&Deep, Sgd::new(0.1), (0.0, 0.0), 100).iter().all(|&at| at == (0.0, 0.0));
    let ends = ways.iter().map(|way| way[400].0 < 0.0).collect::<Vec<_>>();
    let near = |found: (f64, f64), expected: (f64, f64)| (found.0 - expected.0).hypot(found.1 - expected.1) < 1e-9;
    let [left, pass, right] = hollows[..] else { return Err("the double well has three points without slope".into()) };
    let kinds = [left, pass, right].map(|at| curvatures(&Hollows, at).0 > 0.0);
    let flat = Plateau.gradient((-6.0, -6.0));
    page.shows(
        "landscape",
        "eigenvalues of the Hessian: both positive in two minima of different depth, -1 and 1 at a saddle point, -2 and 2 at that \
         of w₂w₁x, 0 and 4 along its minima; on a plateau the error is 0.5 and the gradient below 1e-5; weights that start at 0 \
         stay at 0",
        kinds == [true, false, true]
            && Hollows.value(left) < Hollows.value(right)
            && curvatures(&Saddle, (0.0, 0.0)) == (-1.0, 1.0)
            && near(curvatures(&Deep, (0.0, 0.0)), (-2.0, 2.0))
            && near(curvatures(&Deep, (1.0, 1.0)), (0.0, 4.0))
            && flat.0.hypot(flat.1) < 1e-5
            && (Plateau.value((-6.0, -6.0)) - 0.5).abs() < 1e-4
            && ends == [true, false, false, true]
            && stays
            && halved[2] > 5 * halved[1],
    );
    Ok(())
}

/// A row: a place, its height, slope and curvatures, and what that makes it.
fn place(name: &str, f: &impl Surface, at: (f64, f64)) -> Vec<String> {
    let slope = f.gradient(at);
    let (low, high) = curvatures(f, at);
    let what = match (low, high) {
        _ if low.abs() < 1e-4 && high.abs() < 1e-4 => "plateau",
        _ if low.abs() < 1e-9 => "minimum along a curve",
        _ if low > 0.0 => "minimum",
        _ if high < 0.0 => "maximum",
        _ => "saddle point",
    };
    let clean = |number: f64| if number.abs() < 1e-12 { 0.0 } else { number };
    let curvature = |number: f64| match clean(number) {
        number if number != 0.0 && number.abs() < 0.01 => format!("{number:.0e}"),
        number => format!("{number:.2}"),
    };
    vec![
        name.to_owned(),
        format!("({:.3}, {:.3})", clean(at.0), clean(at.1)),
        format!("{:.3}", clean(f.value(at))),
        power(clean(slope.0.hypot(slope.1)), 0),
        format!("{}, {}", curvature(low), curvature(high)),
        what.to_owned(),
    ]
}
