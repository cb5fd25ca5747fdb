//! Backpropagation by hand: a network of four layers in matrix form, and stochastic descent with thresholds. What is done
//! by hand stands in tests/by_hand, in plain loops.

use std::error::Error;

use autograd::prelude::*;
use nn::plot::{Chart, Color, Marker, Series};
use rand::RngExt;

use super::by_engine;
use super::by_hand::matrix_form::{accumulate, accumulators, gradient, way};
use super::by_hand::{Matrix, thresholds};
use super::corners::XOR;
use super::page::Page;

pub(crate) fn lesson(page: &mut Page) -> Result<(), Box<dyn Error>> {
    matrix_form_of_four_layers(page)?;
    descent_with_thresholds(page)
}

fn matrix_form_of_four_layers(page: &mut Page) -> Result<(), Box<dyn Error>> {
    page.text(
        "A network 2-3-3-2 of logistic units, which makes four layers if the input is counted. Each matrix Θ has a row for each \
         unit, and its first column belongs to a constant 1 before the activations. With the cross-entropy of independent outputs \
         as cost J, each example goes forward,",
    );
    page.formula(
        "z⁽²⁾ = Θ⁽¹⁾ (1, x),  a⁽²⁾ = g(z⁽²⁾),   z⁽³⁾ = Θ⁽²⁾ (1, a⁽²⁾),  a⁽³⁾ = g(z⁽³⁾),   \
         z⁽⁴⁾ = Θ⁽³⁾ (1, a⁽³⁾),  a⁽⁴⁾ = g(z⁽⁴⁾)",
    );
    page.text("and its errors δ go back; the input layer has none:");
    page.formula("δ⁽⁴⁾ = a⁽⁴⁾ - y,   δ⁽³⁾ = (Θ⁽³⁾ᵀ δ⁽⁴⁾) .* g′(z⁽³⁾),   δ⁽²⁾ = (Θ⁽²⁾ᵀ δ⁽³⁾) .* g′(z⁽²⁾)");
    let thetas: [Matrix; 3] = [
        vec![vec![0.1, 0.4, -0.6], vec![-0.3, 0.8, 0.5], vec![0.2, -0.7, 0.9]],
        vec![vec![0.3, -0.5, 0.7, 0.2], vec![-0.2, 0.6, 0.1, -0.8], vec![0.5, 0.9, -0.4, 0.3]],
        vec![vec![-0.1, 1.2, -0.7, 0.4], vec![0.2, -0.3, 0.8, 0.6]],
    ];
    let examples = [
        (vec![1.0, 0.5], vec![1.0, 0.0]),
        (vec![-0.5, 2.0], vec![0.0, 1.0]),
        (vec![0.3, -1.0], vec![1.0, 1.0]),
    ];
    let first = way(&thetas, &examples[0].0, &examples[0].1);
    let cell = |numbers: &[f64], unit: usize| numbers.get(unit).map_or(String::new(), |x| format!("{x:.4}"));
    let rows = (0..3).map(|unit| {
        let layers = (0..3).flat_map(|l| [&first.z[l], &first.a[l + 1], &first.delta[l]]);
        [(unit + 1).to_string()].into_iter().chain(layers.map(|numbers| cell(numbers, unit))).collect()
    });
    page.text("For the first example, x = (1, 0.5) and y = (1, 0):");
    let head = ["unit", "z⁽²⁾", "a⁽²⁾", "δ⁽²⁾", "z⁽³⁾", "a⁽³⁾", "δ⁽³⁾", "z⁽⁴⁾", "a⁽⁴⁾", "δ⁽⁴⁾"];
    page.table(&head, rows.collect());

    page.text(
        "The products a δ of all m examples are added up in accumulators Δ, and D = Δ / m is the derivative of J by each weight. \
         The accumulator of the last layer after each of the three examples:",
    );
    page.formula("Δ⁽ˡ⁾ ← Δ⁽ˡ⁾ + δ⁽ˡ⁺¹⁾ (1, a⁽ˡ⁾)ᵀ,   ∂J/∂Θᵢⱼ⁽ˡ⁾ = Dᵢⱼ⁽ˡ⁾ = Δᵢⱼ⁽ˡ⁾ / m");
    let mut sums = accumulators(&thetas);
    let mut table = Vec::new();
    for ((x, y), number) in examples.iter().zip(1..) {
        accumulate(&mut sums, &way(&thetas, x, y));
        table.push(vec![number.to_string(), numbers(&sums[2][0]), numbers(&sums[2][1])]);
    }
    page.table(&["examples", "Δ⁽³⁾, first output", "Δ⁽³⁾, second output"], table);
    let m = examples.len() as f64;
    let by_hand = gradient(&thetas, &examples);

    page.text("The engine gets the forward pass and the cost only, and finds the same D:");
    let g = Graph::f64();
    let (x, y): (Matrix, Matrix) = examples.iter().cloned().unzip();
    let (x, y) = (g.constant(Tensor::from_rows(&x)?).named("x"), g.constant(Tensor::from_rows(&y)?).named("y"));
    let (mut weights, mut zs, mut a) = (Vec::new(), Vec::new(), x);
    for (number, theta) in (1..).zip(&thetas) {
        let _layer = g.scope(&format!("layer {}", number + 1));
        let theta = g.var(Tensor::from_rows(theta)?).named(&format!("Θ{number}"));
        let z = Var::concat(&[g.ones([3, 1]), a], 1).matmul_t(theta);
        a = z.sigmoid();
        zs.push(z);
        weights.push(theta);
    }
    let cost = {
        let _cost = g.scope("cross-entropy");
        -(y * a.ln() + (1.0 - y) * (1.0 - a).ln()).sum().named("sum") / m
    };
    let cost = cost.named("J");
    let grads = cost.backward();
    let mut table = Vec::new();
    let mut largest = 0.0_f64;
    for (layer, (theta, d)) in weights.iter().zip(&by_hand).enumerate() {
        let found = &grads[*theta];
        for (by_hand, found) in d.concat().iter().zip(found.data()) {
            largest = largest.max((by_hand - found).abs());
        }
        for (unit, (row, found)) in d.iter().zip(found.data().chunks(d[0].len())).enumerate() {
            table.push(vec![format!("D⁽{}⁾, unit {}", ["¹", "²", "³"][layer], unit + 1), numbers(row), numbers(found)]);
        }
    }
    page.table(&["", "by hand", "by the engine"], table);
    page.picture(
        "06_backpropagation_network",
        cost.draw().fold(true).to_svg(),
        "The forward pass and the cost as the engine recorded them, each layer folded into a box: backpropagation is the chain \
         rule along these edges, from J back to every Θ.",
    );

    page.text(
        "Two warnings. One slide of deck B leaves g′(z) out of δ⁽³⁾ and δ⁽²⁾: every derivative of the hidden layers is then \
         wrong. And δ⁽⁴⁾ = a - y holds for logistic outputs with the cross-entropy only; with half the squared error the output \
         too has its slope:",
    );
    page.formula("J = ½ Σ (a - y)²:   δ⁽⁴⁾ = (a⁽⁴⁾ - y) .* a⁽⁴⁾ .* (1 - a⁽⁴⁾)");
    let by_z = cost.grad(&[zs[2]])[0].value();
    let squares = (0.5 * (a - y).square().sum()).grad(&[zs[2]])[0].value();
    let mut deltas = true;
    for unit in 0..2 {
        let (a, delta) = (first.a[3][unit], first.delta[2][unit]);
        deltas &= (m * by_z.at(&[0, unit]) - delta).abs() < 1e-12;
        deltas &= (squares.at(&[0, unit]) - delta * a * (1.0 - a)).abs() < 1e-12;
    }
    // Without g′, the hidden δ of the first example would be larger by 1 / (a (1 - a)), which is at least 4.
    let factor = first.a[1].iter().chain(&first.a[2]).all(|a| 1.0 / (a * (1.0 - a)) >= 4.0);
    page.shows(
        "matrix-form",
        "2-3-3-2, three examples: D by hand, by the engine and δ⁽⁴⁾ = a - y agree to 10⁻¹²; without g′(z) a hidden δ is at \
         least 4 times too large",
        largest < 1e-12 && deltas && factor,
    );
    Ok(())
}

