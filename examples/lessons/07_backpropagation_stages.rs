//! Incremental backpropagation in stages; the derivation with two hidden layers; what wrong signs and factors do.

use std::error::Error;

use autograd::prelude::*;
use nn::plot::{Chart, Color, Dash, Series};

use super::by_engine;
use super::by_hand::{derivation, incremental, logistic};
use super::cells::named;
use super::corners::XOR;
use super::misprints::{Rule, first_weights, matrix, train};
use super::page::Page;

pub(crate) fn lesson(page: &mut Page) -> Result<(), Box<dyn Error>> {
    stages(page)?;
    deltas(page)?;
    misprints(page);
    two_hidden_layers(page)
}

fn stages(page: &mut Page) -> Result<(), Box<dyn Error>> {
    page.text("Deck D trains pattern by pattern, in seven stages:");
    let stages = [
        "small random weights; η, the threshold of E and the most epochs are chosen",
        "a new epoch: E = 0",
        "the next pattern goes forward: Out of every unit",
        "E ← E + ½ Σ (d - Out)²",
        "δ = (d - Out) s′ at the output, then δ = s′ Σ w δ layer by layer, with the weights as they are",
        "w ← w + η δ Out for all layers; back to stage 2 until all patterns were shown",
        "stop if E is below the threshold, or the epochs are used up; otherwise back to stage 1",
    ];
    let row = |(number, stage): (usize, &&str)| vec![number.to_string(), (*stage).to_owned()];
    page.table(&["stage", "what is done"], stages.iter().enumerate().map(row).collect());
    page.text(
        "Two things are printed otherwise. The deck changes the weights of a layer before it uses them for δ of the layer before: \
         these are then not the derivatives at any one place. And it computes δ for the input layer, which no weight needs.",
    );
    let patterns = XOR.map(|(x, d)| (x.to_vec(), vec![d]));
    let settings = incremental::Settings { slope: 1.0, eta: 0.5, threshold: 0.01, epochs: 20_000 };
    let mut weights = first_weights();
    let ending = incremental::train(&mut weights, &patterns, settings);
    let out = |x: &[f64]| incremental::forward(&weights, x, 1.0)[2][0];
    let rows = XOR.map(|(x, d)| vec![format!("({}, {})", x[0], x[1]), d.to_string(), format!("{:.2}", out(&x))]);
    page.text("Exclusive or with three hidden units, η = 0.5, until E is below 0.01. The outputs at the end:");
    page.table(&["x", "wanted", "Out"], rows.to_vec());
    let right = XOR.iter().all(|(x, d)| (out(x) - d).abs() < 0.15);

    // The engine, from the same weights, for a hundred epochs.
    let engine = by_engine::stages(&first_weights(), 0.5, 100)?;
    let equal = engine.iter().zip(&ending.errors).all(|(found, by_hand)| (found - by_hand).abs() < 1e-12);
    let chart = Chart::new("Training in stages stops below a threshold")
        .x_label("epoch")
        .y_label("E = Σ ½ (d - Out)² of the epoch")
        .log_y()
        .with(curve(&ending.errors).named("E").color(Color::BLUE))
        .with(Series::horizontal(0.01).named("threshold").color(Color::VERMILION).dash(Dash::Dashed));
    page.picture(
        "07_backpropagation_stages_error",
        chart.to_svg(),
        "The error stays on a plateau where all outputs are near ½, falls when the hidden units part, and training stops when it \
         is below the threshold.",
    );
    page.shows(
        "incremental",
        "exclusive or with 2-3-1: E is below 0.01 before epoch 10,000, and all outputs are right; the engine's 400 first steps \
         give the same E to 10⁻¹²",
        ending.reached && ending.errors.len() < 10_000 && right && equal,
    );
    Ok(())
}

/// At most about 500 points of a curve by epoch.
fn curve(errors: &[f64]) -> Series {
    let each = errors.len().div_ceil(500);
    Series::line(errors.iter().enumerate().step_by(each).map(|(i, &error)| ((i + 1) as f64, error)))
}

