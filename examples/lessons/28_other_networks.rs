//! Other networks on the same engine: a convolution, a recurrent cell through time, a feedback network that remembers.

use std::error::Error;

use autograd::prelude::*;
use nn::data::csv::Csv;
use nn::losses::half_sum_of_squares;
use nn::plot::{Chart, Color, ColorMap, Dash, Figure, Images, Marker, Series};
use nn::prelude::*;
use rand::RngExt;

use super::page::Page;

/// Pixels of a side of the images.
const SIDE: usize = 8;
const PIXELS: usize = SIDE * SIDE;
/// Pixels of a side of what a kernel of 3 x 3 leaves.
const INNER: usize = SIDE - 2;

pub(crate) fn lesson(page: &mut Page) -> Result<(), Box<dyn Error>> {
    let file = include_bytes!("../data/digits.csv.gz");
    let digits = Csv { classes: Some(10), ..Csv::default() }.from_reader("digits.csv.gz", &file[..])?;
    let image = |row: usize| digits.row(row).iter().map(|&ink| f64::from(ink) / 16.0).collect::<Vec<f64>>();
    let convolution = convolution(page, &(0..20).map(image).collect::<Vec<_>>())?;
    let recurrence = recurrence(page)?;
    let feedback = feedback(page, &[4, 5, 7].map(|row| (row, image(row))))?;
    page.shows(
        "other-networks",
        "convolution: shifted sums equal the product with patches, 9 kernel derivatives equal differences, the edge filter is learned \
         from its answers to 0.01; Elman cell: 29 derivatives through 6 steps equal differences, it learns to repeat what it read two \
         steps before; Hopfield net: 3 of 3 digits recalled with 12 of 64 pixels flipped, the energy never rises",
        convolution && recurrence && feedback,
    );
    Ok(())
}

/// A convolution as a sum of shifted images, each times one weight of the kernel `[3, 3]`: `[8, 8] -> [6, 6]`.
fn shifted_sum<'g>(image: Var<'g, f64>, kernel: Var<'g, f64>) -> Var<'g, f64> {
    let mut sum = image.graph().zeros([INNER, INNER]);
    for i in 0..3 {
        for j in 0..3 {
            let weight = kernel.narrow(0, i, 1).narrow(1, j, 1);
            sum += weight * image.narrow(0, i, INNER).narrow(1, j, INNER);
        }
    }
    sum
}

