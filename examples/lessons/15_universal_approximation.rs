//! Six ReLU units that stand for a cubic, and networks of growing width that learn it.

use std::error::Error;

use nn::plot::{Chart, Color, Dash, Figure, Marker, Series};
use nn::prelude::*;
use nn::{Init, Relu};

use super::page::Page;

fn cubic(x: f64) -> f64 {
    x.powi(3) + x * x - x - 1.0
}

pub(crate) fn lesson(page: &mut Page) -> Result<(), Box<dyn Error>> {
    page.text(
        "One hidden layer is enough to come as close as one likes to any continuous function, on a bounded \
         closed set of inputs, if it is wide enough. Deck D shows six rectifiers R(z) = max(0, z) for a \
         cubic:",
    );
    page.formula("n₁ = R(-5x - 7.7)   n₂ = R(-1.2x - 1.3)   n₃ = R(1.2x + 1)");
    page.formula("n₄ = R(1.2x - 0.2)   n₅ = R(2x - 1.1)   n₆ = R(5x - 5)");
    page.formula("Z = -n₁ - n₂ - n₃ + n₄ + n₅ + n₆ ≈ x³ + x² - x - 1");
    let hidden = Linear {
        weight: Tensor::from([[-5.0], [-1.2], [1.2], [1.2], [2.0], [5.0]]),
        bias: Some(Tensor::from([-7.7, -1.3, 1.0, -0.2, -1.1, -5.0])),
    };
    let out = Linear { weight: Tensor::from([[-1.0, -1.0, -1.0, 1.0, 1.0, 1.0]]), bias: None };
    let net = (hidden, out);
    let six =
        |x: &Tensor<f64>| net.predict(|g, (hidden, out)| out.forward(hidden.forward(g.constant(x)).relu()));

    page.text(
        "Each unit is flat, then a slope: the sum is a chain of straight pieces that bends where a unit \
         begins. On [-1.5, 1.5], at steps of 0.001:",
    );
    let x = places(-1500, 1500, 1000.0);
    let z = six(&x);
    let off: Vec<f64> = x.data().iter().zip(z.data()).map(|(&x, z)| (z - cubic(x)).abs()).collect();
    let worst = (0..off.len()).max_by(|&a, &b| off[a].total_cmp(&off[b])).ok_or("no places")?;
    let (place, most) = (x.data()[worst], off[worst]);
    let rms = root_mean_square(off.iter().copied());
    let outside = six(&Tensor::from([[3.0], [6.0], [-3.0]]));
    let beyond = |i: usize, x: f64| (outside.data()[i] - cubic(x)).abs();
    page.table(
        &["", "here"],
        vec![
            vec!["largest error".to_owned(), format!("{most:.4} at x = {place}")],
            vec!["root mean square".to_owned(), format!("{rms:.4}")],
            vec!["error at x = 3".to_owned(), format!("{:.1}", beyond(0, 3.0))],
            vec!["error at x = 6".to_owned(), format!("{:.1}", beyond(1, 6.0))],
        ],
    );
    page.text(
        "So \"the six units have learned the cubic\" says too much. Nobody learned: somebody chose the \
         weights. And they represent it on an interval: outside, straight lines and a cubic go apart \
         without bound, as theory says no more than \"on a bounded set\".",
    );
    let names = ["n₁", "n₂", "n₃", "n₄", "n₅", "n₆"];
    let wide = places(-200, 200, 100.0);
    let parts = net.predict(|g, (hidden, out)| hidden.forward(g.constant(&wide)).relu() * out.weight);
    let sum = six(&wide);
    let line = |values: &dyn Fn(usize) -> f64| -> Vec<(f64, f64)> {
        (0..wide.count()).map(|i| (wide.data()[i], values(i))).collect()
    };
    let chart = Chart::new("Sum and cubic")
        .x_label("x")
        .y_label("Z")
        .y_range(-4.0..=6.0)
        .with(Series::line(line(&|i| cubic(wide.data()[i]))).named("x³ + x² - x - 1"))
        .with(Series::line(line(&|i| sum.data()[i])).named("six ReLU units"))
        .with(
            Series::segments([-1.5, 1.5].map(|x| [(x, -4.0), (x, 6.0)]))
                .dash(Dash::Dotted)
                .named("ends of the interval"),
        );
    let units = Chart::new("The units, with their signs").x_label("x").y_label("± nᵢ").y_range(-4.0..=6.0);
    let colors = [Color::PURPLE, Color::ORANGE, Color::GREEN, Color::SKY, Color::VERMILION, Color::BLUE];
    let markers =
        [Marker::Disc, Marker::Square, Marker::Triangle, Marker::Diamond, Marker::Cross, Marker::Plus];
    let units = (0..6).fold(units, |chart, unit| {
        let sign = if unit < 3 { "-" } else { "+" };
        let points = (0..wide.count()).step_by(25).map(|i| (wide.data()[i], parts.at(&[i, unit])));
        let all = line(&|i| parts.at(&[i, unit]));
        chart.with(Series::line(all).color(colors[unit]).dash(Dash::Solid)).with(
            Series::points(points)
                .color(colors[unit])
                .marker(markers[unit])
                .named(format!("{sign}{}", names[unit])),
        )
    });
    page.picture(
        "15_universal_approximation_six",
        Figure::new("Six ReLU units for a cubic")
            .columns(2)
            .size(1160, 520)
            .panel(chart)
            .panel(units)
            .to_svg(),
        "Left: the broken line stays within 0.3 of the cubic on [-1.5, 1.5], most at x = 1, and leaves it \
         outside. Right: what each unit adds.",
    );

    page.text(
        "Now learned: one hidden layer of rectifiers, as many as the table says, trained by L-BFGS on 61 \
         points of the same interval. More units bend the line in more places, and the error falls.",
    );
    let x = places(-30, 30, 20.0);
    let targets = x.map(cubic);
    let fine = places(-300, 300, 200.0);
    let (mut errors, mut table, mut fits) = (Vec::new(), Vec::new(), Vec::new());
    for width in [2, 4, 8, 16, 32, 64] {
        let builder = Mlp::builder(1).hidden(&[width], Relu).output(1).bias_init(Init::Uniform(1.0));
        let mut net = builder.build(&mut nn::rng(1))?.cast::<f64>();
        let found = Lbfgs::new()
            .tolerance(0.0)
            .minimize(&mut net, 150, |g, net| mse(net.forward(g.constant(&x)), g.constant(&targets)))?;
        let y = net.predict(|g, net| net.forward(g.constant(&fine)));
        let error = root_mean_square(fine.data().iter().zip(y.data()).map(|(&x, y)| y - cubic(x)));
        table.push(vec![
            width.to_string(),
            net.parameter_count().to_string(),
            found.steps.to_string(),
            format!("{error:.1e}"),
        ]);
        errors.push((width as f64, error));
        fits.push((width, fine.data().iter().copied().zip(y.to_vec()).collect::<Vec<_>>()));
    }
    page.table(&["width", "parameters", "steps", "root mean square error"], table);
    let fall = Chart::new("Error by width")
        .x_label("hidden units")
        .y_label("root mean square error")
        .log_x()
        .log_y()
        .with(Series::line(errors.clone()).marker(Marker::Disc).size(9.0).named("learned"))
        .with(
            Series::points([(6.0, rms)])
                .color(Color::VERMILION)
                .marker(Marker::Square)
                .size(11.0)
                .named("deck D's six ReLU units"),
        );
    let fitted = Chart::new("What was learned").x_label("x").y_label("y");
    let fitted = fits.into_iter().filter(|(width, _)| [2, 4, 16].contains(width)).fold(
        fitted.with(
            Series::line(fine.data().iter().map(|&x| (x, cubic(x))))
                .color(Color::BLACK)
                .width(5.0)
                .opacity(0.35)
                .named("cubic"),
        ),
        |chart, (width, points)| chart.line(format!("{width} units"), points),
    );
    page.picture(
        "15_universal_approximation_widths",
        Figure::new("One hidden layer of growing width")
            .columns(2)
            .size(1160, 520)
            .panel(fall)
            .panel(fitted)
            .to_svg(),
        "Left: both axes are logarithmic. Right: two units cannot bend often enough; with more, the \
         learned line covers the cubic.",
    );
    let (narrow, widest) = (errors[0].1, errors[5].1);
    page.shows(
        "universal-approximation",
        "six ReLU units are within 0.3 of x³ + x² - x - 1 on [-1.5, 1.5], at x = 1, root mean square \
         0.0872, and more than 10 off at x = 3: represented on an interval, not learned. Learned, the \
         error falls from above 0.15 with 2 units to below 0.015 with 64",
        (most - 0.3).abs() < 1e-12
            && place == 1.0
            && (rms - 0.0872).abs() < 5e-5
            && beyond(0, 3.0) > 10.0
            && beyond(1, 6.0) > 10.0 * beyond(0, 3.0)
            && narrow > 0.15
            && errors[2].1 < narrow / 2.0
            && widest < 0.015,
    );
    Ok(())
}

/// From `first` to `last`, each divided by `unit`: a column.
fn places(first: i32, last: i32, unit: f64) -> Tensor<f64> {
    Tensor::from_fn([(last - first + 1) as usize, 1], |i| (f64::from(first) + i as f64) / unit)
}

fn root_mean_square(errors: impl ExactSizeIterator<Item = f64>) -> f64 {
    let count = errors.len() as f64;
    (errors.map(|error| error * error).sum::<f64>() / count).sqrt()
}
