//! Clouds of points in the plane, for classification. Classes take turns, so that any number of rows is level.

use std::f64::consts::{PI, TAU};

use rand::Rng;

use super::super::Dataset;
use super::{check, check_deviation, check_rows, check_sizes, classified, normal};

/// Place `number` of `count` places from 0 to 1, both included.
fn share(number: usize, count: usize) -> f64 {
    number as f64 / (count.max(2) - 1) as f64
}

/// Two half circles of radius 1 that reach into each other: class 0 around (0, 0), above; class 1 around (1, 0.5), below.
/// Points stand evenly on them, with normal noise of deviation `noise` in each coordinate.
///
/// ```
/// let data = nn::data::moons(200, 0.1, &mut nn::rng(7));
/// assert_eq!((data.len(), data.features(), data.classes()), (200, 2, 2));
/// ```
///
/// # Panics
/// If `rows` is 0, or `noise` is not from 0 to 1e30.
#[track_caller]
pub fn moons(rows: usize, noise: f64, rng: &mut impl Rng) -> Dataset {
    check_rows("moons", rows);
    check_deviation("moons", "noise", noise);
    let point = |row: usize| {
        let class = row % 2;
        let (sin, cos) = (PI * share(row / 2, rows.div_ceil(2))).sin_cos();
        (if class == 0 { [cos, sin] } else { [1.0 - cos, 0.5 - sin] }, class)
    };
    classified((0..rows).map(point).collect(), 2, noise, rng)
}

/// Two circles around (0, 0): class 0 of radius 1, class 1 of radius `factor`. Points stand evenly on them, with normal
/// noise of deviation `noise` in each coordinate.
///
/// ```
/// let data = nn::data::circles(100, 0.5, 0.05, &mut nn::rng(7));
/// assert_eq!((data.len(), data.features(), data.classes()), (100, 2, 2));
/// ```
///
/// # Panics
/// If `rows` is 0, `factor` is not between 0 and 1, or `noise` is not from 0 to 1e30.
#[track_caller]
pub fn circles(rows: usize, factor: f64, noise: f64, rng: &mut impl Rng) -> Dataset {
    check_rows("circles", rows);
    check(factor > 0.0 && factor < 1.0, "circles", "factor", factor, "more than 0 and less than 1");
    check_deviation("circles", "noise", noise);
    let point = |row: usize| {
        let class = row % 2;
        let radius = if class == 0 { 1.0 } else { factor };
        let (sin, cos) = (TAU * (row / 2) as f64 / rows.div_ceil(2) as f64).sin_cos();
        ([radius * cos, radius * sin], class)
    };
    classified((0..rows).map(point).collect(), 2, noise, rng)
}

/// `arms` spirals around (0, 0), one for each class: from the centre out to radius 1 in one turn, at even angles to each
/// other. Points stand evenly on them, with normal noise of deviation `noise` in each coordinate.
///
/// With two arms this is the two-spirals problem (Lang and Witbrock, "Learning to Tell Two Spirals Apart", 1988), with one turn instead
/// of three.
///
/// ```
/// let data = nn::data::spirals(300, 3, 0.02, &mut nn::rng(7));
/// assert_eq!((data.len(), data.features(), data.classes()), (300, 2, 3));
/// ```
///
/// # Panics
/// If `rows` or `arms` is 0, or `noise` is not from 0 to 1e30.
#[track_caller]
pub fn spirals(rows: usize, arms: usize, noise: f64, rng: &mut impl Rng) -> Dataset {
    check_rows("spirals", rows);
    check(arms > 0 && u32::try_from(arms).is_ok(), "spirals", "arms", arms, "at least 1, and less than 2^32");
    check_deviation("spirals", "noise", noise);
    let on_arm = rows.div_ceil(arms);
    let point = |row: usize| {
        let (arm, radius) = (row % arms, (row / arms + 1) as f64 / on_arm as f64);
        let (sin, cos) = (TAU * (radius + arm as f64 / arms as f64)).sin_cos();
        ([radius * cos, radius * sin], arm)
    };
    classified((0..rows).map(point).collect(), arms, noise, rng)
}

/// Normal clouds, one for each class: `clouds` has the centre and the standard deviation of each, in as many dimensions
/// as centres have coordinates.
///
/// ```
/// let data = nn::data::blobs(90, &[([0.0, 0.0], 1.0), ([5.0, 0.0], 0.5), ([0.0, 5.0], 2.0)], &mut nn::rng(7));
/// assert_eq!((data.len(), data.features(), data.classes()), (90, 2, 3));
/// ```
///
/// # Panics
/// If there are no rows or no clouds, a coordinate or deviation is beyond 1e30, or a deviation negative.
#[track_caller]
pub fn blobs<const D: usize>(rows: usize, clouds: &[([f64; D], f64)], rng: &mut impl Rng) -> Dataset {
    check_rows("blobs", rows);
    check(!clouds.is_empty(), "blobs", "the number of clouds", 0, "at least 1");
    for (centre, deviation) in clouds {
        check_sizes("blobs", "centre", centre);
        check_deviation("blobs", "deviation", *deviation);
    }
    let spread = normal(rows * D, 1.0, rng);
    let point = |row: usize| {
        let class = row % clouds.len();
        let (centre, deviation) = &clouds[class];
        let at: [f64; D] =
            std::array::from_fn(|axis| centre[axis] + deviation * spread.data()[row * D + axis]);
        (at, class)
    };
    classified((0..rows).map(point).collect(), clouds.len(), 0.0, rng)
}

/// Exclusive or with noise: four normal clouds of this deviation around (±1, ±1), class 1 where the signs differ. No
/// straight line parts the classes.
///
/// ```
/// let data = nn::data::xor_clouds(200, 0.3, &mut nn::rng(7));
/// let right = |row: usize| (data.row(row)[0] > 0.0) != (data.row(row)[1] > 0.0);
/// let hits = (0..200).filter(|&row| right(row) == (data.labels().as_slice()[row] == 1)).count();
/// assert!(hits > 190);
/// ```
///
/// # Panics
/// If `rows` is 0, or `deviation` is not from 0 to 1e30.
#[track_caller]
pub fn xor_clouds(rows: usize, deviation: f64, rng: &mut impl Rng) -> Dataset {
    check_rows("xor_clouds", rows);
    check_deviation("xor_clouds", "deviation", deviation);
    let corners = [[-1.0, -1.0], [-1.0, 1.0], [1.0, 1.0], [1.0, -1.0]];
    classified((0..rows).map(|row| (corners[row % 4], row % 2)).collect(), 2, deviation, rng)
}