/// Each patch of 3 x 3 pixels as a row: `[8, 8] -> [36, 9]`. A convolution is its product with a kernel `[9]`.
fn patches(image: Var<'_, f64>) -> Var<'_, f64> {
    let shift = |n: usize| image.narrow(0, n / 3, INNER).narrow(1, n % 3, INNER);
    Var::stack(&(0..9).map(shift).collect::<Vec<_>>(), -1).reshape([INNER * INNER, 9])
}

fn convolution(page: &mut Page, images: &[Vec<f64>]) -> Result<bool, Box<dyn Error>> {
    page.text(
        "A convolutional layer computes the same weighted sum of a small patch at every place of an image. Its 9 weights are shared by \
         all 36 places; a full layer would have 64 · 36 = 2,304. It is a sum of shifted images, or a product of patches with the \
         kernel:",
    );
    page.formula("y_rc = Σᵢⱼ k_ij x_(r+i)(c+j),     ∂L/∂k_ij = Σ_rc δ_rc x_(r+i)(c+j)");
    let upright = [[-1.0, 0.0, 1.0], [-2.0, 0.0, 2.0], [-1.0, 0.0, 1.0]];
    let level = [[-1.0, -2.0, -1.0], [0.0, 0.0, 0.0], [1.0, 2.0, 1.0]];
    let pixels = |image: &[f64]| Tensor::from_slice([SIDE, SIDE], image);
    let g = Graph::f64();
    let x = g.constant(pixels(&images[0])?);
    let [sums, products] = [shifted_sum(x, g.constant(upright)), patches(x).matmul(g.constant(upright).reshape([9]))];
    let [sums, products, level] = g.eval([sums.flatten(), products, shifted_sum(x, g.constant(level)).flatten()]);
    let same = sums.data().iter().zip(products.data()).all(|(a, b)| (a - b).abs() < 1e-12);
    // Images of one size beside each other: a margin where the kernel does not fit.
    let framed = |inner: &Tensor<f64>| -> Vec<f64> {
        let at = |n: usize| (n / SIDE).checked_sub(1).zip((n % SIDE).checked_sub(1));
        let inside = |(r, c): (usize, usize)| r < INNER && c < INNER;
        (0..PIXELS).map(|n| at(n).filter(|&at| inside(at)).map_or(0.0, |(r, c)| inner.data()[r * INNER + c])).collect()
    };
    let picture = Images::new([SIDE, SIDE])
        .color_map(ColorMap::Diverging)
        .add("image x", images[0].iter().map(|ink| 4.0 * ink))?
        .add("upright edges", framed(&sums))?
        .add("level edges", framed(&level))?
        .color_bar("answer");
    page.picture(
        "28_other_networks_edges",
        picture.chart("A digit and two edge filters").to_svg(),
        "A handwritten 0 and what two kernels of 3 x 3 answer: one to changes from left to right, the other from top to bottom. The image is shown four times as strong.",
    );

    // The gradient by the kernel and by the image, against differences of values.
    let image = pixels(&images[0])?;
    let kernel = Tensor::from([[0.2, -0.5, 0.1], [0.7, 0.3, -0.4], [-0.6, 0.8, 0.5]]);
    let checked = check_gradients(|g, v| shifted_sum(g.constant(&image), v[0]).tanh().square().mean(), &[kernel]);
    let checked = checked?.checked == 9;

    page.text(
        "Kernels are not drawn by hand but learned. Given 20 digits and the edge filter's answers, a kernel that starts at random \
         finds the filter. It is a linear layer on patches, which is all that there is to write:",
    );
    page.listing("let y = kernel.forward(patches); // Linear, [places, 9] -> [places, 1]");
    let all: Vec<Var<f64>> = images.iter().map(|image| Ok(patches(g.constant(pixels(image)?)))).collect::<Result<_, Box<dyn Error>>>()?;
    let x = Var::concat(&all, 0);
    let y = x.matmul(g.constant(upright).reshape([9, 1]));
    let [x, y] = g.eval([x, y]);
    let mut learned = Linear::new(9, 1, &mut nn::rng(28)).without_bias().cast::<f64>();
    let mut adam: Adam<f64> = Adam::new(0.1);
    for _ in 0..300 {
        adam.step(&mut learned, |g, kernel| mse(kernel.forward(g.constant(&x)), g.constant(&y)))?;
    }
    // Adding 0 makes 0 of -0.
    let rounded = |w: &f64| format!("{:.2}", (100.0 * w).round() / 100.0 + 0.0);
    let rows = learned.weight.data().chunks(3).map(|row| row.iter().map(rounded).collect());
    page.table(&["learned kernel", "", ""], rows.collect());
    let off = learned.weight.data().iter().zip(upright.as_flattened()).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
    Ok(same && checked && off < 0.01)
}

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

fn recurrence(page: &mut Page) -> Result<bool, Box<dyn Error>> {
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

    page.text("Can it remember? It reads random bits, and after each it shall say the bit of two steps before. Feed-forward networks cannot: the bit is gone.");
    let length = 12;
    let bits = |count: usize, rng: &mut nn::Rng| Tensor::from_fn([length, count], |_| f64::from(u8::from(rng.random::<bool>())));
    let (train, test) = (bits(48, &mut nn::rng(1)), bits(1, &mut nn::rng(2)));
    let column = |bits: &Tensor<f64>, t: usize| bits.select_rows(&[t]).reshaped([bits.shape()[1], 1]).expect("as many");
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
                .with(Series::points(wanted).named("bit two steps before").color(Color::VERMILION).marker(Marker::Square).size(11.0))
                .with(Series::line((1..).map(f64::from).zip(said).skip(2)).named("output").color(Color::BLUE).marker(Marker::Disc))
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
        "28_other_networks_elman",
        figure.to_svg(),
        "Left: the outputs follow the bits of two steps before. Right: the gradient is large for the two steps that matter, and then \
         vanishes in time as it does in depth, which is why long memories need other cells (LSTM, GRU).",
    );
    Ok(report.checked == 29 && loss < 0.02 && right)
}

