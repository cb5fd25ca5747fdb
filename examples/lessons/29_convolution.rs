//! A convolution: the same weighted sum of a small patch at every place of an image.

use std::error::Error;

use autograd::prelude::*;
use nn::plot::{ColorMap, Images};
use nn::prelude::*;

use super::digits::{PIXELS, SIDE, images};
use super::page::Page;

/// Pixels of a side of what a kernel of 3 x 3 leaves.
const INNER: usize = SIDE - 2;

pub(crate) fn lesson(page: &mut Page) -> Result<(), Box<dyn Error>> {
    page.text(
        "A convolutional layer computes the same weighted sum of a small patch at every place of an image. Its 9 weights are shared by \
         all 36 places; a full layer would have 64 · 36 = 2,304. It is a sum of shifted images, or a product of patches with the \
         kernel:",
    );
    page.formula("y_rc = Σᵢⱼ k_ij x_(r+i)(c+j),     ∂L/∂k_ij = Σ_rc δ_rc x_(r+i)(c+j)");
    let images = images(0..20)?;
    let upright = [[-1.0, 0.0, 1.0], [-2.0, 0.0, 2.0], [-1.0, 0.0, 1.0]];
    let level = [[-1.0, -2.0, -1.0], [0.0, 0.0, 0.0], [1.0, 2.0, 1.0]];
    let pixels = |image: &[f64]| Tensor::from_slice([SIDE, SIDE], image);
    let g = Graph::f64();
    let x = g.constant(pixels(&images[0])?);
    let [sums, products] =
        [shifted_sum(x, g.constant(upright)), patches(x).matmul(g.constant(upright).reshape([9]))];
    let [sums, products, level] =
        g.eval([sums.flatten(), products, shifted_sum(x, g.constant(level)).flatten()]);
    let same = sums.data().iter().zip(products.data()).all(|(a, b)| (a - b).abs() < 1e-12);
    // Images of one size beside each other: a margin where the kernel does not fit.
    let framed = |inner: &Tensor<f64>| -> Vec<f64> {
        let at = |n: usize| (n / SIDE).checked_sub(1).zip((n % SIDE).checked_sub(1));
        let inside = |(r, c): (usize, usize)| r < INNER && c < INNER;
        (0..PIXELS)
            .map(|n| at(n).filter(|&at| inside(at)).map_or(0.0, |(r, c)| inner.data()[r * INNER + c]))
            .collect()
    };
    let picture = Images::new([SIDE, SIDE])
        .color_map(ColorMap::Diverging)
        .add("image x", images[0].iter().map(|ink| 4.0 * ink))?
        .add("upright edges", framed(&sums))?
        .add("level edges", framed(&level))?
        .color_bar("answer");
    page.picture(
        "29_convolution_edges",
        picture.chart("A digit and two edge filters").to_svg(),
        "A handwritten 0 and what two kernels of 3 x 3 answer: one to changes from left to right, the other from top to bottom. The \
         image is shown four times as strong.",
    );

    // The gradient by the kernel and by the image, against differences of values.
    let image = pixels(&images[0])?;
    let kernel = Tensor::from([[0.2, -0.5, 0.1], [0.7, 0.3, -0.4], [-0.6, 0.8, 0.5]]);
    let checked =
        check_gradients(|g, v| shifted_sum(g.constant(&image), v[0]).tanh().square().mean(), &[kernel]);
    let checked = checked?.checked == 9;

    page.text(
        "Kernels are not drawn by hand but learned. Given 20 digits and the edge filter's answers, a kernel that starts at random \
         finds the filter. It is a linear layer on patches, which is all that there is to write:",
    );
    page.listing("let y = kernel.forward(patches); // Linear, [places, 9] -> [places, 1]");
    let mut all = Vec::new();
    for image in &images {
        all.push(patches(g.constant(pixels(image)?)));
    }
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
    let off = learned
        .weight
        .data()
        .iter()
        .zip(upright.as_flattened())
        .map(|(a, b)| (a - b).abs())
        .fold(0.0, f64::max);
    page.shows(
        "other-networks",
        "convolution: shifted sums equal the product with patches, 9 kernel derivatives equal differences, the edge filter is learned \
         from its answers to 0.01",
        same && checked && off < 0.01,
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
