//! Underfitting and overfitting: errors on training and test data over model size and training time; bias and variance.

use std::error::Error;
use std::f64::consts::PI;

use autograd::prelude::*;
use nn::plot::{Chart, Color, Dash, Figure, Series};
use nn::{Adam, Init, Mlp, Model, Tanh, mse};

use super::page::Page;
use super::polynomial::Polynomial;

/// What is to be learned, from few points that are disturbed.
fn truth(x: f64) -> f64 {
    (PI * x).sin()
}

const NOISE: f64 = 0.3;
const POINTS: usize = 14;
const DEGREES: usize = 12;

pub(crate) fn lesson(page: &mut Page) -> Result<(), Box<dyn Error>> {
    page.text(
        "A model is wanted that does well on data which it has not seen. One that is too small cannot follow the truth (underfitting), \
         one that is too large also learns the noise of its few examples (overfitting). So data are split: on the training data the \
         model is fitted, on the test data it is only judged. Here the truth is sin πx, and 14 points are known, with normal noise \
         of deviation 0.3.",
    );
    let x = points(POINTS);
    let y = observed(&x, 21);
    let test_x = points(201);
    let test_y = observed(&test_x, 22);

    let mut figure = Figure::new("Three polynomials, the same 14 points").columns(3).size(1440, 480);
    for (degree, what) in [(1, "underfitting"), (3, "about right"), (DEGREES, "overfitting")] {
        let fit = Polynomial::fit(&x, &y, degree);
        let panel = Chart::new(format!("Degree {degree}: {what}"))
            .x_label("x")
            .y_label("y")
            .y_range(-2.5..=2.5)
            .with(Series::function(-1.0..=1.0, truth).named("truth").color(Color::GREY).dash(Dash::Dashed))
            .with(Series::function(-1.0..=1.0, |x| fit.value(x)).named("fit").color(Color::VERMILION))
            .with(Series::points(x.iter().copied().zip(y.iter().copied())).named("training points").color(Color::BLACK));
        figure = figure.panel(panel);
    }
    page.picture(
        "21_fitting_polynomials",
        figure.to_svg(),
        "A line misses the bend; degree 12 goes through almost every point, and between them astray.",
    );
    let size = model_size(page, &x, &y, &test_x, &test_y);
    let parts = bias_and_variance(page, &x);
    let time = training_time(page, &x, &y, &test_x, &test_y)?;
    page.shows(
        "fitting",
        "polynomials of degree 0 to 12 on 14 points: the training error always falls, the test error is least between degree 3 and 5; \
         over 300 data sets bias² falls from over 0.2 at degree 1 to under 0.001 at degree 5, variance rises with every degree, and \
         both add up to the mean error; a network's test error falls, then rises while it goes on training",
        size && parts && time,
    );
    Ok(())
}

/// Points from -1 to 1 of equal distance.
fn points(count: usize) -> Vec<f64> {
    (0..count).map(|i| -1.0 + 2.0 * i as f64 / (count - 1) as f64).collect()
}

/// The truth with noise.
fn observed(x: &[f64], seed: u64) -> Vec<f64> {
    let noise: Tensor<f64> = Init::Normal(NOISE).draw([x.len()], 1, 1, &mut nn::rng(seed));
    x.iter().zip(noise.data()).map(|(&x, noise)| truth(x) + noise).collect()
}

fn mean_square(differences: impl Iterator<Item = f64>) -> f64 {
    let squares: Vec<f64> = differences.map(|d| d * d).collect();
    squares.iter().sum::<f64>() / squares.len() as f64
}

fn model_size(page: &mut Page, x: &[f64], y: &[f64], test_x: &[f64], test_y: &[f64]) -> bool {
    page.text("Model size: mean squared errors on the points that were learned, and on 201 others, by degree.");
    let error = |fit: &Polynomial, x: &[f64], y: &[f64]| mean_square(x.iter().zip(y).map(|(&x, y)| fit.value(x) - y));
    let fits: Vec<Polynomial> = (0..=DEGREES).map(|degree| Polynomial::fit(x, y, degree)).collect();
    let train: Vec<f64> = fits.iter().map(|fit| error(fit, x, y)).collect();
    let test: Vec<f64> = fits.iter().map(|fit| error(fit, test_x, test_y)).collect();
    let rows = (0..=DEGREES).map(|d| vec![d.to_string(), format!("{:.4}", train[d]), format!("{:.4}", test[d])]);
    page.table(&["degree", "training error", "test error"], rows.collect());
    let by_degree = |errors: &[f64]| errors.iter().enumerate().map(|(d, &e)| (d as f64, e)).collect::<Vec<_>>();
    let chart = Chart::new("Errors by model size")
        .x_label("degree of the polynomial")
        .y_label("mean squared error")
        .log_y()
        .line("training", by_degree(&train))
        .line("test", by_degree(&test))
        .with(Series::horizontal(NOISE * NOISE).named("variance of the noise, 0.09"));
    page.picture(
        "21_fitting_size",
        chart.description("The training error falls with the degree; the test error falls, then rises").to_svg(),
        "The training error says nothing about what is best: it falls all the way. No test error can stay below the noise for long.",
    );
    let best = (0..=DEGREES).min_by(|&a, &b| test[a].total_cmp(&test[b])).unwrap_or(0);
    train.is_sorted_by(|before, after| before > after) && (3..=5).contains(&best) && test[DEGREES] > 2.0 * test[best]
}

