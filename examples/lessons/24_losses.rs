//! Squared errors and cross-entropies: what each divides by, with values by hand, and how each slopes.

use std::error::Error;

use autograd::prelude::*;
use nn::data::Labels;
use nn::losses::{HalfSquares, Mse, Reduction, half_sum_of_squares, multilabel_bce_with_logits};
use nn::plot::{Chart, Figure};
use nn::{bce, bce_with_logits, cross_entropy, mse};

use super::page::Page;

pub(crate) fn lesson(page: &mut Page) -> Result<(), Box<dyn Error>> {
    let g = Graph::f64();
    page.text(
        "The same squared errors go by several names, which differ in a factor. Targets y = (1, 2, 3) and outputs a = (1.5, 2, 1) \
         differ by (-0.5, 0, 2), with squares 0.25, 0, 4:",
    );
    let (y, a) = (g.constant([[1.0], [2.0], [3.0]]), g.constant([[1.5], [2.0], [1.0]]));
    let squares = [
        Mse { reduction: Reduction::Sum }.forward(a, y).item(),
        mse(a, y).item(),
        half_sum_of_squares(a, y).item(),
        HalfSquares { reduction: Reduction::Mean }.forward(a, y).item(),
    ];
    page.table(
        &["name", "formula", "by hand", "computed"],
        vec![
            row("sum of squared errors (SSE)", "Σ (y - a)²", "4.25", squares[0]),
            row("mean squared error (MSE)", "1/m Σ (y - a)²", "4.25 / 3", squares[1]),
            row("quadratic cost", "½ Σ (y - a)²", "4.25 / 2", squares[2]),
            row("half of the mean", "1/2m Σ (y - a)²", "4.25 / 6", squares[3]),
        ],
    );
    page.text(
        "All have the same minimum. Their gradients differ by the factor, so a learning rate that suits one is too large or \
         too small for another: that of the sum is m times that of the mean.",
    );
    let right = close(&squares, &[4.25, 4.25 / 3.0, 4.25 / 2.0, 4.25 / 6.0]);

    page.text(
        "With several outputs, deck E sums over the examples only and loses the index c of the output. The sum goes over both; \
         what it is divided by is a convention: m examples, or all m k numbers, as `mse` here and PyTorch do it.",
    );
    page.formula("1/m Σᵢ Σ_c (y_ic - a_ic)²     or     1/(m k) Σᵢ Σ_c (y_ic - a_ic)²");
    let (y, a) = (g.constant([[1.0, 2.0], [0.0, 1.0]]), g.constant([[0.0, 2.0], [2.0, 2.0]]));
    let several = [Mse { reduction: Reduction::BatchMean }.forward(a, y).item(), mse(a, y).item()];
    page.formula(format!(
        "errors (1, 0; -2, -1), squares add up to 6:   6 / 2 = {},   6 / 4 = {}",
        several[0], several[1]
    ));

    page.text("The binary cross-entropy of probabilities a = (0.8, 0.4, 0.5) for targets y = (1, 0, 1), in nats:");
    page.formula("-1/m Σ [y ln a + (1 - y) ln(1 - a)] = -(ln 0.8 + ln 0.6 + ln 0.5) / 3");
    let binary = bce(g.constant([0.8, 0.4, 0.5]), g.constant([1.0, 0.0, 1.0])).item();
    page.formula(format!("= (0.2231 + 0.5108 + 0.6931) / 3 = {binary:.4}"));

    page.text(
        "For one of K classes, deck E prints as “multinomial log loss” what is the binary cross-entropy of K outputs. The \
         multinomial one has no second term: it looks at the probability of the true class alone, and how the others share the \
         rest does not matter. Two predictions for an example of class 1:",
    );
    page.formula("printed: -Σ_c [y_c ln p_c + (1 - y_c) ln(1 - p_c)]     multinomial: -Σ_c y_c ln p_c");
    let mut table = Vec::new();
    let mut compared = Vec::new();
    for p in [[0.5, 0.49, 0.01], [0.5, 0.25, 0.25]] {
        // Logits whose softmax, and logits whose sigmoids, are these probabilities.
        let logits = g.constant([p.map(f64::ln)]);
        let multinomial = cross_entropy(logits, &Labels::new([0], 3)?).item();
        let odds = g.constant([p.map(|p| (p / (1.0 - p)).ln())]);
        let printed = multilabel_bce_with_logits(odds, g.constant([[1.0, 0.0, 0.0]])).item();
        let p = p.map(|p| p.to_string()).join(", ");
        table.push(vec![format!("({p})"), format!("{printed:.4}"), format!("{multinomial:.4}")]);
        compared.extend([printed, multinomial]);
    }
    page.table(&["probabilities", "as printed (K-way binary)", "multinomial"], table);
    let ln = f64::ln;
    let by_hand = [-ln(0.5) - ln(0.51) - ln(0.99), ln(2.0), -ln(0.5) - 2.0 * ln(0.75), ln(2.0)];
    page.text(
        "Both are right where they belong: K independent sigmoids, as on deck B, answer K questions of yes or no, of which \
         several may be yes; a softmax answers one question with K answers.",
    );

    page.text(
        "Why a cross-entropy for probabilities? A sure miss should cost much, and should be corrected fast. Behind a sigmoid, the \
         squared error's slope has the factor a (1 - a), which vanishes where the unit is surely wrong; the cross-entropy's slope \
         by z is a - y.",
    );
    let grid: Vec<f64> = (0..=160).map(|i| -8.0 + 0.1 * f64::from(i)).collect();
    let z = g.var(Tensor::from_slice([grid.len()], &grid)?);
    let ones = g.ones([grid.len()]);
    let cross = bce_with_logits(z, ones) * grid.len() as f64;
    let square = half_sum_of_squares(z.sigmoid(), ones);
    let (cross, square) = (cross.backward()[z].to_vec(), square.backward()[z].to_vec());
    let points = |slopes: &[f64]| grid.iter().copied().zip(slopes.to_vec()).collect::<Vec<_>>();
    let share = |i: u32| f64::from(i) / 200.0;
    let of_output = |f: fn(f64) -> f64| (1..=200).map(share).map(move |a| (a, f(a))).collect::<Vec<_>>();
    let figure = Figure::new("Losses of one output whose target is 1")
        .columns(2)
        .panel(
            Chart::new("Loss by the output a")
                .x_label("output a")
                .y_label("loss")
                .line("-ln a (cross-entropy, nats)", of_output(|a| -a.ln()))
                .line("(1 - a)²", of_output(|a| (1.0 - a).powi(2)))
                .line("½ (1 - a)²", of_output(|a| 0.5 * (1.0 - a).powi(2)))
                .y_range(0.0..=4.0),
        )
        .panel(
            Chart::new("Slope of the loss behind a sigmoid")
                .x_label("z, where a = 1 / (1 + exp(-z))")
                .y_label("∂loss/∂z")
                .line("cross-entropy: a - 1", points(&cross))
                .line("½ squares: (a - 1) a (1 - a)", points(&square))
                .y_range(-1.1..=0.3),
        );
    page.picture(
        "24_losses_curves",
        figure.to_svg(),
        "Left: for a target of 1 the cross-entropy grows without bound as the output nears 0, squared errors do not. Right: at \
         z = -8 the unit is surely wrong; the cross-entropy pulls with almost -1, the squared error with almost nothing.",
    );
    // At z = -8, the first of the points.
    let slopes = cross[0] < -0.999 && square[0].abs() < 4e-4;
    page.shows(
        "losses",
        "SSE 4.25, MSE 1.4167, ½ SSE 2.125, 1/2m 0.7083; binary cross-entropy 0.4757; for p = (0.5, 0.25, 0.25) multinomial \
         0.6931, as printed 1.2685; two outputs: 3 by m, 1.5 by m k",
        right
            && several == [3.0, 1.5]
            && close(&[binary], &[-(ln(0.8) + ln(0.6) + ln(0.5)) / 3.0])
            && close(&compared, &by_hand)
            && slopes,
    );
    Ok(())
}

fn row(name: &str, formula: &str, by_hand: &str, value: f64) -> Vec<String> {
    vec![name.to_owned(), formula.to_owned(), by_hand.to_owned(), format!("{value:.4}")]
}

fn close(found: &[f64], expected: &[f64]) -> bool {
    found.len() == expected.len() && found.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-12)
}
