//! Data preparation: one-hot codes, scaling that is fitted to training data only, and what it does for training.

use std::error::Error;

use autograd::prelude::*;
use nn::data::{Categories, MinMax, Standardize, split};
use nn::plot::Chart;
use nn::{Linear, Model, Sgd, mse};
use rand::RngExt;

use super::page::Page;

/// A flat that was let.
struct Flat {
    /// In m².
    area: f64,
    rooms: f64,
    /// In years.
    age: f64,
    district: &'static str,
    /// In hundreds of euros a month.
    rent: f64,
}

const DISTRICTS: [(&str, f64); 3] = [("centre", 4.0), ("harbour", -1.0), ("hills", 2.5)];

/// Flats whose rent follows a rule, with some chance in it.
fn flats(count: usize) -> Vec<Flat> {
    let mut rng = nn::rng(22);
    let mut between = |low: f64, high: f64| low + (high - low) * rng.random::<f64>();
    let mut flat = || {
        let rooms = between(1.0, 6.0).floor();
        let area = rooms * between(18.0, 30.0);
        let age = between(0.0, 90.0);
        let (district, extra) = DISTRICTS[between(0.0, 3.0) as usize];
        let rent = 0.08 * area + 0.5 * rooms - 0.02 * age + extra + between(-0.5, 0.5);
        Flat { area, rooms, age, district, rent }
    };
    (0..count).map(|_| flat()).collect()
}

pub(crate) fn lesson(page: &mut Page) -> Result<(), Box<dyn Error>> {
    page.text(
        "A table of flats: area, rooms, age, district, and the rent that is to be predicted. A network takes numbers only, and it \
         matters which.",
    );
    let flats = flats(200);
    let row = |flat: &Flat| {
        let numbers = [format!("{:.1}", flat.area), flat.rooms.to_string(), format!("{:.1}", flat.age)];
        numbers.into_iter().chain([flat.district.to_owned(), format!("{:.2}", flat.rent)]).collect()
    };
    page.table(&["area (m²)", "rooms", "age (years)", "district", "rent (100 €)"], flats.iter().take(4).map(row).collect());

    page.text(
        "Split first. Of the 200 rows a fifth is drawn for testing, and from now on nothing is learned from it: no weights, \
         and no mean or largest value either. A scale that is fitted to all rows already knows something of the test data.",
    );
    let [train, test] = split::shares(flats.len(), [0.8, 0.2], &mut nn::rng(5))?;
    let disjoint = train.iter().all(|row| !test.contains(row));

    page.text(
        "Names get one-hot codes: a column for each district, 1 in that of the flat and 0 in the others. Numbering the districts \
         1, 2, 3 instead would say that the second lies between the others, and a weighted sum could not help believing it.",
    );
    let districts = Categories::fit(train.iter().map(|&row| flats[row].district));
    let codes: Tensor<f64> = districts.one_hot(flats.iter().map(|flat| flat.district))?;
    let code = |name: &&str| {
        let number = districts.number(name).map_or(0, |number| number + 1);
        let one_hot = districts.one_hot::<f64, _>([*name]).map(|code| format!("{:?}", code.data()));
        vec![(*name).to_owned(), number.to_string(), one_hot.unwrap_or_default()]
    };
    page.table(&["district", "number", "one-hot"], ["centre", "harbour", "hills"].iter().map(code).collect());
    let numbers = |flat: &Flat| [flat.area, flat.rooms, flat.age];
    let measured = Tensor::from_fn([flats.len(), 3], |i| numbers(&flats[i / 3])[i % 3]);
    let rents = Tensor::from_fn([flats.len(), 1], |row| flats[row].rent);

    page.text("Scales are fitted to the training rows and applied to all. Min-max takes each column to 0…1, standardisation to mean 0 and deviation 1:");
    page.formula("min-max: (x - min) / (max - min)      standardised: (x - mean) / deviation");
    let of_train = measured.select_rows(&train);
    let (min_max, standard) = (MinMax::fit(&of_train)?, Standardize::fit(&of_train)?);
    let scaled = [measured.clone(), min_max.apply(&measured), standard.apply(&measured)];
    let mut rows = Vec::new();
    for (name, x) in ["as measured", "min-max", "standardised"].iter().zip(&scaled) {
        for (part, of) in [("training", &train), ("test", &test)] {
            let seen = Standardize::fit(&x.select_rows(of))?;
            let column = |i: usize| format!("{:.2} ± {:.2}", seen.mean[i] + 1e-9, seen.deviation[i]);
            rows.push(vec![(*name).to_owned(), part.to_owned(), column(0), column(1), column(2)]);
        }
    }
    page.table(&["", "rows", "area", "rooms", "age"], rows);
    page.text(
        "Of the training rows the standardised columns have mean 0 and deviation 1, of the test rows only nearly: that is \
         as it should be, for they are measured with the scale of the training rows.",
    );

    page.text(
        "And now the same linear model, the same descent, on each: the learning rate is the largest of 1, ½, ¼, … with which the \
         error does not grow, and steps are counted until the training error is within a hundredth of the least.",
    );
    let district_number = Tensor::from_fn([flats.len(), 1], |row| {
        districts.number(flats[row].district).map_or(0.0, |number| number as f64)
    });
    let numbered = Standardize::fit(&district_number.select_rows(&train))?.apply(&district_number);
    let variants = [
        ("as measured, one-hot", joined(&scaled[0], &codes)),
        ("min-max, one-hot", joined(&scaled[1], &codes)),
        ("standardised, one-hot", joined(&scaled[2], &codes)),
        ("standardised, districts numbered", joined(&scaled[2], &numbered)),
    ];
    let (mut rows, mut results) = (Vec::new(), Vec::new());
    let mut chart = Chart::new("What scaling does for training").x_label("step").y_label("mean squared error of the training rows").log_x().log_y();
    for (name, x) in variants {
        let run = train_linear(&x.select_rows(&train), &rents.select_rows(&train))?;
        let predicted = run.net.predict(|g, net| net.forward(g.constant(&x.select_rows(&test))));
        let error = nn::metrics::mse(predicted.data(), rents.select_rows(&test).data())?;
        let steps = run.steps.map_or(format!("not in {STEPS}"), |steps| steps.to_string());
        rows.push(vec![name.to_owned(), format!("1/{}", 1.0 / run.rate), steps, format!("{error:.3}")]);
        chart = chart.line(name, run.errors.iter().enumerate().map(|(step, &error)| ((step + 1) as f64, error)));
        results.push((run.steps, error));
    }
    page.table(&["inputs", "learning rate", "steps", "test error"], rows);
    page.picture(
        "22_preparation_speed",
        chart.description("Training errors by step: unscaled inputs hardly get on, scaled ones arrive soon, numbered districts stay higher").to_svg(),
        "Unscaled, the area is so large that it forbids a longer step, and the weights of all other columns creep.",
    );

    let standardised = Standardize::fit(&scaled[2].select_rows(&train))?;
    let exact = standardised.mean.iter().all(|mean| mean.abs() < 1e-12)
        && standardised.deviation.iter().all(|deviation| (deviation - 1.0).abs() < 1e-12);
    let in_range = scaled[1].select_rows(&train).data().iter().all(|x| (0.0..=1.0).contains(x));
    let steps = |i: usize| results[i].0.unwrap_or(usize::MAX);
    page.shows(
        "preparation",
        format!(
            "scales fitted to the training rows: mean 0, deviation 1; steps until the error is within 1 %: more than {STEPS} as measured, \
             under 2000 with min-max, under 200 standardised; districts as numbers leave at least 10 times the one-hot test error"
        ),
        disjoint && exact && in_range && results[0].0.is_none() && steps(1) < 2000 && steps(2) < 200 && results[3].1 > 10.0 * results[2].1,
    );
    Ok(())
}