/// δ in a network 2-2-1 whose error is (y - a)², against the engine; and where the printed sign leads.
fn deltas(page: &mut Page) -> Result<(), Box<dyn Error>> {
    page.text(
        "Deck E prints δ = 2 (y - a) f′ for the output with the error (y - a)². Its sign is wrong: the derivative is \
         -2 (y - a) f′, and divided by m for a mean over m examples. The rest is right: δ of a hidden unit is f′ w δ, and a \
         weight's derivative is the product of the δ after it and the activation before it, such as",
    );
    page.formula("∂E/∂w₂₂⁽¹⁾ = δ₂⁽²⁾ a₂⁽¹⁾");
    // w₁₁, w₁₂, w₂₁, w₂₂ into the hidden units, then v₁, v₂.
    let w = [0.4, -0.6, 0.3, 0.8, 1.1, -0.7];
    let (x, y) = ([0.5, 1.5], 1.0);
    let gradient = grad(
        |w| {
            let h = [0, 2].map(|i| (w[i] * x[0] + w[i + 1] * x[1]).sigmoid());
            (y - (w[4] * h[0] + w[5] * h[1]).sigmoid()).square()
        },
        &w,
    );
    let h = [0, 2].map(|i| logistic(w[i] * x[0] + w[i + 1] * x[1]));
    let a = logistic(w[4] * h[0] + w[5] * h[1]);
    let output = -2.0 * (y - a) * a * (1.0 - a);
    let hidden = h[1] * (1.0 - h[1]) * w[5] * output;
    let line = |name, by_hand: f64, engine: f64| named(name, [by_hand, engine, -by_hand], 6);
    page.table(
        &["derivative", "by hand", "engine", "as printed"],
        vec![
            line("∂E/∂v₂ = δ⁽³⁾ a₂⁽²⁾", output * h[1], gradient[5]),
            line("∂E/∂w₂₂⁽¹⁾ = δ₂⁽²⁾ a₂⁽¹⁾", hidden * x[1], gradient[3]),
        ],
    );
    let equal = (output * h[1] - gradient[5]).abs() < 1e-12 && (hidden * x[1] - gradient[3]).abs() < 1e-12;
    let (printed, mended) = (train(Rule::Sign, 60), train(Rule::Mended, 60));
    page.shows(
        "output-delta",
        "δ = -2 (y - a) f′ and ∂E/∂w₂₂⁽¹⁾ = δ₂⁽²⁾ a₂⁽¹⁾ equal the engine's to 10⁻¹²; with the printed sign the error of exclusive or \
         rises at every epoch",
        equal && printed.windows(2).all(|pair| pair[1] > pair[0]) && mended[59] < mended[0],
    );
    Ok(())
}

fn misprints(page: &mut Page) {
    page.text(
        "Deck A's delta rule has two misprints: Δw = -η δ f(z) with δ = f′ (y - f) climbs, and δ of a hidden unit is printed as \
         Σ δ w f, with the output f where its slope f′ belongs. What each misprint does to exclusive or, from the same weights:",
    );
    page.formula("right:  Δw = +η δ f(z),   δ_out = f′ (y - f),   δ_hidden = f′ Σ δ w");
    let rules = [
        (Rule::Mended, "right", Color::BLUE, Dash::Solid),
        (Rule::Sign, "wrong sign (decks A, E)", Color::VERMILION, Dash::Dashed),
        (Rule::Output, "f in place of f′ (deck A)", Color::PURPLE, Dash::DashDotted),
        (Rule::Changed, "changed weights (deck D)", Color::BLACK, Dash::Dotted),
    ];
    let mut chart = Chart::new("Exclusive or, by the right rule and by misprints")
        .x_label("epoch")
        .y_label("E = Σ ½ (d - f)² before the epoch")
        .y_range(0.0..=1.05);
    let mut ends = Vec::new();
    for (rule, name, color, dash) in rules {
        let errors = train(rule, 1500);
        chart = chart.with(curve(&errors).named(name).color(color).dash(dash));
        ends.push((name, errors[0], errors[1499]));
    }
    page.picture(
        "07_backpropagation_stages_misprints",
        chart.to_svg(),
        "With the wrong sign the error climbs to where half of all outputs are surely wrong. With f in place of f′ the steps are \
         no descent. With weights changed too early the steps are beside the gradient; here, with a small η, they arrive nevertheless.",
    );
    let row = |&(name, first, last): &(&str, f64, f64)| named(name, [first, last], 3);
    page.table(&["rule", "E at first", "E before epoch 1,500"], ends.iter().map(row).collect());
    page.shows(
        "delta-rule",
        "exclusive or, 1,500 epochs: the right rule ends below 0.02, the printed sign above 0.9, f in place of f′ above 5 times the \
         right rule's error",
        ends[0].2 < 0.02 && ends[1].2 > 0.9 && ends[2].2 > 5.0 * ends[0].2,
    );
}

