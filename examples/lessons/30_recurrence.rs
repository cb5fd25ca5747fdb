//! A recurrent cell, unrolled through time: what it remembers, and how its gradient fades.

use std::error::Error;

use autograd::prelude::*;
use nn::losses::half_sum_of_squares;
use nn::plot::{Chart, Color, Dash, Figure, Marker, Series};
use nn::prelude::*;
use rand::RngExt;

use super::page::Page;

/// A cell that reads its own last state: h ← tanh(W x + U h + b), y = V h + c.
struct Elman<P = Tensor<f64>> {
    input: Linear<P>,
    memory: Linear<P>,
    out: Linear<P>,
}
module!(Elman { child input, child memory, child out });

impl<'g> Elman<Var<'g, f64>> {
    /// States and outputs of a sequence of `[batch, 1]`, the first state being 0.
    fn unroll(&self, xs: &[Var<'g, f64>]) -> (Vec<Var<'g, f64>>, Vec<Var<'g, f64>>) {
        let graph = self.memory.weight.graph();
        let mut h = graph.zeros([xs[0].extent(0), self.memory.weight.extent(0)]);
        let (mut states, mut outputs) = (Vec::new(), Vec::new());
        for &x in xs {
            h = (self.input.forward(x) + self.memory.forward(h)).tanh();
            states.push(h);
            outputs.push(self.out.forward(h));
        }
        (states, outputs)
    }
}

pub(crate) fn lesson(page: &mut Page) -> Result<(), Box<dyn Error>> {
    page.text(
        "A recurrent network reads a sequence with one cell that also sees its own state of the step before (Elman). Unrolled in time it \
         is a deep network whose layers share their weights, and backpropagation through time is backpropagation in it: a loop in the \
         program is all it takes, and the derivatives of all steps add up.",
    );
    page.formula("hₜ = tanh(W xₜ + U hₜ₋₁ + b),   yₜ = V hₜ + c");
    page.formula("δₜ = (1 - hₜ²) .* (Vᵀ eₜ + Uᵀ δₜ₊₁),   ∂L/∂U = Σₜ δₜ hₜ₋₁ᵀ");
    let mut rng = nn::rng(6);
    let mut draw = |rows: usize, columns: usize| {
        Tensor::<f64>::from_fn([rows, columns], |_| rng.random_range(-0.9..0.9))
    };
    // W, b, U, V and c: 4 + 4 + 16 + 4 + 1 numbers.
    let weights = [draw(4, 1), draw(1, 4), draw(4, 4), draw(1, 4), draw(1, 1)];
    let (xs, wanted) = (draw(6, 1), draw(1, 6));
    let report = check_gradients(
        |g, v| {
            let cell = Elman {
                input: Linear { weight: v[0], bias: Some(v[1]) },
                memory: Linear { weight: v[2], bias: None },
                out: Linear { weight: v[3], bias: Some(v[4]) },
            };
            let xs: Vec<_> = xs.data().iter().map(|&x| g.constant([[x]])).collect();
            let (_, ys) = cell.unroll(&xs);
            half_sum_of_squares(Var::concat(&ys, 1), g.constant(&wanted))
        },
        &weights,
    )?;

    page.text(
        "Can it remember? It reads random bits, and after each it shall say the bit of two steps before. Feed-forward networks \
         cannot: the bit is gone.",
    );
    let length = 12;
    let bits = |count: usize, rng: &mut nn::Rng| {
        Tensor::from_fn([length, count], |_| f64::from(u8::from(rng.random::<bool>())))
    };
    let (train, test) = (bits(48, &mut nn::rng(1)), bits(1, &mut nn::rng(2)));
    let column = |bits: &Tensor<f64>, t: usize| {
        bits.select_rows(&[t]).reshaped([bits.shape()[1], 1]).expect("as many")
    };
    let mut rng = nn::rng(3);
    let mut cell = Elman {
        input: Linear::new(1, 8, &mut rng).cast::<f64>(),
        memory: Linear::new(8, 8, &mut rng).without_bias().cast::<f64>(),
        out: Linear::new(8, 1, &mut rng).cast::<f64>(),
    };
    let mut adam: Adam<f64> = Adam::new(0.02);
    let mut loss = 0.0;
    for _ in 0..300 {
        loss = adam.step(&mut cell, |g, cell| {
            let xs: Vec<_> = (0..length).map(|t| g.constant(column(&train, t))).collect();
            let (_, ys) = cell.unroll(&xs);
            mse(Var::concat(&ys[2..], 1), Var::concat(&xs[..length - 2], 1))
        })?;
    }
    let g = Graph::f64();
    let xs: Vec<_> = (0..length).map(|t| g.constant(column(&test, t))).collect();
    let (states, ys) = cell.variables_on(&g).unroll(&xs);
    let said: Vec<f64> = ys.iter().map(|y| y.item()).collect();
    let right = (2..length).all(|t| (said[t] - test.data()[t - 2]).abs() < 0.5);
    let wanted = (2..length).map(|t| (t as f64 + 1.0, test.data()[t - 2]));
    let back = ys[length - 1].grad(&states);
    let norms = (0..length).rev().map(|t| {
        let norm = back[t].square().sum().item().sqrt();
        ((length - 1 - t) as f64, norm)
    });
    let figure = Figure::new("An Elman cell that repeats what it read two steps before")
        .columns(2)
        .panel(
            Chart::new("a sequence it has not seen")
                .x_label("step")
                .y_label("bit")
                .with(
                    Series::points(wanted)
                        .named("bit two steps before")
                        .color(Color::VERMILION)
                        .marker(Marker::Square)
                        .size(11.0),
                )
                .with(
                    Series::line((1..).map(f64::from).zip(said).skip(2))
                        .named("output")
                        .color(Color::BLUE)
                        .marker(Marker::Disc),
                )
                .y_range(-0.25..=1.6),
        )
        .panel(
            Chart::new("gradient of the last output")
                .x_label("steps back in time")
                .y_label("norm of ∂y₁₂ / ∂h")
                .log_y()
                .with(Series::line(norms).color(Color::BLUE).marker(Marker::Disc).dash(Dash::Dashed)),
        );
    page.picture(
        "30_recurrence_elman",
        figure.to_svg(),
        "Left: the outputs follow the bits of two steps before. Right: the gradient is large for the two steps that matter, and then \
         vanishes in time as it does in depth, which is why long memories need other cells (LSTM, GRU).",
    );
    page.shows(
        "other-networks",
        "Elman cell: 29 derivatives through 6 steps equal differences, it learns to repeat what it read two steps before",
        report.checked == 29 && loss < 0.02 && right,
    );
    Ok(())
}