fn descent_with_thresholds(page: &mut Page) -> Result<(), Box<dyn Error>> {
    page.text(
        "Deck C writes units with thresholds θ instead of biases, V = g(Σ w V′ - θ), and changes the weights after each pattern, \
         drawn at random, by algorithm 4. It is right for H = ½ Σ (t - V)²; since θ is subtracted, its change has the other sign:",
    );
    page.formula("δ⁽ᴸ⁾ = g′(b) (t - V),   δ⁽ˡ⁻¹⁾ = Σ δ⁽ˡ⁾ w g′(b),   w ← w + η δ V,   θ ← θ - η δ");
    let mut rng = nn::rng(4);
    let mut layers = [(3, 2), (1, 3)].map(|(units, inputs)| thresholds::Layer {
        weights: (0..units).map(|_| (0..inputs).map(|_| rng.random_range(-1.0..1.0)).collect()).collect(),
        thresholds: (0..units).map(|_| rng.random_range(-1.0..1.0)).collect(),
    });
    let mut units = by_engine::Units::new(&layers)?;
    const STEPS: usize = 8000;
    const ETA: f64 = 1.0;
    let energy = |layers: &[thresholds::Layer]| -> f64 {
        let miss = |(x, t): &([f64; 2], f64)| 0.5 * (t - thresholds::forward(layers, x)[2][0]).powi(2);
        XOR.iter().map(miss).sum()
    };
    let (mut by_hand, mut by_engine) = (Vec::new(), Vec::new());
    let mut largest = 0.0_f64;
    for step in 0..=STEPS {
        if step % 100 == 0 {
            by_hand.push((step as f64, energy(&layers)));
        }
        if step % 500 == 0 {
            let found = energy(&units.layers());
            by_engine.push((step as f64, found));
            largest = largest.max((found - energy(&layers)).abs());
        }
        let (x, t) = XOR[rng.random_range(0..4)];
        thresholds::step(&mut layers, &x, &[t], ETA);
        units.step(x, t, ETA);
    }
    let chart = Chart::new("Exclusive or by stochastic descent with thresholds")
        .x_label("steps, one pattern each")
        .y_label("energy H of the four patterns")
        .log_y()
        .with(Series::line(by_hand.iter().copied()).named("algorithm 4 by hand").color(Color::BLUE))
        .with(Series::points(by_engine).named("engine, w - η ∂H/∂w").color(Color::VERMILION).marker(Marker::Cross));
    page.picture(
        "06_backpropagation_thresholds",
        chart.to_svg(),
        "A network 2-3-1 with thresholds learns exclusive or. The algorithm by hand and plain descent along the engine's gradients \
         take the same way.",
    );
    let [start, end] = [by_hand[0].1, by_hand[by_hand.len() - 1].1];
    page.shows(
        "thresholds",
        "2-3-1 on exclusive or: H falls below 0.02 in 8,000 steps; by hand and by the engine the same to 10⁻⁹ all the way",
        start > 0.4 && end < 0.02 && largest < 1e-9,
    );
    Ok(())
}

fn numbers(row: &[f64]) -> String {
    row.iter().map(|x| format!("{x:.6}")).collect::<Vec<_>>().join("  ")
}
