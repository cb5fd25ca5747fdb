//! From a table to predictions: columns of words and numbers with gaps, a model in a file, and a second run that uses it.
//!
//! ```text
//! cargo run --release --example tabular -- train --model penguins.safetensors
//! cargo run --release --example tabular -- predict --model penguins.safetensors examples/data/penguins.csv
//! ```
//!
//! The first run learns the species of penguins from the 344 rows of examples/data/penguins.csv, which it carries. The file of
//! the model has all that a prediction needs: weights, scaling, and how words become numbers. With other options the program learns
//! any column of words of another table.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};
use nn::Relu;
use nn::data::csv::Csv;
use nn::data::{Fill, FittedRecipe, Table};
use nn::io::NamedTensors;
use nn::metrics::{ConfusionMatrix, accuracy, predictions};
use nn::prelude::*;

/// Learn to tell the rows of a table apart, and use what was learned.
#[derive(Parser, Debug)]
#[command(name = "tabular")]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand, Debug)]
enum Task {
    /// Train on a table, and write a file with all that predictions need
    Train(Train),
    /// Predict the rows of another table, which need not have the column that was learned
    Predict(Predict),
}

#[derive(Args, Debug)]
struct Train {
    /// File to write
    #[arg(long, value_name = "FILE")]
    model: PathBuf,
    /// Table to learn from, a CSV file with names in its first line [default: penguins that the program carries]
    #[arg(long, value_name = "FILE", requires = "target")]
    data: Option<PathBuf>,
    /// Column to learn
    #[arg(long, default_value = "species", value_name = "COLUMN")]
    target: String,
    /// Column to learn nothing from; may be given several times
    #[arg(long, value_name = "COLUMN")]
    without: Vec<String>,
    /// How many times the network sees every row, at the most
    #[arg(long, default_value_t = 200, value_name = "COUNT", value_parser = clap::value_parser!(u32).range(1..))]
    epochs: u32,
    /// Seed of everything random. Same seed, same result
    #[arg(long, default_value_t = 7, value_name = "NUMBER")]
    seed: u64,
}

#[derive(Args, Debug)]
struct Predict {
    /// File of a model, from `train`
    #[arg(long, value_name = "FILE")]
    model: PathBuf,
    /// Table to predict
    #[arg(value_name = "FILE")]
    data: PathBuf,
}

fn main() -> ExitCode {
    let done = match Arguments::parse().task {
        Task::Train(arguments) => train(&arguments),
        Task::Predict(arguments) => predict(&arguments),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("tabular: {error}");
            ExitCode::FAILURE
        }
    }
}

/// A network that scales its inputs itself, so that its file is complete.
struct Net<P = Tensor> {
    mean: P,
    deviation: P,
    layers: Mlp<P>,
}
module!(Net { state mean, state deviation, child layers });

impl<'g> Net<Var<'g>> {
    /// `[rows, features] -> [rows, classes]`, logits.
    fn forward(&self, x: Var<'g>) -> Var<'g> {
        self.layers.forward((x - self.mean) / self.deviation)
    }
}

impl Net {
    fn new(features: usize, classes: usize, rng: &mut nn::Rng) -> Net {
        let layers = Mlp::new(&[features, 16, classes], Relu, rng);
        Net { mean: Tensor::zeros([features]), deviation: Tensor::ones([features]), layers }
    }