fn two_hidden_layers(page: &mut Page) -> Result<(), Box<dyn Error>> {
    page.text(
        "Deck C derives the same for two hidden layers, i to j to k to l, and the mean risk of N examples. Three misprints are on the \
         way: the sum ends at N - 1, δₙ zₙ is set as a product with the number n, and w_jk is changed by ∂R/∂w_kl, which here is a \
         matrix of 1 x 4 for one of 3 x 4. Mended:",
    );
    page.formula("R = 1/N Σₙ₌₁ᴺ ½ (yₙ - fₙ)²,   δ_l = -(y - f),   δ_k = σ′ Σ w_kl δ_l,   δ_j = σ′ Σ w_jk δ_k");
    page.formula("∂R/∂w_kl = 1/N Σₙ δ_l z_k,   ∂R/∂w_jk = 1/N Σₙ δ_k z_j,   ∂R/∂w_ij = 1/N Σₙ δ_j z_i");
    let mut rng = nn::rng(5);
    let start = derivation::Network {
        w_ij: matrix(3, 2, &mut rng),
        w_jk: matrix(3, 4, &mut rng),
        w_kl: matrix(1, 4, &mut rng),
    };
    let data = [(-1.5, 0.5), (-0.5, -0.5), (0.5, 0.5), (1.5, 2.0)].map(|(x, y)| (vec![x], vec![y]));
    let (by_hand, slopes) = derivation::gradient(&start, &data);
    let (engine, grads) = by_engine::risk(&start, &data)?;
    let all = |net: derivation::Network| [net.w_ij, net.w_jk, net.w_kl].concat().concat();
    let mut pairs = all(grads).into_iter().zip(all(slopes)).chain([(engine, by_hand)]);
    let equal = pairs.all(|(found, by_hand)| (found - by_hand).abs() < 1e-12);

    page.text("Does one missing example matter? Descent on all four examples, and on the three that the printed sum reaches:");
    let (mut table, mut misses) = (Vec::new(), Vec::new());
    for (name, count) in [("n = 1 … N", 4), ("n = 1 … N - 1", 3)] {
        let mut net = start.clone();
        derivation::descend(&mut net, &data[..count], 0.5, 8000);
        let each: Vec<f64> = data.chunks(1).map(|one| derivation::gradient(&net, one).0).collect();
        table.push(named(name, each.iter().copied(), 4));
        misses.push(each);
    }
    page.table(&["the sum over", "½ (y - f)² of example 1", "2", "3", "4"], table);
    let learned = misses[0].iter().all(|&miss| miss < 0.01);
    let three = misses[1][..3].iter().all(|&miss| miss < 0.01) && misses[1][3] > 0.05;
    page.shows(
        "derivation",
        "1-3-3-1: R and its derivatives by w_ij, w_jk, w_kl equal the engine's to 10⁻¹²; a sum to N - 1 never learns the last \
         example (½ (y - f)² above 0.05 instead of below 0.01)",
        equal && learned && three,
    );
    Ok(())
}
