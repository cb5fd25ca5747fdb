//! Predicts the marks that tasters gave to 1,599 red wines from eleven measurements, beside linear least squares.
//!
//! ```text
//! cargo run --release --example regression
//! ```
//!
//! The wines are carried inside the program. Five folds are held out in turn, and both models judged on the same wines that neither has
//! seen; scaling is fitted to the training wines of each fold only.

use std::error::Error;
use std::process::ExitCode;

use clap::Parser;
use nn::Tanh;
use nn::data::csv::Csv;
use nn::data::{Recipe, Standardize};
use nn::prelude::*;

/// Train networks to predict the marks of wines, and compare them with linear least squares.
#[derive(Parser, Debug)]
#[command(name = "regression")]
struct Arguments {
    /// Seed of everything random: folds, first weights, order of the rows. Same seed, same result
    #[arg(long, default_value_t = 7, value_name = "NUMBER")]
    seed: u64,
    /// How many times a network sees every training wine
    #[arg(long, default_value_t = 60, value_name = "COUNT", value_parser = clap::value_parser!(u32).range(1..))]
    epochs: u32,
    /// Neurons in the hidden layer
    #[arg(long, default_value_t = 32, value_name = "COUNT", value_parser = clap::value_parser!(u16).range(1..))]
    hidden: u16,
}

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("regression: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> Result<(), Box<dyn Error>> {
    let table =
        Csv::with_names().table_from_reader("wine.csv.gz", &include_bytes!("data/wine.csv.gz")[..])?;
    let wines = Recipe::regress("quality").fit(&table)?.apply(&table)?;

    let mut rng = nn::rng(arguments.seed);
    let (mut mean, mut line, mut network) = (0.0, 0.0, 0.0);
    for (fold, (train, test)) in wines.folds(5, &mut rng)?.enumerate() {
        let (x, y) = (Standardize::fit(train.x())?, Standardize::fit(train.targets())?);
        let train = train.map_x(|of| x.apply(of))?.map_targets(|of| y.apply(of))?;
        let test = test.map_x(|of| x.apply(of))?;

        let at_mean = test.targets().map(|_| y.mean[0] as f32);
        let by_line = y.invert(&least_squares(&train, test.x()));
        let by_network = y.invert(
            &train_network(arguments, &train, &mut rng)?.predict(|g, net| net.forward(g.constant(test.x()))),
        );
        let errors = [&at_mean, &by_line, &by_network].map(|predicted| squares(predicted, test.targets()));
        let [of_mean, of_line, of_network] = errors;
        println!(
            "fold {fold}: R² of least squares {:.3}, of the network {:.3}",
            1.0 - of_line / of_mean,
            1.0 - of_network / of_mean
        );
        mean += of_mean;
        line += of_line;
        network += of_network;
    }

    println!("\nall {} wines, each predicted without having been seen:", wines.len());
    println!(" model         | RMSE  | R²");
    println!("---------------+-------+------");
    for (name, sum) in [("mean", mean), ("least squares", line), ("network", network)] {
        let rmse = (sum / wines.len() as f64).sqrt();
        println!(" {name:13} | {rmse:.3} | {:.3}", 1.0 - sum / mean);
    }
    assert!(1.0 - line / mean > 0.3, "least squares explain a third of the variance of this set");
    if arguments.epochs >= 60 && arguments.hidden >= 16 {
        assert!(network < line, "the network is no better than a plane");
    }
    Ok(())
}

/// A network of one hidden layer, trained to predict standardised marks.
fn train_network(
    arguments: &Arguments,
    train: &Dataset<Tensor>,
    rng: &mut nn::Rng,
) -> Result<Mlp, StepError> {
    let mut net = Mlp::new(&[train.features(), arguments.hidden.into(), 1], Tanh, rng);
    let mut adam = AdamW::new(3e-3, 0.1);
    for _ in 0..arguments.epochs {
        for (x, y) in train.batches(32, rng) {
            adam.step(&mut net, |g, net| mse(net.forward(g.constant(&x)), g.constant(&y)))?;
        }
    }
    Ok(net)
}

/// Predictions of the plane of least squares, (XᵀX)⁻¹ Xᵀy, for examples and targets of mean 0: solved in `f64` by Gaussian
/// elimination, without automatic differentiation.
fn least_squares(train: &Dataset<Tensor>, x: &Tensor) -> Tensor {
    let n = train.features();
    let mut rows = vec![vec![0.0; n + 1]; n];
    for (row, &y) in train.targets().data().iter().enumerate() {
        let x = train.row(row);
        for i in 0..n {
            for j in 0..n {
                rows[i][j] += f64::from(x[i]) * f64::from(x[j]);
            }
            rows[i][n] += f64::from(x[i]) * f64::from(y);
        }
    }
    // A matrix of this kind needs no exchange of rows: its pivots are positive.
    for pivot in 0..n {
        let (above, below) = rows.split_at_mut(pivot + 1);
        for row in below {
            let factor = row[pivot] / above[pivot][pivot];
            row.iter_mut().zip(&above[pivot]).for_each(|(number, &of_pivot)| *number -= factor * of_pivot);
        }
    }
    let mut slopes = vec![0.0; n];
    for row in (0..n).rev() {
        let known: f64 = (row + 1..n).map(|column| rows[row][column] * slopes[column]).sum();
        slopes[row] = (rows[row][n] - known) / rows[row][row];
    }
    let predict = |row: &[f32]| row.iter().zip(&slopes).map(|(&x, slope)| f64::from(x) * slope).sum::<f64>();
    let predicted = x.data().chunks_exact(n).map(|row| predict(row) as f32).collect();
    Tensor::from_vec([x.shape()[0], 1], predicted).expect("one number for each row")
}

/// The sum of squared errors.
fn squares(predicted: &Tensor, actual: &Tensor) -> f64 {
    let pairs = predicted.data().iter().zip(actual.data());
    pairs.map(|(predicted, actual)| f64::from(predicted - actual).powi(2)).sum()
}