    fn logits(&self, x: &Tensor) -> Tensor {
        self.predict(|g, net| net.forward(g.constant(x)))
    }
}

fn train(arguments: &Train) -> Result<(), Box<dyn Error>> {
    let table = match &arguments.data {
        Some(path) => Csv::with_names().table(path)?,
        None => {
            Csv::with_names().table_from_reader("penguins.csv", &include_bytes!("data/penguins.csv")[..])?
        }
    };
    let mut rng = nn::rng(arguments.seed);
    let [table, held_out] = table.stratified_split(&arguments.target, [0.75, 0.25], &mut rng)?;
    let mut recipe = Recipe::classify(&arguments.target).missing(Fill::MostFrequent);
    for column in &arguments.without {
        recipe = recipe.without(column);
    }
    // What the columns hold, and what fills gaps, is learned from the training rows alone; so is the scaling.
    let recipe = recipe.fit(&table)?;
    let (data, held_out) = (recipe.apply(&table)?, recipe.apply(&held_out)?);
    println!(
        "{} rows to learn from, {} held out; columns: {}",
        data.len(),
        held_out.len(),
        recipe.features().join(", ")
    );

    let mut net = Net::new(data.features(), data.classes(), &mut rng);
    let scale = Standardize::fit(data.x())?;
    net.mean = Tensor::from_fn([data.features()], |i| scale.mean[i] as f32);
    // A column that does not vary is not divided.
    let divisor = |deviation: f64| if deviation > 0.0 { deviation as f32 } else { 1.0 };
    net.deviation = Tensor::from_fn([data.features()], |i| divisor(scale.deviation[i]));

    let mut adam = AdamW::new(0.01, 0.01);
    let mut trainer = Trainer::with_predictions(&net, &data, |g, net, x, labels| {
        let logits = net.forward(g.constant(x));
        (cross_entropy(logits, labels), logits)
    })
    .epochs(arguments.epochs.into())
    .batch(16)
    .seed(arguments.seed)
    .validate(&held_out)
    .metric("accuracy", |logits, labels| Ok(accuracy(&predictions(logits)?, labels)))
    .early_stopping(EarlyStopping::new(20))
    .progress() // in a terminal
    .build()?;
    let reason = trainer.fit(&mut net, &mut adam)?;
    println!("{}", trainer.history());
    println!("{reason}; the best weights are kept");
    drop(trainer);

    let found = report(&predictions(&net.logits(held_out.x()))?, held_out.labels(), &recipe);
    let mut file = NamedTensors::of(&net);
    file.metadata.insert("recipe".into(), recipe.to_text());
    file.save(&arguments.model)?;
    println!("written: {}", arguments.model.display());
    if arguments.data.is_none() && arguments.epochs >= 50 {
        assert!(found >= 0.95, "not learned: only {found} of the penguins are right");
    }
    Ok(())
}

fn predict(arguments: &Predict) -> Result<(), Box<dyn Error>> {
    let (net, recipe) = load(&arguments.model)?;
    let table: Table = Csv::with_names().table(&arguments.data)?;
    let logits = net.logits(&recipe.examples(&table)?);
    let predicted = predictions(&logits)?;
    let p = net.predict(|g, _| g.constant(&logits).softmax(-1));
    let names = recipe.classes().decode(&predicted);
    const SHOWN: usize = 5;
    for (row, (name, p)) in names.iter().zip(p.data().chunks(recipe.classes().len())).take(SHOWN).enumerate()
    {
        let sure = p.iter().copied().fold(0.0, f32::max);
        println!("row {row}: {name}, with probability {sure:.3}");
    }
    if names.len() > SHOWN {
        println!("... and {} more rows", names.len() - SHOWN);
    }
    // Where the table knows the answers, they are compared.
    if let Ok(data) = recipe.apply(&table) {
        report(&predicted, data.labels(), &recipe);
    }
    Ok(())
}

/// A model and its recipe, of the sizes that the file says.
fn load(path: &Path) -> Result<(Net, FittedRecipe<Labels>), Box<dyn Error>> {
    let file: NamedTensors = NamedTensors::open(path)?;
    let text = file.metadata.get("recipe");
    let text = text
        .ok_or_else(|| format!("{}: it has no recipe: was it written by `tabular train`?", path.display()))?;
    let recipe = FittedRecipe::<Labels>::from_text(text)?;
    let mut net = Net::new(recipe.features().len(), recipe.classes().len(), &mut nn::rng(0));
    file.load_into(&mut net)?;
    Ok((net, recipe))
}

/// Prints what was taken for what, and gives the share that is right.
fn report(predicted: &Labels, labels: &Labels, recipe: &FittedRecipe<Labels>) -> f64 {
    let matrix = ConfusionMatrix::from_predictions(predicted, labels);
    println!("\n{matrix}\n");
    let names = recipe.classes().names().iter().enumerate();
    println!("{}", names.map(|(label, name)| format!("{label}: {name}")).collect::<Vec<_>>().join(", "));
    println!("{:.1}% of {} rows are right", 100.0 * matrix.accuracy(), labels.len());
    matrix.accuracy()
}
