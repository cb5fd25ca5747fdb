//! A feedback network that remembers: patterns stored in its weights, recalled by going down an energy.

use std::error::Error;

use autograd::prelude::*;
use nn::plot::{Chart, Color, Dash, Images, Series};
use rand::RngExt;

use super::digits::{PIXELS, SIDE, images};
use super::page::Page;

/// The digits to be stored, each in the row of its own number.
const DIGITS: [usize; 3] = [4, 5, 7];

pub(crate) fn lesson(page: &mut Page) -> Result<(), Box<dyn Error>> {
    page.text(
        "In a feedback network every unit reads all others, again and again, until nothing changes (Hopfield). Units are +1 or -1; patterns \
         ξ are stored in the weights by Hebb's rule; a unit turns to the sign of what it reads. That sign is the one of -∂E/∂sᵢ, \
         so the engine's gradient can drive it, and each turn lowers the energy E:",
    );
    page.formula(
        "W = 1/n Σ ξ ξᵀ with diagonal 0,   E(s) = -½ sᵀ W s,   sᵢ ← sign(Σⱼ wᵢⱼ sⱼ) = sign(-∂E/∂sᵢ)",
    );
    let unit = |ink: f64| if ink >= 0.5 { 1.0 } else { -1.0 };
    let stored: Vec<Vec<f64>> =
        images(DIGITS)?.into_iter().map(|image| image.into_iter().map(unit).collect()).collect();
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
    let mut pictures = Images::new([SIDE, SIDE]).per_row(3);
    let mut chart = Chart::new("The energy falls until a stored pattern is reached")
        .x_label("units asked")
        .y_label("energy E");
    let (mut recalled, mut falls) = (0, true);
    let looks = [(Color::BLUE, Dash::Solid), (Color::VERMILION, Dash::Dashed), (Color::GREEN, Dash::Dotted)];
    for ((pattern, digit), (color, dash)) in stored.iter().zip(DIGITS).zip(looks) {
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
            pictures = pictures.add(caption, image.iter().copied())?;
        }
        chart = chart.with(Series::line(energies).named(format!("digit {digit}")).color(color).dash(dash));
    }
    page.picture(
        "31_feedback_recall",
        pictures.chart("Digits recalled from disturbed ones").to_svg(),
        "Three digits are stored in one matrix of weights. From a digit with 12 of 64 pixels flipped the network finds back to it.",
    );
    page.picture(
        "31_feedback_energy",
        chart.to_svg(),
        "Each unit that turns lowers the energy; none ever raises it. The stored patterns are the bottoms of valleys.",
    );
    page.shows(
        "other-networks",
        "Hopfield net: 3 of 3 digits recalled with 12 of 64 pixels flipped, the energy never rises",
        recalled == 3 && falls,
    );
    Ok(())
}
