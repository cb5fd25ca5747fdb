//! How long a step should be: too small, good, too large; rates that decay; momentum.

use std::error::Error;

use autograd::prelude::*;
use nn::plot::{Chart, Color, Dash, Figure, Series, contour_map, path};
use nn::schedules::{Constant, InverseTime, Schedule};
use nn::{Init, Model, Sgd, module};

use super::page::Page;
use super::surfaces::{Surface, descend};

pub(crate) fn lesson(page: &mut Page) -> Result<(), Box<dyn Error>> {
    let rates = one_weight(page)?;
    let decay = noisy_examples(page)?;
    let momentum = ravine(page);
    page.shows(
        "learning-rate",
        "J = (w - 2)², 30 steps: η = 0.02 has come 70 % of the way, 0.3 is there to 10 digits, 1.05 is further away than at first; with \
         noisy examples a rate of 1/t ends on the mean of all, a constant one keeps jumping; in a ravine of curvatures 1 and 100 \
         momentum needs less than a fifth of the steps",
        rates && decay && momentum,
    );
    Ok(())
}

/// One weight.
struct Weight<P = Tensor<f64>> {
    w: P,
}
module!(Weight { param w });

fn one_weight(page: &mut Page) -> Result<bool, Box<dyn Error>> {
    page.text(
        "One weight, J(w) = (w - 2)², from w = -1. The slope is 2 (w - 2), so a step multiplies the distance to the minimum by \
         1 - 2η: slowly to 0 for a small η, at once for η = 0.5, from side to side above that, and away from it above 1.",
    );
    let mut rows = Vec::new();
    let mut curves = Chart::new("Error by step").x_label("step").y_label("error J").log_y().y_range(1e-9..);
    let mut distances = Vec::new();
    let mut figure = Figure::new("The same parabola, four learning rates").columns(2).size(1000, 800);
    for (eta, what) in [(0.02, "too small"), (0.3, "good"), (0.95, "large"), (1.05, "too large")] {
        let mut model = Weight { w: Tensor::scalar(-1.0) };
        let mut sgd = Sgd::new(eta);
        let mut weights = vec![-1.0];
        for _ in 0..30 {
            sgd.step(&mut model, |_, model| (model.w - 2.0).square())?;
            weights.push(model.w.item());
        }
        let distance = (weights[30] - 2.0).abs();
        rows.push(vec![
            eta.to_string(),
            what.to_owned(),
            format!("{:.2}", 1.0 - 2.0 * eta),
            format!("{:.3}", weights[5]),
            format!("{distance:.1e}"),
        ]);
        let j = |w: f64| (w - 2.0).powi(2);
        let errors = weights.iter().enumerate().map(|(step, &w)| (step as f64, j(w)));
        curves = curves.line(format!("η = {eta}: {what}"), errors);
        let panel = Chart::new(format!("η = {eta}: {what}"))
            .x_label("weight w")
            .y_label("error J")
            .x_range(-2.5..=6.5)
            .y_range(-1.0..=20.0)
            .with(Series::function(-2.5..=6.5, j).color(Color::GREY))
            .with(path("ten steps", weights[..11].iter().map(|&w| (w, j(w)))).color(Color::VERMILION).dash(Dash::Solid))
            .with(Series::points([(2.0, 0.0)]).named("minimum").color(Color::BLACK));
        figure = figure.panel(panel);
        distances.push(distance);
    }
    page.table(&["η", "", "1 - 2η", "w after 5 steps", "distance after 30"], rows);
    page.picture(
        "11_learning_rate_parabola",
        figure.to_svg(),
        "Ten steps from w = -1. Too small: hardly on its way. Good: there. Large: from wall to wall. Too large: up and out.",
    );
    page.picture(
        "11_learning_rate_losses",
        curves.description("Three lines that fall at different speeds and one that rises").to_svg(),
        "On a logarithmic axis each rate is a straight line: every step multiplies the distance by the same factor.",
    );
    let expected = [0.02, 0.3, 0.95, 1.05].map(|eta: f64| 3.0 * (1.0 - 2.0 * eta).abs().powi(30));
    let exact = distances.iter().zip(expected).all(|(d, expected)| (d - expected).abs() < 1e-12 * expected.max(1.0));
    let way = 1.0 - distances[0] / 3.0;
    Ok(exact && (0.70..0.71).contains(&way) && distances[1] < 1e-10 && distances[3] > 3.0)
}

