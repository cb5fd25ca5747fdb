//! Gradient checking: the chain rule against differences of values; how large a step, and what a mistake looks like.

use std::error::Error;

use autograd::number::Formulas;
use autograd::ops::{Sigmoid, UnaryRow};
use autograd::prelude::*;
use autograd::FnOp;
use nn::plot::{Chart, Color, Dash, Marker, Series, function_with_derivative};

use super::by_hand::{Matrix, logistic, matrix_form};
use super::differences::{Values, central, forward, value};
use super::page::Page;

pub(crate) fn lesson(page: &mut Page) -> Result<(), Box<dyn Error>> {
    sigmoid_derivative(page);
    step_size(page);
    report(page);
    Ok(())
}

fn sigmoid_derivative(page: &mut Page) {
    page.text("The derivative of the logistic function, derived:");
    page.formula("g(z) = 1 / (1 + e⁻ᶻ)");
    page.formula("g′(z) = e⁻ᶻ / (1 + e⁻ᶻ)² = 1 / (1 + e⁻ᶻ) · e⁻ᶻ / (1 + e⁻ᶻ)");
    page.formula("      = 1 / (1 + e⁻ᶻ) · (1 - 1 / (1 + e⁻ᶻ)) = g (1 - g)");
    let formulas = Formulas::new();
    let slope = Sigmoid.slope(formulas.name("z"), formulas.name("g")).to_string();
    page.text(format!(
        "The engine's own rule for it, printed as text, is {slope}. Beside it, the derivative of the written formula by forward \
         mode, and the difference of two values (g(z + h) - g(z - h)) / 2h with h = 10⁻⁵:"
    ));
    let mut table = Vec::new();
    let mut equal = true;
    for z in [-10.0, -2.0, 0.0, 1.0, 5.0] {
        let by_rule = logistic(z) * (1.0 - logistic(z));
        let forward_mode = ((-Dual::variable(z)).exp() + 1.0).recip().tangent;
        let difference = (logistic(z + 1e-5) - logistic(z - 1e-5)) / 2e-5;
        equal &= (by_rule - forward_mode).abs() < 1e-14 && (by_rule - difference).abs() < 1e-9;
        let numbers = [logistic(z), by_rule, forward_mode, difference];
        table.push([z].iter().chain(&numbers).map(|x| format!("{}", (x * 1e8).round() / 1e8)).collect());
    }
    page.table(&["z", "g", "g (1 - g)", "forward mode", "difference"], table);
    let differences = (-8..=8).map(|z| {
        let z = f64::from(z);
        (z, (logistic(z + 1e-5) - logistic(z - 1e-5)) / 2e-5)
    });
    let chart = function_with_derivative("g(z) = 1 / (1 + exp(-z))", -8.0..=8.0, |z| z.sigmoid())
        .title("The logistic function and its derivative")
        .x_label("z")
        .y_label("g, g′")
        .with(Series::points(differences).named("differences of values").color(Color::BLACK).marker(Marker::Cross));
    page.picture(
        "08_gradient_checking_sigmoid",
        chart.to_svg(),
        "The slope is largest at z = 0, where it is ¼. Differences of values lie on the derivative.",
    );
    let at_0 = logistic(0.0) * (1.0 - logistic(0.0));
    page.shows(
        "sigmoid-derivative",
        "g′ = g (1 - g) is the engine's rule g*(1 - g), equals forward mode to 10⁻¹⁴ and differences to 10⁻⁹; g′(0) = 0.25",
        slope == "g*(1 - g)" && equal && at_0 == 0.25,
    );
}

fn step_size(page: &mut Page) {
    page.text(
        "A derivative is the limit of differences of values, so a program that computes derivatives can be checked by a \
         program that computes only values. Forward differences are off by about h, central ones by about h²:",
    );
    page.formula("(f(w + h) - f(w)) / h = f′ + ½ f″ h + …        (f(w + h) - f(w - h)) / 2h = f′ + ⅙ f‴ h² + …");
    page.text(
        "But a small h is no cure: values are rounded, by about 10⁻¹⁶ in double and 10⁻⁷ in single precision, and the rounding is \
         divided by h. So the error falls with h and then rises again.",
    );
    page.formula("f(w) = (1.3 tanh(0.7 w + 0.9) + 0.35)²   at w = 0.3");
    let w = 0.3;
    let steps: Vec<f64> = (0..=42).map(|i| 10.0_f64.powf(-f64::from(i) / 3.0)).collect();
    let points = |error: &dyn Fn(f64) -> f64, least: f64| -> Vec<(f64, f64)> {
        steps.iter().filter(|&&h| h >= least).map(|&h| (h, error(h).max(1e-14))).collect()
    };
    let chart = Chart::new("Error of a difference, by its step")
        .x_label("step h")
        .y_label("|difference - derivative|")
        .log_x()
        .log_y()
        .with(Series::line(points(&|h| forward(value::<f32>, w, h), 1e-7)).named("forward, 32 bits").dash(Dash::DashDotted))
        .with(Series::line(points(&|h| central(value::<f32>, w, h), 1e-7)).named("central, 32 bits").dash(Dash::Dotted))
        .with(Series::line(points(&|h| forward(value::<f64>, w, h), 0.0)).named("forward, 64 bits").dash(Dash::Dashed))
        .with(Series::line(points(&|h| central(value::<f64>, w, h), 0.0)).named("central, 64 bits").dash(Dash::Solid));
    page.picture(
        "08_gradient_checking_step",
        chart.to_svg(),
        "From right to left: the error of central differences falls twice as steeply as that of forward differences, until \
         rounding takes over and it rises again. In 64 bits the best central step is near 10⁻⁵; in 32 bits no step gives more than \
         about four digits, so gradients are checked in 64 bits.",
    );
    let rows = [1e-1, 1e-2, 1e-3, 1e-5, 1e-8, 1e-12].map(|h| {
        let errors = [forward(value::<f64>, w, h), central(value::<f64>, w, h)].map(|error| format!("{error:.0e}"));
        [vec![format!("{h:e}")], errors.to_vec()].concat()
    });
    page.table(&["h", "error of forward", "error of central (64 bits)"], rows.to_vec());
}