fn feedback(page: &mut Page, digits: &[(usize, Vec<f64>)]) -> Result<bool, Box<dyn Error>> {
    page.text(
        "In a feedback network every unit reads all others, again and again, until nothing changes (Hopfield). Units are +1 or -1; patterns \
         ξ are stored in the weights by Hebb's rule; a unit turns to the sign of what it reads. That sign is the one of -∂E/∂sᵢ, \
         so the engine's gradient can drive it, and each turn lowers the energy E:",
    );
    page.formula("W = 1/n Σ ξ ξᵀ with diagonal 0,   E(s) = -½ sᵀ W s,   sᵢ ← sign(Σⱼ wᵢⱼ sⱼ) = sign(-∂E/∂sᵢ)");
    let stored: Vec<Vec<f64>> =
        digits.iter().map(|(_, image)| image.iter().map(|&ink| if ink >= 0.5 { 1.0 } else { -1.0 }).collect()).collect();
    let weights = Tensor::from_fn([PIXELS, PIXELS], |n| {
        let (i, j) = (n / PIXELS, n % PIXELS);
        if i == j { 0.0 } else { stored.iter().map(|p| p[i] * p[j]).sum::<f64>() / PIXELS as f64 }
    });
    let energy = |s: &[f64]| -> (f64, Tensor<f64>) {
        let g = Graph::f64();
        let s = g.var(Tensor::from_slice([PIXELS], s).expect("a number for each unit"));
        let energy = -0.5 * s.dot(g.constant(&weights).matmul(s));
        (energy.item(), energy.backward()[s].clone())
    };
    let mut rng = nn::rng(9);
    let mut images = Images::new([SIDE, SIDE]).per_row(3);
    let mut chart = Chart::new("The energy falls until a stored pattern is reached").x_label("units asked").y_label("energy E");
    let (mut recalled, mut falls) = (0, true);
    let looks = [(Color::BLUE, Dash::Solid), (Color::VERMILION, Dash::Dashed), (Color::GREEN, Dash::Dotted)];
    for ((pattern, (digit, _)), (color, dash)) in stored.iter().zip(digits).zip(looks) {
        // Twelve different pixels are flipped; then units are asked in turn, in an order drawn at random.
        let mut order: Vec<usize> = (0..PIXELS).collect();
        (0..PIXELS).for_each(|i| order.swap(i, rng.random_range(i..PIXELS)));
        let mut s = pattern.clone();
        order[..12].iter().for_each(|&i| s[i] = -s[i]);
        let disturbed = s.clone();
        (0..PIXELS).for_each(|i| order.swap(i, rng.random_range(i..PIXELS)));
        let mut energies = vec![(0.0, energy(&s).0)];
        for (asked, &unit) in order.iter().chain(&order).enumerate() {
            let slope = energy(&s).1.data()[unit];
            if slope != 0.0 {
                s[unit] = -slope.signum();
            }
            energies.push((asked as f64 + 1.0, energy(&s).0));
        }
        falls &= energies.windows(2).all(|pair| pair[1].1 <= pair[0].1 + 1e-12);
        recalled += usize::from(s == *pattern);
        let captions = [format!("stored {digit}"), "12 pixels flipped".to_owned(), "recalled".to_owned()];
        for (caption, image) in captions.into_iter().zip([pattern, &disturbed, &s]) {
            images = images.add(caption, image.iter().copied())?;
        }
        chart = chart.with(Series::line(energies).named(format!("digit {digit}")).color(color).dash(dash));
    }
    page.picture(
        "28_other_networks_recall",
        images.chart("Digits recalled from disturbed ones").to_svg(),
        "Three digits are stored in one matrix of weights. From a digit with 12 of 64 pixels flipped the network finds back to it.",
    );
    page.picture(
        "28_other_networks_energy",
        chart.to_svg(),
        "Each unit that turns lowers the energy; none ever raises it. The stored patterns are the bottoms of valleys.",
    );
    Ok(recalled == 3 && falls)
}