fn noisy_examples(page: &mut Page) -> Result<bool, Box<dyn Error>> {
    page.text(
        "In stochastic descent each step sees one example, x, and goes down ½ (w - x)²: w ← w - η (w - x). The best w is the mean of \
         all examples. With a constant rate w comes near it and keeps jumping, as far as the last examples \
         pull: the variance stays at η/(2 - η) of theirs. A rate that decays like 1/t lets every example count the same: w then is \
         the mean of all examples so far, exactly. Decks C and D say that a rate should fall with time; this is why.",
    );
    page.formula("ηₜ = 1/t:   wₜ = wₜ₋₁ + (xₜ - wₜ₋₁)/t = (x₁ + … + xₜ)/t");
    let count = 2000;
    let examples: Tensor<f64> = Init::Normal(1.0).draw([count], 1, 1, &mut nn::rng(11));
    let examples: Vec<f64> = examples.data().iter().map(|noise| 3.0 + noise).collect();
    let mean = examples.iter().sum::<f64>() / count as f64;
    let variance = examples.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / count as f64;

    // The schedule of 1/t: 1 / (1 + t) for the steps t = 0, 1, 2, …
    let schedules: [(&str, Box<dyn Schedule>); 3] = [
        ("η = 0.5", Box::new(Constant::new(0.5))),
        ("η = 0.05", Box::new(Constant::new(0.05))),
        ("η = 1/t", Box::new(InverseTime::new(1.0, 1.0))),
    ];
    let (mut rows, mut spreads, mut ends) = (Vec::new(), Vec::new(), Vec::new());
    let mut chart = Chart::new("A weight that follows noisy examples").x_label("step").y_label("weight w");
    for (name, schedule) in schedules {
        let mut model = Weight { w: Tensor::scalar(0.0) };
        let mut sgd = Sgd::new(1.0);
        let mut weights = vec![0.0];
        for &x in &examples {
            sgd.set_lr(schedule.lr(sgd.steps()));
            let (_, slope) = model.value_and_grad(|g, model| (model.w - g.constant(x)).square() * 0.5)?;
            sgd.apply(&mut model, &slope)?;
            weights.push(model.w.item());
        }
        let late = &weights[count / 2..];
        let spread = late.iter().map(|w| (w - mean).powi(2)).sum::<f64>() / late.len() as f64 / variance;
        rows.push(vec![name.to_owned(), format!("{:.4}", weights[count]), format!("{spread:.4}")]);
        chart = chart.line(name, weights.iter().enumerate().take(301).map(|(step, &w)| (step as f64, w)));
        spreads.push(spread);
        ends.push(weights[count]);
    }
    page.table(&["rate", "w after 2000 examples", "variance of w / variance of the examples"], rows);
    page.formula(format!("mean of the examples {mean:.4};   η/(2 - η) = 0.3333 for η = 0.5, 0.0256 for η = 0.05"));
    page.picture(
        "11_learning_rate_decay",
        chart
            .with(Series::horizontal(mean).named("mean of all examples"))
            .description("The weight over 300 steps: wild for 0.5, slow and restless for 0.05, quick and then quiet for 1/t")
            .to_svg(),
        "A large rate arrives at once and stays restless, a small one is slow; a falling rate is both quick and quiet.",
    );
    let near = |measured: f64, eta: f64| (measured / (eta / (2.0 - eta)) - 1.0).abs() < 0.3;
    Ok(near(spreads[0], 0.5) && near(spreads[1], 0.05) && spreads[2] < 0.005 && (ends[2] - mean).abs() < 1e-12)
}

/// Curvature 1 along x, 100 along y.
struct Ravine;

impl Surface for Ravine {
    fn height<S: Scalar>(&self, x: S, y: S) -> S {
        x.square() * 0.5 + y.square() * 50.0
    }
}

fn ravine(page: &mut Page) -> bool {
    page.text(
        "A ravine: the steep walls allow only short steps, with which the flat floor takes for ever. Momentum adds up directions, \
         v ← βv + ∇J, w ← w - ηv: on the floor they agree and grow up to 1/(1 - β) times, between the walls they change sign and largely cancel. \
         First the same rate with β = 0 and β = 0.8; then the best numbers that there are for curvatures λ₁ < λ₂ (Polyak 1964): \
         a step of plain descent leaves (κ - 1)/(κ + 1) of the distance, κ = λ₂/λ₁, and one with momentum only (√κ - 1)/(√κ + 1).",
    );
    let (low, high) = (1.0_f64, 100.0_f64);
    let best_rate = (2.0 / (low.sqrt() + high.sqrt())).powi(2);
    let best_beta = ((high.sqrt() - low.sqrt()) / (high.sqrt() + low.sqrt())).powi(2);
    let settings = [
        ("plain", 0.018, 0.0),
        ("momentum", 0.018, 0.8),
        ("plain, best", 2.0 / (low + high), 0.0),
        ("momentum, best", best_rate, best_beta),
    ];
    let (mut rows, mut needed) = (Vec::new(), Vec::new());
    let mut ways = contour_map("error J", &Ravine.grid(-11.0..=3.0, -1.6..=1.6))
        .title("The first 40 steps with η = 0.018")
        .x_label("weight w₁")
        .y_label("weight w₂");
    let mut errors = Chart::new("Error by step").x_label("step").y_label("error J").log_y().y_range(1e-9..);
    for (i, (name, rate, beta)) in settings.into_iter().enumerate() {
        let way = descend(&Ravine, Sgd::new(rate).momentum(beta), (-10.0, 1.0), 1000);
        let steps = way.iter().position(|&w| Ravine.value(w) < 1e-6).unwrap_or(usize::MAX);
        rows.push(vec![name.to_owned(), format!("{rate:.4}"), format!("{beta:.3}"), steps.to_string()]);
        needed.push(steps);
        let color = [Color::BLACK, Color::VERMILION, Color::GREEN, Color::PURPLE][i];
        if i < 2 {
            ways = ways.with(path(name, way[..41].iter().copied()).color(color).dash(Dash::Solid));
        }
        let line = way.iter().take(401).enumerate().map(|(step, &w)| (step as f64, Ravine.value(w)));
        errors = errors.with(Series::line(line).named(name).color(color));
    }
    page.table(&["", "η", "β", "steps to J < 1e-6"], rows);
    page.text(
        "Momentum is no free lunch: with the best numbers the error first rises, to more than five times what it was, before it falls so \
         fast. It overshoots, like a heavy ball.",
    );
    page.picture(
        "11_learning_rate_momentum",
        Figure::new("A ravine, with momentum and without").columns(2).size(1200, 480).panel(ways).panel(errors).to_svg(),
        "Plain descent shakes between the walls and gains little ground; with momentum the same rate is several times as fast.",
    );
    needed[1] * 3 < needed[0] && needed[3] * 5 < needed[2] && needed[2] < 1000
}