fn report(page: &mut Page) {
    page.text(
        "A check goes over every weight, and says which ones are wrong. A network 2-2-1 of logistic units with one example; by \
         hand, but with the misprint of deck B, which leaves g′(z) out of the hidden δ:",
    );
    let thetas: Vec<Matrix> =
        vec![vec![vec![0.1, 0.4, -0.6], vec![-0.3, 0.8, 0.5]], vec![vec![0.2, -0.7, 0.9]]];
    let example = [(vec![1.0, 0.5], vec![1.0])];
    let right = matrix_form::gradient(&thetas, &example);
    let hidden = matrix_form::forward(&thetas, &example[0].0)[1].clone();
    let mut stated = right.clone();
    for (row, a) in stated[0].iter_mut().zip(hidden) {
        row.iter_mut().for_each(|d| *d /= a * (1.0 - a));
    }
    let mut table = Vec::new();
    let (mut found, mut missed) = (Vec::new(), 0.0_f64);
    for (layer, theta) in thetas.iter().enumerate() {
        for (unit, row) in theta.iter().enumerate() {
            for input in 0..row.len() {
                let moved = |h: f64| {
                    let mut thetas = thetas.clone();
                    thetas[layer][unit][input] += h;
                    matrix_form::cost(&thetas, &example)
                };
                let numeric = (moved(1e-5) - moved(-1e-5)) / 2e-5;
                let stated = stated[layer][unit][input];
                let error = (stated - numeric).abs() / stated.abs().max(numeric.abs());
                let wrong = error > 1e-6;
                missed = missed.max((right[layer][unit][input] - numeric).abs());
                found.push(wrong);
                table.push(vec![
                    format!("Θ⁽{}⁾ {}{}", ["¹", "²"][layer], unit + 1, input),
                    format!("{stated:.6}"),
                    format!("{numeric:.6}"),
                    if wrong { format!("{error:.2}") } else { "below 10⁻⁶".to_owned() },
                    if wrong { "wrong" } else { "right" }.to_owned(),
                ]);
            }
        }
    }
    page.table(&["weight", "stated", "by differences", "relative error", ""], table);
    page.text(
        "All six weights of the first layer are wrong, and all three of the second are right: so the mistake is in the step \
         between them, the hidden δ. Where a report puts its errors is the best hint at what is wrong.",
    );
    page.text(
        "The engine has the check built in, for every element of every input, with an extrapolated difference. Here a user's own \
         operation brings the value of a sigmoid, but forgets the factor 1 - s in its derivative:",
    );
    let point = [[0.5, -1.0, 2.0]];
    let fine = check_gradients(|_, v| v[0].sigmoid().sum(), &point);
    let planted = check_gradients(
        |g, v| {
            g.custom(FnOp::new("my_sigmoid", |x| x[0].map(logistic), |_, _, s, upstream| Some(upstream * s)), v)
        },
        &point,
    );
    let planted = planted.expect_err("the factor is missing");
    page.listing(&planted);
    // Over several weights, as a single difference may be right by chance.
    let weights = [-0.5, -0.1, 0.3, 0.7];
    let best = |f: Values, w: f64| (0..=14).map(|i| central(f, w, 10.0_f64.powf(-f64::from(i) / 2.0))).fold(1.0, f64::min);
    let double = weights.map(|w| best(value::<f64>, w)).into_iter().fold(0.0, f64::max);
    let single = weights.map(|w| best(value::<f32>, w)).into_iter().fold(0.0, f64::max);
    // A tenth of the step: a tenth of the error of forward differences, a hundredth of that of central ones.
    let falls = |error: fn(Values, f64, f64) -> f64| error(value::<f64>, 0.3, 1e-2) / error(value::<f64>, 0.3, 1e-3);
    let orders = (9.0..11.0).contains(&falls(forward)) && (95.0..105.0).contains(&falls(central));
    page.shows(
        "gradient-checking",
        "central differences fall with h², forward ones with h; the best are right to 10⁻⁹ in 64 bits and not to 10⁻⁷ in 32; of 9 \
         derivatives with a planted mistake the 6 wrong ones are found; the engine's own check finds 3 of 3",
        found == [true, true, true, true, true, true, false, false, false]
            && missed < 1e-9
            && fine.is_ok_and(|report| report.checked == 3)
            && planted.failures.len() == 3
            && double < 1e-9
            && single > 1e-7
            && orders,
    );
}
