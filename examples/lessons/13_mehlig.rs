//! Mehlig's eleven points: not separable by a line, separated by two units or three.

use std::error::Error;

use nn::plot::{Chart, Color, Dash, DecisionRegions, Figure, Series, class_points};
use nn::prelude::*;
use nn::units::{Perceptron, Threshold, Unit};
use nn::{Init, Tanh};

use super::{binary, boundaries};
use super::page::Page;

/// x₁ and x₂ in hundredths, and the target: whole numbers, so that what is proved with them is exact.
const POINTS: [(i32, i32, usize); 11] = [
    (10, 95, 0),
    (20, 85, 0),
    (20, 90, 0),
    (30, 75, 1),
    (40, 65, 1),
    (40, 75, 1),
    (60, 45, 0),
    (80, 25, 0),
    (10, 65, 1),
    (20, 75, 1),
    (70, 20, 1),
];

pub(crate) fn lesson(page: &mut Page) -> Result<(), Box<dyn Error>> {
    page.text(
        "Deck C takes an exercise from Mehlig: eleven points of two classes, and a network with three \
         decision boundaries.",
    );
    page.text(
        "One line is not enough. (0.4, 0.65), of class 1, is the midpoint of (0.2, 0.85) and (0.6, 0.45), \
         both of class 0. Whatever is linear has at a midpoint the mean of its values at the ends; were \
         both ends below 0, so would be the middle.",
    );
    page.formula("w · (p + q)/2 + b = ((w · p + b) + (w · q + b)) / 2");
    let class = |x1: i32, x2: i32| POINTS.iter().find(|point| (point.0, point.1) == (x1, x2)).map(|point| point.2);
    let middle = |a: i32, b: i32| (a + b) / 2;
    let between = (middle(20, 60), middle(85, 45)) == (40, 65)
        && (class(20, 85), class(60, 45), class(40, 65)) == (Some(0), Some(0), Some(1));

    page.text(
        "Two threshold units are enough, and an AND of them: a point is of class 1 if 11 x₁ + 6 x₂ < 9.1 \
         and x₂ < 0.8. No point is on either line:",
    );
    let unit = |w1: f64, w2: f64, bias: f64| Perceptron {
        weight: Tensor::from([w1, w2]),
        bias: Tensor::scalar(bias),
        threshold: Threshold::Step { at_zero: 0.0 },
    };
    let (left, below, and) = (unit(-11.0, -6.0, 9.1), unit(0.0, -1.0, 0.8), unit(1.0, 1.0, -1.5));
    let two_units = |x: [f64; 2]| and.output(&[left.output(&x), below.output(&x)]);
    let row = |&(x1, x2, target): &(i32, i32, usize)| {
        let x = [f64::from(x1) / 100.0, f64::from(x2) / 100.0];
        let sum = format!("{:.2}", 11.0 * x[0] + 6.0 * x[1]);
        let [h1, h2, y] = [left.output(&x), below.output(&x), two_units(x)].map(|y| y.to_string());
        vec![x[0].to_string(), x[1].to_string(), target.to_string(), sum, h1, h2, y]
    };
    page.table(
        &["x₁", "x₂", "t", "11 x₁ + 6 x₂", "< 9.1", "x₂ < 0.8", "both"],
        POINTS.iter().map(row).collect(),
    );
    // In hundredths: 11 x₁ + 6 x₂ < 910 and x₂ < 80.
    let proved = POINTS.iter().all(|&(x1, x2, target)| {
        let answer = 11 * x1 + 6 * x2 < 910 && x2 < 80;
        answer == (target == 1) && two_units([f64::from(x1) / 100.0, f64::from(x2) / 100.0]) == target as f64
    });

    page.text(
        "With three hidden units, as deck C has it, and weights that are learned, the three lines need not \
         be those one would draw by hand: the network only has to be right at eleven points.",
    );
    let x = Tensor::from_fn([11, 2], |i| {
        let (x1, x2, _) = POINTS[i / 2];
        f64::from(if i % 2 == 0 { x1 } else { x2 }) / 100.0
    });
    let labels = Labels::new(POINTS.map(|point| point.2), 2)?;
    let targets = labels.column::<f64>();
    let mut net: binary::Net =
        Mlp::builder(2).hidden(&[3], Tanh).output(1).init(Init::Normal(2.0)).build(&mut nn::rng(1))?.cast();
    let losses = binary::train(&mut net, &x, &targets, 0.05, 1500)?;
    let answers = binary::probabilities(&net, &x);
    let sure = answers.data().iter().zip(targets.data()).map(|(y, t)| (y - t).abs()).fold(0.0, f64::max);
    page.text(format!(
        "1500 steps of Adam take the cross-entropy from {:.2} to {:.4}; the answer that is furthest off is \
         so by {sure:.3}.",
        losses[0],
        losses[losses.len() - 1],
    ));

    let points = || {
        class_points(&x, &labels, &["t = 0", "t = 1"])
            .map(|points| points.into_iter().map(|points| points.size(12.0)))
    };
    let plane = 0.0..=1.0;
    let regions = DecisionRegions::new(plane.clone(), plane.clone());
    let by_hand = regions
        .clone()
        .threshold(0.0)
        .of_scores(|x: &Tensor<f64>| {
            // Both weighted sums are above 0 where the smaller is; divided by |w| they are distances from the lines.
            let far = |unit: &Perceptron<Tensor<f64>>, x: &[f64]| {
                unit.net(x) / unit.weight.data()[0].hypot(unit.weight.data()[1])
            };
            let rows: Vec<f64> = x.data().chunks_exact(2).map(|x| far(&left, x).min(far(&below, x))).collect();
            Tensor::from_fn([rows.len()], |row| rows[row])
        })?
        .title("Two threshold units and an AND")
        .with_all(points()?)
        .with(
            Series::line([(0.2, 0.85), (0.6, 0.45)])
                .named("ends t = 0, midpoint t = 1")
                .color(Color::BLACK)
                .dash(Dash::Dotted),
        );
    let lines = boundaries::of_units(&net, plane).zip(1..);
    let learned: Chart = regions
        .of_scores(|x| binary::probabilities(&net, x))?
        .title("Three hidden units, learned")
        .with_all(lines.map(|(line, unit)| line.named(format!("hidden unit {unit}"))))
        .with_all(points()?);
    page.picture(
        "13_mehlig_boundaries",
        Figure::new("Mehlig's eleven points")
            .columns(2)
            .size(1160, 640)
            .panel(by_hand)
            .panel(learned)
            .to_svg(),
        "Left: class 1 is below both lines; the dotted line shows why one line cannot do. Right: where \
         each learned hidden unit changes its sign, and the boundary that the output makes of it.",
    );
    page.shows(
        "mehlig",
        "not separable: (0.4, 0.65) of class 1 is the midpoint of (0.2, 0.85) and (0.6, 0.45) of class 0; \
         [11 x₁ + 6 x₂ < 9.1] and [x₂ < 0.8] is right on all 11 points; so is a trained 2-3-1 network, \
         each answer within 0.05 of its target",
        between
            && proved
            && binary::accuracy(&net, &x, &targets) == 1.0
            && sure < 0.05,
    );
    Ok(())
}
