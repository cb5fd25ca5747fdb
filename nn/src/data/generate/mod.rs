//! Data that are made: small problems with a known answer, drawn from a seeded generator.

mod clouds;
mod gates;
mod lines;

pub use clouds::{blobs, circles, moons, spirals, xor_clouds};
pub use gates::Gate;
pub use lines::{friedman1, linear};

use autograd::Tensor;
use rand::Rng;

use super::{Dataset, Labels};
use crate::{ConfigError, Init};

/// Panics at the caller's line unless `holds`.
#[track_caller]
fn check(holds: bool, what: &'static str, field: &'static str, value: impl ToString, wanted: &'static str) {
    if !holds {
        panic!("{}", ConfigError::new(what, field, value, wanted));
    }
}

#[track_caller]
fn check_rows(what: &'static str, rows: usize) {
    check(rows > 0, what, "rows", rows, "at least 1");
}

/// Beyond this, sums of a few numbers may leave the range of `f32`.
const LARGEST: f64 = 1e30;

#[track_caller]
fn check_deviation(what: &'static str, field: &'static str, deviation: f64) {
    check((0.0..=LARGEST).contains(&deviation), what, field, deviation, "from 0 to 1e30");
}

#[track_caller]
fn check_sizes(what: &'static str, field: &'static str, numbers: &[f64]) {
    let fit = numbers.iter().all(|number| number.abs() <= LARGEST);
    check(fit, what, field, format!("{numbers:?}"), "from -1e30 to 1e30");
}

/// Normal numbers of mean 0.
fn normal(count: usize, deviation: f64, rng: &mut impl Rng) -> Tensor<f64> {
    Init::Normal(deviation).draw([count], 1, 1, rng)
}

/// A data set of points, of which each has noise of this deviation added to its coordinates.
fn classified<const D: usize>(
    points: Vec<([f64; D], usize)>,
    classes: usize,
    noise: f64,
    rng: &mut impl Rng,
) -> Dataset {
    let noise = normal(points.len() * D, noise, rng);
    let x = |i: usize| (points[i / D].0[i % D] + noise.data()[i]) as f32;
    let labels = Labels::new(points.iter().map(|&(_, class)| class), classes);
    let labels = labels.expect("generators number their classes");
    Dataset::new(Tensor::from_fn([points.len(), D], x), labels).expect("finite points, at least one")
}