fn bias_and_variance(page: &mut Page, x: &[f64]) -> bool {
    page.text(
        "Where does the test error come from? Imagine that the data had been collected again and again, with other noise. At each \
         place the fits then have a mean and scatter about it. How far the mean is from the truth is the bias, how far the \
         fits scatter is the variance, and the mean squared error is exactly their sum (beside the noise of the test data \
         themselves, which no model can foretell). Over 300 data sets:",
    );
    page.formula("mean (fit - truth)² = (mean fit - truth)² + mean (fit - mean fit)² = bias² + variance");
    const SETS: usize = 300;
    let places = points(101);
    let sets: Vec<Vec<f64>> = (0..SETS).map(|set| observed(x, 1000 + set as u64)).collect();
    let (mut rows, mut biases, mut variances, mut gap) = (Vec::new(), Vec::new(), Vec::new(), 0.0_f64);
    for degree in 0..=DEGREES {
        let fits: Vec<Polynomial> = sets.iter().map(|y| Polynomial::fit(x, y, degree)).collect();
        let (mut bias, mut variance, mut error) = (0.0, 0.0, 0.0);
        for &place in &places {
            let values: Vec<f64> = fits.iter().map(|fit| fit.value(place)).collect();
            let mean = values.iter().sum::<f64>() / SETS as f64;
            bias += (mean - truth(place)).powi(2) / places.len() as f64;
            variance += mean_square(values.iter().map(|value| value - mean)) / places.len() as f64;
            error += mean_square(values.iter().map(|value| value - truth(place))) / places.len() as f64;
        }
        gap = gap.max((error - bias - variance).abs() / error);
        rows.push(vec![degree.to_string(), format!("{bias:.4}"), format!("{variance:.4}"), format!("{error:.4}")]);
        biases.push((degree as f64, bias));
        variances.push((degree as f64, variance));
    }
    page.table(&["degree", "bias²", "variance", "mean squared error"], rows);
    page.text(
        "That bias² rises again at the end is chance: the mean of 300 fits scatters too, by a 300th of their variance, and where the \
         variance is large that is all one sees.",
    );
    let sum = biases.iter().zip(&variances).map(|(b, v)| (b.0, b.1 + v.1));
    let chart = Chart::new("Bias and variance by model size")
        .x_label("degree of the polynomial")
        .y_label("mean over the places x")
        .log_y()
        .line("bias²", biases.clone())
        .line("variance", variances.clone())
        .line("sum: mean squared error", sum);
    page.picture(
        "21_fitting_bias",
        chart.description("Bias falls with the degree, variance rises, their sum is least in between").to_svg(),
        "Small models are wrong in the same way every time, large ones in another way every time. The best lies between.",
    );
    let small_bias = biases[1].1 > 0.2 && biases[5].1 < 0.001;
    gap < 1e-12 && small_bias && variances.is_sorted_by(|before, after| before.1 < after.1)
}

fn training_time(page: &mut Page, x: &[f64], y: &[f64], test_x: &[f64], test_y: &[f64]) -> Result<bool, Box<dyn Error>> {
    page.text(
        "Training time: a network of 40 hidden tanh units, with far more parameters than points, is trained on the same points. It learns \
         the large features first and the noise later; so its size matters less than when it is stopped. Early stopping keeps the \
         weights of the least error on held-out data.",
    );
    let column = |numbers: &[f64]| Tensor::from_slice([numbers.len(), 1], numbers);
    let (x, y, test_x, test_y) = (column(x)?, column(y)?, column(test_x)?, column(test_y)?);
    let wide = Init::Normal(2.0);
    let builder = Mlp::builder(1).hidden(&[40], Tanh).output(1).init(wide).bias_init(wide);
    let mut net: Mlp<Tensor<f64>> = builder.build(&mut nn::rng(3))?.cast();
    let mut adam = Adam::new(0.02);
    let (mut train, mut test) = (Vec::new(), Vec::new());
    for epoch in 1..=3000 {
        let error = adam.step(&mut net, |g, net| mse(net.forward(g.constant(&x)), g.constant(&y)))?;
        if epoch % 10 == 0 {
            let missed = net.predict(|g, net| mse(net.forward(g.constant(&test_x)), g.constant(&test_y)));
            train.push((f64::from(epoch), error));
            test.push((f64::from(epoch), missed.item()));
        }
    }
    let best = test.iter().copied().min_by(|a, b| a.1.total_cmp(&b.1)).expect("there are epochs");
    let (first, last) = (test[0].1, test[test.len() - 1].1);
    let chart = Chart::new("Errors by training time")
        .x_label("epoch")
        .y_label("mean squared error")
        .log_x()
        .log_y()
        .line("training", train.iter().copied())
        .line("test", test.iter().copied())
        .with(Series::vertical(best.0).named("least test error"));
    page.picture(
        "21_fitting_time",
        chart.description("The training error falls all the time; the test error falls, has a minimum and rises again").to_svg(),
        "Both errors fall at first; then the network learns what only the training points have, and the test error rises.",
    );
    page.formula(format!(
        "test error after 10 epochs {first:.3}, least {:.3} (epoch {}), after 3000 epochs {last:.3}; training error at the end {:.4}",
        best.1,
        best.0,
        train[train.len() - 1].1
    ));
    Ok(best.1 < 0.8 * first && last > 1.15 * best.1 && train[train.len() - 1].1 < 0.5 * NOISE * NOISE)
}