/// Columns beside each other.
fn joined(left: &Tensor<f64>, right: &Tensor<f64>) -> Tensor<f64> {
    let (rows, widths) = (left.shape()[0], [left.shape()[1], right.shape()[1]]);
    let width = widths[0] + widths[1];
    Tensor::from_fn([rows, width], |i| match (i / width, i % width) {
        (row, column) if column < widths[0] => left.at(&[row, column]),
        (row, column) => right.at(&[row, column - widths[0]]),
    })
}

const STEPS: usize = 5000;

struct Run {
    net: Linear<Tensor<f64>>,
    rate: f64,
    /// Until the error is within a hundredth of the least.
    steps: Option<usize>,
    errors: Vec<f64>,
}

/// Descent on a linear model whose weights start at 0.
fn train_linear(x: &Tensor<f64>, y: &Tensor<f64>) -> Result<Run, Box<dyn Error>> {
    let start = Linear { weight: Tensor::zeros([1, x.shape()[1]]), bias: Some(Tensor::zeros([1])) };
    let mut best = start.clone();
    let least = nn::Lbfgs::new().minimize(&mut best, 500, |g, net| mse(net.forward(g.constant(x)), g.constant(y)))?.loss;
    let descent = |rate: f64, steps: usize| -> Result<_, Box<dyn Error>> {
        let (mut net, mut sgd, mut errors) = (start.clone(), Sgd::new(rate), Vec::new());
        for _ in 0..steps {
            errors.push(sgd.step(&mut net, |g, net| mse(net.forward(g.constant(x)), g.constant(y)))?);
        }
        Ok((net, errors))
    };
    let mut rate = 1.0;
    while descent(rate, 100).map_or(true, |(_, errors)| !errors.is_sorted_by(|before, after| before >= after)) {
        rate /= 2.0;
    }
    let (net, errors) = descent(rate, STEPS)?;
    let steps = errors.iter().position(|&error| error < 1.01 * least);
    Ok(Run { net, rate, steps, errors })
}
